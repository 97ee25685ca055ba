"""Credentials as entries of the store: found by their request, checked, written. On the warm lane."""

from assume import store
from assume.credentials import Credentials, check_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SHARED = ".cli" + store.NOTE
FUTURE_S = 300  # an entry issued later than now by more than this: the clock was set back


def entry_name(request: str) -> str:
    """The file that answers `request`."""
    return store.name_of(request) + store.ENTRY


def read(folder: str, request: str, now: float) -> Credentials | None:
    """What is stored for exactly this request, ended or not; None if nothing that can be believed."""
    fields = store.read(folder, entry_name(request)) if folder else None
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
    issued_at = store.number(fields, "issued_at")
    if issued_at > now + FUTURE_S:
        return None
    return Credentials(*keys, store.number(fields, "expires_at"), issued_at, fields.get("arn", ""))


def keep(folder: str, request: str, credentials: Credentials) -> None:
    """Stores credentials as the answer to `request`. Raises OSError."""
    from assume import storing  # not for the warm lane

    storing.write(
        folder,
        entry_name(request),
        {
            "request": request,
            "key_id": credentials.key_id,
            "secret": credentials.secret,
            "session_token": credentials.session_token,
            "expires_at": str(credentials.expires_at or 0),
            "issued_at": str(credentials.issued_at),
            "arn": credentials.arn,
        },
    )


def direct_note(request: str) -> str:
    """The file that remembers: an MFA code goes on the call of `request` itself, no session before it."""
    return store.name_of("direct\n" + request) + store.NOTE


def code_name(serial: str, code: str) -> str:
    """The file that remembers, for as long as a code lasts: this code of this device was sent."""
    from hashlib import sha256

    return sha256(f"{serial}\n{code}".encode("utf-8", "surrogateescape")).hexdigest()[:32] + store.CODE


def shared_note(key: str) -> str:
    """The file that remembers: we wrote that entry of the AWS CLI's cache."""
    return key + SHARED
