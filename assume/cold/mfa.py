"""MFA on the cold lane: which call carries the code, and whether a person would be asked for it.

`uses_session` and `would_ask` decide before any call is made, and before
botocore is imported; `Calls` makes the calls that may need a code.
"""

from assume.aws import device
from assume.credentials import Credentials
from assume.errors import Refused, WrongCode, WrongDevice, shown
from assume.profiles.chain import CHAINED_MAX_S
from assume.store import entries
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from assume.aws.sts import Sts
    from assume.cold.attempt import Attempt
    from assume.profiles.chain import Hop


def uses_session(attempt: "Attempt", number: int) -> bool:
    """Whether hop `number` is reached behind the MFA session that roles share, and not by a code of its own."""
    chain = attempt.chain
    hop = chain.hops[number]
    keys = chain.source.keys
    if number or not hop.mfa_serial or not hop.mfa_session or keys is None or keys[2]:
        return False  # GetSessionToken takes long-term keys alone
    if (hop.duration_s or 0) > CHAINED_MAX_S:
        return False
    session = chain.session_request(hop.mfa_serial)
    return not (
        attempt.remembers(entries.direct_note(chain.request(1))) or attempt.remembers(entries.direct_note(session))
    )


def would_ask(attempt: "Attempt", level: int) -> bool:
    """Whether reaching the end of the chain from hop `level` takes an answer from a person."""
    if attempt.options.mfa_code:
        return False
    chain = attempt.chain
    if chain.serial:
        return not chain.mfa_process and attempt.kept(chain.session_request(chain.serial)) is None
    for number, hop in enumerate(chain.hops[level:], start=level):
        if hop.mfa_serial is None or hop.mfa_process:
            continue
        if not uses_session(attempt, number) or attempt.kept(chain.session_request(hop.mfa_serial)) is None:
            return True
    return False


class Calls:
    """The calls that may need a code."""

    def __init__(self, attempt: "Attempt", sts: "Sts") -> None:
        self.attempt = attempt
        self.sts = sts
        self.device: device.Device | None = None
        self.forgot = False  # the stored MFA session

    def with_code(self, number: int, hop: "Hop", keys: Credentials, name: str) -> Credentials:
        """A hop that wants MFA: behind the session that all roles share, or with a code of its own."""
        attempt = self.attempt
        request = attempt.chain.request(number + 1)
        serial = hop.mfa_serial or ""
        if not uses_session(attempt, number):
            return self._coded(serial, "", lambda code: self.sts.assume(hop, keys.keys, code, name))
        stored = attempt.kept(attempt.chain.session_request(serial))
        if stored is None:
            stored = self.session(serial, keys)
            if stored is keys:  # no session for this user: a code on the role itself
                why = "assume: STS gives this user no MFA session: the role takes a code of its own, the next one"
                return self._coded(serial, why, lambda code: self.sts.assume(hop, keys.keys, code, name))
            return self.sts.assume(hop, stored.keys, "", name)
        attempt.explain("the stored MFA session signs the first call")
        try:
            return self.sts.assume(hop, stored.keys, "", name)
        except Refused as error:
            if error.is_stale and not self.forgot:
                self.forgot = True
                attempt.forget(attempt.chain.session_request(serial))
                return self.with_code(number, hop, keys, name)
            if error.code != "AccessDenied":
                raise
            why = f"assume: {shown(hop.profile)}: the role does not take the MFA session; it may want a fresh code"
            fresh = self._coded(serial, why, lambda code: self.sts.assume(hop, keys.keys, code, name))
            attempt.remember(entries.direct_note(request))
            return fresh

    def session(self, serial: str, keys: Credentials) -> Credentials:
        """The MFA session of `keys`, stored or new; `keys` themselves where STS gives this user none."""
        attempt = self.attempt
        request = attempt.chain.session_request(serial)
        if (stored := attempt.kept(request)) is not None:
            return stored
        try:
            fresh = self._coded(serial, "", lambda code: self.sts.session(serial, keys.keys, code))
        except Refused as error:
            if error.code != "AccessDenied" or isinstance(error, (WrongCode, WrongDevice)) or attempt.chain.serial:
                raise
            attempt.remember(entries.direct_note(request))
            return keys
        attempt.keep(request, fresh)
        return fresh

    def _coded(self, serial: str, why: str, call: "Callable[[str], Credentials]") -> Credentials:
        """`call` with a code; a wrong one is asked again, at a terminal."""
        device = self._device(serial)
        self.sts.ready_for_code()
        for left in reversed(range(device.tries())):
            self.attempt.note_question(device.asks)
            code = device.code(why)
            self.attempt.note_question(False)
            try:
                return call(code)
            except WrongCode as error:
                if not left:
                    raise
                show.say(str(error))
        raise AssertionError("a device has one try at least")

    def _device(self, serial: str) -> device.Device:
        if self.device is None or self.device.serial != serial:
            attempt = self.attempt
            hop = next((hop for hop in attempt.chain.hops if hop.mfa_serial == serial), None)
            process = hop.mfa_process if hop is not None else attempt.chain.mfa_process
            self.device = device.Device(
                serial,
                attempt.chain.name,
                process,
                attempt.options.mfa_code,
                attempt.base,
                attempt.may_send,
                cancelled=attempt.is_taken_over,
                silent=attempt.silent,
                limit_s=attempt.command_s,
            )
        return self.device
