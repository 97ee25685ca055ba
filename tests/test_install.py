"""Every way to install: what the wheel and the sdist hold, and that `assume` works from each place.

Nothing is downloaded. What assume depends on is resolved against wheels made
here that hold a name and a version only; the modules themselves come from the
environment that runs the tests, by a path file.
"""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from assume import __version__

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
BASE = getattr(sys, "_base_executable", sys.executable)  # outside of any virtual environment
NOTHING: Mapping[str, str | Path] = {}
SHARED = {
    "share/bash-completion/completions/assume": "completions/assume.bash",
    "share/zsh/site-functions/_assume": "completions/_assume",
    "share/fish/vendor_completions.d/assume.fish": "completions/assume.fish",
    "share/man/man1/assume.1": "man/assume.1",
}


@dataclass
class Built:
    """What is uploaded, and the folder with the named-only wheels of what it depends on."""

    wheel: Path
    sdist: Path
    links: Path


def run(*words: object, cwd: Path | None = None, environ: Mapping[str, str | Path] = NOTHING) -> str:
    """Runs a program, with nothing around it that steers Python; its stdout, or a failure that shows it all."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "UV_", "PIPX_"))
    }
    environment = kept | {name: str(value) for name, value in environ.items()}
    ran = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, f"{words}: {ran.returncode}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def named_only(folder: Path, requirement: str) -> None:
    """A wheel without a module in it, so that an installer finds what it asks for."""
    name = requirement.partition(">")[0].partition("[")[0].strip().replace("-", "_")
    with zipfile.ZipFile(folder / f"{name}-9999-py3-none-any.whl", "w") as wheel:
        place = f"{name}-9999.dist-info"
        wheel.writestr(f"{place}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 9999\n")
        wheel.writestr(
            f"{place}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{place}/RECORD", f"{place}/METADATA,,\n{place}/WHEEL,,\n{place}/RECORD,,\n")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", folder, cwd=ROOT)
    links = tmp_path_factory.mktemp("links")
    for requirement in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]:
        named_only(links, requirement)
    return Built(next(folder.glob("*.whl")), next(folder.glob("*.tar.gz")), links)


def unpacked(built: Built, folder: Path) -> Path:
    with tarfile.open(built.sdist) as archive:
        # Python 3.11.4 and later: the filter that 3.14 uses unless told otherwise; earlier ones ignore it
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, _path: member)
        archive.extractall(folder)
    return next(folder.iterdir())


def lend_modules(site: Path) -> None:
    """What assume imports, from where the tests have it. Path files in there are not read, so not assume itself."""
    places = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (site / "zz_lent.pth").write_text("".join(f"{place}\n" for place in sorted(places)))


def pip(python: Path, built: Built, *words: object, environ: Mapping[str, str | Path] = NOTHING) -> None:
    run(sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-index", "--find-links", built.links,
        "--no-build-isolation", "--no-warn-script-location", *words, environ=environ)  # fmt: skip


def site_of(prefix: Path) -> Path:
    return next(prefix.glob("lib/python3*/site-packages"))


def new_venv(folder: Path) -> Path:
    venv.create(folder, with_pip=False, symlinks=True)
    lend_modules(site_of(folder))
    return folder / "bin" / "python"


@dataclass
class Installed:
    """Where a kind of installation has put things, and the variables that it lives by."""

    script: Path
    package: Path
    environ: dict[str, str]


def from_wheel(built: Built, folder: Path) -> Installed:
    pip(new_venv(folder / "venv"), built, built.wheel)
    return Installed(folder / "venv/bin/assume", site_of(folder / "venv"), {})


def in_a_nasty_place(built: Built, folder: Path) -> Installed:
    return from_wheel(built, folder / "it's a place")


def from_sdist(built: Built, folder: Path) -> Installed:
    pip(new_venv(folder / "venv"), built, built.sdist)
    return Installed(folder / "venv/bin/assume", site_of(folder / "venv"), {})


def editable(built: Built, folder: Path) -> Installed:
    checkout = unpacked(built, folder / "it's a checkout")
    pip(new_venv(folder / "venv"), built, "-e", checkout)
    return Installed(folder / "venv/bin/assume", checkout, {})


def for_the_user(built: Built, folder: Path) -> Installed:
    environ = {"PYTHONUSERBASE": str(folder / "local")}
    pip(Path(BASE), built, "--user", "--break-system-packages", built.wheel, environ=environ)
    lend_modules(site_of(folder / "local"))
    return Installed(folder / "local/bin/assume", site_of(folder / "local"), environ)


def by_pipx(built: Built, folder: Path) -> Installed:
    environ = {
        "PIPX_HOME": folder / "pipx",
        "PIPX_BIN_DIR": folder / "bin",
        "PIPX_MAN_DIR": folder / "man",
    }
    words = f"--no-index --find-links {shlex.quote(str(built.links))}"
    run(
        sys.executable,
        "-m",
        "pipx",
        "install",
        "-q",
        "--python",
        BASE,
        "--pip-args",
        words,
        built.wheel,
        environ=environ,
    )
    lend_modules(site_of(folder / "pipx/venvs/assume-shell"))
    return Installed(folder / "bin/assume", site_of(folder / "pipx/venvs/assume-shell"), {})


def by_uv(built: Built, folder: Path) -> Installed:
    environ = {
        "UV_TOOL_DIR": folder / "tools",
        "UV_TOOL_BIN_DIR": folder / "bin",
        "UV_CACHE_DIR": folder / "cache",
    }
    run(sys.executable, "-m", "uv", "tool", "install", "-q", "--offline", "--no-index", "--find-links", built.links,
        "--python", BASE, built.wheel, environ=environ)  # fmt: skip
    lend_modules(site_of(folder / "tools/assume-shell"))
    return Installed(folder / "bin/assume", site_of(folder / "tools/assume-shell"), {})


KINDS: list[Callable[[Built, Path], Installed]] = [
    from_wheel,
    from_sdist,
    editable,
    for_the_user,
    by_pipx,
    by_uv,
    in_a_nasty_place,
]


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.__name__)
def installed(request, built, tmp_path_factory):
    return request.param(built, tmp_path_factory.mktemp("kind"))


def test_it_prints_its_version(installed):
    assert __version__ in run(installed.script, "--version", environ=installed.environ)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_it_prints_the_code_of_each_shell(installed, shell):
    text = run(installed.script, "init", shell, environ=installed.environ)
    assert text.startswith(f"# assume {__version__} ")
    assert "__assume_state" in text


def test_the_words_in_the_code_start_the_fast_lane_from_any_folder(installed, home):
    show = r"""printf '%s\0' "$__assume_script" "${__assume_program[@]}" """
    code = run(installed.script, "init", "bash", environ=installed.environ)
    words = run("bash", "--norc", "-euc", f"{code}\n{show}", cwd=home).split("\0")[:-1]
    assert words[0] == str(installed.script), "as it was called, links unresolved"
    assert words[2:4] == ["-I", "-S"]
    assert Path(words[4]) == installed.package / "assume/__main__.py"
    assert words[5:] == [words[0]]
    # `off` with nothing taken: answered by the bare interpreter, without site-packages
    assert run(*words[1:], "off", "--shell", "bash", "--state", "", cwd=home) != ""


def test_the_words_in_the_code_reach_the_whole_program_too(installed, home):
    code = run(installed.script, "init", "bash", environ=installed.environ)
    ask = '"${__assume_program[@]}" --version'
    assert __version__ in run("bash", "--norc", "-euc", f"{code}\n{ask}", cwd=home, environ=installed.environ)


def test_the_wheel_has_the_package_the_completions_the_man_page_and_nothing_else(built):
    with zipfile.ZipFile(built.wheel) as wheel:
        record = wheel.read(f"assume_shell-{__version__}.dist-info/RECORD").decode()
        names = [line.rsplit(",", 2)[0] for line in record.splitlines()]
        assert sorted(names) == sorted(wheel.namelist())
        shared = f"assume_shell-{__version__}.data/data/"
        outside = [name for name in names if not name.startswith(("assume/", f"assume_shell-{__version__}.dist-info/"))]
        assert sorted(outside) == sorted(shared + place for place in SHARED)
        for place, name in SHARED.items():
            assert wheel.read(shared + place) == (ROOT / name).read_bytes()


def test_the_wheel_has_every_file_of_the_three_folders_unchanged(built):
    own = {"assume": "assume", "shell": "assume/shell", "completions": "assume/completions"}
    with zipfile.ZipFile(built.wheel) as wheel:
        held = {name: wheel.read(name) for name in wheel.namelist() if name.startswith("assume/")}
    there = {
        f"{place}/{path.relative_to(ROOT / folder).as_posix()}": path.read_bytes()
        for folder, place in own.items()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == there


def test_the_sdist_builds_the_same_wheel(built, tmp_path):
    source = unpacked(built, tmp_path / "source")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "again", cwd=source)
    assert next((tmp_path / "again").iterdir()).read_bytes() == built.wheel.read_bytes()


def test_the_sdist_has_what_a_developer_needs(built, tmp_path):
    source = unpacked(built, tmp_path)
    for name in (
        "Makefile",
        "README.md",
        "LICENSE",
        "CHANGELOG.md",
        "tests/prepare.sh",
        "tests/test_install.py",
        ".ci/run",
    ):
        assert (source / name).exists(), name
    assert not [path for path in source.rglob("*") if path.name in (".venv", "__pycache__", ".git")]


@pytest.mark.parametrize("place", SHARED)
def test_completions_are_installed_where_each_shell_looks(built, place, tmp_path):
    pip(new_venv(tmp_path / "venv"), built, built.wheel)
    assert (tmp_path / "venv" / place).read_bytes() == (ROOT / SHARED[place]).read_bytes()


def test_uninstalling_leaves_nothing_behind(built, tmp_path):
    python = new_venv(tmp_path / "venv")
    before = sorted(tmp_path.rglob("*"))
    pip(python, built, "--no-deps", built.wheel)
    run(tmp_path / "venv/bin/assume", "init", "bash")
    run(sys.executable, "-m", "pip", "--python", python, "uninstall", "-q", "-y", "assume-shell")
    for cache in tmp_path.rglob("__pycache__"):
        shutil.rmtree(cache)
    assert [path for path in sorted(tmp_path.rglob("*")) if path.is_file()] == [
        path for path in before if path.is_file()
    ]
