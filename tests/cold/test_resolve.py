"""Every kind of profile reaches its identity."""

import json
import os

import pytest

from assume.demo import config
from assume.simulator.iam import Trust

USER1 = config.KEYS["user1"][1]
KINDS = {
    # profile: who it is
    "marketingadmin": "assumed-role/marketingadminrole/tester",
    "namedsessionrole": "assumed-role/SomeRole/Session_Maria_Garcia",
    "workload": "assumed-role/workload/tester",
    "web-identity": "assumed-role/RoleNameToAssume/tester",
    "sso-reader": "assumed-role/AWSReservedSSO_Reader_0123456789abcdef/saanvi",
    "user1": "user/user1",
    "default": "user/saanvi",
    "cli-user": "user/cli-user",
}
COMMON = "region = us-west-2\nendpoint_url = {sts}\n"
MADE = """
[profile itself]
role_arn = arn:aws:iam::123456789012:role/marketingadminrole
source_profile = itself
aws_access_key_id = AKIAI44QH8DHBEXAMPLE
aws_secret_access_key = SECRET
COMMON
[profile process]
credential_process = FOLDER/prints-user1
COMMON
[profile behind-process]
role_arn = arn:aws:iam::123456789012:role/marketingadminrole
source_profile = process
COMMON
[profile behind-web]
role_arn = arn:aws:iam::123456789012:role/inner
source_profile = web-identity
COMMON
[profile behind-sso]
role_arn = arn:aws:iam::234567890123:role/inner
source_profile = sso-reader
COMMON
[profile "with space"]
role_arn = arn:aws:iam::123456789012:role/marketingadminrole
source_profile = user1
COMMON
[profile été]
role_arn = arn:aws:iam::123456789012:role/marketingadminrole
source_profile = user1
COMMON
"""


@pytest.fixture
def made(program, world, tmp_path):
    """More profiles: a role that is its own source, and sources of every kind."""
    program.env["USER"] = "tester"
    secret = world.keys[USER1].secret
    document = {"Version": 1, "AccessKeyId": USER1, "SecretAccessKey": secret}
    process = tmp_path / "prints-user1"
    process.write_text(f"#!/bin/sh\necho '{json.dumps(document)}'\n")
    process.chmod(0o755)
    for account, principal in (("123456789012", config.WEB), ("234567890123", config.SSO_ROLE)):
        world.role(f"arn:aws:iam::{account}:role/inner", Trust((principal,)))
    text = MADE.replace("COMMON", COMMON).replace("SECRET", secret).replace("FOLDER", str(tmp_path))
    program.write(text)
    return program


@pytest.mark.parametrize("profile", KINDS)
def test_a_profile_of_the_aws_page_reaches_its_identity(program, profile):
    assert program.reaches(profile, USER="tester") == KINDS[profile]


@pytest.mark.parametrize(
    ("profile", "identity"),
    [("itself", "assumed-role/marketingadminrole/tester"), ("process", "user/user1"),
     ("behind-process", "assumed-role/marketingadminrole/tester"), ("behind-web", "assumed-role/inner/tester"),
     ("behind-sso", "assumed-role/inner/tester"), ("with space", "assumed-role/marketingadminrole/tester"),
     ("été", "assumed-role/marketingadminrole/tester")],
)  # fmt: skip
def test_a_profile_of_any_other_kind_reaches_its_identity(made, profile, identity):
    assert made.reaches(profile) == identity


@pytest.mark.parametrize(
    ("profile", "visits"),
    [
        ("on-instance", ["instance session", "instance role", "instance credentials"]),
        ("in-container", ["container credentials"]),
    ],
)
def test_a_role_reached_from_the_machine(program, sts, profile, visits):
    assert program.reaches(profile, **program.home.machine).startswith("assumed-role/marketingadminrole/")
    assert [visit.action for visit in sts.visits] == visits


def test_the_machines_own_role_with_no_profile_at_all(program):
    for kind, name in (("Ec2InstanceMetadata", "i-0123456789abcdef0"), ("EcsContainer", "task")):
        assert program.reaches("--credential-source", kind, **program.home.machine) == f"assumed-role/machine/{name}"
        words = ("--credential-source", kind, "--role-arn", config.MARKETING, "--session-name", "zed")
        env = program.home.machine | {"AWS_ENDPOINT_URL_STS": program.sts.url, "AWS_DEFAULT_REGION": "us-west-2"}
        assert program.reaches(*words, **env) == "assumed-role/marketingadminrole/zed"


