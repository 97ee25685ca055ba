"""One miss, one request: a lock for each entry, and waiting for the process that holds it.

The lock is on a file beside the entry; `system_lock` takes it. The file holds a note, which says what the holder is
doing: a kind, which code compares, and a text, which the user reads. A waiter imports nothing more than this; after a
second it shows that text.
"""

import sys
import time

from assume import files, paths
from assume.errors import LockTimeout
from assume.store import record, system_lock, takeover

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Callable
    from typing import TypeVar

    Found = TypeVar("Found")
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

WAIT_S = 120  # any wait ends here
TELL_S = 1  # then the user learns what the wait is for
OFFER_S = 5  # then a waiter at a terminal may take the question over
CALLING, ASKING = "calling", takeover.ASKING  # kinds of note: AWS is called, a person is asked
NOTE_AT = 1  # Windows locks the first byte, which nobody else can read then
NOTE_SIZE = 300
UNKNOWN = "another terminal is getting these credentials"


class Lock:
    """A held lock. Its file says what the holder is doing, for those who wait."""

    __slots__ = ("handle", "path")

    def __init__(self, handle: int, path: str) -> None:
        self.handle = handle
        self.path = path

    def note(self, kind: str, text: str) -> None:
        """Says what the holder is doing. `kind`: one word, CALLING or ASKING; `text`: a line for the user."""
        try:
            system.ftruncate(self.handle, 0)
            system.lseek(self.handle, NOTE_AT, 0)
            system.write(self.handle, f"{kind} {text}".encode("utf-8", "replace")[:NOTE_SIZE])
        except OSError:
            pass

    def release(self) -> None:
        """Clears the note and releases the lock. The file stays: without it, the waiters would not meet."""
        try:
            system.ftruncate(self.handle, 0)
        except OSError:
            pass
        _leave(self.handle)


def acquire(
    folder: str,
    name: str,
    found: "Callable[[], Found | None]",
    say: "Callable[[str], None]",
    offer: "takeover.Offer | None" = None,
    wait_s: float = WAIT_S,
) -> "Lock | Found":
    """The lock of `name`; or the result of `found()`, if that is not None while another process holds the lock.

    `say` is called once with what the wait is for. `offer` lets the user take the holder's question over, after five
    seconds. Raises OSError if no lock file can be made, LockTimeout after `wait_s`.
    """
    path = f"{folder}/{name}{record.LOCK}"
    wait = _Wait(path, say, offer, wait_s)
    try:
        while True:
            handle = _opened(path)
            try:
                result = _locked_or_found(handle, wait, found)
            except BaseException:
                _leave(handle)
                raise
            if result is not None:
                _leave(handle)
                return result
            if _is_same(handle, path):
                takeover.is_done(path)
                return Lock(handle, path)
            _leave(handle)  # the store was cleared during the wait: others lock a new file by now
    finally:
        if offer is not None:
            offer.close()


def adopt(handle: int, folder: str, name: str) -> "Lock | None":
    """A lock that came through `execv` with its file still open; None if it is not that lock."""
    adopted = Lock(handle, f"{folder}/{name}{record.LOCK}")
    if not _is_same(handle, adopted.path):
        return None
    try:
        system.set_inheritable(handle, False)
        if system_lock.take(handle):
            return adopted
    except OSError:
        pass
    _leave(handle)  # not our lock after all: close it, or we would wait for our own handle
    return None


class _Wait:
    """A wait for the lock at `path`: how long it has lasted, and what the user was told of it."""

    def __init__(self, path: str, say: "Callable[[str], None]", offer: "takeover.Offer | None", limit_s: float) -> None:
        self.path = path
        self.say = say
        self.offer = offer
        self.limit_s = limit_s
        self.started = time.monotonic()
        self.is_told = False

    def check(self, handle: int) -> None:
        """Tells the user what the wait is for, once it has lasted a second. Raises LockTimeout at its limit."""
        waited = self.waited_s()
        if waited >= TELL_S and not self.is_told:
            self.is_told = True
            self.say(_note(handle)[1])
        if waited >= self.limit_s:
            text = f"waited for {waited:.0f} s: {_note(handle)[1]}"
            raise LockTimeout(text, "finish or cancel what goes on there")

    def step(self, handle: int, is_ours: bool) -> bool:
        """Waits for a moment, a second at most. True if the lock is ours after it."""
        waited = self.waited_s()
        if takeover.is_wanted(self.path):  # another terminal takes the question over: stand back
            if is_ours:
                system_lock.let_go(handle)
            time.sleep(system_lock.POLL_S)
            return False
        if self.offer is not None and waited >= OFFER_S and self.offer(_note(handle)[0], self.path):
            time.sleep(system_lock.POLL_S)  # Enter may be pressed, which a wait in the system does not notice
            return system_lock.take(handle)
        ends = (TELL_S, OFFER_S, self.limit_s, waited + 1)
        next_end = min(at for at in ends if at > waited)
        return system_lock.wait(handle, max(next_end - waited, system_lock.POLL_S))

    def waited_s(self) -> float:
        """How long the wait has lasted."""
        return time.monotonic() - self.started


def _locked_or_found(handle: int, wait: _Wait, found: "Callable[[], Found | None]") -> "Found | None":
    """Waits until the lock is ours (None), or `found()` returns a result. Raises LockTimeout."""
    is_ours = system_lock.take(handle)
    while not is_ours or takeover.is_wanted(wait.path):
        wait.check(handle)
        is_ours = wait.step(handle, is_ours)
        if (result := found()) is not None:
            return result
    return None


def _opened(path: str) -> int:
    """A descriptor of the lock's file. Raises OSError."""
    flags = system.O_RDWR | system.O_CREAT
    try:
        return paths.opened(path, flags, private=False)
    except OSError:
        # something else is in the way (a root-owned file, a link, a folder); the directory is ours, so set it aside
        system.rename(path, files.aside(path))
    return paths.opened(path, flags, private=False)


def _note(handle: int) -> "tuple[str, str]":
    """The holder's note, as its kind and a text that is safe to show; UNKNOWN if there is none."""
    try:
        system.lseek(handle, NOTE_AT, 0)
        note = system.read(handle, NOTE_SIZE).decode("utf-8", "replace")
    except OSError:
        note = ""
    kind, _, text = note.partition(" ")
    return (kind, text) if text and text.isprintable() else ("", UNKNOWN)


def _is_same(handle: int, path: str) -> bool:
    """Whether the open file is still the one that has the name `path`."""
    try:
        named, held = system.stat(path), system.fstat(handle)
    except OSError:
        return False
    return (named.st_dev, named.st_ino) == (held.st_dev, held.st_ino)


def _leave(handle: int) -> None:
    """Releases the lock, if it is ours, and closes its file."""
    try:
        if sys.platform == "win32":
            system_lock.let_go(handle)  # closing unlocks there too, but only when the system finds time for it
    except OSError:
        pass  # it was not ours
    try:
        system.close(handle)
    except OSError:
        pass
