"""Differential table, providers: the settings that give a profile its credentials. Facts are about botocore."""

from unittest.mock import ANY

import pytest

from .people import ALICE, BOB, SECRET
from .rows import BASE, ROLE, Row, judge, params

OWN = {"AWS_ACCESS_KEY_ID": BOB, "AWS_SECRET_ACCESS_KEY": SECRET}
WEB = "[profile p]\nrole_arn = <r1>\nweb_identity_token_file = <home>/web-identity\n"
IN_ENV = {"AWS_ROLE_ARN": "<r2>", "AWS_WEB_IDENTITY_TOKEN_FILE": "<home>/web-identity", "AWS_ROLE_SESSION_NAME": "env"}
SSO = "sso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Reader\n"
CORP = "[sso-session corp]\nsso_start_url = https://example.awsapps.com/start\nsso_region = us-east-1\n"
PROCESS = "credential_process = <home>/prints-alice\n"
INSTANCE = ("instance session", "instance role", "instance credentials")

NAMED = [
    Row("a named profile takes the environment out of play: no AWS_ACCESS_KEY_ID", ROLE + BASE, env=OWN, reaches="r1"),
    Row("a named profile takes the environment out of play: its keys are not the profile's",
        "[profile p]\nregion = us-east-1\n", env=OWN, error="LookupError", says="has no credentials"),
    Row("a named profile takes the environment out of play: no AWS_ROLE_ARN / AWS_WEB_IDENTITY_TOKEN_FILE",
        "[profile p]\n<alice>\n", env=IN_ENV, reaches="alice"),
    Row("a named profile takes the environment out of play: no AWS_ROLE_SESSION_NAME",
        WEB + "role_session_name = mine\n", env={"AWS_ROLE_SESSION_NAME": "env"}, reaches="r1",
        sends={"RoleSessionName": "mine"}),
    Row("(container and instance metadata stay, last)", "[profile p]\nregion = us-east-1\n", machine=True,
        reaches="machine", visits=("container credentials",)),
    Row("another profile's name in AWS_PROFILE is of no concern", ROLE + BASE + "[profile q]\nrole_arn = <r2>\n",
        env={"AWS_PROFILE": "q"}, reaches="r1"),
    Row("nor is one that does not exist, in AWS_DEFAULT_PROFILE", ROLE + BASE, env={"AWS_DEFAULT_PROFILE": "gone"},
        reaches="r1"),
]  # fmt: skip

ORDER = [
    Row("role_arn beats the profile's own keys", ROLE + "<bob>\n" + BASE, reaches="r1"),
    Row("role_arn beats its sso_*", ROLE + SSO + CORP + BASE, reaches="r1", visits=()),
    Row("sso_* beats static keys", f"[profile p]\n<bob>\n{SSO}{CORP}", reaches="r6", visits=("sso credentials",)),
    Row("credentials-file keys beat credential_process", f"[profile p]\n{PROCESS}", "[p]\n<bob>\n", reaches="bob"),
    Row("which beats config-file keys", f"[profile p]\n<bob>\n{PROCESS}", reaches="alice"),
    Row("web_identity_token_file beats source_profile, keys, everything",
        WEB + f"<bob>\nsource_profile = base\n{SSO}{CORP}" + BASE,
        reaches="r1", sends={"WebIdentityToken": ANY}),
    Row("source_profile without role_arn is ignored", "[profile p]\nsource_profile = base\n<bob>\n" + BASE,
        reaches="bob"),
    Row("credential_source without role_arn is ignored", "[profile p]\ncredential_source = Environment\n<bob>\n",
        reaches="bob"),
    Row("a profile with only a region falls through to container", "[profile p]\nregion = us-east-1\n", machine=True,
        reaches="machine", visits=("container credentials",)),
    Row("a profile with only a region falls through to IMDS", "[profile p]\nregion = us-east-1\n", machine=True,
        env={"AWS_CONTAINER_CREDENTIALS_FULL_URI": None}, reaches="machine", visits=INSTANCE),
    Row("none: NoCredentialsError on use", "[profile p]\noutput = json\n", error="LookupError",
        says="has no credentials"),
    Row("as a source: web identity (profile only)", ROLE.replace("base", "w") + WEB.replace("profile p",
        "profile w").replace("r1", "r2"),
        reaches="r1", roles=("r2", "r1")),
    Row("as a source: sso", f"{ROLE}[profile base]\n{SSO}{CORP}", reaches="r1", visits=("sso credentials",)),
    Row("as a source: custom-process", f"{ROLE}[profile base]\n{PROCESS}", reaches="r1"),
    Row("as a source: shared-credentials-file", ROLE, "[base]\n<bob>\n", reaches="r1"),
    Row("as a source: no env", ROLE + "[profile base]\nregion = us-east-1\n", env=OWN,
        error='The source profile "base" must have credentials', says="is a source profile and has no credentials"),
    Row("as a source: no container, no IMDS", ROLE + "[profile base]\nregion = us-east-1\n", machine=True,
        error='The source profile "base" must have credentials', visits=()),
    Row("as a source: web identity of the profile, not of the environment",
        ROLE + "[profile base]\nregion = us-east-1\n", env=IN_ENV, error="must have credentials"),
]  # fmt: skip

