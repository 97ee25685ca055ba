"""The system calls with which a process changes what others see, and what happens if one of them goes wrong.

`points` runs the program under strace and lists them: name, and the how-many-th
of that name it is in the main thread. `spoil` gives the words that run it again
with a signal or an error at one of these points. A call that SIGKILL comes to is
still carried out.
"""

import re
import shutil
from typing import NamedTuple

import pytest

CHANGING = ("openat", "write", "fsync", "rename", "unlink", "flock", "ftruncate", "mkdir", "chmod")
LINE = re.compile(r"(\d+) +(\w+)\((.*)")


class Point(NamedTuple):
    """The `number`-th call of `name`; `text` is how strace shows it."""

    name: str
    number: int
    text: str


def strace():
    """strace, or a skipped test where there is none."""
    path = shutil.which("strace")
    if path is None:
        pytest.skip("no strace")
    return path


def points(ground, log, *words):
    """The changing calls of `assume WORDS` on the store, the last of them the reply, at a miss but not the first."""
    ground.run(*words)
    ground.forget()
    command = [strace(), "-f", "--seccomp-bpf", "-o", str(log), "-e", "trace=" + ",".join(CHANGING)]
    done = ground.run(*words, program=[*command, *ground.program])
    assert done.status == 0, done.said
    return list(read(log.read_text(), str(ground.store)))


def read(text, folder):
    """The calls of the main thread that change the store, and the reply; what is said on stderr is neither."""
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
    """The words to put in front of the program: `how` is `signal=KILL` or `error=EIO`."""
    inject = f"inject={point.name}:{how}:when={point.number}"
    quick = [] if how.startswith("signal") else ["--seccomp-bpf"]  # with which strace 6.1 sends no signal
    return [strace(), "-f", *quick, "-o", "/dev/null", "-e", f"trace={point.name}", "-e", inject]
