"""Choosing a profile at the terminal: type words to filter, move the bar, press Enter. Esc leaves all as it was.

In: names, what is known about each, where typing starts; out: a name. It draws on the terminal itself, below the
prompt, never on standard output, and takes away what it has drawn.

prompt_toolkit reads the keys and draws (application.py). To import it takes 14 starts of an interpreter (220 ms where
one takes 15 ms), so the first frame is drawn here, and the import comes while the user looks at it.
"""

import gc
import os
import sys

from assume.errors import Interrupted, NoTerminal
from assume.terminal import ask, show, suspend
from assume.terminal.filter import About, Choice
from assume.terminal.frame import ROWS, Frame, Style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

SIZE = (80, 24)  # of a terminal that does not tell


def nothing(_: str) -> About:
    """Knows nothing about any profile."""
    return About()


def pick(
    names: "Sequence[str]",
    about: "Callable[[str], About]" = nothing,
    texts: "Iterable[str]" = (),
    *,
    heading: str = "profile: ",
    typed: str = "",
    environment: "Mapping[str, str]" = os.environ,
) -> str:
    """The chosen name; `heading` comes before the typed text. Raises NoTerminal; Interrupted at Ctrl-C or Escape."""
    choice = Choice(names, about, texts, typed)
    if sys.platform == "win32" or show.is_dumb(environment.get("TERM", "")):
        return _asked(choice, heading)
    try:
        handle = os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        raise NoTerminal("which profile? there is no terminal to choose one on", "assume PROFILE") from None
    try:
        return _held(handle, Frame(choice, heading, _style(environment)))
    finally:
        os.close(handle)


def _style(environment: "Mapping[str, str]") -> Style:
    names = [environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    locale = next(filter(None, names), "UTF-8").upper().replace("-", "")
    return Style(colours=not environment.get("NO_COLOR"), kept="●" if "UTF8" in locale else "*")


def _held(handle: int, frame: Frame) -> str:
    """The name that is chosen on the terminal at `handle`, which is raw meanwhile."""
    import signal
    import termios

    if suspend.is_in_background(handle):
        raise NoTerminal("this process is in the background, and cannot ask which profile", "assume PROFILE")
    try:
        before = termios.tcgetattr(handle)
    except termios.error:
        raise NoTerminal("which profile? there is no terminal to choose one on", "assume PROFILE") from None
    during = list(before)
    during[0] &= ~(termios.ICRNL | termios.IXON)
    during[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
    during[6] = list(before[6])
    during[6][termios.VMIN], during[6][termios.VTIME] = 1, 0

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    handlers = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        termios.tcsetattr(handle, termios.TCSADRAIN, during)
        ask.forget_typed(handle)
        return _chosen(handle, frame)
    except KeyboardInterrupt:
        raise Interrupted from None
    finally:
        show.write(handle, b"\r\x1b[J\x1b[?7h")
        try:
            termios.tcsetattr(handle, termios.TCSADRAIN, before)
        except termios.error:
            pass  # the terminal is gone
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _chosen(handle: int, frame: Frame) -> str:
    """Draws the first frame, then hands over to prompt_toolkit."""

    def size() -> "tuple[int, int]":
        try:
            columns, rows = os.get_terminal_size(handle)
        except OSError:
            return SIZE
        return columns or SIZE[0], rows or SIZE[1]

    drawn_at = size()
    lines, cursor = frame.lines(*drawn_at)
    text = "\x1b[?7l\r" + "\r\n".join(f"{line}\x1b[K" for line in lines) + "\x1b[J"
    up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
    show.write(handle, f"{text}{up}\r\x1b[{cursor}C".encode("utf-8", "replace"))
    gc.freeze()  # what is known of thousands of profiles stays: to collect garbage in it makes import and keys slow
    from assume.terminal import application

    with (
        open(handle, encoding="utf-8", closefd=False) as reads,
        open(handle, "w", encoding="utf-8", errors="replace", closefd=False) as writes,
    ):
        return application.chosen(reads, writes, frame, size, drawn_at)


def _asked(choice: Choice, heading: str) -> str:
    """Picks by questions: nothing can draw on a simple terminal, nor on Windows' while its output is captured."""
    while True:
        found = [choice.names[number] for number in choice.found[:ROWS]]
        for number, name in enumerate(found, 1):
            about = choice.about(name)
            words = ["PROD"] if show.is_production(name) else []
            words += [about.error] if about.error else [about.account, about.role, about.region, about.marks]
            show.say(f"{number:4}  {name}  {' '.join(filter(None, words))}".rstrip())
        show.say(f"  {len(choice.found)} of {len(choice.names)}")
        answer = ask.ask(f"{heading}its number, its name, or a part of it: ", echo=True) or ""
        if answer in choice.names:
            return answer
        if answer.isascii() and answer.isdigit() and 0 < int(answer) <= len(found):
            return found[int(answer) - 1]
        choice.search_more(len(choice.names) + 1)
        choice.type(answer)
