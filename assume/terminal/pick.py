"""Choosing a profile on the terminal: type a part of its name, and press Enter for the marked one.

In: (name, description) pairs; out: a name. It draws on the terminal itself, never
on standard output. Production profiles are red and carry the word PROD.
"""

import os
import sys

from assume import errors
from assume.errors import Interrupted, NoTerminal
from assume.terminal import ask, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from prompt_toolkit.formatted_text import StyleAndTextTuples
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

ROWS = 12


def pick(profiles: "Sequence[tuple[str, str]]", heading: str = "profile: ") -> str:
    """The chosen name; `heading` comes before the typed text. Raises NoTerminal; Interrupted at Ctrl-C or Escape."""
    if sys.platform == "win32":
        return _asked(profiles, heading)
    from prompt_toolkit.application import Application
    from prompt_toolkit.buffer import Buffer
    from prompt_toolkit.input import create_input
    from prompt_toolkit.layout import BufferControl, FormattedTextControl, HSplit, Layout, VSplit, Window
    from prompt_toolkit.output import create_output

    os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")  # not every terminal answers this query

    try:
        reads, writes = open("/dev/tty"), open("/dev/tty", "w")  # noqa: SIM115  closed below, after the picker
    except OSError:
        raise NoTerminal("which profile? there is no terminal to choose one on", "assume PROFILE") from None
    with reads, writes:
        choice = Choice(profiles)
        buffer = Buffer(on_text_changed=lambda changed: choice.narrow(changed.text))
        rows = Window(FormattedTextControl(choice.rows), height=min(ROWS, len(profiles)) + 1)
        line = VSplit(
            [Window(FormattedTextControl(heading), width=len(heading)), Window(BufferControl(buffer), height=1)]
        )
        application: Application[str] = Application(
            Layout(HSplit([line, rows])),
            key_bindings=_keys(choice),
            input=create_input(reads),
            output=create_output(writes),
            erase_when_done=True,
        )
        try:
            return application.run()
        except (KeyboardInterrupt, EOFError):
            raise Interrupted from None


class Choice:
    """The profiles that match the typed text, and the marked one."""

    def __init__(self, profiles: "Sequence[tuple[str, str]]") -> None:
        self.profiles = profiles
        self.found = list(profiles)
        self.at = 0

    def narrow(self, typed: str) -> None:
        """Keeps the profiles with every word of `typed` in name or description; names that start with it come first."""
        parts = typed.casefold().split()
        found = [pair for pair in self.profiles if all(part in " ".join(pair).casefold() for part in parts)]
        self.found = sorted(found, key=lambda pair: not pair[0].casefold().startswith(typed.casefold()))
        self.at = 0

    def move(self, by: int) -> None:
        """Moves the mark up or down, as far as the ends."""
        self.at = max(0, min(self.at + by, len(self.found) - 1))

    def rows(self) -> "StyleAndTextTuples":
        """The text to draw: the part of the list around the mark."""
        first = max(0, self.at - ROWS + 1)
        lines: StyleAndTextTuples = []
        for at, (name, description) in list(enumerate(self.found))[first : first + ROWS]:
            style = "reverse" if at == self.at else ""
            if show.is_production(name):
                style += " fg:ansired bold"
                description = f"PROD  {description}"
            lines.append((style, f"  {errors.shown(name)}"))
            lines.append(("fg:ansibrightblack", f"  {errors.shown(description)}\n"))
        lines.append(("", f"  {len(self.found)} of {len(self.profiles)}"))
        return lines


def _asked(profiles: "Sequence[tuple[str, str]]", heading: str) -> str:
    """Picks by questions: nothing can draw on the Windows console while standard output is captured."""
    choice = Choice(profiles)
    while True:
        shown = choice.found[:ROWS]
        for number, (name, description) in enumerate(shown, 1):
            word = "PROD  " if show.is_production(name) else ""
            show.say(f"{number:4}  {name}  {word}{description}")
        show.say(f"  {len(choice.found)} of {len(profiles)}")
        answer = ask.ask(f"{heading}its number, its name, or a part of it: ", echo=True) or ""
        if any(answer == name for name, _ in profiles):
            return answer
        if answer.isascii() and answer.isdigit() and 0 < int(answer) <= len(shown):
            return shown[int(answer) - 1][0]
        choice.narrow(answer)


def _keys(choice: Choice) -> "KeyBindings":
    from prompt_toolkit.key_binding import KeyBindings

    keys = KeyBindings()

    @keys.add("up")
    @keys.add("c-p")
    def _up(_: "KeyPressEvent") -> None:
        choice.move(-1)

    @keys.add("down")
    @keys.add("c-n")
    @keys.add("tab")
    def _down(_: "KeyPressEvent") -> None:
        choice.move(1)

    @keys.add("enter")
    def _take(event: "KeyPressEvent") -> None:
        if choice.found:
            event.app.exit(result=choice.found[choice.at][0])

    @keys.add("c-c")
    @keys.add("c-d")
    @keys.add("escape", eager=True)
    def _leave(event: "KeyPressEvent") -> None:
        event.app.exit(exception=KeyboardInterrupt)

    return keys
