"""Starts our console script without the variables that are meant for another Python.

PYTHONHOME ends an interpreter before it runs a line, PYTHONPATH puts other modules before
ours, PYTHONINSPECT opens a prompt. The interpreter of a shell function ignores them all
(`-I`), and the console script has to do the same. They stay in the environment: the command
of `assume exec` gets them.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# these change nothing for us, so that the script is started as it is
HARMLESS = frozenset(
    b"PYTHON" + name for name in b"DONTWRITEBYTECODE UNBUFFERED PYCACHEPREFIX NOUSERSITE STARTUP".split()
)
FOLDER = __file__.replace("\\", "/").rpartition("/assume/fast/")[0]  # that holds the package


def words(script: str, environ: "Mapping[bytes, bytes]") -> "list[str]":
    """The words that start `script`: itself, or our interpreter with `-E` and `-P` and then the script.

    The latter only if a variable of `environ` could do harm, and the script is one for this
    interpreter. If PYTHONPATH names the folder of this package, it is needed: then the
    script is started as it is.
    """
    if sys.platform == "win32" or not is_steered(environ):
        return [script]
    try:
        with open(script, "rb") as file:
            head = file.read(1024)
    except OSError:
        return [script]  # to start it will report the reason
    beside = sys.executable.rpartition("/")[0].encode("utf-8", "surrogateescape") + b"/python"
    if not head.startswith(b"#!") or beside not in b"".join(head.split(b"\n")[:2]):
        return [script]  # of another interpreter, or no Python; a long path is in the second line
    return [sys.executable, "-E", "-P", script]


def is_steered(environ: "Mapping[bytes, bytes]") -> bool:
    """Whether `environ` has a variable that changes how our interpreter works."""
    if FOLDER.encode("utf-8", "surrogateescape") in environ.get(b"PYTHONPATH", b"").split(b":"):
        return False
    return any(name.startswith(b"PYTHON") and name not in HARMLESS for name in environ)
