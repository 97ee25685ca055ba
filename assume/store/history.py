"""The history: which role was taken when, in which terminal. `fast.entry.add_to_history` adds a line at each switch.

Two files in the store's folder: `history`, and `history.1` with what was before it. A line has the fields of FIELDS,
separated by tabs; it holds no secret. The id of the key and the ARN of the session are those that CloudTrail has.
"""

import sys

from assume import files, paths
from assume.store import system_lock

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Iterator
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

FIELDS = ("time", "verb", "profile", "account", "role_arn", "sso_role", "arn", "key_id", "terminal", "host")
LATEST_BYTES = 32_768  # some 150 switches
ESCAPES = {"t": "\t", "n": "\n", "\\": "\\"}


def rotate(folder: str, largest: int) -> None:
    """Begins a new file, if the present one has more than `largest` bytes. Never fails.

    The lock is filelock's kind (see `system_lock`). Whoever has the old file open still adds its line to it.
    """
    try:
        handle = paths.opened(f"{folder}/history.lock", system.O_RDWR | system.O_CREAT)
    except OSError:
        return
    try:
        if system_lock.take(handle) and system.stat(f"{folder}/history").st_size > largest:
            files.replace(f"{folder}/history", f"{folder}/history.1")
    except (OSError, ImportError):
        pass  # on Windows a bare interpreter has no filelock: a later call does it
    finally:
        system.close(handle)


def switches(folder: str) -> "Iterator[dict[str, str]]":
    """Every switch, the oldest first, as FIELDS; a line that is not whole is left out. Raises OSError."""
    for name in ("history.1", "history"):
        try:
            handle = paths.opened(f"{folder}/{name}", system.O_RDONLY)
        except (FileNotFoundError, ValueError):
            continue
        with open(handle, "rb") as file:
            for line in file:
                fields = _fields(line[:-1]) if line[-1:] == b"\n" else None
                if fields is not None:
                    yield fields


def latest(folder: str, most: int = LATEST_BYTES) -> "list[dict[str, str]]":
    """The newest switches of the present file, the newest first; [] if it cannot be read. Reads `most` bytes of it."""
    try:
        handle = paths.opened(f"{folder}/history", system.O_RDONLY)
    except (OSError, ValueError):
        return []
    try:
        start = max(system.fstat(handle).st_size - most, 0)
        system.lseek(handle, start, 0)
        lines = system.read(handle, most).split(b"\n")
    except OSError:
        return []
    finally:
        system.close(handle)
    found = [_fields(line) for line in lines[1 if start else 0 : -1]]
    return [fields for fields in reversed(found) if fields is not None]


def _fields(line: bytes) -> "dict[str, str] | None":
    """The fields of a line; None if it is not whole."""
    values = line.decode("utf-8", "replace").split("\t")
    if len(values) != len(FIELDS) or not (values[0].isascii() and values[0].isdigit()):
        return None
    return dict(zip(FIELDS, map(_unescaped, values), strict=True))


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    result, marks = "", iter(text)
    for mark in marks:
        result += ESCAPES.get(next(marks, ""), "?") if mark == "\\" else mark
    return result
