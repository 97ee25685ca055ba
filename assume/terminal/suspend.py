"""Ctrl-Z and the background: this process stops as any program does, but first gives away what others wait for.

In: what to do before the process stops; out: a process that has been continued, by `fg` in its shell.
Windows has no such thing: nothing happens there.
"""

import _signal as signal  # type: ignore[import-not-found]  # `signal` would import `enum`
import os
import sys
import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def is_in_background(handle: int) -> bool:
    """Whether the terminal belongs to other processes now: to read from it or to change it would stop this one."""
    if sys.platform == "win32":
        return False
    try:
        return os.tcgetpgrp(handle) != os.getpgrp()
    except OSError:
        return False


def stop(number: int) -> None:
    """Stops this process by the default action of a signal (SIGTSTP, SIGTTIN); returns once it is continued.

    Returns at once if no shell could continue it: the system does not stop an orphaned process group.
    """
    before = signal.signal(number, signal.SIG_DFL)
    try:
        os.kill(os.getpid(), number)
    finally:
        signal.signal(number, before)


class Watch:
    """Calls `let_go` before Ctrl-Z stops this process, until `end`. Only the main thread can do this."""

    def __init__(self, let_go: "Callable[[], object]") -> None:
        self.let_go = let_go
        self.is_on = (
            sys.platform != "win32"
            and threading.current_thread() is threading.main_thread()
            and signal.getsignal(signal.SIGTSTP) == signal.SIG_DFL  # ignored: the shell does not want us to stop
        )
        if self.is_on:
            signal.signal(signal.SIGTSTP, self._stop)

    def end(self) -> None:
        """Ctrl-Z stops the process as before."""
        if self.is_on:
            self.is_on = False
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)

    def _stop(self, number: int, _frame: object) -> None:
        self.let_go()
        stop(number)
