"""Where a machine's own credentials come from: an instance, containers, SSO sign-ins.

`metadata` serves them over HTTP; the sessions that it opens are the world's, so
that the STS takes them.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from assume.simulator.iam import Role, Session


@dataclass(frozen=True, slots=True)
class Container:
    """A container's credentials: the role, and the Authorization header that it wants."""

    role: Role
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """An SSO sign-in: the bearer's text, when it ends, the roles that it reaches.

    `roles`: a role by account and permission set's name.
    """

    bearer: str
    user: str
    expires_at: float
    roles: Mapping[tuple[str, str], Role]


@dataclass(frozen=True, slots=True)
class Renewal:
    """What sso-oidc CreateToken wants before it renews a sign-in, and what it then gives."""

    client_id: str
    client_secret: str
    refresh: str
    user: str
    roles: Mapping[tuple[str, str], Role]


@dataclass(slots=True)
class Places:
    """What is there to be asked. Absent ones answer 404, or 401."""

    instance: Role | None = None
    containers: dict[str, Container] = field(default_factory=dict)
    sign_ins: dict[str, SignIn] = field(default_factory=dict)
    renewals: dict[str, Renewal] = field(default_factory=dict)
    instance_sessions: dict[str, float] = field(default_factory=dict)  # and when each ends
    held: dict[tuple[str, str], Session] = field(default_factory=dict)  # by role and name

    def container(self, name: str, role: Role, authorization: str | None = None) -> Container:
        """A container whose credentials are at /container/NAME."""
        self.containers[name] = Container(role, authorization)
        return self.containers[name]

    def sign_in(
        self,
        user: str,
        roles: Mapping[tuple[str, str], Role],
        expires_at: float,
        bearer: str | None = None,
    ) -> SignIn:
        """A sign-in to the SSO portal, as `aws sso login` leaves one behind."""
        sign_in = SignIn(bearer or secrets.token_urlsafe(48), user, expires_at, roles)
        self.sign_ins[sign_in.bearer] = sign_in
        return sign_in

    def renewal(self, sign_in: SignIn, client_id: str | None = None, client_secret: str | None = None) -> Renewal:
        """Lets a sign-in be renewed without a browser, once."""
        made = [given or secrets.token_urlsafe(24) for given in (client_id, client_secret, None)]
        renewal = Renewal(made[0], made[1], made[2], sign_in.user, sign_in.roles)
        self.renewals[renewal.refresh] = renewal
        return renewal
