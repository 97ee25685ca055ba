"""A wish to take a question over: whose it is, how long it lasts, and what is none."""

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


def wish(path, pid, age_s=0.0):
    with open(path + takeover.WANTED, "w") as file:
        file.write(str(pid))
    at = time.time() - age_s
    os.utime(path + takeover.WANTED, (at, at))


def test_nobody_wants_what_no_wish_is_left_for(path):
    assert not takeover.is_wanted(path)


def test_another_one_s_wish_holds_back_and_one_s_own_does_not(path, other):
    wish(path, other)
    assert takeover.is_wanted(path)
    takeover._want(path)
    assert not takeover.is_wanted(path)
    takeover.is_done(path)
    assert not os.path.exists(path + takeover.WANTED)


@pytest.mark.parametrize("age_s", [11, -11])
def test_a_wish_is_forgotten_after_ten_seconds_also_when_the_clock_was_set_back(path, other, age_s):
    wish(path, other, age_s)
    assert not takeover.is_wanted(path)
    assert not os.path.exists(path + takeover.WANTED)


def test_a_wish_of_a_process_that_is_gone_is_none(path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    wish(path, gone.pid)
    assert not takeover.is_wanted(path)


@pytest.mark.parametrize("content", ["", "x", "-1", "0", "9" * 40, "12\n34"])
def test_a_wish_that_names_no_process_is_none(path, content):
    wish(path, content)
    assert not takeover.is_wanted(path)


@pytest.mark.parametrize("kind", ["fifo", "folder", "link"])
def test_what_stands_in_a_wish_s_place_keeps_nobody_waiting(path, tmp_path, kind, other):
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


def test_an_offer_is_made_only_where_there_is_a_question(path):
    offer = takeover.Offer()
    assert not offer("process 7 is calling AWS", path)
    assert not offer.is_made
    offer.close()


def test_whoever_leaves_takes_the_wish_along_but_not_another_one_s(path, other):
    offer = takeover.Offer()
    offer.wish = path
    takeover._want(path)
    offer.close()
    assert not os.path.exists(path + takeover.WANTED)
    wish(path, other)
    offer.close()
    assert takeover.is_wanted(path)
