"""Row 98 in bash: PROMPT_COMMAND: set in each way, and inherited by a child."""

from __future__ import annotations

from .bench import Bench
from .table import case

ONLY = ("bash",)

# What bash-preexec does: it installs itself at the first prompt, and then takes the first command that runs behind a
# prompt, and is not in the string PROMPT_COMMAND, for the one that was typed.
PREEXEC = r"""
mode=
__bp_interactive_mode() { mode=on; }
__bp_precmd() { :; }
seen() {
    [[ -n $mode && -z $COMP_LINE ]] || return 0
    mode=
    local part parts
    IFS=$'\n;' read -rd '' -a parts <<<"${PROMPT_COMMAND[*]}"
    for part in "${parts[@]}"; do
        [[ $part != "$1" ]] || return 0
    done
    echo "preexec: $1"
}
__bp_install() {
    trap 'seen "$BASH_COMMAND"' DEBUG
    local rest=${PROMPT_COMMAND//__bp_install}
    rest=${rest%%[;[:space:]]}
    PROMPT_COMMAND=__bp_precmd${rest:+$'\n'$rest}
    if [[ $BASH_VERSION > 5.1 ]]; then
        PROMPT_COMMAND+=(__bp_interactive_mode)
    else
        PROMPT_COMMAND+=$'\n__bp_interactive_mode'
    fi
    __bp_interactive_mode
}
PROMPT_COMMAND="${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__bp_install"
"""
# before 0.5 it knew of no list
OLD_PREEXEC = PREEXEC.replace("${PROMPT_COMMAND[*]}", "$PROMPT_COMMAND").replace("> 5.1", "< 5.1")


@case(
    98,
    "an exported PROMPT_COMMAND: children inherit it, and it runs once in each shell",
    ONLY,
)
def exported(bench: Bench) -> None:
    bench.plan_role("p")
    for value in ("echo one", "echo one; ", "echo one # both", "echo one\n"):
        shell = bench.start({"PROMPT_COMMAND": value}, prompt=True)
        assert shell.run("assume p").text == "one", value
        shell.shows("[p] $")
        assert "PROMPT_COMMAND" in shell.environment()
        assert shell.run("IFS=_; false") == ("one", 1)
        (bench.home / "plain").write_text("PS1='$ \\[\\e]7777;$?\\a\\]'\n")
        child = shell.run("bash --noprofile --rcfile ~/plain -i")
        assert child.text == "one", (value, child)
        assert shell.run("true").text == "one", value
        shell.run("exit")
        assert shell.run("__assume_undo").text == "one"
        assert shell.environment()["PROMPT_COMMAND"].rstrip() == value.rstrip()
        assert shell.run("true").text == "one"
        shell.close()


@case(98, "bash-preexec, loaded before us or after us, sees every command and nothing else", ONLY)
def preexec(bench: Bench) -> None:
    bench.plan_role("p")
    own = "PROMPT_COMMAND='true'\n"
    for where in (
        {"before": PREEXEC},
        {"before": own + PREEXEC},
        {"after": PREEXEC},
        {"before": own, "after": PREEXEC},
        {"before": own + OLD_PREEXEC},
        {"after": OLD_PREEXEC},
        {"before": own, "after": OLD_PREEXEC},
    ):
        shell = bench.start(None, prompt=True, **where)
        for line in ("echo first", "echo second", "assume p", "echo third"):
            shown = shell.run(line).text
            assert shown.startswith(f"preexec: {line}"), (where, line, shown)
            assert shown.count("preexec") == 1, (where, line, shown)
        shell.shows("[p]")
        shell.close()


@case(98, "undone with many members in PROMPT_COMMAND: all of them are kept", ONLY)
def many_members(bench: Bench) -> None:
    if bench.start().variable("BASH_VERSION") < "5.1":
        return
    for count in (1, 2, 10, 11, 21, 111):
        members = " ".join(f"'true {number}'" for number in range(count))
        without = bench.kind.spawn(bench.home, rc=f"PROMPT_COMMAND=({members})")
        shell = bench.start(before=f"PROMPT_COMMAND=({members})")
        shell.run("__assume_undo")
        line = "printf '%s\\n' \"${PROMPT_COMMAND[@]}\""
        assert shell.apart(line) == without.apart(line), count
        without.close()
        shell.close()
