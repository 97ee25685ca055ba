"""The person's terminal in front, the demo's shell on a pseudo-terminal behind: bytes both ways, and the phone.

Where the shell's terminal ends in a question for the code of one of the demo's
devices, the phone's line is put above it, and kept at what the device shows
until the question is answered. A program that fills the screen (an editor, tmux)
is left alone: `cat ~/phone` has the codes there.
"""

import os
import re
import select
import signal
import subprocess
import termios
import time
import tty
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from assume.demo import pseudo_terminal
from assume.demo.phone import Phone
from assume.terminal import show

KEYBOARD, SCREEN = 0, 1
TICK_S = 0.5
LONGEST_QUESTION = 400
LABEL = " phone   "
FULL_SCREEN = re.compile(rb"\x1b\[\?(?:1049|1047|47)([hl])")


class View:
    """What the person sees: the shell's output, and the phone's line above a question."""

    def __init__(self, phone: Phone, columns: Callable[[], int], *, dumb: bool, plain: bool) -> None:
        self.phone = phone
        self.columns = columns
        self.dumb = dumb  # a terminal that cannot go up a line
        self.plain = plain  # no colours
        self.full_screen = False
        self._row = b""  # what stands in the last row
        self._question: tuple[str, bytes] | None = None  # the device, the question as it stands there
        self._line = ""

    def show(self, output: bytes, now: float) -> None:
        """Output of the shell's terminal."""
        self._question = None
        show.write(SCREEN, output)
        seen = FULL_SCREEN.findall(self._row + output)
        if seen:
            self.full_screen = seen[-1] == b"h"
        self._row = re.split(rb"[\r\n]", self._row + output)[-1][-LONGEST_QUESTION:]
        if self.full_screen or b"MFA code for " not in self._row or not self._row.endswith(b": "):
            return
        for serial in self.phone.serials:
            if serial.encode() in self._row:
                self._question = (serial, self._row)
                self._draw(now, again=False)

    def tick(self, now: float) -> None:
        """Time has gone by: the line above an open question says what the device shows now."""
        if self._question and not self.dumb and self.phone.line(self._question[0], now) != self._line:
            self._draw(now, again=True)

    def _draw(self, now: float, *, again: bool) -> None:
        """The phone's line, and the question again under it; `again`: over the line that stands there already."""
        if self._question is None:
            return
        serial, question = self._question
        rows = self._rows(question.decode(errors="replace")) - 1 + (self._rows(LABEL + self._line) if again else 0)
        self._line = self.phone.line(serial, now)
        code, _, rest = self._line.partition("  ")
        line = f"{LABEL}{self._line}" if self.plain else f"\x1b[7m{LABEL[:-2]}\x1b[0m  \x1b[1m{code}\x1b[0m  {rest}"
        back = b"\r\n" if self.dumb else b"\r" + (b"\x1b[%dA" % rows if rows else b"") + b"\x1b[J"
        show.write(SCREEN, back + line.encode() + b"\r\n" + question)

    def _rows(self, text: str) -> int:
        return (len(text) - 1) // max(self.columns(), 1) + 1


def size() -> tuple[int, int]:
    """Lines and columns of the person's terminal."""
    columns, lines = os.get_terminal_size(SCREEN)
    return lines or 24, columns or 80


def attributes() -> list[Any]:
    """How the person's terminal is set: which key erases, and the like."""
    return termios.tcgetattr(KEYBOARD)


def run(process: "subprocess.Popen[bytes]", ours: int, phone: Phone) -> None:
    """Stands between until the shell ends; the person's terminal is as it was then, however it ends."""
    before = attributes()
    view = View(
        phone,
        lambda: size()[1],
        dumb=os.environ.get("TERM", "dumb") == "dumb",
        plain=bool(os.environ.get("NO_COLOR")),
    )

    def resized(_number: int, _frame: object) -> None:
        with suppress(OSError):
            pseudo_terminal.resize(ours, size())

    replaced = signal.signal(signal.SIGWINCH, resized)
    try:
        tty.setraw(KEYBOARD, termios.TCSANOW)
        os.set_blocking(ours, False)
        _carry(process, ours, view)
    finally:
        with suppress(termios.error):
            termios.tcsetattr(KEYBOARD, termios.TCSANOW, before)
        signal.signal(signal.SIGWINCH, replaced)


def _carry(process: "subprocess.Popen[bytes]", ours: int, view: View) -> None:
    typed = b""
    while True:
        readable, writable, _ = select.select([KEYBOARD, ours], [ours] if typed else [], [], TICK_S)
        if ours in readable:
            output = _read(ours)
            if not output:
                return
            view.show(output, time.time())
        elif process.poll() is not None:
            return  # something that was left in the background keeps the terminal open
        if KEYBOARD in readable:
            more = _read(KEYBOARD)
            if not more:
                return
            typed += more
        if writable:
            with suppress(BlockingIOError):
                typed = typed[os.write(ours, typed) :]
        view.phone.show(time.time())
        view.tick(time.time())


def _read(handle: int) -> bytes:
    """What has come; b"" once the other end has gone."""
    try:
        return os.read(handle, 65536)
    except OSError:
        return b""
