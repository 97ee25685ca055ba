"""The lock of an entry: one holder, waiters who are told, and a wait that ends."""

import _signal  # type: ignore[import-not-found]
import fcntl
import os
import signal
import threading
import time

import pytest

from assume.errors import LockTimeout
from assume.store import lock, record


@pytest.fixture
def folder(tmp_path):
    tmp_path.chmod(0o700)
    return str(tmp_path)


def nothing():
    return None


def held(folder, name="one"):
    got = lock.acquire(folder, name, nothing, print)
    assert isinstance(got, lock.Lock)
    return got


def test_one_lock_has_one_holder(folder):
    first = held(folder)
    handle = os.open(first.path, os.O_RDWR)
    assert [lock._try(handle), lock._try(handle)] == [False, False]
    with pytest.raises(LockTimeout):
        lock.acquire(folder, "one", nothing, print, wait_s=0.1)
    first.release()
    assert lock._try(handle)
    os.close(handle)


def test_a_wait_is_no_longer_than_it_was_to_be(folder, monkeypatch):
    waited = []
    wait = lock._wait

    def counted(handle, seconds):
        waited.append(seconds)
        return wait(handle, seconds)

    monkeypatch.setattr(lock, "_wait", counted)
    first = held(folder)
    with pytest.raises(LockTimeout):
        lock.acquire(folder, "one", nothing, print, wait_s=0.25)
    first.release()
    assert waited
    assert max(waited) <= 0.25


def test_a_wait_that_ends_without_a_result_says_what_it_was_for(folder):
    first = held(folder)
    first.note("an MFA code is asked for in process 7")
    with pytest.raises(LockTimeout) as caught:
        lock.acquire(folder, "one", nothing, print, wait_s=0.1)
    first.release()
    assert "an MFA code is asked for in process 7" in str(caught.value)


def test_what_another_has_got_meanwhile_is_taken_without_the_lock(folder):
    first = held(folder)
    assert lock.acquire(folder, "one", lambda: "found", print) == "found"
    first.release()


def test_an_alarm_that_comes_together_with_the_lock_leaves_it_to_others(folder, monkeypatch):
    """The time may be up between the lock and the end of the alarm."""
    first = held(folder)
    first.release()
    handle = os.open(first.path, os.O_RDWR)
    real = fcntl.flock

    def late(file, how):
        real(file, how)
        if how == fcntl.LOCK_EX:
            signal.raise_signal(signal.SIGALRM)

    monkeypatch.setattr("assume.store.lock.fcntl.flock", late)
    assert not lock._wait(handle, 5)
    monkeypatch.undo()
    held(folder).release()
    os.close(handle)


def test_an_alarm_that_comes_after_the_wait_is_nobody_s(folder, monkeypatch):
    first = held(folder)
    first.release()
    handle = os.open(first.path, os.O_RDWR)
    real = signal.setitimer

    def late(which, seconds, again=0):
        real(which, 0)
        if not seconds:
            signal.raise_signal(signal.SIGALRM)

    monkeypatch.setattr("assume.store.lock._signal.setitimer", late)
    assert lock._wait(handle, 5)
    os.close(handle)


def test_a_wait_ends_where_the_alarm_was_blocked_by_the_parent(folder):
    first = held(folder)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    handler = signal.signal(signal.SIGALRM, lambda *_: None)
    ends = threading.Timer(20, first.release)  # or this test would never end
    ends.start()
    try:
        started = time.monotonic()
        with pytest.raises(LockTimeout):
            lock.acquire(folder, "one", nothing, print, wait_s=0.1)
        assert time.monotonic() - started < 10
        assert signal.SIGALRM in signal.pthread_sigmask(signal.SIG_BLOCK, set())
    finally:
        ends.cancel()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGALRM, handler)
    first.release()


def test_a_lock_whose_file_was_taken_away_is_nobodys(folder):
    first = held(folder)
    os.unlink(first.path)
    second = held(folder)
    assert os.fstat(second.handle).st_ino != os.fstat(first.handle).st_ino
    first.release()
    with pytest.raises(LockTimeout):
        lock.acquire(folder, "one", nothing, print, wait_s=0.1)
    second.release()


def test_a_lock_comes_through_an_exec_once(folder):
    first = held(folder)
    os.set_inheritable(first.handle, True)
    adopted = lock.adopt(first.handle, folder, "one")
    assert adopted is not None
    assert not os.get_inheritable(adopted.handle)
    assert lock.adopt(first.handle, folder, "another") is None
    assert lock.adopt(987, folder, "one") is None
    first.release()


def test_a_lock_that_cannot_be_adopted_does_not_stand_in_its_own_way(folder, monkeypatch):
    first = held(folder)

    def failing(handle, how):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("assume.store.lock.fcntl.flock", failing)
    assert lock.adopt(first.handle, folder, "one") is None
    monkeypatch.undo()
    held(folder).release()


@pytest.mark.parametrize("kind", ["link", "folder", "fifo", "hard link"])
def test_what_stands_in_the_place_of_a_lock_is_set_aside(folder, tmp_path_factory, kind):
    victim = tmp_path_factory.mktemp("elsewhere") / "victim"
    victim.write_text("untouched")
    path = f"{folder}/one{record.LOCK}"
    make = {
        "link": lambda: os.symlink(victim, path),
        "hard link": lambda: os.link(victim, path),
        "folder": lambda: os.mkdir(path),
        "fifo": lambda: os.mkfifo(path),
    }
    make[kind]()
    got = held(folder)
    got.note("x")
    got.release()
    assert victim.read_text() == "untouched"


def test_an_alarm_that_is_lost_is_followed_by_another(folder, monkeypatch):
    """It may come when the wait is about to begin: the kernel has nothing to interrupt then."""
    first = held(folder)
    handle = os.open(first.path, os.O_RDWR)
    install, rung = _signal.signal, []  # `signal.signal` is a cloak around it

    def deaf_at_first(number, handler):
        def ring(*words):
            rung.append(number)
            if len(rung) > 1:
                handler(*words)

        return install(number, ring if callable(handler) else handler)

    monkeypatch.setattr("assume.store.lock._signal.signal", deaf_at_first)
    assert not lock._wait(handle, 0.05)
    assert len(rung) == 2
    first.release()
    os.close(handle)
