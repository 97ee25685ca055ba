"""Taking over a question that is asked in another terminal, perhaps in one that nobody looks at.

Whoever waits for the lock presses Enter, which leaves a request file beside the
lock with the id of the process in it. The process that asks sees the file, stops
asking and lets go of the lock; all others stand back until the taker has it. The
fast lanes wait here too, so only what the terminal needs is imported.
"""

import sys
import time

from assume import paths
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

WANTED = ".wanted"
LASTS_S = 10  # then a request is ignored: its process has not come for the lock
ANSWER_S = 3  # a process that asks looks for requests five times a second
ASKING = "asking"  # the kind of a holder's note while a person is asked


class Offer:
    """Lets Enter, at this terminal, take the question over. Called again and again while waiting."""

    def __init__(self) -> None:
        self.handle = -1
        self.is_made = False
        self.wanted = ""  # the lock beside which our request file is
        self.silent_at = 0.0  # when the holder should have answered our request; 0 for no request

    def __call__(self, kind: str, path: str) -> bool:
        """True if the user can press Enter. `kind`: what the holder of the lock at `path` is doing.

        Leaves the request beside the lock once Enter was pressed.
        """
        if sys.platform == "win32" or kind != ASKING:
            return False
        if not self.is_made:
            self.is_made = True
            try:
                self.handle = system.open("/dev/tty", system.O_RDWR | system.O_NOCTTY | system.O_CLOEXEC)
            except OSError:
                return False
            _forget_typed(self.handle)
            show.say("  press Enter to answer it here")
        if self.handle >= 0 and _pressed(self.handle):
            self.wanted = path
            self.silent_at = time.monotonic() + ANSWER_S
            _want(path)
        if self.silent_at and time.monotonic() > self.silent_at:
            self.silent_at = 0.0
            show.say("  the process that asks does not answer: it may be stopped; continue it (fg) or end it")
        return self.handle >= 0

    def close(self) -> None:
        """Withdraws the offer, and our request file if it is still there: the wait is over."""
        if self.handle >= 0:
            system.close(self.handle)
            self.handle = -1
        if self.wanted and not is_wanted(self.wanted):
            is_done(self.wanted)


def is_wanted(path: str) -> bool:
    """Whether another live process has asked to take over the lock at `path` in the last 10 s."""
    try:
        if abs(time.time() - system.lstat(path + WANTED).st_mtime) > LASTS_S:
            system.unlink(path + WANTED)
            return False
        handle = paths.opened(path + WANTED, system.O_RDONLY, private=False)
    except OSError:
        return False
    try:
        pid = system.read(handle, 20).decode("ascii", "replace")
        if not (pid.isdigit() and 0 < int(pid) < 1 << 31) or pid == str(system.getpid()):
            return False
        if sys.platform != "win32":
            system.kill(int(pid), 0)
    except OSError:
        return False
    finally:
        system.close(handle)
    return True


def is_done(path: str) -> None:
    """Removes the request: the taker has the lock, or does not need it any more."""
    try:
        system.unlink(path + WANTED)
    except OSError:
        pass


def _pressed(handle: int) -> bool:
    from select import select

    ready, _, _ = select([handle], [], [], 0)
    return bool(ready) and bool(system.read(handle, 256))


def _forget_typed(handle: int) -> None:
    """Drops what was typed before the offer was made: an Enter in it was not meant for us."""
    import termios

    try:
        termios.tcflush(handle, termios.TCIFLUSH)
    except termios.error:
        pass


def _want(path: str) -> None:
    is_done(path)
    try:
        handle = paths.opened(path + WANTED, system.O_WRONLY | system.O_CREAT | system.O_EXCL)
        system.write(handle, str(system.getpid()).encode())
        system.close(handle)
    except OSError:
        pass
