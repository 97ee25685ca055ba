# assume in fish, 3.6 and later: the function `assume`, the hook before each prompt, the prompt segment.
# `assume init fish` prints this file with the block filled in, and completions/assume.fish behind it.
#
# Builtins are called as `builtin NAME` where fish itself survives a user's function of that name; others, such as
# `set` or `test`, cannot be replaced without breaking fish's own functions.
# Locals need no prefix: fish shows them to no other function. Globals have it.

# --- filled in by `assume init fish` ---
set -g __assume_program
set -g __assume_script assume
set -g __assume_commands 'exec export console each explain policy doctor list status history clear login logout init install uninstall demo'
set -g __assume_prompt
set -g __assume_edition
# --- end ---

# ---- state ----

# What the program told this shell last: whether to renew, the colour, the request. It is kept when this file is
# sourced again, and never exported: a child shell inherits the role but does not renew it.
set -q __assume_state
or set -g __assume_state ''

# The others are set where they are first needed, and most are erased when they no longer hold:
#   __assume_segment, __assume_style   what the prompt shows; its colour, as the numbers of an SGR sequence
#   __assume_drawn                     what the next three were made from: while this is the same, so are they
#   __assume_name, _label, _colour     the profile's name, what the segment says of it, its colour
#   __assume_other                     the identity that is set beside our role, or `keys`, or `none`
#   __assume_words                     the words that start the program
#   __assume_done                      what a reply prints once its changes are made
#   __assume_unexported                NAME=value: what was set and not exported before a switch replaced it
#   __assume_moved                     1 once the user knows that the program has moved
#   __assume_said                      the change that the user was last warned of
#   __assume_left_s                    the seconds that the role has left
#   __assume_seen_at                   when the hook last ran: two numbers whose sum is epoch seconds
#   __assume_quiet_of, _quiet_age      until when a prompt has nothing to compute: see __assume_update
#   __assume_idle                      1 after an hour without a prompt: nothing is renewed until the next `assume`
#   __assume_retry_at                  no renewal before this, in epoch seconds
#   __assume_retry_s                   the pause after the last renewal, in seconds; it doubles with each failure
#   __assume_jobs                      the job control to go back to, while it is off
#   __assume_originals, _inside, _ran  see __assume_place_segment

# ---- function ----

function assume --description 'Take on an AWS role in this shell'
    set -l fish_trace # a trace would print the secrets
    __assume_dispatch $argv
end

function __assume_dispatch --description 'Decide what the words ask for: a verb to run, or a switch'
    set -l fish_trace
    set -l verb "$argv[1]"
    set -l own $argv
    if set -l stop (builtin contains -i -- -- $argv)
        set own $argv[1..$stop]
    end
    if builtin contains -- $verb exec export console explain status
        __assume_run $verb --state "$__assume_state" $argv[2..]
        return
    else if test "$verb" = doctor
        __assume_run doctor --state "$__assume_state" --edition "$__assume_edition" $argv[2..]
        return
    else if builtin contains -- $verb --help -h --version (string split ' ' -- $__assume_commands)
        __assume_run $argv
        return
    end
    builtin contains -- $verb use off
    or set -p argv use
    if builtin contains -- --help $own; or builtin contains -- -h $own
        __assume_run $argv
    else
        __assume_switch $argv
    end
end

function __assume_find_program --description 'Set __assume_words: the words that start the program'
    set -g __assume_words $__assume_program
    if test -x "$__assume_program[1]" -a -r "$__assume_program[4]" # the interpreter and __main__.py
        return 0
    end
    set -g __assume_words $__assume_script # an upgrade may have removed the paths of the block
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

function __assume_run --description 'Run the program for what it prints or does: its output goes to the user'
    set -l fish_trace
    __assume_find_program
    or return
    command $__assume_words $argv
end

