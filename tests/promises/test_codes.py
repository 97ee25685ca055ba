"""A code is sent once: not again by the same process, by another process, after a failure, or after a kill."""

import signal
import threading
import time

import pytest

from assume.demo.config import CLI_ROLE, CLI_USER_MFA, KEYS
from assume.errors import AssumeError, Unreachable, WrongCode
from assume.simulator import faults

from .ground import signed_by
from .process import PATIENCE_S

PROFILE = "role-with-mfa"
OTHER_KEY = "AKIAOTHEROTHEROTHERO"
SENT = "this code was already used"


def sent_codes(sts):
    """The codes that were sent to STS, call by call."""
    return [call.params["TokenCode"] for call in sts.calls if "TokenCode" in call.params]


def test_a_code_is_not_sent_again_by_the_next_command(ground, clock):
    code = ground.code(CLI_USER_MFA)
    ground.take(PROFILE, "--mfa-code", code)
    ground.run("clear", PROFILE)
    with pytest.raises(WrongCode) as caught:
        ground.take(PROFILE, "--mfa-code", code)
    left_s = 30 - int(time.time()) % 30
    assert str(caught.value) == f"assume: {PROFILE}: {SENT}\n  wait for the next one: it comes in {left_s} s"
    assert sent_codes(ground.sts) == [code]


@pytest.mark.parametrize(
    "fault",
    [faults.throttle(), faults.refuse(500, "InternalFailure", "oh"), faults.close_before_reply(), faults.cut(),
     faults.html(), faults.no_credentials("GetSessionToken"), faults.huge()],
    ids=lambda fault: fault.kind,
)  # fmt: skip
def test_a_call_with_a_code_is_made_once_whatever_its_result(ground, clock, fault):
    code = ground.code(CLI_USER_MFA)
    ground.sts.faults = faults.first(9, fault)
    for _ in range(2):
        with pytest.raises(AssumeError):
            ground.take(PROFILE, "--mfa-code", code)
    assert sent_codes(ground.sts) == [code]


@pytest.mark.parametrize("trouble", ["no server", "no role's ARN"])
def test_a_code_that_was_not_sent_can_be_given_again(ground, clock, trouble):
    """The connection was refused, or botocore refused the parameters: no code has left this machine."""
    code = ground.code(CLI_USER_MFA)
    if trouble == "no server":
        ground.configure(PROFILE, endpoint_url="http://127.0.0.1:9", max_attempts="1")
    else:
        ground.configure(PROFILE, mfa_session="off", external_id="!")
    for _ in range(2):
        with pytest.raises(AssumeError) as caught:
            ground.take(PROFILE, "--mfa-code", code)
        assert SENT not in str(caught.value)
    assert ground.stored(".code") == {}
    ground.configure(PROFILE, endpoint_url=ground.sts.url, external_id=None)
    ground.take(PROFILE, "--mfa-code", code)
    assert sent_codes(ground.sts) == [code]


def test_once_a_code_has_expired_it_is_left_to_sts_to_refuse_it(ground, clock):
    code = ground.code(CLI_USER_MFA)
    ground.take(PROFILE, "--mfa-code", code)
    ground.run("clear", PROFILE)
    clock.shift(91)
    with pytest.raises(WrongCode) as caught:
        ground.take(PROFILE, "--mfa-code", code)
    assert "the MFA code is wrong, too old, or was used before" in str(caught.value)
    assert sent_codes(ground.sts) == [code, code]


def test_the_same_code_of_another_device_is_another_code(ground, clock):
    code = ground.code(CLI_USER_MFA)
    with pytest.raises(WrongCode):
        ground.take("crossaccountrole", "--mfa-code", code)
    ground.take(PROFILE, "--mfa-code", code)
    assert sent_codes(ground.sts) == [code, code]


def test_the_same_code_typed_in_two_terminals_is_sent_once(ground):
    """With two access keys of one user, so that no lock is shared."""
    until, reached = threading.Event(), threading.Event()
    ground.sts.faults = faults.first(1, faults.hang(until, reached))
    ground.configure(PROFILE, mfa_session="off")
    secret = ground.world.key(KEYS["cli-user"][0], OTHER_KEY).secret
    ground.configure("other-key", aws_access_key_id=OTHER_KEY, aws_secret_access_key=secret)
    of_role = {"role_arn": CLI_ROLE, "mfa_serial": CLI_USER_MFA, "mfa_session": "off"}
    ground.configure("second", source_profile="other-key", **of_role)
    first = ground.use(PROFILE, terminal=True, **ground.patient())
    second = ground.use("second", terminal=True)
    for one in (first, second):
        one.wait_for("MFA code for")
    code = ground.code(CLI_USER_MFA)
    first.type(code + "\n")
    assert reached.wait(PATIENCE_S)
    second.type(code + "\n")
    second.wait_for(f"{SENT} (1 of 3)\r\n  wait for the next one: it comes in ")
    until.set()
    assert first.end().status == 0
    assert sent_codes(ground.sts) == [code]
    assert signed_by(ground.sts) == ["AssumeRole"]


def test_a_code_is_not_sent_again_after_its_process_was_killed(ground):
    code = ground.code(CLI_USER_MFA)
    until, reached = threading.Event(), threading.Event()
    ground.sts.faults = faults.first(1, faults.hang(until, reached))
    victim = ground.use(PROFILE, "--mfa-code", code)
    assert reached.wait(PATIENCE_S)
    victim.tell(signal.SIGKILL)
    until.set()
    done = ground.use(PROFILE, "--mfa-code", code).end()
    assert done.status == 1
    assert SENT in done.said
    assert sent_codes(ground.sts) == [code]


def test_no_file_holds_a_code_and_its_digest_is_soon_removed(ground, clock):
    code = ground.code(CLI_USER_MFA)
    ground.take(PROFILE, "--mfa-code", code)
    assert len(ground.stored(".code")) == 1
    for name, content in ground.stored().items():
        assert code not in name
        assert code.encode() not in content
    clock.shift(91)
    ground.take("marketingadmin")
    assert ground.stored(".code") == {}


def test_without_a_store_one_process_still_sends_it_once(ground, clock):
    code = ground.code(CLI_USER_MFA)
    ground.sts.faults = faults.first(9, faults.throttle())
    with pytest.raises(Unreachable):
        ground.take(PROFILE, "--no-cache", "--mfa-code", code)
    assert sent_codes(ground.sts) == [code]
