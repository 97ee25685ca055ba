"""The verbs of the command line. One table, VERBS, in the order in which `assume --help` shows them.

Typer's help, completion, the list that `assume init` writes into the shell function, and the choice between
Typer and assume/arguments.py are made from it. Tests compare with it the lists that a shell file has before
`assume init` fills it in, the stand-in program of the tests, and the README. A hit does not import this.
"""


class Verb:
    """One verb; its name is its key in VERBS."""

    __slots__ = ("is_captured", "is_quick", "line", "summary")

    def __init__(self, line: str, summary: str, *, is_captured: bool = False, is_quick: bool = False) -> None:
        self.line = line  # the command line, for messages
        self.summary = summary  # its line in the help; "" for a verb that only our own shell code uses
        self.is_captured = is_captured  # the shell function evaluates its output; it runs all others as they are
        self.is_quick = is_quick  # read by assume/arguments.py, so that Typer is not imported


VERBS = {
    "use": Verb("assume PROFILE", "Take on the role of PROFILE in this shell.", is_captured=True, is_quick=True),
    "off": Verb("assume off", "Restore the shell as it was before the first role.", is_captured=True),
    "exec": Verb("assume exec PROFILE -- COMMAND", "Run one command with the role of PROFILE.", is_quick=True),
    "export": Verb("assume export PROFILE --format FORMAT", "Print the role of PROFILE as text.", is_quick=True),
    "list": Verb("assume list", "Show every profile: how it gets credentials, account, role, what is cached."),
    "status": Verb("assume status", "Show the role of this shell: profile, session, account, region, time left."),
    "clear": Verb(
        "assume clear PROFILE, or assume clear --all",
        "Forget cached credentials, ours and those in the AWS CLI's cache.",
    ),
    "init": Verb(
        "assume init SHELL", "Print the function, the hook, the prompt segment and the completion for a shell."
    ),
    "install": Verb("assume install", "Add assume to a shell: one file, and the line in its rc file that reads it."),
    "uninstall": Verb("assume uninstall", "Remove what `install` added, and nothing else."),
    "demo": Verb("assume demo", "Try all of this on an AWS of your own, without an account."),
    "renew": Verb("", "", is_captured=True, is_quick=True),  # the hook, before a prompt
    "complete": Verb("", "", is_captured=True),  # TAB
}
SHOWN = tuple(name for name, verb in VERBS.items() if verb.summary)
COMMANDS = tuple(name for name, verb in VERBS.items() if not verb.is_captured)  # run by the function, not captured
QUICK = tuple(name for name, verb in VERBS.items() if verb.is_quick)
