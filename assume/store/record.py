"""Entries and pointers on disk: their names, their form, reading and checking. `write` puts them there.

An *entry* holds credentials and the request that they answer; a *pointer* says
which entry a profile's name led to, and how the files looked then. Both are
lines of `name=value`, closed by a check over all of them: a torn or altered
file is a miss. Times are epoch seconds in UTC.

Nothing here stands between a user and credentials: what cannot be read is a
miss. The warm lane imports this module: only what a bare interpreter has
loaded is imported at the top.
"""

import sys

from assume.credentials import Credentials, check_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Mapping

    from assume.arguments import Options

    Fields = dict[str, str]
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

ENTRY, POINTER, LOCK, NOTE, CODE, TEMPORARY = ".entry", ".pointer", ".lock", ".note", ".code", "tmp."
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
        content = system.read(handle, seen.st_size)
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


def _is_private(seen: "system.stat_result") -> bool:
    if seen.st_mode & 0o170000 != 0o100000:
        return False
    return not POSIX or (seen.st_uid == system.geteuid() and not seen.st_mode & 0o077 and seen.st_nlink == 1)


FUTURE_S = 300  # an entry issued later than now by more than this: the clock was set back


def entry_name(request: str) -> str:
    """The file that answers `request`."""
    return name_of(request) + ENTRY


def entry(folder: str, request: str, now: float) -> Credentials | None:
    """What is stored for exactly this request, ended or not; None if nothing that can be believed."""
    fields = read(folder, entry_name(request)) if folder else None
    return None if fields is None else from_fields(fields, request, now)


def from_fields(fields: "Mapping[str, str]", request: str, now: float) -> Credentials | None:
    """An entry's fields as credentials, if they answer `request`, can be keys, and were not issued in the future."""
    if fields.get("request") != request:
        return None
    keys = (fields.get("key_id", ""), fields.get("secret", ""), fields.get("session_token", ""))
    try:
        check_keys(keys)
    except Exception:
        return None  # Unsafe, which is not loaded for a hit
    issued_at = number(fields, "issued_at")
    if issued_at > now + FUTURE_S:
        return None
    return Credentials(*keys, number(fields, "expires_at"), issued_at, fields.get("arn", ""))


# what decides where a chain leads, beside the AWS files; never a secret
VARIABLES = (
    "HOME",
    "USERPROFILE",
    "ASSUME_EXPORT",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)


def key_of(options: "Options", aws_files: "tuple[str, str]") -> str:
    """What a pointer is named by, and compared with."""
    return "\n".join([*aws_files, *options.repeated()])
