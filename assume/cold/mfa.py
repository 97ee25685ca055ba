"""MFA on the cold lane: which call carries the code, and whether a person would be asked for it.

`uses_session` and `would_ask` decide before any call is made, and before botocore is imported. `Calls` makes the
calls. A hop that needs MFA is reached by one of three strategies:

    behind_stored_session   the MFA session is stored: it signs AssumeRole, and no code is needed
    behind_new_session      the code buys an MFA session (GetSessionToken) for all roles of these keys, which signs
    code_on_role            the code goes with AssumeRole itself, because no session can stand in for it

The first two fall back on the third where AWS denies the session, and a note keeps that for the next time.
"""

from assume.aws import device
from assume.errors import ConfigError, NotSent, Refused, WrongCode, WrongDevice, shown
from assume.profiles.chain import CHAINED_MAX_S
from assume.store import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from assume.aws.sts import Sts
    from assume.cold.attempt import Attempt
    from assume.credentials import Credentials
    from assume.profiles.chain import Hop


def uses_session(attempt: "Attempt", number: int) -> bool:
    """True if hop `number` is reached behind the shared MFA session; False if it needs a code on its own call."""
    return not _is_too_long(attempt.chain.hops[number]) and _could_use_session(attempt, number)


def _could_use_session(attempt: "Attempt", number: int) -> bool:
    """True if hop `number` would be reached behind the session, were its duration an hour."""
    chain = attempt.chain
    hop = chain.hops[number]
    keys = chain.source.keys
    if number or not hop.mfa_serial or not hop.mfa_session or keys is None or keys[2]:
        return False  # GetSessionToken takes long-term keys alone
    session = chain.session_request(hop.mfa_serial)
    return not (
        attempt.remembers(entries.direct_note(chain.request(1))) or attempt.remembers(entries.direct_note(session))
    )


def would_ask(attempt: "Attempt", level: int) -> bool:
    """True if a person has to type a code before the end of the chain is reached from hop `level`."""
    return not attempt.options.mfa_code and _needs_code(attempt, level, but_no_process=True)


def read_code(attempt: "Attempt") -> None:
    """Reads the code of `--mfa-code -`, if one is needed: before any lock is taken, since it can be long in coming."""
    levels = range(len(attempt.chain.hops) - 1, 0, -1)
    stored = (level for level in levels if attempt.kept(attempt.chain.request(level)) is not None)
    level = 0 if attempt.options.refresh else next(stored, 0)
    if attempt.options.mfa_code == "-" and _needs_code(attempt, level):
        attempt.options.mfa_code = device.from_stdin(attempt.chain.name)


def _needs_code(attempt: "Attempt", level: int, but_no_process: bool = False) -> bool:
    """True if a code is needed from hop `level` on. `but_no_process`: only one that mfa_process does not print."""
    chain = attempt.chain
    if chain.serial:
        is_printed = but_no_process and chain.mfa_process
        return not is_printed and attempt.kept(chain.session_request(chain.serial)) is None
    for number, hop in enumerate(chain.hops[level:], start=level):
        if hop.mfa_serial is None or (but_no_process and hop.mfa_process):
            continue
        if not uses_session(attempt, number) or attempt.kept(chain.session_request(hop.mfa_serial)) is None:
            return True
    return False


