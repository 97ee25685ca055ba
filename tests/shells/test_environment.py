"""The environment as a value: a switch, the next one, and back, whatever stood there before."""

import base64
import os
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assume import arguments
from assume.credentials import check_keys, instant
from assume.errors import Unsafe
from assume.shells import environment as env
from assume.shells import render

KEYS = {"A": ("A" * 20, "s", "t"), "BB": ("B" * 20, "s/+=", "t=="), "S": ("AKIA" + "C" * 16, "s", "")}
REGION = {"A": "eu-west-1", "BB": None, "S": "us-east-1"}
ACCOUNT = {"A": "123456789012", "BB": "", "S": "234567890123"}
SEED = int(os.environ.get("ASSUME_TEST_SEED", "20261124"))


def applied(have, want):
    result = dict(have)
    for name, value in env.changes(have, want):
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def switched(have, name, export="both"):
    """`have` after `assume NAME`."""
    base, told = env.baseline(have)
    assert told
    want = env.wanted(
        base, profile=name, aws_profile=name, region=REGION[name], keys=KEYS[name],
        expires_at=None if name == "S" else 1_800_000_000 + len(name), role_arn="arn:" + name, export=export,
        account=ACCOUNT[name], read_only=name == "BB",
    )  # fmt: skip
    result = applied(have, want)
    assert result == want
    return result


def left(have):
    """`have` after `assume off`."""
    return applied(have, env.baseline(have)[0])


def test_random_sequences_of_switches_depend_on_the_last_alone_and_off_restores_everything():
    draw = random.Random(SEED)
    print(f"ASSUME_TEST_SEED={SEED}")
    names = [*env.SET, *env.DROPPED, "AWSUME_X", "GRANTED_SSO", "AWS_SSO_ROLE", "PATH", "ASSUME_HOME"]
    for _ in range(1000):
        start = {name: f"own {name}" for name in names if draw.random() < 0.4}
        have = start
        for _ in range(draw.randint(1, 6)):
            name = draw.choice([*KEYS, "off"])
            if name == "off":
                have = left(have)
                assert have == start
            else:
                export = draw.choice(arguments.EXPORTS)
                have = switched(have, name, export)
                assert have == switched(start, name, export)
        assert left(have) == start


# what a variable can hold: bytes without a null byte, which Python decodes; a lone surrogate of any other kind cannot
# get into an environment
VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.binary(max_size=20).map(lambda content: content.replace(b"\0", b"").decode("utf-8", "surrogateescape")),
)


@given(st.dictionaries(st.sampled_from([*env.SET, *env.DROPPED]), VALUES))
def test_any_earlier_text_is_restored(start):
    assert left(switched(start, "A")) == start


def test_undecodable_bytes_are_restored():
    start = {"AWS_PROFILE": "\udcff\udc80", "AWS_REGION": ""}
    assert left(switched(start, "A")) == start


def test_the_variables_that_a_switch_sets():
    have = switched({"AWS_DEFAULT_PROFILE": "x", "AWS_VAULT": "y", "AWSUME_PROFILE": "z", "LANG": "C"}, "A")
    before = have.pop("ASSUME_BEFORE")
    assert have == {
        "AWS_ACCESS_KEY_ID": "A" * 20, "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t", "AWS_PROFILE": "A",
        "AWS_ACCOUNT_ID": "123456789012", "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_CREDENTIAL_EXPIRATION": "2027-01-15T08:00:01Z", "AWS_SESSION_EXPIRATION": "2027-01-15T08:00:01Z",
        "ASSUME_PROFILE": "A", "ASSUMED_ROLE_ARN": "arn:A", "ASSUME_EXPIRES": "1800000001", "ASSUME_KEY_ID": "A" * 20,
        "ASSUME_EXPORTED": "both", "LANG": "C",
    }  # fmt: skip
    assert "A" * 20 not in base64.b64decode(before).decode(), "no credential of the role is in ASSUME_BEFORE"


