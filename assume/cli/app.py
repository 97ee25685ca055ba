"""The Typer app: help, errors of usage, and the verbs that may take their time.

`use`, `exec` and `export` are read by assume/arguments.py if they are right. Their
help and their errors are in `usage`.
"""

from typing import Annotated

import typer

from assume import __version__, arguments
from assume.cli import usage
from assume.errors import UsageError
from assume.terminal import show

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
    except Exception as error:
        # Typer's errors of usage are click's; newer versions carry click inside, out of reach of an import
        message = getattr(error, "format_message", None)
        if message is None:
            raise
        context = getattr(error, "ctx", None)
        name = context.command_path if context is not None else "assume"
        raise UsageError(message().rstrip("."), f"`{name} --help` shows what there is") from None
    return result if isinstance(result, int) else 0


def _version(wanted: bool) -> None:
    if wanted:
        show.write(1, f"assume {__version__}\n".encode())
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _assume(
    context: typer.Context,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """An AWS IAM role, in the shell you are in.

    `assume PROFILE` takes on the role of a profile (short for `assume use
    PROFILE`), `assume -` the one before it, and `assume off` gives the shell
    back as it was before the first.
    """
    if context.invoked_subcommand is None:
        raise UsageError("which profile?", "assume PROFILE; `assume --help` shows the rest")


usage.gives(app, "use", "Take on the role of PROFILE in this shell.", left_out=arguments.OF_EXPORT)
usage.gives(app, "exec", "Run one command with the role of PROFILE.", command=True, left_out=arguments.OF_EXPORT)
usage.gives(app, "export", "Print the role of PROFILE as text.")


@app.command()
def off() -> None:
    """The shell's environment as it was before the first `assume`."""


@app.command("list")
def _list(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> int:
    """Every profile: how it gets credentials, account, role, what is cached."""
    from assume.cli import list as verb

    return verb.run(as_json)


@app.command()
def status(
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing: 0 is live, 1 none or expired.")] = False,
    state: Annotated[str, typer.Option(hidden=True)] = "",
) -> int:
    """Who this shell is: profile, role, session, account, region, time left."""
    from assume.cli import status as verb

    return verb.run(quiet, state)


@app.command()
def clear(
    profiles: Annotated[list[str] | None, typer.Argument(metavar="PROFILE", help="Whose credentials.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Those of every profile.")] = False,
) -> int:
    """Forget cached credentials, ours and those in the AWS CLI's cache."""
    from assume.cli import clear as verb

    return verb.run(profiles or [], everything)


@app.command()
def init(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="bash, zsh, fish or powershell.")],
    prompt: Annotated[bool, typer.Option("--prompt", help="Put the segment into the prompt.")] = False,
    undo: Annotated[bool, typer.Option(hidden=True)] = False,
) -> int:
    """Print the function, the hook, the prompt segment and the completion for a shell."""
    from assume.shells.init import init_text, undo_text
    from assume.shells.render import encoded

    return 0 if show.write(1, encoded(undo_text(shell) if undo else init_text(shell, prompt))) else 1


@app.command()
def demo(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="The one that this runs in, if none is named.")] = "",
    script: Annotated[bool, typer.Option("--script", help="A tour by itself, checked; needs no terminal.")] = False,
) -> int:
    """Try all of this on an AWS of your own, with no account."""
    from assume.cli import demo as verb

    return verb.run(shell, script)


def _said(lines: list[str]) -> int:
    for line in lines:
        show.say(line)
    return 0


@app.command()
def install(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="The one that this runs in, if none is named.")] = "",
    prompt: Annotated[bool, typer.Option("--prompt/--no-prompt", help="Put the segment into the prompt.")] = True,
) -> int:
    """Add assume to a shell: one file, and the line in its rc file that reads it."""
    from assume.cli import install as verb
    from assume.paths import home
    from assume.shells import environment

    have = environment.own_environment()
    return _said(verb.install(shell or None, home(have), have, prompt=prompt))


@app.command()
def uninstall(
    shell: Annotated[str, typer.Argument(metavar="SHELL", help="The one that this runs in, if none is named.")] = "",
) -> int:
    """Take out what `install` added, and nothing else."""
    from assume.cli import uninstall as verb
    from assume.paths import home
    from assume.shells import environment

    have = environment.own_environment()
    return _said(verb.uninstall(shell or None, home(have), have))
