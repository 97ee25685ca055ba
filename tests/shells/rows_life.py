"""Rows 37 to 46: loaded again, removed, upgraded, gone; inside another shell; what is left afterwards."""

from __future__ import annotations

from pathlib import Path

from assume.shells.table import SHELLS

from .bash import Bash
from .bench import FAKE, PROGRAM, Bench, environment, role
from .table import NOT_HERE, POSIX, UNIX, case
from .zsh import Zsh

NOT_HERE[44] = "powerlevel10k is not here; what its instant prompt forbids, output while loading, is row 35"

HOOKS = {"bash": 'echo "${PROMPT_COMMAND[@]}"', "zsh": 'echo "${precmd_functions[@]}"'}


@case(37, "loaded three times: one hook, one segment, the role kept", POSIX)
def loaded_again(bench: Bench) -> None:
    bench.plan_role("p")
    text = bench.text(prompt=True)
    shell = bench.start(prompt=True)
    shell.run("assume p")
    state, prompts = shell.variable("__assume_state"), (shell.variable("PS1"), shell.variable("RPROMPT"))
    for _ in range(2):
        assert shell.load(text) == ("", 0)
        assert shell.run(HOOKS[bench.kind.name]).text.split().count("__assume_hook") == 1
    assert shell.shows("[p]").count("[p]") == 1
    assert (shell.variable("PS1"), shell.variable("RPROMPT")) == prompts
    assert shell.variable("__assume_state") == state
    assert shell.run("assume off") == ("", 0)


UNDONE = {
    "bash": "declare -p PROMPT_COMMAND PS1; declare -F; set | grep -v ^BASH_ | grep __assume; complete -p | grep assu",
    "zsh": "typeset -p precmd_functions RPROMPT PS1; functions | grep assu; set | grep __assu; echo $_comps[assume]",
}


@case(38, "undone: hook, function, completion, segment and variables are gone, the user's own are unchanged", POSIX)
def undone(bench: Bench) -> None:
    bench.plan_role("p")
    theirs = {
        "bash": ["", "PROMPT_COMMAND='true; true'", "PROMPT_COMMAND=(true 'true  x')", "PS1='\\n'$PS1"],
        "zsh": ["", "RPROMPT='%F{red}x%f'; function x { true; }; precmd_functions=(x)"],
    }
    for before in theirs[bench.kind.name]:
        without = bench.kind.spawn(bench.home, rc=before)
        shell = bench.start(before=before, prompt=True)
        shell.run("assume p")
        shell.shows("[p]")
        assert shell.run("__assume_undo") == ("", 0), before
        assert shell.apart(UNDONE[bench.kind.name]) == without.apart(UNDONE[bench.kind.name]), before
        assert shell.run("assume p").status == 127
        assert shell.variable("AWS_PROFILE") == "p"
        without.close()


@case(39, "the file of an uninstalled package is gone: the line in the rc file prints nothing", UNIX)
def file_gone(bench: Bench) -> None:
    line = SHELLS[bench.kind.name].line.format(bench.kind.quote(str(bench.home / "it's gone")))
    shell = bench.kind.spawn(bench.home, rc=line)
    assert shell.run("echo hi") == ("hi", 0)
    shell.close()


@case(39, "the program is gone: every assume prints so and what to do, status 1")
def program_gone(bench: Bench) -> None:
    nowhere = str(bench.home / "no where")
    shell = bench.start(init=bench.text(program=[nowhere, "-I", "-S", nowhere], script=nowhere))
    for line in ("assume p", "assume list", "assume off"):
        text, status = shell.run(line)
        assert status == 1
        assert text == "assume: the program is gone\n  install assume-shell again, then open a new shell"


