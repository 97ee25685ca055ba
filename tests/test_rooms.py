"""The packages of `assume/`: imports point down the table, other people's code stays in its package, no circles.

ROOMS is the table, top to bottom: a package, or a file beside the packages, may
import what is below it, and never what is above it. NEVER has the imports that the table alone
would allow. A module on a fast lane (LEAN) imports nothing at first but what a
bare interpreter has. Every module has its tests, in a file of its own name or
in the file that OWN_TESTS names.
"""

import ast
import re
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "assume"
FILE_LINES = 250
FUNCTION_LINES = 50

ROOMS: dict[str, set[str]] = {
    # package: the code of others that it may import beside the standard library
    "__main__": set(),
    "cli": {"typer", "rich", "shellingham"},
    "demo": set(),
    "services": {"boto3", "botocore"},
    "cold": set(),
    "login": {"boto3", "botocore", "filelock"},
    "fast": set(),
    "aws": {"botocore"},
    "store": {"filelock"},
    "profiles": set(),
    "shells": {"filelock"},
    "terminal": {"prompt_toolkit"},
    "simulator": set(),
    "arguments": set(),
    "verbs": set(),
    "regions": set(),
    "files": set(),
    "paths": set(),
    "credentials": set(),
    "errors": set(),
    "__init__": set(),
}
# a library that packages import, and the dependency that installs it
BROUGHT_BY = {"botocore": "boto3"}
# every package may import all of these
GROUND = set("arguments verbs regions files paths credentials errors __init__".split())
NEVER = (
    # package, what it never reaches (directly or through others), why
    ("store", {"botocore"}, "reading the store must not cost an import of botocore"),
    ("profiles", {"store"}, "planning reads no store"),
    ("profiles", {"aws", "socket", "subprocess", "http", "urllib"}, "planning calls nobody"),
    ("shells", {"profiles"}, "a shell knows no profile"),
    ("aws", {"cold", "fast"}, "an adapter of AWS knows no lane"),
    ("store", {"cold", "fast"}, "the store knows no lane"),
    ("fast", {"aws"}, "the fast lanes never reach AWS"),
    ("fast", {"cold"}, "the fast lanes never reach the cold lane"),
    ("simulator", set(ROOMS) - {"simulator"}, "the simulator imports nothing else of ours"),
)
# modules of the fast packages that a bare interpreter never loads
COLD = """
    store/folder shells/shipped shells/rcfile shells/export terminal/pick terminal/ask terminal/suspend
    terminal/columns terminal/filter terminal/frame terminal/application
    terminal/labels
""".split()
# modules whose tests are in a file of another name
OWN_TESTS = {
    "__main__": "fast/test_lanes.py",
    "aws.clock": "aws/test_refusals.py",
    "aws.metadata": "promises/test_metadata.py",
    "aws.sign_in": "cli/test_show.py",
    "aws.sources": "promises/test_sources.py",
    "cli.app": "test_arguments.py",
    "cli.clear": "cli/test_show.py",
    "cli.checking": "cli/test_list.py",
    "cli.flags": "cli/test_list.py",
    "cli.rows": "cli/test_list.py",
    "cli.doctor": "services/test_doctor.py",
    "cli.explain": "services/test_explain.py",
    "cli.policy": "services/test_grants.py",
    "cli.prose": "services/test_explain.py",
    "cli.picking": "cli/test_use.py",
    "cli.consoles": "cli/test_list.py",
    "cli.console": "services/test_console.py",
    "cli.each": "services/test_each.py",
    "cli.outcomes": "services/test_each.py",
    "cli.login": "login/test_log_in.py",
    "cli.logout": "login/test_log_in.py",
    "cli.start": "cli/test_use.py",
    "cli.uninstall": "cli/test_install.py",
    "cli.usage": "test_arguments.py",
    "cold.signing_in": "login/test_log_in.py",
    "cold.take": "fast/test_middle.py",
    "credentials": "store/test_entries.py",
    "demo.__main__": "demo/test_config.py",
    "demo.pseudo_terminal": "cli/test_demo.py",
    "demo.relay": "demo/test_phone.py",
    "demo.session": "cli/test_demo.py",
    "demo.steps": "cli/test_demo.py",
    "demo.tour": "cli/test_demo.py",
    "demo.typist": "cli/test_demo.py",
    "errors": "aws/test_refusals.py",
    "fast.entry": "fast/test_lanes.py",
    "fast.start": "fast/test_lanes.py",
    "profiles.chain": "profiles/test_plan.py",
    "profiles.endpoint": "botocore/test_generated_sources.py",
    "profiles.hops": "profiles/test_plan.py",
    "profiles.patterns": "cli/test_list.py",
    "services.check": "cli/test_list.py",
    "services.causes": "services/test_walk.py",
    "services.changes": "services/test_walk.py",
    "services.denied": "services/test_walk.py",
    "services.doctor_aws": "services/test_doctor.py",
    "services.doctor_environment": "services/test_doctor.py",
    "services.doctor_files": "services/test_doctor.py",
    "services.doctor_shell": "services/test_doctor.py",
    "services.doctor_store": "services/test_doctor.py",
    "services.findings": "services/test_doctor.py",
    "services.policies": "services/test_grants.py",
    "services.outcome": "services/test_each.py",
    "services.targets": "services/test_each.py",
    "login.asking": "login/test_log_in.py",
    "login.base_url": "login/test_console_log_in.py",
    "login.by_browser": "login/test_log_in.py",
    "login.by_device": "login/test_log_in.py",
    "login.console_sign_in": "login/test_console_log_in.py",
    "login.log_out": "login/test_log_in.py",
    "login.oidc": "login/test_log_in.py",
    "login.proof": "login/test_console_log_in.py",
    "login.sign_in": "login/test_log_in.py",
    "shells.export": "shells/test_render.py",
    "shells.shipped": "shells/test_init.py",
    "shells.rcfile": "cli/test_install.py",
    "shells.table": "shells/test_init.py",
    "simulator.authorize": "simulator/test_oidc.py",
    "simulator.calls": "simulator/test_server.py",
    "simulator.center": "simulator/test_oidc.py",
    "simulator.iam": "simulator/test_trust.py",
    "simulator.limits": "simulator/test_parameters.py",
    "simulator.machine": "simulator/test_metadata.py",
    "simulator.p256": "simulator/test_signin.py",
    "simulator.policy": "simulator/test_actions.py",
    "simulator.replies": "simulator/test_server.py",
    "simulator.requests": "simulator/test_sigv4.py",
    "simulator.sts": "simulator/test_server.py",
    "simulator.world": "simulator/test_actions.py",
    "store.cli_entry": "profiles/test_shared.py",
    "store.folder": "promises/test_store_places.py",
    "store.pointers": "fast/test_warm.py",
    "terminal.application": "terminal/test_pick.py",
    "terminal.columns": "cli/test_table.py",
    "terminal.failures": "cli/test_use.py",
    "terminal.frame": "terminal/test_pick.py",
    "terminal.suspend": "promises/test_suspended.py",
}
# tests of a package that are of no single module
ALSO = """
    cli/test_show.py cold/test_resolve_kept.py fast/test_lanes.py simulator/test_mfa.py simulator/test_moto.py
    shells/test_alike.py shells/test_fish.py shells/test_folders.py shells/test_history.py shells/test_posix.py
    shells/test_powershell.py shells/test_prompts_page.py shells/test_table.py
""".split()
LEAN = "__main__ fast store profiles shells terminal arguments verbs regions files paths credentials errors".split()
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
    "_frozen_importlib",
    "_frozen_importlib_external",
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
                faults.append(f"{where}:{line}: {room} imports {target}, which is above it")
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


