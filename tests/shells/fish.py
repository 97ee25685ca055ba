"""The driver for fish: its command line, rc file and language."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from .driver import ROOT, Shell

# Suggestions and colours only add noise to the stream.
RC = r"""
set -g fish_greeting
set -g fish_autosuggestion_enabled 0
"""
PROMPT = r"""
function fish_prompt
    printf '$ \e]7777;%s\a' $status
end
"""

# What fish prints after an output without a final newline; after any other output it removes this at once.
UNENDED = re.compile(rb"\x1b\[2m\xe2\x8f\x8e[^\n]*? \r\xe2\x8f\x8e \r")


class Fish(Shell):
    name = "fish"

    def shown(self, start: int, end: int | None = None) -> str:
        whole = self.stream
        self.stream = UNENDED.sub(b"\r\n", whole[start:end])
        try:
            return super().shown(0)
        finally:
            self.stream = whole

    @classmethod
    def absent(cls) -> str | None:
        return None if shutil.which("fish") else "no fish on PATH"

    @classmethod
    def command(cls) -> list[str]:
        return [shutil.which("fish") or "fish", "-i"]

    @classmethod
    def write_rc(cls, home: Path, rc: str) -> None:
        folder = home / ".config/fish"
        (folder / "functions").mkdir(parents=True, exist_ok=True)
        (folder / "config.fish").write_text(RC + rc + "\n")
        # or fish, in a new home, reads every manual page in the background, for seconds
        (home / ".local/share/fish/generated_completions").mkdir(parents=True, exist_ok=True)
        prompt = folder / "functions/fish_prompt.fish"
        if not prompt.exists():  # a case may have its own
            prompt.write_text(PROMPT)

    @classmethod
    def files(cls) -> list[Path]:
        return [ROOT / "shell/assume.fish", ROOT / "completions/assume.fish"]

    @classmethod
    def block(cls, program: Sequence[str], script: str, commands: Sequence[str], prompt: bool) -> str:
        words = " ".join(map(cls.quote, program))
        return (
            f"set -g __assume_program {words}\nset -g __assume_script {cls.quote(script)}\n"
            f"set -g __assume_commands {cls.quote(' '.join(commands))}\n"
            f"set -g __assume_prompt {cls.quote('1' if prompt else '')}\nset -g __assume_edition test\n"
        )

    @classmethod
    def quote(cls, text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    @classmethod
    def export(cls, name: str, value: str) -> str:
        return f"set -gx {name} {cls.quote(value)}"

    @classmethod
    def unset(cls, name: str) -> str:
        return f"set -eg {name}"

    @classmethod
    def assign(cls, name: str, value: str) -> str:
        return f"set -g {name} {cls.quote(value)}"

    @classmethod
    def write_variable(cls, name: str, to: Path) -> str:
        return f'builtin printf %s "${name}" >{cls.quote(str(to))}'

    @classmethod
    def source(cls, path: Path) -> str:
        return f"source {cls.quote(str(path))}"

    @classmethod
    def redirected(cls, line: str, out: Path, err: Path) -> str:
        return f"begin; {line}; end >{cls.quote(str(out))} 2>{cls.quote(str(err))}"

    @classmethod
    def segment(cls, to: Path) -> str:
        return f"assume_segment >{cls.quote(str(to))}"
