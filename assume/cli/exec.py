"""`exec`: one command with the role. The process becomes the command: same pid, its own exit status."""

import os
import sys
import time

from assume import arguments
from assume.arguments import Options
from assume.cold.take import take, taken_here
from assume.errors import AssumeError, UsageError
from assume.fast import warm
from assume.fast.entry import add_to_history, child
from assume.shells import environment
from assume.terminal import show

NOT_EXECUTABLE, NOT_FOUND = 126, 127  # a shell's own


def run(options: Options) -> int:
    """Becomes the command. Returns an exit status only on Windows, where that is not possible."""
    if not (options.profile or options.credential_source):
        raise UsageError("which profile, and which command?", "assume exec PROFILE -- COMMAND")
    if not options.command:
        raise UsageError("which command?", f"assume exec {options.profile} -- COMMAND")
    have = environment.own_environment()
    wanted = _environment(options, have)
    try:
        return become(options.command, wanted)
    finally:
        if options.serve:
            from assume.cold.serve import forget

            forget(wanted)


def _environment(options: Options, have: dict[str, str]) -> dict[str, str]:
    """The command's environment."""
    if options.profile != "-":
        return _given(options, have)
    again = arguments.again(taken_here(options.state, have), options)
    if again is not None:
        return _given(again, have)
    cure = "name a profile: assume exec PROFILE -- COMMAND"
    if "ASSUME_PROFILE" not in have:
        raise UsageError("this shell has no role", cure)
    if options.repeated() != ["-"] or options.refresh or options.serve:
        raise UsageError("this shell inherited its role, and an inherited role takes no options", cure)
    return have  # an inherited role is used as it is


def _given(options: Options, have: dict[str, str]) -> dict[str, str]:
    taken = take(options, have)
    if taken.note:
        show.say(taken.note)
    add_to_history("exec", taken, time.time())
    known = taken.known
    if show.is_terminal(2) and (known.get("confirm") == "1" or show.is_production(known["name"])):
        show.say(warm.summary(taken, time.time()))
    if options.serve:
        from assume.cold.serve import serve

        return serve(options, taken, have)
    wanted = taken.environment()
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
        heed_signals()
        if sys.stdout is not None:  # it is None if it was closed
            sys.stdout.flush()
        os.execvpe(command[0], command, variables)
    except FileNotFoundError:
        error = AssumeError(f"{command[0]}: command not found", "check its spelling, or PATH")
        error.status = NOT_FOUND
        raise error from None
    except OSError as failure:
        error = AssumeError(f"{command[0]} cannot be run: {failure.strerror}")
        error.status = NOT_EXECUTABLE
        raise error from None


def heed_signals() -> None:
    """Restores the two signals that Python ignores, which a child would inherit."""
    import _signal  # type: ignore[import-not-found]  # `signal` imports `enum`: half an interpreter start

    for ignored in (_signal.SIGPIPE, _signal.SIGXFSZ):
        _signal.signal(ignored, _signal.SIG_DFL)


def _child(command: list[str], wanted: dict[str, str]) -> int:
    return child([_program(command[0], wanted), *command[1:]], wanted)


def _program(name: str, variables: dict[str, str]) -> str:
    """A program's path, as PowerShell finds it: on PATH, but not in the current folder, which anyone may fill."""
    folders = [""] if os.path.dirname(name) else variables.get("PATH", "").split(os.pathsep)
    known = variables.get("PATHEXT", ".EXE").split(os.pathsep)
    endings = [""] if os.path.splitext(name)[1].upper() in map(str.upper, known) else known
    for folder in folders:
        for ending in endings:
            path = os.path.join(folder, name + ending)
            if os.path.isfile(path) and (folder or os.path.dirname(name)):
                return path
    raise FileNotFoundError
