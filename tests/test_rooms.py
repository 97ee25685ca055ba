"""The rooms of the package: imports point down the table, other people's code stays where it is let in.

ROOMS is the table, top to bottom: a room may import what stands below it, never
above it or beside itself. What a bare interpreter loads on a hit is bound
further: LEAN rooms import nothing at first but what such an interpreter has.
"""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "assume"
FILE_LINES = 250
FUNCTION_LINES = 50

ROOMS: dict[str, set[str]] = {
    # room: whose code it may import beside the standard library
    "__main__": set(),
    "cli": {"rich", "shellingham", "typer"},
    "demo": set(),
    "cold": set(),
    "fast": set(),
    "aws": {"botocore"},
    "store": set(),
    "profiles": set(),
    "shells": set(),
    "terminal": {"prompt_toolkit"},
    "simulator": set(),
    "arguments": set(),
    "paths": set(),
    "credentials": set(),
    "errors": set(),
    "__init__": set(),
}
# modules of the fast rooms that a bare interpreter never loads
COLD = """
    store/folder shells/files shells/rcfile shells/export terminal/pick terminal/ask
""".split()
LEAN = "__main__ fast store profiles shells terminal arguments paths credentials errors".split()
LEAN_IMPORTS = {
    "sys",
    "time",
    "posix",
    "nt",
    "binascii",
    "fcntl",
    "msvcrt",
    "marshal",
    "builtins",
    "_signal",
    "_thread",
}


def room_of(path: Path) -> str:
    """The room that a file of the package is in: its own name, or that of its folder."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def is_lean(where: str) -> bool:
    """Whether a bare interpreter may load the module at `where` (`assume/store/lock.py`)."""
    name = where.removeprefix("assume/").removesuffix(".py")
    return name.split("/")[0] in LEAN and name not in COLD


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imported(tree: ast.Module) -> list[tuple[int, str, bool]]:
    """(line, dotted name, whether at import time). `from a import b` counts as a and as a.b.

    Under `if TYPE_CHECKING:` nothing is imported for the interpreter, but the arrow is still drawn.
    """
    found: list[tuple[int, str, bool]] = []

    def visit(node: ast.AST, first: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend((node.lineno, name.name, first) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            found.extend((node.lineno, f"{node.module}.{name.name}", first) for name in node.names)
        elif isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            for statement in node.body:
                visit(statement, first=False)
            for statement in node.orelse:
                visit(statement, first)
        else:
            inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for child in ast.iter_child_nodes(node):
                visit(child, first and not inside)

    visit(tree, first=True)
    return found


def faults_of_imports(room: str, tree: ast.Module, where: str) -> list[str]:
    """What a module of `room` may not import, as lines to read."""
    order = list(ROOMS)
    faults = []
    for line, name, first in imported(tree):
        top, _, rest = name.partition(".")
        if top == "assume":
            target = rest.split(".")[0] or "__init__"
            target = target if target in ROOMS else "__init__"  # `from assume import __version__`
            if target != room and order.index(target) <= order.index(room):
                faults.append(f"{where}:{line}: {room} imports {target}, which stands above it")
            continue
        if top not in sys.stdlib_module_names and top not in ROOMS[room]:
            faults.append(f"{where}:{line}: {room} may not import {top}")
        if first and is_lean(where) and top not in LEAN_IMPORTS:
            faults.append(f"{where}:{line}: {room} is on a fast lane and imports {top} at first")
    return faults


def faults_of_size(tree: ast.Module, lines: int, where: str) -> list[str]:
    faults = [f"{where}: {lines} lines"] if lines > FILE_LINES else []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                faults.append(f"{where}:{node.lineno}: {node.name} has {length} lines")
    return faults


def faults_of_docstrings(tree: ast.Module, where: str) -> list[str]:
    """Modules, and whatever is public in them, say what they are."""
    faults = [] if ast.get_docstring(tree) else [f"{where}: the module has no docstring"]
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                faults.append(f"{where}:{node.lineno}: {node.name} has no docstring")
            if isinstance(node, ast.ClassDef):
                waiting.extend(node.body)
    return faults


def parsed() -> list[tuple[str, str, ast.Module, int]]:
    """(room, path to read, tree, lines) of each module."""
    found = []
    for path in modules():
        text = path.read_text(encoding="utf-8")
        found.append((room_of(path), str(path.relative_to(PACKAGE.parent)), ast.parse(text), text.count("\n")))
    return found


def test_every_module_stands_in_the_table():
    assert {room_of(path) for path in modules()} <= set(ROOMS)


def test_imports_point_down_and_foreign_code_stays_in_its_rooms():
    faults = [fault for room, where, tree, _ in parsed() for fault in faults_of_imports(room, tree, where)]
    assert not faults, "\n" + "\n".join(faults)


def test_what_the_rooms_may_import_is_what_an_installation_brings():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    brought = {re.split(r"[^\w]", requirement)[0] for requirement in project["dependencies"]}
    assert set().union(*ROOMS.values()) == brought


def test_files_and_functions_are_short():
    faults = [fault for _, where, tree, lines in parsed() for fault in faults_of_size(tree, lines, where)]
    assert not faults, "\n" + "\n".join(faults)


def test_what_is_public_says_what_it_is():
    faults = [fault for _, where, tree, _ in parsed() for fault in faults_of_docstrings(tree, where)]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("room", "code", "fault"),
    [
        ("errors", "from assume import arguments", "arguments, which stands above"),
        ("errors", "def f():\n    from assume.cli.use import use", "cli, which stands above"),
        ("errors", "if TYPE_CHECKING:\n    from assume.cli import use", "cli, which stands above"),
        ("demo", "import filelock", "may not import filelock"),
        ("cli", "import boto3", "may not import boto3"),
        ("paths", "import os", "imports os at first"),
        ("paths", "try:\n    import json\nexcept ImportError:\n    pass", "imports json at first"),
        ("paths", "if TYPE_CHECKING:\n    import os\nelse:\n    import re", "imports re at first"),
        ("paths", "if TYPE_CHECKING:\n    import os\ndef f():\n    import json", None),
        ("cli", "import typer\nfrom assume import __version__, errors", None),
    ],
)
def test_the_walk_sees_what_it_is_there_for(room, code, fault):
    faults = faults_of_imports(room, ast.parse(code), f"assume/{room}.py")
    assert len(faults) == (fault is not None), faults
    assert fault is None or fault in faults[0]


def test_the_sizes_are_seen():
    long = "def f():\n" + "    pass\n" * FUNCTION_LINES
    assert len(faults_of_size(ast.parse(long), FILE_LINES + 1, "made-up.py")) == 2
    assert faults_of_size(ast.parse(long.replace("    pass\n", "", 1)), FILE_LINES, "made-up.py") == []


def test_a_missing_docstring_is_seen():
    code = '"""Module."""\nclass A:\n    """A."""\n    def b(self): ...\n    def _c(self): ...\n'
    assert faults_of_docstrings(ast.parse(code), "made-up.py") == ["made-up.py:4: b has no docstring"]
