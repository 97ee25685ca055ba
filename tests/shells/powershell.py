"""The driver for PowerShell: its command line, profile and language.

The engine is named by ASSUME_TEST_PWSH, else it is `pwsh` on PATH. The status
of a line is `$LASTEXITCODE`: that of the last program, or what `assume` set.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .driver import ROOT, Seen, Shell
from .terminal import PATIENCE_S

if TYPE_CHECKING:
    from .bench import Bench

RC = r"""
function prompt { "`$ $([char]27)]7777;$global:LASTEXITCODE$([char]7)" }
$global:LASTEXITCODE = 0
Remove-Item Alias:echo
function echo { /bin/echo $args } # a program, as the cases expect: it sets the status
"""
SINGLE_QUOTES = re.compile("(['\u2018-\u201b])")


def engine() -> str | None:
    """The path of the engine, or None."""
    return os.environ.get("ASSUME_TEST_PWSH") or shutil.which("pwsh")


class PowerShell(Shell):
    name = "powershell"

    def run(self, line: str, timeout_s: float = PATIENCE_S) -> Seen:
        # The prompt is shown before the line editor starts, and until then the terminal echoes what is typed as well.
        until_at = time.monotonic() + PATIENCE_S
        while self.echoes() and time.monotonic() < until_at:
            self.drain()
        return super().run(line, timeout_s)

    @classmethod
    def absent(cls) -> str | None:
        found = engine()
        if not found:
            return "no pwsh on PATH, and ASSUME_TEST_PWSH is not set"
        return None if os.access(found, os.X_OK) else f"{found} cannot be run"

    @classmethod
    def command(cls) -> list[str]:
        return [engine() or "pwsh", "-NoLogo"]

    @classmethod
    def write_rc(cls, home: Path, rc: str) -> None:
        folder = home / ".config/powershell"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Microsoft.PowerShell_profile.ps1").write_text(RC + rc + "\n", encoding="utf-8-sig")

    @classmethod
    def files(cls) -> list[Path]:
        return [ROOT / "shell/assume.ps1", ROOT / "completions/assume.ps1"]

    @classmethod
    def block(cls, program: Sequence[str], script: str, commands: Sequence[str], prompt: bool) -> str:
        words = ", ".join(map(cls.quote, program))
        return (
            f"$global:__assume_program = @({words})\n$global:__assume_script = {cls.quote(script)}\n"
            f"$global:__assume_commands = {cls.quote(' '.join(commands))}\n"
            f"$global:__assume_prompt = {cls.quote('1' if prompt else '')}\n$global:__assume_edition = 'test'\n"
        )

    @classmethod
    def quote(cls, text: str) -> str:
        return "'" + SINGLE_QUOTES.sub(r"\1\1", text) + "'"

    @classmethod
    def export(cls, name: str, value: str) -> str:
        return f"$env:{name} = {cls.quote(value)}"

    @classmethod
    def unset(cls, name: str) -> str:
        return f"Remove-Item -LiteralPath Env:{name} -EA Ignore"

    @classmethod
    def assign(cls, name: str, value: str) -> str:
        return f"$global:{name} = {cls.quote(value)}"

    @classmethod
    def write_variable(cls, name: str, to: Path) -> str:
        value = f"$ExecutionContext.SessionState.PSVariable.GetValue('global:{name}', '')"
        return f"[IO.File]::WriteAllText({cls.quote(str(to))}, {value})"

    @classmethod
    def source(cls, path: Path) -> str:
        # as the line in the profile does: evaluate the text, whatever the name of the file
        return f"Invoke-Expression ([IO.File]::ReadAllText({cls.quote(str(path))}))"

    @classmethod
    def redirected(cls, line: str, out: Path, err: Path) -> str:
        return f". {{ {line} }} >{cls.quote(str(out))} 2>{cls.quote(str(err))}"

    @classmethod
    def segment(cls, to: Path) -> str:
        return f"[IO.File]::WriteAllText({cls.quote(str(to))}, (assume_segment))"


def batch(bench: Bench, script: str) -> subprocess.CompletedProcess[str]:
    """Runs `script` with the integration in front of it, in an engine with no terminal and no profile."""
    file = bench.home / "batch.ps1"
    file.write_text(bench.text() + "\n" + script, encoding="utf-8-sig")
    return subprocess.run(
        [engine() or "pwsh", "-NoProfile", "-NonInteractive", "-File", str(file)],
        env={**PowerShell.base_environment(bench.home), **bench.environment, "NO_COLOR": "1"},
        cwd=bench.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
