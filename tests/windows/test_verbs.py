"""`export`, `init`, `list`, `status`, `clear` on Windows."""

import io
import json
import shlex
from collections.abc import Callable
from typing import Any

import dotenv
import pytest

from assume import arguments
from assume.demo.config import MARKETING

from .desk import ROOT, changes, windows


@pytest.mark.parametrize("form", arguments.FORMATS)
def test_every_export_format_contains_the_role(desk, form):
    done = desk.run("export", "--state", "", "marketingadmin", "--format", form)
    assert done.status == 0, done.said
    text = done.out.decode()
    assert "\r" not in text
    found = READERS[form](text)
    assert found["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    if form in ("bash", "zsh", "fish", "powershell", "cmd"):
        assert (found["ASSUMED_ROLE_ARN"], found["AWS_PROFILE"]) == (MARKETING, "marketingadmin")
    elif form != "process":
        assert (found["AWS_REGION"], "AWS_PROFILE" in found) == ("us-west-2", False)


def statements(text):
    return dict(word.split("=", 1) for word in shlex.split(text) if "=" in word)


READERS: dict[str, Callable[[str], Any]] = {
    "bash": statements,
    "zsh": statements,
    "fish": lambda text: {line.split(" ")[2]: shlex.split(line)[3] for line in text.splitlines()},
    "powershell": lambda text: {
        name.removeprefix("$env:"): value.strip("'")
        for name, _, value in (line.partition(" = ") for line in text.splitlines())
    },
    "cmd": lambda text: dict(line.removeprefix('set "').removesuffix('"').split("=", 1) for line in text.splitlines()),
    "dotenv": lambda text: dotenv.dotenv_values(stream=io.StringIO(text)),
    "env-file": lambda text: dict(line.split("=", 1) for line in text.splitlines()),
    "json": json.loads,
    "process": lambda text: {"AWS_ACCESS_KEY_ID": json.loads(text)["AccessKeyId"]},
}


def test_init_prints_ascii_that_names_this_installation(desk):
    done = desk.run("init", "powershell")
    assert done.status == 0, done.said
    text = done.out.decode("ascii")
    main = windows(ROOT / "assume") + "\\__main__.py"
    assert f"'-I', '-S', '{main}'".replace("\\__", "/__") in text
    assert f"$global:__assume_script = '{desk.script}'" in text
    assert "function global:assume" in text


def test_list_works_in_a_pipe_with_another_code_page(desk):
    desk.configure("東京", role_arn=MARKETING, source_profile="user1")
    desk.took("marketingadmin")
    done = desk.run("list")
    assert done.status == 0, done.said
    lines = done.out.decode().splitlines()
    assert any(line.startswith("東京\t") for line in lines)
    (kept,) = [line.split("\t") for line in lines if line.startswith("marketingadmin\t")]
    assert kept[2] == "123456789012"
    assert kept[6].endswith("Z")


def test_names_are_readable_on_the_console_whatever_its_code_page(desk):
    desk.configure("größe", role_arn=MARKETING, source_profile="user1")
    asked = desk.use("größe", terminal=True)
    done = asked.end()
    assert done.status == 0, done.said
    assert "größe" in str(changes(done.out)["done"])
    shell, _ = desk.with_role("größe")
    on_screen = "import os, sys\nos.dup2(2, 1)\nsys.stdout = open(1, 'w', encoding='utf-8')\n"
    done = desk.look(
        on_screen + "from assume.cli.start import start\nstart(['status'])", environment=shell, terminal=True
    )
    assert "größe" in done.said


def test_status_prints_the_role_of_the_shell(desk):
    shell, state = desk.with_role("marketingadmin")
    done = desk.run("status", "--state", state, environment=shell)
    assert done.status == 0, done.said
    text = done.out.decode()
    assert MARKETING in text
    assert "in this shell" in text
    other = shell | {"aws_default_profile": "user1"}
    assert desk.run("status", "--quiet", "--state", state, environment=other).status == 1
    assert desk.run("status", "--quiet").status == 1


def test_clear_removes_the_entries_and_the_next_switch_makes_a_call(desk):
    desk.took("marketingadmin")
    assert list(desk.store.glob("*.entry"))
    assert list((desk.home.path / ".aws/cli/cache").glob("*.json")) == []  # not shared: the profile has an endpoint
    done = desk.run("clear", "marketingadmin")
    assert (done.status, done.said.strip()) == (0, "assume: forgot 1 entry")
    desk.took("marketingadmin")
    assert desk.calls() == ["AssumeRole", "AssumeRole"]
    assert desk.run("clear", "--all").status == 0
    assert not list(desk.store.glob("*.entry"))


def test_install_asks_powershell_for_its_profile_and_an_upgrade_rewrites_the_file(desk):
    profile = desk.folder / "Documents" / "profile.ps1"
    desk.program("powershell", f"import sys; sys.stdout.write({windows(profile)!r})")
    environment = desk.environment | {"HOME": windows(desk.folder / "of-another-tool")}
    done = desk.run("install", "powershell", environment=environment)
    assert done.status == 0, done.said
    init = desk.home.path / ".local/share/assume/init.ps1"
    assert init.read_bytes().startswith(b"# assume ")
    assert b"\r" not in init.read_bytes()
    line = profile.read_text()
    assert line.startswith('if (Test-Path -LiteralPath "$HOME/.local/share/assume/init.ps1")')
    version, rest = init.read_bytes().split(b"\n", 1)
    init.write_bytes(version.replace(b"# assume ", b"# assume 0.0.") + b"\n" + rest)
    desk.took("marketingadmin", environment=environment)
    assert init.read_bytes().split(b"\n", 1)[0] == version
    assert desk.run("uninstall", "powershell", environment=environment).status == 0
    assert not init.exists()
    assert profile.read_text() == ""
