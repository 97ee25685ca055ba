"""Findings of `assume doctor`, and the machine that it looks at.

A Finding is a fault and the command that fixes it, in the syntax of the shell that it is for. A Patient is the machine
as one call sees it; `environ` is the process's own environment, `base` the baseline. Paths are absolute.
"""

import os

from assume import paths
from assume.profiles.config import Config
from assume.profiles.ini import CONFIG
from assume.shells.render import PLAIN, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assume.profiles.chain import Chain
    from assume.shells.table import Shell

COPY = "sh -c {}"  # the same in every shell


class Finding:
    """One fault. `check` is the id of the check, `do` says what to do where no command can do it alone."""

    def __init__(self, check: str, what: str, command: str = "", do: str = "") -> None:
        self.check = check
        self.what = what
        self.command = command
        self.do = do

    def as_json(self) -> "dict[str, Any]":
        """The form of docs/doctor.md."""
        return {"check": self.check, "what": self.what, "command": self.command or None, "do": self.do or None}


class Patient:
    """The machine: its environment, its AWS files, its shell."""

    def __init__(
        self,
        environ: "Mapping[str, str]",
        base: "dict[str, str]",
        shell: "Shell | None" = None,
        *,
        loaded: str | None = None,
        rc_file: str = "",
        init_file: str = "",
    ) -> None:
        self.environ = environ
        self.base = base
        self.shell = shell  # None if assume does not work in it
        self.loaded = loaded  # the edition of the shell function that called us; None if none did
        self.rc_file = rc_file
        self.init_file = init_file
        self.home = paths.home(base)
        self.aws_files = paths.aws_files(base)
        self.config = Config("", "")  # `read` fills it
        self.is_read = False
        self.chains: list[Chain] = []  # of the profiles that can be planned

    @property
    def kind(self) -> str:
        """The shell whose syntax commands have."""
        return self.shell.name if self.shell is not None else "bash"

    def word(self, text: str) -> str:
        """`text` as a word of a command line."""
        return text if text and PLAIN.issuperset(text) else quote(self.kind, text)

    def unset(self, *names: str) -> str:
        """The command that unsets variables."""
        if self.kind == "powershell":
            return f"Remove-Item {','.join(f'Env:{name}' for name in names)}"
        return f"set -e {' '.join(names)}" if self.kind == "fish" else f"unset {' '.join(names)}"

    def export(self, name: str, value: str) -> str:
        """The command that exports a variable."""
        if self.kind == "powershell":
            return f"$env:{name} = {quote(self.kind, value)}"
        return f"set -gx {name} {self.word(value)}" if self.kind == "fish" else f"export {name}={self.word(value)}"

    def first_on_path(self, folder: str) -> str:
        """The command that puts a folder in front of PATH."""
        if self.kind == "powershell":
            return f"$env:PATH = {quote(self.kind, folder + os.pathsep)} + $env:PATH"
        if self.kind == "fish":
            return f"set -gx PATH {self.word(folder)} $PATH"
        return f'export PATH={self.word(folder)}:"$PATH"'

    def edit(self, path: str, line: int = 0) -> str:
        """The command that opens a file at a line, for what only a person can decide."""
        if os.name == "nt":
            return f"notepad {self.word(path)}"
        editor = self.base.get("VISUAL") or self.base.get("EDITOR") or "vi"
        return f"{editor} +{line} {self.word(path)}" if line else f"{editor} {self.word(path)}"

    def sed(self, path: str, line: int, change: str) -> str:
        """The command that changes one line of a file, and keeps the old file as FILE.bak."""
        if os.name == "nt":
            return self.edit(path, line)
        return f"sed -i.bak {quote(self.kind, f'{line}{change}')} {self.word(path)}"

    def comment_out(self, path: str, line: int) -> str:
        """The command that makes a line a comment."""
        return self.sed(path, line, "s/^/# /")

    def rewrite(self, path: str, command: str) -> str:
        """The command that replaces a file's content by the output of `command`, and keeps its mode and owner."""
        if os.name == "nt":
            return self.edit(path)
        plain = quote("bash", path)
        text = f"umask 077; {command.format(plain)} > {plain}.new && cp {plain}.new {plain}; rm -f {plain}.new"
        return COPY.format(quote(self.kind, text))

    def aws_set(self, profile: str, name: str, value: str) -> str:
        """The AWS CLI's command that sets one setting of a profile."""
        return f"aws configure set {name} {self.word(value)} --profile {self.word(profile)}"

    def path_of(self, file: str) -> str:
        """The path of the `config` or the `credentials` file."""
        return self.aws_files[0] if file == CONFIG else self.aws_files[1]
