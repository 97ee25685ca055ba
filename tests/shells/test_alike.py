"""The four shell files look alike: the same sections in the same order, the same names for functions and globals.

Whoever has read one file then finds the way through the others. A name that only
some of the shells need is in DIFFERENCES, with the reason.
"""

from __future__ import annotations

import itertools
import re

import pytest

from .conftest import DRIVERS
from .driver import ROOT

FILES = {"bash": "assume.bash", "zsh": "assume.zsh", "fish": "assume.fish", "powershell": "assume.ps1"}
COMPLETIONS = {"bash": "assume.bash", "zsh": "_assume", "fish": "assume.fish", "powershell": "assume.ps1"}
SECTIONS = ["filled in", "state", "function", "hook", "prompt segment", "undo", "loading", "completion"]
HEADING = re.compile(r"^# -{3,4} (filled in|\w[\w ]*?)(?: by .*|: .*)? -{3,4}$", re.MULTILINE)
DEFINED = re.compile(r"^ *function (?:global:)?(\w+)", re.MULTILINE)
NAME = re.compile(r"__assume_\w+")

BASH, ZSH, FISH, POWERSHELL = ("bash",), ("zsh",), ("fish",), ("powershell",)
POSIX, CALLED, UNIX = ("bash", "zsh"), ("fish", "powershell"), ("bash", "zsh", "fish")
NO_FUNCTION = "PowerShell hands $input to the function that was called, so `assume` itself runs the program"
DRAWN_LATE = "PowerShell draws the segment when assume_segment is called, and keeps nothing of it"
ORIGINALS = "the prompt is a function there, and ours is put around it; bash and zsh have a variable to write into"
LABEL = "fish keeps what it made of the profile's name, because to make it takes several commands"

