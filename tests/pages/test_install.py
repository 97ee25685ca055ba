"""The commands of docs/install.md, in each shell."""

import shutil
import subprocess

import pytest

from assume.shells import table

from ..cli.test_install import RC, RUN
from .book import DOCS, blocks, environment, typed

pytestmark = pytest.mark.once

SUFFIX = {"powershell": ".ps1"}  # without it, -File refuses


@pytest.mark.parametrize("name", table.SHELLS)
def test_install_loads_adds_and_removes_in_each_shell(name, aws_home, stand_ins, tmp_path):
    """The block takes a role; the line of `install` does so in the next shell; `uninstall` leaves nothing."""
    env = environment(aws_home, stand_ins)
    loaded = dict(blocks("install.md"))[name]
    commands = [line for kind, text in blocks("install.md") for line, _ in typed(kind, text)]
    program = shutil.which(RUN[name][0])
    if program is None:
        pytest.skip(f"{RUN[name][0]} is not installed")

    def run(text):
        path = tmp_path / f"script{SUFFIX.get(name, '')}"
        path.write_text(text)
        done = subprocess.run([program, *RUN[name][1:], path], env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return (stand_ins / "noted").read_text().splitlines()[-1].split("\t")[0]

    rc = aws_home.path / RC[name]
    rc.parent.mkdir(parents=True, exist_ok=True)
    rc.write_text("# mine\n")
    switch = "assume marketingadmin\nterraform plan\nassume off\n"
    assert run(loaded + switch).startswith("ASIA")
    assert f"assume install {name}" in commands
    assert run(f"assume install {name}\nterraform plan\n") == ""
    row = next(line for line in (DOCS / "install.md").read_text().splitlines() if line.startswith(f"| {name} | "))
    assert rc.read_text() == f"# mine\n{row.rpartition(' | ')[2].strip('` |')}\n"
    assert run(rc.read_text() + switch).startswith("ASIA")
    assert f"assume uninstall {name}" in commands
    assert run(f"assume uninstall {name}\nterraform plan\n") == ""
    assert rc.read_text() == "# mine\n"
    assert not (aws_home.path / ".local/share/assume").exists()


def test_install_the_other_commands(play):
    """Installers are stand-ins here: tests/test_install.py installs with each of them."""
    done = play("install.md", "^(?!assume (un)?install (zsh|fish|powershell))")
    assert [words for _, words in done.noted] == [
        "pipx install .",
        "uv tool install .",
        "pipx install --force .",
        "uv tool install --reinstall .",
        "pipx uninstall assume-shell",
        "uv tool uninstall assume-shell",
    ]