HOPS = [
    Row("both source_profile and credential_source: InvalidConfigError",
        ROLE + "credential_source = Environment\n" + BASE,
        env=OWN, error='The profile "p" contains both source_profile and credential_source',
        says="p: has both source_profile and credential_source"),
    Row("neither: PartialCredentialsError (own static keys are NOT implied)", "[profile p]\nrole_arn = <r1>\n<alice>\n",
        error="missing: source_profile or credential_source", says="p: has role_arn, and neither"),
    Row("source_profile is missing: InvalidConfigError", ROLE.replace("base", "bas") + BASE,
        error='The source_profile "bas" referenced in the profile "p" does not exist',
        says="p: its source_profile bas does not exist\n  did you mean: base?"),
    Row("a loop: InfiniteLoopConfigError", ROLE.replace("base",
        "q") + "[profile q]\nrole_arn = <r2>\nsource_profile = p\n",
        error="InfiniteLoopConfigError", says="p: source_profile goes in a circle: p -> q -> p"),
    Row("a loop further up the chain", ROLE.replace("base", "q") + "[profile q]\nrole_arn = <r2>\nsource_profile = r\n"
        "[profile r]\nrole_arn = <r3>\nsource_profile = q\n",
        error="InfiniteLoopConfigError", says="source_profile goes in a circle: q -> r -> q"),
    Row("self-reference is allowed only where the profile has keys", ROLE.replace("base", "p") + "<alice>\n",
        reaches="r1"),
    Row("self-reference with the keys in the other file", ROLE.replace("base", "p"), "[p]\n<alice>\n", reaches="r1"),
    Row("self-reference: credential_process does not count", ROLE.replace("base", "p") + PROCESS,
        error="InfiniteLoopConfigError", says="p: source_profile goes in a circle: p -> p"),
    Row("self-reference: half a pair gets past the check, and no further", ROLE.replace("base",
        "p") + f"aws_access_key_id = {ALICE}\n",
        error="PartialCredentialsError", says="has an access key id but no aws_secret_access_key"),
    Row("a source with static keys is used as keys: its own role_arn is ignored",
        ROLE + BASE + "role_arn = <r2>\nsource_profile = q\n",
        reaches="r1", roles=("r1",)),
    Row("this also ends loops", ROLE + BASE + "role_arn = <r2>\nsource_profile = p\n", reaches="r1", roles=("r1",)),
    Row("a source with role_arn recurses", ROLE.replace("base",
        "q") + "[profile q]\nrole_arn = <r2>\nsource_profile = base\n" + BASE,
        reaches="r1", roles=("r2", "r1")),
    Row("mfa_serial, external_id, … are never inherited",
        ROLE.replace("base", "q") + "[profile q]\nrole_arn = <r2>\nsource_profile = base\nexternal_id = 42\n"
        "role_session_name = qq\nduration_seconds = 900\n" + BASE,
        reaches="r1", sends={"ExternalId": None, "DurationSeconds": None}),
    Row("mfa_serial on a hop whose source is a role: asked for, then AccessDenied by AWS",
        ROLE.replace("base", "q") + "mfa_serial = <serial>\n[profile q]\nrole_arn = <r2>\nsource_profile = base\n"
        + BASE,
        error="unable to validate MFA code", says="the MFA device is not known\n  check mfa_serial"),
    Row("a chain of six", "".join(f"[profile p{n}]\nrole_arn = <r{n}>\nsource_profile = p{n - 1}\n" for n in range(1,
        7))
        + "[profile p0]\n<alice>\n", profile="p6", reaches="r6", roles=("r1", "r2", "r3", "r4", "r5", "r6")),
]  # fmt: skip

