"""Stands in for the interpreter's entry: does what it does, then leaves the names of all loaded modules in a file.

A wrapper of the interpreter starts it as `python -I -S loads.py -I -S MAIN SCRIPT words…`.
MAIN `-` runs nothing: that is the bare interpreter.
"""

import posix
import sys


def leave(status: int) -> None:
    """Ends the process as `_exit` does, after a look at what was loaded."""
    handle = posix.open(posix.environ[b"LOADS"], posix.O_WRONLY | posix.O_CREAT | posix.O_TRUNC, 0o600)
    posix.write(handle, "\n".join(sys.modules).encode())
    end(status)


end = posix._exit
posix._exit = leave  # type: ignore[assignment]
main = sys.argv[3]
if main == "-":
    leave(0)
del sys.argv[:3]
with open(main) as file:
    code = compile(file.read(), main, "exec")
exec(code, {"__name__": "__main__", "__file__": main, "__package__": None})
