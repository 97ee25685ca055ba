"""Ten thousand hostile values in the variables of each real shell's prompt: no command runs, no escape is shown."""

import itertools
import re
import time

import pytest

from . import figures
from .hostile import FIXED, values
from .loops import IN_PROMPTS, Loop
from .test_hostile_eval import OF_ZSH, SHELLS

OURS = re.compile(r"\x1b\[[0-9;]{1,8}m")
OF_TERMINALS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f]")
STATES = ["", "renew;;p;", "hold;35;p;", "renew;31;$(touch PWN);x", "a[$(touch PWN)];1;;", "renew;a[$(touch PWN)];;"]


def records(chance, drawn):
    """Values for every variable; in half of the records some variables are valid, so that the prompt shows more."""
    left = iter(drawn)
    for number in itertools.count():
        record = dict.fromkeys(IN_PROMPTS, "") | dict(zip(IN_PROMPTS, left, strict=False))
        if not record["ASSUME_PROFILE"]:
            if not any(record.values()):
                return
            record["ASSUME_PROFILE"] = "p"
        if number % 3 == 0:
            record |= {"ASSUME_EXPORTED": "both", "AWS_PROFILE": record["ASSUME_PROFILE"], "AWS_DEFAULT_PROFILE": ""}
            record["AWS_ACCESS_KEY_ID"] = record["ASSUME_KEY_ID"]
        if number % 2 == 0:
            record["ASSUME_EXPIRES"] = str(int(time.time()) + chance.choice((-9, 60, 600, 3600, 10**12, 10**20)))
        yield [*(record[name] for name in IN_PROMPTS), chance.choice((*STATES, record["AWS_REGION"]))]


def check(loop, chance, drawn):
    """Every prompt is drawn, runs no command and contains no escape."""
    made = list(records(chance, drawn))
    assert len(made) > len(drawn) // len(IN_PROMPTS)
    prompts = loop.drawn(made)
    assert len(prompts) == len(made)
    assert loop.commands_run() == []
    for record, prompt in zip(made, prompts, strict=True):
        shown = OURS.sub("", prompt)
        assert not OF_TERMINALS.search(shown), (record, prompt)
        assert "[" in shown, (record, prompt)


@pytest.mark.parametrize("shell", SHELLS)
def test_any_text_in_a_prompt_runs_nothing_and_sends_no_escapes(tmp_path, chance, examples, is_full, shell):
    check(Loop(shell, tmp_path), chance, values(chance, examples, text=shell == "powershell"))
    if is_full:
        tried = f"{examples:,} values in the {len(IN_PROMPTS)} variables that it reads, in each of the four"
        figures.tell("prompt", tried, "0 commands, 0 escapes shown")


@pytest.mark.parametrize(
    "options", [*OF_ZSH[:-1], "setopt prompt_subst", "setopt prompt_subst prompt_bang prompt_percent"]
)
def test_any_text_in_a_prompt_of_zsh_with_any_options(tmp_path, chance, options):
    check(Loop("zsh", tmp_path, options), chance, values(chance, len(FIXED) + 300))


@pytest.mark.parametrize("options", ["set -o posix", "IFS=xP", "shopt -s extglob nullglob", "set -u"])
def test_any_text_in_a_prompt_of_bash_with_any_options(tmp_path, chance, options):
    check(Loop("bash", tmp_path, options), chance, values(chance, len(FIXED) + 300))


BAKED = {
    "bash": """PROMPT_COMMAND='PS1="$ASSUME_PROFILE$ "'""",
    "zsh": "setopt prompt_subst; bake() { PROMPT=$ASSUME_PROFILE }; precmd_functions+=(bake)",
}


@pytest.mark.parametrize("shell", BAKED)
def test_the_check_fails_for_a_name_that_is_part_of_the_prompts_code(tmp_path, shell):
    loop = Loop(shell, tmp_path, BAKED[shell])
    loop.drawn([["$(touch PWN)", *[""] * len(IN_PROMPTS)]])
    assert loop.commands_run() == ["PWN"]
