"""Doctor: the folder with cached credentials, and the AWS CLI's cache beside it. Nothing is repaired by looking."""

import json
import os
import stat
import sys

from assume import paths
from assume.services.findings import Finding, Patient
from assume.store import record, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CHECK = "store"
POSIX = sys.platform != "win32"
LARGEST = 1 << 20


def store(patient: Patient) -> "Iterator[Finding]":
    """Why nothing would be cached, and what is damaged."""
    own = patient.base.get("ASSUME_HOME", "")
    if own and not paths.is_absolute(paths.expanded(own, patient.base)):
        yield Finding(
            CHECK, f"ASSUME_HOME={own} is not an absolute path, so it is not used", patient.unset("ASSUME_HOME")
        )
    folder = paths.store(patient.base)
    if not folder:
        yield Finding(CHECK, "there is no home directory, so nothing is cached", do="set HOME, or ASSUME_HOME")
        return
    yield from _folder(patient, folder) if os.path.lexists(folder) else _place(patient, folder)
    yield from _cli_cache(patient)


def _folder(patient: Patient, folder: str) -> "Iterator[Finding]":
    seen = os.lstat(folder)
    if not stat.S_ISDIR(seen.st_mode):
        kind = "a link" if stat.S_ISLNK(seen.st_mode) else "not a folder"
        yield Finding(CHECK, f"{folder} is {kind}, so nothing is cached", f"rm {patient.word(folder)}")
        return
    if POSIX and seen.st_uid != os.geteuid():
        what = f"{folder} belongs to another user, so nothing is cached"
        yield Finding(CHECK, what, f"sudo chown -R {os.geteuid()} {patient.word(folder)}")
        return
    if POSIX and seen.st_mode & 0o077:
        what = f"other users may look into {folder} (mode {stat.S_IMODE(seen.st_mode):o})"
        yield Finding(CHECK, what, f"chmod 700 {patient.word(folder)}")
        return
    if not os.access(folder, os.W_OK | os.X_OK):
        yield Finding(CHECK, f"{folder} cannot be written, so nothing is cached", f"chmod u+rwx {patient.word(folder)}")
        return
    damaged = [name for name in write.names(folder, record.ENTRY) if record.read(folder, name) is None]
    if damaged:
        count = f"{len(damaged)} cached {'entry' if len(damaged) == 1 else 'entries'}"
        yield Finding(CHECK, f"{count} in {folder} cannot be read; AWS is asked again", "assume clear --all")


def _place(patient: Patient, folder: str) -> "Iterator[Finding]":
    """The folder does not exist yet: can it be made?"""
    above = os.path.dirname(folder)
    while above and not os.path.lexists(above) and above != os.path.dirname(above):
        above = os.path.dirname(above)
    if not os.path.isdir(above):
        yield Finding(
            CHECK,
            f"{above} is not a folder, so nothing is cached",
            f"mv {patient.word(above)} {patient.word(above + '.old')}",
        )
    elif not os.access(above, os.W_OK | os.X_OK):
        yield Finding(CHECK, f"{above} cannot be written, so nothing is cached", f"chmod u+rwx {patient.word(above)}")


def _cli_cache(patient: Patient) -> "Iterator[Finding]":
    """Files that the AWS CLI cannot read: it ends with a KeyError, until they are gone."""
    folder = paths.cli_cache(patient.base)
    for name in sorted(write.names(folder, ".json")):
        path = os.path.join(folder, name)
        if not _is_readable(path):
            what = f"{path} is damaged: the AWS CLI fails with `KeyError` on the profile that it is for"
            yield Finding(CHECK, what, f"rm {patient.word(path)}")


def _is_readable(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            content = json.loads(file.read(LARGEST))
    except OSError:
        return True  # it is gone, or its mode is the finding of another check
    except ValueError:
        return False
    return isinstance(content, dict) and isinstance(content.get("Credentials"), dict)
