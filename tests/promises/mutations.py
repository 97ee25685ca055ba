#!/usr/bin/env python3
"""The mutation check: puts twelve known faults into a copy of the code, one at a time. Each must make a test fail.

    python tests/promises/mutations.py --list          lists the faults and the tests that see them
    python tests/promises/mutations.py                 checks all of them
    python tests/promises/mutations.py "no lock"       checks one, or several

A fault counts as seen if one of its tests fails by an assertion. Other exceptions,
errors while collecting, and tests that did not run do not count. The tests are in
other folders: they were not written for this check.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = (".git", ".venv*", ".*cache", ".hypothesis", "__pycache__", "dist", "promises", "img")


@dataclass(frozen=True)
class Mutation:
    """One fault: texts in one file or several, each of which occurs once and is replaced by another."""

    name: str
    changes: tuple[tuple[str, str, str], ...]  # file, text, replacement
    tests: tuple[str, ...]  # arguments for pytest
    environment: dict[str, str] = field(default_factory=dict)


SEEN = "    seen = {path: record.signature(path, now) for path in aws_files}\n"
BASH, TAB = "shell/assume.bash", "completions/assume.bash"
MUTATIONS = (
    Mutation(
        "unquoted export",
        (
            (
                "assume/shells/render.py",
                "\\\\builtin export {name}={quote(shell, value)}",
                "\\\\builtin export {name}={value}",
            ),
        ),
        ("tests/shells/test_posix.py::test_a_text_reaches_the_environment_and_the_prompt_unchanged[bash]",),
    ),
    Mutation(
        "write in place",
        (
            ("assume/files.py", "    temporary = _temporary(path)\n", "    temporary = path\n"),
            (
                "assume/files.py",
                "system.open(temporary, system.O_WRONLY | system.O_CREAT | system.O_EXCL |",
                "system.open(temporary, system.O_WRONLY | system.O_CREAT | system.O_TRUNC |",
            ),
        ),
        ("tests/store/test_write.py", "-k", "every_instant"),
    ),
    Mutation(
        "no lock",
        (("assume/store/system_lock.py", "fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)", "pass"),),
        ("tests/store/test_lock.py", "-k", "one_holder"),
    ),
    Mutation(
        "a key without the role",
        (("assume/profiles/chain.py", '            ("role_arn", self.role_arn),\n', ""),),
        ("tests/profiles/test_plan.py", "-k", "every_setting_that_matters"),
    ),
    Mutation(
        "eval on failure",
        (
            (
                BASH,
                ") || \\builtin return\n    __assume_trap=",
                ")\n    __assume_trap=",
            ),
        ),
        ("tests/shells/test_table.py::test_row[bash-2-a reply of a program that fails is not evaluated]",),
    ),
    Mutation(
        "names run on TAB",
        ((TAB, '*) [[ -z $__assume_text ]] || \\builtin printf -v __assume_text %q "$__assume_text" ;;', "*) ;;"),),
        ("tests/shells/test_table.py", "-k", "bash-67"),
    ),
    Mutation(
        "arithmetic on an unchecked variable",
        ((BASH, "'' | 0* | *[!0123456789]* | ????????????????*) __assume_number=0 ;;", "'') __assume_number=0 ;;"),),
        ("tests/shells/test_table.py", "-k", "bash-84"),
    ),
    Mutation(
        "a followed symlink",
        (("assume/paths.py", '"O_NOFOLLOW", ', ""),),
        ("tests/store/test_record.py", "-k", "not_ours_alone"),
    ),
    Mutation(
        "local time",
        (("assume/credentials.py", "from time import gmtime", "from time import localtime as gmtime"),),
        ("tests/shells/test_environment.py", "-k", "an_instant"),
        {"TZ": "Asia/Kolkata"},
    ),
    Mutation(
        "prompt on stdout",
        (("assume/terminal/ask.py", "write(handle, shown(question).encode())", "write(1, shown(question).encode())"),),
        ("tests/terminal/test_ask.py", "-k", "standard_output"),
    ),
    Mutation(
        "resolving in the shell's environment instead of the baseline",
        (("assume/cold/resolve.py", "base, told = environment.baseline(have)", "base, told = dict(have), True"),),
        ("tests/cli/test_use.py", "-k", "a_switch_sets_the_role or history"),
    ),
    Mutation(
        "stat after read",
        (
            (
                "assume/fast/middle.py",
                f"{SEEN.rstrip()}  # before they are read\n",
                "",
            ),
            (
                "assume/fast/middle.py",
                "    return Planned(base, seen, config, chain)\n",
                f"{SEEN}    return Planned(base, seen, config, chain)\n",
            ),
        ),
        ("tests/fast/test_middle.py", "-k", "middle"),
    ),
)


def copied(folder: Path) -> Path:
    """A copy of the project without large folders, and without the tests of this folder."""
    tree = folder / "project"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
    return tree


def apply(mutation: Mutation, tree: Path) -> None:
    """Puts the fault in. Raises if the code has changed; then the fault must be rewritten."""
    for name, text, instead in mutation.changes:
        file = tree / name
        content = file.read_text(encoding="utf-8")
        if content.count(text) != 1:
            raise SystemExit(f"{mutation.name}: {name} holds {content.count(text)} times {text!r}")
        file.write_text(content.replace(text, instead), encoding="utf-8")


def outcome(mutation: Mutation, tree: Path) -> tuple[list[str], str]:
    """The tests that failed by an assertion, and the reason if there are none."""
    report = tree / "report.xml"
    environment = {**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1", **mutation.environment}
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={report}"]
    done = subprocess.run([*words, *mutation.tests], cwd=tree, env=environment, capture_output=True, text=True)
    if not report.exists():
        return [], f"no report; pytest ended with {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"
    failed, others, ran = [], [], 0
    for case in ET.parse(report).iter("testcase"):
        for result in case:
            text = f"{result.get('message', '')}"
            if result.tag == "failure" and text.lstrip().startswith(("AssertionError", "assert")) or "TimedOut" in text:
                failed.append(f"{case.get('classname')}::{case.get('name')}")
            elif result.tag in ("failure", "error", "skipped"):
                others.append(f"{result.tag}: {text[:200]}")
        ran += 1
    return failed, "; ".join(others) or (f"all {ran} passed" if ran else "no test was run: was it renamed?")


def check(mutation: Mutation) -> tuple[list[str], str]:
    """Checks one fault in a copy: the tests that see it, and the reason if none does."""
    with tempfile.TemporaryDirectory(prefix="assume-mutation-") as folder:
        tree = copied(Path(folder))
        apply(mutation, tree)
        return outcome(mutation, tree)


def main() -> int:
    parser = argparse.ArgumentParser(description="Twelve known faults, each of which must make a test fail.")
    parser.add_argument("names", nargs="*", help="faults to check; by default all")
    parser.add_argument("--list", action="store_true", help="list the faults and their tests, without running them")
    asked = parser.parse_args()
    chosen = [mutation for mutation in MUTATIONS if not asked.names or mutation.name in asked.names]
    if asked.list:
        for mutation in chosen:
            files = ", ".join(dict.fromkeys(change[0] for change in mutation.changes))
            print(f"{mutation.name}\n    in {files}\n    seen by {' '.join(mutation.tests)}")
        return 0
    missed = 0
    with ThreadPoolExecutor(2) as pool:
        for mutation, (failed, why) in zip(chosen, pool.map(check, chosen), strict=True):
            missed += not failed
            print(f"{'seen  ' if failed else 'MISSED'}  {mutation.name}: {', '.join(failed) or why}")
    return 1 if missed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
