"""Saying things: lines on stderr, bytes to a file. On the warm lane.

Strings from files and replies are shown with escapes in place of what a
terminal would obey.
"""

import sys

from assume.display import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system


def say(text: str) -> None:
    """Lines on stderr, safe to show; a closed stderr is nobody's loss."""
    write(2, "".join(shown(line) + "\n" for line in text.split("\n")).encode("utf-8", "replace"))


def write(handle: int, content: bytes) -> bool:
    """All of `content`, or False where the other end has gone."""
    try:
        if sys.platform == "win32" and 0 < handle < 3 and is_terminal(handle):
            stream = sys.stdout if handle == 1 else sys.stderr
            stream.write(content.decode("utf-8", "replace"))  # bytes would be read in the console's code page
            stream.flush()
            return True
        while content:
            content = content[system.write(handle, content) :]
    except OSError as error:
        if handle == 1 and not isinstance(error, BrokenPipeError):
            say(f"assume: the output cannot be written: {error.strerror}")
        return False
    return True


def is_terminal(handle: int) -> bool:
    """Whether a person reads what goes to `handle`."""
    try:
        return system.isatty(handle)
    except OSError:
        return False
