"""`assume --help`: every verb in its group, on one screen; and the example at the end of each verb's own help."""

import subprocess
import sys
from pathlib import Path

import pytest

from assume import verbs
from assume.cli import overview

from .. import screen

BIN = Path(sys.executable).parent
RUNS = [name for name in verbs.SHOWN if name not in ("use", "off", "demo")]  # `off` and `use` need a shell's function
INDENT = overview.GROUP + max(len(name) for name in verbs.SHOWN) + 2


def environment(program):
    return {
        **program.home.environment,
        "PATH": f"{BIN}:/usr/bin:/bin",
        "TERM": "xterm",
        "ASSUME_BROWSER": "true",  # the command that opens the console
    }


def test_it_fits_a_screen_of_24_lines_and_80_columns(program):
    lines = overview.lines(80)
    assert len(lines) <= overview.SCREEN
    assert all(len(line) <= 80 for line in lines)
    seen = screen.run([str(BIN / "assume"), "--help"], environment(program))
    assert seen.lines == lines
    assert seen.status == 0


def test_the_two_lines_that_are_typed_most_come_first():
    found = [line for line in overview.lines(80)[1:] if line]
    assert [line[:8].strip() for line in found[:2]] == ["Switch", ""]
    assert [line[8:].split()[0] for line in found[:2]] == ["PROFILE", "off"]


def test_every_verb_is_under_its_group():
    group, found = "", {}
    for line in overview.lines(80)[1:-1]:
        if line:
            group = line[:8].strip() or group
            found[line[8:].split()[0]] = group
    assert found == {overview._word(name): verbs.VERBS[name].group for name in verbs.SHOWN}


@pytest.mark.parametrize("name", verbs.SHOWN)
def test_a_sentence_fits_its_line_at_80_columns(name):
    assert len(overview.headline(verbs.VERBS[name].summary, 80 - INDENT)) <= 80 - INDENT
    assert "..." not in verbs.VERBS[name].summary


@pytest.mark.parametrize("width", [1, 30, 40, 61, 80, 200])
def test_at_any_width_sentences_go_on_below_and_none_is_cut(width):
    lines = overview.lines(width)
    assert max(map(len, lines)) <= max(min(width, overview.WIDEST), overview.NARROWEST)
    text = " ".join(" ".join(lines).split())
    assert overview.USAGE in text
    assert overview.ALSO in text
    for name in verbs.SHOWN:
        assert verbs.VERBS[name].summary.partition(":")[0].rstrip(".") in text


def test_blank_lines_are_left_out_where_many_verbs_need_the_room(monkeypatch):
    many = {f"verb{number}": verbs.Verb("", "Do it.", group=verbs.ACT) for number in range(10)}
    monkeypatch.setattr(verbs, "VERBS", {**verbs.VERBS, **many})
    monkeypatch.setattr(verbs, "SHOWN", (*verbs.SHOWN, *many))
    assert "" not in overview.lines(80)


@pytest.mark.parametrize("name", verbs.SHOWN)
def test_the_help_of_a_verb_ends_with_its_example(program, name):
    out = program(name, "--help").out
    assert out.rstrip().endswith(f"Example:\n    {verbs.VERBS[name].example}")
    assert not [line for line in out.splitlines() if line.endswith("...") and not line.startswith("Usage:")]


@pytest.mark.once
@pytest.mark.parametrize("name", RUNS)
def test_an_example_works_as_it_is_printed(program, name, tmp_path):
    line = verbs.VERBS[name].example
    done = subprocess.run(
        ["/bin/bash", "-c", line], cwd=tmp_path, env=environment(program), capture_output=True, text=True, timeout=60
    )
    # this shell has no role; a doctor finds that nothing is installed here
    assert done.returncode == (1 if name in ("status", "doctor") else 0), done.stderr
    assert "Traceback" not in done.stderr


def test_the_examples_that_need_the_function_are_read(program):
    done = program("use", "--shell", "bash", "--state", "", *verbs.VERBS["use"].example.split()[2:])
    assert done.status == 0, done.err
    assert program("off", "--shell", "bash", "--state", "").status == 0