@case(40, "interpreter or package moved by an upgrade: the console script is run, and a message says so once")
def moved(bench: Bench) -> None:
    changes = bench.plan_role("p")
    bench.plan({"list": {"stdout": "x\n"}, "--version": {"stdout": "assume 1\n"}})
    gone = str(bench.home / "gone")
    for program in ([gone, "-I", "-S", str(FAKE)], [PROGRAM[0], "-I", "-S", gone]):
        shell = bench.start(init=bench.text(program=program))
        assert shell.run("assume p") == ("assume: the program has moved or was upgraded: open a new shell", 0)
        assert shell.environment().items() >= environment(changes).items()
        assert shell.run("assume off") == ("", 0)
        assert shell.run("assume list") == ("x", 0)
        shell.close()


@case(40, "a program whose path has spaces and quotes is run")
def odd_path(bench: Bench) -> None:
    bench.plan_role("p")
    folder = bench.home / 'it\'s a "$(touch PWN)" folder'
    folder.mkdir()
    for name, target in (("python", Path(PROGRAM[0])), ("main.py", FAKE)):
        (folder / name).symlink_to(target)
    shell = bench.start(init=bench.text(program=[str(folder / "python"), "-I", "-S", str(folder / "main.py")]))
    assert shell.run("assume p") == ("", 0)
    assert not list(bench.home.rglob("PWN"))


@case(41, "another shell inside: it has the role, shows it as inherited, and can leave it", POSIX)
def nested(bench: Bench) -> None:
    changes = bench.plan_role("p", left_s=100)
    bench.plan({"renew": {"status": 1}})
    inner = Zsh if bench.kind is Bash else Bash
    outer, bench.kind = bench.kind, inner
    file = bench.init_file(bench.text(prompt=True))
    inner.write_rc(bench.home, inner.source(file))
    bench.kind = outer
    shell = bench.start(prompt=True)
    shell.run("assume p")
    renewals = len(bench.calls("renew"))
    shell.run(" ".join(inner.command()))
    shell.shows("[p inherited 2m]")
    assert shell.environment().items() >= environment(changes).items()
    assert shell.run("assume off") == ("", 0)
    assert "ASSUME_PROFILE" not in shell.environment()
    assert bench.calls("off")[-1] == ["off", "--shell", inner.name, "--state", ""]
    assert len(bench.calls("renew")) == renewals
    shell.run("exit")
    assert shell.environment().items() >= environment(changes).items()


@case(42, "without HOME it loads without output and works", POSIX)
def homeless(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start()
    shell.run("unset HOME")
    assert shell.load(bench.text()) == ("", 0)
    assert shell.run("assume p") == ("", 0)


@case(46, "no history holds a secret or a code", POSIX)
def history(bench: Bench) -> None:
    bench.plan({"use mfa": {"ask": "Code: ", "changes": role("mfa"), "state": "renew;;"}})
    keep = "HISTFILE=~/.history HISTSIZE=1000 SAVEHIST=1000"
    shell = bench.start(before=keep, prompt=True)
    shell.send("assume mfa\r")
    shell.wait("Code: ")
    shell.send("123456\r")
    shell.prompt()
    shell.send("exit\r")
    shell.process.wait()
    kept = (bench.home / ".history").read_text()
    assert "assume mfa" in kept
    for word in ("123456", "secret/of", "session/of", "builtin", "__assume"):
        assert word not in kept


@case(46, "no variable holds a secret after the call, but those that were asked for", POSIX)
def variables(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    held = [line for line in shell.apart("set").stdout.splitlines() if "/of+" in line]
    assert {line.partition("=")[0].split()[-1] for line in held} <= {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}


@case(35, "the line that a user writes by hand loads it, and the files work unfilled", UNIX)
def by_hand(bench: Bench) -> None:
    bench.plan_role("p")
    (bench.home / "assume").symlink_to(bench.script)
    unfilled = "".join(path.read_text() for path in bench.kind.files())
    shell = bench.start({"PATH": f"{bench.home}:/usr/bin:/bin"}, init=unfilled)
    assert shell.run("assume p") == ("", 0)
