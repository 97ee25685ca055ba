"""One profile as a row: how it gets credentials, account, role, region, MFA, and what is cached. Calls nobody.

`list` shows all of them; the picker asks for those that are on the screen.
"""

from assume import arguments, paths
from assume.aws import sign_in
from assume.errors import AssumeError
from assume.profiles.chain import SSO
from assume.profiles.plan import plan
from assume.store import entries, record, write
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.profiles.chain import Chain
    from assume.profiles.config import Config


class Row:
    """What is known about one profile. Texts are "" where there is nothing to tell."""

    __slots__ = (
        "account",
        "credentials",
        "error",
        "expires_at",
        "is_guarded",
        "mfa",
        "name",
        "region",
        "role",
        "role_arn",
        "sign_in",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.credentials = ""  # the profiles on the way, `landing < hub < user1`; or the kind of source
        self.account = ""
        self.role = ""
        self.role_arn = ""
        self.region = ""
        self.mfa = ""  # the serial of the device
        self.is_guarded = False
        self.sign_in = ""  # of an SSO session: "live", "ended", or "none" before the first sign-in
        self.expires_at: int | None = None  # of the cached credentials, in epoch seconds; None if nothing is cached
        self.error = ""  # why this profile cannot work


class Rows:
    """Makes the rows. The store's folder is listed once; only what is in it is opened."""

    def __init__(self, config: "Config", base: "Mapping[str, str]", now: float) -> None:
        self.config = config
        self.base = base
        self.now = now
        self.folder = paths.store(base)
        self.kept = frozenset(write.names(self.folder, record.ENTRY))

    def row(self, name: str) -> Row:
        """The row of one profile. It never raises: `error` has the reason."""
        made = Row(name)
        options = arguments.Options()
        options.profile = name
        try:
            chain = plan(self.config, options, self.base)
        except AssumeError as error:
            made.error = error.what
            return made
        steps = [hop.profile for hop in reversed(chain.hops[:-1])]
        source = chain.source.profile if chain.source.profile != name else chain.source.kind
        made.credentials = " < ".join([*steps, source]) if chain.hops else chain.source.kind
        made.role_arn = chain.role_arn
        made.account = show.account(chain.role_arn) or chain.account
        made.role = chain.role_arn.partition(":role/")[2] or chain.role_arn
        if chain.source.kind == SSO:
            self._tell_session(made, chain)
        made.region = chain.region or ""
        made.mfa = chain.serial or next((hop.mfa_serial for hop in chain.hops if hop.mfa_serial), "")
        made.is_guarded = chain.confirm
        made.expires_at = self._expires_at(chain)
        return made

    def _tell_session(self, made: Row, chain: "Chain") -> None:
        """The role of an SSO profile, its session, and whether the sign-in has ended."""
        values = self.config.profile(chain.source.profile) or {}
        session = values.get("sso_session", "")
        made.sign_in = sign_in.state(chain.files[0], self.now, renewable=bool(session))
        if not chain.hops:
            made.role = values.get("sso_role_name", "")
            made.credentials += f" {session}" if session else ""

    def _expires_at(self, chain: "Chain") -> int | None:
        if not self.kept or not chain.is_kept:
            return None
        request = chain.request(len(chain.hops))
        if record.entry_name(request) not in self.kept:
            return None
        stored = entries.current(chain, self.folder, request, self.now)
        return stored.expires_at if stored is not None else None
