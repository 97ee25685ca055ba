"""`policy`: what it prints is enough for the role, and for nobody else; in the simulator, and in moto."""

import json
import shlex

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from assume.demo import config
from assume.simulator import documents
from assume.simulator.iam import Trust

from ..simulator.clients import client_of
from . import administrator

ACCOUNT, OTHER = config.HOME_ACCOUNT, config.OTHER_ACCOUNT
NEW, FAR = f"arn:aws:iam::{ACCOUNT}:role/team/new", f"arn:aws:iam::{OTHER}:role/far"
BASE = "region = us-west-2\nendpoint_url = {sts}\n"
PROFILES = f"""
[profile same]
role_arn = {NEW}
source_profile = user1
{BASE}
[profile strict]
role_arn = {FAR}
source_profile = default
mfa_serial = {config.SAANVI_MFA}
external_id = corp/1:it's
{BASE}
[profile tagged]
role_arn = {FAR}
source_profile = same
session_tags = team=blue
source_identity = alice
{BASE}
[profile long]
role_arn = {NEW}
source_profile = user1
duration_seconds = 7200
session_tags = team=blue
transitive_session_tags = team
{BASE}
[profile behind]
role_arn = {FAR}
source_profile = long
{BASE}
[profile by-identity-center]
role_arn = {FAR}
source_profile = sso-reader
{BASE}
[profile by-token]
role_arn = {config.WEB}
web_identity_token_file = {{token}}
{BASE}
"""


@pytest.fixture
def empty(program, world):
    """The demo's accounts without roles that one may assume, and without a policy of any user."""
    for arn in list(world.roles):
        if arn not in (config.SSO_ROLE, config.MACHINE):
            del world.roles[arn]
    world.user(ACCOUNT, "saanvi", mfa={config.SAANVI_MFA: "JBSWY3DPEHPK3PXP"})
    world.user(ACCOUNT, "user1")
    world.user(ACCOUNT, "mallory", "AKIAMALLORYMALLORY00", may=["*"])
    world.role(f"arn:aws:iam::{ACCOUNT}:role/other", Trust((ACCOUNT,)), may=["*"])
    program.write(PROFILES.replace("{token}", str(program.home.web_identity)).replace("it's", "its"))
    return world


@pytest.mark.parametrize("profile", ["same", "strict", "tagged", "long", "behind"])
def test_the_commands_in_an_empty_account_let_the_profile_in_and_nobody_else(program, sts, empty, profile):
    assert program("export", profile, "--mfa-code", program.code(config.SAANVI_MFA), "--format", "bash").status == 1
    done = program("policy", profile, "--create")
    assert done.status == 0, done.err
    administrator.create(empty, done.out)
    program.answers = [program.code(config.SAANVI_MFA)] * 2
    role = FAR if profile in ("strict", "tagged", "behind") else NEW
    assert program.reaches(profile).startswith(f"assumed-role/{role.rpartition('/')[2]}/")
    others = [client_of(sts, empty, "AKIAMALLORYMALLORY00")]
    session = empty.role_session(empty.roles[f"arn:aws:iam::{ACCOUNT}:role/other"], "x", sts.clock(), 3600)
    others.append(client_of(sts, empty, session.key_id))
    for other in others:
        for arn in (one for one in (NEW, FAR) if one in empty.roles):
            with pytest.raises(ClientError, match="AccessDenied"):
                other.assume_role(RoleArn=arn, RoleSessionName="me", ExternalId="corp/1:its")
    for user in (arn for arn in empty.users if arn.endswith(("user1", "saanvi"))):
        assert set(empty.users[user].may) <= {NEW, FAR}, "no other role"


def test_the_documents_are_those_of_the_commands(program, empty):
    lines = [line for line in program("policy", "tagged", "--create").out.splitlines() if line.startswith("aws iam ")]
    in_commands = [json.loads(word) for line in lines for word in shlex.split(line) if word.startswith("{")]
    text = program("policy", "tagged").out
    blocks = [json.loads(block.partition("\n")[2]) for block in text.split("\n\n")]
    hops = program("policy", "tagged", "--json").json["hops"]
    assert in_commands == blocks == [hop[name] for hop in hops for name in ("trust_policy", "caller_policy")]
    assert [hop["role_arn"] for hop in hops] == [NEW, FAR]
    assert list(hops[0]) == "role_arn account caller trust_policy caller_policy max_session_duration".split()
    assert hops[1]["trust_policy"]["Statement"][0]["Action"] == [
        "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity",
    ]  # fmt: skip


def test_it_is_as_the_page_of_the_aws_cli_has_it(program):
    text = program("policy", "role-with-mfa").out
    trust, policy = (json.loads(block.partition("\n")[2]) for block in text.split("\n\n"))
    assert trust == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{config.CLI_ACCOUNT}:user/cli-user"},
                "Action": "sts:AssumeRole",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            }
        ],
    }
    assert policy == {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": config.CLI_ROLE}],
    }


def test_a_permission_set_of_identity_center(program, sts, empty):
    (hop,) = program("policy", "by-identity-center", "--json").json["hops"]
    empty.role(FAR, documents.trust(json.dumps(hop["trust_policy"])))
    administrator.give(empty, "role", config.SSO_ROLE.rpartition("/")[2], json.dumps(hop["caller_policy"]))
    assert program.reaches("by-identity-center").startswith("assumed-role/far/")
    another = empty.role(config.SSO_ROLE.replace("Reader", "Readers"), (), may=["*"])
    session = empty.role_session(another, "x", sts.clock(), 3600)
    with pytest.raises(ClientError, match="AccessDenied"):
        client_of(sts, empty, session.key_id).assume_role(RoleArn=FAR, RoleSessionName="me")
    lines = program("policy", "by-identity-center", "--create").out.splitlines()
    assert lines[-1].startswith("# give this to AWSReservedSSO_Reader_0123456789abcdef, in its permission set: {")


