"""The environment of a command with an endpoint; and the way back to the user's own, for `assume` inside it."""

from assume.shells import environment
from assume.shells.served import served

KEYS = ("ASIAONE", "secret", "token")
OWN = {
    "HOME": "/h", "AWS_PROFILE": "mine", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_SECRET_ACCESS_KEY": "s",
    "AWS_CONFIG_FILE": "/h/config", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/own", "AWS_REGION": "eu-west-1",
}  # fmt: skip
VARIABLES = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials", "AWS_CONFIG_FILE": "/t/config",
             "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a", "AWS_SHARED_CREDENTIALS_FILE": "/t/credentials"}  # fmt: skip


def made(base=OWN, region="us-west-2"):
    taken = environment.wanted(
        base, profile="dev", aws_profile="dev", region=region or None, keys=KEYS, expires_at=1_700_000_000,
        role_arn="arn:aws:iam::123456789012:role/r", export="both", account="123456789012",
    )  # fmt: skip
    return served(taken, base, region, VARIABLES)


def test_it_has_the_endpoint_and_the_role_but_no_keys_profile_or_times():
    found = made()
    before = found.pop("ASSUME_BEFORE")
    assert before
    assert found == VARIABLES | {
        "HOME": "/h", "AWS_REGION": "us-west-2", "AWS_DEFAULT_REGION": "us-west-2", "ASSUME_PROFILE": "dev",
        "ASSUMED_ROLE_ARN": "arn:aws:iam::123456789012:role/r", "ASSUME_EXPORTED": "endpoint",
    }  # fmt: skip


def test_the_baseline_inside_is_the_users_own_environment():
    for base in (OWN, {"HOME": "/h"}, OWN | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://own"}):
        for region in ("us-west-2", ""):
            assert environment.baseline(made(base, region)) == (base, True)


def test_a_switch_and_off_inside_remove_the_endpoint():
    have = made()
    base, _ = environment.baseline(have)
    for want in (base, environment.wanted(
        base, profile="b", aws_profile="b", region=None, keys=KEYS, expires_at=1, role_arn="", export="both"
    )):  # fmt: skip
        result = dict(have)
        for name, value in environment.changes(have, want):
            result.pop(name, None)
            if value is not None:
                result[name] = value
        assert result == want


def test_a_damaged_record_leaves_no_endpoint():
    base, told = environment.baseline(made() | {"ASSUME_BEFORE": "x"})
    assert not told
    assert base == {"HOME": "/h"}
