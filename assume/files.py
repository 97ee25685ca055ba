"""Writes whole files: a reader sees the old content or the new one, never a part of either.

In: a path and its content; out: the file, or an OSError and everything as it was. A process that is killed on
the way can leave one temporary file beside the target; its name begins with TEMPORARY and holds the process id.
"""

import sys

from assume import paths

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Callable
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

TEMPORARY = "tmp."  # then the id of the process that writes the file
SERVED = "served."  # a folder for a command of `exec --serve`; then the command's process id
RETRIES = 9  # on Windows: 0.45 s in all


def write_whole(
    path: str,
    content: bytes,
    *,
    mode: int = 0o600,
    like: "system.stat_result | None" = None,
    sync: bool = True,
    set_aside: bool = False,
) -> None:
    """Writes `content` to a temporary file beside `path` and renames it. Raises OSError; then nothing has changed.

    `mode`: of the new file, less the umask; `like`: the file whose mode and owner it gets instead. `sync`: waits for
    the disk. `set_aside`: see `replace`.
    """
    temporary = _temporary(path)
    handle = system.open(temporary, system.O_WRONLY | system.O_CREAT | system.O_EXCL | paths.OPEN, mode)
    try:
        try:
            while content:
                content = content[system.write(handle, content) :]
            if sync:
                system.fsync(handle)
        finally:
            system.close(handle)
        if like is not None:
            _make_like(temporary, like)
        replace(temporary, path, set_aside=set_aside)
    except BaseException:
        forget(temporary)
        raise


def replace(source: str, target: str, *, set_aside: bool = False) -> None:
    """Renames `source` to `target`, over what is there. Raises OSError.

    `set_aside`: a folder in the way is renamed first; only for places where nobody but us makes such names.
    """
    try:
        _retried(system.replace, source, target)
    except (IsADirectoryError, PermissionError):
        if not set_aside or not _is_folder(target):
            raise
        system.rename(target, aside(target))
        system.replace(source, target)


def aside(path: str) -> str:
    """The name under which something that is in the way at `path` is set aside."""
    return f"{path}.{system.getpid()}.aside"


def forget(path: str) -> bool:
    """Removes a file. True if it was there and could be removed."""
    try:
        _retried(system.unlink, path)
    except OSError:
        return False
    return True


def _temporary(path: str) -> str:
    """A new name in the folder of `path`; random, since two threads may write the same file."""
    start = max(path.rfind("/"), path.rfind("\\") if paths.WINDOWS else -1) + 1
    return f"{path[:start]}{TEMPORARY}{system.getpid()}.{system.urandom(4).hex()}.{path[start:]}"


def _make_like(path: str, like: "system.stat_result") -> None:
    if sys.platform != "win32" and (like.st_uid, like.st_gid) != (system.geteuid(), system.getegid()):
        system.chown(path, like.st_uid, like.st_gid)
    system.chmod(path, like.st_mode & 0o7777)  # last: a new owner takes the setuid bit away


def _retried(change: "Callable[..., None]", *names: str) -> None:
    """Runs `change`. On Windows an open file can be neither replaced nor removed, so it retries for a moment."""
    for attempt in range(RETRIES if paths.WINDOWS else 0):
        try:
            return change(*names)
        except PermissionError:
            from time import sleep

            sleep(0.01 * (attempt + 1))
    return change(*names)


def _is_folder(path: str) -> bool:
    try:
        return system.lstat(path).st_mode & 0o170000 == 0o040000
    except OSError:
        return False
