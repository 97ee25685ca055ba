"""Row 97: variables that would not hold what they are given. One table: attributes, variables, shells.

Bash and zsh can give a variable an attribute that changes what an assignment
stores: a number, upper case, a list, another name. Such a variable refuses the
whole switch, before anything is set.
"""

from __future__ import annotations

import subprocess

from .bench import Bench, environment, role
from .table import ALL, POSIX, case

NAMES = (
    "AWS_PROFILE",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_REGION",
    "AWS_CREDENTIAL_EXPIRATION",
    "ASSUME_PROFILE",
    "ASSUME_EXPIRES",
)

# what makes a variable NAME unfit; the shells have different ones
UNFIT = {
    "bash": [
        *(f"declare -{flag} NAME" for flag in ("i", "a", "A", "n", "u", "l", "r", "c", "t", "ix", "ux", "ax")),
        *(f"declare -{flag} NAME=1" for flag in ("i", "a", "u", "l", "r", "c", "t", "ix", "lx", "ia", "xr")),
        "declare -n NAME=PATH",
        "declare -n NAME=nothing",
        "declare -A NAME=([k]=v)",
        "NAME=(a b)",
        "NAME=([5]=a)",
        "NAME=()",
        "export NAME; NAME=(a b)",
        "readonly NAME",
        "readonly NAME=1",
        "export NAME=1; declare -u NAME",
    ],
    "zsh": [
        *(f"typeset -{flag} NAME" for flag in ("i", "a", "A", "u", "l", "r", "F", "E", "H", "h", "U", "t", "ix", "ux")),
        *(f"typeset -{flag} NAME=1" for flag in ("i", "u", "l", "r", "F", "E", "H", "L 2", "R 2", "Z 4", "ix", "xr")),
        "typeset -T NAME tied",
        "NAME=(a b)",
        "NAME=()",
        "export NAME=1; typeset -u NAME",
        "setopt typeset_to_unset; typeset -i NAME",
        "readonly NAME=1",
    ],
}
FIT = ("", "NAME=1", "export NAME", "export NAME=1", "unset NAME", "export NAME=1; export -n NAME", "declare NAME")

TRY = """
. ~/init
before() { :; }
trap 'echo theirs' INT
for name in NAMES; do
    (
        eval "${declared//NAME/$name}" || exit 1
        /bin/sh -c 'env -0' >|~/before
        echo "== $name"
        trap -p INT >|~/trap.before 2>/dev/null || trap >|~/trap.before
        assume p
        echo "status $?"
        trap -p INT >|~/trap.after 2>/dev/null || trap >|~/trap.after
        cmp ~/trap.before ~/trap.after
        case $- in *x*) echo traced ;; esac
        /bin/sh -c 'env -0' >|~/after
        cmp ~/before ~/after && echo same
    )
done
"""


def tried(bench: Bench, declared: str) -> list[tuple[str, list[str]]]:
    """What `assume p` shows for each of NAMES, declared so; both streams in one."""
    init = bench.init_file(bench.text())
    init.replace(bench.home / "init")
    (bench.home / "try").write_text(TRY.replace("in NAMES", "in " + " ".join(NAMES)))
    ran = subprocess.run(
        [*bench.kind.command()[:1], str(bench.home / "try")],
        env={**bench.kind.base_environment(bench.home), **bench.environment, "declared": declared},
        cwd=bench.home,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    parts = ran.stdout.split("== ")[1:]
    assert len(parts) == len(NAMES), (declared, ran.stdout)
    return [(part.split("\n")[0], part.split("\n")[1:-1]) for part in parts]


@case(97, "a variable with an attribute in the way: refused with its name, nothing set, nothing run, no secret", POSIX)
def unfit(bench: Bench) -> None:
    changes = role("a[$(touch PWN)]", key="ASIAKEY")
    bench.plan({"use p": {"changes": changes, "state": "renew;;1", "done": "assume: p  1h left"}})
    for declared in UNFIT[bench.kind.name]:
        for name, (*said, status, same) in tried(bench, declared):
            about = (declared, name, said, status, same)
            assert (status, same) == ("status 1", "same"), about
            assert len(said) == 2 and said[0].startswith(f"assume: {name} "), about
            assert "nothing was changed" in said[0] and "secret/of" not in "".join(said), about
    assert not list(bench.home.rglob("PWN"))


@case(97, "a variable without one, set or not, exported or not, is no obstacle", POSIX)
def fit(bench: Bench) -> None:
    bench.plan_role("p")
    for declared in FIT:
        if bench.kind.name == "zsh":
            declared = declared.replace("export -n", "typeset +x").replace("declare NAME", "typeset -g NAME")
        for name, lines in tried(bench, declared):
            assert "status 0" in lines, (declared, name, lines)


@case(97, "a builtin that we use is disabled: refused, nothing set, and the status is not 0", POSIX)
def disabled(bench: Bench) -> None:
    bench.plan_role("p")
    turn_off = {"bash": "enable -n", "zsh": "disable"}[bench.kind.name]
    for builtin in ("export", "unset", "eval", "printf", "local", "return", "shift", "trap"):
        shell = bench.start()
        before = shell.environment()
        shell.run(f"{turn_off} {builtin}")
        seen = shell.run("assume p")
        assert seen.status != 0, builtin
        assert builtin in seen.text, builtin
        back = {"bash": "enable", "zsh": "enable"}[bench.kind.name]
        assert shell.run(f"{back} {builtin}").status == 0
        assert shell.environment() == before, builtin
        assert shell.run("assume p") == ("", 0), builtin
        shell.close()


@case(97, "PowerShell: a state that cannot be set: refused before anything is set", ["powershell"])
def fixed_state(bench: Bench) -> None:
    bench.plan_role("p")
    for line in (
        "Set-Variable -Scope Global __assume_state x -Option ReadOnly",
        "[int]$global:__assume_state = 1",
    ):
        shell = bench.start(after=line)
        before = shell.environment()
        seen = shell.run("assume p")
        assert seen.status == 1 and "nothing was changed" in seen.text, line
        assert shell.environment() == before
        shell.close()


@case(97, "fish: a path variable, which is a list, holds what it is given", ["fish"])
def path_variable(bench: Bench) -> None:
    changes = bench.plan_role("a:b")
    shell = bench.start(
        after="set -gx --path AWS_PROFILE x y; set -gx --path AWS_SECRET_ACCESS_KEY x; set -g AWS_REGION a b"
    )
    assert shell.run("assume a:b") == ("", 0)
    assert shell.environment().items() >= environment(changes).items()
    assert shell.run("assume off") == ("", 0)


@case(97, "the line of success comes once the changes are made, and not at all if they are not", ALL)
def told_when_true(bench: Bench) -> None:
    done = "assume: p  123456789012  it's $(touch PWN) \\ 1h left"
    bench.plan({"use p": {"changes": role("p"), "state": "renew;;1", "done": done}})
    shell = bench.start()
    assert shell.run("assume p") == (done, 0)
    if bench.kind.name != "powershell":  # whose functions write to the console itself
        assert shell.apart("assume p") == ("", done + "\n", 0)
    assert shell.variable("__assume_done") == ""
    bench.plan({"use bad": {"stdout": "hello\n", "changes": role("p"), "state": "", "done": done}})
    seen = shell.run("assume bad")
    assert seen.status == 1 and done not in seen.text
    if bench.kind.name in POSIX:
        shell = bench.start(after="readonly AWS_REGION=x")
        seen = shell.run("assume p")
        assert seen.status == 1 and done not in seen.text
        assert "your shell has not changed" not in seen.text
