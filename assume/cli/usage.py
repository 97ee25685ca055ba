"""Help and errors of usage of the verbs that give credentials: `use`, `exec`, `export`.

Their options are the table of assume/arguments.py; here each gets its help text,
and a command line that assume/arguments.py could not read gets its reason.
"""

import inspect
from typing import Annotated

import typer

from assume import arguments
from assume.errors import UsageError

HELP = {
    "--mfa-code": ("CODE", "The MFA code; - reads it from standard input."),
    "--region": ("REGION", "The region to set."),
    "--duration": ("TIME", "How long the role is to last: 3600, 45m, 2h."),
    "--session-name": ("NAME", "The session's name, as CloudTrail shows it."),
    "--external-id": ("ID", "The external ID that the role asks for."),
    "--role-arn": ("ARN", "A role that has no profile; PROFILE is its source."),
    "--credential-source": ("SOURCE", "Not PROFILE: Ec2InstanceMetadata, EcsContainer, WebIdentity, Environment."),
    "--read-only": ("", "Enter with a session policy that only reads."),
    "--no-read-only": ("", "Enter as the role is, whatever the profile says."),
    "--policy": ("FILE", "A session policy, JSON."),
    "--policy-arn": ("ARN", "A managed policy as session policy; more than once if need be."),
    "--min-left": ("TIME", "Renew unless that much is left."),
    "--export": ("WHAT", "both, keys or profile: what an SDK will find."),
    "--refresh": ("", "Ignore what is stored (the MFA session stays)."),
    "--no-cache": ("", "Neither read nor write what is stored."),
    "--yes": ("", "Do not ask, even where the profile is guarded."),
    "--debug": ("", "Say why, step by step."),
    "--format": ("FORMAT", "bash, zsh, fish, powershell, cmd, dotenv, env-file, json or process."),
    "--force": ("", "Print secrets even on a terminal."),
}
TIMES = "for example 3600, 45m or 2h"


def gives(app: typer.Typer, verb: str, summary: str, *, command: bool = False, left_out: tuple[str, ...] = ()) -> None:
    """Adds to `app` a verb that gives credentials: its help, and its errors of usage."""

    def run(command: list[str] | None = None, **values: object) -> int:
        for name in ("duration", "min_left"):
            value = str(values.get(name) or "")
            if value and not arguments.seconds(value):
                raise UsageError(f"--{name.replace('_', '-')} {value}: no time", TIMES)
        raise _wrong(command or [], verb)

    kinds: dict[object, type] = {arguments.TEXT: str, arguments.LIST: list[str], arguments.SECONDS: str}
    minus = "the request before" if verb == "use" else "what this shell holds"
    profile = Annotated[str, typer.Argument(metavar="PROFILE", help=f"A profile of the AWS files; - is {minus}.")]
    parameters = [_parameter("profile", profile, "")]
    if command:
        words = Annotated[
            list[str], typer.Argument(metavar="COMMAND", help="What to run, as it is; behind --, if you like.")
        ]
        parameters.append(_parameter("command", words, []))
    for word, (metavar, text) in HELP.items():
        if word not in left_out:
            kind = kinds.get(arguments.OPTIONS[word][1], bool)
            option = typer.Option(word, metavar=metavar or None, help=text)
            default = {bool: False, str: ""}.get(kind, [])
            parameters.append(_parameter(word.strip("-").replace("-", "_"), Annotated[kind, option], default))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    run.__doc__ = summary
    app.command(verb, context_settings={"allow_interspersed_args": not command})(run)


def _wrong(words: list[str], verb: str) -> UsageError:
    """What is wrong with the options behind a profile, which Typer takes for the command of `exec`."""
    waiting = list(words)
    while waiting and waiting[0].startswith("-") and waiting[0] not in ("-", "--"):
        word = waiting.pop(0)
        name, equals, value = word.partition("=")
        value = value if equals else "".join(waiting[:1])
        kind = arguments.OPTIONS.get(name, ("", None))[1]
        if arguments.take(arguments.Options(), word, waiting, verb):
            continue
        if kind == arguments.SECONDS and value:
            return UsageError(f"{name} {value}: no time", TIMES)
        if kind in (arguments.TEXT, arguments.LIST, arguments.SECONDS) and name not in arguments.OF_EXPORT:
            return UsageError(f"Option '{name}' requires an argument", f"`assume {verb} --help` shows what there is")
        return UsageError(f"No such option: {word}", f"`assume {verb} --help` shows what there is")
    return UsageError("that is more than one profile", f"`assume {verb} --help` shows what there is")


def _parameter(name: str, annotation: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
