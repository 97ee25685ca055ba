# assume for PowerShell 5.1 and 7: `Invoke-Expression (& assume init powershell | Out-String)` in $PROFILE.
#
# The function calls the program and makes the changes that the program answers. A change is a line of data, not
# code: nothing is run, and no script log holds a secret. This file is ASCII: 5.1 reads files in the code page.
# The functions are simple ones: an advanced function would take -v, -d or -p for a parameter of its own.

# --- filled in by `assume init powershell` ---
$global:__assume_program = @()
$global:__assume_script = 'assume'
$global:__assume_commands = 'exec export list status explain policy each clear console init install uninstall doctor demo'
$global:__assume_prompt = ''
# --- end ---

# Strict mode throws at a variable that was never set.
if ($null -eq $ExecutionContext.SessionState.PSVariable.Get('global:__assume_state')) {
    $global:__assume_state = ''
    $global:__assume_prompts = @()
    $global:__assume_depth = 0
}
$global:__assume_ours = $null
$global:__assume_ran = -1
$global:__assume_segment = ''
$global:__assume_style = ''
$global:__assume_moved = $false
$global:__assume_said = ''
$global:__assume_seen_at = 0
$global:__assume_idle = $false
$global:__assume_retry_s = 0
$global:__assume_retry_at = 0

# ---- function ----

# An alias of this name, as Granted has one, comes before a function.
Microsoft.PowerShell.Management\Remove-Item -Path Alias:assume -Force -ErrorAction Ignore

function global:assume {
    [System.Diagnostics.DebuggerHidden()] param() # Set-PSDebug would print the secrets
    if ($global:__assume_ran -ne $MyInvocation.HistoryId) { __assume_wrap } # the last prompt was not ours
    # Only the engine's own object can make `$?` False behind a function, and so keep `assume prod && ...` from going on.
    $line = $ExecutionContext
    try {
        $hidden = [System.Reflection.BindingFlags]'Instance, NonPublic'
        $line = $line.GetType().GetField('_context', $hidden).GetValue($line)
        foreach ($step in 'CurrentCommandProcessor', 'CommandRuntime', 'PipelineProcessor') {
            $line = $line.GetType().GetProperty($step, $hidden).GetValue($line)
        }
    } catch {
        $line = $null # the language is constrained, or the engine is another one
        $global:Error.RemoveAt(0)
    }
    $words = __assume_words $args
    $program = @(__assume_find)
    if (-not $program.Count) {
        $global:LASTEXITCODE = 1
        __assume_failed $line
        return
    }
    $run = __assume_route $words
    $call = __assume_call ($program + $words.ToArray()) $MyInvocation.ExpectingInput
    $PSNativeCommandUseErrorActionPreference = $false # a status other than 0 is no exception here
    $ExecutionContext.SessionState.PSVariable.Set('PSNativeCommandArgumentPassing', 'Standard') # 7.3 and later
    $global:LASTEXITCODE = 1 # for a program that cannot even be started
    if ($run) {
        if ($MyInvocation.ExpectingInput) { $input | & $call[0] $call[1] } else { & $call[0] $call[1] }
        if ($global:LASTEXITCODE -ne 0) { __assume_failed $line }
        return
    }
    $reply = $null
    try {
        $reply = if ($MyInvocation.ExpectingInput) { @($input | & $call[0] $call[1]) } else { @(& $call[0] $call[1]) }
    } finally {
        # Ctrl-C: the engine may have killed the program before that could end by itself
        if ($null -eq $reply -and $global:LASTEXITCODE -eq 137) { $global:LASTEXITCODE = 130 }
    }
    if ($global:LASTEXITCODE -eq 0 -and -not (__assume_change $reply)) { $global:LASTEXITCODE = 1 }
    if ($global:LASTEXITCODE -ne 0) {
        __assume_failed $line
        return
    }
    $global:__assume_said = ''
    $global:__assume_seen_at = 0
    $global:__assume_idle = $false
}

