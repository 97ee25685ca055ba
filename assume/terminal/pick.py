"""Choosing a profile at the terminal: type words to filter, move the bar, press Enter. Esc leaves all as it was.

In: names, what is known about each, where typing starts; out: a name. It draws on the terminal itself, below the
prompt, never on standard output, and takes away what it has drawn.

It reads and draws by itself: `import prompt_toolkit` alone takes 14 starts of an interpreter (220 ms where one takes
15 ms), and the first frame of 10,000 profiles is to be there sooner.
"""

import os
import sys
import time

from assume.errors import Interrupted, NoTerminal
from assume.terminal import ask, keys, show, suspend
from assume.terminal.filter import About, Choice
from assume.terminal.frame import ROWS, Frame, Style

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ESCAPE_S = 0.05  # an ESC that nothing follows for so long is the key
SLICE = 40  # texts that are read between two looks at the keyboard: a few milliseconds
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
        return _Screen(handle, Frame(choice, heading, _style(environment))).run()
    finally:
        os.close(handle)


def _style(environment: "Mapping[str, str]") -> Style:
    names = [environment.get(name, "") for name in ("LC_ALL", "LC_CTYPE", "LANG")]
    locale = next(filter(None, names), "UTF-8").upper().replace("-", "")
    return Style(colours=not environment.get("NO_COLOR"), kept="●" if "UTF8" in locale else "*")


class _Screen:
    """The terminal while the picker has it: raw input, and the frame below the line of the cursor."""

    def __init__(self, handle: int, frame: Frame) -> None:
        self.handle = handle
        self.frame = frame
        self.choice = frame.choice
        self.is_indexed = False
        self.wake = os.pipe()  # written to by the signal that the terminal has another size

    def run(self) -> str:
        import signal
        import termios

        if suspend.is_in_background(self.handle):
            raise NoTerminal("this process is in the background, and cannot ask which profile", "assume PROFILE")
        try:
            before = termios.tcgetattr(self.handle)
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
        handlers[signal.SIGWINCH] = signal.signal(signal.SIGWINCH, lambda *_: os.write(self.wake[1], b"w"))
        try:
            termios.tcsetattr(self.handle, termios.TCSADRAIN, during)
            ask.forget_typed(self.handle)
            self.draw()
            return self.chosen()
        except KeyboardInterrupt:
            raise Interrupted from None
        finally:
            show.write(self.handle, b"\r\x1b[J\x1b[?7h")
            termios.tcsetattr(self.handle, termios.TCSADRAIN, before)
            for number, handler in handlers.items():
                signal.signal(number, handler)
            for each in self.wake:
                os.close(each)

    def chosen(self) -> str:
        """The name that Enter takes."""
        sent = b""
        while True:
            sent = self.more(sent)
            pressed, sent = keys.read(sent)
            if sent == b"\x1b" and not self.is_ready(ESCAPE_S):
                pressed, sent = [*pressed, "leave"], b""
            for key in pressed:
                if key == "enter" and self.choice.chosen is None:
                    self.choice.search_more(len(self.choice.names) + 1)  # what was typed may be an account or a role
                if key == "enter" and self.choice.chosen is not None:
                    return self.choice.chosen
                self.press(key)
            if pressed:
                self.draw()

    def more(self, sent: bytes) -> bytes:
        """`sent` and what the terminal sends next. While nothing comes, the texts are read that are to be searched."""
        while not self.is_ready(None if self.is_indexed else 0):
            if not self.choice.search_more(SLICE):
                self.is_indexed = True
                if self.choice.typed:
                    self.draw()
        try:
            received = os.read(self.handle, 4096)
        except OSError:
            received = b""
        if not received:
            raise Interrupted  # the terminal is gone
        return sent + received

    def is_ready(self, seconds: float | None) -> bool:
        """Whether something was typed. Draws again if the terminal has got another size."""
        from select import select

        until = None if seconds is None else time.monotonic() + seconds
        while True:
            left_s = None if until is None else max(until - time.monotonic(), 0)
            ready, _, _ = select([self.handle, self.wake[0]], [], [], left_s)
            if self.wake[0] not in ready:
                return bool(ready)
            os.read(self.wake[0], 100)
            self.draw()

    def press(self, key: str) -> None:
        choice = self.choice
        steps = {"up": -1, "down": 1, "page up": -ROWS, "page down": ROWS, "first": -len(choice.names)}
        steps["last"] = len(choice.names)
        if key == "leave":
            raise Interrupted
        if key in steps:
            choice.move(steps[key])
        elif key == "erase":
            choice.type(choice.typed[:-1])
        elif key == "erase word":
            choice.type(choice.typed.rstrip().rpartition(" ")[0])
        elif key == "erase all":
            choice.type("")
        elif len(key) == 1:
            choice.type(choice.typed + key)

    def draw(self) -> None:
        """Draws the frame over the one before it; the cursor stays in its first line."""
        try:
            columns, rows = os.get_terminal_size(self.handle)
        except OSError:
            columns, rows = SIZE
        lines, cursor = self.frame.lines(columns or SIZE[0], rows or SIZE[1])
        text = "\x1b[?7l\r" + "\r\n".join(f"{line}\x1b[K" for line in lines) + "\x1b[J"
        up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
        show.write(self.handle, f"{text}{up}\r\x1b[{cursor}C".encode("utf-8", "replace"))


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
