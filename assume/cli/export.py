"""`export`: the role as text, for other programs."""

from assume import arguments
from assume.arguments import Options
from assume.cold.take import take
from assume.credentials import instant
from assume.errors import AssumeError, UsageError
from assume.shells import environment, export
from assume.terminal import show


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
    options = _current(options)
    taken = take(options, have)
    if options.format == "process":
        expires_at = taken.credentials.expires_at
        ends = instant(expires_at) if expires_at is not None else ""
        content = export.process_document(*taken.credentials.keys, ends)
    else:
        wanted = taken.environment()
        names = (*environment.SET, *environment.OWN)
        content = export.exported(
            options.format, {name: wanted[name] for name in names if name in wanted and name != environment.BEFORE}
        )
    if taken.note:
        show.say(taken.note)
    return 0 if show.write(1, content) else 1


def _current(options: Options) -> Options:
    """`options`, with `-` replaced by the request whose role this shell has."""
    if options.profile != "-":
        return options
    from assume import arguments
    from assume.shells import state

    again = arguments.again(state.current(options.state), options)
    if again is None:
        raise UsageError("this shell has not taken a role itself", "name a profile: assume export PROFILE …")
    return again
