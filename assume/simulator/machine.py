"""The machine that a client runs on, and its sources of credentials: instance role, containers, SSO sign-ins.

`metadata` serves them over HTTP and opens their sessions in the world, so that
STS accepts them.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from assume.simulator.iam import Role, Session


@dataclass(frozen=True, slots=True)
class Container:
    """A container's credentials: the role, and the Authorization header that a request needs."""

    role: Role
    authorization: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """An SSO sign-in: its access token (`bearer`), its end, and its roles.

    `roles`: each role by account number and name of the permission set.
    """

    bearer: str
    user: str
    expires_at: float
    roles: Mapping[tuple[str, str], Role]


@dataclass(frozen=True, slots=True)
class Renewal:
    """Client and refresh token for renewing a sign-in with sso-oidc CreateToken; `user` and `roles` of the new one."""

    client_id: str
    client_secret: str
    refresh: str
    user: str
    roles: Mapping[tuple[str, str], Role]


@dataclass(slots=True)
class Machine:
    """The sources of one machine. A request for a source that is absent is answered with 404 or 401.

    `instance_sessions`: when each IMDSv2 session ends, by its token. `held`: the
    present session of each source, by role ARN and session name. `refresh_of`: the
    refresh token that came with an access token.
    """

    instance: Role | None = None
    containers: dict[str, Container] = field(default_factory=dict)
    sign_ins: dict[str, SignIn] = field(default_factory=dict)
    renewals: dict[str, Renewal] = field(default_factory=dict)
    instance_sessions: dict[str, float] = field(default_factory=dict)
    held: dict[tuple[str, str], Session] = field(default_factory=dict)
    refresh_of: dict[str, str] = field(default_factory=dict)

    def container(self, name: str, role: Role, authorization: str | None = None) -> Container:
        """Adds a container whose credentials are at /container/NAME."""
        self.containers[name] = Container(role, authorization)
        return self.containers[name]

    def sign_in(
        self,
        user: str,
        roles: Mapping[tuple[str, str], Role],
        expires_at: float,
        bearer: str | None = None,
    ) -> SignIn:
        """Adds a sign-in to the SSO portal, such as `aws sso login` makes."""
        sign_in = SignIn(bearer or secrets.token_urlsafe(48), user, expires_at, roles)
        self.sign_ins[sign_in.bearer] = sign_in
        return sign_in

    def renewal(self, sign_in: SignIn, client_id: str | None = None, client_secret: str | None = None) -> Renewal:
        """Adds a refresh token with which a sign-in can be renewed once, without a browser."""
        made = [given or secrets.token_urlsafe(24) for given in (client_id, client_secret, None)]
        renewal = Renewal(made[0], made[1], made[2], sign_in.user, sign_in.roles)
        self.renewals[renewal.refresh] = renewal
        self.refresh_of[sign_in.bearer] = renewal.refresh
        return renewal

    def sign_out(self, sign_in: SignIn) -> None:
        """Ends a sign-in: neither its access token nor its refresh token works any more."""
        self.sign_ins.pop(sign_in.bearer, None)
        self.renewals.pop(self.refresh_of.pop(sign_in.bearer, ""), None)

    def revoke(self, user: str) -> None:
        """Ends every sign-in of a user, as an administrator does."""
        for sign_in in [each for each in self.sign_ins.values() if each.user == user]:
            self.sign_out(sign_in)
        self.renewals = {name: each for name, each in self.renewals.items() if each.user != user}
