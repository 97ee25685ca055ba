# assume for fish 3.6 and newer: `assume init fish | source` in config.fish.
#
# The function calls the program and makes the changes that the program answers.
# It knows no more of AWS than the names of variables.

# --- filled in by `assume init fish` ---
set -g __assume_program
set -g __assume_script assume
set -g __assume_commands 'exec export list status explain policy each clear console init install uninstall doctor demo'
set -g __assume_prompt
# --- end ---

set -q __assume_state
or set -g __assume_state ''

# --- function ---

function assume --description 'Take on an AWS role in this shell'
    set -l fish_trace # a trace would print the secrets
    __assume_find
    or return
    set -l verb "$argv[1]"
    set -l own $argv
    if set -l stop (builtin contains -i -- -- $argv)
        set own $argv[1..$stop]
    end
    if builtin contains -- $verb exec export status
        command $__assume_call $verb --state "$__assume_state" $argv[2..]
        return
    else if builtin contains -- $verb --help -h --version (string split ' ' -- $__assume_commands)
        command $__assume_call $argv
        return
    end
    builtin contains -- $verb use off
    or set -p argv use
    if builtin contains -- --help $own; or builtin contains -- -h $own
        command $__assume_call $argv
    else
        __assume_take $argv
    end
end

function __assume_take --description 'Run a verb, and make the changes that it answers'
    set -l fish_trace
    # With job control, Ctrl-Z would stop the program while `read` waits for it. Ctrl-C ends this
    # function half-way: the hook turns it on again too.
    set -g __assume_jobs full
    status is-interactive-job-control
    and set __assume_jobs interactive
    status is-no-job-control
    and set __assume_jobs none
    status job-control none
    # `read`, since in a command substitution `2>FILE` on the function would miss the messages
    command $__assume_call $argv[1] --shell fish --state "$__assume_state" $argv[2..] | read -lz reply
    set -l ended $pipestatus
    __assume_jobs_back
    test $ended[1] -eq 0
    or return $ended[1]
    __assume_change $argv[1] "$reply"
    or return
    set -g __assume_said
    set -eg __assume_seen_at __assume_idle __assume_retry_s __assume_retry_at
    return 0
end

function __assume_jobs_back --description 'Job control as it was'
    set -q __assume_jobs
    and status job-control $__assume_jobs
    set -eg __assume_jobs
end

function __assume_change --description 'Make the changes of a reply; none of them if one line is anything else'
    set -l value "'(?:[^'\\\\]++|\\\\.)*+'"
    set -l name '(?:AWS|ASSUME|ASSUMED|AWSUME|GRANTED)_[A-Z0-9_]+'
    set -l change "(?:set -gx $name $value|set -eg $name|set -g __assume_state $value)"
    if not string match -qr "^(?:$change\\n)+\$" -- $argv[2]
        __assume_say 'the answer of the program is not what this shell expects' 'open a new shell; assume doctor'
        return 1
    end
    builtin printf %s $argv[2] | builtin source
    set -l ours '(?:AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SE(?:SSION|CURITY)_TOKEN|(?:DEFAULT_)?(?:PROFILE|REGION)|ACCOUNT_ID|VAULT)|(?:AWSUME|GRANTED|AWS_SSO)_[A-Z0-9_]+)'
    for name in (set -nU | string match -r "^$ours\$")
        if test $argv[1] = off; and set -qg $name
            # what `off` put back may be the universal one itself: let that be seen
            set -l before $$name
            set -eg $name
            test "$$name" = "$before"
            or set -gx $name $before
        end
        set -qg $name
        or __assume_say "$name is a universal variable, and is seen in this shell again" "to remove it: set -eU $name"
    end
    return 0
end