# name: the shells that have it, and why the others have not
DIFFERENCES: dict[str, tuple[tuple[str, ...], str]] = {
    # functions
    "assume_segment": (CALLED, "what a prompt calls; in bash and zsh a prompt takes $__assume_segment by reference"),
    "fish_prompt": (FISH, ORIGINALS),
    "prompt": (POWERSHELL, ORIGINALS),
    "__assume_run": (UNIX, NO_FUNCTION),
    "__assume_switch": (UNIX, NO_FUNCTION),
    "__assume_capture": (
        ("bash", "powershell"),
        "zsh captures a reply by `$(…)` and fish by `read`, where it is needed",
    ),
    "__assume_check_reply": (POSIX, "fish and PowerShell check a reply by one regular expression, in __assume_apply"),
    "__assume_can_set": (
        BASH,
        "zsh shows `readonly` in an expansion; in fish and PowerShell no such variable is in the way",
    ),
    "__assume_try_local": (BASH, "a part of __assume_can_set"),
    "__assume_builtins_work": (POSIX, "fish and PowerShell run what is named, whatever function has the same name"),
    "__assume_guarded": (ZSH, "only zsh needs to be told what Ctrl-C means"),
    "__assume_find_unfit": (
        BASH,
        "zsh shows the attributes in an expansion; in fish and PowerShell the environment has none",
    ),
    "__assume_find_once": (BASH, "a part of __assume_find_unfit before bash 4.4"),
    "__assume_clean_bytes": (BASH, "the warning of bash about LC_ALL comes on return, so a function redirects it"),
    "__assume_before_prompt": (BASH, "the others need not ask first whether builtins work"),
    "__assume_make_room": (
        POSIX,
        "fish does this in __assume_switch; PowerShell starts a program with its whole environment",
    ),
    "__assume_note_unexported": (UNIX, "the environment of PowerShell is apart from its variables"),
    "__assume_restore_unexported": (UNIX, "the environment of PowerShell is apart from its variables"),
    "__assume_restore_interrupt": (BASH, "only bash has no local trap"),
    "__assume_restore_trace": (BASH, "the others turn tracing off for one function, and it comes back by itself"),
    "__assume_declare": (ZSH, "a function, so that `emulate` guards it from the user's options"),
    "__assume_load": (ZSH, "a function, so that `emulate` guards it from the user's options"),
    "__assume_update": (UNIX, "the hook of PowerShell has no status or options to save first, and does this itself"),
    "__assume_time_left": (
        POSIX,
        "fish computes all times of __assume_update in one go, PowerShell subtracts in place",
    ),
    "__assume_clock": (BASH, "the others read the time in one expression, whatever their version"),
    "__assume_to_number": (POSIX, "fish and PowerShell check a number by a regular expression where they read it"),
    "__assume_draw": (UNIX, DRAWN_LATE),
    "__assume_restore_jobs": (FISH, "only fish turns job control off for a switch"),
    "__assume_mark_failed": (POWERSHELL, "elsewhere a function returns its status"),
    "__assume_typed_words": (POWERSHELL, "elsewhere a function receives the words as they were typed"),
    "__assume_invocation": (POWERSHELL, "elsewhere a program is given the words as they are"),
    "__assume_quote_word": (POWERSHELL, "elsewhere a program is given the words as they are"),
    "__assume_is_utf8": (POWERSHELL, "elsewhere the locale tells, in __assume_draw"),
    # global variables
    "__assume_segment": (UNIX, DRAWN_LATE),
    "__assume_drawn": (UNIX, DRAWN_LATE),
    "__assume_style": (("zsh", "fish"), "bash has the colour in __assume_segment; PowerShell keeps nothing of it"),
    "__assume_text": (ZSH, "the segment without colour, for psvar"),
    "__assume_other": (UNIX, "__assume_compare of PowerShell returns it"),
    "__assume_failed": (POSIX, "fish and PowerShell see by __assume_retry_s that a renewal has failed"),
    "__assume_traced": (BASH, "the flags for __assume_restore_trace"),
    "__assume_readonly": (BASH, "the answer of __assume_can_set"),
    "__assume_probe": (BASH, "shows whether builtins work; zsh has a list of them"),
    "__assume_found": (BASH, "the others give every hook the status of the command"),
    "__assume_interrupt": (BASH, "what __assume_restore_interrupt runs"),
    "__assume_targets": (BASH, "the names for __assume_find_unfit; the others look at those of the reply"),
    "__assume_done": (FISH, "a local elsewhere; a function of fish sees no local of its caller"),
    "__assume_region": (ZSH, "only zsh cannot tell what was given for one command, so its next prompt looks"),
    "__assume_was_list": (BASH, "what to make of PROMPT_COMMAND again in __assume_undo"),
    "__assume_unexported": (UNIX, "the environment of PowerShell is apart from its variables"),
    "__assume_epoch": (BASH, "the memory of __assume_clock"),
    "__assume_words": (FISH, "a local elsewhere; a function of fish sees no local of its caller"),
    "__assume_left_s": (FISH, "a local elsewhere; a function of fish sees no local of its caller"),
    "__assume_name": (FISH, LABEL),
    "__assume_label": (FISH, LABEL),
    "__assume_colour": (FISH, LABEL),
    "__assume_quiet_of": (FISH, "until when __assume_update need not compute again"),
    "__assume_quiet_age": (FISH, "until when __assume_update need not compute again"),
    "__assume_jobs": (FISH, "what __assume_restore_jobs restores"),
    "__assume_originals": (CALLED, ORIGINALS),
    "__assume_ran": (CALLED, ORIGINALS),
    "__assume_inside": (FISH, "fish takes the prompts off the list while they run, PowerShell counts them"),
    "__assume_depth": (POWERSHELL, "fish takes the prompts off the list while they run, PowerShell counts them"),
    "__assume_ours": (POWERSHELL, "fish knows our prompt by its text"),
}


def text(shell: str) -> str:
    return (ROOT / "shell" / FILES[shell]).read_text(encoding="utf-8")


