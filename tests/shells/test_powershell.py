"""PowerShell: the lint of its files; and any text, rendered and read by the real engine, arrives unchanged."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from assume.shells import render

from .conftest import driver
from .driver import ROOT, integration
from .powershell import PowerShell, engine
from .texts import names, plain

pytestmark = pytest.mark.once
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # each try would start the engine, which is slow
STATE = "hold;;%a+b/c="
# Applies each reply as the function does; then notes what the environment holds and what a prompt shows.
CHECK = r"""
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
for ($at = 0; $at -lt [int]$env:REPLIES; $at++) {
    if (-not (__assume_apply ([IO.File]::ReadAllLines("$HOME/$at")))) { exit 1 }
    __assume_hook
    $seen = $env:ASSUME_PROFILE, $env:AWS_PROFILE, $env:AWS_SESSION_TOKEN, (assume_segment), $global:__assume_state
    [IO.File]::WriteAllText("$HOME/$at.seen", ($seen -join [char]0))
    if (Test-Path Env:AWS_VAULT) { exit 2 }
}
if ($Error.Count) { exit 3 }
"""
COMPLETE = r"""
(TabExpansion2 'assume ' 7).CompletionMatches | ForEach-Object { [Console]::Out.Write($_.CompletionText + [char]0) }
"""
# The parser reads every completed word as the candidate itself.
READ = r"""
$texts = [IO.File]::ReadAllText("$HOME/completed").Split([char]0)
foreach ($text in $texts) {
    if (-not $text) { continue }
    $tree = [System.Management.Automation.Language.Parser]::ParseInput("assume $text", [ref]$null, [ref]$null)
    $words = $tree.EndBlock.Statements[0].PipelineElements[0].CommandElements
    if ($words.Count -ne 2 -or $words[1].GetType().Name -ne 'StringConstantExpressionAst') { exit 4 }
    [IO.File]::AppendAllText("$HOME/read", $words[1].Value + [char]0)
}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    driver("powershell")
    home = tmp_path_factory.mktemp("powershell")
    init = integration(PowerShell, ["/bin/true", "-", "-", "/bin/true"])
    (home / "check.ps1").write_text(init + CHECK, encoding="ascii")
    return home


def run(home: Path, file: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [engine() or "pwsh", "-NoProfile", "-NonInteractive", "-File", file],
        env={**PowerShell.base_environment(home), "NO_COLOR": "1", **env},
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def given_back(home: Path, texts: list[str]) -> None:
    """Each of `texts`, as profile and session token of a reply, arrives the same."""
    for number, text in enumerate(texts):
        changes = [("ASSUME_PROFILE", text), ("AWS_PROFILE", text), ("AWS_SESSION_TOKEN", text), ("AWS_VAULT", None)]
        reply = render.reply("powershell", [*changes, ("ASSUME_EXPORTED", "profile")], STATE)
        assert reply.isascii()
        (home / f"{number}").write_bytes(reply)
    ran = run(home, home / "check.ps1", REPLIES=str(len(texts)), AWS_VAULT="x")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    for number, text in enumerate(texts):
        seen = (home / f"{number}.seen").read_bytes().decode().split("\0")
        assert (seen[:3], seen[4]) == ([text] * 3, STATE)
        assert seen[3].removeprefix("[PROD ").removeprefix("[") == plain(text) + "]"
    assert not list(home.rglob("PWN"))


@settings(max_examples=4, phases=WITHOUT_SHRINKING)
@given(texts=names(least=40))
def test_a_text_reaches_the_environment_and_the_prompt_unchanged(home: Path, texts: list[str]):
    given_back(home, texts)


@pytest.mark.slow
@settings(max_examples=66, phases=WITHOUT_SHRINKING)
@given(texts=names(least=150))
def test_ten_thousand_texts_reach_the_environment_and_the_prompt(home: Path, texts: list[str]):
    given_back(home, texts)


def completed(home: Path, texts: list[str]) -> None:
    """TAB completes each candidate of the program as a word that the parser reads as exactly that text."""
    texts = sorted({plain(text) for text in texts if plain(text).strip()})
    (home / "candidates").write_text("".join(f"{text}\tabout\n" for text in texts), encoding="utf-8")
    (home / "program").write_text('#!/bin/sh\nexec cat "$HOME/candidates"\n')
    (home / "program").chmod(0o755)
    words = integration(PowerShell, [str(home / "program"), "-", "-", str(home / "program")])
    (home / "complete.ps1").write_text(words + COMPLETE, encoding="ascii")
    tab = run(home, home / "complete.ps1")
    assert (tab.returncode, tab.stderr) == (0, b"")
    (home / "completed").write_bytes(tab.stdout)
    (home / "read").unlink(missing_ok=True)
    (home / "read.ps1").write_text(READ, encoding="ascii")
    ran = run(home, home / "read.ps1")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert (home / "read").read_bytes().decode().split("\0")[:-1] == texts
    assert not list(home.rglob("PWN"))


@settings(max_examples=3, phases=WITHOUT_SHRINKING)
@given(texts=names(least=40))
def test_tab_completes_a_word_that_the_parser_reads_as_the_candidate(home: Path, texts: list[str]):
    completed(home, texts)


@pytest.mark.slow
@settings(max_examples=66, phases=WITHOUT_SHRINKING)
@given(texts=names(least=150))
def test_tab_completes_ten_thousand_words_that_the_parser_reads_as_the_candidates(home: Path, texts: list[str]):
    completed(home, texts)


def test_the_files_are_ascii_and_would_run_under_5_1():
    driver("powershell")
    folder = Path(engine() or "pwsh").parent
    lint = next((place / "lint.ps1" for place in (folder, folder.parent) if (place / "lint.ps1").exists()), None)
    for file in PowerShell.files():
        assert file.read_bytes().isascii()
        assert b"\r" not in file.read_bytes()
    if lint is None:
        pytest.skip("no lint.ps1 beside the engine")
    ran = subprocess.run(
        [engine() or "pwsh", "-NoProfile", "-File", lint, *PowerShell.files()],
        env=PowerShell.base_environment(Path(os.environ["HOME"])),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.returncode) == ("", 0), ran.stderr


def test_a_reply_is_never_evaluated():
    """Invoke-Expression on a reply would write its secrets into the script log."""
    for file in PowerShell.files():
        code = "\n".join(line.partition("#")[0] for line in file.read_text(encoding="ascii").splitlines())
        assert "invoke-expression" not in code.lower(), file.relative_to(ROOT)
        assert " iex " not in code.lower(), file.relative_to(ROOT)
