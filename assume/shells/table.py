"""The shells: their files, their syntax, the line that loads them. One table, SHELLS."""

from assume.errors import UsageError
from assume.shells import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

MARK = "# assume install"  # ends the line in the rc file


class Shell:
    """One shell: its files in the package, the file that `install` writes, and its syntax."""

    __slots__ = ("array", "assignment", "between", "completion", "file", "init_file", "line", "load", "name")

    def __init__(self, name: str, suffix: str, completion: str, syntax: "tuple[str, str, str]", line: str) -> None:
        self.name = name
        self.file = f"assume.{suffix}"
        self.init_file = f"init.{suffix}"
        self.completion = completion
        self.assignment, self.array, self.between = syntax
        self.line = f"{line} {MARK}"  # {0} is the path of the init file, as a word of the shell
        self.load = "source {}" if name == "fish" else ". {}"

    def word(self, text: str) -> str:
        """`text` as one word; in PowerShell in ASCII, because 5.1 reads files in the machine's code page."""
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
    """The line that a user adds to the rc file by hand."""
    return _LOADING[name]


def named(name: str) -> Shell:
    """The shell of that name (`pwsh` is PowerShell too); raises UsageError for any other."""
    shell = SHELLS.get("powershell" if name == "pwsh" else name)
    if shell is None:
        raise UsageError(f"{name or 'an empty name'} is not supported", f"one of: {' '.join(SHELLS)}")
    return shell
