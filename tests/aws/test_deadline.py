"""The limit for the time that the network takes."""

import subprocess
import sys
import threading
import time

import pytest

from assume.aws.deadline import Deadline
from assume.errors import Unreachable


def test_a_result_and_an_exception_come_through():
    assert Deadline(5).call(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        Deadline(5).call(lambda: 1 / 0)


def test_a_call_that_hangs_is_abandoned_and_reported():
    until = threading.Event()
    try:
        with pytest.raises(Unreachable, match=r"no answer from AWS within 0.1 s\n  check the network"):
            Deadline(0.1).call(until.wait)
    finally:
        until.set()


def test_all_calls_share_one_limit():
    until = threading.Event()
    deadline = Deadline(0.2)
    deadline.call(lambda: until.wait(0.15))
    assert deadline.left_s < 0.1
    with pytest.raises(Unreachable):
        deadline.call(lambda: until.wait(5))
    assert deadline.left_s == 0
    with pytest.raises(Unreachable):
        deadline.call(lambda: until.wait(5))
    until.set()


def test_the_age_of_a_process_is_what_passed_since_its_start():
    code = "import time; time.sleep(1); from assume.aws.deadline import age_s; print(age_s())"
    started = time.monotonic()
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert 0.9 < float(ran.stdout) <= time.monotonic() - started + 0.1 if sys.platform == "linux" else True
