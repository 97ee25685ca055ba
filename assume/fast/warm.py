"""The warm lane: a switch that reads two small files, a pointer and an entry.

A pointer has the name of the entry that the same words led to, and what every
file and variable looked like then. If nothing has changed and the entry is
fresh, it is used. None if more is needed: then `middle` goes on.
"""

from assume import arguments, paths
from assume.credentials import is_fresh
from assume.shells import environment, render, state
from assume.store import record
from assume.store.record import VARIABLES, key_of
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.arguments import Options
    from assume.credentials import Credentials


class Assumed:
    """A role, ready to use: its description, its credentials, and the baseline that it is put over."""

    __slots__ = ("base", "credentials", "known", "note")

    def __init__(self, known: "Mapping[str, str]", credentials: "Credentials", base: "Mapping[str, str]") -> None:
        self.known = known  # name, aws_profile, region, export, role_arn, account, sso_role, read_only, renew, colour
        self.credentials = credentials
        self.base = base
        self.note = ""  # why these are older credentials and not new ones; "" if they are new

    def environment(self) -> dict[str, str]:
        """The whole environment with the role in it. Raises Unsafe if a value must not reach a shell."""
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
            account=self.account,
            sso_role=known.get("sso_role", ""),
            read_only=known.get("read_only") == "1",
        )

    @property
    def account(self) -> str:
        """The number of the account that the keys are of; "" if it is not known."""
        known = self.known
        arn = known.get("role_arn") or self.credentials.arn
        return show.account(arn) if arn else known.get("account", "")


def asked(options: "Options") -> "Options":
    """`options`, with `-` replaced by the request before this one, changed by the options given along with `-`."""
    if options.profile != "-":
        return options
    before = arguments.again(state.again(options.state), options)
    if before is None:
        from assume.errors import UsageError

        raise UsageError("there is no request before this one in this shell", "name a profile: assume PROFILE")
    return before


def reply(taken: Assumed, options: "Options", have: "Mapping[str, str]", done: str = "") -> bytes:
    """The code that the shell function evaluates to set the role; it prints the line `done` at the end."""
    changes = environment.changes(have, taken.environment())
    renew = taken.known.get("renew") == "1" and taken.credentials.expires_at is not None
    after = state.after_use(options.state, options.repeated(), renew, taken.known.get("colour", ""))
    return render.reply(options.shell, changes, after, done)


def summary(taken: Assumed, now: float) -> str:
    """One line for the terminal: profile, account, role, time left."""
    known, credentials = taken.known, taken.credentials
    arn = known.get("role_arn") or credentials.arn
    sso_role = known.get("sso_role", "")
    parts = [("PROD " if show.is_production(f"{known['name']} {sso_role}") else "") + known["name"]]
    if sso_role:
        parts += [taken.account, sso_role]
    elif arn:
        parts += [show.account(arn), arn.partition(":role/")[2] or arn.rpartition(":")[2]]
    parts.append(known.get("region", ""))
    if known.get("read_only") == "1":
        parts.append("read-only")
    if credentials.expires_at is not None:
        parts.append(show.left(credentials.left_s(now)) + " left")
    return "assume: " + "  ".join(part for part in parts if part)


def hit(options: "Options", have: "Mapping[str, str]", now: float) -> Assumed | None:
    """The role from the pointer and the entry; None if there is none, it is not fresh, or anything has changed."""
    if not is_plain(options):
        return None
    base, told = environment.baseline(have)
    folder = paths.store(base)
    aws_files = paths.aws_files(base)
    if not told or not paths.is_told(base) or not folder or not all(map(paths.is_plain, aws_files)):
        return None
    key = key_of(options, aws_files)
    pointer = record.read(folder, record.name_of(key) + record.POINTER)
    if pointer is None or pointer.get("key") != key or not record.folder_is_sound(folder):
        return None
    if not all(pointer.get(name) for name in ("request", "entry", "name", "export")):
        return None
    if any(base.get(name, "") != pointer.get("$" + name, "") for name in VARIABLES):
        return None
    for name, value in pointer.items():
        if name[:1] == "/" and (value == "racy" or record.signature(name[1:], now) != value):
            return None
    fields = record.read(folder, pointer["entry"])
    credentials = fields and record.from_fields(fields, pointer["request"], now)
    if not credentials or not is_fresh(credentials, now, options.min_left_s):
        return None
    if pointer.get("cli") and record.signature(pointer["cli"], now) == "-":  # somebody emptied the AWS CLI's cache
        from assume.store import cli_entry

        cli_entry.leave(folder, pointer["cli"], credentials, pointer.get("cli_mark", ""))
    return Assumed(pointer, credentials, base)


def is_plain(options: "Options") -> bool:
    """False if an option rules out answering from the store: --refresh, --no-cache, --policy, --mfa-code, --debug."""
    return not (options.refresh or options.no_cache or options.policy or options.mfa_code or options.debug)
