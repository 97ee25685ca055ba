"""Credentials as they are kept, and how long they are good for. On the warm lane.

Times are epoch seconds. *Fresh*: enough is left that nothing need be done.
*Due*: renew it if that takes no question, else give what is left. *Ended*: not
to be given to anyone.
"""

from assume import store
from assume.environment import check_keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

SPARE_S = 60  # less than this is not handed out
RENEW_S = 900  # every verb renews when less is left, or a third of the whole if that is less
SHARED = ".cli" + store.NOTE
FUTURE_S = 300  # an entry issued later than now by more than this: the clock was set back


class Credentials:
    """Keys, and what is known of them. `expires_at` is None for keys that do not end."""

    __slots__ = ("arn", "expires_at", "issued_at", "key_id", "secret", "session_token")

    def __init__(
        self,
        key_id: str,
        secret: str,
        session_token: str = "",
        expires_at: int | None = None,
        issued_at: int = 0,
        arn: str = "",
    ) -> None:
        self.key_id = key_id
        self.secret = secret
        self.session_token = session_token
        self.expires_at = expires_at
        self.issued_at = issued_at
        self.arn = arn  # of the assumed role, with its session's name

    def __repr__(self) -> str:
        return f"Credentials({self.key_id}, expires_at={self.expires_at})"  # never the secrets

    @property
    def keys(self) -> "tuple[str, str, str]":
        """Key id, secret, session token."""
        return (self.key_id, self.secret, self.session_token)

    def left_s(self, now: float) -> float:
        """Seconds until they end; infinite for keys that do not."""
        return float("inf") if self.expires_at is None else self.expires_at - now


def is_fresh(credentials: Credentials, now: float, min_left_s: int = 0) -> bool:
    """Whether they can be given without another thought; `min_left_s` is the user's own wish."""
    if credentials.expires_at is None:
        return True
    wish_s = min_left_s or min(RENEW_S, (credentials.expires_at - credentials.issued_at) / 3)
    return credentials.left_s(now) > max(SPARE_S, wish_s)


def is_usable(credentials: Credentials, now: float) -> bool:
    """Whether they may be handed out at all."""
    return credentials.left_s(now) > SPARE_S


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
