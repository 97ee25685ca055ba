"""The words after `use`, `exec` and `export`, read without Typer.

In: words; out: `Options`, or None if the words ask for help or are wrong: then
Typer prints the help or the error. OPTIONS is the table of options, which a test
compares with Typer's; CHOICES has the values of those that take one of a few.
On the warm lane: nothing is imported.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

TEXT, LIST, SECONDS = "text", "list", "seconds"  # the kind of value that follows an option

OPTIONS: "dict[str, tuple[str, object]]" = {
    # word: (attribute of Options, the kind of value that follows; or, for a flag, the value that it sets)
    "--mfa-code": ("mfa_code", TEXT),
    "--region": ("region", TEXT),
    "--duration": ("duration_s", SECONDS),
    "--session-name": ("session_name", TEXT),
    "--external-id": ("external_id", TEXT),
    "--role-arn": ("role_arn", TEXT),
    "--credential-source": ("credential_source", TEXT),
    "--read-only": ("read_only", True),
    "--no-read-only": ("read_only", False),
    "--policy": ("policy", TEXT),
    "--policy-arn": ("policy_arns", LIST),
    "--min-left": ("min_left_s", SECONDS),
    "--export": ("export", TEXT),
    "--refresh": ("refresh", True),
    "--no-cache": ("no_cache", True),
    "--yes": ("yes", True),
    "--debug": ("debug", True),
    # only our own code puts these three on a command line
    "--shell": ("shell", TEXT),
    "--state": ("state", TEXT),
    "--holding": ("holding", TEXT),  # the file number of a lock that came through execv
    # of `export` alone
    "--format": ("format", TEXT),
    "--force": ("force", True),
    # of `explain` alone
    "--check": ("check", True),
    "--json": ("json", True),
    # of `console` alone
    "--service": ("service", TEXT),
    "--print": ("print_link", True),
    # of `exec` alone
    "--serve": ("serve", True),
}
OF_EXPORT = ("--format", "--force")
OF_EXPLAIN = ("--check", "--json")
OF_CONSOLE = ("--service", "--print")
OF_EXEC = ("--serve",)
OF_ONE_VERB = {
    **dict.fromkeys(OF_EXPORT, "export"),
    **dict.fromkeys(OF_EXPLAIN, "explain"),
    **dict.fromkeys(OF_CONSOLE, "console"),
    **dict.fromkeys(OF_EXEC, "exec"),
}
OF_SHELLS = ("--shell", "--state", "--holding")
# what `assume -` repeats: never a code, and never --yes
REPEATED = (
    "--region",
    "--duration",
    "--session-name",
    "--external-id",
    "--role-arn",
    "--credential-source",
    "--read-only",
    "--no-read-only",
    "--policy",
    "--policy-arn",
    "--min-left",
    "--export",
)
FORMATS = ("bash", "zsh", "fish", "powershell", "cmd", "dotenv", "env-file", "json", "process")
EXPORTS = ("both", "keys", "profile")
SOURCES = ("Ec2InstanceMetadata", "EcsContainer", "WebIdentity", "Environment")
CHOICES = {"--format": FORMATS, "--export": EXPORTS, "--credential-source": SOURCES}
# of `assume_colour` in a profile, with the digits that a terminal takes for each
COLOURS = {"black": 30, "red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "white": 37}
UNITS_S = {"s": 1, "m": 60, "h": 3600}


class Options:
    """What a command line asks for. Everything is empty at first."""

    __slots__ = (
        "check",
        "command",
        "credential_source",
        "debug",
        "duration_s",
        "export",
        "external_id",
        "force",
        "format",
        "holding",
        "json",
        "mfa_code",
        "min_left_s",
        "no_cache",
        "policy",
        "policy_arns",
        "print_link",
        "profile",
        "read_only",
        "refresh",
        "region",
        "role_arn",
        "serve",
        "service",
        "session_name",
        "shell",
        "state",
        "yes",
    )

    def __init__(self) -> None:
        self.profile = ""
        self.command: list[str] = []  # of `exec`
        self.mfa_code = self.region = self.session_name = self.external_id = self.role_arn = ""
        self.credential_source = self.policy = self.export = self.shell = self.state = self.format = self.holding = ""
        self.service = ""
        self.policy_arns: tuple[str, ...] = ()
        self.duration_s = self.min_left_s = 0
        self.read_only: bool | None = None
        self.refresh = self.no_cache = self.yes = self.debug = self.force = self.check = self.json = False
        self.print_link = self.serve = False

    def repeated(self) -> "list[str]":
        """The words that repeat this request, profile first, options in the order of REPEATED."""
        words = [self.profile]
        for option in REPEATED:
            attribute, kind = OPTIONS[option]
            value = getattr(self, attribute)
            if kind is LIST:
                words += [word for item in value for word in (option, item)]
            elif kind in (TEXT, SECONDS) and value:
                words += [option, str(value)]
            elif isinstance(kind, bool) and value is kind:
                words.append(option)
        return words


def read(words: "Sequence[str]", verb: str = "use") -> "Options | None":
    """Options from `words`; None if they ask for help, or hold an unknown option or a word too many."""
    options = Options()
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        if word == "--":
            if not options.profile and not options.credential_source and waiting:
                options.profile = waiting.pop(0)
                if verb == "exec" and waiting[:1] == ["--"]:
                    waiting.pop(0)
            if verb != "exec" and waiting:
                return None
            options.command = waiting
            break
        if len(word) > 1 and word[0] == "-":
            if not take(options, word, waiting, verb):
                return None
        elif not options.profile and not options.credential_source:
            options.profile = word
        elif verb == "exec":
            options.command = [word, *waiting]
            break
        else:
            return None
    return options


def again(words: "Sequence[str]", given: Options) -> "Options | None":
    """The request of `words`, changed by the options that were given along with `-`; None if `words` is empty."""
    options = read(words) if words else None
    for name in Options.__slots__ if options is not None else ():
        value = getattr(given, name)
        if name != "profile" and (value or value is False):
            setattr(options, name, value)
    return options


def seconds(text: str) -> "int | None":
    """`2700`, `45m` or `1h` as seconds; None for anything else."""
    unit = UNITS_S.get(text[-1:])
    digits = text[:-1] if unit else text
    return int(digits) * (unit or 1) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None


def is_of(option: str, verb: str) -> bool:
    """Whether a verb takes an option of the table."""
    return OF_ONE_VERB.get(option, verb) == verb


def take(options: Options, word: str, waiting: "list[str]", verb: str) -> bool:
    """Puts one option into `options` and takes its value from the front of `waiting`; False if that is not possible."""
    name, equals, value = word.partition("=")
    if name not in OPTIONS or not is_of(name, verb):
        return False
    attribute, kind = OPTIONS[name]
    if isinstance(kind, bool):
        setattr(options, attribute, kind)
        return not equals
    if not equals:
        if not waiting:
            return False
        value = waiting.pop(0)
    if kind is LIST:
        setattr(options, attribute, (*getattr(options, attribute), value))
    elif kind is SECONDS:
        length_s = seconds(value)
        if not length_s:
            return False
        setattr(options, attribute, length_s)
    else:
        setattr(options, attribute, value)
    return True