function __assume_find --description 'Set __assume_call: the words that start the program'
    set -g __assume_call $__assume_program
    if test -x "$__assume_program[1]" -a -r "$__assume_program[4]" # the interpreter and __main__.py
        return 0
    end
    set -g __assume_call $__assume_script
    if command -q $__assume_script
        set -q __assume_program[1]
        or return 0
        if command $__assume_script --version </dev/null >/dev/null 2>&1
            set -q __assume_moved
            or __assume_say 'the program has moved or was upgraded: open a new shell'
            set -g __assume_moved 1
            return 0
        end
    end
    __assume_say 'the program is gone' 'install assume-shell again, then open a new shell'
    return 1
end

function __assume_say --description 'A message, and what to do'
    builtin printf 'assume: %s\n' (__assume_plain $argv[1]) >&2
    set -q argv[2]
    and builtin printf '  %s\n' (__assume_plain $argv[2]) >&2
    return 0
end

# --- hook ---

function __assume_hook --on-event fish_prompt --description 'Before each prompt: no process, unless a renewal is due'
    set -l fish_trace
    __assume_jobs_back
    test "$__assume_prompt" = 1; and not set -q __assume_wrapped
    and __assume_wrap
    set -eg __assume_wrapped
    set -g __assume_segment
    if test -n "$ASSUME_PROFILE"; and __assume_mismatch
        __assume_draw
        return 0
    end
    set -g __assume_said
    set -g __assume_left_s
    test -n "$ASSUME_PROFILE"
    or return 0
    if string match -qr '^[0-9]{1,12}$' -- "$ASSUME_EXPIRES"
        # the clock without a process: since when a folder is as it is, and how old that is
        set -l clock (builtin path mtime /; builtin path mtime -R /)
        if test "$clock[1] $ASSUME_EXPIRES" != "$__assume_quiet_of"; or test "$clock[2]" -ge $__assume_quiet_age
            __assume_look $clock
        end
        set -g __assume_seen_at $clock
    end
    __assume_draw
end

function __assume_look --description 'The time left, and a renewal if one is due; mtime, age. Sets until when there is nothing to look at'
    # all in one substitution, since that is what takes time
    set -l seen_at $__assume_seen_at 0 0
    set -l times (
        builtin math $ASSUME_EXPIRES - $argv[1] - $argv[2]
        builtin math $argv[1] + $argv[2]
        builtin math $argv[1] + $argv[2] - $seen_at[1] - $seen_at[2]
        builtin math "min($ASSUME_EXPIRES - $argv[1] - 900, $argv[2] + 1800)"
    )
    set -g __assume_left_s $times[1]
    set -g __assume_quiet_of "$argv[1] $ASSUME_EXPIRES"
    set -g __assume_quiet_age $times[4] # the least age at which a prompt may show or do anything else
    string match -q 'renew;*' -- "$__assume_state"
    and __assume_renew $times[2..3]
end

function __assume_mismatch --description 'Are the keys and the profile no longer what we set? Says so once, and sets __assume_other'
    set -g __assume_other
    set -l keys
    set -l profile
    switch "$ASSUME_EXPORTED"
        case both
            set keys "$ASSUME_KEY_ID"
            set profile "$ASSUME_PROFILE"
        case keys
            set keys "$ASSUME_KEY_ID"
        case profile
            set profile "$ASSUME_PROFILE"
    end
    test "=$AWS_ACCESS_KEY_ID" = "=$keys"; and test "=$AWS_PROFILE" = "=$profile"; and test -z "$AWS_DEFAULT_PROFILE"
    and return 1
    # the last that differs is the one to show: an AWS_DEFAULT_PROFILE comes before an AWS_PROFILE
    set -l what
    if test "=$AWS_ACCESS_KEY_ID" != "=$keys"
        set __assume_other keys
        set what 'AWS_ACCESS_KEY_ID is not the one that assume set'
        if test -z "$AWS_ACCESS_KEY_ID"
            set __assume_other none
            set what 'AWS_ACCESS_KEY_ID was removed'
        end
    end
    if test -n "$AWS_PROFILE"; and test "=$AWS_PROFILE" != "=$profile"
        set __assume_other "$AWS_PROFILE"
        set what "AWS_PROFILE is $AWS_PROFILE now"
    else if test "=$AWS_PROFILE" != "=$profile"; and test -z "$__assume_other"
        set __assume_other none
        set what 'AWS_PROFILE was removed'
    end
    if test -n "$AWS_DEFAULT_PROFILE"
        set __assume_other "$AWS_DEFAULT_PROFILE"
        set what "AWS_DEFAULT_PROFILE is $AWS_DEFAULT_PROFILE now"
    end
    test "=$__assume_said" = "=$what/$AWS_ACCESS_KEY_ID"
    or __assume_tell "$what"
    set -g __assume_said "$what/$AWS_ACCESS_KEY_ID"
