"""What we change in botocore and in this process: `seams` has all of it in one table."""

import ast
import os
from pathlib import Path

import botocore.utils
import pytest

from assume.aws import seams

PACKAGE = Path(seams.__file__).parents[1]
SEAMS = ("aws/seams.py",)


def test_the_baseline_becomes_the_environment_but_for_the_profile(monkeypatch):
    before = dict(os.environ)
    try:
        seams.enter({"HOME": "/h", "AWS_PROFILE": "p", "AWS_DEFAULT_PROFILE": "p", "AWS_REGION": "r"})
        assert dict(os.environ) == {"HOME": "/h", "AWS_REGION": "r"}
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.mark.parametrize("before", [None, "", "example.com"])
def test_proxies_are_off_inside_the_block_alone(monkeypatch, before):
    monkeypatch.delenv("no_proxy", raising=False)
    if before is not None:
        monkeypatch.setenv("no_proxy", before)
    with seams.no_proxy():
        assert os.environ["no_proxy"] == "*"
    assert os.environ.get("no_proxy") == before


def test_container_credentials_are_not_waited_for_long():
    seams.shorten_timeouts()
    seconds: object = botocore.utils.ContainerMetadataFetcher.TIMEOUT_SECONDS
    assert seconds == (1, 2)


def named_in_the_table():
    """The second column: MODULE.NAME."""
    rows = [line.split(" | ") for line in (seams.__doc__ or "").splitlines() if line.startswith("| ")]
    return [row[1].strip() for row in rows[1:]]


def test_every_name_in_the_table_exists():
    for name in named_in_the_table():
        module, _, rest = name.partition(".")
        text = (PACKAGE / "aws" / f"{module}.py").read_text(encoding="utf-8")
        if rest:
            tree = ast.parse(text)
            assert rest in [node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)], name


def changes(tree):
    """Lines that assign to an attribute or item of botocore or of `os.environ`, or call a method that changes it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Delete):
            targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            targets = [node.func.value] if node.func.attr in ("update", "clear", "pop", "setdefault") else []
        else:
            continue
        for target in targets:
            text = ast.unparse(target) if target is not None else ""
            if text.startswith(("botocore.", "os.environ")):
                yield node.lineno


@pytest.mark.parametrize("room", ["aws", "cold"])
def test_no_other_module_sets_anything_in_botocore_or_in_the_environment(room):
    found = []
    for path in (PACKAGE / room).glob("*.py"):
        name = str(path.relative_to(PACKAGE))
        if name not in SEAMS:
            found += [f"{name}:{line}" for line in changes(ast.parse(path.read_text(encoding="utf-8")))]
    assert found == []


def test_a_change_elsewhere_is_seen():
    code = "import botocore.x\nbotocore.x.Y.Z = 1\nos.environ['a'] = 'b'\nos.environ.pop('a')\nprint(os.environ)\n"
    assert list(changes(ast.parse(code))) == [2, 3, 4]
