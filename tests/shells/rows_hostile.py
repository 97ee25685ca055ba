"""Rows 22 to 34: settings, aliases, names and variables that break code that does not expect them."""

from __future__ import annotations

import re
import subprocess

from .bench import Bench, environment, role
from .driver import Shell
from .table import ALL, NOT_HERE, POSIX, UNIX, case

NOT_HERE[23] = "an alias behind our line is for `assume doctor`: tests/services/test_doctor.py"

NAMES = [
    "my profile",
    "it's",
    "''",
    "a\\b",
    "end\\",
    "$(touch PWN)",
    "`touch PWN`",
    "x; touch PWN",
    "x'; touch PWN; '",
    '"; touch PWN; "',
    "x' $(touch PWN) '",
    "%n%F{red}",
    "%(?.a.b)",
    "*",
    "[a-z]?",
    "~root",
    "=ls",
    "{a,b}",
    "!!",
    "^a^b",
    "#x",
    "a=b",
    "-n",
    "a,b",
    "x:y",
    " in front and behind ",
    "Zoë \u4f60\u597d \U0001f600",
    "x\u2019; touch PWN; \u2018",
    "\\u\\w\\$(touch PWN)",
]


def sees_no_secret(shell: Shell, start: int) -> None:
    shown = shell.stream[start:]
    assert b"secret/of+" not in shown
    assert b"session/of+" not in shown


@case(22, "Granted's alias of the same name, made before our line: the function wins", POSIX)
def alias_before(bench: Bench) -> None:
    changes = bench.plan_role("p")
    file = bench.init_file(bench.text())
    line = f'eval "$(cat {file})"'  # as users write it: zsh parses all of it before it runs the first line
    shell = bench.start(before="alias assume='. assume'", init="", after=f"cp {file}.kept {file}")
    file.write_text(bench.text())
    assert shell.run(line) == ("", 0)
    assert "function" in shell.run("type assume").text
    assert shell.run("assume p") == ("", 0)
    assert shell.environment().items() >= environment(changes).items()


@case(24, "another program called assume is first on PATH: ours is run", UNIX)
def other_on_path(bench: Bench) -> None:
    changes = bench.plan_role("p")
    folder = bench.home / "other"
    folder.mkdir()
    (folder / "assume").write_text("#!/bin/sh\ntouch PWN\n")
    (folder / "assume").chmod(0o755)
    shell = bench.start({"PATH": f"{folder}:/usr/bin:/bin"})
    assert shell.run("assume p") == ("", 0)
    assert shell.environment().items() >= environment(changes).items()
    assert not (bench.home / "PWN").exists()


@case(25, "set -euo pipefail: loads, switches, and a failure inside `if` does not end the shell", POSIX)
def strict(bench: Bench) -> None:
    changes = bench.plan_role("p")
    bench.plan({"use bad": {"status": 3}})
    shell = bench.start(before="set -eu -o pipefail", prompt=True)
    assert shell.run("assume p") == ("", 0)
    assert shell.run("if ! assume bad; then echo caught; fi") == ("caught", 0)
    assert shell.run("assume bad || echo caught $?") == ("caught 3", 0)
    assert shell.environment().items() >= environment(changes).items()


@case(25, "a script with set -eu: loads without output, and a failing assume ends it, as any command would", POSIX)
def strict_script(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"use bad": {"status": 3}})
    file = bench.init_file(bench.text())
    script = f". {file}\nassume p\necho $AWS_PROFILE\nassume bad\necho not here\n"
    ran = subprocess.run(
        [*bench.kind.command()[:1], "-eu", "-o", "pipefail", "-c", script],
        env=bench.kind.base_environment(bench.home) | bench.environment,
        capture_output=True,
        check=False,
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == (b"p\n", b"", 3)


@case(26, "works under noclobber, noglob and any IFS, and leaves them as they were", POSIX)
def field_separators(bench: Bench) -> None:
    bench.plan_role("p", left_s=200)
    bench.plan({"renew": {"status": 1}, "list": {"stdout": "x\n"}, "use my profile": {"state": "hold;;"}})
    settings = "set -o; printf '[%s]' \"$IFS\""
    for setting in ("set -C", "set -f", "IFS=:", "IFS=", "IFS=p", "IFS=_", "IFS=i", "IFS=0123456789"):
        shell = bench.start(before=setting, prompt=True)
        before = shell.apart(settings)
        for line in ("assume p", "assume 'my profile'", "assume off"):
            assert shell.run(line) == ("", 0), (setting, line)
        assert shell.run("assume list") == ("x", 0), setting
        assert shell.apart(settings) == before
        assert bench.calls("use")[-2:] == [
            ["use", "--shell", bench.kind.name, "--state", "", "p"],
            ["use", "--shell", bench.kind.name, "--state", bench.answers["use p"]["state"], "my profile"],
        ], setting


@case(26, "bash: with nocasematch no word and no name is taken for another", ["bash"])
def no_case(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"use": {"state": "hold;;"}})
    shell = bench.start(before="shopt -s nocasematch", prompt=True)
    for word in ("LIST", "OFF", "USE"):
        shell.run(f"assume {word}")
    assert [call[5:] for call in bench.calls()] == [["LIST"], ["OFF"], ["USE"]]
    shell.run("assume p")
    shell.run("export AWS_PROFILE=P")
    assert shell.rows()[-1] == "[p\u2260P] $"


