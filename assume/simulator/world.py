"""The state of the simulated AWS: accounts, users, MFA devices, roles and sessions.

Tests and the demo fill it; STS reads it and opens sessions in it. It is kept in
memory, guarded by one lock. No clock is read here: times are arguments (epoch
seconds). A user, role or provider replaces an earlier one of the same name.
"""

import base64
import secrets
import string
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from assume.simulator import totp, web_identity
from assume.simulator.center import Center
from assume.simulator.iam import PLAIN, Caller, Device, Grant, Key, Provider, Role, Session, SignInLink, Trust, User
from assume.simulator.machine import Machine

ID_LETTERS = string.ascii_uppercase + "234567"
SESSION_TOKEN_BYTES = 276  # makes 368 characters, a length that AWS uses too


def made_id(prefix: str, length: int = 20) -> str:
    """An id in the form of AWS: AKIA, ASIA, AIDA or AROA, and random letters."""
    rest = (secrets.choice(ID_LETTERS) for _ in range(length - len(prefix)))
    return prefix + "".join(rest)


def made_secret() -> str:
    """A secret key: 40 characters of base64, `/` and `+` among them."""
    return base64.b64encode(secrets.token_bytes(30)).decode()


def account_of(arn: str) -> str:
    """The account number in an ARN."""
    return arn.split(":")[4]


