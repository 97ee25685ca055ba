"""Walks a chain against AWS, step by step, by the calls that a switch makes.

In: a plan and the options of the command line. Out: a Step for the source and for each hop, as it is done; the last
one has the failure and its causes, if there is one. Nothing stored is used but an MFA session; what AWS gives is
stored, so that a code is not lost.
"""

import time
from functools import partial

from assume.aws import seams, web_identity
from assume.aws.sts import Sts
from assume.cold import fetch
from assume.cold.attempt import Attempt
from assume.cold.mfa import Calls, read_code, uses_session
from assume.cold.resolve import lock_mfa_session
from assume.credentials import Credentials
from assume.errors import AssumeError, Refused, TakenOver
from assume.profiles import chain as words
from assume.services import causes
from assume.services.changes import Cause, Walk
from assume.services.explain import masked
from assume.store import folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from assume.arguments import Options
    from assume.fast.middle import Planned

GIVEN = {"--duration": "duration_s", "--external-id": "external_id", "--session-name": "session_name"}


class Step:
    """One step: the source (`number` 0) or a hop, who it leads to, and why it failed."""

    def __init__(
        self, number: int, arn: str = "", error: AssumeError | None = None, found: "list[Cause] | None" = None
    ) -> None:
        self.number = number
        self.arn = arn
        self.error = error
        self.causes = found or []

    def as_json(self) -> "dict[str, Any]":
        """The form of docs/explain.md."""
        return {
            "hop": self.number,
            "ok": self.error is None,
            "arn": self.arn or None,
            "error": self.error.what if self.error is not None else None,
            "causes": [cause.as_json() for cause in self.causes],
        }


def steps(plan: "Planned", options: "Options") -> "Iterator[Step]":
    """The steps, each once it was tried; nothing follows a failure. Raises AssumeError for a wrong command line."""
    chain = plan.chain
    options.refresh = True
    seams.enter(plan.base)
    attempt = Attempt(options, plan.config, chain, plan.base, folder.ready(plan.base), time.time)
    read_code(attempt)
    walk = Walk(chain, plan.config, plan.base)
    walk.words = list(filter(None, options.repeated()))
    walk.of_options = frozenset(word for word, name in GIVEN.items() if getattr(options, name))
    number = 0
    try:
        calls, credentials = _started(attempt, walk)
        yield Step(0, walk.caller)
        for number in range(1, len(chain.hops) + 1):
            walk.number = number - 1
            credentials = _hop(calls, walk, credentials)
            yield Step(number, credentials.arn)
            walk.caller = credentials.arn
    except AssumeError as error:
        if isinstance(error, TakenOver) or error.status != 1:
            raise
        _mask(error, walk)
        yield Step(number, error=error, found=causes.causes(error, walk))
    finally:
        attempt.release()


def caller_of(plan: "Planned", options: "Options") -> str:
    """The ARN that the chain starts with, from AWS; for a web identity its token. Raises AssumeError."""
    seams.enter(plan.base)
    attempt = Attempt(options, plan.config, plan.chain, plan.base, folder.ready(plan.base), time.time)
    walk = Walk(plan.chain, plan.config, plan.base)
    _started(attempt, walk, mfa=False)
    return walk.caller or walk.token


def _started(attempt: Attempt, walk: Walk, mfa: bool = True) -> "tuple[Calls, Credentials]":
    """The source's credentials; and who they are of, unless a web identity starts the chain."""
    chain = attempt.chain
    if chain.source.kind == words.WEB_IDENTITY:
        walk.token = _token(chain.hops[0].token_file or "")
        credentials = Credentials("", "")
    else:
        credentials = fetch.of_source(attempt)
    sts = Sts(partial(fetch.session_of, attempt, chain.profile), chain, attempt.deadline, None)
    calls = Calls(attempt, sts, fetch.session_name(attempt.base))
    if credentials.key_id:
        walk.key_id, walk.is_temporary = credentials.key_id, bool(credentials.session_token)
        walk.caller = sts.caller(credentials.keys, chain.source.profile)
    if chain.serial and mfa:
        credentials = _mine(attempt, walk, chain.serial, lambda: calls.session(chain.serial, credentials))
    return calls, credentials


def _hop(calls: Calls, walk: Walk, credentials: Credentials) -> Credentials:
    attempt, number = calls.attempt, walk.number
    if number:
        walk.key_id, walk.is_temporary = credentials.key_id, True
    serial = calls.attempt.chain.hops[number].mfa_serial if not number else ""
    return _mine(attempt, walk, serial or "", lambda: fetch.of_hop(calls, number, credentials))


def _mine(attempt: Attempt, walk: Walk, serial: str, call: "Callable[[], Credentials]") -> Credentials:
    """The result of `call`, which may ask for a code, once no other terminal asks for one of the same device."""
    while True:
        if serial:
            lock_mfa_session(attempt)
            walk.session_was_stored = _is_stored(attempt, serial)
        try:
            return call()
        except TakenOver as reason:
            attempt.give_way(reason)


def _mask(error: AssumeError, walk: Walk) -> None:
    """Takes the external ID out of an answer that quotes it, as STS does for one with a wrong character."""
    external_id = walk.hop.external_id if walk.hop is not None else None
    if external_id:
        quoted, shown = f"'{external_id}'", f"'{masked(external_id)}'"
        error.what = error.what.replace(quoted, shown)
        if isinstance(error, Refused):
            error.message = error.message.replace(quoted, shown)


def _is_stored(attempt: Attempt, serial: str) -> bool:
    """True if a cached MFA session is going to sign the first hop."""
    is_used = bool(attempt.chain.hops) and uses_session(attempt, 0)
    return is_used and attempt.kept(attempt.chain.session_request(serial)) is not None


def _token(path: str) -> str:
    try:
        return web_identity.read(path)
    except OSError:
        return ""  # the call says so
