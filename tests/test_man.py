"""`man assume`: the page is as man/write.py makes it from the help, roff reads it, and the wheel brings it."""

import importlib.util
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from assume import verbs

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def write():
    spec = importlib.util.spec_from_file_location("man_write", ROOT / "man" / "write.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_as_the_script_writes_it(write):
    assert write.PAGE.read_text(encoding="utf-8") == write.text(), "`make man` writes it"


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_roff_reads_it_without_a_warning_and_it_has_every_verb_and_example(write):
    words = ["groff", "-man", "-ww", "-Kutf8", "-Tascii", "-P-cbou", "-rLL=200n", str(write.PAGE)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    for name in verbs.SHOWN:
        assert verbs.VERBS[name].summary in text
        assert f"Example: {verbs.VERBS[name].example}" in text


def test_text_is_shown_as_it_is_written(write):
    assert write.escaped(".x") == "\\&.x"
    assert write.escaped("'a\\b-c\"") == "\\(aqa\\eb\\-c\\(dq"
    assert write.plain("see [this](x.md), `a\\|b`.") == "see this, a|b"


def test_the_wheel_brings_it_where_man_looks():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    data = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert data["man/assume.1"] == "share/man/man1/assume.1"
