"""Times whole processes in turn; a Row is the result.

In: named cases, each a function that runs once and returns its seconds. Out: the
seconds of each case, round by round, so that rounds can be compared one by one.
"""

import gc
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

CPU = bool(os.environ.get("BENCH_CPU"))  # counts processor time, for a machine that is busy with other work
Case = Callable[[], float]
Rounds = dict[str, list[float]]


@dataclass(frozen=True)
class Row:
    """One line of the table: a figure, its target, and the time that it comes from.

    `figure` and `limit` are in `unit` (`×`: a ratio; `ms`, `µs`, `calls`); with `limit` None there is no target.
    `typical_s` and `least_s`: median and minimum of the time; None if the figure does not come from a time.
    """

    what: str
    figure: float
    unit: str
    limit: float | None = None
    typical_s: float | None = None
    least_s: float | None = None
    to: str = ""  # what the ratio compares with, if not the bare interpreter

    @property
    def is_met(self) -> bool:
        return self.limit is None or self.figure <= self.limit


def in_turn(cases: Mapping[str, Case], runs: int) -> Rounds:
    """The seconds of each case in `runs` rounds, after one round that does not count."""
    seconds: Rounds = {name: [] for name in cases}
    gc.collect()
    gc.disable()
    try:
        for each in range(runs + 1):
            for name, case in cases.items():
                taken = case()
                if each:
                    seconds[name].append(taken)
    finally:
        gc.enable()
    return seconds


def ratio(seconds: Rounds, name: str, to: str) -> float:
    """The ratio of the medians, which one odd round moves less than it moves a mean of ratios."""
    return median(seconds[name]) / median(seconds[to])


def row(what: str, seconds: Rounds, name: str, limit: float | None, to: str = "bare", to_named: str = "") -> Row:
    """The ratio of one case to another as a Row."""
    taken = seconds[name]
    return Row(what, ratio(seconds, name, to), "×", limit, median(taken), min(taken), to_named)


def difference(seconds: Rounds, name: str, less: str) -> list[float]:
    """How many seconds longer one case took than the other, round by round."""
    return [longer - shorter for longer, shorter in zip(seconds[name], seconds[less], strict=True)]


def process(
    words: Sequence[str], env: Mapping[str, str], status: int = 0, out: str = os.devnull, cwd: str | None = None
) -> float:
    """The seconds from the start of a process to its end; its output is in the file `out`. Raises if it fails."""
    if cwd is not None:
        words = ["/bin/sh", "-c", 'cd "$0" && exec "$@"', cwd, *words]
    started = time.perf_counter()
    pid = start(words, env, out)
    _, ended, usage = os.wait4(pid, 0)
    taken = usage.ru_utime + usage.ru_stime if CPU else time.perf_counter() - started
    if os.waitstatus_to_exitcode(ended) != status:
        raise SystemExit(f"bench: {' '.join(words)} ended with {os.waitstatus_to_exitcode(ended)}, not {status}")
    return taken


def start(words: Sequence[str], env: Mapping[str, str], out: str = os.devnull) -> int:
    """Starts a process with empty standard input. Returns its pid."""
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
    ]
    if not os.environ.get("BENCH_LOUD"):
        actions.append((os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0))
    return os.posix_spawn(words[0], list(words), dict(env), file_actions=actions)


def answer(words: Sequence[str], env: Mapping[str, str], folder: str) -> str:
    """The output of a process, to check it before the process is timed; `folder` is for a temporary file."""
    file = f"{folder}/answer"
    process(words, env, out=file)
    with open(file, encoding="utf-8", errors="replace") as printed:
        return printed.read()
