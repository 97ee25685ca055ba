"""Rows 31 and 74 to 80: what only PowerShell does to words, errors, prompts and completion."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from .bench import Bench, environment
from .powershell import PowerShell, engine
from .table import case

ONLY = ("powershell",)
CURLY = "o\u2019brien\u2018 x\u201a; New-Item PWN; \u201b"

# What a program sees of its standard input, whether it is captured or not.
LISTENER = """
import json, os, sys
terminal = os.isatty(0)
with open(os.environ["HEARD"], "a") as file:
    file.write(json.dumps([sys.argv[1], terminal, "" if terminal else sys.stdin.read()]) + "\\n")
if sys.argv[1] == "use":
    print("state aG9sZDs7")
"""


def batch(bench: Bench, script: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `script` with the integration in front of it, in an engine with no terminal and no profile."""
    file = bench.home / "batch.ps1"
    file.write_text(bench.text() + "\n" + script, encoding="utf-8-sig")
    return subprocess.run(
        [engine() or "pwsh", "-NoProfile", "-NonInteractive", "-File", str(file)],
        env={**PowerShell.base_environment(bench.home), "FAKE_PLAN": str(bench.folder), "NO_COLOR": "1", **env},
        cwd=bench.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )


@case(31, "a name with the five quotes of PowerShell arrives as it is, and runs nothing", ONLY)
def curly_quotes(bench: Bench) -> None:
    bench.plan_role(CURLY)
    shell = bench.start(prompt=True)
    shell.send(f"assume {PowerShell.quote(CURLY)}\r")
    assert shell.prompt() == 0
    assert shell.environment()["AWS_PROFILE"] == CURLY
    assert bench.calls("use")[0][-1] == CURLY
    assert f"[{CURLY}] $" in shell.rows()[-1]
    assert not (bench.home / "PWN").exists()


@case(74, "strict mode and Stop: no error record of ours, right statuses, a prompt that works", ONLY)
def strict(bench: Bench) -> None:
    bench.plan_role("p", left_s=200)
    bench.plan({"use bad": {"status": 7, "stderr": "assume: bad: refused\n"}, "renew": {"status": 1}})
    bench.plan({"list": {"stdout": "a\nb\n", "status": 3}, "use stray": {"stdout": "hello\n"}})
    bench.plan({"complete": {"stdout": "p\t\n"}})
    seen = batch(
        bench,
        """
        Set-StrictMode -Version Latest
        $ErrorActionPreference = 'Stop'
        $seen = @()
        assume p; $seen += $LASTEXITCODE; $seen += $env:AWS_PROFILE
        $seen += prompt
        assume bad; $seen += $LASTEXITCODE
        assume stray; $seen += $LASTEXITCODE
        $seen += (assume list) -join '+'; $seen += $LASTEXITCODE
        $env:AWS_PROFILE = 'q'; $seen += prompt; $seen += assume_segment
        $seen += (TabExpansion2 'assume ' 7).CompletionMatches.Count
        assume off; $seen += $LASTEXITCODE; $seen += prompt
        __assume_undo
        $seen += $Error.Count
        $seen -join '|'
        """,
    )
    prompt = f"PS {bench.home}> "
    want = ["0", "p", prompt, "7", "1", "a+b", "3", prompt, "[p\u2260q]", "1", "0", prompt, "0"]
    assert (seen.stdout.rstrip("\n").split("|"), seen.returncode) == (want, 0), seen.stderr
    assert "assume: bad: refused" in seen.stderr


