"""Wrong command lines: the message names the verb, the option or the line that was meant, and nothing is called."""

import subprocess
import sys
from pathlib import Path

import pytest

from assume import arguments, verbs
from assume.cli import typos
from assume.terminal import pick, show

from ..program import actions

ARN = "arn:aws:iam::222222222222:role/Developer"
WRONG = [
    # typed, status, the message, the first line of the cure
    ("statu", 1, "statu: no such profile", "did you mean the command: assume status?"),
    ("stauts", 1, "stauts: no such profile", "did you mean the command: assume status?"),
    ("lst", 1, "lst: no such profile", "did you mean the command: assume list?"),
    ("of", 1, "of: no such profile", "did you mean the command: assume off?"),
    ("unset", 1, "unset: no such profile", "did you mean the command: assume off?"),
    ("refresh", 1, "refresh: no such profile", "did you mean the command: assume PROFILE --refresh?"),
    ("configure", 1, "configure: no such profile", "did you mean the command: aws configure?"),
    ("help", 1, "help: no such profile", "did you mean the command: assume --help?"),
    ("version", 1, "version: no such profile", "did you mean the command: assume --version?"),
    ("exce hub -- ls -l", 2, "exce: no such command", "did you mean: assume exec hub -- ls -l?"),
    ("exportt hub --format json", 2, "exportt: no such command", "did you mean: assume export hub --format json?"),
    ("exportt hub", 2, "exportt: no such command", "did you mean: assume export hub?"),
    ("sso hub", 2, "sso: no such command", "did you mean: assume login?"),
    ("desert hub", 2, "desert hub: more than one profile, or a command that does not exist", "one profile"),
    ("hub workload", 2, "hub workload: more than one profile", "one profile: assume hub"),
    ("hub -r eu-west-1", 2, "No such option: -r", "did you mean: --region REGION?"),
    ("-c hub", 2, "No such option: -c", "did you mean: assume console PROFILE?"),
    ("-p hub", 2, "No such option: -p", "did you mean: assume PROFILE?"),
    ("--profile hub", 2, "No such option: --profile", "did you mean: assume PROFILE?"),
    ("--profile=hub", 2, "No such option: --profile", "did you mean: assume PROFILE?"),
    ("-l", 2, "No such option: -l", "did you mean: assume list?"),
    ("-s", 2, "No such option: -s", "did you mean: assume status?"),
    ("-k", 2, "No such option: -k", "did you mean: assume off?"),
    ("--exec hub ls", 2, "No such option: --exec", "did you mean: assume exec PROFILE -- COMMAND?"),
    ("hub --regoin x", 2, "No such option: --regoin", "did you mean: --region?"),
    ("hub --zzzzz", 2, "No such option: --zzzzz", "`assume use --help` shows what there is"),
    ("hub --format json", 2, "No such option: --format", "`assume use --help`"),
    ("hub --region", 2, "Option '--region' requires an argument", "`assume use --help` shows what there is"),
    (ARN, 1, f"{ARN}: no such profile", f"for a role without a profile: assume PROFILE --role-arn {ARN}"),
    (f"exec {ARN} -- ls", 1, "no such profile", f"assume exec PROFILE --role-arn {ARN}"),
    ("exec statu -- ls", 1, "statu: no such profile", "`assume list` shows them"),
    ("exec --regoin x hub ls", 2, "No such option: --regoin", "did you mean: --region?"),
    ("export hub workload --format json", 2, "more than one profile", "the line is: assume export PROFILE --format"),
    ("uninstall --shell zsh", 2, "No such option: --shell", "the line is: assume uninstall SHELL"),
    ("list --jsn", 2, "No such option: --jsn", "did you mean: --json?"),
    ("status --chekc", 2, "No such option: --chekc", "did you mean: --check?"),
    ("hub --hepl", 2, "No such option: --hepl", "did you mean: --help?"),
    ("statsu --quiet", 2, "statsu: no such command", "did you mean: assume status --quiet?"),
    ("claer --all", 2, "claer: no such command", "did you mean: assume clear --all?"),
    ("list --foo", 2, "No such option: --foo", "`assume list --help` shows what there is"),
    ("status now", 2, "now: more than `status` takes", "the line is: assume status"),
    ("init", 2, "Missing argument 'SHELL'", "the line is: assume init SHELL"),
]


@pytest.mark.parametrize(("typed", "status", "what", "cure"), WRONG, ids=[row[0] for row in WRONG])
def test_the_message_names_what_was_meant(program, sts, typed, status, what, cure):
    done = program(*typed.split())
    assert (done.status, done.out) == (status, "")
    lines = done.err.splitlines()
    assert what in lines[0]
    assert cure in lines[1]
    assert actions(sts) == []


@pytest.mark.parametrize("typed", ["statu", "exce hub -- ls", "hub -r eu-west-1", ARN])
def test_the_message_is_the_same_through_the_shell_function(program, typed):
    plain = program(*typed.split())
    by_function = program("use", "--shell", "bash", "--state", "", *typed.split())
    assert (by_function.status, by_function.err) == (plain.status, plain.err)


def test_a_real_name_that_is_near_is_still_shown(program):
    lines = program("use", "--shell", "bash", "--state", "", "marketingadmn").err.splitlines()
    assert "did you mean: marketingadmin" in lines[1]


def test_a_name_that_is_empty_is_an_unset_variable(program):
    done = program("")
    assert (done.status, done.err) == (2, "assume: the name of the profile is empty\n  a variable that is not set?\n")
    assert program("exec", "", "ls").status == 2
    assert program("use", "--shell", "bash", "--state", "", "").status == 2


def test_every_line_of_the_tables_is_a_line_that_we_understand():
    for line in [*typos.OPTIONS.values(), *typos.COMMANDS.values()]:
        words = line.rpartition(": ")[2].split()
        if words[0] == "assume" and words[1] in verbs.VERBS:
            assert words[1] in verbs.SHOWN
        elif words[0].startswith("--"):
            assert words[0] in arguments.OPTIONS


def test_the_picker_for_a_role_without_a_profile_says_what_it_picks(program, monkeypatch):
    headings = []

    def picked(*_, heading, **__):
        headings.append(heading)
        return "user1"

    monkeypatch.setattr(show, "is_terminal", lambda _: True)
    monkeypatch.setattr(pick, "pick", picked)
    program("use", "--shell", "bash", "--state", "", "--role-arn", "arn:aws:iam::123456789012:role/hub")
    program("use", "--shell", "bash", "--state", "")
    assert headings == ["source profile for role hub: ", "profile: "]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("words", [["--help"], ["use", "--help"], ["--version"], ["list", "--json"], ["init", "bash"]])
def test_output_that_cannot_be_written_is_reported(program, words):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "assume", *words], stdout=full, stderr=subprocess.PIPE, text=True,
            env={**program.home.environment, "PATH": ""},
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "assume: the output cannot be written: No space left on device\n")
