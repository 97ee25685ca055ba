"""A pseudo-terminal with a program in it: what is typed, what it shows as a stream and as a screen.

The mark that ends a prompt is the control sequence `ESC ] 7777 ; STATUS BEL`,
which is invisible. Tests wait for a mark, for a text or for a screen, and never
for a time.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import time
from collections.abc import Callable

import pyte
from ptyprocess import PtyProcess

PATIENCE_S = 15.0

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "ctrl-a": "\x01",
    "ctrl-c": "\x03",
    "ctrl-d": "\x04",
    "ctrl-e": "\x05",
    "ctrl-u": "\x15",
    "ctrl-z": "\x1a",
    "ctrl-\\": "\x1c",
}

MARK = re.compile(rb"\x1b\]7777;(\d+)\x07")
SEQUENCE = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: titles, our mark
    rb"|\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, moves
    rb"|\x1b[ -/]+[0-~]|\x1b[0-~]"  # the short ones
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]"
)


class TimedOut(AssertionError):
    """The terminal did not show what was waited for."""


class _Screen(pyte.Screen):
    """A screen whose answers to the shell's questions (where is the cursor?) reach the shell."""

    answer: Callable[[str], None] = staticmethod(lambda text: None)

    def write_process_input(self, data: str) -> None:
        self.answer(data)


class Terminal:
    """A program in its own terminal."""

    def __init__(self, process: PtyProcess, columns: int, lines: int) -> None:
        self.process = process
        self.screen = _Screen(columns, lines)
        self.screen.answer = self.send
        self._emulator = pyte.ByteStream(self.screen)
        self.stream = b""  # everything since the start
        self._read = 0  # how much of it `wait` and `run` have read

    def close(self) -> None:
        """Ends the shell and what runs in it. No process is left."""
        self.process.fileobj.close()  # sends a hangup to what runs there
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.process.pid, signal.SIGKILL)
            os.waitpid(self.process.pid, 0)

    def send(self, text: str | bytes) -> None:
        """Types `text` unchanged."""
        os.write(self.process.fd, text if isinstance(text, bytes) else text.encode())

    def press(self, *keys: str) -> None:
        """Presses keys by name: see KEYS."""
        self.send("".join(KEYS[key] for key in keys))

    def _pump(self, until_at: float) -> bool:
        """Reads what the terminal has. False once `until_at` (monotonic) is past or the shell has ended."""
        left_s = until_at - time.monotonic()
        if left_s <= 0 or not select.select([self.process.fd], [], [], left_s)[0]:
            return False
        try:
            got = os.read(self.process.fd, 65536)
        except OSError:
            return False
        self.stream += got
        self._emulator.feed(got)
        return bool(got)

    def drain(self) -> None:
        """Reads what has already come, without waiting."""
        while self._pump(time.monotonic() + 0.001):
            pass

    def wait(self, wanted: str | re.Pattern[bytes], timeout_s: float = PATIENCE_S) -> re.Match[bytes]:
        """Waits until the stream has `wanted` (text, or a pattern of bytes) after what was waited for before."""
        pattern = re.compile(re.escape(wanted.encode())) if isinstance(wanted, str) else wanted
        until_at = time.monotonic() + timeout_s
        while not (found := pattern.search(self.stream, self._read)):
            if not self._pump(until_at):
                raise TimedOut(f"{wanted!r} did not come; since the last wait: {self.stream[self._read :]!r}")
        self._read = found.end()
        return found

    def prompt(self, timeout_s: float = PATIENCE_S) -> int:
        """Waits for the next prompt. Returns the status that it shows."""
        return int(self.wait(MARK, timeout_s)[1])

    def passed(self) -> bytes:
        """The stream up to what was waited for last."""
        return self.stream[: self._read]

    def settle(self, wanted: Callable[[list[str]], bool], timeout_s: float = PATIENCE_S) -> list[str]:
        """Waits until `wanted` is true of the screen. Returns its rows."""
        until_at = time.monotonic() + timeout_s
        while not wanted(rows := self.rows()):
            if not self._pump(until_at):
                raise TimedOut("the screen stayed:\n" + "\n".join(rows))
        self._read = len(self.stream)
        return rows

    def shows(self, wanted: str) -> str:
        """Waits until the row of the prompt has `wanted` (a right prompt comes after the mark). Returns that row."""
        return self.settle(lambda rows: bool(rows) and wanted in rows[-1])[-1]

    def rows(self) -> list[str]:
        """The rows of the screen that hold anything, without the blanks at their ends."""
        rows = [row.rstrip() for row in self.screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed (the `echo` of stty): off only while a code is asked for."""
        return bool(self.process.getecho())