@case(27, "zsh: works under emulations and its worst options, and leaves them as they were", ["zsh"])
def options(bench: Bench) -> None:
    changes = bench.plan_role("p")
    bench.plan({"list": {"stdout": "x\n"}})
    worst = (
        "ksh_arrays sh_word_split glob_subst warn_create_global err_return posix_builtins sh_glob ksh_glob "
        "csh_junkie_quotes csh_junkie_loops csh_null_glob ignore_braces ignore_close_braces rc_quotes all_export "
        "no_unset posix_identifiers typeset_silent extended_glob no_multios no_short_loops function_argzero "
        "posix_aliases ksh_typeset magic_equal_subst prompt_subst prompt_bang path_dirs null_glob no_nomatch"
    ).split()
    groups = [worst[at : at + 6] for at in range(0, len(worst), 6)]
    for before in ("emulate sh", "emulate ksh", "emulate csh", *("setopt " + " ".join(group) for group in groups)):
        shell = bench.start(after=before, prompt=True)
        again = shell.load(bench.text(prompt=True))  # under the options too
        assert again == ("", 0), before
        had = shell.apart("setopt")
        assert shell.run("assume p") == ("", 0), before
        assert shell.run("assume list") == ("x", 0), before
        inside = shell.environment()
        assert inside.items() >= environment(changes).items(), before
        assert "__assume_state" not in inside, before
        assert shell.shows("[p]").endswith("[p]"), before
        assert shell.apart("setopt") == had, before
        assert shell.run("assume off") == ("", 0), before
        shell.close()


@case(28, "aliases of the builtins that we use are not used", POSIX)
def aliases(bench: Bench) -> None:
    changes = bench.plan_role("p")
    words = (
        "eval local command return export unset test printf shift set true trap typeset read builtin emulate kill"
        " declare type complete shopt unalias setopt zmodload whence break continue"
    ).split()
    shell = bench.start(before="; ".join(f"alias {word}=false" for word in words), prompt=True)
    assert shell.run("assume p") == ("", 0)
    assert shell.environment().items() >= environment(changes).items()
    assert shell.shows("[p]")


@case(29, "tracing shows no secret, and is on again afterwards", POSIX)
def traced(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"renew": {"changes": role("p"), "state": "renew;;x"}, "use bad": {"status": 1}})
    for switch, flag in (("set -x", "x"), ("set -v", "v"), ("set -xv", "x")):
        shell = bench.start(prompt=True)
        shell.run(switch)
        start = len(shell.stream)
        shell.run("assume p")
        shell.run("assume bad")
        shell.run(f"export ASSUME_EXPIRES={role('p', left_s=60)[10][1]}")
        assert bench.calls("renew")
        sees_no_secret(shell, start)
        assert re.search(rf"flags=\w*{flag}", shell.run("echo flags=$-").text)
        shell.close()


@case(29, "Ctrl-C in a traced assume: tracing is on again at the next prompt", POSIX)
def traced_and_interrupted(bench: Bench) -> None:
    bench.plan({"use mfa": {"ask": "Code: "}})
    shell = bench.start()
    shell.run("set -x")
    shell.send("assume mfa\r")
    shell.wait("Code: ")
    shell.press("ctrl-c")
    assert shell.prompt() == shell.interrupted
    assert re.search(r"flags=\w*x", shell.run("echo flags=$-").text)


@case(29, "a DEBUG trap that functions inherit sees no secret", POSIX)
def watched(bench: Bench) -> None:
    bench.plan_role("p")
    says = {"bash": "set -T; trap 'echo \"$BASH_COMMAND\"' DEBUG", "zsh": "trap 'echo $ZSH_DEBUG_CMD' DEBUG"}
    shell = bench.start(after=says[bench.kind.name])
    start = len(shell.stream)
    shell.run("assume p")
    sees_no_secret(shell, start)
    assert "echo hi" in shell.run("echo hi").text


@case(30, "names of every kind reach the environment unchanged, and nothing in them runs", ALL)
def names(bench: Bench) -> None:
    shell = bench.start(prompt=True)
    for name in NAMES:
        changes = role(name, key="ASIA0000000000000000")
        bench.plan({"use": {"changes": changes, "state": "renew;;"}})
        assert shell.run(f"assume use {bench.kind.quote(name)}").status == 0, name
        assert shell.environment().items() >= environment(changes).items(), name
        assert bench.calls("use")[-1][5:] == [name]
    assert not list(bench.home.rglob("PWN"))


@case(33, "an interactive shell with set -e is alive at the next prompt", POSIX)
def set_e(bench: Bench) -> None:
    bench.plan_role("p", left_s=200)
    bench.plan({"renew": {"status": 1, "stderr": "assume: p: no\n"}})
    for before in ("", "PROMPT_COMMAND='true'", "PROMPT_COMMAND=(true true)"):
        shell = bench.start(before=before, prompt=True)
        shell.run("set -e")
        shell.run("! true")
        shell.run("assume p")
        shell.run("if false; then :; fi; ! true")
        assert shell.run("echo alive") == ("alive", 0), before


@case(34, "a readonly variable in the way: the switch is refused with its name, before anything is set", POSIX)
def readonly(bench: Bench) -> None:
    bench.plan_role("p")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "__assume_state"):
        shell = bench.start(after=f"readonly {name}=theirs")
        before = shell.environment()
        seen = shell.run("assume p")
        assert seen.status == 1
        assert f"{name} is readonly" in seen.text
        assert shell.environment() == before
    # readonly without a value, and readonly in a function that calls assume
    for line in ("readonly AWS_SESSION_TOKEN; assume p", "f() { local -r AWS_PROFILE=theirs; assume p; }; f"):
        shell = bench.start()
        before = shell.environment()
        seen = shell.run(line)
        assert seen.status == 1, line
        assert "is readonly" in seen.text
        assert shell.environment() == before
