"""Scripts with which one process of a real shell does the same thing to many values.

A loop is a script in the shell's language that loads the output of `assume init`
and then, for each value, evaluates a reply and reports the variables, or draws a
prompt, or completes a word. The program that it calls is a short sh script that
prints a file, so ten thousand values take seconds. The reports are NUL-separated
(in PowerShell: lines of base64).
"""

import base64
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from assume.verbs import COMMANDS

from ..shells.conftest import driver
from ..shells.driver import integration

UNSET = "<unset>"
IN_PROMPTS = (
    "ASSUME_PROFILE AWS_PROFILE ASSUME_EXPIRES ASSUME_KEY_ID ASSUME_EXPORTED AWS_ACCESS_KEY_ID AWS_DEFAULT_PROFILE "
    "ASSUME_RENEW ASSUMED_ROLE_ARN ASSUME_BEFORE AWS_REGION ASSUME_READ_ONLY ASSUME_SSO_ROLE"
).split()
ANSWERS = '[ -z "${N-}" ] || exec cat "$FOLDER/$N"\nfor last; do :; done\nexec cat "$FOLDER/$last"\n'


class Loop:
    """The loops of one shell; `options` are statements that run before the integration is loaded."""

    def __init__(self, name: str, folder: Path, options: str = "") -> None:
        self.name = name
        self.kind = driver(name)
        self.options = options
        self.folder = folder / f"{name}-loop"
        self.folder.mkdir(parents=True)
        self.cwd = folder / f"{name}-cwd"
        self.cwd.mkdir()
        (self.folder / "answer.sh").write_text(ANSWERS)

    def commands_run(self) -> list[str]:
        """The files in the current directory: each was created by a command that must not run."""
        return sorted(path.name for path in self.cwd.iterdir())

    def taken(self, replies: Sequence[bytes], names: Sequence[str]) -> list[list[str]]:
        """Runs `assume` for each reply: its status, the value of each variable after it, the state."""
        for number, reply in enumerate(replies):
            (self.folder / f"r{number}").write_bytes(reply)
        told = self._run(SCRIPTS[self.name]["take"], COUNT=len(replies), NAMES=" ".join(names))
        return _groups(told, len(names) + 2)

    def drawn(self, records: Sequence[Sequence[str]]) -> list[str]:
        """The prompt for each record, which has the values for IN_PROMPTS and then the state."""
        content = "".join(value + "\0" for record in records for value in record)
        if self.name == "powershell":
            content = "".join(_base64(value) + "\n" for record in records for value in record)
        (self.folder / "records").write_bytes(content.encode("utf-8", "surrogateescape"))
        return self._run(SCRIPTS[self.name]["draw"], COUNT=len(records), NAMES=" ".join(IN_PROMPTS), prompt=True)

    def completed(self, values: Sequence[str], quote: str = "") -> list[str]:
        """The program's argument after TAB has inserted each value (the only candidate) behind an open `quote`."""
        for number, value in enumerate(values):
            (self.folder / f"r{number}").write_bytes(f"{value}\t\n".encode("utf-8", "surrogateescape"))
        return self._run(SCRIPTS[self.name]["complete"], {"QUOTE": quote}, COUNT=len(values), NAMES="")

    def _run(self, script: str, more: Mapping[str, str] | None = None, prompt: bool = False, **words) -> list[str]:
        program = ["/bin/sh", "-u", "-f", str(self.folder / "answer.sh"), "script"]
        init = self.folder / f"init.{self.name}"
        init.write_text(integration(self.kind, program, "/bin/false", COMMANDS, prompt), encoding="utf-8")
        file = self.folder / ("loop.ps1" if self.name == "powershell" else "loop")
        text = f"{self.options}\n{self.kind.source(init)}\n{script}"
        for name, word in words.items():
            text = text.replace(f"@{name}@", str(word))
        file.write_text(text, encoding="utf-8-sig" if self.name == "powershell" else "utf-8")
        started = {"bash": ["--norc", "-i"], "zsh": ["-f", "-i"], "fish": ["-N"]}.get(
            self.name, ["-NoProfile", "-NonInteractive", "-File"]
        )
        command = [self.kind.command()[0], *started, str(file)]
        out = self.folder / "out"
        environment = self.kind.base_environment(self.folder) | {"FOLDER": str(self.folder), "NO_COLOR": "1"}
        environment |= more or {}
        done = subprocess.run(
            command, env=environment, cwd=self.cwd, stdin=subprocess.DEVNULL, capture_output=True, timeout=600
        )
        assert out.exists(), done.stderr[-2000:]
        content = out.read_bytes()
        out.unlink()
        if self.name == "powershell":
            return [base64.b64decode(line).decode() for line in content.decode("ascii").splitlines()]
        return [os.fsdecode(part) for part in content.split(b"\0")[:-1]]


def _groups(parts: list[str], size: int) -> list[list[str]]:
    assert len(parts) % size == 0, (len(parts), size, parts[-3:])
    return [parts[at : at + size] for at in range(0, len(parts), size)]


def _base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


POSIX_TAKE = r"""
n=0
while test "$n" -lt @COUNT@; do
    s=0
    assume "r$n" 2>/dev/null || s=$?
    printf '%s\0' "$s"
    for name in @NAMES@; do
        eval "value=\${$name-<unset>}"
        printf '%s\0' "$value"
        unset "$name"
    done
    printf '%s\0' "$__assume_state"
    n=$((n + 1))
done >"$FOLDER/out"
"""

