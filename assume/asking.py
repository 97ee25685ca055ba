"""Whether a person has to answer before a chain's end is reached. On the cold lane, before any call.

In: an errand, and how far along the chain stored credentials reach.
"""

from assume.profiles.chain import CHAINED_MAX_S
from assume.store import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.errand import Errand


def uses_session(errand: "Errand", number: int) -> bool:
    """Whether hop `number` is reached behind the MFA session that roles share, and not by a code of its own."""
    chain = errand.chain
    hop = chain.hops[number]
    keys = chain.source.keys
    if number or not hop.mfa_serial or not hop.mfa_session or keys is None or keys[2]:
        return False  # GetSessionToken takes long-term keys alone
    if (hop.duration_s or 0) > CHAINED_MAX_S:
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
