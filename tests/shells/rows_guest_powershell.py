"""Row 98 in PowerShell: variables of the engine that change how text is built, commands are called, errors shown."""

from __future__ import annotations

from .bench import Bench, environment
from .powershell import PowerShell
from .table import case

# Each line is one shell: what they set does not touch the same thing.
CULTURE = "[Threading.Thread]::CurrentThread.CurrentCulture = [Globalization.CultureInfo]"
SETTINGS = (
    f"$OFS = ','; $ErrorView = 'CategoryView'; $PSNativeCommandArgumentPassing = 'Legacy'; {CULTURE}'tr-TR'",
    (
        "$OFS = ''; $PSDefaultParameterValues = @{ '*:WhatIf' = $true; '*:Confirm' = $true; '*:Path' = '/nowhere' }; "
        f"{CULTURE}'ar-SA'"
    ),
    (
        "$OFS = [Environment]::NewLine; $WhatIfPreference = $true; $OutputEncoding = [Text.Encoding]::Unicode; "
        f"Remove-Variable PSNativeCommandArgumentPassing -WhatIf:$false; {CULTURE}'fa-IR'"
    ),
    (
        "$OFS = '; New-Item PWN;'; $ErrorView = 'DetailedView'; $PSNativeCommandArgumentPassing = 'Windows'; "
        "$PSDefaultParameterValues = @{ '*:ErrorAction' = 'Stop'; '*:OutVariable' = 'x'; '*:Verbose' = $true }"
    ),
    (
        "$OFS = ':'; $ConfirmPreference = 'Low'; $VerbosePreference = 'Continue'; $DebugPreference = 'Continue'; "
        f"$PSStyle.OutputRendering = 'PlainText'; $FormatEnumerationLimit = 1; {CULTURE}'th-TH'"
    ),
    (
        "$PSDefaultParameterValues = @{ '*:First' = 1; '*:Name' = 'nothing'; '*:Scope' = 'Local' }; "
        "$PSNativeCommandUseErrorActionPreference = $true; $ErrorActionPreference = $WarningPreference = 'Stop'"
    ),
)
WORD = "a 'b' \"c\" \\ * ~ $x $(touch PWN)"


def works(bench: Bench, shell: PowerShell, setting: str) -> None:
    """A switch, a verb with a word of every kind, TAB, `off`."""
    changes = bench.plan_role("p")
    before = shell.environment()
    assert shell.run("assume p --region x") == ("", 0), setting
    assert shell.environment() == before | environment(changes), setting
    assert shell.run(f"assume list {PowerShell.quote(WORD)} 1.5 a,b") == ("x", 0), setting
    assert bench.calls("list")[-1] == ["list", WORD, "1.5", "a,b"], setting
    shows = shell.run("(TabExpansion2 'assume q' 8).CompletionMatches.CompletionText")
    assert shows.text == "qq", setting
    assert shell.run("assume off") == ("", 0), setting
    assert shell.environment() == before, setting


@case(98, "the engine's own variables, set before or after the load, change nothing", ("powershell",))
def automatic_variables(bench: Bench) -> None:
    bench.plan({"list": {"stdout": "x\n"}, "complete": {"candidates": [["qq", ""]]}})
    for setting in SETTINGS:
        shell = bench.start(prompt=True)
        assert isinstance(shell, PowerShell)
        shell.run(setting)
        works(bench, shell, setting)
        assert shell.load(bench.text(prompt=True)) == ("", 0), setting
        assert shell.run("assume list") == ("x", 0), setting
        shell.close()
    assert not list(bench.home.rglob("PWN"))
