"""Runs a process for a test: its messages, its standard output, its status; on request on a pseudo-terminal.

Nothing here sleeps: each wait ends with an event, or fails at its deadline.
"""

import fcntl
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import termios
import time
from typing import NamedTuple

PATIENCE_S = 200.0  # for events that come at once, but later on a busy machine; pytest's limit is 300 s


class Done(NamedTuple):
    """A process that has ended: its status, its standard output, and its messages (stderr or terminal)."""

    status: int
    out: bytes
    said: str


class NoOutput(AssertionError):
    """The expected message did not come."""


class Started:
    """A running process. A terminal is its stdin, stderr and /dev/tty; without one, stderr is a pipe."""

    def __init__(self, words, environment, cwd, *, terminal=False, user=None, group=None, prepare=None):
        self._out = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
        self.said = ""
        if terminal:
            self._ear, theirs = pty.openpty()
        else:
            self._ear, theirs = os.pipe()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            words,
            env=environment,
            cwd=cwd,
            stdin=theirs if terminal else subprocess.DEVNULL,
            stdout=self._out,
            stderr=theirs,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=None if group is None else [],
            preexec_fn=prepare or (_own_terminal if terminal else None),
        )
        os.close(theirs)

    @property
    def pid(self) -> int:
        return self.process.pid

    def hears(self, timeout_s: float) -> bool:
        """Reads messages; False if none came within `timeout_s`, or none can come any more."""
        if not select.select([self._ear], [], [], max(timeout_s, 0))[0]:
            return False
        try:
            content = os.read(self._ear, 65536)
        except OSError:  # the terminal's other end is closed
            return False
        self.said += content.decode("utf-8", "replace")
        return bool(content)

    def wait_for(self, text: str, times: int = 1, within_s: float = PATIENCE_S) -> None:
        """Waits until `text` has appeared `times` times."""
        until = time.monotonic() + within_s
        while self.said.count(text) < times:
            if not self.hears(until - time.monotonic()) and self.said.count(text) < times:
                raise NoOutput(f"expected {text!r}, got {self.said!r}")

    def type(self, text: str) -> None:
        """Types on the terminal."""
        os.write(self._ear, text.encode())

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        flags: int = termios.tcgetattr(self._ear)[3]
        return bool(flags & termios.ECHO)

    def tell(self, number: int) -> None:
        """Sends a signal."""
        self.process.send_signal(number)

    def end(self, within_s: float = PATIENCE_S, *, keep: bool = False) -> Done:
        """Waits for the end. `keep`: leaves the terminal open, for the test to look at."""
        until = time.monotonic() + within_s
        while self.process.poll() is None and time.monotonic() < until:
            self.hears(0.05)
        if self.process.poll() is None:
            self.close()
            raise NoOutput(f"has not ended within {within_s} s; its messages: {self.said!r}")
        while self.hears(0):
            pass
        self._out.seek(0)
        done = Done(self.process.returncode, self._out.read(), self.said)
        if not keep:
            self.close()
        return done

    def close(self) -> None:
        """Kills the process and its children, if it has not ended."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for close in (self._out.close, lambda: os.close(self._ear)):
            try:
                close()
            except OSError:
                continue


def start_s() -> float:
    """The seconds that a bare interpreter takes to start now, the longest of three: for bounds on a busy machine."""
    longest_s = 0.0
    for _ in range(3):
        started_at = time.monotonic()
        subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True)
        longest_s = max(longest_s, time.monotonic() - started_at)
    return longest_s


def _own_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