@pytest.mark.parametrize(
    ("export", "keys", "profile"), [("both", True, True), ("keys", True, False), ("profile", False, True)]
)
def test_keys_or_profile_or_both(export, keys, profile):
    have = switched({"AWS_ACCESS_KEY_ID": "mine", "AWS_PROFILE": "mine"}, "A", export)
    assert have["ASSUME_EXPORTED"] == export
    assert (have.get("AWS_ACCESS_KEY_ID"), have.get("ASSUME_KEY_ID")) == ("A" * 20 if keys else None,) * 2
    assert have.get("AWS_PROFILE") == ("A" if profile else None)


@pytest.mark.parametrize(
    ("export", "account", "expected"),
    [("both", "123456789012", "123456789012"), ("keys", "123456789012", "123456789012"),
     ("profile", "123456789012", None), ("both", "", None), ("both", "12345", None),
     ("both", "12345678901\u0662", None)],
)  # fmt: skip
def test_the_account_goes_with_the_keys(export, account, expected):
    start = {"AWS_ACCOUNT_ID": "mine"}
    want = env.wanted(start, profile="p", aws_profile="p", region=None, keys=KEYS["A"], expires_at=1, role_arn="",
                      export=export, account=account)  # fmt: skip
    assert want.get("AWS_ACCOUNT_ID") == expected
    assert left(applied(start, want)) == start
    assert left(applied(start, want) | {"AWS_ACCOUNT_ID": "theirs"}) == {"AWS_ACCOUNT_ID": "theirs"}


def test_a_read_only_role_is_marked_until_the_next_switch():
    have = switched({}, "BB")
    assert have["ASSUME_READ_ONLY"] == "1"
    assert "ASSUME_READ_ONLY" not in switched(have, "A")
    assert left(have) == {}


def test_a_role_without_a_profile_exports_keys_alone():
    want = env.wanted(
        {}, profile="R", aws_profile=None, region=None, keys=KEYS["A"], expires_at=1, role_arn="", export="both"
    )
    assert (want["ASSUME_EXPORTED"], "AWS_PROFILE" in want) == ("keys", False)


POD = {"AWS_ROLE_ARN": "r", "AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_SESSION_NAME": "s"}
POD |= {"AWS_ACCESS_KEY": "k", "AWS_SECRET_KEY": "s"}


def exported(start, export, expires_at=1_800_000_000):
    """The environment after a switch with one of the export modes."""
    return env.wanted(start, profile="A", aws_profile="A", region=None, keys=KEYS["A"], expires_at=expires_at,
                      role_arn="", export=export)  # fmt: skip


@pytest.mark.parametrize("export", ["both", "keys", "profile"])
def test_what_an_sdk_prefers_to_our_role_is_taken_away_and_comes_back(export):
    have = exported(POD | {"LANG": "C"}, export)
    assert not POD.keys() & have.keys()
    assert left(have) == env.baseline(have)[0] == POD | {"LANG": "C"}
    assert left(exported(env.baseline(have)[0], export)) == POD | {"LANG": "C"}


def test_a_profile_alone_has_no_expiration_of_keys():
    own = {"AWS_CREDENTIAL_EXPIRATION": "mine", "AWS_SESSION_EXPIRATION": "mine"}
    for start in ({}, own):
        have = exported(start, "profile")
        assert not set(env.EXPIRATIONS) & have.keys()
        assert have["ASSUME_EXPIRES"] == "1800000000"
        assert left(have) == start
        assert left(have | {"AWS_CREDENTIAL_EXPIRATION": "x"}) == start | {"AWS_CREDENTIAL_EXPIRATION": "x"}
        assert set(env.EXPIRATIONS) <= exported(start, "keys").keys()
    have = exported({}, "profile") | dict.fromkeys(env.EXPIRATIONS, "2027-01-15T08:00:00Z")  # by an older version
    assert left(have) == {}


def test_without_a_region_in_the_profile_the_users_own_stays():
    have = switched({"AWS_REGION": "eu-north-1"}, "BB")
    assert (have["AWS_REGION"], "AWS_DEFAULT_REGION" in have) == ("eu-north-1", False)


def test_static_keys_leave_no_session_token_of_the_switch_before():
    have = switched(switched({"AWS_SESSION_TOKEN": "mine"}, "A"), "S")
    assert "AWS_SESSION_TOKEN" not in have
    assert left(have) == {"AWS_SESSION_TOKEN": "mine"}


