"""One attempt: what it stores and reads, codes that may be sent, locks, and a store that cannot be written."""

import time

import pytest

from assume.arguments import Options
from assume.cold.attempt import Attempt
from assume.credentials import Credentials
from assume.errors import LockTimeout
from assume.profiles.config import Config
from assume.store import record

from ..profiles.plans import BASE, ROLE, planned

REQUEST = "source=static keys:x\nhop\n  role_arn=y"


@pytest.fixture
def attempt(tmp_path):
    """Makes attempts at the role of a small config; `folder` is a store of the test's own."""
    folder = tmp_path / "store"
    folder.mkdir(mode=0o700)

    def made(**options):
        asked = Options()
        for name, value in options.items():
            setattr(asked, name, value)
        return Attempt(asked, Config("", ""), planned(ROLE + BASE), {}, str(folder))

    return made


def credentials(lasts_s=3600):
    now = int(time.time())
    return Credentials("ASIAEXAMPLEEXAMPLE00", "secret", "session", now + lasts_s, now)


def test_stored_credentials_are_read_by_the_next_attempt(attempt):
    attempt().keep(REQUEST, credentials())
    found = attempt().kept(REQUEST)
    assert found is not None
    assert found.keys == credentials().keys
    assert attempt().kept(REQUEST + "z") is None


def test_credentials_that_are_about_to_expire_are_not_used(attempt):
    attempt().keep(REQUEST, credentials(lasts_s=59))
    assert attempt().kept(REQUEST) is None


def test_forgotten_credentials_are_gone(attempt):
    attempt().keep(REQUEST, credentials())
    attempt().forget(REQUEST)
    assert attempt().kept(REQUEST) is None


def test_with_no_cache_nothing_is_stored_locked_or_remembered(attempt, tmp_path):
    one = attempt(no_cache=True)
    one.keep(REQUEST, credentials())
    one.remember("note" + record.NOTE)
    assert one.hold(REQUEST, lambda: None) is None
    assert (one.remembers("note" + record.NOTE), one.locks, one.uncached) == (False, [], "")
    assert list((tmp_path / "store").iterdir()) == []


def test_a_note_is_remembered(attempt):
    assert not attempt().remembers("note" + record.NOTE)
    attempt().remember("note" + record.NOTE)
    assert attempt().remembers("note" + record.NOTE)


def test_a_code_may_be_sent_once_by_any_attempt(attempt):
    assert attempt().may_send("serial", "123456")
    assert not attempt().may_send("serial", "123456")
    assert attempt().may_send("other", "123456")
    assert attempt().may_send("serial", "654321")


def test_a_store_that_cannot_be_written_is_reported_and_stops_nothing(attempt, tmp_path):
    (tmp_path / "store").rmdir()
    one = attempt()
    one.keep(REQUEST, credentials())
    assert one.uncached == "No such file or directory"
    assert one.may_send("serial", "123456")


def test_credentials_that_another_process_stored_are_found_under_the_lock(attempt):
    one = attempt()
    one.keep(REQUEST, credentials())
    assert one.hold(REQUEST, lambda: one.kept(REQUEST)) is not None
    assert len(one.locks) == 1
    one.release()
    assert one.locks == []


def test_a_released_lock_can_be_taken_by_the_next_attempt(attempt):
    first, second = attempt(), attempt()
    assert first.hold(REQUEST, lambda: None) is None
    second.silent, second.wait_s = True, 0.5
    with pytest.raises(LockTimeout):
        second.hold(REQUEST, lambda: None)
    first.release()
    assert second.hold(REQUEST, lambda: None) is None
    second.release()
