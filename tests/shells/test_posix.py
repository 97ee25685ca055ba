"""Any text, rendered and read by the real bash and zsh, arrives unchanged: environment, prompt, completion."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from assume.shells import render

from .conftest import driver
from .driver import Shell, integration
from .texts import names, plain

pytestmark = pytest.mark.once
STATE = "hold;;%a+b/c="
# `assume NUMBER` answers with the reply of that number.
PROGRAM = 'shift 5\ncat "$HOME/$1"\n'
HOSTILE = {
    "bash": "set -euCf; shopt -s nocasematch extglob; IFS=e",
    "zsh": "setopt csh_junkie_quotes rc_quotes ksh_arrays sh_word_split glob_subst prompt_subst no_unset ksh_glob",
}
PROMPT = {
    "bash": "PS1='${__assume_segment-}'; printf %s \"${PS1@P}\" >|~/$number.prompt",
    "zsh": "print -rnP -- '${__assume_segment}' >|~/$number.prompt",
}
CHECK = """
. ~/init
{hostile}
number=0
while [ "$number" -lt "$1" ]; do
    assume "$number"
    command env -0 >|~/$number.environment
    __assume_hook
    {prompt}
    printf %s "$__assume_state" >|~/$number.state
    number=$((number + 1))
done
"""


@pytest.fixture(scope="module", params=["bash", "zsh"])
def shell(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[type[Shell], Path]:
    kind = driver(request.param)
    home = tmp_path_factory.mktemp(request.param)
    (home / "program").write_text(PROGRAM)
    (home / "init").write_text(integration(kind, ["/bin/sh", "-e", "-u", str(home / "program")]))
    check = CHECK.format(hostile=HOSTILE[request.param], prompt=PROMPT[request.param])
    (home / "check").write_text(check)
    return kind, home


def run(kind: type[Shell], home: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*kind.command()[:1], *words],
        env={**kind.base_environment(home), "NO_COLOR": "1", "AWS_VAULT": "x"},
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def given_back(kind: type[Shell], home: Path, texts: list[str]) -> None:
    """Each of `texts`, as profile and session token of a reply, arrives byte for byte the same."""
    for number, text in enumerate(texts):
        changes = [("ASSUME_PROFILE", text), ("AWS_PROFILE", text), ("AWS_SESSION_TOKEN", text), ("AWS_VAULT", None)]
        reply = render.reply(kind.name, [*changes, ("ASSUME_EXPORTED", "profile")], STATE)
        (home / str(number)).write_bytes(reply)
    ran = run(kind, home, str(home / "check"), str(len(texts)))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    for number, text in enumerate(texts):
        pairs = (pair.split(b"=", 1) for pair in (home / f"{number}.environment").read_bytes().split(b"\0") if pair)
        seen = {os.fsdecode(name): value for name, value in pairs}
        assert {seen[name] for name in ("ASSUME_PROFILE", "AWS_PROFILE", "AWS_SESSION_TOKEN")} == {os.fsencode(text)}
        assert "AWS_VAULT" not in seen
        assert (home / f"{number}.state").read_text() == STATE
        shown = os.fsdecode((home / f"{number}.prompt").read_bytes()).removeprefix("[PROD ").removeprefix("[")
        assert shown == plain(text) + "]"
    assert not list(home.rglob("PWN"))


def one_line(texts: list[str]) -> list[str]:
    """What the program accepts: a name with a control character is refused before anything is printed."""
    kept = ("".join(mark for mark in text if mark >= " " and mark != "\x7f") for text in texts)
    return [os.fsdecode(os.fsencode(text)) for text in kept if text]


@settings(max_examples=15)
@given(texts=names(undecodable=True))
def test_a_text_reaches_the_environment_and_the_prompt_unchanged(shell: tuple[type[Shell], Path], texts: list[str]):
    given_back(*shell, one_line(texts))


@pytest.mark.slow
@settings(max_examples=66, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(texts=names(undecodable=True, least=150))
def test_ten_thousand_texts_reach_the_environment_and_the_prompt(shell: tuple[type[Shell], Path], texts: list[str]):
    given_back(*shell, one_line(texts))


# The shell itself reads what TAB would put on the line, in each kind of quotes.
TAB = r"""
. ~/init
IFS=e
__assume_program=(/bin/sh -e -u "$HOME/candidates.sh")
for open in '' "'" '"'; do
    COMP_LINE="assume $open" COMP_POINT=$((7 + ${#open})) COMP_WORDS=(assume "$open") COMP_CWORD=1
    __assume_complete
    for word in "${COMPREPLY[@]}"; do
        eval "set -- $open$word$open"
        printf '%s\0' "$#" "$@"
    done
done
"""


@settings(max_examples=15)
@given(texts=names())
def test_tab_completes_a_candidate_unchanged(tmp_path_factory: pytest.TempPathFactory, texts: list[str]):
    kind = driver("bash")
    home = tmp_path_factory.mktemp("tab")
    texts = sorted(set(one_line([text.replace("\x85", "") for text in texts])))
    (home / "init").write_text(integration(kind, []))
    (home / "candidates").write_text("".join(f"{text}\tabout\n" for text in texts))
    (home / "candidates.sh").write_text('cat "$HOME/candidates"\n')
    (home / "check").write_text(TAB)
    ran = run(kind, home, str(home / "check"))
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.decode().split("\0")[:-1] == [part for text in texts for part in ("1", text)] * 3
    assert not list(home.rglob("PWN"))
