"""Hostile profile names, completed by TAB in each real shell: the program receives the exact name, no command runs."""

import shlex

import pytest

from assume import paths
from assume.profiles.config import Config, read

from ..shells.conftest import driver
from . import figures
from .hostile import FIXED, names
from .loops import Loop

SHELLS = ["bash", "zsh", "fish", "powershell"]
COMPINIT = "autoload -Uz compinit; compinit -u -d ~/.zcompdump"


@pytest.mark.parametrize("count", [500, pytest.param(10_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("shell", "quote"), [("bash", ""), ("bash", "'"), ("bash", '"'), ("fish", ""), ("powershell", "")]
)
def test_any_text_completed_by_tab_arrives_unchanged(tmp_path, chance, shell, quote, count):
    drawn = names(chance, count)
    if shell == "fish":  # fish offers names that begin with a dot only after a dot was typed
        drawn = [name for name in drawn if name[0] != "."]
    loop = Loop(shell, tmp_path)
    assert loop.completed(drawn, quote) == [f"1/1/{name}" for name in drawn]
    assert loop.commands_run() == []
    if count > 500 and (shell, quote) == ("powershell", ""):  # the last of them
        tried = f"{count:,} names: bash bare and in both quotes, fish, PowerShell; {len(FIXED)} typed in all four"
        figures.tell("tab", tried, "0 commands, 0 bytes changed")


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("count", [8, pytest.param(None, marks=pytest.mark.slow)])
def test_tab_and_enter_with_the_real_program(ground, chance, shell, count):
    """Names in the config file. Each begins with its number, and the test types the number."""
    kind = driver(shell)
    fit = [name for name in FIXED if name.isprintable() and "\n" not in name and len(name) < 100]
    chosen = fit if count is None else chance.sample(fit, count)
    profiles = {f"n{number:03d}{name}": f"AKIA{number:016d}" for number, name in enumerate(chosen)}
    sections = "".join(
        f"[profile {shlex.quote(profile)}]\naws_access_key_id = {key_id}\naws_secret_access_key = s\n"
        for profile, key_id in profiles.items()
    )
    ground.home.config.write_text(sections)
    known = Config(*map(read, paths.aws_files(ground.environment))).names()
    assert set(profiles) <= set(known)
    init = ground.run("init", shell).out.decode()
    shell_home = ground.cwd.parent / "shell"
    shell_home.mkdir()
    file = shell_home / f"init.{shell}"
    file.write_text(init)
    kept = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED")
    environment = {name: ground.environment[name] for name in kept} | {"ASSUME_HOME": str(ground.store)}
    rc = (f"{COMPINIT}\n" if shell == "zsh" else "") + kind.source(file)
    running = kind.spawn(shell_home, environment, rc=rc)
    try:
        for profile, key_id in profiles.items():
            running.drain()
            running.send(f"assume {profile[:4]}\t")
            running.send("\r")
            assert running.prompt() == 0, (profile, running.rows())
            now = running.environment()
            assert (now["AWS_PROFILE"], now["AWS_ACCESS_KEY_ID"]) == (profile, key_id)
    finally:
        running.close()
    assert not list(shell_home.rglob("PWN"))
    assert not list(ground.cwd.rglob("PWN"))
