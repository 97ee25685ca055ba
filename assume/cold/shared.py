"""The AWS CLI's cache on the way along a chain: every hop is looked up there, and left there.

In: an attempt and the number of a hop; out: credentials, which are then in our own store too. What may be read and
written is decided in `profiles.shared`.
"""

from assume import paths
from assume.aws import cli_cache
from assume.credentials import Credentials, is_fresh, is_usable
from assume.profiles import shared
from assume.store import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.cold.attempt import Attempt


def found(attempt: "Attempt", level: int) -> tuple[int, Credentials] | None:
    """(hop to go on from, its credentials): the last hop behind `level` that the AWS CLI's cache can answer."""
    chain = attempt.chain
    if not attempt.folder or attempt.options.refresh:
        return None
    cache = cli_cache.Cache(attempt.base)
    files = [*paths.aws_files(attempt.base), *chain.files]
    for number in reversed(range(level, len(chain.hops))):
        theirs = shared.is_certain(chain, number, attempt.config, attempt.base)
        credentials = cli_cache.read(cache, chain, number, theirs, files, attempt.clock())
        if credentials is None or not _is_good(attempt, number, credentials):
            continue
        attempt.explain(f"the AWS CLI has {chain.hops[number].role_arn} in its cache")
        attempt.keep(chain.request(number + 1), credentials)
        return number + 1, credentials
    return None


def leave(attempt: "Attempt", number: int, credentials: Credentials, over: bool = True) -> str:
    """Puts the credentials of hop `number` where an AWS CLI looks for them. Returns the entry's path; "" for none.

    `over`: replaces a good entry that is there.
    """
    chain = attempt.chain
    if not attempt.folder or not shared.is_shared(chain, number, attempt.config, attempt.base):
        return ""
    cache = cli_cache.Cache(attempt.base)
    hop = chain.hops[number]
    if over or not _has_good(attempt, cache, number):
        for key in cli_cache.keys_of(hop):
            attempt.remember(entries.shared_note(key))
        cli_cache.share(cache, hop, credentials, shared.mark(chain, number))
    return cache.path(cli_cache.key_of(hop))


def _has_good(attempt: "Attempt", cache: cli_cache.Cache, number: int) -> bool:
    there = cli_cache.read(cache, attempt.chain, number, theirs=True, files=[], now=attempt.clock())
    return there is not None and is_fresh(there, attempt.clock())


def _is_good(attempt: "Attempt", number: int, credentials: Credentials) -> bool:
    """The end of the chain has to last as asked; a hop on the way has to sign one call."""
    if number == len(attempt.chain.hops) - 1:
        return is_fresh(credentials, attempt.clock(), attempt.options.min_left_s)
    return is_usable(credentials, attempt.clock())
