"""Text for the user: lines on stderr, times, accounts, production names. On the warm lane.

In strings from files and replies, characters that could steer a terminal are
replaced by escapes.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system


def say(text: str, handle: int = 2) -> None:
    """Lines on stderr (or on `handle`), safe to show; write errors are ignored."""
    write(handle, "".join(plain(line) + "\n" for line in text.split("\n")).encode("utf-8", "replace"))


def plain(line: str) -> str:
    """The line with escapes in place of what a terminal would obey."""
    if line.isprintable():
        return line
    from assume.errors import shown  # which a hit does not load

    return shown(line)


def stream(text: str) -> None:
    """A part of a line on stderr, which is safe to show already."""
    write(2, text.encode("utf-8", "replace"))


def write(handle: int, content: bytes) -> bool:
    """Writes all of `content`. False if that failed; if the output is a full disk or the like, a message says so."""
    try:
        if sys.platform == "win32" and 0 < handle < 3 and is_terminal(handle):
            stream = sys.stdout if handle == 1 else sys.stderr
            stream.write(content.decode("utf-8", "replace"))  # the console would read bytes in its code page
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
    """Whether `handle` is a terminal."""
    try:
        return system.isatty(handle)
    except OSError:
        return False


def is_dumb(terminal: str) -> bool:
    """Whether a terminal of this kind, the value of TERM, shows text alone: no colours, nothing is drawn over."""
    return terminal in ("", "dumb", "unknown")


def left(seconds: float) -> str:
    """A duration for people: `59m`, `3h 12m`, `40s`; minutes are rounded up."""
    if seconds <= 0:
        return "expired"
    if seconds < 90:
        return f"{int(seconds)}s"
    minutes = int((seconds + 59) // 60)
    return f"{minutes}m" if minutes < 100 else f"{minutes // 60}h {minutes % 60:02d}m"


def account(arn: str) -> str:
    """The account number in an ARN; "" if it has none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 and parts[4].isdigit() else ""


def is_production(name: str) -> bool:
    """Whether a name has the word `prod` or `production`."""
    plain = "".join(mark if mark.isascii() and mark.isalnum() else " " for mark in name.lower())
    return any(word in ("prod", "production") for word in plain.split())