end

function __assume_tell --description 'What has changed, whom the AWS CLI obeys, and the way back'
    set -l name (__assume_plain "$ASSUME_PROFILE")
    set -l uses "the keys, which are not those of $name"
    if test -z "$AWS_ACCESS_KEY_ID"
        set -l profile $AWS_DEFAULT_PROFILE $AWS_PROFILE default
        set uses "the profile $profile[1]"
    else if test "=$AWS_ACCESS_KEY_ID" = "=$ASSUME_KEY_ID"
        set uses "the keys, which are still those of $name"
    end
    __assume_say "$name: $argv[1]: the AWS CLI uses $uses" \
        "assume "(string escape -- $name)" brings it back, assume off leaves it"
end

function __assume_renew --description 'Renew what was taken in this shell, in its last 5 minutes; now_at, since_last_s'
    set -q __assume_seen_at[1]; and test $argv[2] -gt 3600
    and set -g __assume_idle 1
    if set -q __assume_idle; or test $__assume_left_s -gt 300; or __assume_no "$ASSUME_RENEW"
        return
    end
    set -q __assume_retry_at; and test $argv[1] -lt $__assume_retry_at
    and return
    # before the call, so that Ctrl-C in it is followed by a pause too
    set -l waited_s 30 $__assume_retry_s
    set -g __assume_retry_s (builtin math "min(900, 2 * $waited_s[-1])")
    set -g __assume_retry_at (builtin math $argv[1] + $__assume_retry_s)
    if set -q waited_s[2] # its reason has been shown
        __assume_renew_now 2>/dev/null
    else
        __assume_renew_now
    end
    and string match -qr '^[0-9]{1,12}$' -- "$ASSUME_EXPIRES"
    and set __assume_left_s (builtin math $ASSUME_EXPIRES - $argv[1])
end

function __assume_renew_now --description 'Ask for fresh credentials. The program asks nothing and ends within 2 s by itself'
    __assume_find
    or return
    command $__assume_call renew --shell fish --state "$__assume_state" </dev/null | read -lz reply
    test $pipestatus[1] -eq 0; and __assume_change renew "$reply"
    and set -eg __assume_retry_s __assume_retry_at
end

function __assume_no --description 'Is that word a no?'
    string match -qir '^(?:0|no|false|off)$' -- $argv[1]
end

# --- prompt segment ---

function assume_segment --description 'The role of this shell, for a prompt; nothing where there is none'
    test -n "$__assume_segment"
    or return 0
    if test "$TERM" = dumb; or test -n "$NO_COLOR"
        builtin printf %s $__assume_segment
    else
        builtin printf '\e[%sm%s\e[0m' $__assume_style $__assume_segment
    end
end

function __assume_plain --description 'Text without what a terminal would obey'
    string replace -ra '[\p{Cc}\x{61c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}]' '?' -- $argv[1]
end

