"""The walk along a chain: one call per hop, each with the parameters of its profile, each result stored."""

import time

import pytest

from assume.demo import config
from assume.simulator.iam import Trust

from ..program import actions
from .test_resolve import COMMON


def test_ten_roles_behind_one_hub_are_one_call_of_the_hub(program, world, sts):
    for number in range(10):
        role = f"arn:aws:iam::123456789012:role/spoke{number}"
        world.role(role, Trust((config.HUB,)))
        program.write(f"[profile spoke{number}]\nrole_arn = {role}\nsource_profile = hub\n{COMMON}")
    for number in range(10):
        program.keys(f"spoke{number}")
    assert [call.params["RoleArn"] for call in sts.calls].count(config.HUB) == 1
    assert len(sts.calls) == 11


@pytest.mark.parametrize(
    ("user", "name"),
    [("alice", "alice"), ("Ünal Şahin", "nal--ahin"), ("a b@example.com", "a-b@example.com"), ("x" * 80, "x" * 64),
        ("é", "user"),
     ("z", "user-z")],
)  # fmt: skip
def test_a_session_has_the_name_of_the_user_in_characters_that_sts_allows(program, user, name):
    assert program.reaches("marketingadmin", USER=user) == f"assumed-role/marketingadminrole/{name}"


def test_tags_source_identity_and_duration_reach_the_session(program, world, sts):
    role = "arn:aws:iam::123456789012:role/tagged"
    world.role(role, Trust(("123456789012",), tag_session=True, set_source_identity=True), max_duration_s=7200)
    world.user("123456789012", "user1", may=["*"])
    program.write(
        f"[profile tagged]\nrole_arn = {role}\nsource_profile = user1\nduration_seconds = 7200\n"
        "session_tags = team=web,cost=a=b\n"
        f"transitive_session_tags = team\nsource_identity = alice\nrole_session_name = me\n{COMMON}"
    )
    grant = program.session(program.keys("tagged")).grant
    assert (grant.tags, grant.transitive, grant.source_identity) == (
        (("team", "web"), ("cost", "a=b")),
        ("team",),
        "alice",
    )
    assert sts.calls[-1].params["DurationSeconds"] == "7200"


def test_session_policies(program, world, sts, tmp_path):
    policy = tmp_path / "policy.json"
    policy.write_text('{"Version": "2012-10-17", "Statement": []}')
    found = program.keys(
        "marketingadmin", "--policy", str(policy), "--policy-arn", "arn:aws:iam::aws:policy/X", "--read-only"
    )
    grant = program.session(found).grant
    assert grant.policy == policy.read_text()
    assert grant.policy_arns == ("arn:aws:iam::aws:policy/X", "arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert (found["ASSUME_EXPORTED"], "AWS_PROFILE" in found) == ("keys", False)
    plain = program.session(program.keys("marketingadmin")).grant
    assert (plain.policy, plain.policy_arns) == (None, ()), "the two never share an entry"


def test_a_web_identity_takes_a_duration_from_the_command_line(program, sts):
    found = program.keys("web-identity", "--duration", "15m")
    assert sts.calls[-1].params["DurationSeconds"] == "900"
    assert program.session(found).expires_at - time.time() < 901


def test_a_web_identity_takes_no_external_id(program, sts):
    done = program("export", "web-identity", "--external-id", "42", "--format", "json")
    assert (done.status, done.out, actions(sts)) == (1, "", [])
    assert "web-identity: an external ID goes with AssumeRole alone" in done.err


@pytest.mark.parametrize("key_id", ["test", "x", "000000000000", "minio-admin", "my.key@host", "a+b='c'"])
@pytest.mark.parametrize("profile", ["keys", "role"])
def test_key_ids_that_emulators_use_are_sent(program, world, sts, key_id, profile):
    world.key("arn:aws:iam::123456789012:user/user1", key_id, "test")
    program.write(
        f"[profile keys]\naws_access_key_id = {key_id}\naws_secret_access_key = test\n{COMMON}"
        f"[profile role]\nrole_arn = arn:aws:iam::123456789012:role/marketingadminrole\nsource_profile = keys\n{COMMON}"
    )
    if profile == "keys":
        assert program.keys("keys")["AWS_ACCESS_KEY_ID"] == key_id
    else:
        assert program.reaches("role").startswith("assumed-role/marketingadminrole/")
        assert sts.calls[-1].key_id == key_id


def test_keys_of_an_emulator_in_the_environment_are_sent(program, world):
    world.key("arn:aws:iam::123456789012:user/user1", "test", "test")
    own = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    assert program.reaches("from-environment", **own).startswith("assumed-role/marketingadminrole/")


def test_keys_of_an_emulator_from_a_command_are_sent(program, world):
    world.key("arn:aws:iam::123456789012:user/user1", "test", "test")
    document = '{"Version": 1, "AccessKeyId": "test", "SecretAccessKey": "test"}'
    program.write(f"[profile printed]\ncredential_process = /bin/echo '{document}'\n{COMMON}")
    assert program.reaches("printed") == "user/user1"


KEYS = {"aws_access_key_id": "AKIAEXAMPLEEXAMPLE00", "aws_secret_access_key": "s", "aws_session_token": "t"}


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("aws_access_key_id", "AKIÄ", "holds a character that is not ASCII (number 4), which no request can carry"),
        ("aws_access_key_id", "AKIA\x01", "holds a control character (number 5), which no request can carry"),
        ("aws_access_key_id", "AKIA/1", "holds a slash, which separates the parts of a signature"),
        ("aws_secret_access_key", "se cret", "holds a space (number 3)"),
        ("aws_session_token", "tök", "holds a character that is not ASCII (number 2), which no request can carry"),
    ],
)
def test_a_key_that_no_request_can_carry_is_refused_with_its_setting_and_the_reason(
    program, sts, setting, value, reason
):
    lines = "".join(f"{name} = {value if name == setting else other}\n" for name, other in KEYS.items())
    program.write(
        f"[profile keys]\n{lines}{COMMON}"
        f"[profile role]\nrole_arn = arn:aws:iam::123456789012:role/marketingadminrole\nsource_profile = keys\n{COMMON}"
    )
    for profile in ("keys", "role"):
        done = program("export", profile, "--format", "json")
        assert (done.status, done.out, actions(sts)) == (1, "", [])
        assert done.err.startswith(f"assume: keys: {setting} {reason}\n  ")
        assert value not in done.err
