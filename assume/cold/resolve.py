"""The cold lane: config, chain, guard, lock, source, MFA, STS, store. What calls AWS is imported once the lock is held.

In: options and the process's environment; out: `warm.Assumed`, ready for a shell or a child process. A failure
leaves environment, config and store as they were. If no new credentials can be got, stored ones that are still
good are given, with a note.
"""

import os
import time
from functools import partial

from assume import paths
from assume.aws import seams
from assume.aws.deadline import Deadline
from assume.cold import guard, settings, signing_in
from assume.cold.attempt import Attempt
from assume.cold.mfa import read_code, would_ask
from assume.credentials import Credentials, is_fresh, is_usable
from assume.errors import AssumeError, NoTerminal, Refused, SourceError, TakenOver, Unreachable, UsageError, shown
from assume.fast import middle, warm
from assume.profiles.shared import mark
from assume.shells import environment
from assume.store import entries, folder, pointers, record
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from assume.arguments import Options

RENEWAL_S = 1.6  # of the two seconds that a prompt may be held back
POLICY_LARGEST = 100_000  # characters: STS takes 2,048, and says so itself


def resolve(
    options: "Options",
    have: "Mapping[str, str]",
    silent: bool = False,
    deadline: Deadline | None = None,
    plan: "middle.Planned | None" = None,
    is_use: bool = True,
    store: str | None = None,
    old: "Collection[str] | None" = None,
) -> warm.Assumed:
    """The role that `options` ask for. `silent`: a renewal before a prompt, which never asks and never waits long.

    `deadline` bounds the time that the network takes, if the usual bound does not apply. `plan` is what the middle
    lane has read and planned for the same options, if it has: then a policy is the text itself. `is_use`: False if
    nobody has asked for this role to use it, so that it does not count as used. `store` is the result of
    `folder.ready`, of a caller that gets many roles: it has also made the baseline the environment of this process
    (`seams.enter`), which its threads are reading; with --refresh, the key ids `old` are replaced, and what it has got
    since on the way to another role is used. Raises AssumeError.
    """
    base, told = environment.baseline(have)
    if not told:
        show.say("assume: ASSUME_BEFORE is missing or damaged: earlier values of the variables are not known")
    if not (options.profile or options.credential_source):
        raise UsageError("which profile?", "assume PROFILE, or `assume list`")
    if options.policy and plan is None:
        options.policy = policy_text(options.policy)
    plan = plan or middle.planned(options, base, time.time())
    chain = plan.chain
    home = paths.home(base)
    for line in (*chain.warnings, *([f"home is {home}"] if home and not paths.is_told(base) else [])):
        show.say(f"assume: {shown(line)}")
    if options.debug:
        for reason in chain.reasons:
            show.say(f"assume: debug: {shown(reason)}")
    guard.confirm(chain, options)
    if store is None:
        seams.enter(base)
    where = folder.ready(base) if store is None else store
    attempt = Attempt(
        *(options, plan.config, chain, base, where),
        silent=silent,
        deadline=deadline or (Deadline(RENEWAL_S) if silent else None),
        old=old,
    )
    assumed = signing_in.offering(attempt, partial(_at_the_end, attempt))
    if attempt.folder and not attempt.uncached and is_use:
        left = _left_for_aws_tools(attempt, assumed)
        pointers.point(attempt.folder, options, chain, base, plan.seen, time.time(), *left)
    return assumed


def _left_for_aws_tools(attempt: Attempt, assumed: warm.Assumed) -> tuple[str, str]:
    """Puts what the store has into the AWS CLI's cache, if it is missing there: the entry's path and its mark."""
    last = len(attempt.chain.hops) - 1
    if last < 0:
        return "", ""
    from assume.cold import shared

    path = shared.leave(attempt, last, assumed.credentials, over=False)
    return (path, mark(attempt.chain, last)) if path else ("", "")


def _at_the_end(attempt: Attempt) -> warm.Assumed:
    """The credentials at the end of the chain: stored ones if fresh, else fetched once for all who wait."""
    known = pointers.known(attempt.chain)
    if not attempt.chain.is_kept:
        return warm.Assumed(known, _fetched(attempt, 0, None), attempt.base)
    request = attempt.chain.request(len(attempt.chain.hops))
    present = None
    if not attempt.options.refresh:
        present = entries.current(attempt.chain, attempt.folder, request, attempt.clock())
    if present is not None and is_fresh(present, attempt.clock(), attempt.options.min_left_s):
        attempt.explain("the stored credentials for exactly this request are fresh")
        return warm.Assumed(known, present, attempt.base)
    usable = present is not None and is_usable(present, attempt.clock()) and not attempt.options.min_left_s
    try:
        signing_in.check(attempt)
        credentials = _renewed(attempt, request, usable)
    except (Unreachable, Refused, SourceError, NoTerminal) as error:
        if present is None or not usable or attempt.silent:
            raise
        assumed = warm.Assumed(known, present, attempt.base)
        left = show.left(present.left_s(attempt.clock()))
        assumed.note = f"{error}\n  the stored credentials are good for {left} more"
        return assumed
    finally:
        attempt.release()
    if attempt.uncached:
        show.say(f"assume: {shown(attempt.chain.name)}: cannot cache credentials: {attempt.uncached}")
    return warm.Assumed(known, credentials, attempt.base)