def graph() -> dict[str, set[str]]:
    """The modules that each module imports, wherever in it: ours as `store.lock`, others by their first name."""
    names = {name_of(path) for path in modules()}
    found: dict[str, set[str]] = {}
    for path in modules():
        targets = found.setdefault(name_of(path), set())
        for _, name, _ in imported(ast.parse(path.read_text(encoding="utf-8"))):
            top, _, rest = name.partition(".")
            if top != "assume":
                targets.add(top)
                continue
            parts = rest.split(".")
            targets.add(next((one for at in (2, 1) if (one := ".".join(parts[:at])) in names), "__init__"))
    return found


def name_of(path: Path) -> str:
    """`store.lock` for assume/store/lock.py; `store` for the package's own file."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def reached(room: str, arrows: dict[str, set[str]]) -> dict[str, list[str]]:
    """Everything that the modules of `room` import, directly or through others: name, and the way there."""
    ways = {name: [name] for name in arrows if name.split(".")[0] == room}
    waiting = list(ways)
    while waiting:
        name = waiting.pop()
        for target in arrows.get(name, ()):
            if target not in ways:
                ways[target] = [*ways[name], target]
                waiting.append(target)
    return ways


def circles(arrows: dict[str, set[str]]) -> list[str]:
    """Each circle of imports once, as the names along it."""
    found: dict[frozenset[str], str] = {}

    def walk(name: str, way: list[str]) -> None:
        for target in arrows.get(name, ()):
            if target in way:
                circle = way[way.index(target) :]
                found.setdefault(frozenset(circle), " -> ".join([*circle, target]))
            elif target in arrows:
                walk(target, [*way, target])

    for name in arrows:
        walk(name, [name])
    return sorted(found.values())


def default_test(module: str) -> str:
    """Where the tests of `module` (`store.lock`) are, if OWN_TESTS names no other file."""
    *folders, name = module.split(".")
    return "/".join([*folders, f"test_{name}.py"])


def own_test(module: str) -> str:
    """The file that tests `module`."""
    return OWN_TESTS.get(module) or default_test(module)


def test_every_module_is_in_the_table():
    assert {room_of(path) for path in modules()} == set(ROOMS)


def test_imports_point_down_and_the_code_of_others_stays_in_its_packages():
    faults = [fault for room, where, tree, _ in parsed() for fault in faults_of_imports(room, tree, where)]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(("room", "never", "why"), NEVER, ids=[f"{room}-{why}" for room, _, why in NEVER])
def test_a_package_never_reaches(room, never, why):
    ways = reached(room, graph())
    wrong = [" -> ".join(way) for name, way in ways.items() if name.split(".")[0] in never]
    assert not wrong, f"{why}: {wrong}"


def test_there_are_no_circles_inside_a_package():
    arrows = graph()
    for room in ROOMS:
        inside = {name: targets for name, targets in arrows.items() if name.split(".")[0] == room}
        assert circles(inside) == []


def test_the_packages_of_a_hit_hold_a_docstring_alone():
    for room in ("fast", "shells", "store", "terminal"):
        tree = ast.parse((PACKAGE / room / "__init__.py").read_text(encoding="utf-8"))
        assert ast.get_docstring(tree)
        assert len(tree.body) == 1


def test_every_module_has_its_tests():
    names = [name_of(path) for path in modules() if path.stem != "__init__"]
    assert [name for name in names if not (TESTS / own_test(name)).is_file()] == []
    needless = [name for name in OWN_TESTS if {default_test(name)} & {*files_of_packages()} - {*ALSO}]
    assert needless == []
    assert OWN_TESTS.keys() <= {*names}


def test_a_test_file_in_the_folder_of_a_package_is_of_one_module_or_in_the_table():
    known = {own_test(name_of(path)) for path in modules()} | {*ALSO}
    assert [name for name in files_of_packages() if name not in known] == []


def files_of_packages() -> list[str]:
    """The test files of the folders that have the name of a package."""
    return [f"{room}/{path.name}" for room in ROOMS for path in (TESTS / room).glob("test_*.py")]


def test_the_packages_may_import_what_an_installation_brings():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^\w]", requirement)[0] for requirement in project["dependencies"]}
    assert {BROUGHT_BY.get(library, library) for library in set().union(*ROOMS.values())} == declared


@pytest.mark.parametrize(("library", "dependency"), BROUGHT_BY.items())
def test_a_dependency_brings_the_library_that_packages_import(library, dependency):
    required = requires(dependency) or []
    assert library in [re.split(r"[^\w]", line)[0] for line in required if "extra ==" not in line]


def test_files_and_functions_are_short():
    faults = [fault for _, where, tree, lines in parsed() for fault in faults_of_size(tree, lines, where)]
    assert not faults, "\n" + "\n".join(faults)


def test_everything_public_has_a_docstring():
    faults = [fault for _, where, tree, _ in parsed() for fault in faults_of_docstrings(tree, where)]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("room", "code", "fault"),
    [
        ("errors", "from assume import arguments", "arguments, which is above"),
        ("errors", "def f():\n    from assume.cli.use import use", "cli, which is above"),
        ("errors", "if TYPE_CHECKING:\n    from assume.cli import use", "cli, which is above"),
        ("demo", "import filelock", "may not import filelock"),
        ("cli", "import boto3", "may not import boto3"),
        ("paths", "import os", "imports os at first"),
        ("paths", "try:\n    import json\nexcept ImportError:\n    pass", "imports json at first"),
        ("paths", "if TYPE_CHECKING:\n    import os\nelse:\n    import re", "imports re at first"),
        ("paths", "if TYPE_CHECKING:\n    import os\ndef f():\n    import json", None),
        ("cli", "import typer\nfrom assume import __version__, errors", None),
    ],
)
def test_a_wrong_import_is_seen(room, code, fault):
    faults = faults_of_imports(room, ast.parse(code), f"assume/{room}.py")
    assert len(faults) == (fault is not None), faults
    assert fault is None or fault in faults[0]


def test_a_long_file_and_a_long_function_are_seen():
    long = "def f():\n" + "    pass\n" * FUNCTION_LINES
    assert len(faults_of_size(ast.parse(long), FILE_LINES + 1, "made-up.py")) == 2
    assert faults_of_size(ast.parse(long.replace("    pass\n", "", 1)), FILE_LINES, "made-up.py") == []


def test_a_missing_docstring_is_seen():
    code = '"""Module."""\nclass A:\n    """A."""\n    def b(self): ...\n    def _c(self): ...\n'
    assert faults_of_docstrings(ast.parse(code), "made-up.py") == ["made-up.py:4: b has no docstring"]


def test_circles_and_ways_are_seen():
    arrows = {"a.x": {"a.y", "re"}, "a.y": {"a.z"}, "a.z": {"a.x", "b"}, "b": set()}
    assert circles(arrows) == ["a.x -> a.y -> a.z -> a.x"]
    assert reached("a", arrows)["b"][-2:] == ["a.z", "b"]
    assert circles({"a": {"b"}, "b": set()}) == []
