"""The store's folder, made and kept private: our own, on a file system that keeps modes.

`ready` returns its path; or "", after a message that says why nothing can be cached.
"""

import os

from assume import paths
from assume.store import record, write
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def ready(base: "Mapping[str, str]") -> str:
    """The folder for entries, cleared of what a killed process left; "" if there can be no such folder."""
    import time

    usual = paths.store(base)
    if not usual:
        variable = "HOME" if record.POSIX else "USERPROFILE"
        return _refused("there is no home directory", f"set {variable}, or ASSUME_HOME to an absolute path")
    if not base.get("ASSUME_HOME") and (owner := _foreign_owner(paths.home(base))):
        return _refused(f"{owner} belongs to another user", "run assume as the user whose home it is, or set HOME")
    path = usual
    if why := _trouble(path):
        path = base.get("XDG_RUNTIME_DIR", "") + "/assume"
        if not paths.is_absolute(path) or path == "/assume" or _trouble(path):
            cure = "set ASSUME_HOME to a folder that only you can read"
            return _refused(f"{usual}: {why}", f"{cure}, on a file system with modes" if record.POSIX else cure)
    try:
        write.sweep(path, time.time())
    except OSError:
        pass
    return path


def _trouble(path: str) -> str:
    """Makes `path` a private folder; why that is not possible, "" if it is."""
    try:
        if os.path.islink(path):
            return "is a link"
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        os.makedirs(path, mode=0o700, exist_ok=True)
        if record.POSIX and os.lstat(path).st_uid == os.geteuid() and os.lstat(path).st_mode & 0o077:
            os.chmod(path, 0o700)
    except OSError as error:
        return error.strerror or str(error)
    if record.folder_is_sound(path):
        return ""
    if not record.POSIX:
        return "is not a folder"
    return "its file system keeps no modes" if os.lstat(path).st_uid == os.geteuid() else "belongs to another user"


def _foreign_owner(home: str) -> str:
    """The part of the home that belongs to another user, or "": under `sudo -E` nothing must be left there."""
    if not record.POSIX:
        return ""
    for path in (f"{home}/.aws", home):
        try:
            return path if os.stat(path).st_uid != os.geteuid() else ""
        except OSError:
            continue
    return ""


def _refused(why: str, cure: str) -> str:
    show.say(f"assume: cannot cache credentials: {why}\n  {cure}")
    return ""