@case(22, "an alias of the same name, made before our line: the function wins", ONLY)
def alias_before(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(before="Set-Alias assume Get-Date -Option AllScope")
    assert shell.run("assume p") == ("", 0)
    assert shell.environment()["AWS_PROFILE"] == "p"


@case(74, "it loads in strict mode, with Stop, three times, and says nothing", ONLY)
def loads_in_strict_mode(bench: Bench) -> None:
    init = bench.home / "init.ps1"
    init.write_text(bench.text(prompt=True), encoding="ascii")
    file = bench.home / "strict.ps1"
    line = f"Invoke-Expression ([IO.File]::ReadAllText('{init}'))\n"
    file.write_text("Set-StrictMode -Version Latest\n$ErrorActionPreference = 'Stop'\n" + line * 3 + "$Error.Count\n")
    command = [engine() or "pwsh", "-NoProfile", "-NonInteractive", "-File", str(file)]
    env = PowerShell.base_environment(bench.home)
    seen = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert (seen.stdout, seen.stderr, seen.returncode) == ("0\n", "", 0)


WORDS = {
    "-v -D -p x -Verbose -ea Stop": ["-v", "-D", "-p", "x", "-Verbose", "-ea", "Stop"],
    "-x:y -x: --a:b": ["-x:y", "-x:--a:b"],
    "a,b --opt=a,b --opt='a,007'": ["a,b", "--opt=a,b", "--opt=a,007"],
    "'' \"\" 'a  b' ' '": ["", "", "a  b", " "],
    "007 1kb 0x10 1.50 -5 +1 1e3": ["007", "1kb", "0x10", "1.50", "-5", "+1", "1e3"],
    "'*' ? '[ab]*' '~' '~/x' * '--%' b": ["*", "?", "[ab]*", "~", "~/x", "*", "--%", "b"],
    "'--' x -- -y": ["--", "x", "-y"],
    "'it''s' 'say \"hi\"' '\"' 'a\\' 'a b\\' '\\\"'": ["it's", 'say "hi"', '"', "a\\", "a b\\", '\\"'],
    "'$(New-Item PWN)' '`n' '@{x}' '%n' '!!' '#' 'a;b' 'a|b'": [
        "$(New-Item PWN)", "`n", "@{x}", "%n", "!!", "#", "a;b", "a|b",
    ],
    "'\u00e9\u00df\u4f60\U0001f600' \u00fc": ["\u00e9\u00df\u4f60\U0001f600", "\u00fc"],
    "$null $true a": ["True", "a"],
}  # fmt: skip


@case(75, "every word reaches the program as it was typed", ONLY)
def words(bench: Bench) -> None:
    (bench.home / "aa").touch()
    (bench.home / "b").touch()
    bench.plan({"exec": {}, "use": {"state": "hold;;"}})
    script = "".join(f"assume exec p {typed}\n" for typed in WORDS)
    script += "".join(f"assume q {typed}\n" for typed in WORDS)
    seen = batch(bench, script)
    assert (seen.stdout, seen.stderr) == ("", "")
    assert [call[4:] for call in bench.calls("exec")] == list(WORDS.values())
    assert [call[6:] for call in bench.calls("use")] == list(WORDS.values())
    assert not (bench.home / "PWN").exists()


@case(75, "words as Windows PowerShell 5.1 to 7.2 must be given them arrive the same", ONLY)
def words_of_old(bench: Bench) -> None:
    """The engine's own way of old, Legacy, chosen where the newer one is."""
    bench.plan({"exec": {}})
    old = """
        $block = ${function:__assume_call}.ToString().Replace('$old = $null -eq ', '$old = $null -ne ')
        ${function:global:__assume_call} = [scriptblock]::Create($block)
        $block = ${function:assume}.ToString().Replace("'Standard'", "'Legacy'")
        ${function:global:assume} = [scriptblock]::Create($block)
    """
    seen = batch(bench, old + "".join(f"assume exec p {typed}\n" for typed in WORDS))
    assert (seen.stdout, seen.stderr) == ("", "")
    assert [call[4:] for call in bench.calls("exec")] == list(WORDS.values())


@case(76, "what is piped in reaches the program, and only then: else its input is the terminal", ONLY)
def piped(bench: Bench) -> None:
    program = bench.home / "listener.py"
    program.write_text(LISTENER)
    heard = bench.home / "heard"
    init = bench.text(program=[sys.executable, "-I", "-S", str(program)])
    shell = bench.start({"HEARD": str(heard)}, init=init)
    for line in ("'123456' | assume p --mfa-code -", "assume p", "'1', '2' | assume list", "assume list"):
        assert shell.run(line).status == 0, line
    assert [json.loads(line) for line in heard.read_text().splitlines()] == [
        ["use", False, "123456\n"],
        ["use", True, ""],
        ["list", False, "1\n2\n"],
        ["list", True, ""],
    ]


@case(76, "what is run has the terminal as its output, and hands it on line by line where it is captured", ONLY)
def output(bench: Bench) -> None:
    bench.plan({"list": {"stdout": "a b\nc\n"}})
    shell = bench.start()
    assert shell.run("assume list").text == "a b\nc"
    assert shell.run('(assume list).Count; assume list | ForEach-Object { "<$_>" }').text == "2\n<a b>\n<c>"
    calls = [json.loads(line) for line in (bench.folder / "calls").read_text().splitlines()]
    assert [call["terminal"] for call in calls] == [True, False, False]


@case(77, "off removes: no variable is left blank", ONLY)
def removed(bench: Bench) -> None:
    changes = bench.plan_role("p")
    names = ", ".join(f"'{name}'" for name, _ in changes)
    seen = batch(bench, f"assume p\nassume off\n@({names} | Where-Object {{ Test-Path Env:$_ }}).Count")
    assert (seen.stdout, seen.stderr) == ("0\n", "")


@case(78, "no trace, no error, no variable and no history holds a secret", ONLY)
def silent(bench: Bench) -> None:
    changes = bench.plan_role("p", left_s=200)
    bench.plan({"renew": {"changes": changes, "state": "renew;;"}})
    shell = bench.start(prompt=True)
    shell.run("Set-PSDebug -Trace 2")
    shell.run("assume p")
    assert b"DEBUG" in shell.stream
    shell.run("Set-PSDebug -Off")
    assert bench.calls("renew")
    shell.run("Get-Variable | ForEach-Object { $_.Value } | Out-String; $Error | Out-String; Get-History | Out-String")
    for secret in (value for name, value in changes if name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")):
        assert secret and secret.encode() not in shell.stream
    assert shell.environment().items() >= environment(changes).items()


COMPLETED = {
    "assume my": ["'my profile'"],
    "assume 'my p": ["'my profile'"],
    'assume "my p': ["'my profile'"],
    "assume o": ["'o''brien'"],
    "assume --re": ["--region"],
    "assume prod:ad": ["prod:admin"],
    "assume user@": ["'user@acct'"],
    "assume '$": ["'$(New-Item PWN)'"],
    "assume x\u2019": ["'x\u2019\u2019y'"],
    "assume '12": ["'123'"],
    "assume gr": ["'gr\u00fcn'"],
}


@case(79, "TAB: names come out quoted, options too, with a tooltip, and one process", ONLY)
def completes(bench: Bench) -> None:
    names = ["my profile", "o'brien", "prod:admin", "user@acct", "$(New-Item PWN)", "x\u2019y", "123", "gr\u00fcn"]
    candidates = [[name, f"about {name}"] for name in names]
    bench.plan({"complete": {"candidates": [*candidates, ["--region", ""]]}})
    script = "Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'\n"
    for line in COMPLETED:
        typed = PowerShell.quote(line)
        script += f"$r = TabExpansion2 {typed} {len(line)}; "
        script += (
            "$r.CompletionMatches | ForEach-Object { $_.CompletionText + '|' + $_.ListItemText + '|' + $_.ToolTip }\n"
        )
    seen = batch(bench, script + "$Error.Count")
    rows = [row.split("|") for row in seen.stdout.splitlines()]
    assert [row[0] for row in rows] == [*(text for texts in COMPLETED.values() for text in texts), "0"]
    assert all(row[2] in ("--region", f"about {row[1]}") for row in rows[:-1])
    assert len(bench.calls("complete")) == len(COMPLETED)
    assert [call[:4] for call in bench.calls("complete")] == [["complete", "--shell", "powershell", "--"]] * len(
        COMPLETED
    )
    assert not (bench.home / "PWN").exists()


@case(79, "TAB: the words before the cursor reach the program without their quotes", ONLY)
def completes_words(bench: Bench) -> None:
    script = ""
    for line in ("assume exec 'my p' --region ", "assume 'a''b' \"c`$d\" e` f g,h -x --y=z", "assume ", "assume a b"):
        script += f"$null = TabExpansion2 {PowerShell.quote(line)} {len(line)}\n"
    script += "$null = TabExpansion2 'assume abc def' 9\n"
    seen = batch(bench, script)
    assert (seen.stdout, seen.stderr) == ("", "")
    assert [call[4:] for call in bench.calls("complete")] == [
        ["exec", "my p", "--region", ""],
        ["a'b", "c$d", "e f", "g,h", "-x", "--y=z"],
        [""],
        ["a", "b"],
        ["ab"],
    ]


@case(79, "TAB behind exec P completes a command, and where files are wanted, files", ONLY)
def completes_others(bench: Bench) -> None:
    (bench.home / "a file").touch()
    bench.plan({"complete exec": {"stdout": "command 2\n"}, "complete --policy": {"stdout": "files\n"}})
    script = """
        (TabExpansion2 'assume exec p Get-Chi' 21).CompletionMatches.CompletionText
        (TabExpansion2 'assume exec p Get-ChildItem Env:HOM' 35).CompletionMatches.CompletionText
        (TabExpansion2 'assume --policy a' 17).CompletionMatches.CompletionText
    """
    seen = batch(bench, script)
    assert seen.stdout.splitlines() == ["Get-ChildItem", f"Env:{os.sep}HOME", f"'.{os.sep}a file'"]


@case(80, "the user's prompt finds $? and $LASTEXITCODE, comes out unchanged, and may come back later", ONLY)
def prompts(bench: Bench) -> None:
    bench.plan_role("p")
    mine = 'function global:prompt { "$? $LASTEXITCODE`n`$ $([char]27)]7777;$LASTEXITCODE$([char]7)" }'
    shell = bench.start(prompt=True, before=mine)
    shell.run("assume p")
    shell.run("/bin/sh -c 'exit 5'")
    assert shell.rows()[-2:] == ["[p] False 5", "$"]
    shell.run("'ok'")
    assert shell.rows()[-2:] == ["[p] True 5", "$"]
    shell.run(mine.replace("$? ", "new "))  # in place of ours; the next `assume` puts it back
    shell.run("assume p")
    assert shell.rows()[-2:] == ["[p] new 0", "$"]
    shell.run("__assume_undo")
    assert shell.rows()[-2:] == ["new 0", "$"]
    assert shell.run("(Get-Variable __assume_* -Scope Global | Measure-Object).Count").text.endswith("0\nnew 0")
    assert shell.run("Get-Command assume, assume_segment, __assume_* -EA Ignore").text == "new 0"


@case(57, "starship or oh-my-posh show AWS themselves: ours stays out, but for another shell's", ONLY)
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


@case(80, "a prompt that another tool has put around ours goes on working, loaded again or undone", ONLY)
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


@case(80, "a name that is not ASCII is intact whatever the console's code page is", ONLY)
def code_page(bench: Bench) -> None:
    name = "gr\u00fcn-\u4f60"
    changes: list[tuple[str, str | None]] = [("AWS_PROFILE", name)]
    bench.plan({"use": {"changes": changes, "state": "hold;;"}})
    script = """
        [Console]::OutputEncoding = [Text.Encoding]::ASCII
        assume p
        $LASTEXITCODE; [BitConverter]::ToString([Text.Encoding]::UTF8.GetBytes($env:AWS_PROFILE))
    """
    assert batch(bench, script).stdout.split() == ["0", name.encode().hex("-").upper()]
