"""Putting entries, pointers and notes on disk, and taking them away: whole or not at all.

What cannot be written is reported by OSError and stands in nobody's way; what a
killed process left half written is swept by the next.
"""

import sys

from assume.store import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Callable, Iterable, Mapping
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

LAST_S = {record.POINTER: 30 * 86400, record.NOTE: 30 * 86400, ".aside": 86400, ".wanted": 86400}
CODE_LASTS_S = 90  # AWS takes the code of the step before and of the one after, too


def put(folder: str, name: str, fields: "Mapping[str, str]", sync: bool = True) -> None:
    """Puts one file in place whole, or leaves what was there. Raises OSError.

    `sync` waits for the disk; a pointer is not worth that.
    """
    temporary = f"{folder}/{record.TEMPORARY}{system.getpid()}.{name}"
    handle = system.open(temporary, system.O_WRONLY | system.O_CREAT | system.O_EXCL | record.OPEN, 0o600)
    try:
        try:
            content = record.formatted(fields)
            while content:
                content = content[system.write(handle, content) :]
            if sync:
                system.fsync(handle)
        finally:
            system.close(handle)
        replace(temporary, f"{folder}/{name}")
    except BaseException:
        forget(temporary)
        raise


def remove(folder: str, names: "Iterable[str]") -> int:
    """Forgets files; how many there were."""
    return sum(forget(f"{folder}/{name}") for name in names)


def names(folder: str, ending: str) -> "list[str]":
    """The files of one kind; none where the folder cannot be read."""
    try:
        return [name for name in system.listdir(folder) if name.endswith(ending)]
    except (OSError, ValueError):
        return []


def sweep(folder: str, now: float) -> None:
    """Takes away what a killed process left half written and, once a day, entries that have ended. Raises OSError."""
    present = names(folder, "")
    sweep_leftovers(folder, now, present)
    if _age(folder, "swept" + record.NOTE, now) < 86400:
        return
    for name in present:
        if name.endswith(record.ENTRY):
            fields = record.read(folder, name)
            if fields is None or record.number(fields, "expires_at") < now:
                remove(folder, [name])
        else:
            lasts_s = next((LAST_S[ending] for ending in LAST_S if name.endswith(ending)), float("inf"))
            if _age(folder, name, now) > lasts_s:
                remove(folder, [name])
    put(folder, "swept" + record.NOTE, {}, sync=False)


def claim(folder: str, name: str, now: float, lasts_s: float) -> bool:
    """Whether `name` is this process's, and was nobody's in the last `lasts_s`. Raises OSError."""
    new = system.O_WRONLY | system.O_CREAT | system.O_EXCL | record.OPEN
    while True:
        try:
            handle = system.open(f"{folder}/{name}", new, 0o600)
        except FileExistsError:
            earlier = record.read(folder, name)
            if earlier is None or abs(now - record.number(earlier, "at")) < lasts_s:
                return False  # an unreadable one is as good as any: the sweep takes it away
            remove(folder, [name])
            continue
        try:
            system.write(handle, record.formatted({"at": str(int(now))}))
        finally:
            system.close(handle)
        return True


def sweep_leftovers(folder: str, now: float, present: "list[str] | None" = None) -> None:
    """Takes away what a killed process left half written; `present` are the folder's files, if they are known."""
    for name in names(folder, "") if present is None else present:
        if name.startswith(record.TEMPORARY):
            pid = name[len(record.TEMPORARY) :].partition(".")[0]
            if not pid.isdigit() or not _is_alive(int(pid)) or _age(folder, name, now) > 60:
                remove(folder, [name])
        elif name.endswith(record.CODE) and _age(folder, name, now) > CODE_LASTS_S:
            remove(folder, [name])


def replace(source: str, target: str) -> None:
    """Puts one file in another's place. A folder that stands there is set aside. Raises OSError."""
    try:
        _insist(system.replace, source, target)
    except (IsADirectoryError, PermissionError):
        if not _is_folder(target):
            raise
        system.rename(target, f"{target}.{system.getpid()}.aside")  # healed: nobody but us names files so
        system.replace(source, target)


def forget(path: str) -> bool:
    """Takes a file away; whether it was there and could be."""
    try:
        _insist(system.unlink, path)
    except OSError:
        return False
    return True


def _insist(change: "Callable[..., None]", *paths: str) -> None:
    """Does it, on Windows again and again: while somebody reads a file, which takes microseconds, it stays put."""
    for attempt in range(0 if record.POSIX else 9):
        try:
            return change(*paths)
        except PermissionError:
            from time import sleep

            sleep(0.01 * (attempt + 1))
    return change(*paths)


def _is_folder(path: str) -> bool:
    try:
        return system.lstat(path).st_mode & 0o170000 == 0o040000
    except OSError:
        return False


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
