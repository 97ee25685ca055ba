"""A throwaway HOME in which every shell has assume, and nothing else of the person's.

In: a folder, the demo's AWS files in it; out: rc files as `assume install` makes
them, the environment to start a shell with, the words that start it. No rc file
of the person's is read: what it does is not ours to know. Whatever in the
person's environment names a file of theirs, steers AWS tools, or speaks for a
theme that is not loaded here is left out.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from assume.demo.config import Files
from assume.shells import init, render, table

STEERS = ("AWS_", "ASSUME", "AWSUME_", "GRANTED_", "STARSHIP_", "POSH_", "P9K_")
OWN_PLACES = {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"}
OF_SHELLS = {"BASH_ENV", "ENV", "HISTFILE", "PROMPT", "PROMPT_COMMAND", "PS1", "RPROMPT", "ZDOTDIR"}
RC = {
    "bash": (".bashrc", ".bash_profile"),
    "zsh": (".zshrc",),
    "fish": (".config/fish/config.fish",),
    "powershell": (".config/powershell/Microsoft.PowerShell_profile.ps1",),
}
# {mark}: a control sequence with the status of the line before, where a program reads along
PROMPT = {
    "bash": "PS1='demo \\w \\$ {mark}'\n",
    "zsh": "autoload -Uz compinit && compinit -u\nPROMPT=$'demo %~ %# {mark}'\n",
    "fish": "set -g fish_greeting\nfunction fish_prompt\n    printf 'demo %s > {mark}' (prompt_pwd)\nend\n",
    "powershell": "function global:prompt {{\n{codes}    \"demo $($PWD.Path.Replace({home}, '~')) > {mark}\"\n}}\n",
}
MARK = {
    "bash": "\\[\\e]7777;$?\\a\\]",
    "zsh": "%{\\e]7777;%?\\a%}",
    "fish": "\\e]7777;'$status'\\a",
    "powershell": "$([char]27)]7777;$([int]$global:LASTEXITCODE)$([char]7)",
}
RUNTIME = ".run"  # without one, fish leaves a folder of its own in /tmp
# where these are missing, fish makes completions of all manual pages, in a process that outlives it
FISH_COMPLETIONS = (".local/share/fish/generated_completions", ".cache/fish/generated_completions")
PHONE = "phone"  # the file in HOME that has the present codes
# PowerShell, where no pseudo-terminal stands between it and the person who is asked: codes above each prompt
CODES = "    Get-Content -LiteralPath {path} -ErrorAction Ignore | Out-Host\n"


def furnish(files: Files, *, marked: bool = False, codes: bool = False) -> None:
    """Writes the rc files of all four shells, with what `assume init SHELL --prompt` prints behind them.

    `marked`: every prompt ends in a control sequence that has the status in it.
    `codes`: PowerShell shows the file PHONE above each prompt.
    """
    for name, shell in table.SHELLS.items():
        file = files.home / ".local" / "share" / "assume" / shell.init_file
        _write(file, render.encoded(init.init_text(name, prompt=True)))
        text = PROMPT[name].format(
            mark=MARK[name] if marked else "",
            codes=CODES.format(path=shell.word(str(files.home / PHONE))) if codes else "",
            home=shell.word(str(files.home)),
        )
        text += shell.line.format(shell.word(str(file))) + "\n"
        for path in RC[name]:
            _write(files.home / path, render.encoded(text))
    _write(files.home / ".hushlogin", b"")  # Ubuntu's bash tells administrators about sudo otherwise
    (files.home / RUNTIME).mkdir(mode=0o700, exist_ok=True)
    for folder in FISH_COMPLETIONS:
        (files.home / folder).mkdir(parents=True, exist_ok=True)


def environment(have: Mapping[str, str], files: Files) -> dict[str, str]:
    """`have` without what is the person's own, and with the demo's files."""
    kept = {name: value for name, value in have.items() if not _is_left_out(name)}
    own = {"USERPROFILE": str(files.home), "XDG_RUNTIME_DIR": str(files.home / RUNTIME)}
    return kept | files.environment | files.machine | own


def words(name: str, program: str, files: Files) -> list[str]:
    """What starts the shell `name`, by its program, at a terminal."""
    if name != "powershell":
        return [program, "-i"]
    if os.name != "nt":
        return [program, "-NoLogo"]
    # there the profile lies where Windows says, and scripts may not be allowed
    path = render.quote(name, str(files.home / RC[name][0]))
    return [program, "-NoLogo", "-NoProfile", "-NoExit", "-Command", f"iex ([IO.File]::ReadAllText({path}))"]


def _is_left_out(name: str) -> bool:
    upper = name.upper()
    return upper.startswith(STEERS) or upper in OWN_PLACES | OF_SHELLS or upper.endswith("_PROXY")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)
