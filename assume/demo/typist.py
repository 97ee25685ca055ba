"""Types lines into a shell and reads the output, for the tour. POSIX only.

In: a line, and the answers to its questions. Out: the output, the number of
questions, the status. The shell's prompt ends in the mark of `home.write_rc_files`,
which shows that a command has ended, so nothing here sleeps. A question for which
there is no answer is ended by Ctrl-C; it counts as a question.
"""

import os
import re
import select
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from assume.demo import pseudo_terminal

PATIENCE_S = 60
SIZE = (50, 240)  # so wide that no line wraps
MARK = re.compile(rb"\x1b\]7777;(\d+)\x07")
QUESTION = re.compile(rb"(?:MFA code for|is guarded|Press Enter)[^\r\n]*: \Z")
SEQUENCE = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b[ -/]+[0-~]|\x1b[0-~]|[\x00-\x08]"
)
REPLIES = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62c", b"\x1b[0c": b"\x1b[?62c"}  # to queries of shells


Answer = Callable[[], str]  # called when the question appears: a code is good for half a minute only


class NoPrompt(Exception):
    """The shell did not return to its prompt in time; the text is its output."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The result of one line: the prompt before it, its output, the number of questions, its status."""

    prompt: str
    text: str
    asked: int
    status: int


class Typist:
    """One shell on its own pseudo-terminal."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], folder: Path) -> None:
        self._process, self._ours = pseudo_terminal.start(words, environment, folder, SIZE)
        self.prompt = ""
        try:
            self._until_prompt(())
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the shell, with `exit` first: a PowerShell that is killed leaves files in the temporary folder."""
        with suppress(OSError, subprocess.TimeoutExpired):
            os.write(self._ours, b"exit\r")
            self._process.wait(pseudo_terminal.PATIENCE_S)
        pseudo_terminal.end(self._process, self._ours)

    def type(self, line: str, answers: Sequence[Answer] = ()) -> Seen:
        """Types `line` and Enter, and answers each question with the next of `answers`."""
        prompt = self.prompt
        os.write(self._ours, line.encode() + b"\r")
        shown, asked, status = self._until_prompt(answers)
        return Seen(prompt, shown.partition("\n")[2], asked, status)  # the first row is the echo of the line

    def _until_prompt(self, answers: Sequence[Answer]) -> tuple[str, int, int]:
        stream, asked, waiting = b"", 0, list(answers)
        ends_at = time.monotonic() + PATIENCE_S
        while not (found := MARK.search(stream)):
            stream += self._more(ends_at, stream)
            if QUESTION.search(stream):
                asked += 1
                stream += self._answer(waiting)
        shown, _, self.prompt = _plain(stream[: found.start()]).rpartition("\n")
        return shown, asked, int(found[1])

    def _more(self, ends_at: float, before: bytes) -> bytes:
        left_s = ends_at - time.monotonic()
        ready, _, _ = select.select([self._ours], [], [], max(left_s, 0))
        try:
            more = os.read(self._ours, 65536) if ready else b""
        except OSError:
            more = b""  # the shell has ended
        if not more:
            raise NoPrompt(_plain(before))
        for asked, reply in REPLIES.items():
            if asked in more:
                os.write(self._ours, reply)
        return more

    def _answer(self, waiting: list[Answer]) -> bytes:
        """Answers a question. Returns the text to add to the output, because the terminal may not echo the answer."""
        if not waiting:
            os.write(self._ours, b"\x03")
            return b"\n"
        answer = waiting.pop(0)().encode()
        is_shown = termios.tcgetattr(self._ours)[3] & termios.ECHO
        os.write(self._ours, answer + b"\r")
        return b"\0" if is_shown else answer


def _plain(stream: bytes) -> str:
    """The text that is on the screen at the end: of a row that was drawn several times, the last drawing."""
    rows = SEQUENCE.sub(b"", stream).decode(errors="replace").split("\n")
    return "\n".join(row.rstrip("\r").rpartition("\r")[2] for row in rows)
