"""Walking a chain: source credentials, MFA, one call per hop, each result kept.

In: an errand (who asked for what, and where it is kept) and how far along the
chain stored credentials already reach. Out: the credentials of its last hop.

An MFA code is asked once per device: it buys a session of 12 hours that every
role behind the same keys shares. AWS caps at an hour what is reached from it,
denies it to some users, and some roles want a code of their own: there the
code goes on AssumeRole itself.
"""

from assume import chain as words
from assume import client, connection, entries, mfa, sources, terminal
from assume.cli_cache import Cache
from assume.display import shown
from assume.entries import Credentials
from assume.environment import instant
from assume.errors import Refused, WrongCode, WrongDevice
from assume.sts import Sts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from assume.chain import Hop
    from assume.errand import Errand

NAME_MIN, NAME_MAX = 2, 64  # characters of a session's name, by the STS model
NAME_MARKS = "_+=,.@-"


def fetch(errand: "Errand", level: int, credentials: "Credentials | None") -> Credentials:
    """The credentials of the last hop; `credentials` are those of hop `level`, where that is known already."""
    chain = errand.chain
    road = _dialled(errand)
    sections = client.sections(errand.config, chain)
    cache = Cache(errand.base)
    if credentials is None and chain.source.kind == words.WEB_IDENTITY:
        credentials = Credentials("", "")  # the first call is not signed
    elif credentials is None:
        source = client.Session(sections, chain.source.profile)
        credentials = sources.credentials(errand, source, cache)
    if not chain.hops and not chain.serial:
        return credentials
    calls = _Calls(errand, Sts(client.Session(sections, chain.profile), chain, errand.patience, road))
    if chain.serial:
        return calls.session(chain.serial, credentials)
    name = session_name(errand.base)
    for number, hop in enumerate(chain.hops[level:], start=level):
        if hop.token_file is not None:
            credentials = calls.sts.assume_with_web_identity(hop, name)
        elif hop.mfa_serial is not None:
            credentials = calls.with_code(number, hop, credentials, name)
        else:
            credentials = calls.sts.assume(hop, credentials.keys, "", name)
        errand.explain(f"STS gave {hop.role_arn}, until {instant(credentials.expires_at or 0)}")
        errand.keep(chain.request(number + 1), credentials)
    return credentials


def session_name(base: "dict[str, str]") -> str:
    """The user's own name, cleaned to what STS takes, so that CloudTrail shows who it was."""
    name = base.get("USER") or base.get("LOGNAME") or base.get("USERNAME") or _recorded_name()
    clean = "".join(mark if mark.isascii() and (mark.isalnum() or mark in NAME_MARKS) else "-" for mark in name)
    clean = clean.strip("-")[:NAME_MAX]
    return clean if len(clean) >= NAME_MIN else f"user-{clean}".rstrip("-")


