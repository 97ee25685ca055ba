"""Temporary credentials and how long they are good for. On the warm lane.

Times are epoch seconds in UTC. *Fresh*: so much time is left that nothing need
be done. *Usable*: at least SPARE_S seconds are left; credentials with less are
given to nobody.
"""

SPARE_S = 60  # less than this is not handed out
RENEW_S = 900  # every verb renews when less is left, or a third of the whole if that is less


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


def instant(at: int) -> str:
    """Epoch seconds as `2026-11-23T20:47:07Z`: boto3 crashes on a time without its zone."""
    from time import gmtime

    return "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}Z".format(*gmtime(at)[:6])


def check_keys(keys: "tuple[str, str, str]") -> None:
    """Refuses what no AWS reply holds: the values come from the network, from files, from commands."""
    key_id, secret, session_token = keys
    plain = key_id.replace("_", "a")
    if not (16 <= len(key_id) <= 128 and plain.isascii() and plain.isalnum()):
        raise unsafe(
            "the access key id is not one", "nothing was changed; the reply or the file that gave it is broken"
        )
    for what, value in (("secret access key", secret), ("session token", session_token)):
        # 32,768: what Windows takes as a variable; AWS promises no maximum, and gives about 1,000
        if not (value.isascii() and value.isprintable() and " " not in value and len(value) < 32768):
            raise unsafe(f"the {what} holds what none does", "nothing was changed; the reply or the file is broken")
    if not secret:
        raise unsafe(
            "the secret access key is empty", "nothing was changed; the reply or the file that gave it is broken"
        )


def unsafe(what: str, cure: str = "") -> Exception:
    """The error for a value that must not reach a shell. Its class is imported only then: a hit never needs it."""
    from assume.errors import Unsafe

    return Unsafe(what, cure)
