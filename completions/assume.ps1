# TAB for `assume` in PowerShell, 5.1 and 7; each TAB starts one process. Works alone too: then the program is the
# `assume` on PATH.

function global:__assume_complete {
    $line, $end = $args[0], $args[1]
    $words = [System.Collections.Generic.List[string]]::new()
    $starts = [System.Collections.Generic.List[int]]::new()
    foreach ($part in $line.CommandElements) {
        $from = $part.Extent.StartOffset
        if ($from -ge $end) { break }
        $text = $part.Extent.Text
        if ($part.Extent.EndOffset -ge $end) { $text = $text.Substring(0, $end - $from) }
        $words.Add((__assume_unquoted $text))
        $starts.Add($from)
        $open = $part.Extent.EndOffset -ge $end
    }
    if (-not $open) { $words.Add('') }
    $words.RemoveAt(0)
    $answer = @(__assume_candidates $words)
    if ($answer.Count -eq 1 -and $answer[0] -ceq 'files') { return } # the engine completes a file if we return nothing
    if ($answer.Count -eq 1 -and $answer[0] -cmatch '\Acommand ([0-9]{1,4})\z') {
        $at = 1 + [int]$Matches[1]
        if ($at -ge $starts.Count) { return }
        $rest = $line.Extent.StartScriptPosition.GetFullScript().Substring($starts[$at], $end - $starts[$at])
        return [System.Management.Automation.CommandCompletion]::CompleteInput($rest, $rest.Length, $null).CompletionMatches
    }
    foreach ($candidate in $answer) {
        $value, $about = $candidate -split "`t", 2
        if (-not $value) { continue }
        $quoted = $value
        if ($value -cnotmatch '\A(?:--)?[A-Za-z_][A-Za-z0-9_.:/+=-]*\z' -and $value -cne '-') {
            $quoted = "'" + ($value -replace "['\u2018-\u201b]", '$0$0') + "'"
        }
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($quoted, $value, 'ParameterValue', $about)
    }
}

# A word without its quotes, even if the last quote is not closed yet.
function global:__assume_unquoted {
    $word = $args[0]
    switch -Regex ($word) {
        "\A['\u2018-\u201b]" { return $word.Substring(1) -replace "(['\u2018-\u201b])(?:(['\u2018-\u201b])|\z)", '$2' }
        '\A["\u201c-\u201e]' { return $word.Substring(1) -replace '(?<!`)["\u201c-\u201e]\z' -replace '`(.)', '$1' }
    }
    $word -replace '`(.)', '$1'
}

# The answer of the program, line by line. It gets empty input, and its messages are dropped.
function global:__assume_candidates {
    $program = @($ExecutionContext.SessionState.PSVariable.GetValue('global:__assume_program', @()))
    if ($program.Count -lt 4 -or -not ([System.IO.File]::Exists($program[0]) -and [System.IO.File]::Exists($program[3]))) {
        $script = $ExecutionContext.SessionState.PSVariable.GetValue('global:__assume_script', 'assume')
        $program = @(foreach ($found in $ExecutionContext.InvokeCommand.GetCommand($script, 'Application')) { $found.Path })
        if (-not $program.Count) { return }
    }
    $start = [System.Diagnostics.ProcessStartInfo]::new($program[0])
    $start.Arguments = @(foreach ($word in @(if ($program.Count -gt 1) { $program[1..($program.Count - 1)] }) + 'complete', '--shell', 'powershell', '--' + $args[0]) {
            '"' + ($word -replace '(\\*)"', '$1$1\"' -replace '(\\+)\z', '$1$1') + '"'
        }) -join ' '
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $start.StandardOutputEncoding = [System.Text.UTF8Encoding]::new($false)
    try {
        $process = [System.Diagnostics.Process]::Start($start)
        $process.StandardInput.Close()
        $null = $process.StandardError.ReadToEndAsync()
        $process.StandardOutput.ReadToEnd().TrimEnd("`r`n".ToCharArray()) -split '\r?\n'
    } catch {
        $global:Error.RemoveAt(0)
    }
}

try {
    & {
        $PSDefaultParameterValues = @{}
        Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName assume -ScriptBlock {
            param($word, $line, $end)
            __assume_complete $line $end
        }
    }
} catch {
    $global:Error.RemoveAt(0) # no completion if the language mode is constrained
}
