"""Any clock: expired credentials are not used, a wrong clock is reported, and a request is made once."""

import os
import time
from datetime import datetime

import pytest

from assume.credentials import instant
from assume.demo.config import CLI_USER_MFA
from assume.errors import Refused, Unreachable
from assume.simulator import faults
from assume.store import record

from .ground import signed_by, variables
from .permissive import ME, ROLES, prepare

FAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
)


@pytest.fixture
def it(ground, clock):
    """The ground with the profile `it`; see permissive."""
    return prepare(ground)


def test_a_deleted_user_is_reported_and_the_stored_credentials_expire(it, clock):
    it.take("it")
    it.world.forget_key(ME)
    assert it.take("it").credentials.key_id
    clock.shift(3600)
    with pytest.raises(Refused) as caught:
        it.take("it")
    assert "its access key does not exist (any more)" in str(caught.value)


def test_a_revoked_session_is_replaced_by_refresh(it):
    old = it.take("it")
    del it.world.sessions[old.credentials.key_id]
    new = it.take("it", "--refresh")
    assert new.credentials.keys != old.credentials.keys
    assert it.take("it").credentials.keys == new.credentials.keys


@pytest.mark.parametrize("left_s", [-3600, -1, 0, 1, 59, 60])
def test_credentials_are_not_used_in_their_last_minute(it, clock, left_s):
    old = it.take("it")
    clock.shift(3600 - left_s)
    assert not it.is_warm("it")
    it.sts.faults = lambda _: faults.refuse(403, "AccessDenied", "no")
    with pytest.raises(Refused):
        it.take("it")
    it.sts.faults = None
    assert it.take("it").credentials.keys != old.credentials.keys


@pytest.mark.parametrize("left_s", [61, 300, 899])
def test_credentials_due_for_renewal_are_used_if_renewing_fails(it, clock, left_s):
    old = it.take("it")
    clock.shift(3600 - left_s)
    it.sts.faults = lambda _: faults.refuse(403, "AccessDenied", "no")
    taken = it.take("it")
    assert taken.credentials.keys == old.credentials.keys
    assert "the stored credentials are good for" in taken.note
    it.sts.faults = None
    assert it.take("it").credentials.keys != old.credentials.keys


@pytest.mark.parametrize("off_s", [7200, -7200, 86400, -86400])
def test_a_wrong_clock_is_reported_and_expired_credentials_are_not_used(it, clock, off_s):
    """The clock of this machine is wrong; the clock of STS is right."""
    old = it.take("it")
    right = time.time()
    it.sts.clock = lambda: right
    clock.shift(off_s)
    with pytest.raises((Refused, Unreachable)) as caught:
        it.take("it")
    side = "ahead of" if off_s > 0 else "behind"
    assert f"clock is {abs(off_s) // 3600} h {side} AWS's" in str(caught.value)
    assert len(it.sts.calls) == 2, "one call, not two"
    clock.shift(-off_s)
    if abs(off_s) < 86400:  # else the daily sweep has removed it as expired
        assert it.take("it").credentials.keys == old.credentials.keys, "with the right clock, the entry is used again"


def test_a_reply_that_has_expired_is_one_call_and_the_message_has_both_clocks(it, clock):
    it.sts.faults = lambda _: faults.spoil(Expiration=instant(int(time.time()) - 5))
    with pytest.raises(Unreachable) as caught:
        it.take("it")
    assert "have ended by this machine's clock" in str(caught.value)
    assert "set the clock: here it is" in str(caught.value)
    assert len(it.sts.calls) == 1
    assert it.stored(record.ENTRY) == {}


def test_a_clock_that_jumps_back_while_the_call_is_made(it, clock):
    """Credentials that were issued in the future are not used later."""
    clock.shift(1200)
    it.sts.faults = None
    old = it.take("it")
    clock.shift(-1200)
    assert it.take("it").credentials.keys != old.credentials.keys