def test_the_web_identity_of_the_environment(program):
    env = {
        "AWS_ROLE_ARN": config.WEB,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(program.home.web_identity),
        "AWS_ROLE_SESSION_NAME": "job-1",
        "AWS_ENDPOINT_URL": program.sts.url,
        "AWS_DEFAULT_REGION": "us-west-2",
    }
    assert program.reaches("--credential-source", "WebIdentity", **env) == "assumed-role/RoleNameToAssume/job-1"


def test_the_users_own_keys_of_the_environment_also_after_a_switch(program, world):
    own = {"AWS_ACCESS_KEY_ID": USER1, "AWS_SECRET_ACCESS_KEY": world.keys[USER1].secret}
    assert program.reaches("from-environment", **own).startswith("assumed-role/marketingadminrole/")
    inside = program("exec", "workload", "env", **own).became
    assert inside is not None
    assert inside.environment["AWS_ACCESS_KEY_ID"] != USER1
    again = program("export", "from-environment", "--format", "json", "--refresh", **inside.environment)
    assert program.session(again.json).arn.startswith("arn:aws:sts::123456789012:assumed-role/marketingadminrole/")
    assert program.sts.calls[-1].key_id == USER1


def test_an_ad_hoc_role_with_external_id_and_name(program, world):
    world.role("arn:aws:iam::123456789012:role/extern", Trust(("123456789012",), external_id="X/1"))
    world.user("123456789012", "user1", may=["*"])
    words = (
        "user1",
        "--role-arn",
        "arn:aws:iam::123456789012:role/extern",
        "--external-id",
        "X/1",
        "--session-name",
        "me",
    )
    found = program.keys(*words)
    assert program.session(found).arn.endswith("assumed-role/extern/me")
    assert "AWS_PROFILE" not in found, "it has no profile"
    assert (found["ASSUME_PROFILE"], found["AWS_REGION"]) == ("extern", "us-west-2")


@pytest.mark.parametrize("profile", ["user1", "process", "itself"])
def test_keys_of_a_user_are_never_stored(made, profile):
    made.reaches(profile)
    held = [path.read_text() for path in (made.home.path / ".aws/assume").glob("*.entry")]
    assert not any(made.world.keys[USER1].secret in text for text in held)
    assert len(held) == (profile == "itself")


def test_the_process_that_assumes_leaves_its_own_environment_alone(program):
    before = dict(os.environ)
    program.keys("marketingadmin")
    assert dict(os.environ) == before


def test_a_credential_process_sees_the_users_own_environment_also_after_a_switch(made, tmp_path, world):
    seen = tmp_path / "seen"
    process = tmp_path / "prints-user1"
    process.write_text(process.read_text() + f"echo $AWS_ACCESS_KEY_ID-$AWS_PROFILE-$ASSUME_PROFILE >> {seen}\n")
    inside = made("exec", "workload", "x", AWS_ACCESS_KEY_ID="mine", AWS_PROFILE="user1").became
    assert inside is not None
    assert made("export", "behind-process", "--format", "json", **inside.environment).status == 0
    assert seen.read_text() == "mine-user1-\n"


def test_the_option_region_is_enough_for_an_endpoint_of_the_users_own(program, sts):
    """The environment names the endpoint, and nothing else gives a region."""
    program.home.config.write_text("[profile user1]\n")
    words = ["user1", "--role-arn", config.MARKETING]
    done = program("export", *words, "--format", "json", AWS_ENDPOINT_URL_STS=sts.url)
    assert "a custom endpoint needs a region\n  add `region = …` to the profile, or give --region" in done.err
    assert program("export", *words, "--format", "json", "--region", "eu-west-1", AWS_ENDPOINT_URL_STS=sts.url).json


def test_a_role_that_is_not_assigned_is_named_with_its_account(program):
    program.write(
        "[profile other]\nsso_session = example\nsso_account_id = 234567890123\nsso_role_name = NotGiven\n"
        "region = us-west-2\nendpoint_url = {sts}\n"
    )
    done = program("export", "other", "--format", "json")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith(
        "assume: other: its role NotGiven is not assigned to you in account 234567890123\n  `assume login other"
    )
