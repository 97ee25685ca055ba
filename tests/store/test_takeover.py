"""A request to take a question over: whose it is, how long it lasts, and what is ignored."""

import os
import subprocess
import time

import pytest

from assume.store import takeover


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "one.lock")


@pytest.fixture
def other():
    """Another process that lives."""
    running = subprocess.Popen(["sleep", "60"])
    yield running.pid
    running.kill()
    running.wait()


def request(path, pid, age_s=0.0):
    with open(path + takeover.WANTED, "w") as file:
        file.write(str(pid))
    at = time.time() - age_s
    os.utime(path + takeover.WANTED, (at, at))


def test_without_a_request_nobody_wants_the_lock(path):
    assert not takeover.is_wanted(path)


def test_a_request_of_another_process_holds_us_back_and_our_own_does_not(path, other):
    request(path, other)
    assert takeover.is_wanted(path)
    takeover._want(path)
    assert not takeover.is_wanted(path)
    takeover.is_done(path)
    assert not os.path.exists(path + takeover.WANTED)


@pytest.mark.parametrize("age_s", [11, -11])
def test_a_request_is_ignored_after_ten_seconds_also_when_the_clock_was_set_back(path, other, age_s):
    request(path, other, age_s)
    assert not takeover.is_wanted(path)
    assert not os.path.exists(path + takeover.WANTED)


def test_a_takeover_request_of_a_dead_process_is_ignored(path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    request(path, gone.pid)
    assert not takeover.is_wanted(path)


@pytest.mark.parametrize("content", ["", "x", "-1", "0", "9" * 40, "12\n34"])
def test_a_request_that_names_no_process_is_ignored(path, content):
    request(path, content)
    assert not takeover.is_wanted(path)


@pytest.mark.parametrize("kind", ["fifo", "folder", "link"])
def test_anything_else_in_the_place_of_a_request_keeps_nobody_waiting(path, tmp_path, kind, other):
    name = path + takeover.WANTED
    if kind == "fifo":
        os.mkfifo(name)
    elif kind == "folder":
        os.mkdir(name)
    else:
        (tmp_path / "victim").write_text(str(other))
        os.symlink(tmp_path / "victim", name)
    assert not takeover.is_wanted(path)
    assert kind != "link" or (tmp_path / "victim").read_text() == str(other)


def test_an_offer_is_made_only_while_a_question_is_asked(path):
    offer = takeover.Offer()
    assert not offer("calling", path)
    assert not offer("", path)
    assert not offer.is_made
    offer.close()


def test_the_end_of_a_wait_removes_our_request_and_no_other(path, other):
    offer = takeover.Offer()
    offer.wanted = path
    takeover._want(path)
    offer.close()
    assert not os.path.exists(path + takeover.WANTED)
    request(path, other)
    offer.close()
    assert takeover.is_wanted(path)
