"""Walking a chain: source credentials, MFA, one call per hop, each result kept.

In: an errand (who asked for what, and where it is kept), how far along the
chain stored credentials already reach, and the connection to STS that is being
made. Out: the credentials of its last hop.

An MFA code is asked once per device: it buys a session of 12 hours that every
role behind the same keys shares. AWS caps at an hour what is reached from it,
denies it to some users, and some roles want a code of their own: there the
code goes on AssumeRole itself.
"""

from functools import partial

from assume.asking import uses_session
from assume.aws import client, device, sources
from assume.aws.cli_cache import Cache
from assume.aws.sts import Sts
from assume.credentials import Credentials, instant
from assume.errors import Refused, WrongCode, WrongDevice
from assume.profiles import chain as words
from assume.store import entries
from assume.terminal import show
from assume.terminal.show import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from assume.aws.connection import Connection
    from assume.errand import Errand
    from assume.profiles.chain import Hop

NAME_MIN, NAME_MAX = 2, 64  # characters of a session's name, by the STS model
NAME_MARKS = "_+=,.@-"


def fetch(
    errand: "Errand", level: int, credentials: "Credentials | None", road: "Connection | None" = None
) -> Credentials:
    """The credentials of the last hop; `credentials` are those of hop `level`, where that is known already."""
    chain = errand.chain
    sections = client.sections(errand.config, chain)
    replaced_at = entries.changed_at(chain)
    cache = Cache(errand.base, used=bool(errand.folder), read=not errand.options.refresh, since=replaced_at)
    if credentials is None and chain.source.kind == words.WEB_IDENTITY:
        credentials = Credentials("", "")  # the first call is not signed
    elif credentials is None:
        session = partial(client.Session, sections, chain.source.profile)
        credentials = sources.credentials(chain.source, errand.base, errand.deadline, errand.command_s, session, cache)
        for key in cache.written:
            errand.remember(entries.shared_note(key))
    if not chain.hops and not chain.serial:
        return credentials
    calls = _Calls(errand, Sts(client.Session(sections, chain.profile), chain, errand.deadline, road))
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
        self.device: device.Device | None = None
        self.forgot = False  # the stored MFA session

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
            if error.is_stale and not self.forgot:
                self.forgot = True
                errand.forget(errand.chain.session_request(serial))
                return self.with_code(number, hop, keys, name)
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
        self.sts.ready_for_code()
        for left in reversed(range(device.tries())):
            self.errand.note_question(device.asks)
            code = device.code(why)
            self.errand.note_question(False)
            try:
                return call(code)
            except WrongCode as error:
                if not left:
                    raise
                show.say(str(error))
        raise AssertionError("a device has one try at least")

    def _device(self, serial: str) -> device.Device:
        if self.device is None or self.device.serial != serial:
            errand = self.errand
            hop = next((hop for hop in errand.chain.hops if hop.mfa_serial == serial), None)
            process = hop.mfa_process if hop is not None else errand.chain.mfa_process
            self.device = device.Device(
                serial,
                errand.chain.name,
                process,
                errand.options.mfa_code,
                errand.base,
                errand.may_send,
                cancelled=errand.is_taken_over,
                silent=errand.silent,
                limit_s=errand.command_s,
            )
        return self.device


def _recorded_name() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError, ImportError):  # Windows has no password database
        return "assume"
