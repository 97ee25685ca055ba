"""Walking a chain: source credentials, MFA, one call per hop, each result kept.

In: an attempt (who asked for what, and where it is kept), how far along the
chain stored credentials already reach, and the connection to STS that is being
made. Out: the credentials of its last hop.

An MFA code is asked once per device: it buys a session of 12 hours that every
role behind the same keys shares. AWS caps at an hour what is reached from it,
denies it to some users, and some roles want a code of their own: there the
code goes on AssumeRole itself.
"""

from functools import partial

from assume.aws import client, sources
from assume.aws.cli_cache import Cache
from assume.aws.sts import Sts
from assume.cold.mfa import Calls
from assume.credentials import Credentials, instant
from assume.profiles import chain as words
from assume.store import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.aws.connection import Connection
    from assume.cold.attempt import Attempt

NAME_MIN, NAME_MAX = 2, 64  # characters of a session's name, by the STS model
NAME_MARKS = "_+=,.@-"


def fetch(
    attempt: "Attempt", level: int, credentials: "Credentials | None", road: "Connection | None" = None
) -> Credentials:
    """The credentials of the last hop; `credentials` are those of hop `level`, where that is known already."""
    chain = attempt.chain
    sections = client.sections(attempt.config, chain)
    replaced_at = entries.changed_at(chain)
    cache = Cache(attempt.base, used=bool(attempt.folder), read=not attempt.options.refresh, since=replaced_at)
    if credentials is None and chain.source.kind == words.WEB_IDENTITY:
        credentials = Credentials("", "")  # the first call is not signed
    elif credentials is None:
        session = partial(client.Session, sections, chain.source.profile)
        credentials = sources.credentials(
            chain.source, attempt.base, attempt.deadline, attempt.command_s, session, cache
        )
        for key in cache.written:
            attempt.remember(entries.shared_note(key))
    if not chain.hops and not chain.serial:
        return credentials
    calls = Calls(attempt, Sts(client.Session(sections, chain.profile), chain, attempt.deadline, road))
    if chain.serial:
        return calls.session(chain.serial, credentials)
    name = session_name(attempt.base)
    for number, hop in enumerate(chain.hops[level:], start=level):
        if hop.token_file is not None:
            credentials = calls.sts.assume_with_web_identity(hop, name)
        elif hop.mfa_serial is not None:
            credentials = calls.with_code(number, hop, credentials, name)
        else:
            credentials = calls.sts.assume(hop, credentials.keys, "", name)
        attempt.explain(f"STS gave {hop.role_arn}, until {instant(credentials.expires_at or 0)}")
        attempt.keep(chain.request(number + 1), credentials)
    return credentials


def session_name(base: "dict[str, str]") -> str:
    """The user's own name, cleaned to what STS takes, so that CloudTrail shows who it was."""
    name = base.get("USER") or base.get("LOGNAME") or base.get("USERNAME") or _recorded_name()
    clean = "".join(mark if mark.isascii() and (mark.isalnum() or mark in NAME_MARKS) else "-" for mark in name)
    clean = clean.strip("-")[:NAME_MAX]
    return clean if len(clean) >= NAME_MIN else f"user-{clean}".rstrip("-")


def _recorded_name() -> str:
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError, ImportError):  # Windows has no password database
        return "assume"
