"""The store's folder, made and kept as it must be: ours alone, on a file system where that holds.

`ready` gives its path, or "" with a word of why nothing will be kept.
"""

import os

from assume import paths
from assume.store import record, write
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def ready(base: "Mapping[str, str]") -> str:
    """The folder for entries, swept of what a killed process left; "" where there can be none."""
    import time

    wished = paths.store(base)
    if not wished:
        variable = "HOME" if record.POSIX else "USERPROFILE"
        return _none("there is no home directory", f"set {variable}, or ASSUME_HOME to an absolute path")
    if not base.get("ASSUME_HOME") and (owner := _foreign_owner(paths.home(base))):
        return _none(f"{owner} belongs to another user", "run assume as the user whose home it is, or set HOME")
    path = wished
    if why := _trouble(path):
        path = base.get("XDG_RUNTIME_DIR", "") + "/assume"
        if not paths.is_absolute(path) or path == "/assume" or _trouble(path):
            cure = "set ASSUME_HOME to a folder of your own"
            return _none(f"{wished}: {why}", f"{cure}, on a file system with modes" if record.POSIX else cure)
    try:
        write.sweep(path, time.time())
    except OSError:
        pass
    return path


def _trouble(path: str) -> str:
    """Makes `path` a private folder of ours; why it is none, "" if it is."""
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
        return "is no folder"
    return "its file system keeps no modes" if os.lstat(path).st_uid == os.geteuid() else "belongs to another user"


def _foreign_owner(home: str) -> str:
    """What of the home belongs to another user: under `sudo -E` nothing must be left there."""
    if not record.POSIX:
        return ""
    for path in (f"{home}/.aws", home):
        try:
            return path if os.stat(path).st_uid != os.geteuid() else ""
        except OSError:
            continue
    return ""


def _none(why: str, cure: str) -> str:
    show.say(f"assume: nothing is kept for other terminals: {why}\n  {cure}")
    return ""
