"""Any text, rendered and read by the real fish, arrives unchanged: environment, prompt, completion."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from assume.shells import render

from .conftest import driver
from .driver import integration
from .texts import names, plain

pytestmark = pytest.mark.once
STATE = "hold;;%a+b/c="
# Reads and applies each reply as the function does; then notes what a child sees and what a prompt shows.
CHECK = r"""
source $argv[1]
for reply in $argv[2..]
    read -lz text <$reply
    __assume_apply use $text
    or exit 1
    command env -0 >$reply.environment
    __assume_hook
    assume_segment >$reply.segment
    builtin printf %s $__assume_state >$reply.state
end
"""


@pytest.fixture(scope="module")
def fish(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    kind = driver("fish")
    home = tmp_path_factory.mktemp("fish")
    (home / "init.fish").write_text(integration(kind, ["/bin/true", "-", "-", "/bin/true"]))
    (home / "check.fish").write_text(CHECK)
    return home, {**kind.base_environment(home), "NO_COLOR": "1"}


def given_back(fish: tuple[Path, dict[str, str]], texts: list[str]) -> None:
    """Each of `texts`, as profile and session token of a reply, arrives byte for byte the same."""
    home, env = fish
    replies = []
    for number, text in enumerate(texts):
        reply = home / f"{number}"
        changes = [("ASSUME_PROFILE", text), ("AWS_PROFILE", text), ("AWS_SESSION_TOKEN", text), ("AWS_VAULT", None)]
        reply.write_bytes(render.reply("fish", [*changes, ("ASSUME_EXPORTED", "profile")], STATE))
        replies.append(reply)
    ran = subprocess.run(
        ["fish", "--no-config", home / "check.fish", home / "init.fish", *replies],
        env={**env, "AWS_VAULT": "x"},
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    for text, reply in zip(texts, replies, strict=True):
        pairs = (pair.split(b"=", 1) for pair in reply.with_suffix(".environment").read_bytes().split(b"\0") if pair)
        seen = {os.fsdecode(name): value for name, value in pairs}
        assert {seen[name] for name in ("ASSUME_PROFILE", "AWS_PROFILE", "AWS_SESSION_TOKEN")} == {os.fsencode(text)}
        assert "AWS_VAULT" not in seen
        assert reply.with_suffix(".state").read_text() == STATE
        shown = os.fsdecode(reply.with_suffix(".segment").read_bytes()).removeprefix("[PROD ").removeprefix("[")
        assert shown == plain(text) + "]"
    assert not list(home.rglob("PWN"))


@settings(max_examples=15)
@given(texts=names(undecodable=True))
def test_a_text_reaches_the_environment_and_the_prompt_unchanged(fish: tuple[Path, dict[str, str]], texts: list[str]):
    given_back(fish, texts)


@pytest.mark.slow
@settings(max_examples=66, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(texts=names(undecodable=True, least=150))
def test_ten_thousand_texts_reach_the_environment_and_the_prompt(fish: tuple[Path, dict[str, str]], texts: list[str]):
    given_back(fish, texts)


def completed(fish: tuple[Path, dict[str, str]], texts: list[str]) -> None:
    """fish's own completion offers each candidate of the program, and runs nothing."""
    home, env = fish
    # fish before 4.0 offers a candidate that begins with a dot only if a dot was typed
    texts = sorted({text for text in map(plain, texts) if text.strip() and not text.startswith(".")})
    (home / "candidates").write_bytes(b"".join(os.fsencode(text) + b"\tabout\n" for text in texts))
    (home / "program").write_text('#!/bin/sh\nexec cat "$HOME/candidates"\n')
    (home / "program").chmod(0o755)
    setup = "source $argv[1]; set -g __assume_program ~/program x x ~/program; complete -C 'assume '"
    ran = subprocess.run(
        ["fish", "--no-config", "-c", setup, home / "init.fish"],
        env=env,
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    rows = os.fsdecode(ran.stdout).rstrip("\n").split("\n") if ran.stdout else []
    seen = {row.rpartition("\t")[0] for row in rows}
    assert (seen - set(texts), set(texts) - seen, len(rows) - len(texts), ran.stderr) == (set(), set(), 0, b"")
    assert not list(home.rglob("PWN"))


@settings(max_examples=15)
@given(texts=names(undecodable=True))
def test_tab_completes_a_candidate_unchanged(fish: tuple[Path, dict[str, str]], texts: list[str]):
    completed(fish, texts)


@pytest.mark.slow
@settings(max_examples=66, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(texts=names(undecodable=True, least=150))
def test_tab_completes_ten_thousand_candidates_unchanged(fish: tuple[Path, dict[str, str]], texts: list[str]):
    completed(fish, texts)
