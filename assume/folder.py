"""The store's folder, made and kept as it must be: ours alone, on a file system where that holds.

`ready` gives its path, or "" with a word of why nothing will be kept.
"""

import os

from assume import places, store, storing, terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


def ready(base: "Mapping[str, str]") -> str:
    """The folder for entries, swept of what a killed process left; "" where there can be none."""
    import time

    wished = places.store(base)
    if not wished:
        return _none("there is no home directory", "set HOME, or ASSUME_HOME to an absolute path")
    if not base.get("ASSUME_HOME") and (owner := _foreign_owner(places.home(base))):
        return _none(f"{owner} belongs to another user", "run assume as the user whose home it is, or set HOME")
    path = _made(wished)
    if not path and (runtime := base.get("XDG_RUNTIME_DIR", "")) and places.is_absolute(runtime):
        path = _made(f"{runtime}/assume")
    if not path:
        return _none(f"{wished} cannot be made private", "set ASSUME_HOME to a folder on a file system with modes")
    try:
        storing.sweep(path, time.time())
    except OSError:
        pass
    return path


def _made(path: str) -> str:
    """`path` as a private folder of ours, or ""."""
    try:
        if os.path.islink(path):
            return ""
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        os.makedirs(path, mode=0o700, exist_ok=True)
        if store.POSIX and os.lstat(path).st_uid == os.geteuid() and os.lstat(path).st_mode & 0o077:
            os.chmod(path, 0o700)
    except OSError:
        return ""
    return path if store.folder_is_sound(path) else ""


def _foreign_owner(home: str) -> str:
    """What of the home belongs to another user: under `sudo -E` nothing must be left there."""
    if not store.POSIX:
        return ""
    for path in (f"{home}/.aws", home):
        try:
            return path if os.stat(path).st_uid != os.geteuid() else ""
        except OSError:
            continue
    return ""


def _none(why: str, cure: str) -> str:
    terminal.say(f"assume: nothing is kept for other terminals: {why}\n  {cure}")
    return ""
