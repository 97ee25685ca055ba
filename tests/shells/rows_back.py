"""Row 98: `off` brings back what was there, also what no program sees, and also when hardly anything fits."""

from __future__ import annotations

from .bench import Bench
from .table import UNIX, case

KEPT = {"AWS_REGION": "eu west\n1", "AWS_DEFAULT_PROFILE": "it's $(touch PWN)", "AWS_PROFILE": ""}


@case(98, "variables that were set and not exported are back after `off`, and still not exported", UNIX)
def unexported(bench: Bench) -> None:
    bench.plan_role("a")
    bench.plan_role("b")
    for before in ("", "set -u"):
        shell = bench.start(before=before if bench.kind.name != "fish" else "")
        for name, value in KEPT.items():
            shell.run(bench.kind.assign(name, value.replace("\n", " ")))
        at_first = shell.environment()
        for line in ("assume a", "assume b", "assume off"):
            assert shell.run(line) == ("", 0)
        assert {name: shell.variable(name) for name in KEPT} == {
            name: value.replace("\n", " ") for name, value in KEPT.items()
        }
        assert shell.environment() == at_first
        shell.close()


@case(98, "with an environment that hardly leaves room for a program, `off` works", UNIX)
def full_environment(bench: Bench) -> None:
    """The largest value is 128 KiB, and all of them 2 MiB at most; then no program starts."""
    bench.plan_role("a")
    shell = bench.start()
    shell.run("assume a")
    export = {"fish": "set -gx"}.get(bench.kind.name, "export")
    big = {
        "fish": "for i in (seq 40); set -gx BIG_$i (string repeat -n 100000 x); end",
    }.get(bench.kind.name, "for i in {1..40}; do export BIG_$i=\"$(head -c 100000 /dev/zero | tr '\\0' x)\"; done")
    shell.run(f"{export} ROOM=1; {big}")
    assert shell.run("/bin/true").status != 0
    seen = shell.run("assume off")
    assert seen == ("", 0)
    assert shell.variable("ASSUME_PROFILE") == ""
    assert shell.variable("AWS_ACCESS_KEY_ID") == ""
    assert len(shell.variable("BIG_3")) == 100_000


@case(98, "`off` works with readonly variables and functions that are exported, and leaves them so", UNIX)
def readonly_exports(bench: Bench) -> None:
    bench.plan_role("a")
    shell = bench.start()
    made = {
        "bash": "declare -rx MINE=1; function theirs { :; }; export -f theirs; readonly -f theirs",
        "zsh": "typeset -rx MINE=1; typeset -Tx LIST list",
        "fish": "set -gx MINE 1; set -Ux ALL 2",
    }
    shell.run(made[bench.kind.name])
    before = shell.environment()
    for line in ("assume a", "assume off"):
        assert shell.run(line) == ("", 0)
    assert shell.environment() == before
    assert before["MINE"] == "1"