class _Calls:
    """The calls that may need a code."""

    def __init__(self, errand: "Errand", sts: Sts) -> None:
        self.errand = errand
        self.sts = sts
        self.device: mfa.Device | None = None

    def with_code(self, number: int, hop: "Hop", keys: Credentials, name: str) -> Credentials:
        """A hop that wants MFA: behind the session that all roles share, or with a code of its own."""
        errand = self.errand
        request = errand.chain.request(number + 1)
        serial = hop.mfa_serial or ""
        if not uses_session(errand, number):
            return self._coded(serial, "", lambda code: self.sts.assume(hop, keys.keys, code, name))
        stored = errand.kept(errand.chain.session_request(serial))
        if stored is None:
            stored = self.session(serial, keys)
            if stored is keys:  # no session for this user: a code on the role itself
                why = "assume: STS gives this user no MFA session: the role takes a code of its own, the next one"
                return self._coded(serial, why, lambda code: self.sts.assume(hop, keys.keys, code, name))
            return self.sts.assume(hop, stored.keys, "", name)
        errand.explain("the stored MFA session signs the first call")
        try:
            return self.sts.assume(hop, stored.keys, "", name)
        except Refused as error:
            if error.code != "AccessDenied":
                raise
            why = f"assume: {shown(hop.profile)}: the role does not take the MFA session; it may want a fresh code"
            fresh = self._coded(serial, why, lambda code: self.sts.assume(hop, keys.keys, code, name))
            errand.remember(entries.direct_note(request))
            return fresh

    def session(self, serial: str, keys: Credentials) -> Credentials:
        """The MFA session of `keys`, stored or new; `keys` themselves where STS gives this user none."""
        errand = self.errand
        request = errand.chain.session_request(serial)
        if (stored := errand.kept(request)) is not None:
            return stored
        try:
            fresh = self._coded(serial, "", lambda code: self.sts.session(serial, keys.keys, code))
        except Refused as error:
            if error.code != "AccessDenied" or isinstance(error, (WrongCode, WrongDevice)) or errand.chain.serial:
                raise
            errand.remember(entries.direct_note(request))
            return keys
        errand.keep(request, fresh)
        return fresh

    def _coded(self, serial: str, why: str, call: "Callable[[str], Credentials]") -> Credentials:
        """`call` with a code; a wrong one is asked again, at a terminal."""
        device = self._device(serial)
        for left in reversed(range(device.tries())):
            self.errand.note_question(device.asks)
            code = device.code(why)
            self.errand.note_question(False)
            try:
                return call(code)
            except WrongCode as error:
                if not left:
                    raise
                terminal.say(str(error))
        raise AssertionError("a device has one try at least")

    def _device(self, serial: str) -> mfa.Device:
        if self.device is None or self.device.serial != serial:
            errand = self.errand
            hop = next((hop for hop in errand.chain.hops if hop.mfa_serial == serial), None)
            process = hop.mfa_process if hop is not None else errand.chain.mfa_process
            self.device = mfa.Device(
                serial,
                errand.chain.name,
                process,
                errand.options.mfa_code,
                errand.base,
                cancelled=errand.is_taken_over,
                silent=errand.silent,
                limit_s=errand.command_s,
            )
        return self.device


def uses_session(errand: "Errand", number: int) -> bool:
    """Whether hop `number` is reached behind the MFA session that roles share, and not by a code of its own."""
    chain = errand.chain
    hop = chain.hops[number]
    keys = chain.source.keys
    if number or not hop.mfa_serial or not hop.mfa_session or keys is None or keys[2]:
        return False  # GetSessionToken takes long-term keys alone
    if (hop.duration_s or 0) > words.CHAINED_MAX_S:
        return False
    session = chain.session_request(hop.mfa_serial)
    return not (
        errand.remembers(entries.direct_note(chain.request(1))) or errand.remembers(entries.direct_note(session))
    )


def would_ask(errand: "Errand", level: int) -> bool:
    """Whether reaching the end of the chain from hop `level` takes an answer from a person."""
    if errand.options.mfa_code:
        return False
    chain = errand.chain
    if chain.serial:
        return not chain.mfa_process and errand.kept(chain.session_request(chain.serial)) is None
    for number, hop in enumerate(chain.hops[level:], start=level):
        if hop.mfa_serial is None or hop.mfa_process:
            continue
        if not uses_session(errand, number) or errand.kept(chain.session_request(hop.mfa_serial)) is None:
            return True
    return False


def _dialled(errand: "Errand") -> "connection.Connection | None":
    """A connection to where STS will most likely be, being made while the rest goes on."""
    settings = dict(errand.chain.settings)
    target = connection.guess(settings)
    if target is None or not (errand.chain.hops or errand.chain.serial):
        return None
    if any(errand.base.get(name) for name in connection.PROXIES):
        return None
    profile = errand.config.profile(errand.chain.profile) or {}
    bundle = errand.base.get("AWS_CA_BUNDLE") or profile.get("ca_bundle", "")
    return connection.Connection(*target, bundle)


def _recorded_name() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError):
        return "assume"
