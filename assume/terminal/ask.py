"""Questions on the terminal itself: `/dev/tty`, or the Windows console, wherever stdin and stdout go.

Never on standard output, which a shell may be about to evaluate. The terminal's
settings are restored, however the question ends.
"""

import sys
import threading

from assume.errors import Interrupted, NoTerminal, shown
from assume.terminal import suspend
from assume.terminal.show import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Callable
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

WINDOWS = sys.platform == "win32"
POLL_S = 0.2

is_allowed = True  # False in a process that must not ask anybody anything


def ask(
    question: str,
    *,
    echo: bool = False,
    cancelled: "Callable[[], bool] | None" = None,
    suspended: "Callable[[], bool] | None" = None,
) -> str | None:
    """A line typed at the terminal; None once `cancelled()` is true.

    `suspended()` is called before this process stops: at Ctrl-Z, or because it is in the background. After `fg` the
    question is asked again; but if `suspended()` was true, the answer is None.

    Raises NoTerminal, and Interrupted at Ctrl-C or the end of input. The terminal's
    settings are restored in each case, and also at SIGTERM and SIGHUP. Only the main
    thread asks: in any other, which cannot handle signals, there is no terminal.
    """
    if not is_allowed or threading.current_thread() is not threading.main_thread():
        raise NoTerminal("there is no terminal to ask on")
    if WINDOWS:
        return _ask_console(question, echo)
    try:
        handle = system.open("/dev/tty", system.O_RDWR | system.O_NOCTTY | system.O_CLOEXEC)
    except OSError:
        raise NoTerminal("there is no terminal to ask on") from None
    try:
        while True:
            try:
                return _ask_tty(handle, question, echo, cancelled)
            except _Suspended as reason:
                is_over = suspended is not None and suspended()
                suspend.stop(reason.number)
                if suspend.is_in_background(handle):  # after `bg`, or nobody could stop and continue us
                    raise NoTerminal("this process is in the background") from None
                if is_over:
                    return None
    finally:
        system.close(handle)


def forget_typed(handle: int) -> None:
    """Drops what was typed at the terminal so far: it was not meant for a question that nobody had seen."""
    import termios

    try:
        termios.tcflush(handle, termios.TCIFLUSH)
    except termios.error:
        pass


def has_terminal() -> bool:
    """Whether there is a terminal to ask on."""
    try:
        if WINDOWS:
            open("CONIN$").close()
        else:
            system.close(system.open("/dev/tty", system.O_RDWR | system.O_NOCTTY | system.O_CLOEXEC))
    except OSError:
        return False
    return True


class _Suspended(Exception):
    """The terminal is restored, and the signal `number` is to stop this process."""

    def __init__(self, number: int) -> None:
        self.number = number


def _ask_tty(handle: int, question: str, echo: bool, cancelled: "Callable[[], bool] | None") -> str | None:
    import signal
    import termios

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    stops: list[int] = []
    if suspend.is_in_background(handle):
        raise _Suspended(signal.SIGTTIN)
    try:
        before = termios.tcgetattr(handle)
    except termios.error:
        raise NoTerminal("there is no terminal to ask on") from None
    during = list(before)
    during[3] |= termios.ICANON | termios.ECHO if echo else termios.ICANON
    if not echo:
        during[3] &= ~termios.ECHO
    handlers = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)}
    if signal.getsignal(signal.SIGTSTP) != signal.SIG_IGN:
        handlers[signal.SIGTSTP] = signal.signal(signal.SIGTSTP, lambda number, _: stops.append(number))
    try:
        termios.tcsetattr(handle, termios.TCSAFLUSH, during)  # drops what was typed before the question
        write(handle, shown(question).encode())
        line = _line(handle, cancelled, stops)
    except KeyboardInterrupt:
        raise Interrupted from None
    finally:
        if not suspend.is_in_background(handle):  # else the shell has the terminal, and has restored it
            termios.tcsetattr(handle, termios.TCSAFLUSH, before)
            write(handle, b"" if echo else b"\n")
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if line == b"":
        raise Interrupted
    return None if line is None else line.decode("utf-8", "replace").strip()


def _line(handle: int, cancelled: "Callable[[], bool] | None", stops: list[int]) -> bytes | None:
    """What is typed, up to the end of the line. `stops`: a signal handler adds the number of Ctrl-Z's signal."""
    from select import select
    from signal import SIGTTIN

    while True:
        # in short steps: a signal that comes just before `select` is handled only after it
        ready, _, _ = select([handle], [], [], POLL_S)
        if stops or suspend.is_in_background(handle):
            raise _Suspended(stops[0] if stops else SIGTTIN)
        if ready:
            return system.read(handle, 4096)
        if cancelled is not None and cancelled():
            return None


def _ask_console(question: str, echo: bool) -> str:
    """Asks on the Windows console, wherever standard input and output go."""
    try:
        with open("CONOUT$", "w") as output, open("CONIN$") as console:
            _forget_keys()
            output.write(shown(question))
            output.flush()
            if not echo:
                try:
                    return _typed().strip()
                finally:
                    output.write("\n")
            line = console.readline()
    except OSError:
        raise NoTerminal("there is no console to ask on") from None
    except KeyboardInterrupt:
        raise Interrupted from None
    if not line:
        raise Interrupted
    return line.strip()


def _forget_keys() -> None:
    import msvcrt

    kbhit: Callable[[], bool] = getattr(msvcrt, "kbhit")  # noqa: B009  only Windows has it
    getwch: Callable[[], str] = getattr(msvcrt, "getwch")  # noqa: B009
    while kbhit():  # typed before the question
        getwch()


def _typed() -> str:
    """Reads a line key by key, so that the console does not show it. Ctrl-C arrives as a key here."""
    import msvcrt

    getwch: Callable[[], str] = getattr(msvcrt, "getwch")  # noqa: B009  only Windows has it
    line = ""
    while (mark := getwch()) not in "\r\n":
        if mark in "\x03\x1a":  # Ctrl-C, Ctrl-Z: the end of input
            raise Interrupted
        if mark in "\0\xe0":  # an arrow or a function key: the next character says which one
            getwch()
        else:
            line = line[:-1] if mark == "\b" else line + mark
    return line
