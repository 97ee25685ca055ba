"""Rows 35 and 36: the files themselves."""

from __future__ import annotations

import re
import subprocess

from .bench import Bench
from .driver import ROOT
from .table import POSIX, UNIX, case


@case(35, "the files pass their linters, unfilled and filled in, and loading them prints nothing", UNIX)
def lints(bench: Bench) -> None:
    checks = {"bash": "-n", "zsh": "-n", "fish": "--no-execute"}
    filled = bench.init_file(bench.text(prompt=True))
    shell_words = bench.kind.command()[:1]
    for path in (*bench.kind.files(), filled):
        checked = subprocess.run([*shell_words, checks[bench.kind.name], path], capture_output=True, check=False)
        assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b""), path
    loaded = subprocess.run(
        [*shell_words, "-c", "\n".join(f". {path}" for path in (filled, filled, *bench.kind.files()))],
        env=bench.kind.base_environment(bench.home),
        capture_output=True,
        check=False,
    )
    assert (loaded.returncode, loaded.stdout, loaded.stderr) == (0, b"", b"")


# What came after bash 3.2 and zsh 5.1. It may be used behind a check of the version: see GUARDED.
LATER = {
    "bash": r"mapfile|readarray|coproc|\$\{[^}]*@[QEPAaKkuUL]\}|\$\{!?\w+(\[[@*]\])?(,,?|\^\^?)|declare -[ngA]"
    r"|local -[nA]|local -$|&>>|\|&|\*\*/|EPOCH|BASH_REMATCH|printf -v \S*\[|printf[^#]*%\(|wait -n|compopt|;;?&"
    r"|test -v|\[\[ -v"
    r"|\$\{\w+: -|\\u[0-9a-fA-F]{4}|BASH_ARGV0|SRANDOM|read -[iN]|PROMPT_DIRTRIM|inherit_errexit|\{[a-z]+\}[<>]"
    r"|BASHPID|BASH_XTRACEFD|FUNCNEST|READLINE_|\bPS0\b|complete -[DEI]|\w\[-[0-9]+\]|\$\{\w+:[0-9 ]+:-[0-9]|lastpipe"
    r"|globstar|read -t ?[0-9]*\.",
    "zsh": r"printf -v|\(q\+\)|typeset -n|local -n|\$\{\w+:P\}|\$\{[^}]*:A\}|whence -x|zsh/param/private|private "
    r"|\(\*\)|\$\{\||add-zle-hook-widget|\[\[ -v|print -v|functions -c|(?i:warn_?nested_?var|clobber_?empty)",
}
GUARDED = {
    r"\builtin printf -v __assume_now_at '%(%s)T' -1",
    r"\builtin compopt -o default",
    "${!__assume_line@a} != *r* ]]",
    "${!__assume_name@a}",  # these two after a return in bash before 4.4
    r"\builtin declare -gt",
    "(declare -n)",  # in a message
}


@case(36, "the files use nothing newer than bash 3.2 and zsh 5.1 without a guard", POSIX)
def old_enough(bench: Bench) -> None:
    assert bench.kind.name in LATER
    for path in bench.kind.files():
        for line in path.read_text().splitlines():
            code = re.sub(r"(^|\s)#.*", "", line)
            for guarded in GUARDED:
                code = code.replace(guarded, "")
            assert not re.search(LATER[bench.kind.name], code), f"{path.relative_to(ROOT)}: {line}"
