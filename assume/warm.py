"""The warm and the middle lane: a switch for the price of reading two small files.

Warm: a pointer says which entry the same words led to, and how every file and
variable looked then; nothing has changed, the entry is fresh, it is printed.
Middle: something has changed, so the AWS files are read and the chain is
planned anew (no parser library, no AWS library); its entry is fresh, it is
printed, and a new pointer is written. Whatever needs more than that is None
here, and the business of `resolve`.
"""

import sys

from assume import arguments, entries, environment, places, render, state, store, terminal
from assume.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Mapping

    from assume.arguments import Options
    from assume.chain import Chain
    from assume.entries import Credentials
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

# what decides where a chain leads, beside the AWS files; never a secret
VARIABLES = (
    "HOME",
    "USERPROFILE",
    "ASSUME_EXPORT",
    "AWS_ACCESS_KEY_ID",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_DEFAULT_REGION",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_STS_REGIONAL_ENDPOINTS",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)


class Taken:
    """A role that can be given out: what is known of it, its credentials, and the baseline it goes over."""

    __slots__ = ("base", "credentials", "known", "note")

    def __init__(self, known: "Mapping[str, str]", credentials: "Credentials", base: "Mapping[str, str]") -> None:
        self.known = known  # name, aws_profile, region, export, role_arn, renew, colour
        self.credentials = credentials
        self.base = base
        self.note = ""  # why it is less than was asked for

    def environment(self) -> dict[str, str]:
        """The whole environment with the role in it. Raises Unsafe."""
        known = self.known
        return environment.wanted(
            self.base,
            profile=known["name"],
            aws_profile=known.get("aws_profile") or None,
            region=known.get("region") or None,
            keys=self.credentials.keys,
            expires_at=self.credentials.expires_at,
            role_arn=known.get("role_arn", ""),
            export=known["export"],
        )


def asked(options: "Options") -> "Options":
    """`options` with `-` put in: the request before this one, and what was said beside it."""
    if options.profile != "-":
        return options
    words = state.again(options.state)
    before = arguments.read(words) if words else None
    if before is None:
        raise UsageError("there is no request before this one in this shell", "name a profile: assume PROFILE")
    for name in ("mfa_code", "shell", "state", "format"):
        setattr(before, name, getattr(options, name))
    for name in ("refresh", "no_cache", "yes", "debug", "force"):
        setattr(before, name, getattr(options, name))
    before.command = options.command
    return before


def reply(taken: Taken, options: "Options", have: "Mapping[str, str]") -> bytes:
    """What the shell function evaluates to hold the role."""
    changes = environment.changes(have, taken.environment())
    renew = taken.known.get("renew") == "1" and taken.credentials.expires_at is not None
    after = state.after_use(options.state, options.repeated(), renew, taken.known.get("colour", ""))
    return render.reply(options.shell, changes, after)


def summary(taken: Taken, now: float) -> str:
    """One line for the terminal: profile, account, role, time left."""
    known, credentials = taken.known, taken.credentials
    arn = known.get("role_arn") or credentials.arn
    parts = [("PROD " if terminal.is_production(known["name"]) else "") + known["name"]]
    if arn:
        parts += [terminal.account(arn), arn.partition(":role/")[2] or arn.rpartition(":")[2]]
    parts.append(known.get("region", ""))
    if credentials.expires_at is not None:
        parts.append(terminal.left(credentials.left_s(now)) + " left")
    return "assume: " + "  ".join(part for part in parts if part)


def hit(options: "Options", have: "Mapping[str, str]", now: float) -> Taken | None:
    """The warm lane."""
    if not _is_plain(options):
        return None
    base, told = environment.baseline(have)
    folder = places.store(base)
    paths = places.aws_files(base)
    if not told or not places.is_told(base) or not folder or not all(map(places.is_plain, paths)):
        return None
    key = _key(options, paths)
    pointer = store.read(folder, store.name_of(key) + store.POINTER)
    if pointer is None or pointer.get("key") != key or not store.folder_is_sound(folder):
        return None
    if any(base.get(name, "") != pointer.get("$" + name, "") for name in VARIABLES):
        return None
    for name, value in pointer.items():
        if name[:1] == "/" and (value == "racy" or store.signature(name[1:], now) != value):
            return None
    fields = store.read(folder, pointer.get("entry", ""))
    credentials = fields and entries.from_fields(fields, pointer["request"], now)
    if not credentials or not entries.is_fresh(credentials, now, options.min_left_s):
        return None
    return Taken(pointer, credentials, base)


