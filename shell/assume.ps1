# assume in PowerShell, 5.1 and 7: the function `assume`, the hook before each prompt, the prompt segment.
# `assume init powershell` prints this file with the block filled in, and completions/assume.ps1 behind it.
#
# Commands are called as MODULE\NAME, or as methods of .NET: an alias or a function of the user comes before a cmdlet.
# Locals need no prefix: an assignment in a function always makes a local. Globals have it, and are written
# $global:NAME, because this text may be evaluated inside a function. Strict mode throws at a variable that was never
# set, so all of them are set under "state".
# A change in the reply is a line of data, not code: nothing is evaluated, and no script log holds a secret. The
# functions are simple ones, as an advanced function would read -v, -d or -p as its own parameters. This file is ASCII,
# because 5.1 reads files in the machine's code page.

# --- filled in by `assume init powershell` ---
$global:__assume_program = @()
$global:__assume_script = 'assume'
$global:__assume_commands = 'exec export console each explain policy doctor list status history clear login logout init install uninstall demo'
$global:__assume_prompt = ''
$global:__assume_edition = ''
# --- end ---

# ---- state ----

# __assume_state is what the program told this shell last: whether to renew, the colour, the request. It is kept when
# this file is evaluated again, and never exported: a child shell inherits the role but does not renew it.
if ($null -eq $ExecutionContext.SessionState.PSVariable.Get('global:__assume_state')) {
    $global:__assume_state = ''
    $global:__assume_originals = @() # the prompts that ours was put around, the newest first
    $global:__assume_depth = 0 # how many of them are running now
}
$global:__assume_ours = $null # our prompt, as it was put there last
$global:__assume_ran = -1 # the number in the history of the line that is typed at our prompt
$global:__assume_moved = $false # $true once the user knows that the program has moved
$global:__assume_said = '' # the change that the user was last warned of
$global:__assume_seen_at = 0 # when the hook last ran, in epoch seconds
$global:__assume_idle = $false # $true after an hour without a prompt: nothing is renewed until the next `assume`
$global:__assume_retry_at = 0 # no renewal before this, in epoch seconds
$global:__assume_retry_s = 0 # the pause after the last renewal, in seconds; it doubles with each failure

# ---- function ----

# An alias of this name, as Granted has one, comes before a function. Removed by a method, which asks and prints
# nothing whatever the user's settings are; in this scope, since that is where an alias for all scopes has to go.
if ($ExecutionContext.SessionState.InvokeProvider.Item.Exists('Alias:assume', $true, $true)) {
    $ExecutionContext.SessionState.InvokeProvider.Item.Remove('Alias:assume', $false, $true, $true)
}

