"""Starts a program on its own pseudo-terminal, which is its controlling terminal (/dev/tty). POSIX only.

In: a command, an environment, a folder, a size. Out: the process, and the file
descriptor of the other end of the terminal. The parent has threads, so no Python
code runs between fork and exec.
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
# Runs in the new session, then becomes the program. Python ignores two signals, which the program would inherit.
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
    """Starts the command `words` in `folder`. `size`: lines, columns; `attributes`: from `termios.tcgetattr`."""
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
    """Changes the size of a terminal (lines, columns); its programs receive SIGWINCH."""
    fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))


def end(process: "subprocess.Popen[bytes]", ours: int) -> None:
    """Closes the terminal and waits for the program to end; kills it after PATIENCE_S."""
    os.close(ours)
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # only the program's processes: it leads its own session
        process.wait()
