"""Variables for another Python do not break the program, and the child of `exec` gets them all."""

import subprocess
import sys
from pathlib import Path

import pytest

from assume.fast import python
from assume.shells import init

SCRIPT = Path(sys.executable).with_name("assume")


@pytest.fixture
def another(tmp_path):
    """A folder with modules of another program that have the names of some that we import."""
    folder = tmp_path / "another"
    folder.mkdir()
    for name in ("botocore", "typer", "typing", "json", "tempfile", "filelock"):
        (folder / f"{name}.py").write_text(f"raise RuntimeError('the wrong {name}')\n")
    return folder


def run(aws_home, *words, by_function, **variables):
    """`assume WORDS`, as a shell function calls it, or by the console script."""
    start = [sys.executable, "-I", "-S", init.MAIN, SCRIPT] if by_function else [SCRIPT]
    environment = {**aws_home.environment, **variables}
    return subprocess.run([*start, *words], env=environment, capture_output=True, text=True, timeout=60)


VARIABLES = [
    {"PYTHONPATH": "another"},
    {"PYTHONINSPECT": "1", "PYTHONVERBOSE": "1"},
    {"PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "PYTHONIOENCODING": "ascii"},
]
FATAL = [{"PYTHONHOME": "/opt/x"}, {"PYTHONHOME": "/opt/x", "PYTHONPATH": "another"}, {"PYTHONHASHSEED": "soon"}]
CALLS = [
    (["status"], 1, "assume: this shell has no role"),
    (["list"], 0, "marketingadmin"),
    (["exec", "marketingadmin", "--", "/bin/sh", "-c", "echo $ASSUME_PROFILE"], 0, "marketingadmin"),
    (["export", "marketingadmin", "--format", "json"], 0, "AWS_ACCESS_KEY_ID"),
]


def with_folder(variables, another):
    return {name: value.replace("another", str(another)) for name, value in variables.items()}


@pytest.mark.parametrize("variables", [*VARIABLES, *FATAL], ids=lambda it: "+".join(it.keys()))
@pytest.mark.parametrize(("words", "status", "told"), CALLS, ids=[call[0][0] for call in CALLS])
def test_the_shell_function_works(aws_home, another, variables, words, status, told):
    done = run(aws_home, *words, by_function=True, **with_folder(variables, another))
    assert (done.returncode, done.stderr) == (status, "")
    assert told in done.stdout


@pytest.mark.parametrize("variables", VARIABLES, ids=lambda it: "+".join(it.keys()))
@pytest.mark.parametrize(("words", "status", "told"), CALLS, ids=[call[0][0] for call in CALLS])
def test_the_console_script_works(aws_home, another, variables, words, status, told):
    done = run(aws_home, *words, by_function=False, **with_folder(variables, another))
    assert (done.returncode, told in done.stdout) == (status, True), done.stderr
    assert done.stderr == "" or "PYTHONVERBOSE" in variables, "the first of the two interpreters is verbose"


def test_a_module_of_our_name_does_not_break_the_shell_function(aws_home, another):
    (another / "assume.py").write_text("raise RuntimeError('the wrong assume')\n")
    done = run(aws_home, "status", by_function=True, PYTHONPATH=str(another))
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("by_function", [True, False])
def test_the_command_of_exec_gets_the_variables(aws_home, by_function):
    code = "echo $PYTHONWARNINGS $PYTHONPATH $PYTHONHOME"
    variables = {"PYTHONWARNINGS": "error", "PYTHONPATH": "/opt/x"} | ({"PYTHONHOME": "/opt/y"} if by_function else {})
    done = run(aws_home, "exec", "marketingadmin", "--", "/bin/sh", "-c", code, by_function=by_function, **variables)
    assert done.stdout.split() == list(variables.values())


@pytest.mark.parametrize(
    ("variables", "content"),
    [({}, b"#!PYTHON\n"), ({b"PYTHONDONTWRITEBYTECODE": b"1", b"PYTHONUNBUFFERED": b"1"}, b"#!PYTHON\n"),
     ({b"PYTHONHOME": b"/x"}, b"#!/bin/sh\nexec something else\n"), ({b"PYTHONHOME": b"/x"}, b"#!/usr/bin/python0\n"),
     ({b"PYTHONPATH": b"/x:FOLDER"}, b"#!PYTHON\n")],
)  # fmt: skip
def test_the_script_is_started_as_it_is_where_that_is_safe_or_it_is_not_ours(tmp_path, variables, content):
    script = tmp_path / "assume"
    script.write_bytes(content.replace(b"PYTHON", sys.executable.encode()))
    folder = str(Path(init.MAIN).parents[1]).encode()
    have = {name: value.replace(b"FOLDER", folder) for name, value in variables.items()}
    assert python.words(str(script), have) == [str(script)]
    assert python.words(str(tmp_path / "none"), {b"PYTHONHOME": b"/x"}) == [str(tmp_path / "none")]
