"""Entries, pointers and locks on disk: read, check, write, sweep.

An *entry* holds credentials and the request that they answer; a *pointer* says
which entry a profile's name led to, and how the files looked then. Both are
lines of `name=value`, closed by a check over all of them: a torn or altered
file is a miss. Times are epoch seconds in UTC.

Nothing here stands between a user and credentials: what cannot be read is a
miss, what cannot be written is reported and forgotten. The warm lane imports
this module: only what a bare interpreter has loaded is imported at the top.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Iterable, Mapping

    Fields = dict[str, str]
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

ENTRY, POINTER, LOCK, NOTE, TEMPORARY = ".entry", ".pointer", ".lock", ".note", "tmp."
FORMAT = "assume-store-1"
MODULUS = 2**128 - 159  # a prime: every changed byte changes the remainder
LARGEST = 1 << 20  # bytes; a session token may be 32 KiB
POSIX = sys.platform != "win32"
OPEN = 0
for _flag in ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_NOINHERIT", "O_BINARY"):
    OPEN |= getattr(system, _flag, 0)


def name_of(text: str) -> str:
    """A file's name for a request or a pointer's key: 32 hexadecimal digits.

    No protection against a forger: the text itself is in the file, and compared.
    """
    return f"{int.from_bytes(text.encode('utf-8', 'surrogateescape'), 'big') % MODULUS:032x}"


def effective_uid() -> int:
    """Who owns what this process writes; 0 where files have no owners (Windows)."""
    return system.geteuid() if POSIX else 0


def folder_is_sound(folder: str) -> bool:
    """Whether `folder` is a real directory, ours, and nobody else's to look into."""
    try:
        seen = system.lstat(folder)
    except (OSError, ValueError):
        return False
    if seen.st_mode & 0o170000 != 0o040000:
        return False
    return not POSIX or (seen.st_uid == system.geteuid() and not seen.st_mode & 0o077)


def read(folder: str, name: str) -> "Fields | None":
    """The fields of one file, or None: absent, corrupt, or not safe to believe."""
    try:
        handle = system.open(f"{folder}/{name}", system.O_RDONLY | OPEN)
    except (OSError, ValueError):
        return None
    try:
        seen = system.fstat(handle)
        if not _is_private(seen) or seen.st_size > LARGEST:
            return None
        content = system.read(handle, LARGEST)
    except OSError:
        return None
    finally:
        system.close(handle)
    return parsed(content)


def parsed(content: bytes) -> "Fields | None":
    """Lines of `name=value` as a dict; None if a byte of them is not as it was written."""
    body, mark, check = content.rpartition(b"check=")
    if not mark or check != b"%032x\n" % (int.from_bytes(body, "big") % MODULUS):
        return None
    fields: Fields = {}
    try:
        lines = body[:-1].decode("utf-8", "surrogateescape").split("\n")
    except UnicodeDecodeError:
        return None
    for line in lines:
        name, _, value = line.partition("=")
        fields[name] = value.replace("\\n", "\n").replace("\\-", "\\") if "\\" in value else value
    return fields if fields.get("format") == FORMAT else None


def formatted(fields: "Mapping[str, str]") -> bytes:
    """The bytes of a file, check included. A newline in a value is written as `\\n`."""
    lines = [f"format={FORMAT}\n"]
    lines += [f"{name}=" + value.replace("\\", "\\-").replace("\n", "\\n") + "\n" for name, value in fields.items()]
    body = "".join(lines).encode("utf-8", "surrogateescape")
    return body + b"check=%032x\n" % (int.from_bytes(body, "big") % MODULUS)


def number(fields: "Mapping[str, str]", name: str) -> int:
    """A field as a whole number; 0 where it is missing or none."""
    text = fields.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def signature(path: str, now: float) -> str:
    """How a file looks from outside: `path` may be missing, a link is followed.

    Device, inode, size, mtime_ns, ctime_ns, mode, owner; `-` for a missing file.
    `racy` where the file changed less than two seconds ago (or in the future): on
    a file system with coarse stamps a second edit would look the same.
    """
    try:
        seen = system.stat(path)
    except (OSError, ValueError):
        return "-"
    if max(seen.st_mtime, seen.st_ctime) > now - 2:
        return "racy"
    return (
        f"{seen.st_dev}:{seen.st_ino}:{seen.st_size}:{seen.st_mtime_ns}:{seen.st_ctime_ns}:{seen.st_mode}:{seen.st_uid}"
    )


def write(folder: str, name: str, fields: "Mapping[str, str]", sync: bool = True) -> None:
    """Puts one file in place whole, or leaves what was there. Raises OSError.

    `sync` waits for the disk; a pointer is not worth that.
    """
    temporary = f"{folder}/{TEMPORARY}{system.getpid()}.{name}"
    handle = system.open(temporary, system.O_WRONLY | system.O_CREAT | system.O_EXCL | OPEN, 0o600)
    try:
        try:
            content = formatted(fields)
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
    """Takes away what a killed process left half written, and entries that have ended."""
    present = names(folder, "")
    for name in present:
        if name.startswith(TEMPORARY):
            pid = name[len(TEMPORARY) :].partition(".")[0]
            if not pid.isdigit() or not _is_alive(int(pid)) or _age(folder, name, now) > 60:
                remove(folder, [name])
    if _age(folder, "swept" + NOTE, now) < 86400:
        return
    for name in present:
        if name.endswith(ENTRY):
            fields = read(folder, name)
            if fields is None or number(fields, "expires_at") < now:
                remove(folder, [name])
        elif name.endswith((POINTER, NOTE)) and _age(folder, name, now) > 30 * 86400:
            remove(folder, [name])
    write(folder, "swept" + NOTE, {}, sync=False)


def _is_private(seen: "system.stat_result") -> bool:
    if seen.st_mode & 0o170000 != 0o100000:
        return False
    return not POSIX or (seen.st_uid == system.geteuid() and not seen.st_mode & 0o077 and seen.st_nlink == 1)


def _replace(source: str, target: str) -> None:
    for attempt in range(10):
        try:
            system.replace(source, target)
            return
        except IsADirectoryError:
            system.rename(target, f"{target}.{system.getpid()}.aside")  # healed: nobody but us names files so
        except PermissionError:
            if POSIX or attempt == 9:
                raise
            from time import sleep  # Windows: a reader has it open, for microseconds

            sleep(0.01 * (attempt + 1))


def _is_alive(pid: int) -> bool:
    if not POSIX:
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
