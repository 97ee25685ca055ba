"""The system calls that change the store, and runs in which one of them fails or kills the process.

`points` runs the program under strace and lists the calls: their name, and their
number among the calls of that name in the main thread. `spoil` returns the command
that runs the program again with a signal or an error at one of these points. A
call at which SIGKILL is sent is still carried out.
"""

import re
import shutil
from typing import NamedTuple

import pytest

CHANGING = ("openat", "write", "fsync", "rename", "unlink", "flock", "ftruncate", "mkdir", "chmod")
LINE = re.compile(r"(\d+) +(\w+)\((.*)")


class Point(NamedTuple):
    """The `number`-th call of `name`; `text`: its arguments, as strace prints them."""

    name: str
    number: int
    text: str


def strace():
    """The path of strace; skips the test if it is not installed."""
    path = shutil.which("strace")
    if path is None:
        pytest.skip("needs strace")
    return path


def points(ground, log, *words, behind=False):
    """The calls of `assume WORDS` that change the store, and last the reply; at a miss, but not the first ever.

    `behind`: with those that come after the reply, for the history; they are before it in the list.
    """
    ground.run(*words)
    ground.forget()
    command = [strace(), "-f", "--seccomp-bpf", "-o", str(log), "-e", "trace=" + ",".join(CHANGING)]
    done = ground.run(*words, program=[*command, *ground.program])
    assert done.status == 0, done.said
    found = list(read(log.read_text(), str(ground.store)))
    at = next(at for at, point in enumerate(found) if point.name == "write" and point.text.startswith("1, "))
    assert len(found) > at + 1, "the history comes after the reply"
    return [*found[:at], *(found[at + 1 :] if behind else []), found[at]]


def read(text, folder):
    """The calls of the main thread that change the store or write the reply; messages on stderr are left out."""
    main, counts = "", dict.fromkeys(CHANGING, 0)
    for line in text.splitlines():
        match = LINE.match(line)
        if match is None:
            continue
        thread, name, rest = match.groups()
        main = main or thread
        if thread != main or name not in counts:
            continue
        counts[name] += 1
        if name in ("openat", "rename", "unlink", "mkdir", "chmod"):
            concerned = f'"{folder}' in rest and ("O_CREAT" in rest or name != "openat")
        else:
            concerned = not rest.startswith("2,")
        if concerned:
            yield Point(name, counts[name], rest[:80])


def spoil(point, how):
    """The command to put before the program: `how` is `signal=KILL` or `error=EIO`."""
    inject = f"inject={point.name}:{how}:when={point.number}"
    quick = [] if how.startswith("signal") else ["--seccomp-bpf"]  # with this option strace 6.1 sends no signal
    return [strace(), "-f", *quick, "-o", "/dev/null", "-e", f"trace={point.name}", "-e", inject]
