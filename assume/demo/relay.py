"""Carries bytes between the user's terminal and the demo's shell on a pseudo-terminal, and shows the phone.

When the output ends in a question for the code of one of the demo's devices, the
phone's line is shown above the question, and updated until the question is
answered. Nothing is added to a program that fills the screen (an editor, tmux):
`cat ~/phone` shows the codes there.
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
    """The screen: the shell's output, and the phone's line above a question."""

    def __init__(self, phone: Phone, columns: Callable[[], int], *, dumb: bool, plain: bool) -> None:
        self.phone = phone
        self.columns = columns
        self.dumb = dumb  # the terminal cannot move the cursor up
        self.plain = plain  # no colours
        self.full_screen = False
        self._row = b""  # the text of the last row
        self._question: tuple[str, bytes] | None = None  # the device's serial, the text of the question
        self._line = ""

    def show(self, output: bytes, now: float) -> None:
        """Shows output of the shell."""
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
        """Updates the line above an open question."""
        if self._question and not self.dumb and self.phone.line(self._question[0], now) != self._line:
            self._draw(now, again=True)

    def _draw(self, now: float, *, again: bool) -> None:
        """Draws the phone's line and the question below it. `again`: over the line that was drawn before."""
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
    """Lines and columns of the user's terminal."""
    columns, lines = os.get_terminal_size(SCREEN)
    return lines or 24, columns or 80


def attributes() -> list[Any]:
    """The settings of the user's terminal, such as the key that erases."""
    return termios.tcgetattr(KEYBOARD)


def run(process: "subprocess.Popen[bytes]", ours: int, phone: Phone) -> None:
    """Carries bytes until the shell ends, and then restores the user's terminal, also after an exception."""
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
            return  # a background process still holds the terminal open
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
    """The bytes that have arrived; b"" if the other end was closed."""
    try:
        return os.read(handle, 65536)
    except OSError:
        return b""