function global:assume {
    [System.Diagnostics.DebuggerHidden()] param() # Set-PSDebug would print the secrets
    if ($global:__assume_ran -ne $MyInvocation.HistoryId) { __assume_place_segment } # the last prompt was not ours
    # After a failure `$?` has to be False, or `assume prod && ...` would go on in the wrong account. Only an object
    # inside the engine can do that for a function; it is reached by reflection.
    $line = $ExecutionContext
    try {
        $hidden = [System.Reflection.BindingFlags]'Instance, NonPublic'
        $line = $line.GetType().GetField('_context', $hidden).GetValue($line)
        foreach ($step in 'CurrentCommandProcessor', 'CommandRuntime', 'PipelineProcessor') {
            $line = $line.GetType().GetProperty($step, $hidden).GetValue($line)
        }
    } catch {
        $line = $null # the language mode is constrained, or the engine differs
        $global:Error.RemoveAt(0)
    }
    $words = __assume_typed_words $args
    $program = @(__assume_find_program)
    if (-not $program.Count) {
        $global:LASTEXITCODE = 1
        __assume_mark_failed $line
        return
    }
    $run = __assume_dispatch $words
    $call = __assume_invocation ($program + $words.ToArray()) $MyInvocation.ExpectingInput
    $PSNativeCommandUseErrorActionPreference = $false # or a status other than 0 would be an exception
    $ExecutionContext.SessionState.PSVariable.Set('PSNativeCommandArgumentPassing', 'Standard') # 7.3 and later
    $global:LASTEXITCODE = 1 # stays if the program cannot be started
    if ($run) {
        if ($MyInvocation.ExpectingInput) { $input | & $call[0] $call[1] } else { & $call[0] $call[1] }
        if ($global:LASTEXITCODE -ne 0) { __assume_mark_failed $line }
        return
    }
    $reply = $null
    try {
        $reply = if ($MyInvocation.ExpectingInput) { @($input | & $call[0] $call[1]) } else { @(& $call[0] $call[1]) }
    } finally {
        # Ctrl-C: the engine may have killed the program before it could exit by itself
        if ($null -eq $reply -and $global:LASTEXITCODE -eq 137) { $global:LASTEXITCODE = 130 }
    }
    if ($global:LASTEXITCODE -eq 0 -and -not (__assume_apply $reply)) { $global:LASTEXITCODE = 1 }
    if ($global:LASTEXITCODE -ne 0) {
        __assume_mark_failed $line
        return
    }
    $global:__assume_said = ''
    $global:__assume_seen_at = 0
    $global:__assume_idle = $false
}

# Marks the command line as failed, for `$?`, `&&` and `||`; $args[0]: the engine's object for it, or $null.
function global:__assume_mark_failed {
    if ($null -eq $args[0]) { return }
    try {
        $args[0].GetType().GetProperty('ExecutionFailed', [System.Reflection.BindingFlags]'Instance, NonPublic').SetValue($args[0], $true)
    } catch {
        $global:Error.RemoveAt(0)
    }
}

# Decides what the words ask for, and adds our own options to them: $true for a verb to run, $false for a switch.
function global:__assume_dispatch {
    $words = $args[0]
    $verb = if ($words.Count) { $words[0] } else { '' }
    if ('exec', 'export', 'console', 'explain', 'doctor', 'status' -ccontains $verb) {
        if ($verb -ceq 'doctor') { $words.InsertRange(1, [string[]]('--edition', $global:__assume_edition)) }
        $words.InsertRange(1, [string[]]('--state', $global:__assume_state))
        return $true
    }
    if ((($global:__assume_commands -split ' ') + '--help', '-h', '--version') -ccontains $verb) { return $true }
    if ('use', 'off' -cnotcontains $verb) { $words.Insert(0, 'use') }
    $stop = $words.IndexOf('--')
    $own = if ($stop -lt 0) { $words } else { $words.GetRange(0, $stop) }
    if ($own -ccontains '--help' -or $own -ccontains '-h') { return $true }
    $words.InsertRange(1, [string[]]('--shell', 'powershell', '--state', $global:__assume_state))
    $false
}

# The words as they were typed: PowerShell makes an array of `a,b`, two words of `-x:y`, a number of 007.
function global:__assume_typed_words {
    $words = [System.Collections.Generic.List[string]]::new()
    $glue = ''
    foreach ($word in $args[0]) {
        if ($null -eq $word) { continue } # as with any program
        $text = if ($word -is [array]) { @(foreach ($part in $word) { [string]$part }) -join ',' } else { [string]$word }
        if ($word.PSObject.Properties['<CommandParameterName>'] -and $text.EndsWith(':')) {
            $glue += $text
        } else {
            $words.Add($glue + $text)
            $glue = ''
        }
    }
    if ($glue) { $words.Add($glue) }
    , $words
}

