"""A program on a pseudo-terminal of its own, which is its controlling terminal: /dev/tty is this one. POSIX only.

In: words, an environment, a folder, a size; out: the process, and the file
number of the other end. No fork of ours: this process has threads.
"""

import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

PATIENCE_S = 3
# What the new session does before it becomes the program. Python ignores two signals, and would hand that on.
BECOME = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for number in (signal.SIGPIPE, signal.SIGXFSZ):
    signal.signal(number, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


def start(
    words: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    size: tuple[int, int],
    attributes: list[Any] | None = None,
) -> tuple["subprocess.Popen[bytes]", int]:
    """Starts `words` in `folder`. `size`: lines, columns; `attributes`: a terminal's, from `termios.tcgetattr`."""
    ours, theirs = pty.openpty()
    try:
        resize(ours, size)
        if attributes is not None:
            termios.tcsetattr(theirs, termios.TCSANOW, attributes)
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", BECOME, *words],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=dict(environment),
            cwd=folder,
            start_new_session=True,
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    return process, ours


def resize(handle: int, size: tuple[int, int]) -> None:
    """Gives a terminal another size, of which its programs are told."""
    fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))


def end(process: "subprocess.Popen[bytes]", ours: int) -> None:
    """Hangs up, and waits for the program to go."""
    os.close(ours)
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # the program's own: it leads the session that was made for it
        process.wait()
