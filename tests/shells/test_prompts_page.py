"""docs/prompts.md is true: its session, each segment of its table, its settings, its lines for prompts and themes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
import tomllib
from pathlib import Path

import pytest

from assume.arguments import COLOURS

from .bench import Bench, environment, role
from .driver import Shell
from .table import ALL, POSIX

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "prompts.md").read_text(encoding="utf-8")
CONFIG = (DOCS / "config.md").read_text(encoding="utf-8")
TYPED = re.compile(r"^(\[.*\] )?\$ (.*)$")

pytestmark = pytest.mark.once


def block(language: str, at: int = 0) -> str:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[at].rstrip("\n")


@pytest.mark.parametrize("kind_name", ["bash"])
def test_the_session_is_what_the_shell_shows(bench: Bench) -> None:
    bench.demo()
    shell = bench.start(init=bench.real(prompt=True), columns=140, env={"LC_ALL": "C.UTF-8"})
    shown = ""
    for line in [*block("console").splitlines(), "$ "]:
        typed = TYPED.match(f"{line} " if line == "$" else line)
        if typed is None:
            assert shown.startswith(f"{line}\n"), (line, shown)
            shown = shown[len(line) + 1 :]
            continue
        assert shown == ""
        if typed[1]:
            shell.shows(typed[1].strip())
        shown = f"{shell.run(typed[2]).text}\n" if typed[2] else ""
        shown = shown.lstrip("\n")


@pytest.mark.parametrize("kind_name", ["bash"])
def test_each_segment_of_the_table_is_shown(bench: Bench) -> None:
    def child(profile: str, *more: tuple[str, str | None], left_s: int = 3600, flag: str = "hold") -> Shell:
        changes = bench.plan_role(profile, flag=flag, left_s=left_s)
        bench.plan({f"use {profile}": {**bench.answers[f"use {profile}"], "changes": [*changes, *more]}})
        shell = bench.start({"LC_ALL": "C.UTF-8"}, prompt=True)
        shell.run(f"assume {profile}")
        return shell

    shells = {
        "[dev]": child("dev"),
        "[dev 12m]": child("dev", left_s=12 * 60 - 5),
        "[dev expired]": child("dev", left_s=-5),
        "[PROD prod]": child("prod"),
        "[dev read-only]": child("dev", ("ASSUME_READ_ONLY", "1")),
        "[dev inherited]": bench.start(environment(role("dev")), prompt=True),
        "[dev≠test]": child("dev"),
    }
    shells["[dev≠test]"].run("export AWS_PROFILE=test")
    assert re.findall(r"^\| `(\[[^`]*)` \|", PAGE, re.MULTILINE) == list(shells)
    for segment, shell in shells.items():
        shell.shows(segment)


@pytest.mark.parametrize("kind_name", ALL)
def test_the_segment_is_where_the_page_places_it_and_the_settings_hold(bench: Bench) -> None:
    bench.plan_role("prod", sgr=str(COLOURS["magenta"]))
    shell = bench.start({"TERM": "xterm-256color"})
    shell.run("assume prod")
    shell.send(block(bench.kind.name, 0) + "\r")
    shell.shows("[prod]")
    assert "PROD" not in "".join(shell.screen.display)
    cells = [cell for row in shell.screen.buffer.values() for cell in row.values() if cell.data == "]"]
    assert {cell.fg for cell in cells} == {"magenta"}


def test_the_colours_are_those_of_the_code() -> None:
    assert re.findall(r"`(\w+)`", PAGE.partition("The colours are ")[2].partition(". ")[0]) == list(COLOURS)


@pytest.mark.parametrize("kind_name", POSIX)
def test_without_segment_and_without_colours(bench: Bench) -> None:
    assert {"`ASSUME_PROMPT=0`", "`NO_COLOR=1`"} <= set(re.findall(r"\| (`[A-Z_]+=\d`) \|", PAGE))
    bench.plan_role("dev")
    bare = bench.start({"ASSUME_PROMPT": "0"}, prompt=True)
    bare.run("assume dev")
    bare.run("echo here")
    assert not any("[dev]" in row for row in bare.screen.display)
    plain = bench.start({"NO_COLOR": "1", "TERM": "xterm-256color"}, prompt=True)
    plain.run("assume dev")
    plain.shows("[dev]")
    assert {cell.fg for row in plain.screen.buffer.values() for cell in row.values() if cell.data == "]"} == {"default"}


def test_the_lines_for_themes_can_be_read_and_use_variables_that_exist() -> None:
    ours = set(re.findall(r"^\| `(ASSUME_[A-Z_]+)` \|", CONFIG, re.MULTILINE))
    modules = tomllib.loads(block("toml"))["env_var"]
    assert list(modules) == [module["variable"] for module in modules.values()]
    assert all("$env_value" in module["format"] or "read-only" in module["format"] for module in modules.values())
    segment = json.loads(block("json"))
    named = set(modules) | set(re.findall(r"\.Env\.(\w+)", f"{segment['template']}{segment['foreground_templates']}"))
    named |= set(re.findall(r"\$\{?(ASSUME_\w+)", block("zsh", 1)))
    assert named <= ours


@pytest.mark.parametrize(
    ("profile", "shown"), [("dev", "cyan dev"), ("a%n", "cyan a%%n"), ("my-prod", "red my-prod"), ("", "")]
)
def test_the_segment_for_powerlevel10k(profile: str, shown: str) -> None:
    zsh = shutil.which("zsh") or pytest.skip("no zsh on PATH")
    text = "function p10k() { [[ $1$2$4 == segment-f-t ]] && print -r -- $3 $5 }\n" + block("zsh", 1)
    text += "\n[[ $POWERLEVEL9K_RIGHT_PROMPT_ELEMENTS == assume ]] || print wrong\nprompt_assume; true"
    ran = subprocess.run([zsh, "-f", "-c", text], env={"ASSUME_PROFILE": profile}, capture_output=True, check=True)
    assert ran.stdout.decode().strip() == shown


@pytest.mark.parametrize(("name", "before"), [("bash", ""), ("zsh", "zmodload zsh/datetime; ")])
def test_the_minutes_left(name: str, before: str) -> None:
    program = shutil.which(name) or pytest.skip(f"no {name} on PATH")
    (formula,) = re.findall(r"`(\$\(\(.*?\)\))`", PAGE)
    line = f"{before}echo {formula}"
    ends = {"ASSUME_EXPIRES": str(int(time.time()) + 601)}
    ran = subprocess.run([program, "-c", line], env=ends, capture_output=True, text=True, check=True)
    if name == "bash" and "EPOCHSECONDS" not in ran.stderr and int(ran.stdout) > 10**6:
        pytest.skip("EPOCHSECONDS came with bash 5")
    assert int(ran.stdout) in (9, 10)
