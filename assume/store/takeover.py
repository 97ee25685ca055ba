"""Taking over a question that another terminal is asking, perhaps where nobody looks.

Who waits for the lock presses Enter: that leaves a file beside the lock, with
the process in it. Who asks sees the file, stops asking and lets go; everyone
else stands back until the taker has the lock. On the warm lane's waiting road,
so nothing is imported that the terminal does not need.
"""

import sys
import time

from assume.store import record
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

WANTED = ".wanted"
LASTS_S = 10  # a taker that does not come is forgotten
QUESTION = "an MFA code is asked for"


class Offer:
    """Enter, at this terminal, takes the question over. Called while waiting, with what the holder does."""

    def __init__(self) -> None:
        self.handle = -1
        self.is_made = False
        self.wish = ""  # the path beside which it was left

    def __call__(self, reason: str, path: str) -> bool:
        """Whether the offer stands; leaves the wish beside `path` once Enter was pressed."""
        if sys.platform == "win32" or not reason.startswith(QUESTION):
            return False
        if not self.is_made:
            self.is_made = True
            try:
                self.handle = system.open("/dev/tty", system.O_RDWR | system.O_NOCTTY | system.O_CLOEXEC)
            except OSError:
                return False
            show.say("  press Enter to answer it here")
        if self.handle >= 0 and _pressed(self.handle):
            self.wish = path
            _want(path)
        return self.handle >= 0

    def close(self) -> None:
        """Takes the offer back, and a wish with it: what was waited for has come, or is not waited for any more."""
        if self.handle >= 0:
            system.close(self.handle)
            self.handle = -1
        if self.wish and not is_wanted(self.wish):
            is_done(self.wish)


def is_wanted(path: str) -> bool:
    """Whether some other process wants the lock at `path`, now, more than anyone else does."""
    try:
        if abs(time.time() - system.lstat(path + WANTED).st_mtime) > LASTS_S:
            system.unlink(path + WANTED)
            return False
        handle = system.open(path + WANTED, system.O_RDONLY | record.OPEN)
    except OSError:
        return False
    try:
        pid = system.read(handle, 20).decode("ascii", "replace")
        if not (pid.isdigit() and 0 < int(pid) < 1 << 31) or pid == str(system.getpid()):
            return False
        if sys.platform != "win32":
            system.kill(int(pid), 0)
    except PermissionError:
        pass  # it lives, and is another user's
    except OSError:
        return False
    finally:
        system.close(handle)
    return True


def is_done(path: str) -> None:
    """The taker has the lock: nobody needs to stand back any more."""
    try:
        system.unlink(path + WANTED)
    except OSError:
        pass


def _pressed(handle: int) -> bool:
    from select import select

    ready, _, _ = select([handle], [], [], 0)
    return bool(ready) and bool(system.read(handle, 256))


def _want(path: str) -> None:
    try:
        system.unlink(path + WANTED)
    except OSError:
        pass
    try:
        flags = system.O_WRONLY | system.O_CREAT | system.O_EXCL | system.O_CLOEXEC
        handle = system.open(path + WANTED, flags, 0o600)
        system.write(handle, str(system.getpid()).encode())
        system.close(handle)
    except OSError:
        pass