SOURCES = [
    Row("credential_source Environment", "[profile p]\nrole_arn = <r1>\ncredential_source = Environment\n", env=OWN,
        reaches="r1"),
    Row("credential_source Ec2InstanceMetadata",
        "[profile p]\nrole_arn = <r1>\ncredential_source = Ec2InstanceMetadata\n",
        machine=True, reaches="r1", visits=INSTANCE),
    Row("credential_source EcsContainer", "[profile p]\nrole_arn = <r1>\ncredential_source = EcsContainer\n",
        machine=True, reaches="r1", visits=("container credentials",)),
    Row("credential_source is case-sensitive", "[profile p]\nrole_arn = <r1>\ncredential_source = environment\n",
        env=OWN,
        error='The credential source "environment" referenced in profile "p" is not valid',
        says="use Environment, Ec2"),
    Row("credential_source yields nothing: CredentialRetrievalError",
        "[profile p]\nrole_arn = <r1>\ncredential_source = Environment\n",
        error="No credentials found in credential_source referenced in profile p", says="AWS_ACCESS_KEY_ID is not set"),
    Row("EcsContainer yields nothing", "[profile p]\nrole_arn = <r1>\ncredential_source = EcsContainer\n",
        error="CredentialRetrievalError", says="no container credentials here"),
    Row("Ec2InstanceMetadata yields nothing", "[profile p]\nrole_arn = <r1>\ncredential_source = Ec2InstanceMetadata\n",
        error="CredentialRetrievalError", says="the instance's metadata gave no credentials"),
    Row("Environment with a key id and no secret: PartialCredentialsError",
        "[profile p]\nrole_arn = <r1>\ncredential_source = Environment\n",
        env={"AWS_ACCESS_KEY_ID": BOB}, error="PartialCredentialsError", says="AWS_SECRET_ACCESS_KEY is not set"),
    Row("blank counts as unset", "[profile p]\nrole_arn = <r1>\ncredential_source = Environment\n",
        env={"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": SECRET}, error="CredentialRetrievalError"),
    Row("profile keys are ignored", "[profile p]\nrole_arn = <r1>\ncredential_source = Environment\n<alice>\n",
        env=OWN, reaches="r1"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def sources(both):
    """Makes what the rows name: a web identity, a command, an SSO sign-in."""
    both.identity()
    both.process()
    both.sign_in()


@params(NAMED)
def test_a_named_profile(both, row):
    judge(both, row)


@params(ORDER)
def test_the_order_of_providers(both, row):
    judge(both, row)


@params(HOPS)
def test_the_source_of_a_role(both, row):
    judge(both, row)


@params(SOURCES)
def test_the_credentials_of_a_credential_source(both, row):
    judge(both, row)


def test_the_caller_of_a_credential_source_is_the_environments_user(both):
    both.write("[profile p]\nrole_arn = <r1>\ncredential_source = Environment\n<alice>\n")
    both.ours("p", both.here | OWN, "--no-cache")
    assert [call.key_id for call in both.plain.calls] == [BOB]
