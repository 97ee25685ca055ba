"""Hooks that skip tests which cannot run on this system, each with a reason. conftest.py imports them.

A test module, a fixture or a test that imports a POSIX module (fcntl, termios, …) is skipped if Python does not have
that module. On Windows the folders in FOLDERS are left out, and the first lines of the run name them. `-rs` lists
everything else that was skipped.
"""

import re
import sys
from pathlib import Path

import pytest

POSIX = ("fcntl", "grp", "posix", "pwd", "resource", "termios")
MISSING = re.compile(rf"ModuleNotFoundError: No module named '({'|'.join(POSIX)})'")
FOLDERS = {
    "promises": "needs flock, pseudo-terminals and signals of POSIX",
}
HERE = Path(__file__).parent


def reason(module: str) -> str:
    """The reason for skipping a test that needs `module`."""
    return f"needs the module {module}, which Python does not have on {sys.platform}"


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    report = yield
    if report.failed and (missing := MISSING.search(str(report.longrepr))):
        report.outcome = "skipped"
        report.longrepr = (str(collector.path), 0, f"Skipped: {reason(missing[1])}")
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    return (yield from _skipping())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    return (yield from _skipping())


def _skipping():
    try:
        return (yield)
    except ModuleNotFoundError as error:
        if error.name in POSIX:
            pytest.skip(reason(error.name))
        raise


def pytest_ignore_collect(collection_path):
    left_out = sys.platform == "win32" and collection_path.parent == HERE and collection_path.name in FOLDERS
    return True if left_out else None


def pytest_report_header():
    if sys.platform == "win32":
        return [f"not on Windows: tests/{name}, which {why}" for name, why in FOLDERS.items()]
    return []