# The line of commands that is being run has failed, for `$?`, `&&` and `||`; the status is in `$LASTEXITCODE` anyway.
function global:__assume_failed {
    if ($null -eq $args[0]) { return }
    try {
        $args[0].GetType().GetProperty('ExecutionFailed', [System.Reflection.BindingFlags]'Instance, NonPublic').SetValue($args[0], $true)
    } catch {
        $global:Error.RemoveAt(0)
    }
}

# Puts into the words what the program must be told; true if it is run, false if its answer is a list of changes.
function global:__assume_route {
    $words = $args[0]
    $verb = if ($words.Count) { $words[0] } else { '' }
    if ('exec', 'export', 'status' -ccontains $verb) {
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

# The words as they were typed: PowerShell has made an array of `a,b`, two words of `-x:y`, a number of 007.
function global:__assume_words {
    $words = [System.Collections.Generic.List[string]]::new()
    $glue = ''
    foreach ($word in $args[0]) {
        if ($null -eq $word) { continue } # a program is not given it either
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

# The words that start the program; none if it is gone, which is said unless $true is given.
function global:__assume_find {
    $program = $global:__assume_program
    if ($program.Count -and [System.IO.File]::Exists($program[0]) -and [System.IO.File]::Exists($program[3])) {
        return $program # the interpreter and __main__.py
    }
    $script = $ExecutionContext.InvokeCommand.GetCommand($global:__assume_script, 'Application')
    if ($script) {
        if (-not $program.Count) { return $script.Path }
        $said = __assume_ask ($script.Path, '--version')
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

# A block that calls the program, and what to give it. Each word is a string in quotes of its own: on Unix the
# engine would look for files that match any other word with a `*`, `?`, `[` or `~`. No word is in the code.
function global:__assume_call {
    $words = $args[0]
    # 5.1 to 7.2 put quotes around a word with a blank and do not see to those inside it
    $old = $null -eq $ExecutionContext.SessionState.PSVariable.Get('PSNativeCommandArgumentPassing')
    $quoted = for ($at = 1; $at -lt $words.Count; $at++) {
        if ($old) { $words[$at] = __assume_quote $words[$at] }
        # in an array, or the engine takes it for its own mark that ends the parsing
        if ($words[$at] -ceq '--%') { "(, `$w[$at])" } else { "`"`$(`$w[$at])`"" }
    }
    $from = if ($args[1]) { '$input | ' } else { '' }
    [scriptblock]::Create("[System.Diagnostics.DebuggerHidden()] param(`$w) $from& `$w[0] $quoted")
    , $words
}

# One word on the command line of a process, for Windows' own rules, which .NET has on Unix too.
function global:__assume_quote {
    $word = $args[0]
    if ($word -and $word -notmatch '[\s"]') { return $word }
    '"' + ($word -replace '(\\*)"', '$1$1\"' -replace '(\\+)\z', '$1$1') + '"'
}

# Runs the program with nothing to read and nothing to see: its status, what it printed, what it said.
function global:__assume_ask {
    [System.Diagnostics.DebuggerHidden()] param()
    $program, $words = $args[0]
    $start = [System.Diagnostics.ProcessStartInfo]::new($program)
    $start.Arguments = @(foreach ($word in $words) { __assume_quote $word }) -join ' '
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

# Makes the changes of a reply, all or none; false if one of its lines is anything else.
function global:__assume_change {
    [System.Diagnostics.DebuggerHidden()] param()
    $name = '(?<name>(?:AWS|ASSUME|ASSUMED|AWSUME|GRANTED)_[A-Z0-9_]+)'
    $value = '(?<value>(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)'
    $form = "\A(?:(?<verb>set) $name $value|(?<verb>unset) $name|(?<verb>state) $value)\z"
    $changes = @(foreach ($line in $args[0]) { [regex]::Match($line, $form) })
    if (-not $changes.Count -or @(foreach ($change in $changes) { $change.Success }) -contains $false) {
        __assume_say 'the answer of the program is not what this shell expects' 'open a new shell; assume doctor'
        return $false
    }
    foreach ($change in $changes) {
        $to = [System.Text.Encoding]::UTF8.GetString([System.Convert]::FromBase64String($change.Groups['value'].Value))
        switch -CaseSensitive ($change.Groups['verb'].Value) {
            'set' { [System.Environment]::SetEnvironmentVariable($change.Groups['name'].Value, $to) }
            # the typed null: a plain one would leave an empty variable
            'unset' { [System.Environment]::SetEnvironmentVariable($change.Groups['name'].Value, [NullString]::Value) }
            'state' { $global:__assume_state = $to }
        }
    }
    $global:__assume_retry_s = 0
    $global:__assume_retry_at = 0
    $true
}

# A message, and what to do. Not an error record: those are the user's, and a prompt shows none.
function global:__assume_say {
    [System.Console]::Error.WriteLine("assume: $(__assume_plain $args[0])")
    if ($args.Count -gt 1) { [System.Console]::Error.WriteLine("  $(__assume_plain $args[1])") }
}

# ---- hook ----

# Before each prompt: what is no longer as it was is said once, what is due is renewed. No process but for that.
function global:__assume_hook {
    $seen = __assume_look
    if (-not $seen) {
        $global:__assume_said = ''
        return
    }
    if ($seen.Other) {
        $news = "$($seen.What)/$env:AWS_ACCESS_KEY_ID"
        if ($news -cne $global:__assume_said) { __assume_tell $seen }
        $global:__assume_said = $news
        return
    }
    $global:__assume_said = ''
    # in the last five minutes, what was taken in this shell, by a person who is here
    if ($null -eq $seen.Left -or -not $global:__assume_state.StartsWith('renew;')) { return }
    $now_at, $last_at, $global:__assume_seen_at = $seen.Now, $global:__assume_seen_at, $seen.Now
    if ($last_at -and $now_at - $last_at -gt 3600) { $global:__assume_idle = $true }
    if ($seen.Left -le 300 -and -not $global:__assume_idle) { __assume_renew $now_at }
}

# What stands in the variables now: nothing, or what stands beside our role and the seconds it has left.
function global:__assume_look {
    if (-not $env:ASSUME_PROFILE) { return }
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
    $now_at = [System.DateTimeOffset]::UtcNow.ToUnixTimeSeconds()
    $left = if ("$env:ASSUME_EXPIRES" -cmatch '\A[0-9]{1,12}\z') { [long]$env:ASSUME_EXPIRES - $now_at } else { $null }
    @{ Other = $other; What = $what; Left = $left; Now = $now_at }
}

# What has changed, whom the AWS CLI obeys, and the way back.
function global:__assume_tell {
    $name = __assume_plain $env:ASSUME_PROFILE
    $uses = "the keys, which are not those of $name"
    if (-not $env:AWS_ACCESS_KEY_ID) {
        foreach ($used in 'default', $env:AWS_PROFILE, $env:AWS_DEFAULT_PROFILE) {
            if ($used) { $uses = "the profile $used" } # the last is the strongest
        }
    } elseif ($env:AWS_ACCESS_KEY_ID -ceq $env:ASSUME_KEY_ID) {
        $uses = "the keys, which are still those of $name"
    }
    $word = if ($name -cmatch '\A[A-Za-z_][A-Za-z0-9_.:/+=-]*\z') { $name } else { "'$($name -replace "['\u2018-\u201b]", '$0$0')'" }
    __assume_say "${name}: $($args[0].What): the AWS CLI uses $uses" "assume $word brings it back, assume off leaves it"
}

# Renews; $args[0]: the time. The program asks nothing and ends within 2 s by itself. Its reason for a failure is shown
# once: in a prompt the engine would hide it.
function global:__assume_renew {
    $now_at = $args[0]
    if ($now_at -lt $global:__assume_retry_at) { return }
    if ('0', 'no', 'false', 'off' -contains $env:ASSUME_RENEW) { return }
    # before the call, so that Ctrl-C in it is followed by a pause too
    $first = -not $global:__assume_retry_s
    $global:__assume_retry_s = [System.Math]::Min(900, [System.Math]::Max(60, 2 * $global:__assume_retry_s))
    $global:__assume_retry_at = $now_at + $global:__assume_retry_s
    $program = @(__assume_find (-not $first))
    if (-not $program.Count) { return }
    $answer = __assume_ask ($program + ('renew', '--shell', 'powershell', '--state', $global:__assume_state))
    if ($answer -and $answer.Status -eq 0) {
        $null = __assume_change ($answer.Out.TrimEnd("`r`n".ToCharArray()) -split '\r?\n')
    } elseif ($first -and $answer) {
        [System.Console]::Error.Write($answer.Err)
    }
}

# ---- prompt segment ----

# The role of this shell for a prompt, coloured; '' where there is none.
function global:assume_segment {
    $seen = __assume_look
    if (-not $seen -or $env:ASSUME_PROMPT -ceq '0') { return '' }
    $name = $text = __assume_plain $env:ASSUME_PROFILE
    $flag, $style, $rest = $global:__assume_state -split ';', 3
    if ($style -cnotmatch '\A[0-9]{1,3}\z') {
        $style = '36'
        if ($name -cmatch '(?:^|[^A-Za-z0-9])[Pp][Rr][Oo][Dd](?:[Uu][Cc][Tt][Ii][Oo][Nn])?(?:$|[^A-Za-z0-9])') {
            $style = '1;31'
            $text = "PROD $name"
        }
    }
    if ($seen.Other) {
        $text = $name + $(if (__assume_is_utf8) { [char]0x2260 } else { '!=' }) + (__assume_plain $seen.Other)
        $style = "7;$style"
    } else {
        if ('renew', 'hold' -cnotcontains $flag) { $text += ' inherited' }
        if ($null -ne $seen.Left -and $seen.Left -le 0) {
            $text += ' expired'
            $style = "7;$style"
        } elseif ($null -ne $seen.Left -and $seen.Left -lt 900) {
            $text += " $([System.Math]::Ceiling($seen.Left / 60))m"
        }
    }
    if ($env:NO_COLOR -or $env:TERM -ceq 'dumb' -or -not $Host.UI.SupportsVirtualTerminal) { return "[$text]" }
    "$([char]27)[${style}m[$text]$([char]27)[0m"
}

# Text without what a terminal would obey.
function global:__assume_plain {
    "$($args[0])" -replace '[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]', '?'
}

# Can the terminal show a sign that is not ASCII?
function global:__assume_is_utf8 {
    if ($env:OS -ceq 'Windows_NT') { return [System.Console]::OutputEncoding.CodePage -eq 65001 }
    foreach ($locale in $env:LC_ALL, $env:LC_CTYPE, $env:LANG) {
        if ($locale) { return $locale -match 'utf-?8' }
    }
    $false
}

# Does a theme show AWS in the prompt by itself?
function global:__assume_themed {
    $env:STARSHIP_SHELL -in 'powershell', 'pwsh' -or $env:POSH_SHELL -in 'powershell', 'pwsh' -or
        ($env:POSH_THEME -and -not $env:POSH_SHELL)
}

# Puts the hook and the segment around the prompt as it is now.
function global:__assume_wrap {
    if ($null -ne $global:__assume_ours -and $function:prompt -eq $global:__assume_ours) { return }
    $global:__assume_prompts = @($function:prompt) + $global:__assume_prompts
    # Something else may have wrapped itself around ours since, and is then wrapped in turn: hence a list of prompts,
    # the newest first. The user's own comes before all else, so that it finds $? as it was.
    function global:prompt {
        try {
            $text = @(& $global:__assume_prompts[$global:__assume_depth++])
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

# Removes all of this from the running shell; the role stays.
function global:__assume_undo {
    $kept = '__assume_prompts', '__assume_depth', '__assume_ours' # a prompt around ours still calls ours
    if ($function:prompt -eq $global:__assume_ours) {
        ${function:global:prompt} = $global:__assume_prompts[0]
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

__assume_wrap

# ---- completion: completions/assume.ps1, put behind this by `assume init` ----
