"""Puts entries, pointers and notes on disk, whole or not at all, and removes them.

In: the store's folder, a name, fields; out: a file, or an OSError, which never
keeps the user from the credentials. What a killed process left half written is
removed by the next run.
"""

import sys

from assume import files, paths
from assume.store import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Iterable, Mapping
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

LAST_S = {record.POINTER: 30 * 86400, record.NOTE: 30 * 86400, ".aside": 86400, ".wanted": 86400}
CODE_LASTS_S = 90  # AWS also accepts the code of the step before and of the step after


def put(folder: str, name: str, fields: "Mapping[str, str]", sync: bool = True) -> None:
    """Writes one file of the store. Raises OSError; then the file is as it was before.

    `sync` waits for the disk; a pointer is not worth that.
    """
    files.write_whole(f"{folder}/{name}", record.formatted(fields), sync=sync, set_aside=True)


def remove(folder: str, names: "Iterable[str]") -> int:
    """Removes files; returns how many there were."""
    return sum(files.forget(f"{folder}/{name}") for name in names)


def names(folder: str, ending: str) -> "list[str]":
    """The names of all files of one kind; empty if the folder cannot be read."""
    try:
        return [name for name in system.listdir(folder) if name.endswith(ending)]
    except (OSError, ValueError):
        return []


def sweep(folder: str, now: float) -> None:
    """Removes what a killed process left half written and, once a day, what has expired. Raises OSError."""
    present = names(folder, "")
    sweep_leftovers(folder, now, present)
    if _age(folder, "swept" + record.NOTE, now) < 86400:
        return
    for name in present:
        if name.endswith(record.ENTRY):
            fields = record.read(folder, name)
            if fields is None or record.number(fields, "expires_at") < now:
                _sweep_away(f"{folder}/{name}")
        else:
            lasts_s = next((LAST_S[ending] for ending in LAST_S if name.endswith(ending)), float("inf"))
            if _age(folder, name, now) > lasts_s:
                _sweep_away(f"{folder}/{name}")
    put(folder, "swept" + record.NOTE, {}, sync=False)


def claim(folder: str, name: str, now: float, lasts_s: float) -> bool:
    """Creates `name`, unless some process did so in the last `lasts_s` seconds. True if it is now ours.

    Raises OSError.
    """
    while True:
        try:
            handle = paths.opened(f"{folder}/{name}", system.O_WRONLY | system.O_CREAT | system.O_EXCL)
        except FileExistsError:
            earlier = record.read(folder, name)
            if earlier is None or abs(now - record.number(earlier, "at")) < lasts_s:
                return False  # an unreadable claim counts too: it may be half written; the sweep removes it
            remove(folder, [name])
            continue
        try:
            system.write(handle, record.formatted({"at": str(int(now))}))
        finally:
            system.close(handle)
        return True


def sweep_leftovers(folder: str, now: float, present: "list[str] | None" = None) -> None:
    """Removes what a killed process left half written; `present` are the folder's files, if they are known."""
    for name in names(folder, "") if present is None else present:
        if name.startswith(files.TEMPORARY):
            pid = name[len(files.TEMPORARY) :].partition(".")[0]
            if not pid.isdigit() or not _is_alive(int(pid)) or _age(folder, name, now) > 60:
                remove(folder, [name])
        elif name.startswith(files.SERVED):
            pid = name.split(".")[1]
            if not pid.isdigit() or not _is_alive(int(pid)):
                _sweep_away(f"{folder}/{name}")
        elif name.endswith(record.CODE) and _age(folder, name, now) > CODE_LASTS_S:
            remove(folder, [name])


def _sweep_away(path: str) -> None:
    """Removes a file or a link; or a folder with its content, which was in the way of one of our files."""
    if not files.forget(path):
        from shutil import rmtree

        rmtree(path, ignore_errors=True)


def _is_alive(pid: int) -> bool:
    if not record.POSIX:
        return True
    try:
        system.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True


def _age(folder: str, name: str, now: float) -> float:
    try:
        return now - system.lstat(f"{folder}/{name}").st_mtime
    except OSError:
        return float("inf")
