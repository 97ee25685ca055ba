"""Rows 81 to 90: the prompt shows the truth: what other tools change, what a child inherits, what is red."""

from __future__ import annotations

import shutil

import pytest

from .bench import Bench, environment, role
from .driver import Shell
from .table import POSIX, UNIX, case

# profile, exported, a change by hand; then the segment's right side, the variable in the message, what the CLI uses
CHANGES = [
    ("p", "both", ("AWS_PROFILE", "dev"), "dev", "AWS_PROFILE", "keys"),
    ("p", "both", ("AWS_PROFILE", None), "none", "AWS_PROFILE", "keys"),
    ("p", "both", ("AWS_ACCESS_KEY_ID", "AKIAOTHER"), "keys", "AWS_ACCESS_KEY_ID", "keys"),
    ("p", "both", ("AWS_ACCESS_KEY_ID", None), "none", "AWS_ACCESS_KEY_ID", "profile p"),
    ("p", "both", ("AWS_DEFAULT_PROFILE", "dev"), "dev", "AWS_DEFAULT_PROFILE", "keys"),
    ("p", "keys", ("AWS_PROFILE", "dev"), "dev", "AWS_PROFILE", "keys"),
    ("p", "profile", ("AWS_ACCESS_KEY_ID", "AKIAOTHER"), "keys", "AWS_ACCESS_KEY_ID", "keys"),
    ("p", "profile", ("AWS_PROFILE", "dev"), "dev", "AWS_PROFILE", "profile dev"),
    ("my p", "profile", ("AWS_PROFILE", None), "none", "AWS_PROFILE", "profile default"),
]


@case(81, "keys or profile changed by another tool: the segment shows both, one message names what the CLI uses")
def changed(bench: Bench) -> None:
    bench.plan({"renew": {"status": 1, "stderr": "renewed?\n"}})
    shell = bench.start(prompt=True)
    for profile, export, (name, value), other, named, obeyed in CHANGES:
        changes = bench.plan_role(profile, export=export, left_s=100)
        bench.plan({f"use {profile}": {"changes": [*changes, *clean(changes)], "state": "hold;;"}})
        shell.run(f"assume {bench.kind.quote(profile)}")
        shell.shows(f"[{profile} 2m]")
        by_hand = bench.kind.unset(name) if value is None else bench.kind.export(name, value)
        said = shell.run(by_hand).text
        shell.shows(f"[{profile}\u2260{other}]")
        assert said.startswith(f"assume: {profile}: {named} "), said
        assert f"the AWS CLI uses the {obeyed}" in said
        assert "brings it back, assume off leaves" in said
        assert len(said.splitlines()) == 2
        assert shell.run("") == ("", 0)
    assert not bench.calls("renew")


def clean(changes: list[tuple[str, str | None]]) -> list[tuple[str, None]]:
    """What the reply has to unset so that no earlier change is seen."""
    given = {name for name, _ in changes}
    return [(name, None) for name, _ in role("x") if name not in given and name.startswith("AWS_")]


