"""Rows 37, 38, 41, 42, 46, 48 in fish and PowerShell: loaded again, removed, nested, no HOME, no secrets left."""

from __future__ import annotations

from .bench import Bench, environment
from .driver import Shell
from .fish import Fish
from .powershell import PowerShell
from .table import case

THESE = ("fish", "powershell")
# Everything that a shell holds, by name: functions, variables, handlers, completions, and the prompt's text.
HELD = {
    "fish": "functions -an; set -n; functions --handlers; complete; functions fish_prompt | string match -v '#*'",
    "powershell": "(Get-ChildItem Function:).Name; (Get-Variable).Name; (Get-ChildItem Alias:).Name; $function:prompt",
}


def held(shell: Shell) -> set[str]:
    ours = ("__assume", "assume")
    lines = shell.apart(HELD[shell.name]).stdout.splitlines()
    return {line.strip() for line in lines if any(word in line for word in ours) or "7777" in line}


@case(37, "loaded three times: one hook, one segment, the role kept", THESE)
def loaded_again(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    state, names = shell.variable("__assume_state"), held(shell)
    for _ in range(2):
        assert shell.load(bench.text(prompt=True)) == ("", 0)
    assert shell.shows("[p]").count("[p]") == 1
    assert held(shell) == names
    assert shell.variable("__assume_state") == state
    assert shell.run("assume off") == ("", 0)
    assert shell.rows()[-1] == "$"


@case(38, "undone: function, hook, segment, completion and variables are gone, the prompt is the user's own", THESE)
def undone(bench: Bench) -> None:
    bench.plan_role("p")
    without = bench.kind.spawn(bench.home)
    theirs = held(without)
    without.close()
    for prompt in (True, False):
        shell = bench.start(prompt=prompt)
        shell.run("assume p")
        assert shell.run("__assume_undo") == ("", 0)
        assert held(shell) == theirs
        assert shell.rows()[-1] == "$"
        assert shell.environment()["AWS_PROFILE"] == "p"
        shell.close()


@case(38, "undone and loaded again: works as at first, and the role can still be left", THESE)
def undone_and_loaded(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    before = shell.environment()
    shell.run("assume p")
    shell.run("__assume_undo")
    assert shell.load(bench.text(prompt=True)) == ("", 0)
    shell.run("")
    shell.shows("[p inherited]")
    assert shell.run("assume off") == ("", 0)
    assert shell.environment() == before
    assert shell.rows()[-1] == "$"


@case(41, "another shell inside: it has the role, shows it as inherited, and can leave it", THESE)
def nested(bench: Bench) -> None:
    changes = bench.plan_role("p", left_s=100)
    bench.plan({"renew": {"status": 1}})
    outer = bench.kind
    inner: type[Shell] = PowerShell if outer is Fish else Fish
    if inner.absent():
        inner = outer  # a shell inside the same kind of shell is a case too
    bench.kind = inner
    inner.write_rc(bench.home, inner.source(bench.init_file(bench.text(prompt=True))))
    bench.kind = outer
    shell = bench.start(prompt=True)
    shell.run("assume p")
    renewals = len(bench.calls("renew"))
    shell.run(" ".join(inner.command()))
    shell.shows("[p inherited 2m]")
    assert shell.run("assume off") == ("", 0)
    assert bench.calls("off")[-1] == ["off", "--shell", inner.name, "--state", ""]
    assert shell.rows()[-1] == "$"
    assert len(bench.calls("renew")) == renewals
    shell.run("exit")
    assert shell.environment().items() >= environment(changes).items()


@case(42, "without HOME it loads without output and works", THESE)
def homeless(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start()
    shell.run(bench.kind.unset("HOME"))
    assert shell.load(bench.text()) == ("", 0)
    assert shell.run("assume p") == ("", 0)


@case(48, "without --prompt there is a segment to place, and the prompt is left alone", THESE)
def by_hand(bench: Bench) -> None:
    bench.plan_role("prod", left_s=200, flag="hold")
    mark = r"$([char]27)]7777;$LASTEXITCODE$([char]7)"
    places = {
        "fish": r"function fish_prompt; set -l s $status; assume_segment; printf '> \e]7777;%s\a' $s; end",
        "powershell": 'function prompt { "$(assume_segment)> ' + mark + '" }',
    }
    shell = bench.start()
    shell.run("assume prod")
    assert shell.rows()[-1] == "$"
    shell.run(places[bench.kind.name])
    assert shell.rows()[-1] == "[PROD prod 4m]>"
    shell.run("assume off")
    assert shell.rows()[-1] == ">"
    shell.run("assume prod")
    assert shell.rows()[-1] == "[PROD prod 4m]>"


@case(46, "no variable holds a secret after the call, but those that were asked for", THESE)
def variables(bench: Bench) -> None:
    bench.plan_role("p", left_s=200)
    bench.plan({"renew": bench.answers["use p"]})
    shell = bench.start(prompt=True)
    shell.run("assume p")
    lines = {"fish": "set", "powershell": "Get-Variable | ForEach-Object { $_.Name + ' ' + $_.Value }"}
    held = [line for line in shell.apart(lines[bench.kind.name]).stdout.splitlines() if "/of+" in line]
    assert {line.split()[0] for line in held} <= {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}
