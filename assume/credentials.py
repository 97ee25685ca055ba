"""Temporary credentials and how long they are good for. On the warm lane.

Times are epoch seconds in UTC. *Fresh*: enough time is left that no renewal is
due. *Usable*: at least SPARE_S seconds are left; credentials with less are never
passed on.
"""

SPARE_S = 60  # credentials with less time than this are not passed on
RENEW_S = 900  # every verb renews if less than this is left, or less than a third of the whole duration


class Credentials:
    """Keys, and what is known of them. `expires_at` is None for keys that do not expire."""

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
        self.arn = arn  # of the assumed role, with the name of its session

    def __repr__(self) -> str:
        return f"Credentials({self.key_id}, expires_at={self.expires_at})"  # never the secrets

    @property
    def keys(self) -> "tuple[str, str, str]":
        """Key id, secret, session token."""
        return (self.key_id, self.secret, self.session_token)

    def left_s(self, now: float) -> float:
        """Seconds until they expire; infinite for keys that do not."""
        return float("inf") if self.expires_at is None else self.expires_at - now


def is_fresh(credentials: Credentials, now: float, min_left_s: int = 0) -> bool:
    """Whether no renewal is due. `min_left_s` is the user's own limit (--min-left); 0 for ours."""
    if credentials.expires_at is None:
        return True
    limit_s = min_left_s or min(RENEW_S, (credentials.expires_at - credentials.issued_at) / 3)
    return credentials.left_s(now) > max(SPARE_S, limit_s)


def is_usable(credentials: Credentials, now: float) -> bool:
    """Whether they may be passed on at all."""
    return credentials.left_s(now) > SPARE_S


def instant(at: int) -> str:
    """Epoch seconds as `2026-11-23T20:47:07Z`: boto3 crashes on a time without its zone."""
    from time import gmtime

    return "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*gmtime(at)[:6])


KINDS = ("access key id", "secret access key", "session token")


def flaw(keys: "tuple[str, str, str]") -> "tuple[int, str] | None":
    """Why no request can be signed with `keys`: the index in KINDS, and a reason such as `holds a space (number 3)`.

    The reason has no part of the value. Any other value is sent, as the AWS CLI does: emulators use key ids such as
    `test`. None if all is well.
    """
    for index, value in enumerate(keys):
        if not value.isascii() or not value.isprintable() or " " in value or not index and "/" in value:
            return index, _first_flaw(value)
        if len(value) > 32767:  # what Windows takes as a variable; AWS promises no maximum, and gives about 1,000
            return index, "is longer than 32,767 characters"
        if not value and index < 2:
            return index, "is empty"
    return None


def _first_flaw(value: str) -> str:
    for number, mark in enumerate(value, start=1):
        if not mark.isascii():
            return f"holds a character that is not ASCII (number {number}), which no request can carry"
        if not mark.isprintable():
            return f"holds a control character (number {number}), which no request can carry"
        if mark == " ":
            return f"holds a space (number {number})"
    return "holds a slash, which separates the parts of a signature"


def check_keys(keys: "tuple[str, str, str]") -> None:
    """Raises Unsafe for keys that cannot be used: the values come from the network, from files, from commands."""
    if found := flaw(keys):
        what = f"the {KINDS[found[0]]} {found[1]}"
        raise unsafe(what, "nothing was changed; the reply or the file that gave it is broken")


def check_reply(keys: "tuple[str, str, str]") -> None:
    """The same for a reply of STS, whose access key ids have 16 to 128 letters and digits. Raises Unsafe."""
    plain = keys[0].replace("_", "a")
    if not (16 <= len(keys[0]) <= 128 and plain.isascii() and plain.isalnum()):
        raise unsafe("the access key id is not valid", "nothing was changed; the reply that gave it is broken")
    check_keys(keys)


def unsafe(what: str, cure: str = "") -> Exception:
    """The error for a value that must not reach a shell. Its class is imported here, so that a hit does not load it."""
    from assume.errors import Unsafe

    return Unsafe(what, cure)
