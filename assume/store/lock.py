"""One miss, one request: a lock per entry, and waiting for whoever holds it.

The platform's own call on a file beside the entry: `flock`, or `msvcrt.locking`. The kernel lets go
when the holder dies. Whoever waits imports nothing more, and is told after a second what for.
"""

import sys
import time

from assume.errors import LockTimeout
from assume.store import record, takeover

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
TELL_S = 1
OFFER_S = 5  # then a waiter at a terminal may take the question over
POLL_S = 0.05
NOTE_SIZE = 300


class Lock:
    """A held lock. Its file says what the holder is doing, for those who wait."""

    __slots__ = ("handle", "path")

    def __init__(self, handle: int, path: str) -> None:
        self.handle = handle
        self.path = path

    def note(self, text: str) -> None:
        """Says what the holder is doing; an empty text for nothing that takes long."""
        try:
            system.ftruncate(self.handle, 0)
            system.lseek(self.handle, 0, 0)
            system.write(self.handle, text.encode("utf-8", "replace")[:NOTE_SIZE])
        except OSError:
            pass

    def release(self) -> None:
        """Lets go; the file stays, since taking it away would split those who wait."""
        _leave(self.handle)


def acquire(
    folder: str,
    name: str,
    found: "Callable[[], Found | None]",
    say: "Callable[[str], None]",
    offer: "takeover.Offer | None" = None,
    wait_s: float = WAIT_S,
) -> "Lock | Found":
    """The lock of `name`, or what `found()` has come up with while another process held it.

    `say` is told once what the wait is for. `offer` is made, after five seconds,
    to the user: to take the holder's question over. Raises OSError
    where no lock file can be had, LockTimeout after `wait_s`.
    """
    try:
        return _acquired(f"{folder}/{name}{record.LOCK}", found, say, offer, wait_s)
    finally:
        if offer is not None:
            offer.close()


def _acquired(
    path: str,
    found: "Callable[[], Found | None]",
    say: "Callable[[str], None]",
    offer: "takeover.Offer | None",
    wait_s: float,
) -> "Lock | Found":
    started = time.monotonic()
    told = False
    while True:
        handle = _opened(path)
        is_ours = _try(handle)
        while not is_ours or takeover.is_wanted(path):
            waited = time.monotonic() - started
            if waited >= TELL_S and not told:
                told = True
                say(_reason(handle))
            if waited >= wait_s:
                reason = _reason(handle)
                _leave(handle, is_ours)
                raise LockTimeout(f"waited for {waited:.0f} s: {reason}", "finish or cancel what goes on there")
            if takeover.is_wanted(path):  # it is another one's turn
                is_ours = is_ours and _let_go(handle)
                time.sleep(POLL_S)
            elif offer is not None and waited >= OFFER_S and offer(_reason(handle), path):
                time.sleep(POLL_S)
                is_ours = _try(handle)
            else:
                is_ours = _wait(handle, _step_s(waited, wait_s))
            if (result := found()) is not None:
                _leave(handle, is_ours)
                return result
        if _is_same(handle, path):
            takeover.is_done(path)
            return Lock(handle, path)
        _leave(handle)  # the folder was cleared meanwhile: this file is nobody's any more


def _leave(handle: int, is_ours: bool = True) -> None:
    try:
        if is_ours and sys.platform == "win32":
            _let_go(handle)  # closed files are unlocked there, too, but when there is time for it
        system.close(handle)
    except OSError:
        pass


def _step_s(waited: float, wait_s: float) -> float:
    """How long to wait before there is something to say, to offer, or to give up; a second at most."""
    ends = (TELL_S, OFFER_S, wait_s, waited + 1)
    return max(min(at for at in ends if at > waited) - waited, POLL_S)


def adopt(handle: int, folder: str, name: str) -> "Lock | None":
    """A lock that came through `execv` with its file still open; None if it is not that."""
    adopted = Lock(handle, f"{folder}/{name}{record.LOCK}")
    if not _is_same(handle, adopted.path):
        return None
    try:
        system.set_inheritable(handle, False)
        if _try(handle):
            return adopted
    except OSError:
        pass
    adopted.release()  # or this process would wait for itself
    return None


def _opened(path: str) -> int:
    """The lock's file, ours and nobody else's. Raises OSError."""
    flags = system.O_RDWR | system.O_CREAT | record.OPEN
    for attempt in range(2):
        try:
            handle = system.open(path, flags, 0o600)
        except OSError:
            if attempt:
                raise
        else:
            seen = system.fstat(handle)
            ours = not record.POSIX or (seen.st_uid == system.geteuid() and seen.st_nlink == 1)
            if ours and seen.st_mode & 0o170000 == 0o100000:
                return handle
            system.close(handle)
        system.rename(path, f"{path}.{system.getpid()}.aside")  # root's, a link, a folder; the place is ours
    raise OSError(f"{path} is not a file of ours")


def _reason(handle: int) -> str:
    try:
        system.lseek(handle, 0, 0)
        note = system.read(handle, NOTE_SIZE).decode("utf-8", "replace")
    except OSError:
        note = ""
    return note if note.isprintable() and note else "another terminal is getting these credentials"


def _is_same(handle: int, path: str) -> bool:
    try:
        named, held = system.stat(path), system.fstat(handle)
    except OSError:
        return False
    return (named.st_dev, named.st_ino) == (held.st_dev, held.st_ino)


if sys.platform == "win32":
    import msvcrt

    FAR = 1 << 30  # a byte that nobody reads: Windows locks keep readers out too

    def _try(handle: int) -> bool:
        system.lseek(handle, FAR, 0)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(handle: int) -> bool:
        system.lseek(handle, FAR, 0)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)
        return False

    def _wait(handle: int, seconds: float) -> bool:
        time.sleep(min(seconds, POLL_S))
        return _try(handle)

else:
    import _signal  # type: ignore[import-not-found]  # `signal` would bring `enum` along
    import fcntl

    class _TimeIsUp(Exception): ...

    def _try(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _let_go(handle: int) -> bool:
        fcntl.flock(handle, fcntl.LOCK_UN)
        return False

    def _wait(handle: int, seconds: float) -> bool:
        """Whether the lock is ours, once the holder has let go; False after `seconds`.

        The queue is the kernel's: of 200 that try by themselves each finds it tried by another.
        """
        armed = [True]

        def ring(_number: int, _frame: object) -> None:
            if armed:
                armed.clear()
                raise _TimeIsUp

        def disarm() -> None:
            armed.clear()
            _signal.setitimer(_signal.ITIMER_REAL, 0)
            _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)
            _signal.signal(_signal.SIGALRM, before)

        before = _signal.signal(_signal.SIGALRM, ring)
        mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, ())
        try:
            try:
                # more than once: the first may come when the kernel has nothing to interrupt yet
                _signal.setitimer(_signal.ITIMER_REAL, seconds, TELL_S)
                _signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGALRM,))  # a parent's mask outlives `exec`
                fcntl.flock(handle, fcntl.LOCK_EX)
            finally:
                disarm()
        except _TimeIsUp:
            disarm()  # it may have come in there
            return _let_go(handle)  # and the lock just before it
        return True
