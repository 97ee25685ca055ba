"""The driver for zsh. Its language is that of bash as far as the cases use it; only its start differs."""

from __future__ import annotations

import shutil
from pathlib import Path

from .bash import Bash
from .driver import ROOT

# `%` and blanks before a prompt (prompt_sp) would count as output. No history file: a zsh that is killed while it
# writes one leaves a lock, and the next zsh waits ten seconds for it.
RC = r"""
unsetopt prompt_sp beep
KEYTIMEOUT=1
bindkey -e
PROMPT=$'$ %{\e]7777;%?\a%}'
"""


class Zsh(Bash):
    name = "zsh"

    @classmethod
    def absent(cls) -> str | None:
        return None if shutil.which("zsh") else "no zsh on PATH"

    @classmethod
    def command(cls) -> list[str]:
        return [shutil.which("zsh") or "zsh", "-d", "-i"]

    @classmethod
    def write_rc(cls, home: Path, rc: str) -> None:
        (home / ".zshrc").write_text(RC + rc + "\n")

    @classmethod
    def files(cls) -> list[Path]:
        return [ROOT / "shell/assume.zsh", ROOT / "completions/_assume"]
