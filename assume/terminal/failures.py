"""How a command ends that failed: what is said, and the exit status. No traceback reaches a user."""

import sys

from assume.errors import AssumeError, Interrupted
from assume.terminal import show


def ended(error: BaseException) -> int:
    """Says what failed and gives the exit status; `error` may be anything but SystemExit."""
    if isinstance(error, (KeyboardInterrupt, Interrupted)):
        return Interrupted.status  # who pressed Ctrl-C knows
    if isinstance(error, AssumeError):
        show.say(str(error))
        return error.status
    if isinstance(error, BrokenPipeError):
        return 1
    show.say(_fault(error))
    return 1


def _fault(error: BaseException) -> str:
    """A fault of ours, by its kind and its place: its text may hold anything, secrets included."""
    step = error.__traceback__
    while step is not None and step.tb_next is not None:
        step = step.tb_next
    where = ""
    if step is not None:
        file = step.tb_frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2]
        where = f" in {file}, line {step.tb_lineno}"
    python = ".".join(map(str, sys.version_info[:3]))
    text = f"assume: this is a fault of assume's own: {type(error).__name__}{where} (Python {python})"
    return text + "\n  nothing was changed; please report it with this line"
