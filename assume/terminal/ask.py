"""Questions on the terminal itself: `/dev/tty`, or the Windows console, wherever stdin and stdout go.

Never on standard output, which a shell may be about to evaluate. The terminal's
settings are restored, however the question ends.
"""

import sys

from assume.errors import Interrupted, NoTerminal, shown
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


def ask(question: str, *, echo: bool = False, cancelled: "Callable[[], bool] | None" = None) -> str | None:
    """A line typed at the terminal; None once `cancelled()` is true.

    Raises NoTerminal, and Interrupted at Ctrl-C or the end of input. The terminal's
    settings are restored in each case, and also at SIGTERM and SIGHUP.
    """
    if WINDOWS:
        return _ask_console(question, echo)
    try:
        handle = system.open("/dev/tty", system.O_RDWR | system.O_NOCTTY | system.O_CLOEXEC)
    except OSError:
        raise NoTerminal("there is no terminal to ask on") from None
    try:
        return _ask_tty(handle, question, echo, cancelled)
    finally:
        system.close(handle)


def _ask_tty(handle: int, question: str, echo: bool, cancelled: "Callable[[], bool] | None") -> str | None:
    import signal
    import termios
    from select import select

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    try:
        before = termios.tcgetattr(handle)
    except termios.error:
        raise NoTerminal("there is no terminal to ask on") from None
    during = list(before)
    during[3] |= termios.ICANON | termios.ECHO if echo else termios.ICANON
    if not echo:
        during[3] &= ~termios.ECHO
    handlers = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        termios.tcsetattr(handle, termios.TCSAFLUSH, during)
        write(handle, shown(question).encode())
        while True:
            # in short steps: a signal that comes just before `select` is handled only after it
            ready, _, _ = select([handle], [], [], POLL_S)
            if ready:
                break
            if cancelled is not None and cancelled():
                return None
        line = system.read(handle, 4096)
    except KeyboardInterrupt:
        raise Interrupted from None
    finally:
        termios.tcsetattr(handle, termios.TCSAFLUSH, before)
        write(handle, b"" if echo else b"\n")
        for number, handler in handlers.items():
            signal.signal(number, handler)
    if not line:
        raise Interrupted
    return line.decode("utf-8", "replace").strip()


def _ask_console(question: str, echo: bool) -> str:
    """Asks on the Windows console, wherever standard input and output go."""
    try:
        with open("CONOUT$", "w") as output, open("CONIN$") as console:
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