class Calls:
    """The calls that may need a code. `name` is the session name where the profile has none."""

    def __init__(self, attempt: "Attempt", sts: "Sts", name: str = "") -> None:
        self.attempt = attempt
        self.sts = sts
        self.name = name
        self.device: device.Device | None = None

    def with_mfa(self, number: int, hop: "Hop", keys: "Credentials") -> "Credentials":
        """The credentials of hop `number`, which needs MFA, by the first strategy that applies."""
        if not uses_session(self.attempt, number):
            return self.code_on_role(hop, keys, self._why_no_session(number, hop))
        stored = self.attempt.kept(self._session_request(hop))
        if stored is None:
            return self.behind_new_session(hop, keys)
        return self.behind_stored_session(hop, keys, stored)

    def behind_stored_session(self, hop: "Hop", keys: "Credentials", session: "Credentials") -> "Credentials":
        """The stored session signs. An ended one is replaced; a role that rejects it gets a code, and a note."""
        attempt = self.attempt
        attempt.explain("the stored MFA session signs the first call")
        try:
            return self.sts.assume(hop, session.keys, "", self.name)
        except Refused as error:
            if error.is_stale:
                attempt.forget(self._session_request(hop))
                return self.behind_new_session(hop, keys)
            if not _is_denied(error):
                raise
        why = "the role rejected the MFA session; it may require a fresh code"
        credentials = self.code_on_role(hop, keys, why)
        attempt.remember(entries.direct_note(attempt.chain.request(1)))
        return credentials

    def behind_new_session(self, hop: "Hop", keys: "Credentials") -> "Credentials":
        """A code buys the session, which signs. A user who may not have one gives a code to the role, and a note."""
        try:
            session = self.session(hop.mfa_serial or "", keys)
        except Refused as error:
            if not _is_denied(error):
                raise
        else:
            return self.sts.assume(hop, session.keys, "", self.name)
        self.attempt.remember(entries.direct_note(self._session_request(hop)))
        why = "this user may not call GetSessionToken: enter the next MFA code, for the role itself"
        return self.code_on_role(hop, keys, why, same_code=True)

    def code_on_role(self, hop: "Hop", keys: "Credentials", why: str = "", same_code: bool = False) -> "Credentials":
        """AssumeRole with a code. `why` is shown before the question, if there is one.

        `same_code`: tries a code first that the user gave in advance and that went with a denied call. AWS may have
        used it up there, or not.
        """

        def call(code: str) -> "Credentials":
            return self.sts.assume(hop, keys.keys, code, self.name)

        if same_code and self.device is not None and (code := self.device.again()):
            try:
                return call(code)
            except WrongCode:
                self.attempt.explain("the code was used up by the denied call")
        why = f"assume: {shown(hop.profile)}: {why}" if why else ""
        return self._coded(hop.mfa_serial or "", why, call)

    def session(self, serial: str, keys: "Credentials") -> "Credentials":
        """The MFA session of `keys`, stored or new. Raises Refused if AWS denies this user a session."""
        attempt = self.attempt
        request = attempt.chain.session_request(serial)
        if (stored := attempt.kept(request)) is not None:
            return stored
        fresh = self._coded(serial, "", lambda code: self.sts.session(serial, keys.keys, code))
        attempt.keep(request, fresh)
        return fresh

    def _why_no_session(self, number: int, hop: "Hop") -> str:
        """Why a code is asked for although an MFA session is stored; "" if none is, or it would be of no use."""
        if not _could_use_session(self.attempt, number) or self.attempt.kept(self._session_request(hop)) is None:
            return ""
        hours = f"{(hop.duration_s or 0) / 3600:g} h"
        return f"{hours} needs a code, because AWS allows 1 h behind the MFA session: `--duration 1h` asks nothing"

    def _session_request(self, hop: "Hop") -> str:
        return self.attempt.chain.session_request(hop.mfa_serial or "")

    def _coded(self, serial: str, why: str, call: "Callable[[str], Credentials]") -> "Credentials":
        """The result of `call` with a code; at a terminal, a wrong code is asked for again."""
        device = self._device(serial)
        self.sts.ready_for_code()
        while True:
            self.attempt.note_question(device.asks)
            code = device.code(why)
            self.attempt.note_question(False)
            try:
                result = call(code)
            except (NotSent, ConfigError):  # the request was not sent, nor the code in it
                device.unsend(code)
                raise
            except WrongCode as error:
                device.reject(error)
            else:
                device.wrong = 0
                return result

    def _device(self, serial: str) -> device.Device:
        if self.device is None or self.device.serial != serial:
            attempt = self.attempt
            hop = next((hop for hop in attempt.chain.hops if hop.mfa_serial == serial), None)
            process = hop.mfa_process if hop is not None else attempt.chain.mfa_process
            profile = hop.profile if hop is not None else attempt.chain.profile
            is_run = process and not attempt.options.mfa_code
            self.device = device.Device(
                serial,
                attempt.chain.name,
                process,
                attempt.options.mfa_code,
                attempt.command_base(profile, "mfa_process") if is_run else attempt.base,
                attempt.may_send,
                attempt.take_back,
                cancelled=attempt.is_taken_over,
                suspended=attempt.suspend,
                silent=attempt.silent,
                limit_s=attempt.command_s,
            )
        return self.device


def _is_too_long(hop: "Hop") -> bool:
    """True if the role is to last longer than AWS allows behind temporary credentials, such as an MFA session."""
    return (hop.duration_s or 0) > CHAINED_MAX_S


def _is_denied(error: Refused) -> bool:
    """True if a policy denies the call, and neither the code nor the device is wrong."""
    return error.code == "AccessDenied" and not isinstance(error, (WrongCode, WrongDevice))
