"""`exec`: one command with the role. The process becomes the command: same pid, its own exit status."""

import os
import sys

from assume import arguments, environment, state, terminal
from assume.arguments import Options
from assume.cli.taking import take
from assume.display import shown
from assume.errors import AssumeError, UsageError
from assume.fast import child, own_environment

NOT_EXECUTABLE, NOT_FOUND = 126, 127  # a shell's own


def run(options: Options) -> int:
    """Becomes the command; an exit status only where that cannot be."""
    if not (options.profile or options.credential_source):
        raise UsageError("which profile, and which command?", "assume exec PROFILE -- COMMAND")
    if not options.command:
        raise UsageError("which command?", f"assume exec {shown(options.profile)} -- COMMAND")
    have = own_environment()
    return become(options.command, _environment(options, have))


def _environment(options: Options, have: dict[str, str]) -> dict[str, str]:
    if options.profile != "-":
        return _given(options, have)
    words = state.current(options.state)
    again = arguments.read(words) if words else None
    if again is not None:
        again.mfa_code, again.yes, again.debug = options.mfa_code, options.yes, options.debug
        return _given(again, have)
    if "ASSUME_PROFILE" not in have:
        raise UsageError("this shell has no role", "name a profile: assume exec PROFILE -- COMMAND")
    return have  # a role that was inherited is used as it is


def _given(options: Options, have: dict[str, str]) -> dict[str, str]:
    taken = take(options, have)
    wanted = taken.environment()
    if taken.note:
        terminal.say(taken.note)
    result = dict(have)
    for name, value in environment.changes(have, wanted):
        if value is None:
            result.pop(name, None)
        else:
            result[name] = value
    return result


def become(command: list[str], wanted: dict[str, str]) -> int:
    """`execvp` with an environment; on Windows a child that is waited for."""
    variables = (
        {os.fsencode(name): os.fsencode(value) for name, value in wanted.items()} if os.name == "posix" else wanted
    )
    try:
        if sys.platform == "win32" or not hasattr(os, "fork"):
            return _child(command, wanted)
        import signal

        for ignored in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and a child would inherit that
            signal.signal(ignored, signal.SIG_DFL)
        sys.stdout.flush()
        os.execvpe(command[0], command, variables)
    except FileNotFoundError:
        error = AssumeError(f"{shown(command[0])}: no such command", "check its spelling, or PATH")
        error.status = NOT_FOUND
        raise error from None
    except OSError as failure:
        error = AssumeError(f"{shown(command[0])} cannot be run: {failure.strerror}")
        error.status = NOT_EXECUTABLE
        raise error from None


def _child(command: list[str], wanted: dict[str, str]) -> int:
    import shutil

    program = shutil.which(command[0], path=wanted.get("PATH")) or command[0]
    return child([program, *command[1:]], wanted)
