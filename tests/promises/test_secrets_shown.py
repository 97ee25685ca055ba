"""Secrets in a shell's variables and traces, internal errors, the argv of a process, the lines of --debug."""

import os
import stat
from pathlib import Path

import pytest

from assume.cli import start
from assume.shells import environment

from ..shells.conftest import driver
from .canaries import hits, known
from .ground import own_environment, variables

COMPINIT = "autoload -Uz compinit; compinit -u -d ~/.zcompdump"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_shell_holds_secrets_in_two_variables_only_and_a_trace_shows_none(ground, shell):
    kind = driver(shell)
    init = ground.run("init", shell, "--prompt").out.decode()
    home = ground.cwd.parent / "shell"
    home.mkdir()
    file = home / f"init.{shell}"
    file.write_text(init)
    kept = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_EC2_METADATA_DISABLED")
    inside = {name: ground.environment[name] for name in kept} | {"ASSUME_HOME": str(ground.store)}
    running = kind.spawn(home, inside, rc=(f"{COMPINIT}\n" if shell == "zsh" else "") + kind.source(file))
    traced = {"fish": "set -g fish_trace 1", "powershell": "Set-PSDebug -Trace 2"}.get(shell, "set -xv")
    plain = {"fish": "set -e fish_trace", "powershell": "Set-PSDebug -Off"}.get(shell, "set +xv")
    everything = {"fish": "set; functions assume", "powershell": "Get-Variable | Out-String -Width 9999"}.get(
        shell, "set; declare -p"
    )
    try:
        running.run(traced)
        assert running.run("assume marketingadmin --debug").status == 0
        running.run("assume workload")
        running.run(plain)
        assert hits(known(ground), running.stream) == []
        told = running.apart(everything).stdout
        own = running.environment()
    finally:
        running.close()
    assert told
    assert {name for name, value in own.items() if hits(known(ground), os.fsencode(value))} == {
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    }
    lines = [line for line in told.splitlines() if hits(known(ground), os.fsencode(line))]
    allowed = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    assert [line for line in lines if not any(name in line for name in allowed)] == []
    history = [path for path in home.rglob("*") if path.is_file() and hits(known(ground), path.read_bytes())]
    assert [path for path in history if path.name not in (".env", ".out")] == []


@pytest.mark.parametrize(
    "place",
    ["assume.aws.sts._checked", "assume.cold.fetch.fetch", "assume.store.entries.keep", "assume.store.pointers.point",
     "assume.fast.warm.reply", "assume.shells.environment.wanted", "assume.profiles.shared.is_shared"],
)  # fmt: skip
def test_an_internal_error_shows_its_place_and_not_its_text(ground, monkeypatch, capfd, place):
    canary = "canary/of+a+fault"

    def broken(*_, **__):
        raise RuntimeError(canary)

    try:
        monkeypatch.setattr(place, broken)
    except AttributeError:
        pytest.skip(f"{place} is not there")
    monkeypatch.setattr(environment, "own_environment", lambda: dict(ground.environment))
    with own_environment():
        status = start.start(["use", "--shell", "bash", "--state", "", "marketingadmin"])
    shown = capfd.readouterr()
    assert status == 1 or canary not in shown.out
    assert canary not in shown.err
    assert "Traceback" not in shown.err
    if status:
        assert "internal error: RuntimeError" in shown.err or "not STS" in shown.err
        assert shown.out == ""


def test_the_command_of_exec_shows_the_role_only_to_its_own_user(ground):
    """/proc/PID/environ is readable only by its owner, and argv contains only the command."""
    started = ground.start("exec", "marketingadmin", "--", "sh", "-c", "echo ready >&2; sleep 60")
    started.wait_for("ready")
    path = Path(f"/proc/{started.pid}/environ")
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert path.stat().st_uid == os.geteuid()
    assert Path(f"/proc/{started.pid}/cmdline").read_bytes() == b"sh\0-c\0echo ready >&2; sleep 60\0"
    started.close()


def test_debug_explains_each_decision(ground):
    said = ground.use("workload", "--debug").end().said
    for words in (
        "source_profile landing",
        "source_profile hub",
        "source_profile user1",
        "its own keys",
        "AWS is called",
    ):
        assert words in said
    assert (
        ground.use("workload", "--debug").end().said.count("the stored credentials for exactly this request are fresh")
        == 1
    )


def test_a_reply_to_a_shell_holds_each_secret_once(ground):
    reply = ground.use("marketingadmin").end().out
    given = variables(reply)
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        assert reply.count(str(given[name]).encode()) == 1
    assert set(given) <= {*environment.SET, *environment.OWN, *environment.DROPPED, "__assume_state"}
