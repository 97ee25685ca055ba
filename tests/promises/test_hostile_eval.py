"""Ten thousand hostile values in replies to each real shell: no command runs, no byte changes."""

import itertools

import pytest

from assume.shells import render

from . import figures
from .hostile import FIXED, values
from .loops import UNSET, Loop

NAMES = [
    "AWS_PROFILE", "AWS_REGION", "ASSUME_PROFILE", "ASSUMED_ROLE_ARN", "ASSUME_BEFORE", "AWS_VAULT", "GRANTED_X",
    "AWS_SSO_X", "AWS_ACCOUNT_ID", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN",
    *(f"AWSUME_{number}" for number in range(28)),
]  # fmt: skip
STATES = ["", "renew;;p;", "hold;35;$(touch PWN);x'; touch PWN; '", "off;;`touch PWN`;"]
NOTHING_RUNS = "0 commands, 0 bytes changed"
SHELLS = ["bash", "zsh", "fish", "powershell"]
OF_ZSH = [
    "setopt rc_quotes", "setopt csh_junkie_quotes", "setopt sh_word_split glob_subst", "setopt ksh_arrays",
    "setopt extended_glob null_glob magic_equal_subst", "setopt all_export warn_create_global err_return",
]  # fmt: skip


def records(shell, drawn):
    """Groups of values, one for each variable; values with a newline are alone, since bash and zsh may refuse them."""
    alone = [value for value in drawn if "\n" in value and shell in ("bash", "zsh")]
    others = iter([value for value in drawn if value not in alone])
    groups = iter(lambda: list(itertools.islice(others, len(NAMES))), [])
    return [*groups, *([value] for value in alone)]


def check(loop, drawn):
    """Each value arrives unchanged, or the whole reply is refused."""
    groups = records(loop.name, drawn)
    replies = [
        render.reply(loop.name, list(zip(NAMES, group, strict=False)), STATES[number % len(STATES)])
        for number, group in enumerate(groups)
    ]
    told = loop.taken(replies, NAMES)
    assert len(told) == len(groups)
    refused = 0
    for number, (group, (status, *seen, state)) in enumerate(zip(groups, told, strict=True)):
        if status == "0":
            assert seen == group + [UNSET] * (len(NAMES) - len(group)), number
            assert state == STATES[number % len(STATES)]
        else:
            assert (status, seen) == ("1", [UNSET] * len(NAMES)), (number, group, status)
            assert len(group) == 1, "only a value that contains a newline may be refused"
            refused += 1
    assert loop.commands_run() == []
    return refused


@pytest.mark.parametrize("shell", SHELLS)
def test_any_text_arrives_unchanged_and_nothing_runs(tmp_path, chance, examples, is_full, shell):
    check(Loop(shell, tmp_path), values(chance, examples, text=shell == "powershell"))
    if is_full:
        figures.tell("eval", f"{examples:,} values in each of bash, zsh, fish, PowerShell", NOTHING_RUNS)


@pytest.mark.parametrize("options", OF_ZSH)
def test_any_text_arrives_unchanged_with_any_options_of_zsh(tmp_path, chance, options):
    check(Loop("zsh", tmp_path, options), values(chance, len(FIXED) + 200))


@pytest.mark.parametrize(
    "options", ["shopt -s extglob nullglob globstar", "set -o posix", "IFS=xP", "set -f -u", "export LC_ALL=C"]
)
def test_any_text_arrives_unchanged_with_any_options_of_bash(tmp_path, chance, options):
    check(Loop("bash", tmp_path, options), values(chance, len(FIXED) + 200))


@pytest.mark.parametrize(("shell", "runs"), [("bash", ["PWN"]), ("zsh", ["PWN"]), ("fish", [])])
def test_the_check_fails_for_a_value_that_is_not_quoted(tmp_path, shell, runs):
    """bash and zsh evaluate the reply, so only the quoting protects them; fish parses it first."""
    loop = Loop(shell, tmp_path)
    quoted = render.reply(shell, [("AWS_PROFILE", "x")], "")
    spoiled = quoted.replace(b"'x'", b"'x'; touch PWN; true ''", 1)
    ((status, *_),) = loop.taken([spoiled], ["AWS_PROFILE"])
    assert status == ("0" if runs else "1")
    assert loop.commands_run() == runs


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "line",
    [
        b"touch PWN",
        b"AWS_PROFILE=x touch PWN",
        b"a warning `touch PWN`",
        b"export PATH='x'",
        b"\\builtin export PATH='x'",
        b'\\builtin export AWS_X="$(touch PWN)"',
        b"\\builtin unset AWS_X;touch PWN",
        b"set PATH eA==",
        b"set AWS_X $(ni PWN)",
        b"unset AWS_X; touch PWN",
        b"set -gx PATH 'x'",
        b"set -gx AWS_X (touch PWN)",
        b"set -eg AWS_X; touch PWN",
    ],
)
def test_a_line_that_is_not_a_change_refuses_the_whole_reply(tmp_path, shell, line):
    """For example a warning on standard output, or the output of another program."""
    loop = Loop(shell, tmp_path)
    good = render.reply(shell, [("AWS_PROFILE", "x")], "hold;;p;")
    for reply in (line + b"\n" + good, good + line + b"\n", good + line):
        ((status, profile, state),) = loop.taken([reply], ["AWS_PROFILE"])
        assert (status, profile, state) == ("1", UNSET, "")
    assert loop.commands_run() == []
