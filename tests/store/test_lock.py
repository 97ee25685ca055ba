"""The lock of an entry: one holder, waiters who are told, and a wait that ends."""

import os
import threading
import time

import pytest

from assume.errors import LockTimeout
from assume.store import lock, record, system_lock, takeover


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
    assert [system_lock.take(handle), system_lock.take(handle)] == [False, False]
    with pytest.raises(LockTimeout):
        lock.acquire(folder, "one", nothing, print, wait_s=0.1)
    first.release()
    assert system_lock.take(handle)
    os.close(handle)


def test_a_wait_never_lasts_longer_than_its_limit(folder, monkeypatch):
    waited = []
    wait = system_lock.wait

    def counted(handle, seconds):
        waited.append(seconds)
        return wait(handle, seconds)

    monkeypatch.setattr(system_lock, "wait", counted)
    first = held(folder)
    with pytest.raises(LockTimeout):
        lock.acquire(folder, "one", nothing, print, wait_s=0.25)
    first.release()
    assert waited
    assert max(waited) <= 0.25


def test_a_wait_that_ends_without_a_result_says_what_it_was_for(folder):
    first = held(folder)
    first.note(lock.ASKING, "an MFA code is asked for in process 7")
    with pytest.raises(LockTimeout, match=r"waited for 0 s: an MFA code is asked for in process 7\n"):
        lock.acquire(folder, "one", nothing, print, wait_s=0.1)
    first.release()


def test_the_kind_of_a_note_decides_about_the_offer_whatever_its_text(folder, monkeypatch):
    monkeypatch.setattr(lock, "OFFER_S", 0)
    monkeypatch.setattr(lock, "TELL_S", 0)
    first = held(folder)
    first.note(lock.ASKING, "une question")
    kinds: list[str] = []
    said: list[str] = []

    class Offer(takeover.Offer):
        def __call__(self, kind, path):
            kinds.append(kind)
            first.note(lock.CALLING, "asking nobody")
            return kind == lock.ASKING

    with pytest.raises(LockTimeout):
        lock.acquire(folder, "one", nothing, said.append, Offer(), wait_s=0.2)
    first.release()
    assert kinds[:2] == ["asking", "calling"]
    assert said == ["une question"]


@pytest.mark.parametrize("note", ["", "\0", "asking", "asking ", "asking a\x1b[2J", "calling a\nb", "\xff" * 400])
def test_a_note_that_cannot_be_shown_is_replaced_by_a_general_one(folder, note):
    first = held(folder)
    with open(first.path, "wb") as file:
        file.write(b"\0" + note.encode("latin-1"))
    assert lock._note(first.handle) == ("", lock.UNKNOWN)
    first.release()


def test_a_released_lock_holds_no_note(folder):
    first = held(folder)
    first.note(lock.CALLING, "process 7 is calling AWS")
    first.release()
    assert os.stat(first.path).st_size == 0


def test_a_result_of_the_holder_is_returned_without_the_lock(folder):
    first = held(folder)
    assert lock.acquire(folder, "one", lambda: "found", print) == "found"
    first.release()


def test_a_lock_whose_file_was_removed_guards_nothing(folder):
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


def test_a_lock_that_cannot_be_adopted_is_closed_and_can_be_taken_again(folder, monkeypatch):
    first = held(folder)

    def failing(handle, how):
        raise OSError(37, "No locks available")

    monkeypatch.setattr("assume.store.system_lock.fcntl.flock", failing)
    assert lock.adopt(first.handle, folder, "one") is None
    monkeypatch.undo()
    held(folder).release()


@pytest.mark.parametrize("kind", ["link", "folder", "fifo", "hard link"])
def test_anything_else_in_the_place_of_a_lock_is_set_aside(folder, tmp_path_factory, kind):
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
    got.note(lock.CALLING, "x")
    got.release()
    assert victim.read_text() == "untouched"


def test_threads_of_one_process_exclude_each_other_and_wait_for_the_result(tmp_path):
    """Only the main thread can be woken by a signal: the others look again and again."""
    held = lock.acquire(str(tmp_path), "n", lambda: None, lambda _: None)
    assert isinstance(held, lock.Lock)
    results = []
    done = threading.Event()

    def wait():
        results.append(lock.acquire(str(tmp_path), "n", lambda: "result" if done.is_set() else None, lambda _: None))

    threads = [threading.Thread(target=wait) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    assert results == []
    done.set()
    for thread in threads:
        thread.join(30)
    assert results == ["result"] * 8
    held.release()
