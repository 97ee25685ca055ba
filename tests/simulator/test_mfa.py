"""Roles that require MFA: which codes are accepted, of which devices, and how long they count; not in a chain."""

import time

import pytest

from assume.simulator.iam import Grant, Trust
from assume.simulator.world import World

from .clients import client_of, client_with, refused

ACCOUNT = "123456789012"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/wanted"
SERIAL = f"arn:aws:iam::{ACCOUNT}:mfa/alice"
HARDWARE = "GAHT12345678"
SEED = "JBSWY3DPEHPK3PXP"
KEY = "AKIAALICE00000000000"
WRONG = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
FOREIGN = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA "
    "serial number is valid and associated with this user."
)
HALF = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."


@pytest.fixture
def world():
    """A world with alice, who may assume every role that trusts her and has two devices, and bob with one device."""
    made = World()
    made.user(ACCOUNT, "alice", KEY, mfa={SERIAL: SEED, HARDWARE: SEED}, may=["arn:*"])
    made.user(ACCOUNT, "bob", mfa={f"arn:aws:iam::{ACCOUNT}:mfa/bob": SEED})
    return made


@pytest.fixture
def alice(sts, world):
    return client_of(sts, world, KEY)


def take(caller, role_arn=ROLE, **more):
    return caller.assume_role(RoleArn=role_arn, RoleSessionName="me", **more)


def no(caller, role_arn=ROLE, **more):
    return refused(caller.assume_role, RoleArn=role_arn, RoleSessionName="me", **more)


def denial(who=ALICE):
    message = f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    return 403, "AccessDenied", message


def mfa(world, serial=SERIAL):
    return {"SerialNumber": serial, "TokenCode": world.unused_code(serial, time.time())}


@pytest.mark.parametrize("serial", [SERIAL, HARDWARE])
def test_a_role_that_requires_mfa_is_assumed_with_a_code(world, alice, serial):
    world.role(ROLE, Trust((ROOT,), mfa=True))
    assert no(alice) == denial()
    take(alice, **mfa(world, serial))


def test_a_code_works_once_even_for_another_role(world, alice):
    world.role(ROLE, Trust((ROOT,), mfa=True))
    world.role(f"{ROLE}2", Trust((ROOT,), mfa=True))
    given = mfa(world)
    take(alice, **given)
    assert no(alice, f"{ROLE}2", **given) == (403, "AccessDenied", WRONG)


def test_a_code_is_used_up_even_if_the_role_is_refused(world, alice):
    given = mfa(world)
    assert no(alice, **given) == denial()
    world.role(ROLE, Trust((ROOT,), mfa=True))
    assert no(alice, **given) == (403, "AccessDenied", WRONG)


def test_a_wrong_code_is_refused_even_by_a_role_without_mfa(world, alice):
    world.role(ROLE, Trust((ROOT,)))
    now = time.time()
    near = {world.code(SERIAL, now + off) for off in (-60, -30, 0, 30, 60)}
    wrong = next(code for code in ("000000", "000001", "000002", "000003", "000004", "000005") if code not in near)
    assert no(alice, SerialNumber=SERIAL, TokenCode=wrong) == (403, "AccessDenied", WRONG)


@pytest.mark.parametrize("serial", [f"arn:aws:iam::{ACCOUNT}:mfa/bob", "GAHT00000000"])
def test_the_device_of_another_user_is_refused(world, alice, serial):
    world.role(ROLE, Trust((ROOT,), mfa=True))
    code = mfa(world)["TokenCode"]
    assert no(alice, SerialNumber=serial, TokenCode=code) == (403, "AccessDenied", FOREIGN)


@pytest.mark.parametrize("half", [{"SerialNumber": SERIAL}, {"TokenCode": "123456"}])
def test_a_serial_without_a_code_is_refused_and_a_code_without_a_serial(world, alice, half):
    world.role(ROLE, Trust((ROOT,)))
    assert no(alice, **half) == (403, "AccessDenied", HALF)


def test_only_a_session_made_with_a_code_counts_as_mfa(sts, world, alice):
    world.role(ROLE, Trust((ROOT,), mfa=True))
    take(client_with(sts, alice.get_session_token(**mfa(world))))
    assert no(client_with(sts, alice.get_session_token())) == denial()


def test_an_mfa_session_becomes_too_old_for_a_role_that_requires_a_fresh_code(sts, world, alice):
    world.role(ROLE, Trust((ROOT,), mfa_age_s=600))
    now, caller = time.time(), world.caller(KEY)
    young, old = (world.user_session(caller, now - age, 43200, Grant(mfa_at=now - age)) for age in (500, 601))
    take(client_of(sts, world, young.key_id))
    assert no(client_of(sts, world, old.key_id)) == denial()
    assert no(alice) == denial()
    take(alice, **mfa(world))


def test_mfa_is_not_inherited_by_the_session_of_a_role(sts, world, alice):
    hub = f"arn:aws:iam::{ACCOUNT}:role/hub"
    world.role(hub, Trust((ROOT,), mfa=True), may=[ROLE])
    world.role(ROLE, Trust((hub,), mfa=True))
    in_hub = client_with(sts, take(alice, hub, **mfa(world)))
    who = f"arn:aws:sts::{ACCOUNT}:assumed-role/hub/me"
    assert no(in_hub) == denial(who)
    assert no(in_hub, **mfa(world)) == (403, "AccessDenied", FOREIGN)
