"""Putting entries, pointers and notes on disk, and taking them away: whole or not at all.

What cannot be written is reported by OSError and stands in nobody's way; what a
killed process left half written is swept by the next.
"""

import sys

from assume import store

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Iterable, Mapping
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system


def write(folder: str, name: str, fields: "Mapping[str, str]", sync: bool = True) -> None:
    """Puts one file in place whole, or leaves what was there. Raises OSError.

    `sync` waits for the disk; a pointer is not worth that.
    """
    temporary = f"{folder}/{store.TEMPORARY}{system.getpid()}.{name}"
    handle = system.open(temporary, system.O_WRONLY | system.O_CREAT | system.O_EXCL | store.OPEN, 0o600)
    try:
        try:
            content = store.formatted(fields)
            while content:
                content = content[system.write(handle, content) :]
            if sync:
                system.fsync(handle)
        finally:
            system.close(handle)
        _replace(temporary, f"{folder}/{name}")
    except BaseException:
        try:
            system.unlink(temporary)
        except OSError:
            pass
        raise


def remove(folder: str, names: "Iterable[str]") -> int:
    """Forgets files; how many there were."""
    count = 0
    for name in names:
        try:
            system.unlink(f"{folder}/{name}")
            count += 1
        except OSError:
            pass
    return count


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
    if _age(folder, "swept" + store.NOTE, now) < 86400:
        return
    for name in present:
        if name.endswith(store.ENTRY):
            fields = store.read(folder, name)
            if fields is None or store.number(fields, "expires_at") < now:
                remove(folder, [name])
        elif name.endswith((store.POINTER, store.NOTE)) and _age(folder, name, now) > 30 * 86400:
            remove(folder, [name])
    write(folder, "swept" + store.NOTE, {}, sync=False)


def sweep_leftovers(folder: str, now: float, present: "list[str] | None" = None) -> None:
    """Takes away what a killed process left half written; `present` are the folder's files, if they are known."""
    for name in names(folder, "") if present is None else present:
        if name.startswith(store.TEMPORARY):
            pid = name[len(store.TEMPORARY) :].partition(".")[0]
            if not pid.isdigit() or not _is_alive(int(pid)) or _age(folder, name, now) > 60:
                remove(folder, [name])


def _replace(source: str, target: str) -> None:
    for attempt in range(10):
        try:
            system.replace(source, target)
            return
        except IsADirectoryError:
            system.rename(target, f"{target}.{system.getpid()}.aside")  # healed: nobody but us names files so
        except PermissionError:
            if store.POSIX or attempt == 9:
                raise
            from time import sleep  # Windows: a reader has it open, for microseconds

            sleep(0.01 * (attempt + 1))


def _is_alive(pid: int) -> bool:
    if not store.POSIX:
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