def test_suspended_for_eight_hours(it, clock):
    it.configure("it", duration_seconds="43200")
    long = it.take("it")
    it.configure("hub", role_arn=ROLES["other"], source_profile="me")
    short = it.take("hub")
    clock.shift(8 * 3600)
    assert it.take("it").credentials.keys == long.credentials.keys
    assert it.take("hub").credentials.keys != short.credentials.keys
    assert signed_by(it.sts) == ["AssumeRole"] * 3


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia", "garbage/zone", ":", ""])
def test_the_time_zone_changes_nothing(ground, zone):
    first = ground.took("marketingadmin", environment=ground.environment | {"TZ": "Europe/Berlin"})
    second = ground.took("marketingadmin", environment=ground.environment | {"TZ": zone})
    assert first == second
    assert first["AWS_CREDENTIAL_EXPIRATION"] == instant(int(first["ASSUME_EXPIRES"]))
    assert len(ground.sts.calls) == 1


@pytest.mark.parametrize(
    "text", ["2038-01-19T03:14:08Z", "2106-02-07T06:28:16Z", "9999-12-31T23:59:59Z", "2030-10-27T02:30:00+02:00",
             "2030-10-27T00:30:00.5Z", "2030-03-31T02:30:00Z"],
)  # fmt: skip
def test_any_expiration_of_sts_is_passed_on_unchanged(it, text):
    it.sts.faults = lambda _: faults.spoil(Expiration=text)
    taken = it.take("it")
    assert taken.credentials.expires_at == int(datetime.fromisoformat(text).timestamp())
    assert it.take("it").credentials.expires_at == taken.credentials.expires_at
    assert taken.environment()["AWS_CREDENTIAL_EXPIRATION"].endswith("Z")


@pytest.mark.parametrize("off", ["-2h", "+2h"])
def test_a_real_process_with_a_wrong_clock(ground, off):
    """With a clock that is wrong for the whole process, not only for Python."""
    library = next((path for path in FAKETIME if os.path.exists(path)), None)
    if library is None:
        pytest.skip("needs libfaketime")
    ground.took("marketingadmin")
    environment = ground.environment | {"LD_PRELOAD": library, "FAKETIME": off}
    done = ground.use("marketingadmin", environment=environment).end()
    assert done.status == 1
    assert done.out == b""
    assert f"clock is 2 h {'ahead of' if off == '+2h' else 'behind'} AWS's" in done.said
    assert variables(ground.use("marketingadmin").end().out)["AWS_SESSION_TOKEN"]
    assert len(ground.sts.calls) == 2


@pytest.mark.parametrize("revoked", ["hub", "landing"])
def test_a_stored_hop_that_aws_no_longer_accepts_is_requested_again(ground, clock, revoked):
    """Its session was revoked, or its role was deleted and created again; by our clock it is good for an hour."""
    keys = {profile: ground.take(profile).credentials.key_id for profile in ("hub", "landing", "workload")}
    del ground.world.sessions[keys[revoked]]
    before = len(ground.sts.calls)
    taken = ground.take("workload", "--region", "eu-west-1", "--duration", "20m")
    assert taken.credentials.key_id in ground.world.sessions
    calls = [(call.params["RoleArn"].rpartition("/")[2], call.code) for call in ground.sts.calls[before:]]
    if revoked == "landing":
        assert calls == [("workload", "InvalidClientTokenId"), ("landing", ""), ("workload", "")]
    else:
        assert calls == [("workload", "")], "the hop before it is still used"


def test_a_refusal_that_repeats_is_reported(ground, clock):
    ground.take("workload")
    ground.sts.faults = lambda call: (
        faults.refuse(403, "ExpiredToken", "old") if call.params["RoleArn"].endswith("/workload") else None
    )
    with pytest.raises(Refused, match="the credentials that signed the call have ended"):
        ground.take("workload", "--duration", "20m")
    assert len(ground.sts.calls) < 3 + 7


def test_a_stored_mfa_session_that_aws_no_longer_accepts_is_requested_again(ground, clock):
    ground.take("role-with-mfa", "--mfa-code", ground.code(CLI_USER_MFA))
    (session,) = (key_id for key_id, each in ground.world.sessions.items() if each.arn.endswith("user/cli-user"))
    del ground.world.sessions[session]
    before = len(ground.sts.calls)
    taken = ground.take("role-with-mfa", "--refresh", "--mfa-code", ground.code(CLI_USER_MFA))
    assert taken.credentials.key_id in ground.world.sessions
    assert signed_by(ground.sts)[before:] == ["AssumeRole", "GetSessionToken", "AssumeRole"]
