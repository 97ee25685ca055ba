"""The demo's AWS files, and the world that they belong to.

The profiles are those of the AWS CLI's page "Use an IAM role in the AWS CLI",
with its names, ARNs and account numbers: marketingadmin, role-with-mfa,
role-without-mfa (which STS refuses, as on the page), crossaccountrole,
namedsessionrole, web-identity, user1, default. Added are a second role behind the
same MFA device, a chain of three roles, a guarded production profile, and a profile
for each other source of credentials. Two things differ from the page: every profile
has a region and the simulator's address, and crossaccountrole has its own role,
because a role either requires an external ID or does not.

`world()` makes the world, `build(folder, url, world, now)` writes the files under
FOLDER/.aws; FOLDER is a HOME. The user's own files are neither read nor changed.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from assume.simulator.iam import Role, Trust
from assume.simulator.replies import stamp
from assume.simulator.world import World

HOME_ACCOUNT = "123456789012"
OTHER_ACCOUNT = "234567890123"
CLI_ACCOUNT = "128716708097"
MARKETING = f"arn:aws:iam::{HOME_ACCOUNT}:role/marketingadminrole"
CLI_ROLE = f"arn:aws:iam::{CLI_ACCOUNT}:role/cli-role"
AUDITOR = f"arn:aws:iam::{CLI_ACCOUNT}:role/auditor"
CROSS = f"arn:aws:iam::{OTHER_ACCOUNT}:role/crossaccountrole"
NAMED = f"arn:aws:iam::{OTHER_ACCOUNT}:role/SomeRole"
WEB = f"arn:aws:iam::{HOME_ACCOUNT}:role/RoleNameToAssume"
HUB = f"arn:aws:iam::{HOME_ACCOUNT}:role/hub"
LANDING = f"arn:aws:iam::{OTHER_ACCOUNT}:role/landing"
WORKLOAD = f"arn:aws:iam::{CLI_ACCOUNT}:role/workload"
PRODUCTION = f"arn:aws:iam::{CLI_ACCOUNT}:role/ProductionAdmin"
MACHINE = f"arn:aws:iam::{HOME_ACCOUNT}:role/machine"
SSO_ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Reader_0123456789abcdef"

SAANVI_MFA = f"arn:aws:iam::{HOME_ACCOUNT}:mfa/saanvi"
CLI_USER_MFA = f"arn:aws:iam::{CLI_ACCOUNT}:mfa/cli-user"
EXTERNAL_ID = "123456"
ISSUER = "https://tokens.example.com"
SSO_START = "https://example.awsapps.com/start"
SSO_REGION = "us-west-2"
CONTAINER = "task"
CONTAINER_AUTHORIZATION = "Bearer of-the-demo"

KEYS = {  # by profile: the owner of the key, and the key's id
    "default": (f"arn:aws:iam::{HOME_ACCOUNT}:user/saanvi", "AKIAIOSFODNN7EXAMPLE"),
    "user1": (f"arn:aws:iam::{HOME_ACCOUNT}:user/user1", "AKIAI44QH8DHBEXAMPLE"),
    "cli-user": (f"arn:aws:iam::{CLI_ACCOUNT}:user/cli-user", "AKIAJPQXVRKZ7EXAMPLE"),
}
ROLE_PROFILES: dict[str, dict[str, str]] = {
    "marketingadmin": {"role_arn": MARKETING, "source_profile": "user1"},
    "role-without-mfa": {"role_arn": CLI_ROLE, "source_profile": "cli-user"},
    "role-with-mfa": {"role_arn": CLI_ROLE, "source_profile": "cli-user", "mfa_serial": CLI_USER_MFA},
    "auditor-with-mfa": {"role_arn": AUDITOR, "source_profile": "cli-user", "mfa_serial": CLI_USER_MFA},
    "crossaccountrole": {
        "role_arn": CROSS,
        "source_profile": "default",
        "mfa_serial": SAANVI_MFA,
        "external_id": EXTERNAL_ID,
    },
    "namedsessionrole": {
        "role_arn": NAMED,
        "source_profile": "default",
        "role_session_name": "Session_Maria_Garcia",
    },
    "web-identity": {"role_arn": WEB, "web_identity_token_file": "{web_identity}"},
    "hub": {"role_arn": HUB, "source_profile": "user1"},
    "landing": {"role_arn": LANDING, "source_profile": "hub"},
    "workload": {"role_arn": WORKLOAD, "source_profile": "landing"},
    "prod": {"role_arn": PRODUCTION, "source_profile": "user1", "assume_confirm": "yes"},
    "from-environment": {"role_arn": MARKETING, "credential_source": "Environment"},
    "on-instance": {"role_arn": MARKETING, "credential_source": "Ec2InstanceMetadata"},
    "in-container": {"role_arn": MARKETING, "credential_source": "EcsContainer"},
    "sso-reader": {"sso_session": "example", "sso_account_id": OTHER_ACCOUNT, "sso_role_name": "Reader"},
}


@dataclass(frozen=True, slots=True)
class Files:
    """The written files, and variables: `environment` points AWS tools to them, `machine` to instance and container."""

    home: Path
    config: Path
    credentials: Path
    web_identity: Path
    environment: dict[str, str]
    machine: dict[str, str]


def world() -> World:
    """The users, roles and providers that the profiles need, with their permissions."""
    made = World()
    made.user(HOME_ACCOUNT, "saanvi", mfa={SAANVI_MFA: "JBSWY3DPEHPK3PXP"}, may=[CROSS, NAMED])
    made.user(HOME_ACCOUNT, "user1", may=[MARKETING, HUB, PRODUCTION])
    made.user(CLI_ACCOUNT, "cli-user", mfa={CLI_USER_MFA: "KRSXG5CTMVRXEZLU"}, may=[CLI_ROLE, AUDITOR])
    for user_arn, key_id in KEYS.values():
        made.key(user_arn, key_id)
    home, cli = f"arn:aws:iam::{HOME_ACCOUNT}:root", f"arn:aws:iam::{CLI_ACCOUNT}:root"
    made.role(MARKETING, Trust((home,)), max_duration_s=43200)
    made.role(CLI_ROLE, Trust((cli,), mfa=True))
    made.role(AUDITOR, Trust((cli,), mfa=True))
    made.role(CROSS, Trust((home,), mfa=True, external_id=EXTERNAL_ID))
    made.role(NAMED, Trust((home,)))
    made.role(HUB, Trust((home,)), may=[LANDING])
    made.role(LANDING, Trust((HUB,)), may=[WORKLOAD])
    made.role(WORKLOAD, Trust((LANDING,)))
    made.role(PRODUCTION, Trust((home,)))
    provider = made.provider(HOME_ACCOUNT, ISSUER)
    made.role(WEB, Trust((provider.arn,), audience=provider.audiences[0], subject="job:*"))
    machine = made.role(MACHINE, may=[MARKETING])
    made.machine.instance = machine
    made.machine.container(CONTAINER, machine, CONTAINER_AUTHORIZATION)
    reader = made.role(SSO_ROLE)
    made.center.start_url, made.center.region = SSO_START, SSO_REGION
    made.center.account(OTHER_ACCOUNT, "Example Production")
    made.center.person("saanvi", {(OTHER_ACCOUNT, "Reader"): reader})
    return made


def build(folder: Path, url: str, world: World, now: float) -> Files:
    """Writes the demo's files under `folder`, for the simulator at `url`."""
    aws = folder / ".aws"
    files = Files(
        home=folder,
        config=aws / "config",
        credentials=aws / "credentials",
        web_identity=aws / "web-identity",
        environment={
            "HOME": str(folder),
            "AWS_CONFIG_FILE": str(aws / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(aws / "credentials"),
        },
        machine={
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": url,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/container/{CONTAINER}",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": CONTAINER_AUTHORIZATION,
        },
    )
    provider = world.providers[HOME_ACCOUNT, ISSUER]
    _write(files.config, _config(url, files))
    _write(files.credentials, _credentials(world))
    _write(files.web_identity, world.web_identity(provider, "job:demo", now, 12 * 3600))
    _sign_in(aws, world, world.roles[SSO_ROLE], now)
    return files


def _config(url: str, files: Files) -> str:
    common = {"region": "us-west-2", "endpoint_url": url}
    sections = [_section("default", common), _section("profile user1", common), _section("profile cli-user", common)]
    for name, fields in ROLE_PROFILES.items():
        filled = {key: value.format(web_identity=files.web_identity) for key, value in fields.items()}
        sections.append(_section(f"profile {name}", filled | common))
    sso = {"sso_start_url": SSO_START, "sso_region": SSO_REGION, "sso_registration_scopes": "sso:account:access"}
    return "\n".join([*sections, _section("sso-session example", sso)])


def _credentials(world: World) -> str:
    sections = []
    for name, (_, key_id) in KEYS.items():
        keys = {"aws_access_key_id": key_id, "aws_secret_access_key": world.keys[key_id].secret}
        sections.append(_section(name, keys))
    return "\n".join(sections)


def _section(name: str, fields: dict[str, str]) -> str:
    lines = (f"{key} = {value}\n" for key, value in fields.items())
    return f"[{name}]\n{''.join(lines)}"


def _sign_in(aws: Path, world: World, role: Role, now: float) -> None:
    """Writes the file that `aws sso login` would write."""
    sign_in = world.machine.sign_in("saanvi", {(OTHER_ACCOUNT, "Reader"): role}, now + 8 * 3600)
    renewal = world.machine.renewal(sign_in)
    fields = {
        "startUrl": SSO_START,
        "region": SSO_REGION,
        "accessToken": sign_in.bearer,
        "expiresAt": stamp(sign_in.expires_at),
        "clientId": renewal.client_id,
        "clientSecret": renewal.client_secret,
        "registrationExpiresAt": stamp(now + 90 * 86400),
        "refreshToken": renewal.refresh,
    }
    name = hashlib.sha1(b"example", usedforsecurity=False).hexdigest()
    _write(aws / "sso" / "cache" / f"{name}.json", json.dumps(fields))


def _write(path: Path, text: str) -> None:
    for folder in (*reversed(path.parent.parents), path.parent):
        folder.mkdir(mode=0o700, exist_ok=True)  # one by one: `parents=True` sets the mode of the last one only
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