def code(text: str) -> str:
    """`text` without its comments. A `#` inside a word or an expansion is not one."""
    return re.sub(r"(?m)(^|\s)#.*$", r"\1", text)


def sections(shell: str) -> dict[str, str]:
    """The sections of a file by their headings, in order."""
    parts = HEADING.split(text(shell))[1:]
    return {name: body for name, body in zip(parts[::2], parts[1::2], strict=True) if name != "end"}


def functions(shell: str) -> dict[str, str]:
    """The functions of a file, each with the section that it is in."""
    return {name: section for section, body in sections(shell).items() for name in DEFINED.findall(code(body))}


def locals_of_posix(text: str) -> set[str]:
    """The names that some function of bash or zsh declares as local."""
    declared = re.findall(r"\\builtin local((?: (?:-\w+ )?__assume_\w+(?:=(?:\"[^\"]*\"|'[^']*'|\S*))?)+)", text)
    return {name for line in declared for name in re.findall(r" (__assume_\w+)", line)}


def variables(shell: str) -> set[str]:
    """The global variables of a file: those that are declared, or in fish and PowerShell used, as such."""
    whole = code(text(shell))
    if shell == "powershell":
        return set(re.findall(r"\$global:(__assume_\w+)", whole))
    if shell == "fish":
        lines = re.findall(r"\bset -\w*g\w*((?: __assume_\w+)+)", whole)
        return {name for line in lines for name in NAME.findall(line)}
    declared = sections(shell)["filled in"] + sections(shell)["state"]
    return set(re.findall(r"(?m)^ *(?:\\builtin typeset -g )?(__assume_\w+)=", declared))


def shells_by_name() -> dict[str, tuple[str, ...]]:
    """Every name of a function or a global variable, with the shells that have it."""
    held = {shell: functions(shell).keys() | variables(shell) for shell in FILES}
    names = sorted(set().union(*held.values()))
    return {name: tuple(shell for shell in FILES if name in held[shell]) for name in names}


def test_there_is_a_file_for_each_shell() -> None:
    assert FILES.keys() == COMPLETIONS.keys() == DRIVERS.keys()
    assert {file.name for file in (ROOT / "shell").iterdir()} == {*FILES.values(), "direnv.sh"}
    assert {file.name for file in (ROOT / "completions").iterdir()} == set(COMPLETIONS.values())


@pytest.mark.parametrize("shell", FILES)
def test_the_sections_are_the_same_and_in_the_same_order(shell: str) -> None:
    assert list(sections(shell)) == SECTIONS


def test_every_name_is_in_all_files_or_has_its_reason() -> None:
    partial = {name: shells for name, shells in shells_by_name().items() if shells != tuple(FILES)}
    assert partial == {name: shells for name, (shells, _) in DIFFERENCES.items()}


def test_the_functions_are_in_the_same_sections_and_in_the_same_order() -> None:
    for one, other in itertools.combinations(map(functions, FILES), 2):
        assert [pair for pair in one.items() if pair[0] in other] == [pair for pair in other.items() if pair[0] in one]


@pytest.mark.parametrize("shell", POSIX)
def test_every_variable_is_a_declared_global_or_a_local(shell: str) -> None:
    used = set(NAME.findall(code(text(shell)))) - functions(shell).keys()
    assert used <= variables(shell) | locals_of_posix(text(shell))


def test_every_variable_of_fish_that_is_set_without_a_scope_is_a_global() -> None:
    assert set(re.findall(r"\bset (?:-[ap] )?(__assume_\w+)", code(text("fish")))) <= variables("fish")


@pytest.mark.parametrize("shell", FILES)
def test_a_completion_replaces_no_function_of_the_shell_file(shell: str) -> None:
    completion = (ROOT / "completions" / COMPLETIONS[shell]).read_text(encoding="utf-8")
    assert not set(DEFINED.findall(code(completion))) & functions(shell).keys()