def test_a_web_identity(program, empty):
    (hop,) = program("policy", "by-token", "--json").json["hops"]
    assert (hop["caller"], hop["caller_policy"]) == (None, None)
    empty.role(config.WEB, documents.trust(json.dumps(hop["trust_policy"])))
    assert program.reaches("by-token").startswith("assumed-role/RoleNameToAssume/")
    program.home.web_identity.write_text("no token")
    assert "is not a JWT" in program("policy", "by-token").err


@pytest.mark.parametrize(
    ("words", "status", "error"),
    [
        ((), 2, "Missing argument 'PROFILE'"),
        (("",), 2, "the name of the profile is empty"),
        (("nosuch",), 1, "nosuch: no such profile"),
        (("user1",), 1, "user1: assumes no role\n  a policy is for a role: add role_arn, or give --role-arn ARN"),
        (("sso-reader",), 1, "assumes no role"),
        (("marketingadmin", "--create", "--json"), 2, "two forms"),
        (("user1", "--role-arn", "x"), 2, "is not the ARN of a role"),
        (("on-instance",), 1, "metadata gave no credentials"),
    ],
)
def test_what_has_no_policy(program, words, status, error):
    done = program("policy", *words)
    assert (done.status, done.out) == (status, "")
    assert error in done.err


def test_a_role_without_a_profile(program):
    hops = program("policy", "user1", "--role-arn", NEW, "--external-id", "hush", "--json").json["hops"]
    (statement,) = hops[0]["trust_policy"]["Statement"]
    assert statement["Condition"] == {"StringEquals": {"sts:ExternalId": "hush"}}


def test_the_root_of_an_account_can_assume_nothing(program, world):
    world.user(ACCOUNT, "root", "AKIAROOTROOTROOTROOT")
    with program.home.credentials.open("a") as file:
        file.write(
            f"\n[boss]\naws_access_key_id = AKIAROOTROOTROOTROOT\n"
            f"aws_secret_access_key = {world.keys['AKIAROOTROOTROOTROOT'].secret}\n"
        )
    program.write(f"[profile boss]\n{BASE}")
    done = program("policy", "boss", "--role-arn", NEW)
    assert (done.status, "can assume no role" in done.err) == (1, True)


def service(name, url, key_id="AKIASETUP00000000000", secret="x"):
    return boto3.session.Session().client(
        name,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id=key_id,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}),
    )


def run_in_moto(iam, line):
    """One printed `aws iam` command, as a call: `--role-name x` is RoleName=x."""
    words = shlex.split(line)
    options = {
        "".join(part.title() for part in name.strip("-").split("-")): int(value) if value.isdigit() else value
        for name, value in zip(words[3::2], words[4::2], strict=True)
    }
    getattr(iam, words[2].replace("-", "_"))(**options)


@pytest.mark.once
def test_the_commands_in_an_empty_account_of_moto(program):
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        iam = service("iam", url)
        iam.create_user(UserName="alice")
        key = iam.create_access_key(UserName="alice")["AccessKey"]
        with program.home.credentials.open("a") as file:
            secret = key["SecretAccessKey"]
            file.write(f"\n[alice]\naws_access_key_id = {key['AccessKeyId']}\naws_secret_access_key = {secret}\n")
        common = f"region = us-east-1\nendpoint_url = {url}\n"
        program.write(
            f"[profile alice]\n{common}[profile one]\nrole_arn = {NEW}\nsource_profile = alice\n{common}"
            f"duration_seconds = 7200\n[profile two]\nrole_arn = arn:aws:iam::{ACCOUNT}:role/two\n"
            f"source_profile = one\n{common}"
        )
        done = program("policy", "two", "--create")
        assert done.status == 0, done.err
        for line in done.out.splitlines():
            if not line.startswith("#"):
                run_in_moto(iam, line)
        assert program("export", "two", "--format", "bash").status == 0
        role = iam.get_role(RoleName="new")["Role"]
        assert (role["Arn"], role["MaxSessionDuration"]) == (NEW, 7200)
        trusted = role["AssumeRolePolicyDocument"]["Statement"]
        assert [one["Principal"] for one in trusted] == [{"AWS": f"arn:aws:iam::{ACCOUNT}:user/alice"}]
        assert iam.list_user_policies(UserName="alice")["PolicyNames"] == ["assume-new"]
        assert iam.list_role_policies(RoleName="two")["PolicyNames"] == []
    finally:
        server.stop()


def test_no_control_character_of_a_file_reaches_the_terminal(program):
    program.write(
        '[profile "a\x1b]0;x\x07b"]\nrole_arn = arn:aws:iam::123456789012:role/x\x9b31m/\x07y\nsource_profile = user1\n'
        "external_id = x\x9b\nregion = us-west-2\nendpoint_url = {sts}\n"
    )
    for words in ((), ("--create",), ("--json",)):
        done = program("policy", "a\x1b]0;x\x07b", *words)
        assert done.status == 0, done.err
        assert not any(mark in done.out + done.err for mark in "\x1b\x07\x9b")
