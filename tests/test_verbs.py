"""One table of verbs and one of option values: what is made from them, and what is compared with them."""

import re
from pathlib import Path

import pytest
import typer.main

from assume import arguments, verbs
from assume.cli import start
from assume.cli.app import app
from assume.fast import complete
from assume.profiles.chain import WEB_IDENTITY
from assume.profiles.source import CREDENTIAL_SOURCES
from assume.shells import init, table

ROOT = Path(__file__).parents[1]
TYPERS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def test_help_shows_the_verbs_of_the_table_in_its_order_with_its_summaries():
    assert [(name, command.help) for name, command in TYPERS.items()] == [
        (name, verbs.VERBS[name].summary) for name in verbs.SHOWN
    ]


@pytest.mark.parametrize("name", verbs.SHOWN)
def test_a_summary_is_one_sentence_that_begins_with_what_the_verb_does(name):
    assert re.fullmatch(r"[A-Z][^.]+\.", verbs.VERBS[name].summary)


@pytest.mark.parametrize("name", verbs.SHOWN)
def test_a_verb_has_its_group_and_an_example(name):
    assert verbs.VERBS[name].group in verbs.GROUPS
    assert verbs.VERBS[name].example.split()[:2] == ["assume", name]


@pytest.mark.parametrize("name", verbs.SHOWN)
def test_the_options_of_a_verb_are_completed(name):
    options = [option for option in TYPERS[name].params if not option.hidden]
    known = {word for option in options for word in option.opts + option.secondary_opts if word.startswith("--")}
    known -= {"--prompt" if name == "install" else ""}  # what `install` does anyway
    assert set(complete.OPTIONS[name]) - {"--help"} == known


@pytest.mark.parametrize("name", table.SHELLS)
def test_a_shell_file_has_the_commands_before_init_fills_them_in(name):
    block = (ROOT / "shell" / table.SHELLS[name].file).read_text(encoding="utf-8").partition(init.END)[0]
    commands = re.search(r"__assume_commands(?: = |=| )'([^']+)'", block)
    assert commands is not None
    assert commands[1].split() == list(verbs.COMMANDS)
    assert f"'{commands[1]}'" in init.init_text(name)


def test_the_commands_of_the_readme_are_those_of_the_table_in_its_order():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = readme.partition("## Commands\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `assume ([a-z]+)", commands, re.MULTILINE)
    assert rows == [name for name in verbs.SHOWN if name != "use"]
    assert "`assume use PROFILE`" in commands


def test_every_verb_reaches_its_file(monkeypatch):
    """A verb of the table is never taken for a profile."""
    reached = []

    def run(verb, _):
        reached.append(verb)
        return 0

    monkeypatch.setattr(start, "run", run)
    for name in verbs.QUICK:
        assert start.start([name, "p"]) == 0
    assert reached == list(verbs.QUICK)
    assert start.start(["p"]) == 0
    assert reached[-1] == "use"


def test_the_values_of_an_option_are_the_ones_that_the_rest_of_the_program_knows():
    assert set(arguments.SOURCES) == {*CREDENTIAL_SOURCES, WEB_IDENTITY}
    assert set(arguments.CHOICES) <= set(arguments.OPTIONS)
    assert set(table.SHELLS) <= set(arguments.FORMATS)


@pytest.mark.parametrize("option", arguments.CHOICES)
def test_help_names_the_values_of_an_option(option):
    (help_text,) = {word.help for word in TYPERS["export"].params if option in word.opts}
    assert all(value in help_text for value in arguments.CHOICES[option])