function __assume_switch --description 'Switch the role: run the program, make the changes of its reply'
    set -l fish_trace
    __assume_find_program
    or return
    # With job control, Ctrl-Z would stop the program while `read` waits for it. Ctrl-C ends this function half-way, so
    # the hook turns job control on again as well.
    set -g __assume_jobs full
    status is-interactive-job-control
    and set __assume_jobs interactive
    status is-no-job-control
    and set __assume_jobs none
    status job-control none
    # What was given in front of the call (`AWS_PROFILE=x assume y`), or is local to a caller, is a local here. The program
    # is told, and told what will be there afterwards: this is what `off` must restore.
    set -l once
    for name in (set -lnx | string match -r '^(?:AWS|AWSUME|GRANTED)_[A-Z0-9_]+$')
        set -l value $$name
        set -el $name
        set -qgx $name
        and set -fx ASSUME_BEHIND_$name $$name
        set -fx $name $value
        set -a once $name
    end
    set -q once[1]
    and set -fx ASSUME_ONCE "$once"
    # The environment may be so full that no program starts: for `off` all but a few variables are taken out of it.
    if test "$argv[1]" = off
        for name in (set -nx | string match -rv '^(?:AWS.*|ASSUME.*|GRANTED_.*|HOME|PATH|LD_.*|DYLD_.*|TERM|LANG|LC_.*)$')
            set -fu $name 2>/dev/null
        end
    end
    # `read`, because a command substitution would not send the messages to a FILE that the user gave in `2>FILE`
    command $__assume_words $argv[1] --shell fish --state "$__assume_state" $argv[2..] | read -lz reply
    set -l ended $pipestatus
    __assume_restore_jobs
    test $ended[1] -eq 0
    or return $ended[1]
    __assume_apply $argv[1] "$reply"
    or return
    set -g __assume_said
    set -eg __assume_seen_at __assume_idle __assume_retry_s __assume_retry_at
    return 0
end

function __assume_restore_jobs --description 'Turn job control on again, as it was'
    set -q __assume_jobs
    and status job-control $__assume_jobs
    set -eg __assume_jobs
end

function __assume_apply --description 'Make the changes of a reply: all of them or none; arguments: verb, reply'
    set -l value "'(?:[^'\\\\]++|\\\\.)*+'"
    set -l name '(?:AWS|ASSUME|ASSUMED|AWSUME|GRANTED)_[A-Z0-9_]+'
    set -l change "(?:set -gx $name $value|set -eg $name|set -g __assume_(?:state|done) $value)"
    if not string match -qr "^(?:$change\\n)+\$" -- $argv[2]
        __assume_say 'the answer of the program is not what this shell expects' 'open a new shell; assume doctor'
        return 1
    end
    __assume_note_unexported (string match -rag "^set -(?:gx|eg) ($name)" -- (string split \n -- $argv[2]))
    builtin printf %s $argv[2] | builtin source
    test -n "$ASSUME_PROFILE"
    or __assume_restore_unexported
    set -q __assume_done
    and builtin printf '%s\n' $__assume_done >&2
    set -eg __assume_done
    set -l ours '(?:AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SE(?:SSION|CURITY)_TOKEN|(?:DEFAULT_)?(?:PROFILE|REGION)|ACCOUNT_ID|VAULT)|(?:AWSUME|GRANTED|AWS_SSO)_[A-Z0-9_]+)'
    for name in (set -nU | string match -r "^$ours\$")
        if test $argv[1] = off; and set -qg $name
            # `off` put back the value of the universal variable: without the global copy, later changes to it show
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

function __assume_note_unexported --description 'Keep what is set and not exported: a role replaces it, unseen by the program'
    for name in (set -gnu | string match -r '^(?:AWS|ASSUME|ASSUMED|AWSUME|GRANTED)_[A-Z0-9_]+$')
        builtin contains -- $name $argv
        and set -ga __assume_unexported "$name=$$name"
    end
end

function __assume_restore_unexported --description 'Set that again, but what is set by now'
    for line in $__assume_unexported
        set -l pair (string split -m 1 = -- $line)
        set -q $pair[1]
        or set -gu $pair[1] "$pair[2]"
    end
    set -eg __assume_unexported
end

function __assume_say --description 'Print a message and, if given, what to do about it'
    builtin printf 'assume: %s\n' (__assume_clean $argv[1]) >&2
    set -q argv[2]
    and builtin printf '  %s\n' (__assume_clean $argv[2]) >&2
    return 0