# The words that start the program; nothing if it is gone. $args[0]: $true for no message then.
function global:__assume_find_program {
    $program = $global:__assume_program
    if ($program.Count -and [System.IO.File]::Exists($program[0]) -and [System.IO.File]::Exists($program[3])) {
        return $program # the interpreter and __main__.py; an upgrade may have removed them
    }
    $script = $ExecutionContext.InvokeCommand.GetCommand($global:__assume_script, 'Application')
    if ($script) {
        if (-not $program.Count) { return $script.Path }
        $said = __assume_capture ($script.Path, '--version')
        if ($said -and $said.Status -eq 0) {
            if (-not $global:__assume_moved) { __assume_say 'the program has moved or was upgraded: open a new shell' }
            $global:__assume_moved = $true
            return $script.Path
        }
    }
    if (-not $args.Count -or -not $args[0]) {
        __assume_say 'the program is gone' 'install assume-shell again, then open a new shell'
    }
}

# A script block that calls the program, and the words to pass to it; $args[1]: whether the block reads $input.
# No word is part of the code. There each is "$($w[N])", a string in quotes: in any other form the engine on Unix would
# replace a word that has `*`, `?`, `[` or `~` in it by the names of files.
function global:__assume_invocation {
    $words = $args[0]
    # 5.1 to 7.2 put quotes around a word that has a blank in it, but do not escape the quotes inside
    $version = $PSVersionTable.PSVersion
    $old = $version.Major -lt 7 -or $version.Major -eq 7 -and $version.Minor -lt 3
    $quoted = for ($at = 1; $at -lt $words.Count; $at++) {
        if ($old) { $words[$at] = __assume_quote_word $words[$at] }
        # in an array, or the engine would read it as its own mark that ends the parsing
        if ($words[$at] -ceq '--%') { "(, `$w[$at])" } else { "`"`$(`$w[$at])`"" }
    }
    $from = if ($args[1]) { '$input | ' } else { '' }
    [scriptblock]::Create("[System.Diagnostics.DebuggerHidden()] param(`$w) $from& `$w[0] $($quoted -join ' ')")
    , $words
}

# One word quoted for the command line of a process, by the rules of Windows, which .NET follows on Unix too.
function global:__assume_quote_word {
    $word = $args[0]
    if ($word -and $word -notmatch '[\s"]') { return $word }
    '"' + ($word -replace '(\\*)"', '$1$1\"' -replace '(\\+)\z', '$1$1') + '"'
}

# Runs the program with empty input: its status, stdout and stderr; nothing if it cannot be started.
function global:__assume_capture {
    [System.Diagnostics.DebuggerHidden()] param()
    $program, $words = $args[0]
    $start = [System.Diagnostics.ProcessStartInfo]::new($program)
    $start.Arguments = @(foreach ($word in $words) { __assume_quote_word $word }) -join ' '
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $start.WorkingDirectory = $ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath
    try {
        $process = [System.Diagnostics.Process]::Start($start)
        $process.StandardInput.Close()
        $errors = $process.StandardError.ReadToEndAsync()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        @{ Status = $process.ExitCode; Out = $output; Err = $errors.Result }
    } catch {
        $global:Error.RemoveAt(0)
    }
}

# Makes the changes of a reply, all of them or none; $false if one of its lines is anything else.
function global:__assume_apply {
    [System.Diagnostics.DebuggerHidden()] param()
    $name = '(?<name>(?:AWS|ASSUME|ASSUMED|AWSUME|GRANTED)_[A-Z0-9_]+)'
    $value = '(?<value>(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)'
    $form = "\A(?:(?<verb>set) $name $value|(?<verb>unset) $name|(?<verb>state|done) $value)\z"
    $changes = @(foreach ($line in $args[0]) { [regex]::Match($line, $form) })
    if (-not $changes.Count -or @(foreach ($change in $changes) { $change.Success }) -contains $false) {
        __assume_say 'the answer of the program is not what this shell expects' 'open a new shell; assume doctor'
        return $false
    }
    $state = $ExecutionContext.SessionState.PSVariable.Get('global:__assume_state')
    if ($null -ne $state -and ("$($state.Options)" -cmatch 'ReadOnly|Constant' -or $state.Attributes.Count)) {
        __assume_say '$__assume_state is readonly or has a type in this shell: nothing was changed' 'open a new shell'
        return $false
    }
    $done = $null
    foreach ($change in $changes) {
        $to = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($change.Groups['value'].Value))
        switch -CaseSensitive ($change.Groups['verb'].Value) {
            'set' { [System.Environment]::SetEnvironmentVariable($change.Groups['name'].Value, $to) }
            # the typed null: $null would leave an empty variable
            'unset' { [System.Environment]::SetEnvironmentVariable($change.Groups['name'].Value, [NullString]::Value) }
            'state' { $global:__assume_state = $to }
            'done' { $done = $to }
        }
    }
    if ($done) { [System.Console]::Error.WriteLine($done) }
    $global:__assume_retry_s = 0
    $global:__assume_retry_at = 0
    $true
}

# Prints a message and, if given, what to do about it. Not an error record: $Error is the user's, and the engine hides
# errors in a prompt.
function global:__assume_say {
    [System.Console]::Error.WriteLine("assume: $(__assume_clean $args[0])")
    if ($args.Count -gt 1) { [System.Console]::Error.WriteLine("  $(__assume_clean $args[1])") }
}

# The text with `?` for control characters and for the marks that change the direction of writing.
function global:__assume_clean {
    "$($args[0])" -replace '[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]', '?'
}

# ---- hook ----

# Runs before each prompt: warns once if the identity was changed by something else, renews the role if that is due.
# Starts no process but for a renewal.
function global:__assume_hook {
    if (-not $env:ASSUME_PROFILE) {
        $global:__assume_said = ''
        return
    }
    $change = __assume_compare
    if ($null -ne $change) {
        __assume_warn $change
        return
    }
    $global:__assume_said = ''
    # only a role that was taken in this shell is renewed
    if ($global:__assume_state -cnotlike 'renew;*') { return }
    if ("$env:ASSUME_EXPIRES" -cnotmatch '\A[0-9]{1,12}\z') { return }
    $now_at = [System.DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    $last_at, $global:__assume_seen_at = $global:__assume_seen_at, $now_at
    if ($last_at -and $now_at - $last_at -gt 3600) { $global:__assume_idle = $true }
    if (__assume_renewal_due $now_at) { __assume_renew $now_at }
}

# Compares keys and profile with what we set: nothing if they are the same. Else the identity that is set beside our
# role (or `keys`, or `none`), and the change in words.
function global:__assume_compare {
    $keys = $profile_set = $other = $what = ''
    $exported = $env:ASSUME_EXPORTED
    if ($exported -ceq 'both' -or $exported -ceq 'keys') { $keys = "$env:ASSUME_KEY_ID" }
    if ($exported -ceq 'both' -or $exported -ceq 'profile') { $profile_set = $env:ASSUME_PROFILE }
    if ("$env:AWS_ACCESS_KEY_ID" -cne $keys) {
        $other, $what = 'keys', 'AWS_ACCESS_KEY_ID is not the one that assume set'
        if (-not $env:AWS_ACCESS_KEY_ID) { $other, $what = 'none', 'AWS_ACCESS_KEY_ID was removed' }
    }
    if ("$env:AWS_PROFILE" -cne $profile_set) {
        if ($env:AWS_PROFILE) {
            $other, $what = $env:AWS_PROFILE, "AWS_PROFILE is $env:AWS_PROFILE now"
        } elseif (-not $other) {
            $other, $what = 'none', 'AWS_PROFILE was removed'
        }
    }
    if ($env:AWS_DEFAULT_PROFILE) {
        $other, $what = $env:AWS_DEFAULT_PROFILE, "AWS_DEFAULT_PROFILE is $env:AWS_DEFAULT_PROFILE now"
    }
    if ($other) { return @{ Other = $other; What = $what } }
}

# Warns once of a change that __assume_compare has found: which identity the AWS CLI uses now, and the way back.
function global:__assume_warn {
    $what = $args[0].What
    $news = "$what/$env:AWS_ACCESS_KEY_ID"
    if ($news -ceq $global:__assume_said) { return }
    $global:__assume_said = $news
    $name = __assume_clean $env:ASSUME_PROFILE
    $uses = "the keys, which are not those of $name"
    if (-not $env:AWS_ACCESS_KEY_ID) {
        foreach ($used in 'default', $env:AWS_PROFILE, $env:AWS_DEFAULT_PROFILE) {
            if ($used) { $uses = "the profile $used" } # the last one wins
        }
    } elseif ($env:AWS_ACCESS_KEY_ID -ceq $env:ASSUME_KEY_ID) {
        $uses = "the keys, which are still those of $name"
    }
    $word = if ($name -cmatch '\A[A-Za-z_][A-Za-z0-9_.:/+=-]*\z') { $name } else { "'$($name -replace "['\u2018-\u201b]", '$0$0')'" }
    __assume_say "${name}: ${what}: the AWS CLI uses $uses" "assume $word brings it back, assume off leaves it"
}

# True if a renewal is due: in the last five minutes of a role in use. $args[0]: the time.
function global:__assume_renewal_due {
    [long]$env:ASSUME_EXPIRES - $args[0] -le 300 -and -not $global:__assume_idle -and
        $args[0] -ge $global:__assume_retry_at -and '0', 'no', 'false', 'off' -notcontains $env:ASSUME_RENEW
}

# Renews the role. The program asks nothing and ends within 2 s by itself. The reason for a failure is shown once, by
# us: the engine hides errors in a prompt. $args[0]: the time.
function global:__assume_renew {
    # set before the call, so that a pause follows Ctrl-C too
    $first = -not $global:__assume_retry_s
    $global:__assume_retry_s = [System.Math]::Min(900, [System.Math]::Max(60, 2 * $global:__assume_retry_s))
    $global:__assume_retry_at = $args[0] + $global:__assume_retry_s
    $program = @(__assume_find_program (-not $first))
    if (-not $program.Count) { return }
    $answer = __assume_capture ($program + ('renew', '--shell', 'powershell', '--state', $global:__assume_state))
    if ($answer -and $answer.Status -eq 0) {
        $null = __assume_apply ($answer.Out.TrimEnd("`r`n".ToCharArray()) -split '\r?\n')
    } elseif ($first -and $answer) {
        [System.Console]::Error.Write($answer.Err)
    }
}

# ---- prompt segment ----

# The role of this shell for a prompt, coloured; '' if there is no role.
function global:assume_segment {
    if (-not $env:ASSUME_PROFILE -or $env:ASSUME_PROMPT -ceq '0') { return '' }
    $name = $text = __assume_clean $env:ASSUME_PROFILE
    $flag, $style, $rest = $global:__assume_state -split ';', 3
    if ($style -cnotmatch '\A[0-9]{1,3}\z') {
        $style = '36'
        if ("$name $env:ASSUME_SSO_ROLE" -cmatch '(?:^|[^A-Za-z0-9])[Pp][Rr][Oo][Dd](?:[Uu][Cc][Tt][Ii][Oo][Nn])?(?:$|[^A-Za-z0-9])') {
            $style = '1;31'
            $text = "PROD $name"
        }
    }
    $change = __assume_compare
    if ($null -ne $change) {
        $text = $name + $(if (__assume_is_utf8) { [char]0x2260 } else { '!=' }) + (__assume_clean $change.Other)
        $style = "7;$style"
    } else {
        if ($env:ASSUME_READ_ONLY) { $text += ' read-only' }
        if ('renew', 'hold' -cnotcontains $flag) { $text += ' inherited' }
        $left_s = 900 # or more: not shown
        if ("$env:ASSUME_EXPIRES" -cmatch '\A[0-9]{1,12}\z') {
            $left_s = [long]$env:ASSUME_EXPIRES - [System.DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
        }
        if ($left_s -le 0) {
            $text += ' expired'
            $style = "7;$style"
        } elseif ($left_s -lt 900) {
            $text += " $([System.Math]::Ceiling($left_s / 60))m"
        }
    }
    $terminal = if ($env:TERM) { $env:TERM } elseif ($env:OS -ceq 'Windows_NT') { 'windows' } else { 'dumb' }
    if ($env:NO_COLOR -or $terminal -ceq 'dumb' -or -not $Host.UI.SupportsVirtualTerminal) { return "[$text]" }
    "$([char]27)[${style}m[$text]$([char]27)[0m"
}

# True if the terminal can show a character that is not ASCII.
function global:__assume_is_utf8 {
    if ($env:OS -ceq 'Windows_NT') { return [System.Console]::OutputEncoding.CodePage -eq 65001 }
    foreach ($locale in $env:LC_ALL, $env:LC_CTYPE, $env:LANG) {
        if ($locale) { return $locale -match 'utf-?8' }
    }
    $false
}

# True if a theme shows AWS in the prompt by itself.
function global:__assume_themed {
    $env:STARSHIP_SHELL -in 'powershell', 'pwsh' -or $env:POSH_SHELL -in 'powershell', 'pwsh' -or
        ($env:POSH_THEME -and -not $env:POSH_SHELL)
}

# Puts the hook and the segment around the prompt that is there now.
function global:__assume_place_segment {
    if ($null -ne $global:__assume_ours -and $function:prompt -eq $global:__assume_ours) { return }
    $global:__assume_originals = @($function:prompt) + $global:__assume_originals
    # Another tool may wrap our prompt, and is then wrapped in turn. So there is a list of originals, the newest first:
    # each level calls the next, and only the outermost shows the segment. The original is called before anything else,
    # so that it finds $? as it was.
    function global:prompt {
        try {
            $text = @(& $global:__assume_originals[$global:__assume_depth++])
        } finally {
            $global:__assume_depth--
        }
        if ($global:__assume_depth -or $null -eq $global:__assume_ours) { return $text }
        $global:__assume_ran = $MyInvocation.HistoryId # of the line that is typed next
        __assume_hook
        $segment = if ($global:__assume_prompt -and -not (__assume_themed)) { assume_segment } else { '' }
        if ($segment) {
            if (-not $text.Count) { $text = @('PS>') }
            $text[0] = "$($text[0])" -replace '\A[\r\n]*', ('$0' + $segment.Replace('$', '$$') + ' ')
        }
        $text
    }
    $global:__assume_ours = $function:prompt
}

# ---- undo ----

# Removes all of this from the running shell; the role stays.
function global:__assume_undo {
    $PSDefaultParameterValues = @{}
    $WhatIfPreference, $ConfirmPreference, $VerbosePreference = $false, 'None', 'SilentlyContinue'
    $kept = '__assume_originals', '__assume_depth', '__assume_ours' # for a prompt that another tool put around ours
    if ($function:prompt -eq $global:__assume_ours) {
        ${function:global:prompt} = $global:__assume_originals[0]
        $kept = @()
    }
    $global:__assume_ours = $null
    # a completer can be replaced, not removed
    Microsoft.PowerShell.Core\Register-ArgumentCompleter -Native -CommandName assume -ScriptBlock { }
    Microsoft.PowerShell.Management\Remove-Item -Path Function:assume, Function:assume_segment, Function:__assume_*
    foreach ($name in (Microsoft.PowerShell.Utility\Get-Variable -Name __assume_* -Scope Global).Name) {
        if ($kept -cnotcontains $name) { $ExecutionContext.SessionState.PSVariable.Remove("global:$name") }
    }
}

# ---- loading ----

# PowerShell runs nothing before a prompt but the prompt function, so ours calls the hook.
__assume_place_segment

# ---- completion: completions/assume.ps1, which `assume init` prints behind this ----
