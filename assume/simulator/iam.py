"""What the world is made of: users, keys, devices, trust, roles, providers, sessions.

Values only, frozen; `world` holds them and `trust` judges by them. Instants end
in _at (epoch seconds), durations in _s. ARNs are whole, partition included.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """Someone with long-term keys. `may` and `may_not`: role ARNs with `*`, or sts actions."""

    arn: str
    account: str
    name: str
    id: str
    may: tuple[str, ...] = ()
    may_not: tuple[str, ...] = ()

    @property
    def is_root(self) -> bool:
        """An account's root user, who may not assume roles."""
        return self.arn.endswith(":root")


@dataclass(frozen=True, slots=True)
class Key:
    """A user's long-term access key."""

    id: str
    secret: str
    user_arn: str


@dataclass(frozen=True, slots=True)
class Device:
    """An MFA device, virtual (its serial is an ARN) or hardware; `secret` in base32."""

    serial: str
    secret: str
    user_arn: str


@dataclass(frozen=True, slots=True)
class Trust:
    """One statement of a role's trust policy: who may assume it, and on which conditions.

    `principals`: account numbers, ARNs of account roots, users, roles, sessions
    or OIDC providers, or `*`. `mfa_age_s`: the MFA must be younger than that.
    `subject` and `audience` are for web identities; `subject` may hold `*`.
    """

    principals: tuple[str, ...]
    external_id: str | None = None
    mfa: bool = False
    mfa_age_s: int | None = None
    tag_session: bool = False
    set_source_identity: bool = False
    subject: str | None = None
    audience: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role. `may`: the ARNs of the roles that it is allowed to assume in turn, with `*`."""

    arn: str
    account: str
    name: str
    id: str
    trust: tuple[Trust, ...] = ()
    max_duration_s: int = 3600
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """An OIDC provider as an account knows it; `secret` signs its identities (HS256)."""

    arn: str
    issuer: str
    audiences: tuple[str, ...]
    secret: bytes


@dataclass(frozen=True, slots=True)
class Grant:
    """What a session was opened with. `mfa_at`: when an MFA code was given for it."""

    mfa_at: float | None = None
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    transitive: tuple[str, ...] = ()
    source_identity: str | None = None


PLAIN = Grant()


@dataclass(frozen=True, slots=True)
class Session:
    """Temporary credentials, of a role or (from GetSessionToken) of a user.

    `principal`: the role's or the user's ARN, which trust policies name; `arn`:
    what GetCallerIdentity says.
    """

    key_id: str
    secret: str
    session_token: str
    arn: str
    principal: str
    account: str
    user_id: str
    issued_at: float
    expires_at: float
    grant: Grant = PLAIN


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request; `session` where the credentials are temporary."""

    key_id: str
    secret: str
    arn: str
    principal: str
    account: str
    user_id: str
    is_root: bool
    may: tuple[str, ...]
    may_not: tuple[str, ...]
    session: Session | None = None

    @property
    def is_role(self) -> bool:
        """A role's session, as against a user with or without an MFA session."""
        return self.session is not None and self.session.arn != self.session.principal

    def mfa_age_s(self, now: float) -> float | None:
        """Seconds since the MFA code of these credentials; None without one."""
        if self.session is None or self.session.grant.mfa_at is None:
            return None
        return now - self.session.grant.mfa_at
