"""The driver for bash: its command line, rc file and language."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from .driver import ROOT, Shell

# Bracketed paste and the bell only add noise to the stream. The mark is in PS1, so that
# PROMPT_COMMAND is left to the case.
RC = r"""
bind 'set enable-bracketed-paste off' 2>/dev/null
bind 'set bell-style none'
bind 'set completion-query-items 0'
bind 'set page-completions off'
HISTFILE=
PS1='$ \[\e]7777;$?\a\]'
"""


class Bash(Shell):
    name = "bash"
    # bash 3 returns 1 for a `$(…)` that Ctrl-C ended, whatever its own status
    interrupted = 1 if "bash3" in os.environ.get("ASSUME_TEST_BASH", "") else 130

    @classmethod
    def absent(cls) -> str | None:
        return None if shutil.which("bash") else "no bash on PATH"

    @classmethod
    def command(cls) -> list[str]:
        return [os.environ.get("ASSUME_TEST_BASH") or shutil.which("bash") or "bash", "--noprofile", "-i"]

    @classmethod
    def write_rc(cls, home: Path, rc: str) -> None:
        (home / ".inputrc").write_text("set enable-meta-key off\n")
        (home / ".bashrc").write_text(RC + rc + "\n")

    @classmethod
    def files(cls) -> list[Path]:
        return [ROOT / "shell/assume.bash", ROOT / "completions/assume.bash"]

    @classmethod
    def block(cls, program: Sequence[str], script: str, commands: Sequence[str], prompt: bool) -> str:
        words = " ".join(map(cls.quote, program))
        return (
            f"__assume_program=({words})\n__assume_script={cls.quote(script)}\n"
            f"__assume_commands={cls.quote(' '.join(commands))}\n__assume_prompt={'1' if prompt else chr(39) * 2}\n"
            "__assume_edition=test\n"
        )

    @classmethod
    def quote(cls, text: str) -> str:
        return "'" + text.replace("'", "'\\''") + "'"  # always: zsh expands a bare =ls

    @classmethod
    def export(cls, name: str, value: str) -> str:
        return f"\\builtin export {name}={cls.quote(value)}"

    @classmethod
    def unset(cls, name: str) -> str:
        return f"\\builtin unset {name}"

    @classmethod
    def assign(cls, name: str, value: str) -> str:
        return f"{name}={cls.quote(value)}"

    @classmethod
    def write_variable(cls, name: str, to: Path) -> str:
        return f'\\builtin printf %s "${{{name}-}}" >|{cls.quote(str(to))}'

    @classmethod
    def source(cls, path: Path) -> str:
        return f"\\builtin . {cls.quote(str(path))}"

    @classmethod
    def redirected(cls, line: str, out: Path, err: Path) -> str:
        return f"{{ {line}; }} >|{cls.quote(str(out))} 2>|{cls.quote(str(err))}"

    @classmethod
    def segment(cls, to: Path) -> str:
        return cls.write_variable("__assume_segment", to)