@case(81, "another change is reported again, and a change back is not")
def changed_back(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    assert "dev" in shell.run(bench.kind.export("AWS_PROFILE", "dev")).text
    assert "test" in shell.run(bench.kind.export("AWS_PROFILE", "test")).text
    assert shell.run(bench.kind.export("AWS_PROFILE", "p")).text == ""
    shell.shows("[p]")
    assert "test" in shell.run(bench.kind.export("AWS_PROFILE", "test")).text
    assert shell.run("assume p") == ("", 0)
    shell.shows("[p]")


@case(82, "if the locale is not UTF-8 the sign is !=")
def ascii_only(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start({"LANG": "C", "LC_ALL": "C"}, prompt=True)
    shell.run("assume p")
    shell.run(bench.kind.export("AWS_PROFILE", "dev"))
    shell.shows("[p!=dev]")


@case(83, "a role from the parent shell shows as inherited, and its own `assume` takes it over")
def inherited(bench: Bench) -> None:
    bench.plan_role("p", left_s=100, key="ASIA0")
    bench.plan({"renew": {"status": 1}})
    shell = bench.start(environment(role("p", left_s=100, key="ASIA0")), prompt=True)
    shell.shows("[p inherited 2m]")
    assert not bench.calls("renew")
    bench.plan_role("p", left_s=2000, key="ASIA0")
    shell.run("assume p")
    shell.shows("[p]")


@case(83, "the state of the shell reaches no child, whatever the shell exports", POSIX)
def not_exported(bench: Bench) -> None:
    bench.plan_role("p")
    for setting in ("true", "set -a"):
        shell = bench.start(before=setting, prompt=True)
        shell.run("assume p")
        shell.run(setting)
        shell.run("assume p")
        assert shell.variable("__assume_state")
        assert not [name for name in shell.environment() if name == "__assume_state"]
        shell.close()


@case(84, "hostile values in every variable that is read before a prompt run nothing")
def hostile(bench: Bench) -> None:
    ours = ("EXPIRES", "PROFILE", "KEY_ID", "EXPORTED", "RENEW", "PROMPT", "BEFORE")
    theirs = ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_PROFILE")
    own = (
        "state",
        "seen_at",
        "retry_at",
        "retry_s",
        "idle",
        "said",
        "failed",
        "segment",
        "epoch",
        "moved",
        "traced",
        "drawn",
    )
    names = [*(f"ASSUME_{name}" for name in ours), *theirs, *(f"__assume_{name}" for name in own), "NO_COLOR"]
    for value in ("a[$(touch PWN)]", "path[$(touch PWN)]", "psvar[$(touch PWN)]", "$(touch PWN)", "08", "9" * 30):
        shell = bench.start(dict.fromkeys(names, value), prompt=True)
        for name in names:
            shell.run(bench.kind.assign(name, value) if name.startswith("__") else bench.kind.export(name, value))
        shell.run(bench.kind.assign("__assume_state", "renew;" + value + ";x"))
        assert shell.run("echo alive").status == 0
        shell.run(bench.kind.assign("__assume_traced", ""))
        shell.close()
    assert not list(bench.home.rglob("PWN"))


def colour(shell: Shell, words: str) -> tuple[str, bool, bool]:
    """The colour of the segment's first character, whether it is bold, whether it is reversed."""
    column = shell.shows(words).index(words)
    cell = shell.screen.buffer[shell.screen.cursor.y][column]
    return cell.fg, cell.bold, cell.reverse


@case(85, "production is red and says PROD, other profiles are not, and a profile's own colour wins")
def coloured(bench: Bench) -> None:
    shell = bench.start(prompt=True)
    for name in ("prod", "acme-production", "eu.PROD.1", "x_Prod"):
        bench.plan_role(name)
        shell.run(f"assume {name}")
        assert colour(shell, f"[PROD {name}]") == ("red", True, False), name
    for name in ("product", "reproduction", "nonprod", "prod2", "p"):
        bench.plan_role(name)
        shell.run(f"assume {name}")
        assert colour(shell, f"[{name}]") == ("cyan", False, False), name
    bench.plan_role("prod", sgr="35")
    shell.run("assume prod")
    assert colour(shell, "[prod]") == ("magenta", False, False)
    shell.run(bench.kind.export("AWS_PROFILE", "dev"))
    assert colour(shell, "[prod\u2260dev]")[2]


@case(86, "NO_COLOR and TERM=dumb: the same words without colour; ASSUME_PROMPT=0: nothing")
def plain(bench: Bench) -> None:
    bench.plan_role("prod")
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        shell = bench.start(env, prompt=True)
        shell.run("assume prod")
        if (
            env == {"NO_COLOR": "1"} or bench.kind.name == "bash"
        ):  # zsh and fish show no right prompt on a dumb terminal
            assert colour(shell, "[PROD prod]")[:2] == ("default", False)
    shell = bench.start({"ASSUME_PROMPT": "0"}, prompt=True)
    shell.run("assume prod")
    shell.settle(lambda rows: rows[-1] == "$")


@case(87, "direnv in and out of a folder: the prompt shows it, and then no longer", UNIX)
def direnv(bench: Bench) -> None:
    if not shutil.which("direnv"):
        pytest.skip("no direnv on PATH")
    bench.plan_role("p")
    folder = bench.home / "project"
    folder.mkdir()
    (folder / ".envrc").write_text("export AWS_PROFILE=theirs\n")
    hook = "direnv hook fish | source" if bench.kind.name == "fish" else f'eval "$(direnv hook {bench.kind.name})"'
    for side in ("before", "after"):
        shell = bench.start({"DIRENV_LOG_FORMAT": ""}, prompt=True, **{side: hook})
        shell.run("direnv allow project")
        shell.run("assume p")
        shell.run("cd project")
        shell.run("")
        shell.shows("[p\u2260theirs]")
        shell.run("cd ..")
        shell.run("")
        shell.shows("[p]")
