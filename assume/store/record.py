"""Entries and pointers on disk: their names, their form, reading and checking. `write` writes them.

An *entry* holds credentials and the request that they answer; a *pointer* says
which entry a profile's name led to, and how the files looked then. Both are
lines of `name=value`, closed by a check over all of them: a torn or altered
file is a miss. Times are epoch seconds in UTC.

A file that cannot be read is a miss, never an error. The warm lane imports this
module: only what a bare interpreter has loaded is imported at the top.
"""

import sys

from assume import paths
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

ENTRY, POINTER, LOCK, NOTE, CODE = ".entry", ".pointer", ".lock", ".note", ".code"
FORMAT = "assume-store-1"
MODULUS = 2**128 - 159  # a prime: every changed byte changes the remainder
LARGEST = 1 << 20  # bytes; a session token may be 32 KiB
POSIX = sys.platform != "win32"


def name_of(text: str) -> str:
    """A file's name for a request or a pointer's key: 32 hexadecimal digits.

    It does not protect against a forger: the text itself is in the file, and is compared.
    """
    return f"{int.from_bytes(text.encode('utf-8', 'surrogateescape'), 'big') % MODULUS:032x}"


def effective_uid() -> int:
    """Who owns what this process writes; 0 where files have no owners (Windows)."""
    return system.geteuid() if POSIX else 0


def folder_is_sound(folder: str) -> bool:
    """Whether `folder` is a real directory that is ours, with no access for others."""
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
        handle = paths.opened(f"{folder}/{name}", system.O_RDONLY)
    except (OSError, ValueError):
        return None
    try:
        size = system.fstat(handle).st_size
        if size > LARGEST:
            return None
        content = system.read(handle, size)
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
    """A field as a whole number; 0 if it is missing or not a number."""
    text = fields.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def signature(path: str, now: float) -> str:
    """A file's metadata as one text; a link is followed.

    Device, inode, size, mtime_ns, ctime_ns, mode, owner; `-` for a missing file.
    `racy` if the file changed less than two seconds ago (or in the future): on
    a file system with coarse timestamps a second edit would look the same.
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


FUTURE_S = 300  # an entry issued later than now by more than this: the clock was set back


def entry_name(request: str) -> str:
    """The file that answers `request`."""
    return name_of(request) + ENTRY


def entry(folder: str, request: str, now: float) -> Credentials | None:
    """The credentials stored for exactly this request, expired or not; None if there are no valid ones."""
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


# the variables that decide where a chain leads, beside the AWS files; never a secret
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
    "AWS_ENDPOINT_URL_SSO",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_REGION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)


def key_of(options: "Options", aws_files: "tuple[str, str]") -> str:
    """The text from which a pointer gets its name, and with which it is compared."""
    return "\n".join([*aws_files, *options.repeated()])