function __assume_draw --description 'Set __assume_segment and __assume_style from what the hook has found'
    test "$ASSUME_PROMPT" = 0
    and return 0
    if test "=$__assume_drawn" != "=$ASSUME_PROFILE;$__assume_state"
        set -g __assume_drawn "$ASSUME_PROFILE;$__assume_state"
        set -g __assume_name (__assume_plain "$ASSUME_PROFILE")
        set -g __assume_label $__assume_name
        set -l state (string split -m 2 ';' -- "$__assume_state")
        set -g __assume_colour $state[2]
        if not string match -qr '^[0-9]{1,3}$' -- "$state[2]"
            set __assume_colour 36
            if string match -qr '(?:^|[^A-Za-z0-9])[Pp][Rr][Oo][Dd](?:[Uu][Cc][Tt][Ii][Oo][Nn])?(?:$|[^A-Za-z0-9])' -- "$__assume_name"
                set __assume_colour '1;31'
                set -p __assume_label PROD
            end
        end
        builtin contains -- "$state[1]" renew hold
        or set -a __assume_label inherited
    end
    set -g __assume_style $__assume_colour
    set __assume_segment "[$__assume_label]"
    if set -q __assume_other[1]
        set -l unlike '!='
        set -l locale $LC_ALL $LC_CTYPE $LANG
        string match -qir 'utf-?8' -- $locale[1]
        and set unlike \u2260
        set __assume_segment "[$__assume_name$unlike"(__assume_plain $__assume_other)']'
        set __assume_style "7;$__assume_colour"
    else if not set -q __assume_left_s[1]; or test $__assume_left_s -ge 900
    else if test $__assume_left_s -gt 0
        set __assume_segment "[$__assume_label "(builtin math "ceil($__assume_left_s / 60)")'m]'
    else
        set __assume_segment "[$__assume_label expired]"
        set __assume_style "7;$__assume_colour"
    end
end

function __assume_themed --description 'Does a theme show AWS in the prompt by itself?'
    test "$STARSHIP_SHELL" = fish
    or test "$POSH_SHELL" = fish
    or begin
        set -q POSH_THEME; and not set -q POSH_SHELL
    end
    or builtin contains -- aws $tide_left_prompt_items $tide_right_prompt_items
end

function __assume_wrap --description 'Put the segment in front of the prompt as it is now'
    builtin functions -q fish_prompt
    or return
    builtin functions fish_prompt | string match -q '*__assume_originals*'
    and return
    set -l copy __assume_prompt_(builtin count x $__assume_originals)
    builtin functions -c fish_prompt $copy
    set -gp __assume_originals $copy

    # Something else may have wrapped itself around it since, and is then wrapped in turn: hence a list of
    # originals, the newest first. Nothing but `set` comes before the call, so that it finds $status and
    # $pipestatus as they were.
    function fish_prompt --description 'The prompt behind the segment of assume'
        set -l originals $__assume_originals
        set -l inside $__assume_inside
        set -g __assume_originals $originals[2..]
        set -g __assume_inside 1
        set -l lines ($originals[1])
        set -g __assume_originals $originals
        set -g __assume_inside $inside
        set -g __assume_wrapped 1
        if test -n "$__assume_segment" -a -z "$inside"; and not __assume_themed
            while set -q lines[2]; and test -z "$lines[1]"
                builtin printf '\n'
                set -e lines[1]
            end
            assume_segment
            builtin printf ' '
        end
        string join \n -- $lines
    end
end

function __assume_undo --description 'Remove all of this from the running shell'
    if builtin functions fish_prompt | string match -q '*__assume_originals*'
        builtin functions -e fish_prompt
        builtin functions -c $__assume_originals[1] fish_prompt
        builtin functions -e $__assume_originals
        set -eg __assume_originals
    end
    builtin complete -c assume -e
    builtin functions -e assume assume_segment (builtin functions -an | string match -r '^__assume_(?!prompt_).*')
    set -eg (set -gn | string match -r '^__assume_(?!originals$).*')
end

# --- completion: completions/assume.fish, put behind this by `assume init` ---
