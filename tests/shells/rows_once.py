"""Row 99: what was given for one command, or is local to a function, is not what `off` restores."""

from __future__ import annotations

from .bench import Bench
from .table import case

SHELLS = ("bash", "fish")
KEYS = {"AWS_ACCESS_KEY_ID": "AKIA1234567890123456", "AWS_SECRET_ACCESS_KEY": "mine/of+them"}


@case(99, "AWS_PROFILE=prod assume dev; assume off: the environment is as it was before, whatever was there", SHELLS)
def given_once(bench: Bench) -> None:
    bench.demo()
    restores_what_was_there(bench, bench.real())


@case(99, "the same by what a bash before 4.4 does, which cannot show attributes", ["bash"])
def given_once_in_an_older_bash(bench: Bench) -> None:
    bench.demo()
    is_old = "BASH_VERSINFO[0] < 4 ||"
    assert bench.real().count(is_old) == 3
    restores_what_was_there(bench, bench.real().replace(is_old, "1 ||"))


def restores_what_was_there(bench: Bench, init: str) -> None:
    for had in ({}, {"AWS_PROFILE": "user1"}, {"AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "AKIAMINE"}):
        shell = bench.start(had, init=init)
        before = shell.environment()
        for name, value in (
            ("AWS_PROFILE", "user2"),
            ("AWS_PROFILE", "marketingadmin"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_DEFAULT_PROFILE", "user2"),
            ("AWS_VAULT", "x"),
        ):
            seen = shell.run(f"{name}={value} assume marketingadmin")
            assert seen.status == 0, (had, name, seen)
            inside = shell.environment()
            assert inside["AWS_PROFILE"] == inside["ASSUME_PROFILE"] == "marketingadmin", (had, name)
            assert shell.run("assume off").status == 0
            assert shell.environment() == before, (had, name)
        keys = " ".join(f"{name}={value}" for name, value in KEYS.items())
        assert shell.run(f"{keys} assume marketingadmin").status == 0
        shell.run("assume off")
        assert shell.environment() == before, had
        shell.close()


@case(99, "what is exported and local to a function is not what `off` restores", SHELLS)
def local_to_a_function(bench: Bench) -> None:
    bench.demo()
    body = {
        "bash": "f() { local -x AWS_PROFILE=user2; assume marketingadmin; }",
        "fish": "function f; set -lx AWS_PROFILE user2; assume marketingadmin; end",
    }
    shell = bench.start({"AWS_PROFILE": "user1"}, init=bench.real(), after=body[bench.kind.name])
    before = shell.environment()
    assert shell.run("f").status == 0
    assert shell.run("assume off").status == 0
    assert shell.environment() == before


@case(99, "keys that were given for one command are the source of the role", SHELLS)
def source(bench: Bench) -> None:
    bench.plan({"use p": {"input": True, "state": "hold;;"}})
    changes = bench.plan_role("p")
    shell = bench.start({"AWS_PROFILE": "was"})
    assert shell.run("AWS_PROFILE=x AWS_REGION=y assume p") == ("", 0)
    assert shell.environment()["AWS_PROFILE"] == dict(changes)["AWS_PROFILE"]
    assert not [name for name in shell.environment() if name.startswith(("ASSUME_ONCE", "ASSUME_BEHIND"))]


@case(99, "zsh, which cannot tell: the next prompt says what is not the role's any more", ["zsh"])
def noticed(bench: Bench) -> None:
    bench.plan_role("p")
    for name in ("AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"):
        shell = bench.start(prompt=True)
        seen = shell.run(f"{name}=x assume p")
        assert seen.status == 0 and name in seen.text, seen
        assert shell.run("true") == ("", 0)
        shell.run("assume -")
        shell.close()
    shell = bench.start(prompt=True)
    assert shell.run("assume p") == ("", 0)
    assert shell.run("AWS_REGION=x") == ("", 0)
