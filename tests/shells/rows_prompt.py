"""Rows 47 to 58: the segment, and the prompt that it is part of."""

from __future__ import annotations

import itertools
import shutil
import venv
from typing import Any

import pytest

from .bench import Bench, role
from .driver import Shell
from .rows_hostile import NAMES
from .table import POSIX, UNIX, case


def bare(shell: Shell) -> None:
    """Waits until the prompt is as it was without us."""
    shell.settle(lambda rows: rows[-1:] == ["$"])


@case(47, "no role: the prompt is byte-identical to that of a shell without our line")
def untouched(bench: Bench) -> None:
    without = bench.kind.spawn(bench.home)
    shell = bench.start(prompt=True)
    for each in (without, shell):
        each.run("echo hi")
        each.run("")
    meta = b"\x1b[?1034h"  # sent by readline when the terminal is first used
    assert shell.passed().replace(meta, b"") == without.passed().replace(meta, b"")
    without.close()


@case(48, "a role is shown by its name, and after `off` no longer")
def shown(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    shell.shows("[p]")
    shell.run("assume off")
    bare(shell)


@case(48, "a read-only role says so; the word prod in the role of an SSO profile counts like one in the profile's name")
def read_only_and_production(bench: Bench) -> None:
    own = {"a": ("ASSUME_READ_ONLY", "1"), "b": ("ASSUME_SSO_ROLE", "123456789012/prod_admin")}
    for name, variable in own.items():
        changes = bench.plan_role(name, left_s=600)
        bench.plan({f"use {name}": {**bench.answers[f"use {name}"], "changes": [*changes, variable]}})
    gone = [(name, None) for name, _ in own.values()]
    bench.plan({"use c": {"changes": [*role("c"), *gone], "state": "renew;;c"}})
    shell = bench.start(prompt=True)
    shell.run("assume a")
    shell.shows("[a read-only 10m]")
    shell.run("assume b")
    shell.shows("[PROD b read-only 10m]")
    shell.run("assume c")
    shell.shows("[c]")
    child = bench.start({name: value for name, value in [*role("d"), own["a"]] if value is not None}, prompt=True)
    child.shows("[d read-only inherited]")


@case(48, "without --prompt there is a segment to place, and the prompt is left alone", POSIX)
def by_hand(bench: Bench) -> None:
    bench.plan_role("a%b")
    place = {"bash": "PS1='$__assume_segment '$PS1", "zsh": "setopt promptsubst; RPROMPT='$__assume_segment'"}
    shell = bench.start()
    shell.run("assume a%b")
    bare(shell)
    shell.run(place[bench.kind.name])
    shell.shows("[a%b]")


@case(49, "the status of a command is what the prompt shows")
def status(bench: Bench) -> None:
    bench.plan_role("p", left_s=600)
    shell = bench.start(prompt=True)
    shell.run("assume p")
    for number in (0, 3, 130):
        assert shell.run(f"sh -c 'exit {number}'").status == number


@case(49, "commands after the hook find the status, and each status of a pipe, as the command left them", POSIX)
def statuses(bench: Bench) -> None:
    bench.plan_role("p")
    says = 'echo "saw $? ${PIPESTATUS[*]}"'
    if bench.kind.name == "zsh":
        says = 'function theirs { echo "saw $? ${pipestatus[*]}"; }; precmd_functions+=(theirs)'
    new = bench.start().variable("BASH_VERSION")[:3] not in ("3.2", "4.2", "4.4", "5.0")  # PROMPT_COMMAND is a list
    ways: list[dict[str, Any]] = [{"before": says}, {"after": says}]
    if bench.kind.name == "bash":
        ways = [
            {"before": f"PROMPT_COMMAND='{says}'"},
            {"after": f"PROMPT_COMMAND='{says}'"},
            {"after": f"PROMPT_COMMAND=\"${{PROMPT_COMMAND:+$PROMPT_COMMAND; }}\"'{says}'"},
            {"after": f"PROMPT_COMMAND='{says}'\"${{PROMPT_COMMAND:+; $PROMPT_COMMAND}}\""},
        ]
    for way in ways:
        shell = bench.start(prompt=True, **way)
        shell.run("assume p")
        assert shell.run("sh -c 'exit 4'").text == "saw 4 4", way
        each = shell.run("true | sh -c 'exit 4' | sh -c 'exit 5'").text
        assert each == "saw 5 0 4 5" or (not new and each == "saw 5 5"), way
        if new:
            shell.shows("[p]")


@case(50, "twenty prompts start no process", UNIX)
def no_process(bench: Bench) -> None:
    if not shutil.which("strace"):
        pytest.skip("no strace on PATH")
    bench.plan_role("p", left_s=600)
    log = bench.home / "strace"
    plain = bench.kind
    strace = ["strace", "-f", "-qq", "-o", str(log), "-e", "trace=clone,clone3,fork,vfork,execve"]
    bench.kind = type("Watched", (plain,), {"command": classmethod(lambda cls: [*strace, *plain.command()])})
    shell = bench.start(prompt=True)
    shell.run("assume p")
    before = log.read_text()
    for _ in range(20):
        shell.run("")
    assert "execve" in before
    assert log.read_text() == before


@case(51, "a name is shown in the prompt unchanged, and nothing in it runs", ("bash", "fish", "powershell"))
@case(52, "a name is shown in the prompt unchanged, whatever the prompt options, and nothing in it runs", ["zsh"])
def literal(bench: Bench) -> None:
    afters = {"setopt promptsubst promptbang": NAMES, "setopt nopromptsubst": NAMES[::4]}
    for after, names in afters.items() if bench.kind.name == "zsh" else [("", NAMES)]:
        shell = bench.start(prompt=True, after=after)
        for name in names:
            bench.plan_role(name)
            bench.plan({"use": bench.answers[f"use {name}"]})
            shell.run(f"assume use {bench.kind.quote(name)}")
            shell.run("")
            shell.shows(f"[{name}]")
        shell.close()
    assert not list(bench.home.rglob("PWN"))


@case(51, "control characters of a name show as ?")
def control(bench: Bench) -> None:
    shell = bench.start(
        {"ASSUME_PROFILE": "a\x1b]0;x\x07b\nc\x01d", "AWS_PROFILE": "a\x1b[31mb"}, prompt=True, wait=False
    )
    shell.shows("[a?]0;x?b?c?d\u2260a?[31mb]")


@case(53, "bash: whatever PROMPT_COMMAND was, it runs once before each prompt, in its order", ["bash"])
def prompt_command(bench: Bench) -> None:
    bench.plan_role("p")
    settings = {
        "": "",
        "PROMPT_COMMAND=": "",
        "PROMPT_COMMAND='echo one'": "one",
        "PROMPT_COMMAND='echo one; '": "one",
        "PROMPT_COMMAND=$'echo one\\n'": "one",
        "PROMPT_COMMAND='echo one;echo two # both'": "one\ntwo",
        "export PROMPT_COMMAND='echo one'": "one",
    }
    if bench.start().variable("BASH_VERSION") >= "5.1":
        settings |= {"PROMPT_COMMAND=('echo one' 'echo two')": "one\ntwo", "PROMPT_COMMAND=([3]='echo one')": "one"}
    for before, said in settings.items():
        shell = bench.start(before=before, prompt=True)
        assert shell.run("assume p").text == said, before
        shell.shows("[p] $")


@case(53, "bash: a readonly PROMPT_COMMAND or PS1 is left alone, without a message", ["bash"])
def readonly(bench: Bench) -> None:
    bench.plan_role("p")
    for before in ("readonly PROMPT_COMMAND='true'", "readonly PS1"):
        shell = bench.start(before=before, prompt=True)
        assert shell.run("assume p") == ("", 0)
        assert shell.run("echo hi") == ("hi", 0)


@case(54, "zsh: beside the user's right prompt, or one that a theme builds again each time, and never twice", ["zsh"])
def right_prompt(bench: Bench) -> None:
    bench.plan_role("p")
    theme = "function theme { RPROMPT='%F{red}theirs%f'; }; precmd_functions+=(theme)"
    for setting in ("RPROMPT='%F{red}theirs%f'", "RPS1=theirs", theme):
        for side in ("before", "after"):
            shell = bench.start(None, prompt=True, **{side: setting})
            shell.run("assume p")
            shell.run("")
            row = shell.shows("theirs")
            if (setting, side) != (theme, "after"):
                assert row.endswith(" [p] theirs"), (setting, side)
            shell.run("assume off")
            shell.settle(lambda rows: "[p]" not in rows[-1] and rows[-1].endswith(" theirs"))


@case(56, "a line longer than the terminal wraps where it should, and Ctrl-A finds its start", UNIX)
def wraps(bench: Bench) -> None:
    bench.plan_role("prod", left_s=600)
    shell = bench.start(prompt=True, columns=60)
    shell.run("assume prod")
    row = shell.shows("[PROD prod 10m]")
    width = shell.screen.cursor.x
    typed = "x" * 70
    shell.send(typed)
    rows = shell.settle(lambda rows: sum(row.count("x") for row in rows) >= 70)
    assert rows[-2:] == [row[:width].ljust(width) + typed[: 60 - width], typed[60 - width :]]
    shell.press("ctrl-a")
    shell.settle(lambda rows: shell.screen.cursor.x == width)
    shell.send("echo ")
    shell.settle(lambda rows: any("echo x" in row for row in rows))


THEMES = {
    "bash": [
        "STARSHIP_SHELL=bash",
        'theirs=$PROMPT_COMMAND; function starship_precmd { eval "$theirs"; }; PROMPT_COMMAND=starship_precmd',
        "function starship_precmd { :; }; precmd_functions=(starship_precmd)",
        'function _omp_hook { :; }; PROMPT_COMMAND="_omp_hook; $PROMPT_COMMAND"',
    ],
    "zsh": [
        "STARSHIP_SHELL=zsh",
        "function p10k { :; }",
        "P9K_VERSION=1.20",
        "function prompt_starship_precmd { :; }",
        "function _omp_precmd { :; }",
        "function aws_prompt_info { echo aws; }; RPROMPT='$(aws_prompt_info)'",
        "function prompt_aws { :; }",
    ],
}


@case(57, "if a theme shows AWS by itself, the segment is not shown", POSIX)
def themed(bench: Bench) -> None:
    bench.plan_role("shown")
    for theme in THEMES[bench.kind.name]:
        for side in ("before", "after"):
            shell = bench.start(None, prompt=True, **{side: theme})
            shell.run("assume shown")
            shell.run("echo")
            assert "[shown]" not in "\n".join(shell.rows()), theme
            assert "[shown]" in shell.variable("__assume_segment")


@case(58, "a virtual environment and a role, in every order: the prompt comes back", UNIX)
def virtualenv(bench: Bench) -> None:
    bench.plan_role("p")
    venv.EnvBuilder(with_pip=False, symlinks=True).create(bench.home / "env")
    suffix = ".fish" if bench.kind.name == "fish" else ""
    for order in itertools.permutations(("activate", "assume p", "deactivate", "assume off")):
        if order.index("activate") > order.index("deactivate") or order.index("assume p") > order.index("assume off"):
            continue
        shell = bench.start(prompt=True)
        for line in order:
            shell.run(f"source env/bin/activate{suffix}" if line == "activate" else line)
            if line == "assume p":
                shell.shows("[p]")
        bare(shell)
        shell.close()
