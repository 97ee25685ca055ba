"""The words of a command line, read without Typer, compared with Typer's own table."""

import pytest
import typer.main

from assume import arguments
from assume.arguments import (
    LIST,
    OF_CONSOLE,
    OF_EXEC,
    OF_EXPLAIN,
    OF_EXPORT,
    OF_SHELLS,
    OPTIONS,
    SECONDS,
    TEXT,
    is_of,
    read,
    seconds,
)
from assume.cli.app import app
from assume.cli.usage import HELP
from assume.fast.complete import OPTIONS as COMPLETED

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("verb", ["use", "exec", "export", "explain", "console"])
def test_the_table_is_typers_table(verb):
    known = {
        word: (parameter.is_flag, parameter.multiple)
        for parameter in COMMANDS[verb].params
        for word in parameter.opts
        if word.startswith("--") and word != "--help"
    }
    taken = [word for word in OPTIONS if word not in OF_SHELLS and is_of(word, verb)]
    mine = {word: (isinstance(OPTIONS[word][1], bool), OPTIONS[word][1] is LIST) for word in taken}
    assert known == mine


def test_every_option_has_its_help_and_is_completed():
    assert set(HELP) == set(OPTIONS) - set(OF_SHELLS)
    ours = [COMPLETED[verb] for verb in ("export", "explain", "console", "exec")]
    assert set().union(*ours) - {"--help"} == set(HELP)
    of_one = (OF_EXPORT, OF_EXPLAIN, OF_CONSOLE, OF_EXEC)
    assert all(set(mine) - set(own) == set(COMPLETED["use"]) for mine, own in zip(ours, of_one, strict=True))


def test_every_option_has_its_place_in_options():
    options = arguments.Options()
    assert {attribute for attribute, _ in OPTIONS.values()} <= set(options.__slots__)
    assert {kind for _, kind in OPTIONS.values()} == {TEXT, LIST, SECONDS, True, False}


def test_what_each_option_sets():
    words = (
        "p --mfa-code 123456 --region eu-west-1 --duration 2h --session-name me --external-id 42 --role-arn arn "
        "--policy f --policy-arn a --policy-arn=b --min-left 45m --export keys --refresh --no-cache --yes --debug"
    )
    options = read(words.split())
    assert options is not None
    assert (options.profile, options.mfa_code, options.region, options.duration_s) == ("p", "123456", "eu-west-1", 7200)
    assert (options.session_name, options.external_id, options.role_arn, options.policy) == ("me", "42", "arn", "f")
    assert (options.policy_arns, options.min_left_s, options.export) == (("a", "b"), 2700, "keys")
    assert (options.refresh, options.no_cache, options.yes, options.debug) == (True, True, True, True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [("p", None), ("p --read-only", True), ("p --no-read-only", False), ("--read-only p --no-read-only", False)],
)
def test_read_only_has_three_states(words, expected):
    options = read(words.split())
    assert options is not None
    assert options.read_only is expected


@pytest.mark.parametrize(
    "words",
    ["--help", "p --help", "p -h", "p --nosuch", "p --region", "p --duration soon", "p --duration 0", "p --refresh=1",
        "p q",
     "p -- q", "p --format json", "p --force", "-p", "--duration=1.5h p", "p --duration -1"],
)  # fmt: skip
def test_bad_usage_and_help_are_left_to_typer(words):
    assert read(words.split()) is None


@pytest.mark.parametrize("name", ["-", "None", "a b", "--x", "", "été", "../../x", "*", "use"])
def test_any_name_can_be_a_profile_after_two_dashes(name):
    options = read(["--", name] if name.startswith("--") else [name])
    assert options is not None
    assert options.profile == name


EXEC = [
    ("p cmd", "p", ["cmd"]), ("p -- cmd -a", "p", ["cmd", "-a"]), ("-- p cmd", "p", ["cmd"]), ("-- p -- cmd", "p",
        ["cmd"]),
    ("p cmd -- x", "p", ["cmd", "--", "x"]), ("p cmd --region x", "p", ["cmd", "--region", "x"]),
    ("--region x p cmd", "p", ["cmd"]), ("p --region x cmd y", "p", ["cmd", "y"]), ("p -- --help", "p", ["--help"]),
    ("--credential-source EcsContainer -- cmd p", "", ["cmd", "p"]), ("--credential-source EcsContainer cmd", "",
        ["cmd"]),
    ("p", "p", []), ("- cmd", "-", ["cmd"]),
]  # fmt: skip


@pytest.mark.parametrize(("words", "profile", "command"), EXEC)
def test_where_the_command_of_exec_begins(words, profile, command):
    options = read(words.split(), "exec")
    assert options is not None
    assert (options.profile, options.command) == (profile, command)


@pytest.mark.parametrize(
    ("text", "value"),
    [("3600", 3600), ("45m", 2700), ("1h", 3600), ("30s", 30), ("", None), ("h", None), ("1d", None), ("-5", None),
     ("1.5h", None), ("٣", None), ("9" * 20, None), (" 5", None)],
)  # fmt: skip
def test_times(text, value):
    assert seconds(text) == value


def test_explain_takes_its_own_options():
    options = read("p --check --json".split(), "explain")
    assert options is not None
    assert (options.check, options.json) == (True, True)
    assert read("p --check".split(), "export") is read("p --force".split(), "explain") is None


def test_export_takes_its_own_options():
    options = read("p --format json --force".split(), "export")
    assert options is not None
    assert (options.format, options.force) == ("json", True)
