"""Figures of what a person looks at, with 10,000 profiles: `list`, `--help`, the picker on a terminal of 80 columns."""

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Sequence
from functools import partial
from statistics import median

from .fixture import FEW, MANY, Fixture, Home
from .measure import CPU, Case, Row, answer, in_turn, process, row
from .rows import warm_up

LINES, COLUMNS = 24, 80
KEYS = [b"0", b"0", b"1", b"\x7f", b" role", b"\x1b[B", b"\x1b[6~", b"\x15"]  # what is typed, one after the other
DRAWN = b"\x1b[?25h"  # prompt_toolkit ends each drawing so: it shows the cursor again
END_S = 30.0


class Terminal:
    """A program on a terminal, its standard output in a pipe if the shell function would capture it."""

    def __init__(self, words: Sequence[str], home: Home, *, captured: bool) -> None:
        self.started = time.perf_counter()
        self.pid, self.handle = pty.fork()
        if not self.pid:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            if captured:
                os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.execve(words[0], list(words), home.env)

    def until(self, text: bytes) -> float:
        """The seconds until `text` is on the terminal; with "" until the program ends."""
        seen = b""
        started = time.perf_counter()
        while not text or text not in seen:
            if not select.select([self.handle], [], [], END_S)[0]:
                raise SystemExit(f"bench: {text.decode()} is not on the screen after {END_S:g} s")
            try:
                seen += os.read(self.handle, 1 << 16)
            except OSError:
                break  # the program has ended
        return time.perf_counter() - started

    def rest(self) -> None:
        """Reads what is still drawn, until nothing comes for 50 ms."""
        while select.select([self.handle], [], [], 0.05)[0]:
            os.read(self.handle, 1 << 16)

    def taken_s(self) -> float:
        """The seconds since the start; with BENCH_CPU the processor time, in steps of 10 ms."""
        if not CPU:
            return time.perf_counter() - self.started
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> float:
        """Waits for the end. Returns the seconds since the start, or the processor time."""
        os.close(self.handle)
        _, _, usage = os.wait4(self.pid, 0)
        return usage.ru_utime + usage.ru_stime if CPU else time.perf_counter() - self.started


def listed(fixture: Fixture, home: Home) -> float:
    """The seconds of `assume list` on a terminal, to its last line."""
    terminal = Terminal([fixture.program.script, "list"], home, captured=False)
    terminal.until(b"")
    return terminal.close()


def picked(fixture: Fixture, home: Home) -> tuple[float, float, list[float]]:
    """The seconds until the picker's first frame is on the terminal, from then until keys are read, and of each key."""
    terminal = Terminal(fixture.program.fast("use", "--shell", "bash", "--state", ""), home, captured=True)
    terminal.until(b" of 10,000 ")
    first = terminal.taken_s()
    until_keys = terminal.until(DRAWN)
    keys = []
    for key in KEYS:
        terminal.rest()
        os.write(terminal.handle, key)
        keys.append(terminal.until(DRAWN))
    os.write(terminal.handle, b"\x03")
    terminal.until(b"")
    terminal.close()
    return first, until_keys, keys


def look(fixture: Fixture, runs: int) -> list[Row]:
    """`list`, `--help` and the picker."""
    script, home = fixture.program.script, fixture.homes[MANY]
    warm_up(fixture, home)
    for words, count in ((["list"], MANY), (["list", "team-0012*"], 10)):
        if len(answer([script, *words], home.env, str(fixture.folder)).splitlines()) != count:
            raise SystemExit(f"bench: {' '.join(words)} does not list {count} profiles")
    cases: dict[str, Case] = {
        "bare": lambda: process(fixture.program.bare, fixture.homes[FEW].env),
        "help": lambda: process([script, "--help"], home.env),
        "pipe": lambda: process([script, "list"], home.env),
        "terminal": partial(listed, fixture, home),
        "pattern": lambda: process([script, "list", "team-0012*"], home.env),
    }
    seconds = in_turn(cases, max(runs // 3, 3))
    frames = [picked(fixture, home) for _ in range(max(runs // 3, 3) + 1)][1:]
    keys = [max(pressed) for _, _, pressed in frames]
    return [
        row("assume --help", seconds, "help", 25),
        milliseconds("list in a pipe, 10,000 profiles", seconds["pipe"], 1500),
        milliseconds("list at a terminal, 10,000 profiles", seconds["terminal"], 1500),
        milliseconds("list of a pattern, 10 of 10,000 match", seconds["pattern"], 300),
        milliseconds("the picker's first frame, 10,000 profiles", [first for first, _, _ in frames], 150),
        milliseconds("from then until it reads keys", [until_keys for _, until_keys, _ in frames], None),
        milliseconds("the slowest of eight keys in it", keys, 30),
    ]


def milliseconds(what: str, seconds: Sequence[float], limit: float | None) -> Row:
    """A time as a Row with a limit in milliseconds; with None there is no target."""
    return Row(what, median(seconds) * 1000, "ms", limit, median(seconds), min(seconds))


GROUPS = {"look": look}
