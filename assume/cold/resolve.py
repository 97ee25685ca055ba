"""The cold lane: config, chain, guard, lock, source, MFA, STS, store. botocore comes in behind the lock.

In: options and the process's environment; out: `warm.Assumed`, ready to be given
to a shell or a child. A failure leaves environment, config and store as they
were; credentials that are still good are given when new ones cannot be had.
"""

import os
import time
from functools import partial

from assume import paths
from assume.aws.deadline import Deadline
from assume.cold import guard
from assume.cold.attempt import Attempt
from assume.cold.mfa import would_ask
from assume.credentials import Credentials, is_fresh, is_usable
from assume.errors import AssumeError, NoTerminal, Refused, SourceError, TakenOver, Unreachable, UsageError, shown
from assume.fast import middle, warm
from assume.shells import environment
from assume.store import entries, folder, pointers, record
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.arguments import Options
    from assume.credentials import Credentials

RENEWAL_S = 1.6  # of the two seconds that a prompt may be kept waiting
POLICY_LARGEST = 100_000  # characters: STS takes 2,048, and says so itself


def resolve(
    options: "Options",
    have: "Mapping[str, str]",
    silent: bool = False,
    deadline: Deadline | None = None,
    plan: "middle.Planned | None" = None,
) -> warm.Assumed:
    """The role that `options` ask for. `silent`: a renewal before a prompt, which never asks nor waits long.

    `deadline` bounds the network's time where the usual bound does not apply; `plan` is
    what the middle lane has read and planned for the same options, if it has.
    """
    base, told = environment.baseline(have)
    if not told:
        show.say("assume: ASSUME_BEFORE is gone or damaged: what was set before is not known")
    if not (options.profile or options.credential_source):
        raise UsageError("which profile?", "assume PROFILE, or `assume list`")
    if options.policy:
        options.policy = _policy(options.policy)
    plan = plan or middle.planned(options, base, time.time())
    chain = plan.chain
    home = paths.home(base)
    for line in (*chain.warnings, *([f"home is {home}"] if home and not paths.is_told(base) else [])):
        show.say(f"assume: {shown(line)}")
    if options.debug:
        for reason in chain.reasons:
            show.say(f"assume: debug: {shown(reason)}")
    guard.confirm(chain, options)
    os.environ.clear()
    os.environ.update(
        {name: value for name, value in base.items() if name not in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE")}
    )
    attempt = Attempt(
        options,
        plan.config,
        chain,
        base,
        folder.ready(base),
        silent=silent,
        deadline=deadline or (Deadline(RENEWAL_S) if silent else None),
    )
    taken = _reached(attempt)
    if attempt.folder and not attempt.unkept:
        pointers.point(attempt.folder, options, chain, base, plan.seen, time.time())
    return taken


def _reached(attempt: Attempt) -> warm.Assumed:
    """The credentials at the end of the chain: stored if fresh, else fetched once for all who wait."""
    known = pointers.known(attempt.chain)
    if not attempt.chain.is_kept:
        return warm.Assumed(known, _fetched(attempt, 0, None), attempt.base)
    request = attempt.chain.request(len(attempt.chain.hops))
    present = None
    if not attempt.options.refresh:
        present = entries.current(attempt.chain, attempt.folder, request, attempt.clock())
    if present is not None and is_fresh(present, attempt.clock(), attempt.options.min_left_s):
        attempt.explain("what is stored for exactly this request is fresh")
        return warm.Assumed(known, present, attempt.base)
    usable = present is not None and is_usable(present, attempt.clock()) and not attempt.options.min_left_s
    try:
        credentials = _renewed(attempt, request, usable)
    except (Unreachable, Refused, SourceError, NoTerminal) as error:
        if present is None or not usable or attempt.silent:
            raise
        taken = warm.Assumed(known, present, attempt.base)
        taken.note = f"{error}\n  what is stored is good for {show.left(present.left_s(attempt.clock()))} more"
        return taken
    finally:
        attempt.release()
    if attempt.unkept:
        show.say(f"assume: {shown(attempt.chain.name)}: nothing was kept for other terminals: {attempt.unkept}")
    return warm.Assumed(known, credentials, attempt.base)


def _renewed(attempt: Attempt, request: str, usable: bool) -> "Credentials":
    """New credentials, or those that another process has got meanwhile."""
    options = attempt.options
    old = record.entry(attempt.folder, request, attempt.clock()) if options.refresh else None

    def found() -> "Credentials | None":
        stored = entries.current(attempt.chain, attempt.folder, request, attempt.clock())
        if stored is None or not is_fresh(stored, attempt.clock(), options.min_left_s):
            return None
        return None if old is not None and stored.key_id == old.key_id else stored

    forgotten: set[int] = set()
    while True:
        if (got := attempt.hold(request, found)) is not None:
            return got
        level, credentials = _nearest(attempt)
        if usable and would_ask(attempt, level):
            stored = record.entry(attempt.folder, request, attempt.clock())
            if stored is not None:
                return stored
        try:
            return _fetched(attempt, level, credentials)
        except TakenOver as taken:
            attempt.give_way(taken)
        except Refused as error:
            if not error.is_stale or level in {0, *forgotten}:
                raise
            forgotten.add(level)
            attempt.forget(attempt.chain.request(level))
            attempt.release()


def _nearest(attempt: Attempt) -> "tuple[int, Credentials | None]":
    """How far along the chain stored credentials reach; locks towards the source are taken on the way."""
    chain = attempt.chain
    for level in range(len(chain.hops) - 1, 0, -1):
        request = chain.request(level)
        if attempt.options.refresh:
            attempt.hold(request, lambda: None)
        elif got := attempt.kept(request) or attempt.hold(request, partial(attempt.kept, request)):
            return level, got
    serial = chain.serial or (chain.hops[0].mfa_serial if chain.hops else "")
    if serial:
        session = chain.session_request(serial)
        if attempt.kept(session) is None and session != chain.request(len(chain.hops)):
            attempt.hold(session, partial(attempt.kept, session))
    return 0, None


def _fetched(attempt: Attempt, level: int, credentials: "Credentials | None") -> "Credentials":
    """From the AWS CLI's cache if it has what is wanted, else from AWS."""
    chain = attempt.chain
    if chain.source.keys is not None and not chain.hops and not chain.serial:
        return Credentials(*chain.source.keys)
    from assume.aws import cli_cache, connection

    shared = bool(attempt.folder) and cli_cache.is_shared(chain, attempt.config)
    cache = cli_cache.Cache(attempt.base, used=bool(attempt.folder))
    files = [*paths.aws_files(attempt.base), *chain.files]
    if shared and not attempt.options.refresh:
        found = cli_cache.read(cache, chain.hops[-1], files, attempt.clock())
        if found is not None and is_fresh(found, attempt.clock(), attempt.options.min_left_s):
            attempt.explain("the AWS CLI has it in its cache")
            attempt.keep(chain.request(len(chain.hops)), found)
            return found
    attempt.explain(f"from hop {level} of {len(chain.hops)} on, AWS is called" if level else "AWS is called")
    road = connection.dialled(chain, attempt.config, attempt.base)
    from assume.cold import fetch  # botocore comes in here, while the connection is being made

    credentials = fetch.fetch(attempt, level, credentials, road)
    if not chain.hops and chain.source.kind == "SSO" and credentials.expires_at is not None:
        attempt.keep(chain.request(0), credentials)
    if shared:
        for key in cli_cache.share(cache, chain.hops[-1], credentials):
            attempt.remember(entries.shared_note(key))
    return credentials


def _policy(path: str) -> str:
    try:
        with open(os.path.expanduser(path), encoding="utf-8") as file:
            return file.read(POLICY_LARGEST)
    except (OSError, ValueError) as error:
        raise AssumeError(f"--policy {path}: {getattr(error, 'strerror', None) or error}", "give a JSON file") from None