end

function __assume_clean --description 'The text with ? for control characters and marks of the direction of writing'
    string replace -ra '[\p{Cc}\x{61c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{2069}]' '?' -- $argv[1]
end

# ---- hook ----

function __assume_hook --on-event fish_prompt --description 'Runs before each prompt; no process unless a renewal is due'
    set -l fish_trace
    __assume_restore_jobs
    test "$__assume_prompt" = 1; and not set -q __assume_ran
    and __assume_place_segment
    set -eg __assume_ran
    set -g __assume_segment
    if test -n "$ASSUME_PROFILE"; and __assume_compare
        __assume_draw
        return 0
    end
    set -g __assume_said
    set -g __assume_left_s
    test -n "$ASSUME_PROFILE"
    or return 0
    if string match -qr '^[0-9]{1,12}$' -- "$ASSUME_EXPIRES"
        # The time without a process: fish has no clock, but knows when / was changed and how long ago that is.
        set -l clock (builtin path mtime /; builtin path mtime -R /)
        if test "$clock[1] $ASSUME_EXPIRES" != "$__assume_quiet_of"; or test "$clock[2]" -ge $__assume_quiet_age
            __assume_update $clock
        end
        set -g __assume_seen_at $clock
    end
    __assume_draw
end

function __assume_update --description 'Set the time left, renew if that is due; arguments: mtime of /, its age'
    # all in one substitution, because each one takes time
    set -l seen_at $__assume_seen_at 0 0
    set -l times (
        builtin math $ASSUME_EXPIRES - $argv[1] - $argv[2]
        builtin math $argv[1] + $argv[2]
        builtin math $argv[1] + $argv[2] - $seen_at[1] - $seen_at[2]
        builtin math "min($ASSUME_EXPIRES - $argv[1] - 900, $argv[2] + 1800)"
    )
    set -g __assume_left_s $times[1]
    # while mtime and expiry are these and the age is less, no prompt shows minutes or renews anything
    set -g __assume_quiet_of "$argv[1] $ASSUME_EXPIRES"
    set -g __assume_quiet_age $times[4]
    string match -q 'renew;*' -- "$__assume_state"; and __assume_renewal_due $times[2..3]
    or return 0
    if set -q __assume_retry_s # a renewal has failed, and its reason was shown
        __assume_renew $times[2] 2>/dev/null
    else
        __assume_renew $times[2]
    end
    and string match -qr '^[0-9]{1,12}$' -- "$ASSUME_EXPIRES"
    and set __assume_left_s (builtin math $ASSUME_EXPIRES - $times[2])
end

function __assume_compare --description 'True if keys or profile are not what we set: warns, sets __assume_other'
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
    # the last difference found is the one to show: AWS_DEFAULT_PROFILE wins over AWS_PROFILE
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
    test "=$__assume_said" = "=$what/$AWS_ACCESS_KEY_ID" # asked here: the call of a function takes time
    or __assume_warn "$what"
    return 0
end

function __assume_warn --description 'Warn of a change: which identity the AWS CLI uses now, and the way back'
    set -g __assume_said "$argv[1]/$AWS_ACCESS_KEY_ID"
    set -l name (__assume_clean "$ASSUME_PROFILE")
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

function __assume_renewal_due --description 'True in the last 5 minutes of a role in use; arguments: now_at, away_s'
    set -q __assume_seen_at[1]; and test $argv[2] -gt 3600
    and set -g __assume_idle 1
    if set -q __assume_idle; or test $__assume_left_s -gt 300
        return 1
    else if string match -qir '^(?:0|no|false|off)$' -- "$ASSUME_RENEW"
        return 1
    end
    not set -q __assume_retry_at; or test $argv[1] -ge $__assume_retry_at
end

function __assume_renew --description 'Renew the role; argument: now_at'
    # the program asks nothing and ends within 2 s by itself
    # set before the call, so that a pause follows Ctrl-C too
    set -l paused_s 30 $__assume_retry_s
    set -g __assume_retry_s (builtin math "min(900, 2 * $paused_s[-1])")
    set -g __assume_retry_at (builtin math $argv[1] + $__assume_retry_s)
    __assume_find_program
    or return
    command $__assume_words renew --shell fish --state "$__assume_state" </dev/null | read -lz reply
    test $pipestatus[1] -eq 0; and __assume_apply renew "$reply"
    and set -eg __assume_retry_s __assume_retry_at