class World:
    """All that exists in the simulated AWS. Every method may be called from any thread."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.keys: dict[str, Key] = {}
        self.devices: dict[str, Device] = {}
        self.roles: dict[str, Role] = {}
        self.providers: dict[tuple[str, str], Provider] = {}
        self.sessions: dict[str, Session] = {}
        self.links: dict[str, SignInLink] = {}
        self.consoles: dict[str, tuple[SignInLink, str, float]] = {}  # by cookie: link, page asked for, end
        self.machine = Machine()
        self.center = Center()
        self.console: Any = None  # see `signin`, which imports this module
        self._used_steps: set[tuple[str, int]] = set()
        self._lock = threading.RLock()

    def user(
        self,
        account: str,
        name: str,
        key_id: str | None = None,
        secret: str | None = None,
        *,
        mfa: Mapping[str, str] | None = None,
        may: Iterable[str] = (),
        may_not: Iterable[str] = (),
        partition: str = "aws",
    ) -> User:
        """Adds a user, with a key if `key_id` is given. The name `root` is the account's root user.

        `mfa`: base32 secrets by serial. `may`: the ARNs of roles that the user's
        policies allow. `may_not`: ARNs of roles, or actions
        (`sts:GetSessionToken`), that they deny. Both may contain `*`.
        """
        kind = "root" if name == "root" else f"user/{name}"
        arn = f"arn:{partition}:iam::{account}:{kind}"
        user_id = account if name == "root" else made_id("AIDA", 21)
        user = User(arn, account, name, user_id, tuple(may), tuple(may_not))
        with self._lock:
            self.users[arn] = user
            if key_id is not None:
                self.key(arn, key_id, secret)
            for serial, seed in (mfa or {}).items():
                self.devices[serial] = Device(serial, seed, arn)
        return user

    def key(self, user_arn: str, key_id: str, secret: str | None = None) -> Key:
        """Adds a key for an existing user."""
        key = Key(key_id, secret or made_secret(), self.users[user_arn].arn)
        with self._lock:
            self.keys[key_id] = key
        return key

    def forget_key(self, key_id: str) -> None:
        """Deletes a long-term key, as a rotation does."""
        with self._lock:
            del self.keys[key_id]

    def role(
        self,
        arn: str,
        trust: Trust | Iterable[Trust] = (),
        *,
        max_duration_s: int = 3600,
        may: Iterable[str] = (),
    ) -> Role:
        """Adds a role. `trust`: one statement or several; one that matches is enough."""
        statements = (trust,) if isinstance(trust, Trust) else tuple(trust)
        name, role_id = arn.rsplit("/", 1)[1], made_id("AROA", 21)
        role = Role(arn, account_of(arn), name, role_id, statements, max_duration_s, tuple(may))
        with self._lock:
            self.roles[arn] = role
        return role

    def provider(self, account: str, issuer: str, audiences: Iterable[str] = ("sts.amazonaws.com",)) -> Provider:
        """Adds an OIDC provider that `account` trusts; `issuer` is its https URL."""
        arn = f"arn:aws:iam::{account}:oidc-provider/{issuer.removeprefix('https://')}"
        provider = Provider(arn, issuer, tuple(audiences), secrets.token_bytes(32))
        with self._lock:
            self.providers[account, issuer] = provider
        return provider

    def web_identity(self, provider: Provider, subject: str, now: float, lasts_s: float = 3600) -> str:
        """A JWT for `subject` and the provider's first audience."""
        return web_identity.mint(provider, subject, provider.audiences[0], now, lasts_s)

    def providers_of(self, account: str) -> dict[str, Provider]:
        """The OIDC providers of an account, by issuer."""
        with self._lock:
            return {issuer: p for (owner, issuer), p in self.providers.items() if owner == account}

    def code(self, serial: str, now: float) -> str:
        """The code that the device shows at `now`."""
        return totp.code(self.devices[serial].secret, now)

    def unused_code(self, serial: str, now: float) -> str:
        """A code that STS still accepts at `now`: the one that is shown, else the next, else the one before.

        For tests that need two codes within 30 seconds. Raises LookupError once
        all three were used.
        """
        for offset in (0, 1, -1):
            number = totp.step(now) + offset
            if (serial, number) not in self._used_steps:
                return totp.code_of_step(self.devices[serial].secret, number)
        message = f"every code of {serial} around {now} was used"
        raise LookupError(message)

    def take_code(self, serial: str, code: str, user_arn: str, now: float) -> bool | None:
        """Uses up a code. None: it is not this user's device; False: the code is wrong, too old or was used."""
        device = self.devices.get(serial)
        if device is None or device.user_arn != user_arn:
            return None
        with self._lock:
            for number in totp.matching_steps(device.secret, code, now):
                if (serial, number) not in self._used_steps:
                    self._used_steps.add((serial, number))
                    return True
        return False

    def user_session(self, caller: Caller, now: float, lasts_s: float, grant: Grant) -> Session:
        """Opens a session of a user, with the user's own rights."""
        holder = (caller.arn, caller.principal, caller.account, caller.user_id)
        return self._open(holder, now, lasts_s, grant)

    def role_session(
        self, role: Role, name: str, now: float, lasts_s: float, grant: Grant = PLAIN, *, is_chained: bool = False
    ) -> Session:
        """Opens a session of `role`, without checking whether the caller may assume it."""
        partition = role.arn.split(":")[1]
        arn = f"arn:{partition}:sts::{role.account}:assumed-role/{role.name}/{name}"
        return self._open((arn, role.arn, role.account, f"{role.id}:{name}"), now, lasts_s, grant, is_chained)

    def _open(
        self, holder: tuple[str, str, str, str], now: float, lasts_s: float, grant: Grant, is_chained: bool = False
    ) -> Session:
        session = Session(
            made_id("ASIA"),
            made_secret(),
            base64.b64encode(secrets.token_bytes(SESSION_TOKEN_BYTES)).decode(),
            *holder,
            issued_at=now,
            expires_at=int(now) + lasts_s,
            grant=grant,
            is_chained=is_chained,
        )
        with self._lock:
            self.sessions[session.key_id] = session
        return session

    def caller(self, key_id: str) -> Caller | None:
        """The owner of a key; None if there is no such key."""
        with self._lock:
            if session := self.sessions.get(key_id):
                return self._caller_of_session(session)
            if (key := self.keys.get(key_id)) is None:
                return None
            user = self.users[key.user_arn]
        return _caller(key.id, key.secret, user, user.arn, user.id)

    def _caller_of_session(self, session: Session) -> Caller | None:
        owner = self.users.get(session.principal) or self.roles.get(session.principal)
        if owner is None:
            return None
        key_id, secret = session.key_id, session.secret
        return _caller(key_id, secret, owner, session.arn, session.user_id, session)


def _caller(
    key_id: str,
    secret: str,
    owner: User | Role,
    arn: str,
    user_id: str,
    session: Session | None = None,
) -> Caller:
    return Caller(
        key_id=key_id,
        secret=secret,
        arn=arn,
        principal=owner.arn,
        account=owner.account,
        user_id=user_id,
        is_root=isinstance(owner, User) and owner.is_root,
        may=owner.may,
        may_not=owner.may_not if isinstance(owner, User) else (),
        session=session,
    )
