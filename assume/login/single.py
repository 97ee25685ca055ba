"""One sign-in at a time: of all terminals that need the same one, a single one asks, and the others wait.

In: the store's folder, the sign-in's name, a function that looks for its result. The lock is filelock's, released by
the system when its process ends, so that a killed or interrupted one hands the sign-in to one other. A note beside it
says what the holder is doing.
"""

import os
import time

from filelock import FileLock, Timeout

from assume import files, paths
from assume.errors import LockTimeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Found = TypeVar("Found")

WAIT_S = 600.0  # as long as AWS lets a person answer in the browser
TELL_S = 1.0  # then the user learns what the wait is for
POLL_S = 0.1
NOTE_SIZE = 300
UNKNOWN = "another terminal is signing in"


class Turn:
    """The turn of this process to sign in, until `release`. Without a folder there is nothing to hold."""

    def __init__(self, lock: FileLock | None, note_path: str) -> None:
        self._lock = lock
        self._note_path = note_path

    def note(self, text: str) -> None:
        """Tells those who wait what this process is doing: `signs in to example in the browser`."""
        if self._lock is None:
            return
        try:
            files.write_whole(self._note_path, f"process {_here()} {text}".encode(), sync=False, set_aside=True)
        except OSError:
            pass

    def release(self) -> None:
        """Lets the next process have its turn."""
        if self._lock is None:
            return
        files.forget(self._note_path)
        self._lock.release()


def turn(
    folder: str,
    name: str,
    found: "Callable[[], Found | None]",
    say: "Callable[[str], None]",
    wait_s: float = WAIT_S,
    poll_s: float = POLL_S,
) -> "Turn | Found":
    """The turn to sign in; or the result of `found()`, once that is not None while another process has its turn.

    `say` receives what the wait is for, once it has lasted a second, and again when that changes. Raises LockTimeout
    after `wait_s`.
    """
    if not folder:
        return Turn(None, "")
    note_path = f"{folder}/sign-in.{name}.now"
    lock = FileLock(f"{folder}/sign-in.{name}.lock", mode=0o600, thread_local=False, fallback_to_soft=False)
    started, told = time.monotonic(), ""
    while True:
        try:
            lock.acquire(blocking=False)
        except Timeout:
            pass
        except (OSError, NotImplementedError):
            return Turn(None, "")  # the folder has become read-only: sign in without others in mind
        else:
            return Turn(lock, note_path)
        if (result := found()) is not None:
            return result
        waited_s = time.monotonic() - started
        if waited_s >= TELL_S and (text := _note(note_path)) != told:
            told = text
            say(text)
        if waited_s >= wait_s:
            raise LockTimeout(f"waited for {waited_s:.0f} s: {_note(note_path)}", "finish or cancel what goes on there")
        time.sleep(min(poll_s, max(wait_s - waited_s, 0.01)))


def _note(path: str) -> str:
    """The holder's note, safe to show; UNKNOWN if it has left none."""
    try:
        handle = paths.opened(path, os.O_RDONLY)
        with open(handle, "rb") as file:
            text = file.read(NOTE_SIZE).decode("utf-8", "replace")
    except OSError:
        return UNKNOWN
    return text if text and text.isprintable() else UNKNOWN


def _here() -> str:
    try:
        return f"{os.getpid()} ({os.ttyname(0)})"
    except (OSError, AttributeError):
        return str(os.getpid())
