"""A question in a terminal that nobody sees is taken over by Enter in another terminal."""

import signal
import time

import pytest

from assume.demo.config import CLI_USER_MFA, HOME_ACCOUNT, KEYS, SAANVI_MFA
from assume.simulator.iam import Trust

from .ground import signed_by

QUESTION = "MFA code for"
OFFER = "press Enter to answer it here"
TAKEN = "the question is answered in another terminal"
SOON = "import assume.store.lock\nassume.store.lock.OFFER_S = 0.2\nassume.store.lock.TELL_S = 0.1"


@pytest.fixture
def soon(ground, tmp_path):
    """Arguments for a program that offers the takeover after 0.2 s instead of 5 s."""
    script = ground.console_script(tmp_path / "soon", SOON)
    return {"program": [str(script)], "terminal": True}


def test_enter_takes_over_the_question_and_both_terminals_get_the_role(ground):
    hidden = ground.use("role-with-mfa", terminal=True)
    hidden.wait_for(QUESTION)
    here = ground.use("role-with-mfa", terminal=True)
    here.wait_for(OFFER)
    assert time.monotonic() - here.started_at >= 5
    here.type("\n")
    hidden.wait_for(TAKEN)
    here.wait_for(QUESTION)
    here.type(ground.code(CLI_USER_MFA) + "\n")
    done = [one.end() for one in (here, hidden)]
    assert [one.status for one in done] == [0, 0]
    assert done[0].out == done[1].out
    assert [one.said.count(QUESTION) for one in done] == [1, 1]
    assert signed_by(ground.sts) == ["GetSessionToken", "AssumeRole"]


def test_if_the_terminal_that_took_over_gives_up_a_waiter_gets_the_question(ground, soon):
    first = ground.use("role-with-mfa", **soon)
    first.wait_for(QUESTION)
    taker = ground.use("role-with-mfa", **soon)
    taker.wait_for(OFFER)
    taker.type("\n")
    taker.wait_for(QUESTION)
    first.wait_for(TAKEN)
    taker.type("\x03")
    assert taker.end().status == 130
    first.wait_for(QUESTION, times=2)
    first.type(ground.code(CLI_USER_MFA) + "\n")
    assert first.end().status == 0


def test_the_question_can_be_taken_over_again_by_the_first_terminal(ground, soon):
    first = ground.use("role-with-mfa", **soon)
    first.wait_for(QUESTION)
    taker = ground.use("role-with-mfa", **soon)
    taker.wait_for(OFFER)
    taker.type("\n")
    taker.wait_for(QUESTION)
    first.wait_for(OFFER)
    first.type("\n")
    taker.wait_for(TAKEN)
    first.wait_for(QUESTION, times=2)
    first.type(ground.code(CLI_USER_MFA) + "\n")
    done = [one.end() for one in (first, taker)]
    assert [one.status for one in done] == [0, 0]
    assert done[0].out == done[1].out


def test_a_switch_to_another_role_of_the_device_can_take_over_the_question(ground, soon):
    saanvi = KEYS["default"][0]
    arns = [f"arn:aws:iam::{HOME_ACCOUNT}:role/twin{number}" for number in range(2)]
    ground.world.user(HOME_ACCOUNT, "saanvi", may=arns)
    for arn in arns:
        ground.world.role(arn, Trust((saanvi,), mfa=True))
        ground.configure(arn.rpartition("/")[2], role_arn=arn, source_profile="default", mfa_serial=SAANVI_MFA)
    hidden = ground.use("twin0", **soon)
    hidden.wait_for(QUESTION)
    here = ground.use("twin1", **soon)
    here.wait_for(OFFER)
    here.type("\n")
    hidden.wait_for(TAKEN)
    here.wait_for(QUESTION)
    here.type(ground.code(SAANVI_MFA) + "\n")
    assert [one.end().status for one in (here, hidden)] == [0, 0]
    assert sorted(signed_by(ground.sts)) == ["AssumeRole", "AssumeRole", "GetSessionToken"]


def test_an_abandoned_takeover_request_holds_up_nobody(ground, soon):
    """The terminal that asked got the role or was killed; the next miss does not let it go first."""
    first = ground.use("role-with-mfa", **soon)
    first.wait_for(QUESTION)
    taker = ground.use("role-with-mfa", **soon)
    taker.wait_for(OFFER)
    taker.type("\n")
    taker.wait_for(QUESTION)
    taker.type(ground.code(CLI_USER_MFA) + "\n")
    assert [one.end().status for one in (taker, first)] == [0, 0]
    assert not [name for name in ground.stored() if name.endswith(".wanted")]


def test_a_holder_that_does_not_answer_is_reported(ground, soon):
    first = ground.use("role-with-mfa", **soon)
    first.wait_for(QUESTION)
    first.tell(signal.SIGSTOP)  # which no process can catch
    taker = ground.use("role-with-mfa", **soon)
    taker.wait_for(OFFER)
    taker.type("\n")
    taker.wait_for("does not answer: it may be stopped; continue it (fg) or end it")
    first.tell(signal.SIGKILL)
    taker.wait_for(QUESTION)
    taker.type(ground.code(CLI_USER_MFA) + "\n")
    assert taker.end().status == 0
