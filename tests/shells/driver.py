"""One real shell in a pseudo-terminal, driven the way a person drives it.

In: a home folder, an environment, the text of the rc file. Out: what the
terminal showed (as a stream and as a screen), statuses, the environment.

A driver is a subclass of `Shell`, one per shell, in a file of its own: it says
how the shell is started, where its rc file is and how to write a handful of
statements in its language. Cases use nothing but what stands here.

Every prompt ends in a mark that no eye sees: the control sequence
`ESC ] 7777 ; STATUS BEL`. `run` types a line and waits for the next mark, so
nothing here sleeps. A shell that redraws its prompt by itself (a list of
completions, a resize) sends the mark again: wait for the screen (`settle`)
before the next `run`.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

import pyte
from ptyprocess import PtyProcess

ROOT = Path(__file__).resolve().parents[2]
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
}

MARK = re.compile(rb"\x1b\]7777;(\d+)\x07")
SEQUENCE = re.compile(
    rb"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC: titles, our mark
    rb"|\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, moves
    rb"|\x1b[ -/]+[0-~]|\x1b[0-~]"  # the short ones
    rb"|[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]"
)

PROMPT = re.compile(r"(\[.*\] )?\$ $")  # the drivers' own, and the segment before it

# Set by the shell or by the way it is asked, not by what is tested.
OF_THE_SHELL = frozenset({"_", "SHLVL", "PWD", "OLDPWD", "COLUMNS", "LINES"})


class Seen(NamedTuple):
    """What one line showed on the terminal (control sequences taken out), and its status."""

    text: str
    status: int


class Apart(NamedTuple):
    """As `Seen`, with the two streams of one line kept apart."""

    stdout: str
    stderr: str
    status: int


class TimedOut(AssertionError):
    """The terminal did not show what was waited for."""


class _Screen(pyte.Screen):
    """A screen whose answers to the shell's questions (where is the cursor?) reach the shell."""

    answer: Callable[[str], None] = staticmethod(lambda text: None)

    def write_process_input(self, data: str) -> None:
        self.answer(data)


