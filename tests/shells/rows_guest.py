"""Rows 98 and 99: what belongs to the user stays as it is, whatever their shell is set to."""

from __future__ import annotations

from .bench import Bench, environment, role
from .table import POSIX, UNIX, case


@case(98, "LC_ALL names a locale that is not installed: no warning, neither at a switch nor at a prompt", UNIX)
def no_such_locale(bench: Bench) -> None:
    changes = bench.plan_role("prod-zoe")
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        shell = bench.start({name: "xx_YY.UTF-8"}, prompt=True)
        shell.drain()
        start = len(shell.stream)
        assert shell.run("assume use prod-zoe").status == 0
        shell.run("true")
        shell.run(bench.kind.export("AWS_PROFILE", "dev"))
        shell.run("true")
        assert shell.environment().items() >= {**environment(changes), "AWS_PROFILE": "dev"}.items()
        assert b"change locale" not in shell.stream[start:], name
        bench.plan({"use bad": {"stdout": "hello\n"}})
        assert "not what this shell expects" in shell.run("assume bad").text
        shell.close()


@case(98, "a function named builtin: the prompt comes, and a switch is refused", POSIX)
def function_builtin(bench: Bench) -> None:
    bench.plan_role("p")
    for body in (":", "return 1", "echo hi"):
        shell = bench.start(prompt=True)
        shell.run("assume p")
        before = shell.environment()
        shell.run(f"function builtin {{ {body}; }}")
        seen = shell.run("true")
        assert seen.status == 0 and seen.text.count("hi") < 2, body
        seen = shell.run("assume p")
        assert seen.status == 1 and "nothing was changed" in seen.text, body
        shell.run("unset -f builtin")
        assert shell.environment() == before
        assert shell.run("assume off") == ("", 0), body
        shell.close()


@case(98, "a restricted bash: no hook, no error at a prompt, and one message for a switch", ["bash"])
def restricted(bench: Bench) -> None:
    bench.plan({"use p": {"changes": role("p"), "state": "renew;;"}})
    shell = bench.start(arguments=["-r"], prompt=True)
    assert shell.run("true") == ("", 0)
    seen = shell.run("assume p")
    assert (seen.status, len(seen.text.splitlines())) == (1, 1) and "restricted" in seen.text
    assert "__assume_hook" not in shell.run('echo "${PROMPT_COMMAND[@]}"').text
    shell.close()
    shell = bench.start(prompt=True)
    shell.run("assume p")
    assert shell.run("set -r") == ("", 0)
    assert shell.run("true") == ("", 0)
    seen = shell.run("assume off")
    assert (seen.status, len(seen.text.splitlines())) == (1, 1)


@case(98, "set -a exports none of our variables, at the load, at a switch or at a prompt", POSIX)
def all_exported(bench: Bench) -> None:
    changes = bench.plan_role("p")
    bench.plan({"use bad": {"status": 1}})
    loaded = "set -a" if bench.kind.name == "bash" else "setopt all_export"
    for where in ("before", "after"):
        before, after = (loaded, "") if where == "before" else ("", loaded)
        shell = bench.start(prompt=True, before=before, after=after)
        shell.run("true")
        assert not [name for name in shell.environment() if "assume" in name], where
        assert shell.run("assume p") == ("", 0)
        shell.run("assume bad")
        inside = shell.environment()
        assert not [name for name in inside if "assume" in name], where
        assert inside.items() >= environment(changes).items()
        shell.run("theirs=1")
        assert shell.environment()["theirs"] == "1"  # it is still on
        assert shell.run("assume off") == ("", 0)
        assert not [name for name in shell.environment() if "assume" in name], where
        shell.close()


@case(98, "without TERM the segment has no colours")
def no_terminal_type(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start()
    shell.run("assume p")
    to = bench.home / "segment"
    for value in (None, ""):
        if bench.kind.name == "powershell":
            shell.run("$env:TERM = $null")
        else:
            shell.run(bench.kind.unset("TERM") if value is None else bench.kind.export("TERM", value))
        shell.run(bench.kind.export("NO_COLOR", "") if bench.kind.name != "powershell" else "$env:NO_COLOR = $null")
        if bench.kind.name in POSIX:
            shell.run("__assume_drawn=; __assume_hook")
        shell.run(bench.kind.segment(to))
        assert to.read_text().rstrip() == "[p]", value
