"""The Typer app: help, errors of usage, and the verbs that are not quick.

Names and summaries are those of assume/verbs.py. `use`, `exec` and `export` reach
this only for their help, which is in `usage`.
"""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from assume import __version__, verbs
from assume.cli import usage
from assume.errors import UsageError
from assume.terminal import show

PATTERN = "A part of a name, 'team-*' for whole names, or an account's number."
THIS_SHELL = "The shell that this runs in, if you name none."

Verb = TypeVar("Verb", bound=Callable[..., int])

app = typer.Typer(
    add_completion=False,  # its installer edits rc files; `assume init` brings the completion
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main(words: list[str]) -> int:
    """One command line through Typer; an exit status."""
    try:
        result = app(words, prog_name="assume", standalone_mode=False)
    except typer.Abort:
        return 130
    except OSError as error:  # of the help, which Typer writes
        show.say(f"assume: the output cannot be written: {error.strerror}")
        return 1
    except Exception as error:
        # Typer's errors of usage are click's; newer versions have click inside, where it cannot be imported from
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        raise _usage_error(message(), getattr(error, "option_name", ""), words[:1]) from None
    return result if isinstance(result, int) else 0


def _usage_error(message: str, option: str, verb: list[str]) -> UsageError:
    """Typer's error of usage for one of the verbs that are not quick, with the line that is right."""
    from assume.cli import typos

    name = verb[0] if verb and verb[0] in verbs.VERBS else ""
    if not name:
        return UsageError(message.rstrip("."), "`assume --help` shows what there is")
    if option == "--shell" and name in ("init", "install", "uninstall", "demo"):
        return UsageError(f"No such option: {option}", f"the line is: assume {name} SHELL")
    if option:
        return typos.unknown_option(option, name)
    if "unexpected extra argument" in message:
        words = message.partition(" (")[2].rpartition(")")[0]
        message = f"{words}: more than `{name}` takes"
    return UsageError(message.rstrip("."), (f"the line is: {verbs.VERBS[name].line}", typos.help_of(name)))


def _verb(name: str) -> Callable[[Verb], Verb]:
    """A verb of the table, with its summary as its help, and its example at the end."""
    return app.command(name, help=verbs.VERBS[name].summary, epilog=usage.epilog(name))


def _version(wanted: bool) -> None:
    if wanted:
        raise typer.Exit(0 if show.write(1, f"assume {__version__}\n".encode()) else 1)


@app.callback(invoke_without_command=True)
def _assume(
    context: typer.Context,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    if context.invoked_subcommand is None:
        raise UsageError("which profile?", "assume PROFILE; `assume --help` shows the rest")


usage.add(app, "use")


@_verb("off")
def _off() -> int:
    return 0  # only its help comes here: `start` answers the verb itself


usage.add(app, "exec", command=True)
usage.add(app, "export")
usage.add(app, "console")
usage.add_each(app)
usage.add(app, "explain")


@_verb("policy")
def _policy(
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="A profile whose chain has a role.")],
    create: Annotated[bool, typer.Option("--create", help="Print the `aws iam` commands that create them.")] = False,
    role_arn: Annotated[
        str, typer.Option("--role-arn", metavar="ARN", help="A role that has no profile; PROFILE is its source.")
    ] = "",
    external_id: Annotated[
        str, typer.Option("--external-id", metavar="ID", help="The external ID that the role is to require.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
) -> int:
    from assume.cli import policy as verb

    return verb.run(profile, role_arn, external_id, create=create, as_json=as_json)


@_verb("doctor")
def _doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    state: Annotated[str | None, typer.Option(hidden=True)] = None,
    edition: Annotated[str, typer.Option(hidden=True)] = "",
) -> int:
    from assume.cli import doctor as verb

    return verb.run(as_json, state, edition)


@_verb("list")
def _list(
    patterns: Annotated[list[str] | None, typer.Argument(metavar="PATTERN", help=PATTERN)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Ask AWS whether each profile works; asks no code.")] = False,
) -> int:
    from assume.cli import list as verb

    return verb.run(patterns or [], as_json, check)


@_verb("status")
def _status(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing: exit 0 if live, else 1.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Ask AWS whose the credentials are.")] = False,
    state: Annotated[str, typer.Option(hidden=True)] = "",
) -> int:
    from assume.cli import status as verb

    return verb.run(quiet, state, as_json, check)


@_verb("history")
def _history(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")] = False) -> int:
    from assume.cli import history as verb

    return verb.run(as_json)


@_verb("clear")
def _clear(
    profiles: Annotated[list[str] | None, typer.Argument(metavar="PROFILE", help="The profiles to forget.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Forget every profile.")] = False,
) -> int:
    from assume.cli import clear as verb

    return verb.run(profiles or [], everything)


@_verb("login")
def _login(
    name: Annotated[
        str, typer.Argument(metavar="PROFILE", help="A profile, or an sso-session; else the usual one.")
    ] = "",
    device: Annotated[bool, typer.Option("--device", help="By a code, which you type on any machine.")] = False,
    browser: Annotated[bool, typer.Option("--browser", help="In the browser here, also over SSH.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also if the present sign-in is good.")] = False,
) -> int:
    from assume.cli import login as verb

    return verb.run(name, device, browser, force)


@_verb("logout")
def _logout(
    name: Annotated[str, typer.Argument(metavar="PROFILE", help="A profile or an sso-session, if not all.")] = "",
) -> int:
    from assume.cli import logout as verb

    return verb.run(name)


@_verb("init")
def _init(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh, fish, powershell, or direnv.")],
    prompt: Annotated[bool, typer.Option("--prompt", help="Add the segment to the prompt.")] = False,
    undo: Annotated[bool, typer.Option(hidden=True)] = False,
) -> int:
    from assume.shells.init import init_text, undo_text
    from assume.shells.render import encoded

    return 0 if show.write(1, encoded(undo_text(shell) if undo else init_text(shell, prompt))) else 1


@_verb("install")
def _install(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help=THIS_SHELL)] = "",
    prompt: Annotated[bool, typer.Option("--prompt/--no-prompt", help="Add the segment to the prompt.")] = True,
) -> int:
    from assume.cli import install as verb
    from assume.paths import home
    from assume.shells import environment

    have = environment.own_environment()
    return _report(verb.install(shell or None, home(have), have, prompt=prompt))


@_verb("uninstall")
def _uninstall(shell: Annotated[str, typer.Argument(metavar="SHELL", help=THIS_SHELL)] = "") -> int:
    from assume.cli import uninstall as verb
    from assume.paths import home
    from assume.shells import environment

    have = environment.own_environment()
    return _report(verb.uninstall(shell or None, home(have), have))


@_verb("demo")
def _demo(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help=THIS_SHELL)] = "",
    script: Annotated[bool, typer.Option("--script", help="A tour that types and checks itself.")] = False,
) -> int:
    from assume.cli import demo as verb

    return verb.run(shell, script)


def _report(lines: list[str]) -> int:
    for line in lines:
        show.say(line)
    return 0