SCRIPTS = {
    "bash": {
        "take": POSIX_TAKE,
        "draw": r"""
PS1='$ '
for ((n = 0; n < @COUNT@; n++)); do
    for name in @NAMES@; do
        IFS= read -r -d '' value <&3
        export "$name=$value"
    done
    IFS= read -r -d '' __assume_state <&3
    for command in "${PROMPT_COMMAND[@]}"; do
        eval "$command" 2>/dev/null
    done
    printf '%s\0' "${PS1@P}"
done >"$FOLDER/out" 3<"$FOLDER/records"
""",
        "complete": r"""
function words { given=("$@"); }
complete=$(complete -p assume)
complete=${complete#*-F }
complete=${complete%% *}
quote=$QUOTE
for ((n = 0; n < @COUNT@; n++)); do
    export N="r$n"
    COMP_LINE="assume $quote" COMP_POINT=$((7 + ${#quote})) COMP_CWORD=1 COMP_WORDS=(assume "$quote")
    COMP_TYPE=9 COMP_KEY=9
    "$complete" assume "$quote" assume
    eval "words $quote${COMPREPLY[0]}$quote"
    printf '%s\0' "${#COMPREPLY[@]}/${#given[@]}/$given"
done >"$FOLDER/out"
""",
    },
    "zsh": {
        "take": r"""
typeset -i n
for (( n = 0; n < @COUNT@; n++ )) {
    s=0
    assume "r$n" 2>/dev/null || s=$?
    printf '%s\0' "$s"
    for name in @NAMES@; do
        eval "value=\"\${$name-<unset>}\""
        printf '%s\0' "$value"
        unset "$name"
    done
    printf '%s\0' "$__assume_state"
} >"$FOLDER/out"
""",
        "draw": r"""
for (( n = 0; n < @COUNT@; n++ )); do
    for name in @NAMES@; do
        IFS= read -r -d '' value <&3
        export "$name=$value"
    done
    IFS= read -r -d '' __assume_state <&3
    for command in "${precmd_functions[@]}"; do
        "$command" 2>/dev/null
    done
    printf '%s\0' "$(print -rP -- "$PROMPT$RPROMPT")"
done >"$FOLDER/out" 3<"$FOLDER/records"
""",
    },
    "fish": {
        "take": r"""
for n in (seq 0 (math @COUNT@ - 1))
    assume r$n 2>/dev/null
    printf '%s\0' $status
    for name in @NAMES@
        if set -q $name
            printf '%s\0' "$$name"
        else
            printf '%s\0' '<unset>'
        end
        set -e $name
    end
    printf '%s\0' "$__assume_state"
end >$FOLDER/out
""",
        "draw": r"""
function fish_prompt
    printf '$ '
end
for n in (seq 1 @COUNT@)
    for name in @NAMES@
        read -z value
        set -gx $name "$value"
    end
    read -z state
    set -g __assume_state "$state"
    emit fish_prompt 2>/dev/null
    printf '%s\0' (fish_prompt | string collect -N)
end <$FOLDER/records >$FOLDER/out
""",
        "complete": r"""
for n in (seq 0 (math @COUNT@ - 1))
    set -gx N r$n
    set -l lines (complete -C 'assume ')
    printf '%s\0' (count $lines)/1/(string replace -r '\t.*' '' -- "$lines[1]")
end >$FOLDER/out
""",
    },
    "powershell": {
        "take": r"""
function Tell { $out.WriteLine([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes([string]$args[0]))) }
$out = [IO.StreamWriter]::new("$env:FOLDER/out")
for ($n = 0; $n -lt @COUNT@; $n++) {
    assume "r$n" 2>$null
    Tell $LASTEXITCODE
    foreach ($name in -split '@NAMES@') {
        $value = [Environment]::GetEnvironmentVariable($name)
        if ($null -eq $value) { $value = '<unset>' }
        Tell $value
        [Environment]::SetEnvironmentVariable($name, [NullString]::Value)
    }
    Tell $global:__assume_state
}
$out.Close()
""",
        "draw": r"""
function Tell { $out.WriteLine([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes([string]$args[0]))) }
$out = [IO.StreamWriter]::new("$env:FOLDER/out")
$in = [IO.StreamReader]::new("$env:FOLDER/records")
function Next { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($in.ReadLine())) }
for ($n = 0; $n -lt @COUNT@; $n++) {
    foreach ($name in -split '@NAMES@') { [Environment]::SetEnvironmentVariable($name, (Next)) }
    $global:__assume_state = Next
    Tell (prompt)
}
$out.Close()
""",
        "complete": r"""
function Tell { $out.WriteLine([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes([string]$args[0]))) }
$out = [IO.StreamWriter]::new("$env:FOLDER/out")
function Words { , $args }
for ($n = 0; $n -lt @COUNT@; $n++) {
    $env:N = "r$n"
    $found = @((TabExpansion2 -inputScript 'assume ' -cursorColumn 7).CompletionMatches)
    $given = & ([scriptblock]::Create("Words $($found[0].CompletionText)"))
    Tell "$($found.Count)/$($given.Count)/$($given[0])"
}
$out.Close()
""",
    },
}
