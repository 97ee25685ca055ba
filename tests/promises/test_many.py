"""Many at once: one call, one question, one identity; whoever waits knows why, and is never left waiting."""

import signal
import threading
import time

import pytest

from assume import lock, store
from assume.demo import faults
from assume.demo.config import CLI_USER_MFA

from .ground import signed_by

QUESTION = "MFA code for"


def asking(crowd, count=1, within_s=60.0):
    """Waits until `count` of `crowd` ask a question; those."""
    until = time.monotonic() + within_s
    while len(found := [one for one in crowd if QUESTION in one.said]) < count:
        assert time.monotonic() < until, [one.said for one in crowd]
        for one in crowd:
            one.hears(0.002)
    return found


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_two_hundred_terminals_cost_one_call_and_one_question_and_are_one_identity(ground, rounds):
    ground.configure("role-with-mfa", mfa_session="off")
    for number in range(rounds):
        ground.run("clear", "--all")
        before = len(ground.sts.calls)
        crowd = [ground.use("role-with-mfa", terminal=True) for _ in range(200)]
        (first,) = asking(crowd)
        first.type(ground.code(CLI_USER_MFA) + "\n")
        done = [one.end(120) for one in crowd]
        assert {one.status for one in done} == {0}, number
        assert sum(QUESTION in one.said for one in done) == 1
        assert len({one.out for one in done}) == 1
        assert signed_by(ground.sts)[before:] == ["AssumeRole"]
        ground.sts.clock = lambda number=number: time.time() + 90 * (number + 1)  # for a code that is new
