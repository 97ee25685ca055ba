"""Where things are: the home, the AWS files, the AWS CLI's caches, our store; and how one of our files is opened.

All paths come from an environment that is handed in. If HOME is unset, empty or
relative, the password database's home is used, for config and store alike: never
the current directory.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Mapping
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

WINDOWS = sys.platform == "win32"
OPEN = 0  # never inherited, never through a link, never waiting for a FIFO's other end; bytes on Windows
for _flag in ("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_NOINHERIT", "O_BINARY"):
    OPEN |= getattr(system, _flag, 0)


def opened(path: str, flags: int, *, single: bool = True, private: bool = True) -> int:
    """A descriptor of a regular file that we own; created with mode 0600 if `flags` say so. Raises OSError.

    `single`: the file has no second name (a hard link). `private`: its mode gives nothing to others. Windows has
    neither owners nor modes, so only the kind of file is checked there.
    """
    handle = system.open(path, flags | OPEN, 0o600)
    try:
        seen = system.fstat(handle)
        if seen.st_mode & 0o170000 == 0o100000 and (
            WINDOWS
            or (
                seen.st_uid == system.geteuid()
                and not (single and seen.st_nlink != 1)
                and not (private and seen.st_mode & 0o077)
            )
        ):
            return handle
    except BaseException:
        system.close(handle)
        raise
    system.close(handle)
    raise PermissionError(1, "not a regular file of this user", path)


def is_absolute(path: str) -> bool:
    """Whether a path means the same file whatever the current directory (and drive) is."""
    if not WINDOWS:
        return path[:1] == "/"
    return path[:2] in ("\\\\", "//") or (path[1:2] == ":" and path[2:3] in ("\\", "/"))


def home(base: "Mapping[str, str]") -> str:
    """The user's home; "" if there is no such folder."""
    path = _told_home(base)
    return path if is_absolute(path) else _recorded_home()


def is_told(base: "Mapping[str, str]") -> bool:
    """Whether the environment itself names a usable home."""
    return is_absolute(_told_home(base))


def aws_files(base: "Mapping[str, str]") -> "tuple[str, str]":
    """Paths of the config and the credentials file, `~` and `$NAME` replaced as botocore does.

    A variable that is set and empty names no file, as in botocore: its path is "".
    """
    folder = home(base)
    return (
        expanded(base.get("AWS_CONFIG_FILE", f"{folder}/.aws/config"), base),
        expanded(base.get("AWS_SHARED_CREDENTIALS_FILE", f"{folder}/.aws/credentials"), base),
    )


def expanded(path: str, base: "Mapping[str, str]") -> str:
    """`path` with a leading `~` or `~user`, `$NAME` and `${NAME}` replaced; unknown names stay as they are."""
    if "$" in path:
        first, *others = path.split("$")
        path = first + "".join(_variable(other, base) for other in others)
    if WINDOWS and "%" in path:
        path = _between_percents(path, base)
    if path == "~" or path[:2] == "~/" or (WINDOWS and path[:2] == "~\\"):
        return home(base) + path[1:]
    return _of_user(path) if path[:1] == "~" else path


def is_plain(path: str) -> bool:
    """Whether the warm lane may use a path as it is written."""
    if WINDOWS:
        return is_absolute(path) and "$" not in path and "%" not in path  # `~` is in every short name
    return is_absolute(path) and "$" not in path and "~" not in path


def sso_cache(base: "Mapping[str, str]") -> str:
    """The folder in which AWS tools keep their SSO tokens."""
    return f"{home(base)}/.aws/sso/cache"


def cli_cache(base: "Mapping[str, str]") -> str:
    """The folder in which the AWS CLI keeps credentials of roles."""
    return f"{home(base)}/.aws/cli/cache"


def store(base: "Mapping[str, str]") -> str:
    """Our own folder: ASSUME_HOME, else `~/.aws/assume`; "" if there is no home."""
    own = expanded(base.get("ASSUME_HOME", ""), base)
    if own and is_absolute(own):
        return own.rstrip("/") or own
    folder = home(base)
    return f"{folder}/.aws/assume" if folder else ""


def _variable(text: str, base: "Mapping[str, str]") -> str:
    if text[:1] == "{" and "}" in text:
        name, _, rest = text[1:].partition("}")
    else:
        end = 0
        while end < len(text) and (text[end].isalnum() or text[end] == "_") and text[end].isascii():
            end += 1
        name, rest = text[:end], text[end:]
    known = name.upper() if WINDOWS else name
    return base[known] + rest if known in base else "$" + text


def _between_percents(path: str, base: "Mapping[str, str]") -> str:
    result, *pieces = path.split("%")
    while len(pieces) > 1:
        name, rest, *pieces = pieces
        result += (base.get(name.upper(), f"%{name}%") if name else "%") + rest
    return "%".join([result, *pieces])


def _told_home(base: "Mapping[str, str]") -> str:
    if not WINDOWS:
        return base.get("HOME", "")
    return base.get("USERPROFILE") or base.get("HOMEDRIVE", "") + base.get("HOMEPATH", "")


def _of_user(path: str) -> str:
    """`~name/…` in that user's home; unchanged if there is no such user, and on Windows."""
    if WINDOWS:
        return path
    import pwd

    name, slash, rest = path[1:].partition("/")
    try:
        return pwd.getpwnam(name).pw_dir.rstrip("/") + slash + rest or "/"
    except (KeyError, ValueError):
        return path


def _recorded_home() -> str:
    if WINDOWS:
        return ""
    import os
    import pwd

    try:
        path = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""
    return path if path[:1] == "/" and path != "/nonexistent" else ""
