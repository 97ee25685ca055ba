"""A throwaway HOME in which every shell has assume loaded, and none of the user's own settings.

In: a folder with the demo's AWS files. Out: rc files as `assume install` writes
them, the environment of a shell, the command that starts it. The user's own rc
files are not read. Variables of the user's environment are left out if they name
the user's files, configure AWS tools, or belong to a prompt theme.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from assume.demo.config import Files
from assume.shells import init, render, table

TOOL_PREFIXES = ("AWS_", "ASSUME", "AWSUME_", "GRANTED_", "STARSHIP_", "POSH_", "P9K_")
USER_FOLDERS = {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"}
SHELL_VARIABLES = {"BASH_ENV", "ENV", "HISTFILE", "PROMPT", "PROMPT_COMMAND", "PS1", "RPROMPT", "ZDOTDIR"}
RC = {
    "bash": (".bashrc", ".bash_profile"),
    "zsh": (".zshrc",),
    "fish": (".config/fish/config.fish",),
    "powershell": (".config/powershell/Microsoft.PowerShell_profile.ps1",),
}
# {mark}: a control sequence with the status of the last command, for the tour's Typist
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
RUNTIME = ".run"  # XDG_RUNTIME_DIR: without it, fish leaves a folder in /tmp
# without these folders fish generates completions from all manual pages, in a process that outlives it
FISH_COMPLETIONS = (".local/share/fish/generated_completions", ".cache/fish/generated_completions")
PHONE = "phone"  # the file in HOME that holds the present codes
# PowerShell without a pseudo-terminal (see relay): shows the codes above each prompt
CODES = "    Get-Content -LiteralPath {path} -ErrorAction Ignore | Out-Host\n"


def write_rc_files(files: Files, *, marked: bool = False, codes: bool = False) -> None:
    """Writes the rc files of all four shells, which load the output of `assume init SHELL --prompt`.

    `marked`: every prompt ends in a control sequence with the last status in it.
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
    _write(files.home / ".hushlogin", b"")  # or Ubuntu's bash prints a hint about sudo
    (files.home / RUNTIME).mkdir(mode=0o700, exist_ok=True)
    for folder in FISH_COMPLETIONS:
        (files.home / folder).mkdir(parents=True, exist_ok=True)


def environment(have: Mapping[str, str], files: Files) -> dict[str, str]:
    """The environment `have` without the user's own settings, and with the demo's files."""
    kept = {name: value for name, value in have.items() if not _is_left_out(name)}
    own = {"USERPROFILE": str(files.home), "XDG_RUNTIME_DIR": str(files.home / RUNTIME)}
    return kept | files.environment | files.machine | own


def command(name: str, program: str, files: Files) -> list[str]:
    """The command that starts the shell `name` interactively; `program` is its path."""
    if name != "powershell":
        return [program, "-i"]
    if os.name != "nt":
        return [program, "-NoLogo"]
    # on Windows, HOME does not decide where the profile is, and scripts may be forbidden
    path = render.quote(name, str(files.home / RC[name][0]))
    return [program, "-NoLogo", "-NoProfile", "-NoExit", "-Command", f"iex ([IO.File]::ReadAllText({path}))"]


def _is_left_out(name: str) -> bool:
    upper = name.upper()
    return upper.startswith(TOOL_PREFIXES) or upper in USER_FOLDERS | SHELL_VARIABLES or upper.endswith("_PROXY")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(content)
