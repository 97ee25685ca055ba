"""Help for the verbs that take on a role: `use`, `exec`, `export`, `console`.

Their options are in the table of assume/arguments.py; here are the help texts. The
reason why a command line could not be read is found in `typos`.
"""

import inspect
from typing import Annotated

import typer

from assume import arguments, verbs
from assume.errors import UsageError


def _list(values: tuple[str, ...]) -> str:
    """`a, b or c`."""
    return f"{', '.join(values[:-1])} or {values[-1]}"


HELP = {
    "--mfa-code": ("CODE", "The MFA code; - reads it from standard input."),
    "--region": ("REGION", "The region to set."),
    "--duration": ("TIME", "How long the role lasts: 3600, 45m, 2h."),
    "--session-name": ("NAME", "The session's name, as CloudTrail shows it."),
    "--external-id": ("ID", "The external ID that the role requires."),
    "--role-arn": ("ARN", "A role that has no profile; PROFILE is its source."),
    "--credential-source": ("SOURCE", f"In place of PROFILE: {_list(arguments.SOURCES)}."),
    "--read-only": ("", "Take the role with a session policy that allows reading only."),
    "--no-read-only": ("", "Take the whole role, even if the profile has assume_read_only."),
    "--policy": ("FILE", "A session policy, in JSON."),
    "--policy-arn": ("ARN", "A managed policy as session policy; may be repeated."),
    "--min-left": ("TIME", "Renew if less time than this is left."),
    "--export": ("WHAT", f"The variables to set: {_list(arguments.EXPORTS)}."),
    "--refresh": ("", "Ignore cached credentials (but keep the MFA session)."),
    "--no-cache": ("", "Do not read or write cached credentials."),
    "--yes": ("", "Do not ask, even if the profile is guarded."),
    "--debug": ("", "Explain each step."),
    "--format": ("FORMAT", f"{_list(arguments.FORMATS)}."),
    "--force": ("", "Print secrets even on a terminal."),
    "--check": ("", "Call AWS for each step, and say why it refuses and what to change."),
    "--json": ("", "Print JSON, for programs."),
    "--service": ("SERVICE", "The page to open: s3, ec2, cloudwatch, …."),
    "--print": ("", "Print the link, do not open it."),
    "--serve": ("", "Renew the credentials for as long as the command runs."),
}

OF_EACH = {
    "--all": ("", "Every profile, in place of patterns."),
    "--jobs": ("N", "How many at once: 8, unless you say."),
    "--dry-run": ("", "List the profiles that are meant, and run nothing."),
    "--output": ("DIR", "Write to files there: PROFILE.out and PROFILE.err."),
    "--json": ("", "Print JSON, for programs."),
    "--fail-fast": ("", "Begin no more once one has failed."),
    "--yes": ("", "Do not ask, even if profiles are guarded."),
    "--region": ("REGION", "The region to set."),
    "--read-only": ("", "Take the roles with a session policy that allows reading only."),
    "--no-read-only": ("", "Take the whole roles, even if a profile has assume_read_only."),
    "--refresh": ("", "Ignore cached credentials (but keep the MFA sessions)."),
    "--mfa-code": ("CODE", "The MFA code of the first device; - reads it from standard input."),
}


def epilog(verb: str) -> str:
    """The end of a verb's help: its example, in a line that is not wrapped."""
    return f"\b\nExample:\n  {verbs.VERBS[verb].example}"


def add(app: typer.Typer, verb: str, *, command: bool = False) -> None:
    """Adds to `app` a verb that takes on a role, for its help alone: `start` runs it.

    `command`: a command follows the profile.
    """

    def run(**_: object) -> int:
        raise UsageError("wrong usage", f"`assume {verb} --help` shows what there is")  # `start` has read the words

    kinds: dict[object, type] = {arguments.TEXT: str, arguments.LIST: list[str], arguments.SECONDS: str}
    minus = "the request before this one" if verb == "use" else "the role of this shell"
    profile = Annotated[str, typer.Argument(metavar="PROFILE", help=f"A profile of the AWS files; - is {minus}.")]
    parameters = [_parameter("profile", profile, "")]
    if command:
        words = Annotated[
            list[str], typer.Argument(metavar="COMMAND", help="The command to run; -- may come before it.")
        ]
        parameters.append(_parameter("command", words, []))
    for word, (metavar, text) in HELP.items():
        if arguments.OF_ONE_VERB.get(word, verb) == verb:
            kind = kinds.get(arguments.OPTIONS[word][1], bool)
            option = typer.Option(word, metavar=metavar or None, help=text)
            default = {bool: False, str: ""}.get(kind, [])
            parameters.append(_parameter(word.strip("-").replace("-", "_"), Annotated[kind, option], default))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    settings = {"allow_interspersed_args": not command}
    app.command(verb, help=verbs.VERBS[verb].summary, epilog=epilog(verb), context_settings=settings)(run)


def add_each(app: typer.Typer) -> None:
    """Adds `each` to `app`, for its help alone: `start` runs it."""

    def run(**_: object) -> int:
        raise UsageError("wrong usage", "`assume each --help` shows what there is")  # `start` has read the words

    names = "Names of profiles, with * ? [ab], or account numbers; behind -- the command to run."
    words = Annotated[list[str], typer.Argument(metavar="PATTERN -- COMMAND", help=names)]
    parameters = [_parameter("words", words, [])]
    for word, (metavar, text) in OF_EACH.items():
        kind = str if metavar else bool
        spelt = (word, "-j") if word == "--jobs" else (word,)
        option = typer.Option(*spelt, metavar=metavar or None, help=text)
        parameters.append(_parameter(word.strip("-").replace("-", "_"), Annotated[kind, option], kind()))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    app.command("each", help=verbs.VERBS["each"].summary, epilog=epilog("each"))(run)


def _parameter(name: str, annotation: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
