"""Hooks that skip tests which cannot run on this system, each with a reason. conftest.py imports them.

A test module, a fixture or a test that imports a POSIX module (fcntl, termios, …) is skipped if Python does not have
that module. On Windows what LEFT_OUT names is left out, and the first lines of the run name it. `-rs` lists
everything else that was skipped.
"""

import re
import sys
from pathlib import Path

import pytest

POSIX = ("fcntl", "grp", "posix", "pwd", "resource", "termios")
MISSING = re.compile(rf"ModuleNotFoundError: No module named '({'|'.join(POSIX)})'")
NOT_PORTED = "not ported to Windows yet"
LEFT_OUT = {  # on Windows: a folder or a file of tests, and the reason
    "promises": "needs flock, pseudo-terminals and signals of POSIX",
    "shells": "types into real shells on a pseudo-terminal",
    "windows": "imitates Windows on Linux",
    **dict.fromkeys(
        """
        aws botocore cli cold demo fast login pages services simulator store test_bad_answers.py test_bad_input.py
        test_edits.py
        test_files.py test_install.py test_paths.py profiles/test_source.py
        """.split(),
        NOT_PORTED,
    ),
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
    """True for what LEFT_OUT names, on Windows."""
    if sys.platform != "win32" or HERE not in collection_path.parents:
        return None
    return True if collection_path.relative_to(HERE).as_posix() in LEFT_OUT else None


def pytest_report_header():
    if sys.platform == "win32":
        return [f"not on Windows: tests/{name}: {why}" for name, why in LEFT_OUT.items()]
    return []