def _renewed(attempt: Attempt, request: str, usable: bool) -> Credentials:
    """New credentials for `request`, or those that another process stored while we waited for the lock.

    `usable`: the stored ones will do, so no question is asked for new ones.
    """
    stored_meanwhile = partial(_stored_by_another, attempt, request, _key_id_to_replace(attempt, request))
    read_code(attempt)
    rejected: set[int] = set()  # hops whose stored credentials AWS rejected
    while True:
        if (found := attempt.hold(request, stored_meanwhile)) is not None:
            return found
        level, credentials = _starting_point(attempt)
        if not rejected and level < len(attempt.chain.hops):
            from assume.cold import shared

            level, credentials = shared.found(attempt, level) or (level, credentials)
        if credentials is not None and level == len(attempt.chain.hops):
            return credentials
        if usable and would_ask(attempt, level):
            stored = record.entry(attempt.folder, request, attempt.clock())
            if stored is not None:
                return stored
        try:
            return _fetched(attempt, level, credentials)
        except TakenOver as reason:  # another terminal gets the credentials: wait for it, from the start
            attempt.give_way(reason)
        except Refused as error:
            if not error.is_stale or level == 0 or level in rejected:
                raise
            rejected.add(level)  # start again, without them
            attempt.forget(attempt.chain.request(level))
            attempt.release()


def _key_id_to_replace(attempt: Attempt, request: str) -> str:
    """With --refresh, the key id of the stored credentials, which must not be given again; else ""."""
    stored = record.entry(attempt.folder, request, attempt.clock()) if attempt.options.refresh else None
    return stored.key_id if stored is not None else ""


def _stored_by_another(attempt: Attempt, request: str, but_not: str) -> Credentials | None:
    """Fresh credentials in the store, unless they have the key id `but_not`."""
    stored = entries.current(attempt.chain, attempt.folder, request, attempt.clock())
    if stored is None or not is_fresh(stored, attempt.clock(), attempt.options.min_left_s):
        return None
    return stored if stored.key_id != but_not else None


def _starting_point(attempt: Attempt) -> tuple[int, Credentials | None]:
    """The hop to go on from, with its stored credentials; (0, None) to start at the source.

    Goes from the role towards the source up to the first hop that is stored, and takes the lock of each on the way.
    All processes take locks in this order, so that two never wait for each other.
    """
    chain = attempt.chain
    for level in range(len(chain.hops) - 1, 0, -1):
        if (stored := _stored_or_locked(attempt, chain.request(level))) is not None:
            return level, stored
    lock_mfa_session(attempt)
    return 0, None


def _stored_or_locked(attempt: Attempt, request: str) -> Credentials | None:
    """The stored credentials of a hop, or None with its lock taken. With --refresh, only new ones count as stored."""
    found = partial(attempt.kept_new if attempt.options.refresh else attempt.kept, request)
    return found() or attempt.hold(request, found)


def lock_mfa_session(attempt: Attempt) -> None:
    """Takes the lock of the MFA session that the first call needs, if it is not stored: one process asks for a code."""
    chain = attempt.chain
    serial = chain.serial or (chain.hops[0].mfa_serial if chain.hops else "")
    if not serial:
        return
    session = chain.session_request(serial)
    is_locked = session == chain.request(len(chain.hops))  # the session is what was asked for
    if attempt.kept(session) is None and not is_locked:
        attempt.hold(session, partial(attempt.kept, session))


def _fetched(attempt: Attempt, level: int, credentials: Credentials | None) -> Credentials:
    """The credentials from AWS, starting at hop `level`."""
    chain = attempt.chain
    if chain.source.keys is not None and not chain.hops and not chain.serial:
        return Credentials(*chain.source.keys)
    from assume.aws import connection

    settings.check(chain, attempt.config, attempt.base)
    attempt.explain(f"AWS is called, from hop {level} of {len(chain.hops)} on" if level else "AWS is called")
    dialled = connection.dialled(chain, attempt.config, attempt.base)
    from assume.cold import fetch  # imported while the connection is being made

    try:
        credentials = fetch.fetch(attempt, level, credentials, dialled)
    except AssumeError as error:
        settings.placed(error, attempt.config)
        raise
    connection.pool.given(dialled)
    if not chain.hops and chain.source.kind == "SSO" and credentials.expires_at is not None:
        attempt.keep(chain.request(0), credentials)
    return credentials


def policy_text(path: str) -> str:
    """The text of the session policy that `--policy` names. Raises AssumeError."""
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as file:
            return file.read(POLICY_LARGEST)
    except (OSError, ValueError) as error:
        raise AssumeError(f"--policy {path}: {getattr(error, 'strerror', None) or error}", "give a JSON file") from None
