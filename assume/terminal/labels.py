"""Lines of many commands on one terminal: each line with the label of its command, none mixed with another.

And below them one line of progress, if standard error is a terminal. In: bytes, of any thread; out: whole lines.
"""

import os
import threading
import time

from assume.errors import shown
from assume.terminal import show

PALETTE = ("36", "32", "33", "34", "35")  # digits of colours, for the labels in turn
WIDEST = 24  # columns: longer labels are not cut, but the others are not moved to the right for them
ERASE = "\r\x1b[K"
REDRAW_S = 0.1


class Labels:
    """Writes to standard output and standard error, one thread at a time."""

    def __init__(self, names: "list[str]", colours: "dict[str, str]", have: "dict[str, str]") -> None:
        self.lock = threading.RLock()
        self.is_broken = False  # standard output was closed by whoever reads it
        self._names = names
        self._colours = colours  # of a profile, as digits; "" for the next one of the palette
        has_colours = not have.get("NO_COLOR") and have.get("TERM") != "dumb"
        self._is_coloured = {handle: has_colours and show.is_terminal(handle) for handle in (1, 2)}
        self._has_progress = show.is_terminal(2) and have.get("TERM") != "dumb"
        self._progress = ""
        self._drawn_at = 0.0
        self._prefixes = {handle: self._made(handle) for handle in (1, 2)}

    def write(self, handle: int, name: str, content: bytes) -> None:
        """Writes lines of the command `name`, each behind its label; a missing last line end is added."""
        prefix = self._prefixes[handle][name]
        lines = content.removesuffix(b"\n").split(b"\n")
        self._put(handle, b"".join(prefix + line + b"\n" for line in lines))

    def say(self, text: str) -> None:
        """A message on standard error."""
        with self.lock:
            self.clear()
            show.say(text)

    def progress(self, text: str) -> None:
        """Replaces the line of progress; "" removes it. Drawn ten times a second at most."""
        with self.lock:
            if not self._has_progress:
                return
            if not text:
                self.clear()
                self._has_progress = False
            elif text != self._progress and time.monotonic() - self._drawn_at >= REDRAW_S:
                self._drawn_at = time.monotonic()
                self._progress = text
                show.stream(f"{ERASE}{text[: _columns() - 1]}\r")

    def _put(self, handle: int, content: bytes) -> None:
        with self.lock:
            self.clear()
            if not show.write(handle, content) and handle == 1:
                self.is_broken = True

    def clear(self) -> None:
        """Removes the line of progress, for something else to be written by the holder of the lock."""
        if self._progress:
            self._progress = ""
            show.stream(ERASE)

    def _made(self, handle: int) -> "dict[str, bytes]":
        """The label of each profile, padded, with its colour."""
        made = {}
        texts = {name: shown(name) for name in self._names}
        widths = {name: _width(text) for name, text in texts.items()}
        wide = max((width for width in widths.values() if width <= WIDEST), default=0)
        for number, name in enumerate(self._names):
            text = texts[name] + " " * (wide - widths[name])
            if self._is_coloured[handle]:
                digits = (
                    "1;31" if show.is_production(name) else self._colours.get(name) or PALETTE[number % len(PALETTE)]
                )
                text = f"\x1b[{digits}m{text}\x1b[0m"
            made[name] = f"{text} | ".encode("utf-8", "replace")
        return made


def _width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(mark) else 2 if east_asian_width(mark) in "WF" else 1 for mark in text)


def _columns() -> int:
    try:
        return max(os.get_terminal_size(2).columns, 20)
    except OSError:
        return 80
