"""Figures from inside a shell: a call of `assume`, the start of the shell, the hook before a prompt.

The shells are those of tests/shells; a shell that is not installed is left out.
"""

import subprocess
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

from assume.shells.table import SHELLS, loading_line
from tests.shells.bash import Bash
from tests.shells.driver import Shell
from tests.shells.fish import Fish
from tests.shells.powershell import PowerShell, engine
from tests.shells.zsh import Zsh

from .fixture import FEW, MANY, Fixture, Home
from .measure import Row, difference, in_turn, process, row
from .rows import warm_up

KINDS: list[type[Shell]] = [Bash, Zsh, Fish, PowerShell]
CLOCKED = "{before}s=$EPOCHREALTIME; {line}; e=$EPOCHREALTIME; echo T $s $e"
BEFORE = {"bash": "", "zsh": "zmodload zsh/datetime; "}
PROMPTS = 2000
LOOPS = {
    "bash": "for ((i = 0; i < {count}; i++)); do __assume_hook; done",
    "zsh": "repeat {count}; do __assume_hook; done",
    "fish": "for i in (seq {count}); __assume_hook; end",
    "powershell": "for ($i = 0; $i -lt {count}; $i++) {{ __assume_hook }}",
}
PROMPT_S = {"bash": 0.2, "zsh": 0.2, "fish": 0.5, "powershell": 0.2}  # milliseconds
RC = {
    "bash": ".bashrc",
    "zsh": ".zshrc",
    "fish": ".config/fish/config.fish",
    "powershell": ".config/powershell/Microsoft.PowerShell_profile.ps1",
}


def present() -> list[type[Shell]]:
    """The installed shells."""
    return [kind for kind in KINDS if kind.absent() is None]


def init_file(fixture: Fixture, kind: type[Shell]) -> Path:
    """A file with the output of `assume init`."""
    words = [fixture.program.script, "init", kind.name, "--prompt"]
    text = subprocess.run(words, env=fixture.homes[FEW].env, check=True, capture_output=True, text=True).stdout
    file = fixture.folder / f"init.{kind.name}"
    file.write_text(text)
    return file


def loaded(fixture: Fixture, kind: type[Shell], home: Home, until: ExitStack) -> Shell:
    """A shell at its prompt, with assume loaded and a role taken."""
    shell = kind.spawn(home.folder, home.env, rc=kind.source(init_file(fixture, kind)))
    until.callback(shell.close)
    seen = shell.run("assume role")
    if seen.status:
        raise SystemExit(f"bench: {kind.name}: {seen.text}")
    return shell


def called(shell: Shell) -> float:
    """The seconds of `assume role`, by the shell's own clock."""
    seen = shell.run(CLOCKED.format(before=BEFORE[shell.name], line="assume role"))
    started, ended = seen.text.rpartition("T ")[2].split()
    return float(ended) - float(started)


def calls(fixture: Fixture, runs: int) -> list[Row]:
    """A warm switch, called in a running shell."""
    cases = {"bare": partial(process, fixture.program.bare, fixture.homes[FEW].env)}
    with ExitStack() as until:
        for count, home in fixture.homes.items():
            warm_up(fixture, home)
            for kind in present():
                if kind.name in BEFORE:
                    cases[f"{kind.name} {count}"] = partial(called, loaded(fixture, kind, home, until))
        before = fixture.calls()
        seconds = in_turn(cases, runs)
        if fixture.calls() != before:
            raise SystemExit("bench: a switch in a running shell was not warm")
    rows = []
    for count, limit, said in ((FEW, 1.3, ""), (MANY, 1.35, ", 10,000 profiles")):
        for name in BEFORE:
            if f"{name} {count}" in seconds:
                rows.append(row(f"warm switch, a call in {name}{said}", seconds, f"{name} {count}", limit))
    return rows


def starting(kind: type[Shell], home: Path) -> list[str]:
    """The command that starts an interactive shell, which reads its rc file and ends."""
    return {
        "bash": ["/bin/bash", "--rcfile", str(home / RC["bash"]), "-i", "-c", "exit"],
        "zsh": [kind.command()[0], "-d", "-i", "-c", "exit"],
        "fish": [kind.command()[0], "-i", "-c", "exit"],
        "powershell": [engine() or "pwsh", "-NoLogo", "-Command", "exit"],
    }[kind.name]


def starts(fixture: Fixture, runs: int) -> list[Row]:
    """The time that loading adds to the start of a shell: `install`'s line, and an eval of `assume init`."""
    rows = []
    for kind in present():
        cases = {"bare": partial(process, fixture.program.bare, fixture.homes[FEW].env)}
        shell = SHELLS[kind.name]
        lines = {
            "empty": "",
            "sourced": shell.line.format(kind.quote(str(init_file(fixture, kind)))),
            "evaluated": loading_line(kind.name),
        }
        for name, line in lines.items():
            home = fixture.folder / f"start-{kind.name}-{name}"
            rc = home / RC[kind.name]
            rc.parent.mkdir(parents=True)
            rc.write_text(line + "\n")
            env = fixture.homes[FEW].env | {"HOME": str(home), "ZDOTDIR": str(home)}
            env["PATH"] = f"{Path(fixture.program.script).parent}:{env['PATH']}"
            cases[name] = partial(process, starting(kind, home), env)
        seconds = in_turn(cases, runs if kind is not PowerShell else max(runs // 3, 3))
        bare = median(seconds["bare"])
        for name, said, limit in (("sourced", "install's line", 0.2), ("evaluated", "init evaluated", 2.5)):
            more = difference(seconds, name, "empty")
            reported = None if kind is PowerShell else limit
            what = f"start of {kind.name}, {said}: added time"
            rows.append(Row(what, median(more) / bare, "×", reported, median(more), min(more)))
    return rows


def looped(shell: Shell, count: int) -> float:
    """The seconds of `count` prompts in one command."""
    started = time.perf_counter()
    seen = shell.run(LOOPS[shell.name].format(count=count), timeout_s=120)
    seconds = time.perf_counter() - started
    if seen.status:
        raise SystemExit(f"bench: {shell.name}: the hook failed: {seen.text}")
    return seconds


def children(shell: Shell) -> int:
    """The page faults of all processes that the shell has waited for: every process adds dozens."""
    with open(f"/proc/{shell.process.pid}/stat") as file:
        return int(file.read().rpartition(")")[2].split()[8])


def hooks(fixture: Fixture, runs: int) -> list[Row]:
    """The hook before a prompt, with a role that is not due for renewal. Raises if the hook starts processes."""
    rows = []
    home = fixture.homes[FEW]
    warm_up(fixture, home)
    for kind in present():
        with ExitStack() as until:
            shell = loaded(fixture, kind, home, until)
            once = [looped(shell, 1) for _ in range(3)]
            before = children(shell)
            times = [looped(shell, PROMPTS) - median(once) for _ in range(max(runs // 5, 3))]
            if children(shell) - before > PROMPTS:
                raise SystemExit(f"bench: {kind.name}: the hook starts processes")
        each = [seconds / PROMPTS for seconds in times]
        limit = PROMPT_S[kind.name] * 1000
        rows.append(Row(f"the hook before a prompt, {kind.name}", median(each) * 1e6, "µs", limit))
    return rows


GROUPS = {"call": calls, "start": starts, "hook": hooks}