def test_later_changes_of_the_user_join_the_baseline():
    start = {"AWS_REGION": "eu-north-1"}
    have = switched(start, "A") | {"AWS_REGION": "us-east-2"}
    assert left(have) == {"AWS_REGION": "us-east-2"}
    assert left(switched(have, "A")) == {"AWS_REGION": "us-east-2"}
    have = switched(start, "A") | {"AWS_PROFILE": "other"}
    assert env.baseline(have)[0] == {"AWS_PROFILE": "other", "AWS_REGION": "eu-north-1"}


def test_keys_set_by_another_tool_are_all_three_the_users():
    own = {"AWS_ACCESS_KEY_ID": "ASIAOTHER", "AWS_SECRET_ACCESS_KEY": "o", "AWS_SESSION_TOKEN": "o"}
    assert env.baseline(switched({}, "A") | own)[0] == own


def test_with_an_empty_key_id_the_other_keys_are_removed():
    assert env.baseline(switched({}, "A") | {"AWS_ACCESS_KEY_ID": ""})[0] == {}


TABLE = [
    # name, what the user makes of it after the switch, the baseline with the earlier value "mine", and without one
    ("AWS_PROFILE", "as set", "mine", None),
    ("AWS_REGION", "as set", "mine", None),
    ("AWS_VAULT", "as set", "mine", None),  # the switch removed it
    ("AWS_PROFILE", "theirs", "theirs", "theirs"),
    ("AWS_REGION", "theirs", "theirs", "theirs"),
    ("AWS_VAULT", "theirs", "theirs", "theirs"),
    ("AWS_PROFILE", None, None, None),
    ("AWS_REGION", None, None, None),
    ("AWS_VAULT", None, "mine", None),
]


@pytest.mark.parametrize(("name", "then", "with_earlier", "without"), TABLE)
def test_the_table_in_the_docstring_of_baseline(name, then, with_earlier, without):
    for start, expected in (({name: "mine"}, with_earlier), ({}, without)):
        have = switched(start, "A")
        if then is None:
            have.pop(name, None)
        elif then != "as set":
            have[name] = then
        assert env.baseline(have)[0].get(name) == expected


@pytest.mark.parametrize("now", ["mine", "theirs", None])
def test_a_region_that_the_switch_did_not_touch_is_as_it_is_now(now):
    for start in ({"AWS_REGION": "mine"}, {}):
        have = switched(start, "BB")
        have.pop("AWS_REGION", None)
        have |= {"AWS_REGION": now} if now else {}
        assert env.baseline(have)[0].get("AWS_REGION") == now


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ("mine", "my secret", "my token")),
        ({"AWS_ACCESS_KEY_ID": "ASIAOTHER"}, ("ASIAOTHER", "s", "t")),
        ({"AWS_ACCESS_KEY_ID": "AKIAOTHER"}, ("AKIAOTHER", "s", None)),
        ({"AWS_ACCESS_KEY_ID": ""}, ("mine", "my secret", "my token")),
        ({"AWS_ACCESS_KEY_ID": None}, ("mine", "my secret", "my token")),
    ],
)
def test_the_three_keys_count_as_one(change, expected):
    have = switched(dict(zip(env.KEYS, ("mine", "my secret", "my token"), strict=True)), "A")
    have = {name: value for name, value in {**have, **change}.items() if value is not None}
    assert tuple(env.baseline(have)[0].get(name) for name in env.KEYS) == expected


@pytest.mark.parametrize("name", ["AWS_SECURITY_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_SESSION_EXPIRATION"])
def test_what_belongs_to_the_earlier_keys_never_joins_other_ones(name):
    earlier = dict(zip(env.KEYS, ("mine", "my secret", "my token"), strict=True)) | {name: "theirs"}
    have = switched(earlier, "A")
    assert left(have)[name] == "theirs"
    other = {"AWS_ACCESS_KEY_ID": "ASIAOTHER", "AWS_SECRET_ACCESS_KEY": "o", "AWS_SESSION_TOKEN": "o"}
    assert env.baseline(have | other)[0] == other


