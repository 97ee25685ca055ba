"""The commands that `each` runs: started side by side, read line by line, ended together.

In: words, an environment, two sinks for bytes; out: an exit status. Each child is a session of its own: it has no
terminal, so that it can neither ask nor be stopped for asking, and a signal reaches whatever it has started.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO

from assume.errors import AssumeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

LINE_LARGEST = 1 << 20  # bytes: a longer line is handed on in parts
CHUNK = 1 << 16
LAST_OUTPUT_S = 0.5  # to read what an ended command wrote, if a process that it left behind holds the pipe open
TERM_AT_S, KILL_AT_S = 0.25, 0.6  # after SIGINT, until a child that goes on gets SIGTERM and SIGKILL
NOT_EXECUTABLE, NOT_FOUND = 126, 127  # a shell's own

Sink = Callable[[bytes], None]


class Ended(Exception):
    """The run was ended from outside; `status` is the exit status for that."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status


def check_command(command: "Sequence[str]", have: "dict[str, str]") -> None:
    """Raises AssumeError if there is no such command, before anybody is asked for anything."""
    if shutil.which(command[0], path=have.get("PATH")) is None and not os.path.isfile(command[0]):
        error = AssumeError(f"{command[0]}: command not found", "check its spelling, or PATH")
        error.status = NOT_FOUND
        raise error


class Children:
    """All children of one run. `start` and `run` may be called from any thread."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self.is_ending = False

    def run(
        self, words: Sequence[str], environment: Mapping[str, str], out: "Sink | IO[bytes]", err: "Sink | IO[bytes]"
    ) -> int | None:
        """Runs a command to its end. Returns its exit status, minus a signal's number, or None if `end` came before.

        A sink receives whole lines, the last one perhaps without its end; a file receives every byte.
        """
        with self._lock:
            if self.is_ending:
                return None
            try:
                child = subprocess.Popen(
                    words,
                    env=dict(environment),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE if callable(out) else out,
                    stderr=subprocess.PIPE if callable(err) else err,
                    start_new_session=True,
                )
            except OSError as error:
                reason = f"{words[0]} cannot be run: {error.strerror}\n".encode("utf-8", "replace")
                (err if callable(err) else err.write)(reason)
                return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_EXECUTABLE
            self._running.add(child)
        pipes = ((child.stdout, out), (child.stderr, err))
        readers = [_Reader(pipe, sink) for pipe, sink in pipes if pipe is not None and callable(sink)]
        status = child.wait()
        for reader in readers:
            reader.end()
        with self._lock:
            self._running.discard(child)
        return status

    @property
    def count(self) -> int:
        """How many run now."""
        return len(self._running)

    def end(self) -> None:
        """Ends every child within a second: SIGINT, then SIGTERM, then SIGKILL. No other one starts from now on."""
        with self._lock:
            self.is_ending = True
        started = time.monotonic()
        if sys.platform == "win32":
            steps = ((0.0, signal.SIGTERM),)
        else:
            steps = ((0.0, signal.SIGINT), (TERM_AT_S, signal.SIGTERM), (KILL_AT_S, signal.SIGKILL))
        for after_s, number in steps:
            while time.monotonic() - started < after_s and self._left():
                time.sleep(0.01)
            for child in self._left():
                _signal(child, number)

    def _left(self) -> list["subprocess.Popen[bytes]"]:
        with self._lock:
            return [child for child in self._running if child.returncode is None]


class _Reader:
    """Reads a pipe in a thread, and hands its lines on."""

    def __init__(self, pipe: IO[bytes], sink: Sink) -> None:
        self.pipe = pipe
        self.sink = sink
        self.is_over = False
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def end(self) -> None:
        """Waits for the end of the pipe, which another process may hold open: then what comes later is not read."""
        self.thread.join(LAST_OUTPUT_S)
        self.is_over = True

    def _read(self) -> None:
        rest = b""
        handle = self.pipe.fileno()
        while (chunk := os.read(handle, CHUNK)) and not self.is_over:
            lines, newline, tail = chunk.rpartition(b"\n")
            if newline:
                self.sink(rest + lines + newline)
                rest = tail
            else:
                rest += chunk
            if len(rest) >= LINE_LARGEST:
                self.sink(rest)
                rest = b""
        if rest:
            self.sink(rest)
        self.pipe.close()


def _signal(child: "subprocess.Popen[bytes]", number: int) -> None:
    try:
        if sys.platform == "win32":
            child.terminate()
        else:
            os.killpg(child.pid, number)
    except OSError:
        pass  # it has ended just now


def end_by_signals() -> "dict[int, object]":
    """SIGTERM and SIGHUP raise Ended from now on. Returns what these signals did before."""

    def end(number: int, _: "FrameType | None") -> None:
        raise Ended(128 + number)

    numbers = [signal.SIGTERM] if sys.platform == "win32" else [signal.SIGTERM, signal.SIGHUP]
    return {number: signal.signal(number, end) for number in numbers if signal.getsignal(number) != signal.SIG_IGN}


def restore(before: "dict[int, object]") -> None:
    """Undoes `end_by_signals`."""
    for number, handler in before.items():
        signal.signal(number, handler)  # type: ignore[arg-type]
