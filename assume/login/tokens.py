"""Sign-in tokens on disk, under the AWS CLI's names and in its form: each is used by assume, the AWS CLI and the SDKs.

In `~/.aws/sso/cache`: a token's file has the sha1 of the session's name, or of the start URL; a client's registration
the sha1 of what it was registered for. Written whole or not at all, mode 0600 in a folder with 0700. A file that
cannot be read, or is not a token, counts as absent.
"""

import json
import os
from datetime import UTC, datetime
from hashlib import sha1, sha256

from assume import files, paths
from assume.store import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assume.login.sign_in import Place

EARLY_S = 15 * 60  # a token or a registration is renewed when less than this is left; botocore's window
SPARE_S = 60  # a token with less than this left is not used
LARGEST = 1 << 18  # bytes


class Token:
    """A sign-in's access token, and what renews it. `fields` are those of the file."""

    def __init__(self, fields: "Mapping[str, Any]") -> None:
        self.fields = dict(fields)
        self.bearer = str(fields["accessToken"])
        self.expires_at = instant_of(fields["expiresAt"])

    def left_s(self, now: float) -> float:
        """How many seconds it is good for."""
        return self.expires_at - now

    def can_renew(self, now: float) -> bool:
        """Whether it has a refresh token, and its client is still registered."""
        needed = ("refreshToken", "clientId", "clientSecret")
        if not all(isinstance(self.fields.get(name), str) for name in needed):
            return False
        try:
            return instant_of(self.fields.get("registrationExpiresAt")) > now
        except ValueError:
            return False


class Cache:
    """The folder of the tokens; "" if there is no home."""

    def __init__(self, base: "Mapping[str, str]") -> None:
        self.folder = paths.sso_cache(base) if paths.home(base) else ""

    def token(self, place: "Place") -> Token | None:
        """The token of a place, expired or not."""
        fields = self.read(place.key)
        try:
            return Token(fields) if fields is not None and is_bearer(fields.get("accessToken")) else None
        except (KeyError, ValueError):
            return None

    def keep(self, place: "Place", fields: "Mapping[str, Any]") -> Token:
        """Stores a token. Raises OSError."""
        self.write(place.key, fields)
        return Token(fields)

    def registration(self, place: "Place", grants: "tuple[str, ...]", now: float) -> "dict[str, Any] | None":
        """The registered client for a place and for these grants; None if it is absent, or ends soon."""
        found = self.read(registration_key(place)) or {}
        has_code = "authorization_code" in (found.get("grantTypes") or ())
        try:
            lasts = instant_of(found.get("expiresAt")) - now > EARLY_S
        except ValueError:
            return None
        is_whole = isinstance(found.get("clientId"), str) and isinstance(found.get("clientSecret"), str)
        return found if is_whole and lasts and has_code == ("authorization_code" in grants) else None

    def read(self, key: str) -> "dict[str, Any] | None":
        """One file's fields."""
        if not self.folder:
            return None
        try:
            with open(f"{self.folder}/{key}.json", "rb", opener=_opened) as file:
                found = json.loads(file.read(LARGEST))
        except (OSError, ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None

    def write(self, key: str, fields: "Mapping[str, Any]") -> None:
        """Writes one file. Raises OSError; then it is as it was."""
        if not self.folder:
            raise FileNotFoundError(2, "there is no home directory")
        os.makedirs(self.folder, mode=0o700, exist_ok=True)
        write.sweep_leftovers(self.folder, datetime.now(UTC).timestamp())
        files.write_whole(f"{self.folder}/{key}.json", json.dumps(fields).encode())

    def remove(self, key: str) -> bool:
        """Removes one file. True if it was there."""
        return bool(self.folder) and files.forget(f"{self.folder}/{key}.json")

    def keys(self) -> "list[str]":
        """The keys of all files that hold an access token, whichever tool wrote them."""
        names = sorted(write.names(self.folder, ".json")) if self.folder else []
        keys = [name.removesuffix(".json") for name in names]
        return [key for key in keys if is_bearer((self.read(key) or {}).get("accessToken"))]


def registration_key(place: "Place") -> str:
    """The name of a registration's file, without its ending: the AWS CLI's, so that each finds the other's."""
    what = {
        "tool": "botocore",
        "startUrl": place.start_url,
        "region": place.region,
        "scopes": place.scopes,
        "session_name": place.session or None,
    }
    return sha1(json.dumps(what, sort_keys=True).encode()).hexdigest()  # noqa: S324  the CLI's name for the file


def console_folder(base: "Mapping[str, str]") -> str:
    """Where AWS tools keep the tokens of console sign-ins (`login_session`)."""
    own = base.get("AWS_LOGIN_CACHE_DIRECTORY", "")
    return paths.expanded(own, base) if own else f"{paths.home(base)}/.aws/login/cache"


def console_token_path(folder: str, session: str) -> str:
    """The file of one `login_session`."""
    return f"{folder}/{sha256(session.encode('utf-8', 'surrogateescape')).hexdigest()}.json"


def instant_of(text: object) -> float:
    """Epoch seconds of `2026-01-31T09:30:00Z`, or of the older form that ends in `UTC`. Raises ValueError."""
    at = datetime.fromisoformat(str(text).replace("UTC", "Z"))
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()


def text_of(instant: float) -> str:
    """Epoch seconds as `2026-01-31T09:30:00Z`. Raises ValueError for a time that has no such form."""
    try:
        return datetime.fromtimestamp(int(instant), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, OSError):
        raise ValueError("not a time") from None


def is_bearer(value: object) -> bool:
    """Whether a value can be an access token: text that fits into a header."""
    return isinstance(value, str) and bool(value) and value.isascii() and value.isprintable()


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # never waiting for the other end of a FIFO