def test_a_region_that_the_user_removed_is_not_restored():
    have = switched({"AWS_REGION": "mine"}, "BB")
    del have["AWS_REGION"]
    assert left(have) == {}


def test_a_variable_that_the_user_removed_is_not_restored():
    have = switched({"AWS_PROFILE": "mine"}, "A")
    del have["AWS_PROFILE"]
    assert "AWS_PROFILE" not in env.baseline(have)[0]


@pytest.mark.parametrize(
    "text",
    ["", "!", "MQ", "Mg==", base64.b64encode(b"1\0PATH=/evil").decode(), base64.b64encode(b"1\0LD_PRELOAD=x").decode(),
     base64.b64encode(b"1\0ASSUME_BEFORE=x").decode(), base64.b64encode(b"2\0AWS_PROFILE=x").decode(),
     base64.b64encode(b"1\0AWS_PROFILE").decode(), "é", "A" * 5],
)  # fmt: skip
def test_a_damaged_ASSUME_BEFORE_is_reported_and_not_used(text):  # noqa: N802
    have = switched({"AWS_PROFILE": "mine", "PATH": "/bin"}, "A") | {"ASSUME_BEFORE": text}
    base, told = env.baseline(have)
    assert (base, told) == ({"PATH": "/bin"}, False)


def test_variables_of_other_tools_are_removed_by_a_switch_and_restored():
    start = {"AWSUME_PROFILE": "x", "GRANTED_SSO": "y", "AWS_SSO_ROLE_NAME": "z", "AWS_VAULT": "v"}
    have = switched(start, "A")
    assert not start.keys() & have.keys()
    assert left(have) == start


@pytest.mark.parametrize("name", ["AWSUMEX", "AWSUME_lower", "AWS_SSOX", "GRANTED_", "GRANTED-X", "AWSUME_É"])
def test_a_similar_name_of_no_other_tool_is_left_alone(name):
    assert switched({name: "x"}, "A").get(name) == "x"


@pytest.mark.parametrize(
    ("at", "text"),
    [(0, "1970-01-01T00:00:00Z"), (1795522967, "2026-11-24T12:22:47Z"), (253402300799, "9999-12-31T23:59:59Z")],
)
def test_an_instant_has_its_zone_or_boto3_crashes(at, text):
    assert instant(at) == text


BAD_KEYS = [
    ("A" * 15 + "\n", "s", "t"), ("A 1", "s", "t"), ("é", "s", "t"), ("A" * 40000, "s", ""), ("", "s", "t"),
    ("A" * 20, "", ""), ("A" * 20, "s s", ""), ("A" * 20, "s\x7f", ""), ("A" * 20, "s", "t\nexport X=1"),
    ("A" * 20, "s", "tök"), ("A" * 20, "s", "t" * 40000),
]  # fmt: skip


@pytest.mark.parametrize("keys", BAD_KEYS)
def test_keys_that_no_request_can_carry_never_reach_a_shell(keys):
    with pytest.raises(Unsafe):
        check_keys(keys)


@pytest.mark.parametrize(
    "keys", [("A" * 16, "s", ""), ("A_9" * 8, "a/+=", "x" * 32767), ("test", "test", ""), ("'", "s", "t")]
)
def test_keys_that_aws_or_an_emulator_gives_pass(keys):
    check_keys(keys)


@pytest.mark.parametrize(
    "region", ["us-east-1;touch PWN", "us-east-1$(x)", "us-east-1\n", "-", "a" * 64, "eu_west_1", "-a", "é"]
)
def test_an_invalid_region_never_reaches_a_shell(region):
    with pytest.raises(Unsafe):
        render.check_region(region)


@pytest.mark.parametrize("name", ["", "a\nb", "a\x1b[2J", "\x7f", "\x9b31m", "a\x00"])
def test_a_name_with_control_characters_never_reaches_a_shell(name):
    with pytest.raises(Unsafe):
        render.check_name(name)


def test_only_variables_that_a_switch_may_set_are_changed():
    assert env.changes({"PATH": "a", "AWS_REGION": "x"}, {"PATH": "b"}) == [("AWS_REGION", None)]
