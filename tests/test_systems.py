"""Where a module of POSIX is missing, the tests that need it are skipped, with its name."""

import os
import subprocess
import sys
from pathlib import Path

from .systems import LEFT_OUT

ROOT = Path(__file__).parent.parent
CONFTEST = """\
import sys

import pytest

from tests.systems import *


class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name in ("fcntl", "termios", "no_such_module_of_ours"):
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)


sys.meta_path.insert(0, Hidden())
sys.modules.pop("fcntl", None)
sys.modules.pop("termios", None)


@pytest.fixture
def terminal():
    import termios
"""
TESTS = {
    "test_at_the_top.py": "import fcntl\n\ndef test_one(): pass\n",
    "test_inside.py": "def test_one():\n    import fcntl\n\ndef test_two(terminal): pass\n\ndef test_three(): pass\n",
    "test_broken.py": "import no_such_module_of_ours\n",
}


def run(folder, *files):
    (folder / "conftest.py").write_text(CONFTEST)
    for file in files:
        (folder / file).write_text(TESTS[file])
    words = [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:timeout", "."]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        words,
        cwd=folder,
        env={**environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_a_module_a_test_and_a_fixture_are_skipped_with_the_name_of_what_is_missing(tmp_path):
    done = run(tmp_path, "test_at_the_top.py", "test_inside.py")
    assert "1 passed, 3 skipped" in done.stdout, done.stdout
    assert done.stdout.count("needs the module fcntl, which Python does not have on") == 2
    assert done.stdout.count("needs the module termios, which Python does not have on") == 1
    assert "test_at_the_top.py" in done.stdout


def test_any_other_missing_module_is_still_an_error(tmp_path):
    done = run(tmp_path, "test_broken.py")
    assert done.returncode != 0
    assert "1 error" in done.stdout, done.stdout


def test_the_tests_that_windows_leaves_out_exist():
    assert [name for name in LEFT_OUT if not (ROOT / "tests" / name).exists()] == []