class Shell:
    """A shell that is running, and its language. Subclasses fill in the second half."""

    name: ClassVar[str]
    columns: ClassVar[int] = 160  # so wide that no typed line wraps: `run` counts on it
    lines: ClassVar[int] = 40

    def __init__(self, process: PtyProcess, home: Path, columns: int, lines: int) -> None:
        self.process = process
        self.home = home
        self.screen = _Screen(columns, lines)
        self.screen.answer = self.send
        self._emulator = pyte.ByteStream(self.screen)
        self.stream = b""  # everything since the start
        self._read = 0  # how much of it `wait` and `run` have passed

    # -- life ---------------------------------------------------------------

    @classmethod
    def spawn(
        cls,
        home: Path,
        env: Mapping[str, str] | None = None,
        *,
        rc: str = "",
        arguments: Sequence[str] = (),
        columns: int | None = None,
        lines: int | None = None,
        wait: bool = True,
    ) -> Self:
        """Start the shell at its first prompt. `rc` stands in the rc file, behind the driver's own lines."""
        columns, lines = columns or cls.columns, lines or cls.lines
        cls.write_rc(home, rc)
        process = PtyProcess.spawn(
            [*cls.command(), *arguments],
            cwd=str(home),
            env={**cls.base_environment(home), **(env or {})},
            dimensions=(lines, columns),
        )
        shell = cls(process, home, columns, lines)
        if wait:
            shell.prompt()
        return shell

    def close(self) -> None:
        """End the shell and what runs in it. Nothing is left behind."""
        self.process.fileobj.close()  # hangs up on whatever runs there
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.process.pid, signal.SIGKILL)
            os.waitpid(self.process.pid, 0)

    # -- terminal -----------------------------------------------------------

    def send(self, text: str | bytes) -> None:
        """Type `text` as it is."""
        os.write(self.process.fd, text if isinstance(text, bytes) else text.encode())

    def press(self, *keys: str) -> None:
        """Press keys by name: see KEYS."""
        self.send("".join(KEYS[key] for key in keys))

    def _pump(self, until_at: float) -> bool:
        """Take in what the terminal has; False once `until_at` (monotonic) is over or the shell has ended."""
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
        """Take in what has already come, and wait for nothing."""
        while self._pump(time.monotonic() + 0.001):
            pass

    def wait(self, wanted: str | re.Pattern[bytes], timeout_s: float = PATIENCE_S) -> re.Match[bytes]:
        """Wait until the stream has `wanted` (text, or a pattern over bytes) behind what was waited for before."""
        pattern = re.compile(re.escape(wanted.encode())) if isinstance(wanted, str) else wanted
        until_at = time.monotonic() + timeout_s
        while not (found := pattern.search(self.stream, self._read)):
            if not self._pump(until_at):
                raise TimedOut(f"{wanted!r} did not come; since the last wait: {self.stream[self._read :]!r}")
        self._read = found.end()
        return found

    def prompt(self, timeout_s: float = PATIENCE_S) -> int:
        """Wait for the next prompt: the status that it shows."""
        return int(self.wait(MARK, timeout_s)[1])

    def settle(self, wanted: Callable[[list[str]], bool], timeout_s: float = PATIENCE_S) -> list[str]:
        """Wait until the screen is as `wanted` says: its rows."""
        until_at = time.monotonic() + timeout_s
        while not wanted(rows := self.rows()):
            if not self._pump(until_at):
                raise TimedOut("the screen stayed:\n" + "\n".join(rows))
        self._read = len(self.stream)
        return rows

    def shows(self, wanted: str) -> str:
        """Wait until the row of the prompt has `wanted` (a right prompt comes behind the mark): that row."""
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

    # -- commands -----------------------------------------------------------

    def run(self, line: str, timeout_s: float = PATIENCE_S) -> Seen:
        """Type one line and Enter; what the terminal showed until the next prompt, and the status there."""
        self.drain()
        self._read = start = len(self.stream)
        self.send(line + "\r")
        status = self.prompt(timeout_s)
        return Seen(self.shown(start, self._read), status)

    def shown(self, start: int, end: int | None = None) -> str:
        """The stream behind the first new line from `start` on: what was shown after Enter. The last row is the prompt."""
        text = SEQUENCE.sub(b"", self.stream[start:end]).decode(errors="replace").replace("\r\n", "\n")
        _, _, behind = text.partition("\n")
        output, _, last = behind.rpartition("\n")
        output += "\n" + PROMPT.sub("", last)  # an output without a final newline
        return "\n".join(row.rpartition("\r")[2] for row in output.split("\n")).strip("\n")

    def apart(self, line: str, timeout_s: float = PATIENCE_S) -> Apart:
        """Run one line with both streams of the whole line sent to files."""
        out, err = self.home / ".out", self.home / ".err"
        status = self.run(self.redirected(line, out, err), timeout_s).status
        return Apart(out.read_text(), err.read_text(), status)

    def environment(self) -> dict[str, str]:
        """What a child of the shell sees, without the shell's own variables."""
        to = self.home / ".env"
        to.unlink(missing_ok=True)
        self.run(f"/bin/sh -c 'env -0 >{to}'")
        pairs = (pair.split("=", 1) for pair in os.fsdecode(to.read_bytes()).split("\0") if "=" in pair)
        return {name: value for name, value in pairs if name not in OF_THE_SHELL}

    def load(self, text: str) -> Seen:
        """Source `text` in the running shell, as a line of an rc file would."""
        to = self.home / f".load.{self.name}"
        to.write_text(text)
        return self.run(self.source(to))

    # -- what each driver says of its shell ---------------------------------

    @classmethod
    def command(cls) -> list[str]:
        """The words that start it on a terminal, reading only the rc file of `write_rc`."""
        raise NotImplementedError

    @classmethod
    def absent(cls) -> str | None:
        """Why it cannot run here, or None."""
        raise NotImplementedError

    @classmethod
    def write_rc(cls, home: Path, rc: str) -> None:
        """Write the rc file: the driver's own lines (prompt `$ ` and the mark), then `rc`."""
        raise NotImplementedError

    @classmethod
    def base_environment(cls, home: Path) -> dict[str, str]:
        """What the shell starts with: nothing of the person who runs the tests."""
        return {
            "HOME": str(home),
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "USER": "tester",
        }

    @classmethod
    def files(cls) -> list[Path]:
        """The integration's files, in the order in which `assume init` prints them."""
        raise NotImplementedError

    @classmethod
    def block(cls, program: Sequence[str], script: str, commands: Sequence[str], prompt: bool) -> str:
        """The filled-in block in this shell's language, without its marker lines."""
        raise NotImplementedError

    @classmethod
    def quote(cls, text: str) -> str:
        """`text` as one word."""
        raise NotImplementedError

    @classmethod
    def export(cls, name: str, value: str) -> str:
        """A statement that sets an environment variable."""
        raise NotImplementedError

    @classmethod
    def unset(cls, name: str) -> str:
        """A statement that removes an environment variable."""
        raise NotImplementedError

    @classmethod
    def assign(cls, name: str, value: str) -> str:
        """A statement that sets a variable of the shell that children do not see."""
        raise NotImplementedError

    @classmethod
    def write_variable(cls, name: str, to: Path) -> str:
        """A statement that writes a variable of the shell to a file, bytes as they are ("" if unset)."""
        raise NotImplementedError

    @classmethod
    def source(cls, path: Path) -> str:
        """A statement that runs the file in this shell."""
        raise NotImplementedError

    @classmethod
    def redirected(cls, line: str, out: Path, err: Path) -> str:
        """`line` with all that it says on stdout and stderr going to two files."""
        raise NotImplementedError

    @classmethod
    def segment(cls, to: Path) -> str:
        """A statement that writes the prompt segment, as a person would place it, to a file."""
        raise NotImplementedError

    def variable(self, name: str) -> str:
        """A variable of the shell, exported or not; "" if it is not set."""
        to = self.home / ".variable"
        to.unlink(missing_ok=True)
        self.run(self.write_variable(name, to))
        return os.fsdecode(to.read_bytes())


def integration(
    shell: type[Shell],
    program: Sequence[str],
    script: str = "assume",
    commands: Sequence[str] = (),
    prompt: bool = False,
) -> str:
    """What `assume init` prints: the shell's files with the block filled in."""
    text = "".join(path.read_text(encoding="utf-8") for path in shell.files())
    start = f"# --- filled in by `assume init {shell.name}` ---\n"
    head, found, rest = text.partition(start)
    _, end, tail = rest.partition("# --- end ---\n")
    if not (found and end):
        raise AssertionError(f"{shell.files()[0].name} has no block to fill in")
    return head + start + shell.block(program, script, commands, prompt).rstrip("\n") + "\n" + end + tail
