"""The middle lane: the AWS files changed, or there is no pointer, but the entry is still fresh.

Our own parser reads the files and the chain is planned again, without an AWS
library. If the store has a fresh entry for the chain, it is used, and a new
pointer is written for the warm lane. If another process is getting the same
credentials, this waits for it. None if AWS has to be called: `cold.resolve` does.
"""

import sys

from assume import paths
from assume.credentials import Credentials, is_fresh
from assume.fast import warm
from assume.shells import environment
from assume.store import record, write
from assume.store.entries import current
from assume.store.pointers import known, point
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Mapping

    from assume.arguments import Options
    from assume.credentials import Credentials
    from assume.profiles.chain import Chain
    from assume.profiles.config import Config
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system


CHECKED = ("role_arn", "duration_s", "session_name", "external_id", "policy_arns")  # the options that `check` looks at


class Planned:
    """The AWS files as they were read, and the chain of a request."""

    __slots__ = ("base", "chain", "config", "seen")

    def __init__(self, base: "dict[str, str]", seen: "dict[str, str]", config: "Config", chain: "Chain") -> None:
        self.base = base  # the baseline that the chain was planned with
        self.seen = seen  # path: signature of each AWS file, taken before it was read
        self.config = config
        self.chain = chain


def planned(options: "Options", base: "dict[str, str]", now: float) -> Planned:
    """Reads the AWS files and plans the chain that `options` ask for. Raises ConfigError, UsageError."""
    from assume.profiles.config import Config, read
    from assume.profiles.plan import plan

    if any(getattr(options, name) for name in CHECKED):
        from assume.fast.check import check

        check(options)
    aws_files = paths.aws_files(base)
    seen = {path: record.signature(path, now) for path in aws_files}  # before they are read
    config = Config(*map(read, aws_files))
    chain = plan(config, options, base)
    if options.region:
        from assume.regions import unknown

        chain.warnings += filter(None, [unknown(options.region)])
    return Planned(base, seen, config, chain)


def stored(options: "Options", have: "Mapping[str, str]", now: float) -> "tuple[warm.Assumed | None, Planned | None]":
    """The role, if the store has a fresh entry for the chain of the present files; and the plan, if one was made."""
    from assume.errors import NoSuchProfile, shown

    base, told = environment.baseline(have)
    folder = paths.store(base)
    if not warm.is_plain(options) or not told or not paths.is_told(base) or not folder:
        return None, None
    try:
        plan = planned(options, base, now)
    except NoSuchProfile:
        return None, None  # the console script reports it, with the commands that are like the name
    chain = plan.chain
    if chain.confirm or not _has_store(folder):
        return None, plan
    taken = _fresh(chain, options, base, folder, now)
    if taken is not None:
        for line in chain.warnings:
            show.say(f"assume: {shown(line)}")
        left = _left_for_aws_tools(plan, folder, taken.credentials, now)
        point(folder, options, chain, base, plan.seen, now, *left)
        write.sweep_leftovers(folder, now)
    return taken, plan


def _left_for_aws_tools(plan: Planned, folder: str, credentials: Credentials, now: float) -> "tuple[str, str]":
    """Puts what the store has into the AWS CLI's cache, if it is missing there: the entry's path and its mark."""
    chain, base = plan.chain, plan.base
    if not chain.hops or chain.endpoint or chain.hops[-1].token_file is not None:
        return "", ""
    from assume.profiles import shared

    last = len(chain.hops) - 1
    name = shared.name(chain.hops[last])
    if not name or not shared.is_shared(chain, last, plan.config, base):
        return "", ""
    path, mark = f"{paths.cli_cache(base)}/{name}.json", shared.mark(chain, last)
    if record.signature(path, now) == "-":
        from assume.store import cli_entry

        cli_entry.leave(folder, path, credentials, mark)
    return path, mark


def others(options: "Options", plan: Planned, holding: "list[str]") -> warm.Assumed | None:
    """Waits for the process that is already getting these credentials, importing nothing but the lock.

    None if no process is: then we hold the lock, and `holding` receives the option that
    passes it on to the console script, which this process is about to become.
    """
    import time

    from assume.store import lock, takeover

    chain, base = plan.chain, plan.base
    folder = paths.store(base)
    if not chain.is_kept or chain.confirm or sys.platform == "win32" or not _has_store(folder):
        return None
    if environment.CALLERS in base:
        return None  # a caller may hold the lock and wait for us: `aws.circle` knows
    name = record.name_of(chain.request(len(chain.hops)))

    def found() -> warm.Assumed | None:
        return _fresh(chain, options, base, folder, time.time())

    def say(reason: str) -> None:
        show.say(f"assume: {chain.name}: waiting: {reason}")

    try:
        got = lock.acquire(folder, name, found, say, offer=takeover.Offer())
    except OSError:
        return None
    if not isinstance(got, lock.Lock):
        return got
    system.set_inheritable(got.handle, True)
    holding[:] = ["--holding", str(got.handle)]
    return found()


def _has_store(folder: str) -> bool:
    """Whether the store exists or could be created, so that we can wait for an entry; False if anything is unusual."""
    if record.folder_is_sound(folder):
        return True
    try:
        if not record.POSIX or system.stat(folder.rpartition("/")[0]).st_uid != system.geteuid():
            return False
        system.mkdir(folder, 0o700)
    except FileExistsError:
        pass  # another process created it just now
    except OSError:
        return False  # `folder.ready` reports the reason
    return record.folder_is_sound(folder)


def _fresh(
    chain: "Chain", options: "Options", base: "Mapping[str, str]", folder: str, now: float
) -> warm.Assumed | None:
    if not chain.is_kept:
        keys = chain.source.keys
        return warm.Assumed(known(chain), Credentials(*keys), base) if keys else None
    credentials = current(chain, folder, chain.request(len(chain.hops)), now)
    if credentials is None or not is_fresh(credentials, now, options.min_left_s):
        return None
    return warm.Assumed(known(chain), credentials, base)
