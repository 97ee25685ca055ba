"""`uninstall`: removes exactly what `install` added, the line and the file.

In: a shell (or none: the one this runs in), a home, an environment; out: the
lines to print. Open shells keep what they have loaded.
"""

import os
from collections.abc import Mapping

from assume.cli.install import chosen, init_path, short
from assume.errors import AssumeError
from assume.shells import rcfile


def uninstall(name: str | None, home: str, environ: Mapping[str, str]) -> list[str]:
    """Removes the line and the init file of one shell. Returns what was done, as lines to print."""
    shell, program = chosen(name, environ)
    said = []
    path = rcfile.find(shell, home, environ, program)
    target = init_path(shell, home, environ)
    try:
        if rcfile.has_line(path) or os.path.lexists(target):
            with rcfile.locked(os.path.dirname(target)):
                if rcfile.take_out(path):
                    said.append(f"assume: removed its line from {short(path, home)}")
                if os.path.lexists(target):
                    os.unlink(target)
                    said.append(f"assume: removed {short(target, home)}")
        if said:
            said.append("assume: open shells keep it until they end")
        if number := rcfile.written_by_hand(shell, path):
            said.append(f"assume: line {number} of {short(path, home)} still loads assume; remove it yourself")
    except OSError as error:
        raise AssumeError(f"{error.filename or path} cannot be written: {error.strerror}") from None
    return said or [f"assume: nothing is installed for {shell.name}"]
