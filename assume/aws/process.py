"""Runs the user's own commands (`credential_process`, `mfa_process`), with limits for time and output.

No shell is used. A command runs in the baseline's environment, so it sees the user's keys and not the role's. Its
standard output appears in no message and no log.
"""

import codecs
import os
import threading
import time

from assume.aws.deadline import STEP_S, joined
from assume.errors import SourceError, shown
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping, Sequence
    from typing import IO

LIMIT_S = 120.0
OUTPUT_LARGEST = 1 << 20
LAST_OUTPUT_S = 0.5  # to read what an ended command wrote, if a child of it still holds the pipe open


def audience(silent: bool) -> "Callable[[str], None] | None":
    """The function that shows a command's stderr at the terminal; None without a terminal, or if nothing may be shown.

    In a log it would be of no use, and could be a secret.
    """
    return None if silent or not show.is_terminal(2) else show.stream


class Command:
    """A command that runs when its output is asked for. botocore uses it as a Popen.

    On Windows, `words` may be one text, which the started program splits itself.
    """

    def __init__(
        self,
        words: "Sequence[str] | str",
        base: "Mapping[str, str]",
        limit_s: float = LIMIT_S,
        hear: "Callable[[str], None] | None" = None,
    ) -> None:
        self.words = words if isinstance(words, str) else list(words)
        self.base = base
        self.limit_s = limit_s
        self.hear = hear  # receives what the command writes to stderr, as it comes and safe to show
        self.returncode = 0

    def communicate(self) -> tuple[bytes, bytes]:
        """(stdout, stderr in one line). Raises SourceError if a limit is met, OSError if the command cannot start."""
        import subprocess  # not above: most calls need no command

        running = subprocess.Popen(self.words, env=dict(self.base), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ends = time.monotonic() + self.limit_s
        ears = ((running.stdout, None), (running.stderr, self.hear))
        outputs = [_Output(stream, running.kill, hear) for stream, hear in ears if stream is not None]
        try:
            self.returncode = _ended(running, outputs, ends)
            if any(len(output.content) > OUTPUT_LARGEST for output in outputs):
                raise SourceError("its command printed more than a megabyte", "run it by hand and look")
        except subprocess.TimeoutExpired:
            text = f"its command has not ended within {self.limit_s:g} s"
            raise SourceError(text, "run it by hand and look") from None
        finally:
            if running.poll() is None:
                running.kill()
                running.wait()
        if self.hear is not None and outputs[1].is_inside_line:
            self.hear("\n")
        stderr = shown(outputs[1].content.decode("utf-8", "replace").replace("\n", " ").strip())
        return outputs[0].content, stderr.encode()


def _ended(running: "subprocess.Popen[bytes]", outputs: "list[_Output]", ends: float) -> int:
    """Waits for the command and its output. A daemon that it started may hold the output open for ever."""
    while running.poll() is None and time.monotonic() < ends:
        unread = next((output for output in outputs if output.thread.is_alive()), None)
        if unread is None:
            break
        joined(unread.thread, STEP_S)
    status = running.wait(max(ends - time.monotonic(), 0.001))
    for output in outputs:
        joined(output.thread, LAST_OUTPUT_S)
    return status


class _Output:
    """Reads a pipe up to the limit. Beyond it, calls `end()`, which kills the writer."""

    def __init__(
        self, stream: "IO[bytes]", end: "Callable[[], None]", hear: "Callable[[str], None] | None" = None
    ) -> None:
        self.content = b""
        self.stream = stream
        self.end = end
        self.hear = hear
        self.is_inside_line = False  # what was shown last has no end of line
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        while chunk := os.read(self.stream.fileno(), 65536):
            self.content += chunk
            if self.hear is not None and (text := _safe(self.decoder.decode(chunk))):
                self.hear(text)
                self.is_inside_line = not text.endswith("\n")
            if len(self.content) > OUTPUT_LARGEST:
                self.end()
                return


def _safe(text: str) -> str:
    """`text` with its line ends, and an escape for everything else that could steer a terminal."""
    return "\n".join(shown(line.removesuffix("\r")) for line in text.split("\n"))
