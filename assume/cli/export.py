"""`export`: the role as text, for other programs.

The formats of shells have every variable of a switch. A file for elsewhere (`dotenv`,
`env-file`, `json`) has keys and region only: a program there has no such profile, and would
fail if it found AWS_PROFILE. With --export it has every variable too.
"""

import time

from assume import arguments
from assume.arguments import Options
from assume.cold.take import take, taken_here
from assume.credentials import instant
from assume.errors import AssumeError, UsageError
from assume.fast.entry import add_to_history
from assume.fast.warm import Assumed
from assume.shells import environment, export
from assume.terminal import show

ELSEWHERE = ("dotenv", "env-file", "json")


def run(options: Options) -> int:
    """Prints the variables in one of arguments.FORMATS; to a terminal only with --force. Returns the exit status."""
    if not (options.profile or options.credential_source):
        raise UsageError("which profile?", "assume export PROFILE --format FORMAT")
    if options.format not in arguments.FORMATS:
        what = f"unknown format {options.format}" if options.format else "which format?"
        raise UsageError(what, f"--format {'|'.join(arguments.FORMATS)}")
    if show.is_terminal(1) and not options.force:
        raise AssumeError(
            "secrets are not shown on a terminal", "send them to a program, or add --force", options.profile
        )
    have = environment.own_environment()
    exports = options.export  # before `-` is replaced: a request of the shell says nothing about a file
    options = _current(options, have)
    taken = take(options, have)
    if options.format == "process":
        expires_at = taken.credentials.expires_at
        ends = instant(expires_at) if expires_at is not None else ""
        content = export.process_document(*taken.credentials.keys, ends)
    else:
        keys_alone = options.format in ELSEWHERE and not exports
        content = export.exported(options.format, _keys(taken) if keys_alone else _variables(taken))
    if taken.note:
        show.say(taken.note)
    if not show.write(1, content):
        return 1
    add_to_history("export", taken, time.time())
    return 0


def _variables(taken: Assumed) -> dict[str, str]:
    """Every variable of a switch, but for the record of earlier values."""
    wanted = taken.environment()
    names = (*environment.SET, *environment.OWN)
    return {name: wanted[name] for name in names if name in wanted and name != environment.BEFORE}


def _keys(taken: Assumed) -> dict[str, str]:
    """Keys and region alone. Raises Unsafe."""
    wanted = taken.environment()
    keys = {name: value for name, value in zip(environment.KEYS, taken.credentials.keys, strict=True) if value}
    return keys | {name: wanted[name] for name in environment.REGIONS if name in wanted}


def _current(options: Options, have: dict[str, str]) -> Options:
    """`options`, with `-` replaced by the request whose role this shell has."""
    if options.profile != "-":
        return options
    again = arguments.again(taken_here(options.state, have), options)
    if again is None:
        raise UsageError("this shell has not taken a role itself", "name a profile: assume export PROFILE …")
    return again
