"""The middle lane: files are read again, the stored credentials are used; a pointer is made from what was read."""

import os
import time
from unittest import mock

import pytest
import time_machine

from assume import arguments
from assume.cold.take import take
from assume.demo.config import HUB, MARKETING
from assume.fast import middle, warm
from assume.profiles import config

LATER_S = 60  # the files' stamps count


@pytest.fixture
def later():
    with mock.patch.dict(os.environ), time_machine.travel(int(time.time()) + LATER_S, tick=False):
        yield


def asked():
    options = arguments.read(["marketingadmin"])
    assert options is not None
    return options


def edited_once_read(program, monkeypatch):
    """The config file changes a moment after it was read: the role in it is another one."""
    path, read, edits = str(program.home.config), config.read, [1]

    def reading(name):
        text = read(name)
        if name == path and edits:
            edits.clear()
            program.home.config.write_text(
                text.replace(f"role_arn = {MARKETING}\nsource", f"role_arn = {HUB}\nsource", 1)
            )
        return text

    monkeypatch.setattr(config, "read", reading)


@pytest.mark.parametrize("lane", ["cold", "middle"])
def test_an_edit_while_the_files_are_read_is_noticed_next_time(program, later, monkeypatch, lane):
    have = dict(program.home.environment)
    if lane == "middle":
        assert take(asked(), have).known["role_arn"] == MARKETING
        for pointer in (program.home.path / ".aws/assume").glob("*.pointer"):
            pointer.unlink()
    edited_once_read(program, monkeypatch)
    first = middle.stored(asked(), have, time.time())[0] if lane == "middle" else take(asked(), have)
    assert first is not None
    assert first.known["role_arn"] == MARKETING, "what was read is what is given"
    hit = warm.hit(asked(), have, time.time())
    assert hit is None, "and what was not read is not what the pointer is of"
    assert take(asked(), have).known["role_arn"] == HUB


def test_the_first_process_makes_the_store_so_that_others_can_wait(program):
    store = program.home.path / ".aws/assume"
    assert not store.exists()
    taken, plan = middle.stored(asked(), dict(program.home.environment), time.time())
    assert taken is None
    assert plan is not None
    assert plan.chain.role_arn == MARKETING
    assert store.stat().st_mode & 0o7777 == 0o700


def test_no_store_is_made_if_the_chain_cannot_be_planned(program):
    options = arguments.read(["no-such-profile"])
    assert options is not None
    assert middle.stored(options, dict(program.home.environment), time.time()) == (None, None)
    assert not (program.home.path / ".aws/assume").exists()


def test_no_store_is_made_in_a_folder_of_another_user(program, monkeypatch):
    monkeypatch.setattr("assume.fast.middle.system.geteuid", lambda: 12345)
    taken, plan = middle.stored(asked(), dict(program.home.environment), time.time())
    assert taken is None
    assert plan is not None
    assert middle.others(asked(), plan, []) is None
    assert not (program.home.path / ".aws/assume").exists()
