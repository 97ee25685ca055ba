"""One process as a test sees it: what it says, what it prints, how it ends; on a terminal of its own if wanted.

Nothing here sleeps: what is waited for is an event, or a deadline that is a failure.
"""

import fcntl
import os
import pty
import select
import signal
import subprocess
import tempfile
import termios
import time
from typing import NamedTuple

PATIENCE_S = 60.0  # for what must happen at once, on a machine that is busy


class Done(NamedTuple):
    """A process that has ended: its status, its standard output, all that it said elsewhere."""

    status: int
    out: bytes
    said: str


class Silence(AssertionError):
    """What was waited for was not said."""


class Started:
    """A running process. With a terminal, that is its stdin, its stderr and its /dev/tty; else stderr is a pipe."""

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
        """Takes in what was said; False once nothing comes any more."""
        if not select.select([self._ear], [], [], max(timeout_s, 0))[0]:
            return False
        try:
            content = os.read(self._ear, 65536)
        except OSError:  # the terminal's other end is closed
            return False
        self.said += content.decode("utf-8", "replace")
        return bool(content)

    def wait_for(self, text: str, times: int = 1, within_s: float = PATIENCE_S) -> None:
        """Until `text` was said so often."""
        until = time.monotonic() + within_s
        while self.said.count(text) < times:
            if not self.hears(until - time.monotonic()) and self.said.count(text) < times:
                raise Silence(f"{text!r} was not said, but {self.said!r}")

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
        """Waits for the end; `keep`: the terminal is still to be looked at."""
        until = time.monotonic() + within_s
        while self.process.poll() is None and time.monotonic() < until:
            self.hears(0.05)
        if self.process.poll() is None:
            self.close()
            raise Silence(f"has not ended within {within_s} s; it said {self.said!r}")
        while self.hears(0):
            pass
        self._out.seek(0)
        done = Done(self.process.returncode, self._out.read(), self.said)
        if not keep:
            self.close()
        return done

    def close(self) -> None:
        """Ends it, if it has not ended, and everything that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for close in (self._out.close, lambda: os.close(self._ear)):
            try:
                close()
            except OSError:
                continue


def _own_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