def stored(options: "Options", have: "Mapping[str, str]", now: float) -> "tuple[Taken | None, Chain | None, str]":
    """The middle lane: what is stored for the chain as the files are now; the chain; the store's folder."""
    from assume.config import Config, read
    from assume.plan import plan

    base, told = environment.baseline(have)
    folder = places.store(base)
    if not _is_plain(options) or not told or not places.is_told(base) or not folder:
        return None, None, folder
    if not store.folder_is_sound(folder):
        return None, None, folder
    paths = places.aws_files(base)
    seen = {path: store.signature(path, now) for path in paths}  # before they are read
    chain = plan(Config(*map(read, paths)), options, base)
    if chain.confirm:
        return None, chain, folder
    taken = _fresh(chain, options, base, folder, now)
    if taken is not None:
        point(folder, options, chain, base, seen, now)
    return taken, chain, folder


def others(
    options: "Options", have: "Mapping[str, str]", chain: "Chain", folder: str, holding: "list[str]"
) -> Taken | None:
    """What another process gets meanwhile, waited for without importing anything more.

    None where nobody is at it: then the lock is ours, and `holding` says how the
    console script, which this process is about to become, gets it.
    """
    import time

    from assume import lock, takeover

    if not is_kept(chain) or chain.confirm or sys.platform == "win32":
        return None
    base, _ = environment.baseline(have)
    name = store.name_of(chain.request(len(chain.hops)))

    def found() -> Taken | None:
        return _fresh(chain, options, base, folder, time.time())

    def say(reason: str) -> None:
        terminal.say(f"assume: {chain.name}: waiting: {reason}")

    try:
        got = lock.acquire(folder, name, found, say, offer=takeover.Offer())
    except OSError:
        return None
    if not isinstance(got, lock.Lock):
        return got
    system.set_inheritable(got.handle, True)
    holding[:] = ["--holding", str(got.handle)]
    return found()


def _fresh(chain: "Chain", options: "Options", base: "Mapping[str, str]", folder: str, now: float) -> Taken | None:
    if not is_kept(chain):
        keys = chain.source.keys
        return Taken(known(chain), entries.Credentials(*keys), base) if keys else None
    credentials = entries.read(folder, chain.request(len(chain.hops)), now)
    if credentials is None or not entries.is_fresh(credentials, now, options.min_left_s):
        return None
    return Taken(known(chain), credentials, base)


def is_kept(chain: "Chain") -> bool:
    """Whether the chain's credentials are stored: those of roles, of MFA sessions and of SSO."""
    return bool(chain.hops or chain.serial) or chain.source.kind == "SSO"


def known(chain: "Chain") -> dict[str, str]:
    """What a pointer keeps of a chain, and what a reply is made of."""
    return {
        "name": chain.name,
        "aws_profile": "" if chain.ad_hoc else chain.profile,
        "region": chain.region or "",
        "export": chain.export,
        "role_arn": chain.role_arn,
        "renew": "1" if chain.renew and not chain.confirm else "",
        "colour": chain.colour,
    }


def point(
    folder: str,
    options: "Options",
    chain: "Chain",
    base: "Mapping[str, str]",
    seen: "Mapping[str, str]",
    now: float,
) -> None:
    """Leaves a pointer for the warm lane; `seen` are the signatures of the AWS files before they were read."""
    paths = places.aws_files(base)
    files = [*paths, *chain.files]
    if not is_kept(chain) or chain.confirm or not all(map(places.is_plain, files)):
        return
    request = chain.request(len(chain.hops))
    key = _key(options, paths)
    fields = {"key": key, "request": request, "entry": entries.entry_name(request), **known(chain)}
    fields.update(("$" + name, base[name]) for name in VARIABLES if base.get(name))
    fields.update(("/" + path, seen.get(path) or store.signature(path, now)) for path in files)
    try:
        store.write(folder, store.name_of(key) + store.POINTER, fields, sync=False)
    except OSError:
        pass  # the next call is a little slower, no more


def _is_plain(options: "Options") -> bool:
    """Whether the stored answer to these words is the answer to these words."""
    return not (options.refresh or options.no_cache or options.policy or options.mfa_code or options.debug)


def _key(options: "Options", paths: "tuple[str, str]") -> str:
    return "\n".join([*paths, *options.repeated()])
