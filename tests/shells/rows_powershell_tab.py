"""Row 79: TAB in PowerShell."""

from __future__ import annotations

import os

from .bench import Bench
from .powershell import PowerShell, batch
from .table import case

ONLY = ("powershell",)
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


@case(79, "TAB after exec P completes a command, and a file where a file is expected", ONLY)
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
