"""The sign-in that a chain needs: its tokens for botocore, and the offer to sign in where there is none.

In: an attempt. Out: tokens that renew themselves; or a sign-in that was made, after which the attempt starts again.
"""

from assume.errors import AssumeError, NoTerminal, SignedOut
from assume.profiles.chain import LOGIN, SSO
from assume.store import entries
from assume.terminal import ask, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from assume.cold.attempt import Attempt
    from assume.fast.warm import Assumed
    from assume.login.log_in import LogIn, Renewing


def check(attempt: "Attempt") -> None:
    """Raises SignedOut if the chain needs a sign-in that is plainly not there.

    Before a lock is taken and botocore is imported: of 50 terminals each would find it out behind the one before.
    """
    chain = attempt.chain
    if chain.source.kind != SSO:
        return
    if not attempt.options.refresh and any(attempt.kept(chain.request(level)) for level in range(1, len(chain.hops))):
        return
    log_in = _log_in(attempt)
    token = log_in.cache.token(log_in.place) if log_in is not None else None
    now = attempt.clock()
    if log_in is None or (token is not None and (token.left_s(now) > 0 or token.can_renew(now))):
        return
    if token is not None and _has_role(attempt):
        return
    from assume.aws.login import sso_signed_out

    attempt.log_in = log_in
    attempt.let_go(chain.request(len(chain.hops)))
    raise sso_signed_out(chain.source.profile)


def tokens(attempt: "Attempt") -> "Renewing | None":
    """The tokens of the chain's source as botocore reads them; None if the source has no such token."""
    log_in = _log_in(attempt) if attempt.chain.source.kind == SSO else None
    if log_in is None:
        return None
    from assume.login.log_in import Renewing

    attempt.log_in = log_in
    return Renewing(log_in, attempt.silent)


def offering(attempt: "Attempt", run: "Callable[[], Assumed]") -> "Assumed":
    """The result of `run()`; if that lacks a sign-in, it is offered, and `run` is tried once more."""
    try:
        return run()
    except SignedOut as error:
        offer(attempt, error)
        return run()


def offer(attempt: "Attempt", error: SignedOut) -> None:
    """Offers to sign in, on the terminal. Raises `error` where nobody can be asked; Interrupted."""
    if attempt.silent or attempt.options.format == "process" or not ask.has_terminal():
        raise error
    try:
        if attempt.chain.source.kind == LOGIN:
            from assume.login import console_log_in

            show.say(console_log_in.run(error.profile, attempt.config, attempt.base, attempt.turns, offered=True))
            return
        if attempt.log_in is None:
            raise error
        token = attempt.log_in.run(offer_to=error.profile)
    except NoTerminal:
        raise error from None
    from assume.login.log_in import told

    show.say(told(attempt.log_in, token))


def _log_in(attempt: "Attempt") -> "LogIn | None":
    """The sign-in of the chain's source; None if its settings are wrong: botocore has messages for that."""
    from assume.login import sign_in
    from assume.login.log_in import LogIn

    try:
        place = sign_in.of_source(attempt.config, attempt.chain.source.profile)
    except AssumeError:
        return None
    return LogIn(place, attempt.config, attempt.base, attempt.turns)


def _has_role(attempt: "Attempt") -> bool:
    """Whether the AWS CLI's cache still has the credentials of the source's role."""
    from assume.aws.cli_cache import Cache
    from assume.login.sign_in import role_key

    cache = Cache(attempt.base, used=bool(attempt.folder), since=entries.changed_at(attempt.chain))
    values = attempt.config.profile(attempt.chain.source.profile) or {}
    return not attempt.options.refresh and role_key(values) in cache
