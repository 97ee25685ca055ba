"""The code that `assume init` prints.

In: a shell's name, and whether the prompt shows the segment; out: a stamp as the
first line, the text of shell/assume.SHELL with the block at its top filled in,
and the completion:

    # assume 0.1.0 prompt=1 interpreter=/usr/bin/python3 main=/…/assume/__main__.py script=/…/bin/assume

The stamp shows whether a file that `install` wrote is old, or belongs to another
installation. Its values are percent-encoded, so it is always one line. A shell
that is starting waits for this text, so as little as possible is imported.
"""

import sys

from assume.errors import AssumeError
from assume.shells import render, shipped
from assume.shells.table import Shell, named
from assume.verbs import COMMANDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.shells.table import Shell

DIRENV, DIRENV_FILE = "direnv", "direnv.sh"  # not a shell, but its library is written in bash
BEGIN, END = "# --- filled in by ", "# --- end ---\n"
MODULUS = 2**61 - 1  # a prime: almost any change of the code changes the remainder
MAIN = f"{shipped.PACKAGE}/__main__.py"  # the file that the interpreter runs: the entry of the fast lanes


def init_text(name: str, prompt: bool = False, interpreter: str = "", script: str = "") -> str:
    """The output of `assume init NAME`. `interpreter` and `script`: what it will start; by default, what runs now."""
    shell = named(name)
    interpreter = interpreter or sys.executable
    script = script or console_script()
    block = [
        *_program(shell, interpreter, script),
        shell.assign("__assume_commands", " ".join(COMMANDS)),
        shell.assign("__assume_prompt", "1" if prompt else ""),
        shell.assign("__assume_edition", edition(shell)),
    ]
    filled = _filled(shell.file, shell.name, block)
    return f"{stamp(prompt, interpreter, script)}\n{filled}\n{shipped.text('completions', shell.completion)}"


def direnv_text() -> str:
    """The output of `assume init direnv`: the function behind `use assume PROFILE` in an .envrc."""
    return _filled(DIRENV_FILE, DIRENV, _program(named("bash"), sys.executable, console_script()))


def _program(shell: "Shell", interpreter: str, script: str) -> "list[str]":
    words = [interpreter, "-I", "-S", MAIN, script]
    return [shell.assign_array("__assume_program", words), shell.assign("__assume_script", script)]


def _filled(file: str, name: str, block: "list[str]") -> str:
    """A file of shell/ with the lines of `block` in its block."""
    head, begin, rest = shipped.text("shell", file).partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise AssumeError(f"shell/{file} has no block to fill in", "install assume-shell again")
    return f"{head}{BEGIN}`assume init {name}` ---\n" + "".join(line + "\n" for line in block) + END + tail


def edition(shell: Shell) -> str:
    """A word that changes with the code for a shell: a shell that has loaded another one has old code."""
    content = (shipped.text("shell", shell.file) + shipped.text("completions", shell.completion)).encode()
    return f"{int.from_bytes(content, 'big') % MODULUS:x}"


def undo_text(name: str) -> str:
    """The output of `assume init NAME --undo`: a call of the function that the shell file defines for this."""
    named(name)
    return "__assume_undo\n"


def console_script() -> str:
    """The path of our console script, with links kept so that it outlives upgrades; `assume` if it is not found.

    Looked for where it was called; then in the environment that the package is in; then
    beside the interpreter, where another program of the same name is skipped.
    """
    import os

    name = "assume.exe" if os.name == "nt" else "assume"
    called = os.path.abspath(sys.argv[0]) if sys.argv[0] else ""
    places = [os.path.dirname(called)] if os.path.basename(called) in ("assume", name) else []
    if os.path.basename(shipped.CHECKOUT) in ("site-packages", "dist-packages"):
        folder = shipped.CHECKOUT
        for _ in range(3):
            folder = os.path.dirname(folder)
            places.append(os.path.join(folder, "Scripts" if os.name == "nt" else "bin"))
    for place in places:
        if os.access(path := os.path.join(place, name), os.X_OK) and os.path.isfile(path):
            return path
    return path if is_ours(path := os.path.join(os.path.dirname(sys.executable), name)) else "assume"


def stamp(prompt: bool, interpreter: str, script: str) -> str:
    """The first line of an init text. Its values are enough to write the text again."""
    from assume import __version__  # not above: the fast lanes do not import the package's own module

    values = {"prompt": "1" if prompt else "", "interpreter": interpreter, "main": MAIN, "script": script}

    return f"# assume {__version__} " + " ".join(f"{name}={render.percent(value)}" for name, value in values.items())


def read_stamp(line: str) -> "dict[str, str] | None":
    """The values of a stamp and its `version`; None for any other line."""
    words = line.split()
    if words[:2] != ["#", "assume"] or not all("=" in word for word in words[3:]):
        return None
    values = {name: render.from_percent(value) or "" for name, _, value in (word.partition("=") for word in words[3:])}
    if not {"prompt", "interpreter", "main", "script"} <= values.keys():
        return None
    return {**values, "version": words[2]}


def is_ours(path: str) -> bool:
    """Whether a program is a console script of this package: Granted's has the same name."""
    try:
        with open(path, "rb") as file:
            return b"assume.cli.start" in file.read(65536)
    except OSError:
        return False
