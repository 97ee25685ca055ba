"""Rows 57 and 80: the prompt function of PowerShell, wrapped."""

from __future__ import annotations

from .bench import Bench
from .table import case

ONLY = ("powershell",)


@case(80, "the user's prompt finds $? and $LASTEXITCODE, is shown unchanged, and may be set again later", ONLY)
def prompts(bench: Bench) -> None:
    bench.plan_role("p")
    mine = 'function global:prompt { "$? $LASTEXITCODE`n`$ $([char]27)]7777;$LASTEXITCODE$([char]7)" }'
    shell = bench.start(prompt=True, before=mine)
    shell.run("assume p")
    shell.run("/bin/sh -c 'exit 5'")
    assert shell.rows()[-2:] == ["[p] False 5", "$"]
    shell.run("'ok'")
    assert shell.rows()[-2:] == ["[p] True 5", "$"]
    shell.run(mine.replace("$? ", "new "))  # it replaces our prompt; the next `assume` puts ours around it again
    shell.run("assume p")
    assert shell.rows()[-2:] == ["[p] new 0", "$"]
    shell.run("__assume_undo")
    assert shell.rows()[-2:] == ["new 0", "$"]
    assert shell.run("(Get-Variable __assume_* -Scope Global | Measure-Object).Count").text.endswith("0\nnew 0")
    assert shell.run("Get-Command assume, assume_segment, __assume_* -EA Ignore").text == "new 0"


@case(57, "starship or oh-my-posh for this shell show AWS themselves: our segment is not shown", ONLY)
def themes(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    for line, want in (
        ("$env:STARSHIP_SHELL = 'powershell'", "$"),
        ("$env:STARSHIP_SHELL = 'bash'", "[p] $"),
        ("$env:POSH_THEME = 'x'", "$"),
        ("$env:POSH_SHELL = 'zsh'", "[p] $"),
        ("$env:POSH_SHELL = 'pwsh'", "$"),
    ):
        shell.run(line)
        assert shell.rows()[-1] == want, line


@case(80, "a prompt that another tool put around ours still works after loading again or undo", ONLY)
def prompts_around(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(prompt=True)
    shell.run("assume p")
    around = "$inner = $function:prompt; function global:prompt { '(venv) ' + (& $inner) }"
    shell.run(around)
    assert shell.rows()[-1] == "(venv) [p] $"
    shell.load(bench.text(prompt=True))
    shell.load(bench.text(prompt=True))
    assert shell.rows()[-1] == "[p] (venv) $"
    shell.run("$inner2 = $function:prompt; function global:prompt { '(x) ' + (& $inner2) }")
    shell.run("__assume_undo")
    assert shell.rows()[-1] == "(x) (venv) $"
