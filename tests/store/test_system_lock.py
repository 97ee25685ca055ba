"""The system's lock: it excludes filelock in other processes, and a wait for it ends on time."""

import _signal  # type: ignore[import-not-found]
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time

import filelock
import pytest

from assume.store import system_lock

OURS = """
import os, sys
from assume.store import system_lock
handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600)
taken = system_lock.take(handle)
"""
FILELOCK = """
import sys
from filelock import FileLock, Timeout
lock = FileLock(sys.argv[1], timeout=0)
try:
    lock.acquire()
    taken = True
except Timeout:
    taken = False
"""
DESCRIPTOR = """
import os, sys
from filelock import lock_descriptor
taken = lock_descriptor(os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o600), blocking=False)
"""
THEN = "print(taken, flush=True)\nsys.stdin.read()\n"  # until the test closes its end


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "one.lock")


def opened(path):
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def held(path):
    handle = opened(path)
    assert system_lock.take(handle)
    return handle


def process(code, path):
    """A process that tries to take the lock, says whether it could, and keeps it until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", code + THEN, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def takes(code, path):
    """Whether such a process gets the lock now."""
    done = subprocess.run([sys.executable, "-c", code + THEN, path], stdin=subprocess.DEVNULL, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip() == b"True"


@pytest.mark.parametrize(
    ("holder", "other"),
    [(OURS, FILELOCK), (OURS, DESCRIPTOR), (OURS, OURS), (FILELOCK, OURS), (DESCRIPTOR, OURS)],
    ids=["ours-filelock", "ours-descriptor", "ours-ours", "filelock-ours", "descriptor-ours"],
)
def test_filelock_and_ours_exclude_each_other_in_real_processes(path, holder, other):
    running = process(holder, path)
    assert running.stdout is not None
    assert running.stdout.readline() == "True\n"
    assert not takes(other, path)
    running.communicate()
    assert takes(other, path)


def test_a_wait_ends_when_filelock_releases(path):
    running = process(FILELOCK, path)
    assert running.stdout is not None
    assert running.stdout.readline() == "True\n"
    handle = opened(path)
    assert not system_lock.wait(handle, 0.1)
    ends = threading.Timer(0.2, running.communicate)
    ends.start()
    assert system_lock.wait(handle, 30)
    ends.join()
    with pytest.raises(filelock.Timeout):
        filelock.FileLock(path, timeout=0).acquire()
    os.close(handle)


def test_one_lock_has_one_holder(path):
    first, second = held(path), opened(path)
    assert not system_lock.take(second)
    system_lock.let_go(first)
    assert system_lock.take(second)
    os.close(first)
    os.close(second)


def test_an_alarm_that_comes_together_with_the_lock_leaves_it_to_others(path, monkeypatch):
    """The time may be up between the lock and the end of the alarm."""
    handle = opened(path)
    real = fcntl.flock

    def late(file, how):
        real(file, how)
        if how == fcntl.LOCK_EX:
            signal.raise_signal(signal.SIGALRM)

    monkeypatch.setattr("assume.store.system_lock.fcntl.flock", late)
    assert not system_lock.wait(handle, 5)
    monkeypatch.undo()
    os.close(held(path))
    os.close(handle)


def test_an_alarm_that_comes_after_the_wait_is_ignored(path, monkeypatch):
    handle = opened(path)
    real = signal.setitimer

    def late(which, seconds, again=0):
        real(which, 0)
        if not seconds:
            signal.raise_signal(signal.SIGALRM)

    monkeypatch.setattr("assume.store.system_lock._signal.setitimer", late)
    assert system_lock.wait(handle, 5)
    os.close(handle)


def test_a_wait_ends_although_the_parent_had_blocked_the_alarm(path):
    first, handle = held(path), opened(path)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    handler = signal.signal(signal.SIGALRM, lambda *_: None)
    ends = threading.Timer(20, os.close, [first])  # or this test would never end
    ends.start()
    try:
        started = time.monotonic()
        assert not system_lock.wait(handle, 0.1)
        assert time.monotonic() - started < 10
        assert signal.SIGALRM in signal.pthread_sigmask(signal.SIG_BLOCK, set())
    finally:
        ends.cancel()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGALRM, handler)
    os.close(first)
    os.close(handle)


def test_an_alarm_that_is_lost_is_followed_by_another(path, monkeypatch):
    """It may come when the wait is about to begin: the kernel has nothing to interrupt then."""
    first, handle = held(path), opened(path)
    install, rung = _signal.signal, []  # `signal.signal` is a cloak around it

    def deaf_at_first(number, handler):
        def ring(*words):
            rung.append(number)
            if len(rung) > 1:
                handler(*words)

        return install(number, ring if callable(handler) else handler)

    monkeypatch.setattr("assume.store.system_lock._signal.signal", deaf_at_first)
    assert not system_lock.wait(handle, 0.05)
    assert len(rung) == 2
    os.close(first)
    os.close(handle)
