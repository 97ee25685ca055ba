"""From the words of a command line to the verb's file. Typer is imported only for help, errors and the slower verbs.

In: the words after `assume`; out: an exit status. No traceback reaches a user.
"""

import gc
import os
import sys

from assume import arguments
from assume.errors import NoSuchProfile, UsageError
from assume.terminal import failures, show
from assume.verbs import QUICK, VERBS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


SLOW = (
    "assume: the renewal was stopped, because it would hold the prompt back for more than two seconds\n"
    "  this machine is busy: it is tried again at a later prompt"
)


def main() -> None:
    """The console script."""
    if any(name.startswith("PYTHON") for name in os.environ) and not sys.flags.ignore_environment:
        _start_unsteered()
    if sys.argv[1:2] != [] and sys.argv[1] in QUICK:
        if sys.argv[1] == "renew":
            from assume.aws import deadline

            deadline.end_by(deadline.PROMPT_S, SLOW)
        gc.disable()  # collection takes a tenth of the time of the imports, and this process is about to end
        os._exit(start(sys.argv[1:]))  # no teardown of 400 modules; nothing is left in a buffer
    if sys.argv[1:2] == ["each"]:
        os._exit(start(sys.argv[1:]))  # no thread that still waits for AWS holds the end back
    sys.exit(start(sys.argv[1:]))


def _start_unsteered() -> None:
    """Becomes this script again without the variables for another Python, if there are any that could do harm."""
    from assume.fast import python

    words = python.words(sys.argv[0], getattr(os, "environb", {}))
    if len(words) > 1:
        os.execv(words[0], [*words, *sys.argv[1:]])


def start(words: "Sequence[str]") -> int:
    """Runs one command line."""
    try:
        return _run(list(words))
    except (Exception, KeyboardInterrupt) as error:
        return failures.ended(error)


def _run(words: "list[str]") -> int:
    if words and words[0] not in VERBS and words[0] not in ("-h", "--help", "--version"):
        words.insert(0, "use")
    verb = words[0] if words else "use"
    if verb == "init" and len(words) > 1 and not words[1].startswith("-"):
        status = _init(words[1:])
        if status is not None:
            return status
    if verb == "complete":
        from assume.fast.complete import complete
        from assume.shells import environment

        return complete(words[1:], environment.own_environment())
    status = _without_typer(verb, words)
    if status is not None:
        return status
    from assume.cli.app import main

    return main(_typed(words) if verb in QUICK else words)


def _without_typer(verb: str, words: "list[str]") -> "int | None":
    """The exit status of a verb that reads its own words; None if Typer has to read them, for its help above all."""
    own = words[: words.index("--")] if "--" in words else words
    if verb in QUICK:
        return _quick(verb, words)
    if verb in ("list", "status", "-h", "--help"):
        return _looked(words)
    if {"-h", "--help"} & set(own):
        return None
    if verb == "each":
        from assume.cli.each import run as run_each

        return run_each(words[1:])
    if verb == "off":
        from assume.cli.use import off

        return off(words[1:])
    return None


def _quick(verb: str, words: "list[str]") -> "int | None":
    typed = _typed(words)[1:]
    if typed[:1] == [""]:
        raise UsageError("the name of the profile is empty", "a variable that is not set?")
    options = arguments.read(words[1:], verb)
    if options is not None:
        return run(verb, options)
    if not {"-h", "--help"} & set(typed):
        from assume.cli import typos

        raise typos.wrong_line(typed, verb)
    return None


def _typed(words: "list[str]") -> "list[str]":
    """`words` as the user typed them, without the options that the shell function puts after the verb."""
    typed = words[:1]
    rest = words[1:]
    while len(rest) > 1 and rest[0] in arguments.OF_SHELLS:
        rest = rest[2:]
    return typed + rest


def run(verb: str, options: arguments.Options) -> int:
    """One of the verbs that take on a role. Returns the exit status."""
    try:
        return _run_quick(verb, options)
    except NoSuchProfile as error:
        from assume.cli import typos

        raise typos.better(error, verb) from None


def _run_quick(verb: str, options: arguments.Options) -> int:
    if verb == "exec":
        from assume.cli.exec import run as run_exec

        return run_exec(options)
    if verb == "export":
        from assume.cli.export import run as run_export

        return run_export(options)
    if verb == "explain":
        from assume.cli.explain import run as run_explain

        return run_explain(options)
    if verb == "console":
        from assume.cli.console import run as run_console

        return run_console(options)
    from assume.cli import use

    return use.renew(options) if verb == "renew" else use.run(options)


def _looked(words: "list[str]") -> int | None:
    """`list`, `status` and `--help` without Typer. None if Typer has to read `words`."""
    if words[0] in ("-h", "--help"):
        from assume.cli import overview

        return overview.run()
    if words[0] == "list":
        from assume.cli import list as listing

        return listing.from_words(words[1:])
    from assume.cli import status

    return status.from_words(words[1:])


def _init(words: "list[str]") -> int | None:
    """`init SHELL` without Typer: a shell that is starting waits for it. None if Typer has to read `words`."""
    if not set(words[1:]) <= {"--prompt", "--undo"}:
        return None
    from assume.shells.init import DIRENV, direnv_text, init_text, undo_text
    from assume.shells.render import encoded

    if words == [DIRENV]:
        text = direnv_text()
    else:
        text = undo_text(words[0]) if "--undo" in words else init_text(words[0], "--prompt" in words)
    return 0 if show.write(1, encoded(text)) else 1
