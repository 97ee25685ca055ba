"""Any clock: what has ended is given to nobody, what is wrong with the clock is said, and it is asked once."""

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
from .openhanded import ME, ROLES, prepare

FAKETIME = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1",
)


@pytest.fixture
def it(ground, clock):
    """The ground with the open-handed profile."""
    return prepare(ground)


def test_a_user_who_is_gone_is_said_and_what_is_stored_runs_out(it, clock):
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
def test_a_last_minute_is_given_to_nobody(it, clock, left_s):
    old = it.take("it")
    clock.shift(3600 - left_s)
    assert not it.is_warm("it")
    it.sts.faults = lambda _: faults.refuse(403, "AccessDenied", "no")
    with pytest.raises(Refused):
        it.take("it")
    it.sts.faults = None
    assert it.take("it").credentials.keys != old.credentials.keys


@pytest.mark.parametrize("left_s", [61, 300, 899])
def test_what_is_due_is_given_if_nothing_else_can_be_had(it, clock, left_s):
    old = it.take("it")
    clock.shift(3600 - left_s)
    it.sts.faults = lambda _: faults.refuse(403, "AccessDenied", "no")
    taken = it.take("it")
    assert taken.credentials.keys == old.credentials.keys
    assert "what is stored is good for" in taken.note
    it.sts.faults = None
    assert it.take("it").credentials.keys != old.credentials.keys


@pytest.mark.parametrize("off_s", [7200, -7200, 86400, -86400])
def test_a_clock_that_is_wrong_never_gives_what_has_ended_and_is_named(it, clock, off_s):
    """The machine's clock is off; the STS's is not."""
    old = it.take("it")
    right = time.time()
    it.sts.clock = lambda: right
    clock.shift(off_s)
    with pytest.raises((Refused, Unreachable)) as caught:
        it.take("it")
    side = "ahead of" if off_s > 0 else "behind"
    assert f"clock is {abs(off_s) // 3600} h {side} AWS's" in str(caught.value)
    assert len(it.sts.calls) == 2, "asked once, and no second time"
    clock.shift(-off_s)
    if abs(off_s) < 86400:  # or the daily sweep has taken it for ended
        assert it.take("it").credentials.keys == old.credentials.keys, "set right again, it is as it was"


def test_a_reply_that_has_ended_already_is_one_call_and_names_the_clocks(it, clock):
    it.sts.faults = lambda _: faults.spoil(Expiration=instant(int(time.time()) - 5))
    with pytest.raises(Unreachable) as caught:
        it.take("it")
    assert "have ended by this machine's clock" in str(caught.value)
    assert "set the clock: here it is" in str(caught.value)
    assert len(it.sts.calls) == 1
    assert it.stored(record.ENTRY) == {}


def test_a_clock_that_jumps_back_while_the_call_is_made(it, clock):
    """What was issued in the future is not believed later."""
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
def test_any_instant_that_sts_may_name_comes_out_as_it_is(it, text):
    it.sts.faults = lambda _: faults.spoil(Expiration=text)
    taken = it.take("it")
    assert taken.credentials.expires_at == int(datetime.fromisoformat(text).timestamp())
    assert it.take("it").credentials.expires_at == taken.credentials.expires_at
    assert taken.environment()["AWS_CREDENTIAL_EXPIRATION"].endswith("Z")


@pytest.mark.parametrize("off", ["-2h", "+2h"])
def test_a_real_process_with_a_wrong_clock(ground, off):
    """Not only a clock that is swapped within Python."""
    library = next((path for path in FAKETIME if os.path.exists(path)), None)
    if library is None:
        pytest.skip("no libfaketime")
    ground.took("marketingadmin")
    environment = ground.environment | {"LD_PRELOAD": library, "FAKETIME": off}
    done = ground.use("marketingadmin", environment=environment).end()
    assert done.status == 1
    assert done.out == b""
    assert f"clock is 2 h {'ahead of' if off == '+2h' else 'behind'} AWS's" in done.said
    assert variables(ground.use("marketingadmin").end().out)["AWS_SESSION_TOKEN"]
    assert len(ground.sts.calls) == 2


@pytest.mark.parametrize("revoked", ["hub", "landing"])
def test_a_stored_hop_that_aws_does_not_take_any_more_is_had_anew(ground, clock, revoked):
    """Its session was revoked, or its role made anew: by our clock it is good for an hour."""
    keys = {profile: ground.take(profile).credentials.key_id for profile in ("hub", "landing", "workload")}
    del ground.world.sessions[keys[revoked]]
    before = len(ground.sts.calls)
    taken = ground.take("workload", "--region", "eu-west-1", "--duration", "20m")
    assert taken.credentials.key_id in ground.world.sessions
    calls = [(call.params["RoleArn"].rpartition("/")[2], call.code) for call in ground.sts.calls[before:]]
    if revoked == "landing":
        assert calls == [("workload", "InvalidClientTokenId"), ("landing", ""), ("workload", "")]
    else:
        assert calls == [("workload", "")], "the hop behind it still holds"


def test_an_answer_that_stays_the_same_is_believed_in_the_end(ground, clock):
    ground.take("workload")
    ground.sts.faults = lambda call: (
        faults.refuse(403, "ExpiredToken", "old") if call.params["RoleArn"].endswith("/workload") else None
    )
    with pytest.raises(Refused, match="the credentials that signed the call have ended"):
        ground.take("workload", "--duration", "20m")
    assert len(ground.sts.calls) < 3 + 7


def test_a_stored_mfa_session_that_aws_does_not_take_any_more_is_asked_for_anew(ground, clock):
    ground.take("role-with-mfa", "--mfa-code", ground.code(CLI_USER_MFA))
    (session,) = (key_id for key_id, each in ground.world.sessions.items() if each.arn.endswith("user/cli-user"))
    del ground.world.sessions[session]
    before = len(ground.sts.calls)
    taken = ground.take("role-with-mfa", "--refresh", "--mfa-code", ground.code(CLI_USER_MFA))
    assert taken.credentials.key_id in ground.world.sessions
    assert signed_by(ground.sts)[before:] == ["AssumeRole", "GetSessionToken", "AssumeRole"]
