"""Codes of MFA devices, against the vectors of RFC 6238, and the rule that each works once."""

import pytest

from assume.simulator import totp
from assume.simulator.world import World

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the RFC's 12345678901234567890, in base32
SERIAL = "arn:aws:iam::123456789012:mfa/alice"


@pytest.fixture
def device():
    """A world with alice and her device, and alice's ARN."""
    world = World()
    return world, world.user("123456789012", "alice", mfa={SERIAL: RFC_SECRET}).arn


@pytest.mark.parametrize(
    ("at", "shown"),  # the RFC's table has 8 digits: these are the last 6
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_the_rfc(at, shown):
    assert totp.code(RFC_SECRET, at) == shown


def test_a_secret_may_lack_its_padding_and_be_in_lower_case():
    assert totp.code("jbswy3dpehpk3pxpaa", 59) == totp.code("JBSWY3DPEHPK3PXPAA======", 59)


def test_a_code_is_accepted_at_most_one_step_early_or_late(device):
    world, alice = device
    now = 1_000_000_000.0
    taken = [world.take_code(SERIAL, world.code(SERIAL, now + off), alice, now) for off in (-60, -30, 0, 30, 60)]
    assert taken == [False, True, True, True, False]


def test_a_code_is_accepted_once(device):
    world, alice = device
    code = world.code(SERIAL, 59)
    assert [world.take_code(SERIAL, code, alice, at) for at in (59, 59, 61, 89)] == [True, False, False, False]


def test_codes_of_two_devices_with_one_secret_are_used_up_separately(device):
    world, alice = device
    world.user("123456789012", "alice", mfa={"GAHT12345678": RFC_SECRET})
    code = world.code(SERIAL, 59)
    assert [world.take_code(serial, code, alice, 59) for serial in (SERIAL, "GAHT12345678")] == [True, True]


def test_the_device_of_another_user_is_not_checked(device):
    world, _ = device
    bob = world.user("123456789012", "bob").arn
    code = world.code(SERIAL, 59)
    assert world.take_code(SERIAL, code, bob, 59) is None
    assert world.take_code("GAHT00000000", code, bob, 59) is None


def test_unused_code_returns_three_codes_and_then_raises(device):
    world, alice = device
    for _ in range(3):
        assert world.take_code(SERIAL, world.unused_code(SERIAL, 300), alice, 300)
    with pytest.raises(LookupError):
        world.unused_code(SERIAL, 300)