end

# ---- prompt segment ----

function assume_segment --description 'The role of this shell, for a prompt; nothing if there is no role'
    test -n "$__assume_segment"
    or return 0
    if test -z "$TERM" -o "$TERM" = dumb -o -n "$NO_COLOR"
        builtin printf %s $__assume_segment
    else
        builtin printf '\e[%sm%s\e[0m' $__assume_style $__assume_segment
    end
end

function __assume_draw --description 'Draw __assume_segment and __assume_style from what the hook has found'
    test "$ASSUME_PROMPT" = 0
    and return 0
    set -l drawn "$ASSUME_PROFILE;$__assume_state;$ASSUME_READ_ONLY;$ASSUME_SSO_ROLE"
    if test "=$__assume_drawn" != "=$drawn"
        set -g __assume_drawn $drawn
        set -g __assume_name (__assume_clean "$ASSUME_PROFILE")
        set -g __assume_label $__assume_name
        set -l state (string split -m 2 ';' -- "$__assume_state")
        set -g __assume_colour $state[2]
        if not string match -qr '^[0-9]{1,3}$' -- "$state[2]"
            set __assume_colour 36
            if string match -qr '(?:^|[^A-Za-z0-9])[Pp][Rr][Oo][Dd](?:[Uu][Cc][Tt][Ii][Oo][Nn])?(?:$|[^A-Za-z0-9])' -- "$__assume_name $ASSUME_SSO_ROLE"
                set __assume_colour '1;31'
                set -p __assume_label PROD
            end
        end
        test -z "$ASSUME_READ_ONLY"
        or set -a __assume_label read-only
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
        set __assume_segment "[$__assume_name$unlike"(__assume_clean $__assume_other)']'
        set __assume_style "7;$__assume_colour"
    else if not set -q __assume_left_s[1]; or test $__assume_left_s -ge 900
    else if test $__assume_left_s -gt 0
        set __assume_segment "[$__assume_label "(builtin math "ceil($__assume_left_s / 60)")'m]'
    else
        set __assume_segment "[$__assume_label expired]"
        set __assume_style "7;$__assume_colour"
    end
end

function __assume_themed --description 'True if a theme shows AWS in the prompt by itself'
    test "$STARSHIP_SHELL" = fish
    or test "$POSH_SHELL" = fish
    or begin
        set -q POSH_THEME; and not set -q POSH_SHELL
    end
    or builtin contains -- aws $tide_left_prompt_items $tide_right_prompt_items
end

function __assume_place_segment --description 'Put the segment in front of the prompt that is there now'
    builtin functions -q fish_prompt
    or return
    builtin functions fish_prompt | string match -q '*__assume_originals*'
    and return
    set -l copy __assume_prompt_(builtin count x $__assume_originals)
    builtin functions -c fish_prompt $copy
    set -gp __assume_originals $copy

    # Another tool may wrap this prompt, and is then wrapped in turn. So there is a list of originals, the newest first:
    # each level calls the first and hides it from the levels inside, and only the outermost shows the segment.
    # Nothing but `set` comes before the call, so that the original finds $status and $pipestatus as they were.
    # __assume_ran tells the hook that the prompt is still ours.
    function fish_prompt --description 'The prompt behind the segment of assume'
        set -l originals $__assume_originals
        set -l inside $__assume_inside
        set -g __assume_originals $originals[2..]
        set -g __assume_inside 1
        set -l lines ($originals[1])
        set -g __assume_originals $originals
        set -g __assume_inside $inside
        set -g __assume_ran 1
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

# ---- undo ----

function __assume_undo --description 'Remove all of this from the running shell; the role stays'
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

# ---- loading ----

# Nothing to do: the hook is an event handler, and it puts the segment into the prompt.

# ---- completion: completions/assume.fish, which `assume init` prints behind this ----
