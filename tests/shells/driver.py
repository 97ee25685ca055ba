"""One real shell in a pseudo-terminal, driven as a user drives it.

In: a home folder, an environment, the text of the rc file. Out: what the
terminal showed (as a stream and as a screen), statuses, the environment.

A driver is a subclass of `Shell`, one per shell, each in its own file: how the
shell is started, where its rc file is, how to write a handful of statements in
its language. Cases use only the methods of this file.

Every prompt ends in a mark (see terminal.py). `run` types a line and waits for
the next mark, so nothing here sleeps. A shell that redraws its prompt by itself
(a list of completions, a resize) sends the mark again: wait for the screen
(`settle`) before the next `run`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, NamedTuple, Self

from ptyprocess import PtyProcess

from .terminal import PATIENCE_S, SEQUENCE, Terminal

ROOT = Path(__file__).resolve().parents[2]

PROMPT = re.compile(r"(\[.*\] )?\$ $")  # the drivers' own, and the segment before it

# Set by the shell or by our way of reading the environment, not by what is tested.
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


class Shell(Terminal):
    """A shell that is running, and its language. Subclasses fill in the second half."""

    name: ClassVar[str]
    columns: ClassVar[int] = 160  # so wide that no typed line wraps: `run` counts on it
    lines: ClassVar[int] = 40
    interrupted: ClassVar[int] = 130  # the status after Ctrl-C at a question

    def __init__(self, process: PtyProcess, home: Path, columns: int, lines: int) -> None:
        super().__init__(process, columns, lines)
        self.home = home

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
        """Starts the shell and waits for its first prompt. `rc` goes into the rc file, after the driver's own lines."""
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

    # -- commands -----------------------------------------------------------

    def run(self, line: str, timeout_s: float = PATIENCE_S) -> Seen:
        """Types one line and Enter. Returns what the terminal showed until the next prompt, and the status there."""
        self.drain()
        self._read = start = len(self.stream)
        self.send(line + "\r")
        status = self.prompt(timeout_s)
        return Seen(self.shown(start, self._read), status)

    def shown(self, start: int, end: int | None = None) -> str:
        """What was shown after Enter, without the prompt: the stream after the first newline from `start` on."""
        text = SEQUENCE.sub(b"", self.stream[start:end]).decode(errors="replace").replace("\r\n", "\n")
        _, _, behind = text.partition("\n")
        output, _, last = behind.rpartition("\n")
        output += "\n" + PROMPT.sub("", last)  # an output without a final newline
        return "\n".join(row.rpartition("\r")[2] for row in output.split("\n")).strip("\n")

    def apart(self, line: str, timeout_s: float = PATIENCE_S) -> Apart:
        """Runs one line with both streams of the whole line sent to files."""
        out, err = self.home / ".out", self.home / ".err"
        status = self.run(self.redirected(line, out, err), timeout_s).status
        return Apart(os.fsdecode(out.read_bytes()), os.fsdecode(err.read_bytes()), status)

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

    # -- what each driver defines -------------------------------------------

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
        """What the shell starts with: nothing from the user who runs the tests."""
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
        """`line` with its stdout and stderr going to two files."""
        raise NotImplementedError

    @classmethod
    def segment(cls, to: Path) -> str:
        """A statement that writes the prompt segment, as a user would place it, to a file."""
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
