"""The end of a command that failed: its message and its exit status. A user never sees a traceback."""

import sys

from assume.errors import AssumeError, Interrupted
from assume.terminal import show


def ended(error: BaseException) -> int:
    """Prints the message of `error`, which may be anything but SystemExit, and returns the exit status."""
    if isinstance(error, (KeyboardInterrupt, Interrupted)):
        return Interrupted.status  # no message: the user pressed Ctrl-C
    if isinstance(error, AssumeError):
        show.say(str(error))
        return error.status
    if isinstance(error, BrokenPipeError):
        return 1
    show.say(_fault(error))
    return 1


def _fault(error: BaseException) -> str:
    """The message for an internal error: its type and place, but not its text, which may hold a secret."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    where = ""
    if step is not None:
        file = step.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
        where = f" in {file}, line {step.tb_lineno}"
    python = ".".join(map(str, sys.version_info[:3]))
    text = f"assume: internal error: {type(error).__name__}{where} (Python {python})"
    return text + "\n  nothing was changed; please report it with this line"
