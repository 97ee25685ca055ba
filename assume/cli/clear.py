"""`clear`: forgets stored credentials, ours and those in the AWS CLI's cache."""

from assume import arguments, cli_cache, entries, environment, places, store, storing, terminal
from assume.config import Config, read
from assume.errors import UsageError
from assume.fast import own_environment
from assume.plan import plan


def run(profiles: list[str], everything: bool = False) -> int:
    """For some profiles (every hop of theirs, and the MFA session before it), or for all."""
    have = own_environment()
    base, _ = environment.baseline(have)
    folder = places.store(base)
    cache = cli_cache.Cache(base)
    if everything:
        count = _everything(folder, cache)
    else:
        if not profiles:
            raise UsageError("which profiles?", "assume clear PROFILE…, or assume clear --all")
        config = Config(*map(read, places.aws_files(base)))
        count = sum(_profile(name, config, base, folder, cache) for name in profiles)
    terminal.say(f"assume: forgot {count} {'entry' if count == 1 else 'entries'}")
    return 0


def _profile(name: str, config: Config, base: dict[str, str], folder: str, cache: cli_cache.Cache) -> int:
    options = arguments.Options()
    options.profile = name
    chain = plan(config, options, base)
    requests = [chain.request(level) for level in range(len(chain.hops) + 1)]
    serials = {chain.serial, *(hop.mfa_serial or "" for hop in chain.hops)} - {""}
    sessions = [chain.session_request(serial) for serial in serials]
    stored = [entries.entry_name(request) for request in (*requests, *sessions)]
    notes = [entries.direct_note(request) for request in (*requests, *sessions)]
    count = storing.remove(folder, set(stored))
    storing.remove(folder, notes)
    keys = cli_cache.keys_of(chain.hops[-1]) if chain.hops else []
    return count + sum(cache.remove(key) for key in keys)


def _everything(folder: str, cache: cli_cache.Cache) -> int:
    keys = [name[: -len(entries.SHARED)] for name in storing.names(folder, entries.SHARED)]
    count = sum(cache.remove(key) for key in keys)
    count += storing.remove(folder, storing.names(folder, store.ENTRY))
    for kind in (store.POINTER, store.NOTE):
        storing.remove(folder, storing.names(folder, kind))
    left = [name for name in storing.names(folder, "") if name.startswith(store.TEMPORARY)]
    storing.remove(folder, left)
    return count
