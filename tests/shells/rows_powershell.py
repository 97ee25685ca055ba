"""Rows 31, 74 to 78 and 80: what only PowerShell does to words, errors, variables and text."""

from __future__ import annotations

import json
import subprocess
import sys

from .bench import Bench, environment
from .powershell import PowerShell, batch, engine
from .table import case

ONLY = ("powershell",)
CURLY = "o\u2019brien\u2018 x\u201a; New-Item PWN; \u201b"

# A program that notes what it reads on its standard input, whether its output is captured or not.
LISTENER = """
import json, os, sys
terminal = os.isatty(0)
with open(os.environ["HEARD"], "a") as file:
    file.write(json.dumps([sys.argv[1], terminal, "" if terminal else sys.stdin.read()]) + "\\n")
if sys.argv[1] == "use":
    print("state aG9sZDs7")
"""


@case(31, "a name with the five quotes of PowerShell arrives unchanged, and runs nothing", ONLY)
def curly_quotes(bench: Bench) -> None:
    bench.plan_role(CURLY)
    shell = bench.start(prompt=True)
    shell.send(f"assume {PowerShell.quote(CURLY)}\r")
    assert shell.prompt() == 0
    assert shell.environment()["AWS_PROFILE"] == CURLY
    assert bench.calls("use")[0][-1] == CURLY
    assert f"[{CURLY}] $" in shell.rows()[-1]
    assert not (bench.home / "PWN").exists()


@case(74, "strict mode and Stop: no error record from us, right statuses, a working prompt", ONLY)
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
        $PSNativeCommandUseErrorActionPreference = $true
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


@case(74, "after a failure `$?` is False, so that `&&` does not go on in the wrong account", ONLY)
def failed(bench: Bench) -> None:
    bench.plan_role("p")
    bench.plan({"use bad": {"status": 7}, "list": {"status": 3}, "use stray": {"stdout": "hello\n"}})
    seen = batch(
        bench,
        """
        $seen = @()
        foreach ($words in 'p', 'bad', 'list', 'stray', 'off') { assume $words; $seen += $? }
        assume bad && & { $script:seen += 'went on' }
        'x' | assume bad; $seen += $?
        assume p && & { $script:seen += 'and went on' }
        $global:__assume_program = @('/gone', '', '', '/gone'); $global:__assume_script = '/gone'
        assume p; $seen += $?
        ($seen + $Error.Count) -join '|'
        """,
    )
    assert seen.stdout.rstrip("\n") == "True|False|False|False|True|False|and went on|False|0", seen.stderr


@case(22, "an alias of the same name, made before our line: the function wins", ONLY)
def alias_before(bench: Bench) -> None:
    bench.plan_role("p")
    shell = bench.start(before="Set-Alias assume Get-Date -Option AllScope")
    assert shell.run("assume p") == ("", 0)
    assert shell.environment()["AWS_PROFILE"] == "p"


@case(74, "it loads in strict mode, with Stop, three times, without output", ONLY)
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


@case(75, "words quoted as Windows PowerShell 5.1 to 7.2 need it arrive the same", ONLY)
def words_of_old(bench: Bench) -> None:
    """The older way of the engine, Legacy, chosen in an engine that also has the newer one."""
    bench.plan({"exec": {}})
    old = """
        $block = ${function:__assume_invocation}.ToString().Replace('.Minor -lt 3', '.Minor -lt 99')
        ${function:global:__assume_invocation} = [scriptblock]::Create($block)
        $block = ${function:assume}.ToString().Replace("'Standard'", "'Legacy'")
        ${function:global:assume} = [scriptblock]::Create($block)
    """
    seen = batch(bench, old + "".join(f"assume exec p {typed}\n" for typed in WORDS))
    assert (seen.stdout, seen.stderr) == ("", "")
    assert [call[4:] for call in bench.calls("exec")] == list(WORDS.values())


@case(76, "the program reads piped input if there is any, and the terminal if not", ONLY)
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


@case(76, "a verb that is run writes to the terminal, and line by line where its output is captured", ONLY)
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
