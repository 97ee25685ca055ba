"""The verbs of the command line. One table, VERBS; `assume --help` shows them by group, each group in this order.

Typer's help, completion, the list that `assume init` writes into the shell function, and the choice between
Typer and assume/arguments.py are made from it. Tests compare with it the lists that a shell file has before
`assume init` fills it in, the stand-in program of the tests, and the README. A hit does not import this.
"""

SWITCH, LOOK, ACT, SET_UP = GROUPS = ("Switch", "Look", "Act", "Set up")


class Verb:
    """One verb; its name is its key in VERBS."""

    __slots__ = ("example", "group", "is_captured", "is_quick", "line", "summary")

    def __init__(
        self,
        line: str,
        summary: str,
        *,
        group: str = "",
        example: str = "",
        is_captured: bool = False,
        is_quick: bool = False,
    ) -> None:
        self.line = line  # the command line, for messages
        self.summary = summary  # one sentence for its help; "" for a verb that only our own shell code uses
        self.group = group  # one of GROUPS; "" for a verb that only our own shell code uses
        self.example = example  # a command line that works in `assume demo`: the last line of its help
        self.is_captured = is_captured  # the shell function evaluates its output; it runs all others as they are
        self.is_quick = is_quick  # read by assume/arguments.py, so that Typer is not imported


VERBS = {
    "use": Verb(
        "assume PROFILE",
        "Take on the role of PROFILE in this shell.",
        group=SWITCH,
        example="assume use marketingadmin --region eu-west-1",
        is_captured=True,
        is_quick=True,
    ),
    "off": Verb(
        "assume off",
        "Restore the shell as it was before the first role.",
        group=SWITCH,
        example="assume off",
        is_captured=True,
    ),
    "exec": Verb(
        "assume exec PROFILE -- COMMAND",
        "Run one command with the role of PROFILE.",
        group=ACT,
        example="assume exec marketingadmin -- aws sts get-caller-identity",
        is_quick=True,
    ),
    "export": Verb(
        "assume export PROFILE --format FORMAT",
        "Print the role of PROFILE as text.",
        group=ACT,
        example="assume export marketingadmin --format env-file > container.env",
        is_quick=True,
    ),
    "console": Verb(
        "assume console PROFILE",
        "Open the web console, signed in as the role of PROFILE.",
        group=ACT,
        example="assume console marketingadmin --service s3 --print",
        is_quick=True,
    ),
    "each": Verb(
        "assume each PATTERN -- COMMAND",
        "Run one command in many profiles, each with its own role.",
        group=ACT,
        example="assume each 'marketing*' hub -- aws sts get-caller-identity",
    ),
    "explain": Verb(
        "assume explain PROFILE",
        "Show how PROFILE gets its role; --check: why AWS refuses it.",
        group=LOOK,
        example="assume explain marketingadmin --check",
        is_quick=True,
    ),
    "policy": Verb(
        "assume policy PROFILE",
        "Print the policies that PROFILE needs, for an administrator.",
        group=LOOK,
        example="assume policy marketingadmin",
    ),
    "doctor": Verb(
        "assume doctor",
        "Find what is wrong with this machine's set-up, and the fix.",
        group=LOOK,
        example="assume doctor",
    ),
    "list": Verb(
        "assume list",
        "Show profiles: account, role, region, MFA, what is cached.",
        group=LOOK,
        example="assume list 'role-*' hub",
    ),
    "status": Verb(
        "assume status",
        "Show the role of this shell: account, region, time left.",
        group=LOOK,
        example="assume status --json",
    ),
    "history": Verb(
        "assume history",
        "Show which role was taken when, in which terminal.",
        group=LOOK,
        example="assume history --json",
    ),
    "clear": Verb(
        "assume clear PROFILE, or assume clear --all",
        "Forget cached credentials, also in the AWS CLI's cache.",
        group=SET_UP,
        example="assume clear marketingadmin",
    ),
    "login": Verb(
        "assume login [PROFILE or SESSION]",
        "Sign in to IAM Identity Center, in the browser or by a code.",
        group=SET_UP,
        example="assume login sso-reader",
    ),
    "logout": Verb(
        "assume logout [PROFILE or SESSION]",
        "End the sign-in of a profile, or every one.",
        group=SET_UP,
        example="assume logout sso-reader",
    ),
    "init": Verb(
        "assume init SHELL",
        "Print the code for a shell: function, hook, completion.",
        group=SET_UP,
        example="assume init zsh > assume.zsh",
    ),
    "install": Verb(
        "assume install",
        "Add assume to a shell: a file, and a line in its rc file.",
        group=SET_UP,
        example="assume install bash --no-prompt",
    ),
    "uninstall": Verb(
        "assume uninstall",
        "Remove what `install` added, and nothing else.",
        group=SET_UP,
        example="assume uninstall bash",
    ),
    "demo": Verb(
        "assume demo",
        "Try all of this on an AWS of your own, without an account.",
        group=SET_UP,
        example="assume demo --script",
    ),
    "renew": Verb("", "", is_captured=True, is_quick=True),  # the hook, before a prompt
    "complete": Verb("", "", is_captured=True),  # TAB
}
SHOWN = tuple(name for name, verb in VERBS.items() if verb.summary)
COMMANDS = tuple(name for name, verb in VERBS.items() if not verb.is_captured)  # run by the function, not captured
QUICK = tuple(name for name, verb in VERBS.items() if verb.is_quick)
