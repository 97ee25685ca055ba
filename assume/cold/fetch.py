"""Walks a chain: source credentials, MFA, one call per hop; each result is stored.

In: an attempt (the request, and where it is stored), how far along the chain stored credentials already reach, and
the connection to STS that is being made. Out: the credentials of the last hop.

An MFA code is asked for once per device: it buys a session of 12 hours that all roles of the same keys share. Where
no session can be used (`mfa.py` has the cases), the code goes with AssumeRole itself.
"""

from functools import partial

from assume.aws.cli_cache import Cache
from assume.aws.process import audience
from assume.aws.sts import Sts
from assume.cold import shared, signing_in
from assume.cold.mfa import Calls
from assume.credentials import Credentials, check_keys, instant
from assume.errors import Unsafe
from assume.profiles import chain as words
from assume.profiles.shared import sha1
from assume.store import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.aws.client import Session
    from assume.aws.connection import Connection
    from assume.cold.attempt import Attempt

NAME_MIN, NAME_MAX = 2, 64  # characters of a session's name, by the STS model
NAME_MARKS = "_+=,.@-"


def fetch(
    attempt: "Attempt", level: int, credentials: "Credentials | None", connection: "Connection | None" = None
) -> Credentials:
    """The credentials of the last hop; `credentials` are those of hop `level`, if they are known already."""
    chain = attempt.chain
    if credentials is None and chain.source.kind == words.WEB_IDENTITY:
        credentials = Credentials("", "")  # the first call is not signed
    elif credentials is None:
        credentials = of_source(attempt)
    if not chain.hops and not chain.serial:
        return credentials
    sts = Sts(partial(session_of, attempt, chain.profile), chain, attempt.deadline, connection)
    if chain.serial:
        return Calls(attempt, sts).session(chain.serial, credentials)
    calls = Calls(attempt, sts, session_name(attempt.base))
    for number in range(level, len(chain.hops)):
        credentials = of_hop(calls, number, credentials)
    return credentials


def of_hop(calls: Calls, number: int, credentials: Credentials) -> Credentials:
    """The credentials of hop `number`, by a call that `credentials` sign; they are stored."""
    attempt = calls.attempt
    hop = attempt.chain.hops[number]
    if hop.token_file is not None:
        found = calls.sts.assume_with_web_identity(hop, calls.name)
    elif hop.mfa_serial is not None:
        found = calls.with_mfa(number, hop, credentials)
    else:
        found = calls.sts.assume(hop, credentials.keys, "", calls.name)
    attempt.explain(f"STS gave {hop.role_arn}, until {instant(found.expires_at or 0)}")
    attempt.keep(attempt.chain.request(number + 1), found)
    shared.leave(attempt, number, found)
    return found


def session_of(attempt: "Attempt", profile: str) -> "Session":
    """A botocore session. botocore is imported here, and so not at all if nobody needs a session."""
    from assume.aws import client

    return client.Session(client.sections(attempt.config, attempt.chain), profile)


def of_source(attempt: "Attempt") -> Credentials:
    """The chain's first credentials, through the AWS CLI's cache where botocore would use it."""
    source = attempt.chain.source
    if source.keys is not None:
        try:
            check_keys(source.keys)
        except Unsafe as error:
            error.profile = source.profile
            raise
        return Credentials(*source.keys)
    from assume.aws import sources

    cache = Cache(
        attempt.base,
        used=bool(attempt.folder) and not _has_own_portal(attempt.chain),
        read=not attempt.options.refresh,
        since=entries.changed_at(attempt.chain),
        mark=sha1(f"{source.kind} {source.identity}"),
    )
    session = partial(session_of, attempt, attempt.chain.profile)
    is_command = source.kind == words.PROCESS
    base = attempt.command_base(source.profile, words.PROCESS) if is_command else attempt.base
    found = sources.credentials(
        source,
        base,
        attempt.deadline,
        attempt.command_s,
        session,
        cache,
        audience(attempt.silent),
        signing_in.tokens(attempt),
    )
    for key in cache.written:
        attempt.remember(entries.shared_note(key))
    return found


def _has_own_portal(chain: "words.Chain") -> bool:
    """True if the user has set an endpoint for SSO: the AWS CLI's key leaves it out."""
    return bool(chain.endpoint or dict(chain.settings).get("endpoint_sso"))


def session_name(base: "dict[str, str]") -> str:
    """The user's login name, in the characters that STS allows: CloudTrail shows it."""
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
