"""The parts of a World, as frozen values: users, keys, MFA devices, trust, roles, providers, sessions.

`world` holds them; `trust` decides by them. Names of times end in _at (epoch
seconds), of durations in _s. ARNs are complete, with the partition.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """A user with long-term keys.

    `may`: the ARNs of roles that the user's policies allow; `may_not`: ARNs of
    roles, or sts actions, that they deny. Both may contain `*`.
    """

    arn: str
    account: str
    name: str
    id: str
    may: tuple[str, ...] = ()
    may_not: tuple[str, ...] = ()

    @property
    def is_root(self) -> bool:
        """True for the root user of an account, who may not assume roles."""
        return self.arn.endswith(":root")


@dataclass(frozen=True, slots=True)
class Key:
    """A user's long-term access key."""

    id: str
    secret: str
    user_arn: str


@dataclass(frozen=True, slots=True)
class Device:
    """An MFA device: virtual (its serial is an ARN) or hardware. `secret` is in base32."""

    serial: str
    secret: str
    user_arn: str


@dataclass(frozen=True, slots=True)
class Trust:
    """One statement of a role's trust policy: who may assume the role, and on which conditions.

    `principals`: account numbers, ARNs of account roots, users, roles, sessions
    or OIDC providers, or `*`. `mfa_age_s`: the greatest age of the MFA code.
    `principal_arn`: the ARN of the user or role must be like this, with `*` and `?`.
    `subject` and `audience` are for web identities; `subject` may contain `*`.
    """

    principals: tuple[str, ...]
    external_id: str | None = None
    mfa: bool = False
    mfa_age_s: int | None = None
    tag_session: bool = False
    set_source_identity: bool = False
    principal_arn: str | None = None
    subject: str | None = None
    audience: str | None = None


@dataclass(frozen=True, slots=True)
class Role:
    """A role. `may`: the ARNs of roles that the role's own policies let it assume; they may contain `*`."""

    arn: str
    account: str
    name: str
    id: str
    trust: tuple[Trust, ...] = ()
    max_duration_s: int = 3600
    may: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """An OIDC provider that an account trusts; `secret` signs its tokens (HS256)."""

    arn: str
    issuer: str
    audiences: tuple[str, ...]
    secret: bytes


@dataclass(frozen=True, slots=True)
class Grant:
    """The settings with which a session was opened. `mfa_at`: when its MFA code was given."""

    mfa_at: float | None = None
    policy: str | None = None
    policy_arns: tuple[str, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    transitive: tuple[str, ...] = ()
    source_identity: str | None = None


PLAIN = Grant()


@dataclass(frozen=True, slots=True)
class Session:
    """Temporary credentials of a role or (from GetSessionToken) of a user.

    `principal`: the ARN of the role or user, which trust policies name; `arn`:
    the one that GetCallerIdentity returns.
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
    is_chained: bool = False  # temporary credentials signed the call that opened it


@dataclass(frozen=True, slots=True)
class SignInLink:
    """A sign-in token of the federation endpoint: whose it is, until when it works, how long the console lasts."""

    text: str
    session: Session
    ends_at: float
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a request; `session` is set if the credentials are temporary."""

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
        """True for a session of a role; False for a user, with or without an MFA session."""
        return self.session is not None and self.session.arn != self.session.principal

    def mfa_age_s(self, now: float) -> float | None:
        """Seconds since the MFA code of these credentials; None if there was no code."""
        if self.session is None or self.session.grant.mfa_at is None:
            return None
        return now - self.session.grant.mfa_at
