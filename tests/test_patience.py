"""The bound over everything that the network takes."""

import threading

import pytest

from assume.errors import Unreachable
from assume.patience import Patience


def test_a_result_and_an_exception_come_through():
    assert Patience(5).call(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        Patience(5).call(lambda: 1 / 0)


def test_what_hangs_is_left_behind_and_said():
    until = threading.Event()
    try:
        with pytest.raises(Unreachable, match=r"no answer from AWS within 0.1 s\n  check the network"):
            Patience(0.1).call(until.wait)
    finally:
        until.set()


def test_the_time_is_one_for_all_calls_together():
    until = threading.Event()
    patience = Patience(0.2)
    patience.call(lambda: until.wait(0.15))
    assert patience.left_s < 0.1
    with pytest.raises(Unreachable):
        patience.call(lambda: until.wait(5))
    assert patience.left_s == 0
    with pytest.raises(Unreachable):
        patience.call(lambda: until.wait(5))
    until.set()
