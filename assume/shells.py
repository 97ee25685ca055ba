"""What a shell is: its files, the line that loads them, the code that `assume init` prints.

One table, SHELLS. In: a shell's name and how the segment is wanted; out: the
text of shell/assume.SHELL with the block at its top filled in, the completion
behind it, and a stamp as the first line:

    # assume 0.1.0 prompt=1 interpreter=/usr/bin/python3 main=/…/assume/__main__.py script=/…/bin/assume

By the stamp a file that `install` wrote is known as old, or as that of another
installation. Its values are percent-encoded, so it is one line whatever a path
holds. Nothing is imported at first: `init` and the loading of a shell are fast
lanes. What edits files is cli/install.py's.
"""

import sys

from assume import files, render
from assume.errors import AssumeError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

BEGIN, END = "# --- filled in by ", "# --- end ---\n"
MARK = "# assume install"  # ends the line in the rc file
MAIN = f"{files.PACKAGE}/__main__.py"  # what the interpreter is given: the entry of the fast lanes
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-")

# What the function runs and does not capture. Anything else is a profile, `use`, `off` or `-`.
COMMANDS = "exec export list status clear init install uninstall demo".split()


class Shell:
    """One shell: its files in the package, the file that `install` writes, and its syntax."""

    __slots__ = ("array", "assignment", "between", "completion", "file", "init_file", "line", "load", "name")

    def __init__(self, name: str, suffix: str, completion: str, syntax: "tuple[str, str, str]", line: str) -> None:
        self.name = name
        self.file = f"assume.{suffix}"
        self.init_file = f"init.{suffix}"
        self.completion = completion
        self.assignment, self.array, self.between = syntax
        self.line = f"{line} {MARK}"  # {0}: the path of the init file as a word of the shell
        self.load = "source {}" if name == "fish" else ". {}"

    def word(self, text: str) -> str:
        """`text` as one word; in PowerShell in ASCII, since 5.1 reads files in the machine's code page."""
        if self.name != "powershell" or text.isascii():
            return render.quote(self.name, text)
        units = text.encode("utf-16-be", "surrogatepass")
        codes = ",".join(str(units[at] << 8 | units[at + 1]) for at in range(0, len(units), 2))
        return f"(-join [char[]]({codes}))"

    def assign(self, name: str, value: str) -> str:
        """The statement that sets a variable of the block."""
        return self.assignment.format(name, self.word(value))

    def assign_array(self, name: str, values: "Sequence[str]") -> str:
        """The same for a list of words."""
        return self.array.format(name, self.between.join(map(self.word, values)))


_POSIX = "if [ -r {0} ]; then . {0}; fi"
SHELLS = {
    shell.name: shell
    for shell in (
        Shell("bash", "bash", "assume.bash", ("{}={}", "{}=({})", " "), _POSIX),
        Shell("zsh", "zsh", "_assume", ("{}={}", "{}=({})", " "), _POSIX),
        Shell("fish", "fish", "assume.fish", ("set -g {} {}", "set -g {} {}", " "), "if test -r {0}; source {0}; end"),
        Shell(
            "powershell",
            "ps1",
            "assume.ps1",
            ("$global:{} = {}", "$global:{} = @({})", ", "),
            "if (Test-Path -LiteralPath {0}) {{ . {0} }}",
        ),
    )
}


_LOADING = {
    "bash": 'eval "$(assume init bash)"',
    "zsh": 'eval "$(assume init zsh)"',
    "fish": "assume init fish | source",
    "powershell": "Invoke-Expression (& assume init powershell | Out-String)",
}


def loading_line(name: str) -> str:
    """What a person adds to the rc file by hand, in the shell's own idiom."""
    return _LOADING[name]


def named(name: str) -> Shell:
    """The shell of that name (`pwsh` is PowerShell too); raises UsageError for any other."""
    shell = SHELLS.get("powershell" if name == "pwsh" else name)
    if shell is None:
        raise UsageError(f"{name!r} is no shell that assume knows", f"one of: {' '.join(SHELLS)}")
    return shell


def init_text(name: str, prompt: bool = False, interpreter: str = "", script: str = "") -> str:
    """What `assume init NAME` prints. `interpreter`, `script`: what it starts; where not given, what runs now."""
    shell = named(name)
    interpreter = interpreter or sys.executable
    script = script or console_script()
    block = [
        shell.assign_array("__assume_program", [interpreter, "-I", "-S", MAIN, script]),
        shell.assign("__assume_script", script),
        shell.assign("__assume_commands", " ".join(COMMANDS)),
        shell.assign("__assume_prompt", "1" if prompt else ""),
    ]
    head, begin, rest = files.text("shell", shell.file).partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise AssumeError(f"shell/{shell.file} has lost its first block", "install assume-shell again")
    filled = f"{head}{BEGIN}`assume init {shell.name}` ---\n" + "".join(line + "\n" for line in block) + END + tail
    return f"{stamp(prompt, interpreter, script)}\n{filled}\n{files.text('completions', shell.completion)}"


def undo_text(name: str) -> str:
    """What `assume init NAME --undo` prints: a call of what the shell file brought for this."""
    named(name)
    return "__assume_undo\n"


def console_script() -> str:
    """The path of our console script, links unresolved so that it outlives upgrades; `assume` where there is none.

    As it was called; else in the environment that the package is in; else beside
    the interpreter, where a stranger of the same name is passed over.
    """
    import os

    name = "assume.exe" if os.name == "nt" else "assume"
    called = os.path.abspath(sys.argv[0]) if sys.argv[0] else ""
    places = [os.path.dirname(called)] if os.path.basename(called) in ("assume", name) else []
    if os.path.basename(files.CHECKOUT) in ("site-packages", "dist-packages"):
        folder = files.CHECKOUT
        for _ in range(3):
            folder = os.path.dirname(folder)
            places.append(os.path.join(folder, "Scripts" if os.name == "nt" else "bin"))
    for place in places:
        if os.access(path := os.path.join(place, name), os.X_OK) and os.path.isfile(path):
            return path
    return path if _is_ours(path := os.path.join(os.path.dirname(sys.executable), name)) else "assume"


def stamp(prompt: bool, interpreter: str, script: str) -> str:
    """The first line of an init text. Its values are all that is needed to write it again."""
    from assume import __version__  # the fast lanes do without the package's own module

    values = {"prompt": "1" if prompt else "", "interpreter": interpreter, "main": MAIN, "script": script}

    return f"# assume {__version__} " + " ".join(f"{name}={_encoded(value)}" for name, value in values.items())


def read_stamp(line: str) -> "dict[str, str] | None":
    """The values of a stamp and its `version`; None for any other line."""
    words = line.split()
    if words[:2] != ["#", "assume"] or not all("=" in word for word in words[3:]):
        return None
    values = {name: _decoded(value) for name, _, value in (word.partition("=") for word in words[3:])}
    if not {"prompt", "interpreter", "main", "script"} <= values.keys():
        return None
    return {**values, "version": words[2]}


def _is_ours(path: str) -> bool:
    """Whether a program is a console script of this package: Granted's has the same name."""
    try:
        with open(path, "rb") as file:
            return b"assume.cli.start" in file.read(65536)
    except OSError:
        return False


def _encoded(text: str) -> str:
    return "".join(chr(byte) if chr(byte) in PLAIN else f"%{byte:02X}" for byte in render.encoded(text))


def _decoded(text: str) -> str:
    head, *rest = text.split("%")
    try:
        content = head.encode() + b"".join(bytes([int(part[:2], 16)]) + part[2:].encode() for part in rest)
    except ValueError:
        return ""
    return content.decode("utf-8", "surrogateescape")
