"""`clear`: forgets stored credentials, ours and those in the AWS CLI's cache."""

from assume import arguments, files, paths
from assume.aws import cli_cache
from assume.errors import UsageError
from assume.profiles.chain import SSO
from assume.profiles.config import Config, read
from assume.profiles.plan import plan
from assume.shells import environment
from assume.store import entries, record, write
from assume.terminal import show


def run(profiles: list[str], everything: bool = False) -> int:
    """Forgets some profiles (each with all its hops and its MFA session), or everything. Returns the exit status."""
    have = environment.own_environment()
    base, _ = environment.baseline(have)
    folder = paths.store(base)
    cache = cli_cache.Cache(base)
    if everything:
        count = _everything(folder, cache)
    else:
        if not profiles:
            raise UsageError("which profiles?", "assume clear PROFILE…, or assume clear --all")
        config = Config(*map(read, paths.aws_files(base)))
        count = sum(_profile(name, config, base, folder, cache) for name in profiles)
    show.say(f"assume: forgot {count} {'entry' if count == 1 else 'entries'}")
    return 0


def _profile(name: str, config: Config, base: dict[str, str], folder: str, cache: cli_cache.Cache) -> int:
    options = arguments.Options()
    options.profile = name
    chain = plan(config, options, base)
    requests = [chain.request(level) for level in range(len(chain.hops) + 1)]
    serials = {chain.serial, *(hop.mfa_serial or "" for hop in chain.hops)} - {""}
    sessions = [chain.session_request(serial) for serial in serials]
    stored = [record.entry_name(request) for request in (*requests, *sessions)]
    notes = [entries.direct_note(request) for request in (*requests, *sessions)]
    pointers = [pointer for pointer in _pointers(folder) if _profile_of(pointer[1]) == name]
    stored += [fields.get("entry", "") for _, fields in pointers]  # the entries of requests with options
    count = write.remove(folder, set(stored) - {""})
    write.remove(folder, [*notes, *(pointer for pointer, _ in pointers)])
    keys = [key for hop in chain.hops for key in cli_cache.keys_of(hop)]
    if chain.source.kind == SSO:
        keys.append(cli_cache.key_of_sso(config.profile(chain.source.profile) or {}))
    return count + sum(cache.remove(key) for key in keys)


def _pointers(folder: str) -> list[tuple[str, dict[str, str]]]:
    found = [(name, record.read(folder, name)) for name in write.names(folder, record.POINTER)]
    return [(name, fields) for name, fields in found if fields is not None]


def _profile_of(pointer: dict[str, str]) -> str:
    """The profile of a pointer: the word after the two paths in its key."""
    words = pointer.get("key", "").split("\n")
    return words[2] if len(words) > 2 else ""


def _everything(folder: str, cache: cli_cache.Cache) -> int:
    keys = [name[: -len(entries.SHARED)] for name in write.names(folder, entries.SHARED)]
    count = sum(cache.remove(key) for key in keys)
    count += write.remove(folder, write.names(folder, record.ENTRY))
    for kind in (record.POINTER, record.NOTE):
        write.remove(folder, write.names(folder, kind))
    left = [name for name in write.names(folder, "") if name.startswith(files.TEMPORARY)]
    write.remove(folder, left)
    return count
