"""Rows 93 to 96 in fish and PowerShell: renewals that fail, a user who is away, Ctrl-C, a program that is gone."""

from __future__ import annotations

import time

from .bench import PROGRAM, Bench, role
from .driver import Shell
from .table import case

THESE = ("fish", "powershell")


def again(shell: Shell, at_s: float) -> str:
    """Makes the next try due `at_s` from now. Returns what the terminal showed until the prompt after it."""
    return shell.run(shell.assign("__assume_retry_at", str(int(time.time() + at_s)))).text


def pause_s(bench: Bench, shell: Shell) -> int:
    """How long the hook waits before the next try."""
    to = bench.home / "pause"
    shell.run(bench.kind.write_variable("__assume_retry_at", to))
    return round((int(to.read_text()) - time.time() + 10) / 30) * 30


@case(
    93,
    "a renewal that fails is tried again after 1, 2, 4, 8 and then every 15 minutes, and prints the reason once",
    THESE,
)
def backs_off(bench: Bench) -> None:
    bench.plan_role("p", left_s=200)
    bench.plan({"renew": {"status": 1, "stderr": "assume: p: this needs a code\n"}})
    shell = bench.start(prompt=True)
    assert shell.run("assume p") == ("assume: p: this needs a code", 0)
    for tries, wait_s in enumerate((60, 120, 240, 480, 900, 900), start=1):
        assert shell.run("") == ("", 0)
        assert (len(bench.calls("renew")), pause_s(bench, shell)) == (tries, wait_s)
        assert again(shell, 20) == ""
        assert len(bench.calls("renew")) == tries
        assert again(shell, 0) == ""
    bench.plan({"renew": {"changes": role("p", left_s=200), "state": "renew;;"}})
    again(shell, 0)
    bench.plan({"renew": {"status": 1, "stderr": "assume: p: again\n"}})
    assert again(shell, 0) == "assume: p: again"


@case(93, "a renewal whose answer is not a list of changes changes nothing", THESE)
def foreign(bench: Bench) -> None:
    bench.plan_role("p", left_s=200)
    bench.plan({"renew": {"stdout": "touch PWN\n", "changes": role("q"), "state": "renew;;"}})
    shell = bench.start(prompt=True)
    assert "not what this shell expects" in shell.run("assume p").text
    assert shell.environment()["AWS_PROFILE"] == "p"
    assert shell.run("") == ("", 0)
    assert not (bench.home / "PWN").exists()


@case(94, "after an hour without a command nothing is renewed, until the next assume", THESE)
def idle(bench: Bench) -> None:
    bench.plan_role("p", left_s=400)
    bench.plan({"renew": {"changes": role("p"), "state": "renew;;"}})
    shell = bench.start(prompt=True)
    shell.run("assume p")
    soon = bench.kind.export("ASSUME_EXPIRES", str(int(time.time()) + 200))
    away = bench.kind.assign("__assume_seen_at", str(int(time.time()) - 3700))
    shell.run(f"{away}; {soon}")
    shell.run("")
    assert not bench.calls("renew")
    # the prompt before an `assume` was long ago: that does not count as an absence after it
    shell.run(f"{away}; assume p")
    shell.run(soon)
    assert len(bench.calls("renew")) == 1


@case(95, "Ctrl-C in a renewal: a prompt, the role as it was, and a pause before the next try", THESE)
def interrupted(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"renew": {"ask": "Renewing"}})
    shell = bench.start(prompt=True)
    shell.run("assume p")
    before = shell.environment()
    shell.send(bench.kind.export("ASSUME_EXPIRES", str(int(time.time()) + 200)) + "\r")
    shell.wait("Renewing")
    shell.press("ctrl-c")
    shell.prompt()
    assert shell.run("echo alive") == ("alive", 0)
    after = shell.environment()
    assert after.pop("ASSUME_EXPIRES") != before.pop("ASSUME_EXPIRES")
    assert after == before
    assert len(bench.calls("renew")) == 1


@case(
    96,
    "the program has moved: the console script is run, and a message says so once; that gone too: a message, status 1",
    THESE,
)
def moved(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"list": {"stdout": "x\n"}, "--version": {"stdout": "1\n"}})
    shell = bench.start(init=bench.text(program=[PROGRAM[0], "-I", "-S", str(bench.home / "nowhere.py")]))
    assert shell.run("assume p") == ("assume: the program has moved or was upgraded: open a new shell", 0)
    assert shell.run("assume list") == ("x", 0)
    assert shell.environment()["AWS_PROFILE"] == "p"
    gone = "assume: the program is gone\n  install assume-shell again, then open a new shell"
    bench.script.write_text("#!/nowhere/python\n")
    assert shell.run("assume off") == (gone, 1)
    bench.script.unlink()
    assert shell.run("assume list") == (gone, 1)
    assert shell.run("") == ("", 1)
    assert shell.environment()["AWS_PROFILE"] == "p"


@case(96, "the program is gone when a renewal is due: one message, not one before every prompt", THESE)
def gone_meanwhile(bench: Bench) -> None:
    bench.plan_role("p")
    program = bench.home / "program.py"
    program.write_text(f"import runpy; runpy.run_path({PROGRAM[3]!r}, run_name='__main__')\n")
    shell = bench.start(init=bench.text(program=[*PROGRAM[:3], str(program)], prompt=True))
    shell.run("assume p")
    program.unlink()
    bench.script.unlink()
    soon = bench.kind.export("ASSUME_EXPIRES", str(int(time.time()) + 200))
    assert shell.run(soon).text.startswith("assume: the program is gone\n")
    assert shell.run("") == ("", 0)


@case(96, "unfilled, the files run the program on PATH", THESE)
def unfilled(bench: Bench) -> None:
    bench.plan_role("p")
    init = "".join(path.read_text(encoding="ascii") for path in bench.kind.files())
    shell = bench.start({"PATH": f"{bench.script.parent}:/usr/bin:/bin"}, init=init)
    assert shell.run("assume p") == ("", 0)
    assert shell.environment()["AWS_PROFILE"] == "p"
    shell = bench.start(init=init)
    assert shell.run("assume p").text.startswith("assume: the program is gone\n")
