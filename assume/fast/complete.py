"""The candidates for TAB: profiles, verbs, options and their values. On the fast lane; calls nobody.

In: the words after `assume`, the last one partial; out: lines `value<TAB>description`,
or one directive without a TAB: `files`, or `command N` (complete a command line
that starts at word N). A name that could steer a terminal is left out.
"""

import sys

from assume import arguments, paths
from assume.errors import AssumeError
from assume.profiles.config import Config, read
from assume.shells import environment, render
from assume.terminal import show
from assume.verbs import SHOWN, VERBS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

OPTIONS = {
    "exec": (*arguments.REPEATED, "--mfa-code", "--refresh", "--no-cache", "--yes", "--debug", "--help"),
    "each": (
        *("--all", "--jobs", "--dry-run", "--output", "--json", "--fail-fast", "--yes", "--region"),
        *("--read-only", "--no-read-only", "--refresh", "--mfa-code", "--help"),
    ),
    "policy": ("--role-arn", "--external-id", "--create", "--json", "--help"),
    "doctor": ("--json", "--help"),
    "list": ("--json", "--check", "--help"),
    "status": ("--quiet", "--json", "--check", "--help"),
    "history": ("--json", "--help"),
    "clear": ("--all", "--help"),
    "login": ("--device", "--browser", "--force", "--help"),
    "logout": ("--help",),
    "init": ("--prompt", "--help"),
    "install": ("--no-prompt", "--help"),
    "uninstall": ("--help",),
    "demo": ("--script", "--help"),
    "off": (),
}
OPTIONS["use"] = OPTIONS["exec"]
OPTIONS["export"] = (*OPTIONS["exec"], *arguments.OF_EXPORT)
OPTIONS["explain"] = (*OPTIONS["exec"], *arguments.OF_EXPLAIN)
OPTIONS["console"] = (*OPTIONS["exec"], *arguments.OF_CONSOLE)
OPTIONS["exec"] = (*OPTIONS["exec"], *arguments.OF_EXEC)
OF_A_PROFILE = ("use", "exec", "export", "explain", "policy", "console")
OF_A_SIGN_IN = ("login", "logout")
OF_A_SHELL = ("init", "install", "uninstall", "demo")
DESCRIBED_MOST = 200  # profiles; if there are more, their sections are not read for a description


def complete(words: "Sequence[str]", have: "Mapping[str, str]") -> int:
    """Prints the candidates for `words` (after `--shell SHELL --`); always exit 0."""
    shell = words[words.index("--shell") + 1] if "--shell" in words[:-1] else ""
    typed = list(words[words.index("--") + 1 :]) if "--" in words else []
    base, _ = environment.baseline(have)
    try:
        lines = list(_offered(typed or [""], base, described=shell != "bash"))
    except AssumeError:
        lines = []  # no error on TAB; the command itself will report it
    show.write(1, render.encoded("".join(line + "\n" for line in lines)))
    return 0


def _offered(typed: "list[str]", base: "Mapping[str, str]", described: bool) -> "Iterator[str]":
    *before, current = typed
    verb, words = ("use", before) if not before or before[0] not in SHOWN else (before[0], before[1:])
    start = _command(words) if verb == "exec" else None
    if verb == "each" and "--" in words:
        start = words.index("--") + 1
    if start is not None:
        yield f"command {start + len(before) - len(words)}"
        return
    if not before:
        yield from _lines(((name, VERBS[name].summary) for name in SHOWN), current)
    option, equals, _ = current.partition("=")
    if equals and option[:2] == "--":
        yield from _lines(((f"{option}={value}", text) for value, text in _values(option)), current)
    elif words and words[-1] in ("--policy", "--output"):
        yield "files"
    elif words and _takes_value(words[-1]):
        yield from _lines(_values(words[-1]), current)
    elif current[:1] == "-":
        yield from _lines(((name, "") for name in OPTIONS[verb]), current)
    elif verb in OF_A_SHELL:
        from assume.shells.table import SHELLS

        yield from _lines(((shell, "") for shell in (*SHELLS, *(["direnv"] if verb == "init" else []))), current)
    elif verb in ("clear", "each", "list") or (verb in (*OF_A_PROFILE, *OF_A_SIGN_IN) and not _has_profile(words)):
        yield from _lines(profiles(base, current, DESCRIBED_MOST if described else 0), current)
        if verb in OF_A_SIGN_IN:
            yield from _lines(_sessions(base), current)


def _lines(pairs: "Iterable[tuple[str, str]]", start: str) -> "Iterator[str]":
    for value, description in pairs:
        if value.startswith(start):
            yield f"{value}\t{description}"


def profiles(
    base: "Mapping[str, str]", start: str = "", described_most: int = sys.maxsize
) -> "Iterator[tuple[str, str]]":
    """(name, account and role) of each profile that begins with `start` and is safe to show.

    If there are more than `described_most`, account and role are left out.
    """
    config = Config(*map(read, paths.aws_files(base)))
    names = [name for name in config.names(start) if name.isprintable()]
    described = len(names) <= described_most
    for name in names:
        yield name, _description(config, name) if described else ""


def _sessions(base: "Mapping[str, str]") -> "Iterator[tuple[str, str]]":
    config = Config(*map(read, paths.aws_files(base)))
    return ((name, "IAM Identity Center") for name in config.sessions() if name.isprintable() and name not in config)


def _description(config: Config, name: str) -> str:
    """`123456789012 marketingadminrole`: the account and the role, as far as the profile itself has them."""
    try:
        values = config.profile(name) or {}
    except AssumeError:
        return ""
    role_arn = values.get("role_arn", "")
    account = values.get("sso_account_id", "") or show.account(role_arn)
    role = values.get("sso_role_name", "") or role_arn.partition(":role/")[2]
    text = f"{account} {role}".strip()
    return text if text.isprintable() else ""


def _takes_value(word: str) -> bool:
    return word == "--jobs" or (word in arguments.OPTIONS and not isinstance(arguments.OPTIONS[word][1], bool))


def _values(option: str) -> "Iterable[tuple[str, str]]":
    """(value, description) of what may follow `option`."""
    if option == "--region":
        from assume.regions import REGIONS

        return REGIONS.items()
    return ((value, "") for value in arguments.CHOICES.get(option, ()))


def _positions(words: "list[str]") -> "Iterator[int]":
    """The indexes of the words that are neither options nor their values."""
    skip = False
    for at, word in enumerate(words):
        if skip:
            skip = False
        elif word == "--":
            yield from range(at + 1, len(words))
            return
        elif word[:1] == "-" and len(word) > 1:
            skip = _takes_value(word)
        else:
            yield at


def _has_profile(words: "list[str]") -> bool:
    return next(_positions(words), None) is not None or "--credential-source" in words


def _command(words: "list[str]") -> int | None:
    """The index at which the command of `exec` starts; None while a profile or an option's value is still missing."""
    positions = list(_positions(words))
    first = -1
    if "--credential-source" not in words:
        if not positions:
            return None
        first = positions.pop(0)
    if "--" in words and words.index("--") >= first:
        return words.index("--") + 1
    if positions:
        return positions[0]
    return None if _takes_value(words[-1]) else len(words)
