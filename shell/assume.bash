# shellcheck shell=bash
# assume in bash, 3.2 and later: the function `assume`, the hook before each prompt, the prompt segment.
# `assume init bash` prints this file with the block filled in, and completions/assume.bash behind it.
#
# Builtins are called as \builtin NAME: the user may have made `export`, `local` or `test` an alias or a function, and
# the backslash keeps an alias of `builtin` out. Names are compared by `test`, which no shopt changes. Only digits
# reach arithmetic, where `a[$(…)]` would run.
# Locals carry the prefix too: bash looks a name up in all callers, so a local of any other name would hide the user's
# variable from a trap that runs in between, and `local NAME` fails if the user has made NAME readonly.

# --- filled in by `assume init bash` ---
__assume_program=()
__assume_script=assume
__assume_commands='exec export console each explain policy doctor list status history clear login logout init install uninstall demo'
__assume_prompt=
__assume_edition=
# --- end ---

# ---- state ----

# What the program told this shell last: whether to renew, the colour, the request. It is kept when this file is
# sourced again, and never exported: a child shell inherits the role but does not renew it.
if ! \builtin declare -F __assume_hook >/dev/null; then
    __assume_state=
    __assume_was_list= # 1 if PROMPT_COMMAND was a list before the hook was added, `exported` if children inherit it
fi
\builtin export -n __assume_state
__assume_segment=   # what the prompt shows
__assume_drawn=     # what the segment was drawn from: while this is the same, so is the segment
__assume_other=     # the identity that is set beside our role, or `keys`, or `none`
__assume_traced=    # the shell's flags before tracing was turned off
__assume_readonly=  # a variable that cannot be set in this shell
__assume_probe=     # set by a builtin, if builtins work
__assume_found=     # the status that the hook found
__assume_interrupt= # what restores the user's INT trap, while ours is set
__assume_moved=     # 1 once the user knows that the program has moved
__assume_said=      # the change that the user was last warned of
__assume_seen_at=0  # when the hook last ran, in epoch seconds
__assume_idle=      # 1 after an hour without a prompt: nothing is renewed until the next `assume`
__assume_failed=    # 1 once a renewal has failed: the reason is shown once
__assume_retry_at=0 # no renewal before this, in epoch seconds
__assume_retry_s=0  # the pause after the last renewal, in seconds; it doubles with each failure
__assume_epoch=     # for __assume_clock before bash 4.2: what `date` printed / $SECONDS at that moment
# NAME=value: what was set and not exported before a switch replaced it
__assume_unexported=()
# the variables that a switch may set or unset, but for those of other tools, which __assume_find_unfit adds
__assume_targets=(
    AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE AWS_REGION AWS_DEFAULT_REGION
    AWS_CREDENTIAL_EXPIRATION AWS_SESSION_EXPIRATION AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN AWS_ACCOUNT_ID AWS_VAULT
    AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_SESSION_NAME AWS_ACCESS_KEY AWS_SECRET_KEY
    ASSUME_PROFILE ASSUMED_ROLE_ARN ASSUME_SSO_ROLE ASSUME_EXPIRES ASSUME_KEY_ID ASSUME_EXPORTED ASSUME_READ_ONLY
    ASSUME_BEFORE __assume_state
)

# ---- function ----

# An alias of this name, as Granted has one, comes before a function.
\builtin unalias assume 2>/dev/null || \builtin true

function assume {
    # a trace would print the secrets, `set -a` would export ours; a restricted shell may not redirect
    case $- in *r*) ;; *) { __assume_traced=$- && \builtin set +xvTa; } 2>/dev/null ;; esac
    if [[ $- == *r* ]]; then
        \printf '%s\n' 'assume: this shell is restricted: it may start no program by its path'
        ((0))
    elif __assume_builtins_work; then
        \builtin local __assume_status=0
        __assume_dispatch ${1+"$@"} || __assume_status=$?
        __assume_restore_trace "$__assume_status"
    else
        \printf '%s\n' 'assume: a builtin of bash is disabled, or is a function here: nothing was changed' \
            '  enable -n and declare -F list them' >&2
        __assume_restore_trace 1
        ((0))
    fi
}

# True if the builtins that a switch needs do what they should: none is disabled, `builtin` is not a function.
function __assume_builtins_work {
    __assume_probe=
    \builtin local __assume_line && \builtin test 1 && \builtin eval __assume_probe=1 && \builtin shift 0 &&
        \builtin set -- x && \builtin printf -v __assume_line %s x && \builtin export -n __assume_state &&
        \builtin unset -v __assume_line && \builtin true && [[ -n $__assume_probe ]] && \builtin return 0
    ((0))
}

# Turns tracing and `set -a` on again, as they were before `assume` or the hook turned them off. Returns $1; the trace
# does not show this.
function __assume_restore_trace {
    \builtin local __assume_flags="$__assume_traced"
    __assume_traced=
    {
        case $__assume_flags in *a*)
            \builtin export -n __assume_traced __assume_found __assume_probe
            \builtin set -a
            ;;
        esac
        case $__assume_flags in *T*) \builtin set -T ;; esac
        case $__assume_flags in *v*) \builtin set -v ;; esac
        case $__assume_flags in *x*) \builtin set -x ;; esac
        \builtin return "$1"
    } 2>/dev/null
}

# Decides what the words ask for: a verb to run, or a switch (`off`, `use`, a profile).
function __assume_dispatch {
    \builtin local __assume_verb=use __assume_word __assume_rest="$__assume_commands "
    case ${1-} in
    -h | --help | --version)
        __assume_run "$@"
        \builtin return
        ;;
    esac
    case " $__assume_rest" in
    *" ${1-} "*) ;; # perhaps a verb: nocasematch applies to `case`, so `test` compares again below
    *) __assume_rest='' ;;
    esac
    while \builtin test -n "${1-}" && \builtin test -n "$__assume_rest"; do
        __assume_word=${__assume_rest%% *}
        __assume_rest=${__assume_rest#* }
        \builtin test "$__assume_word" = "$1" || \builtin continue
        \builtin shift
        case $__assume_word in
        exec | export | console | explain | status) __assume_run "$__assume_word" --state "$__assume_state" ${1+"$@"} ;;
        doctor) __assume_run doctor --state "$__assume_state" --edition "$__assume_edition" ${1+"$@"} ;;
        *) __assume_run "$__assume_word" ${1+"$@"} ;;
        esac
        \builtin return
    done
    if \builtin test "${1-}" = off || \builtin test "${1-}" = use; then
        __assume_verb=$1
        \builtin shift
    fi
    for __assume_word in ${1+"$@"}; do
        case $__assume_word in
        --) \builtin break ;;
        -h | --help)
            __assume_run "$__assume_verb" "$@"
            \builtin return
            ;;
        esac
    done
    __assume_switch "$__assume_verb" ${1+"$@"}
}

# Finds the words that start the program, and sets __assume_words. An upgrade may have removed the paths of the block.
function __assume_find_program {
    __assume_words=("$__assume_script")
    if ((${#__assume_program[@]})); then
        if [[ -x ${__assume_program[0]} && -r ${__assume_program[3]-} ]]; then # the interpreter and __main__.py
            __assume_words=("${__assume_program[@]}")
            \builtin return 0
        fi
    elif \builtin type -P "$__assume_script" >/dev/null; then
        \builtin return 0
    fi
    if ! \builtin command "$__assume_script" --version >/dev/null 2>&1 </dev/null; then
        __assume_say 'the program is gone' 'install assume-shell again, then open a new shell'
        \builtin return 1
    fi
    if \builtin test -z "$__assume_moved"; then
        __assume_moved=1
        __assume_say 'the program has moved or was upgraded: open a new shell'
    fi
}

# Runs the program for what it prints or does: its output goes to the user.
function __assume_run {
    \builtin local __assume_words
    __assume_find_program || \builtin return 1
    \builtin command "${__assume_words[@]}" "$@"
}

# Switches the role: runs the program and makes the changes of its reply. A failure changes nothing.
function __assume_switch {
    \builtin local __assume_words __assume_reply __assume_trap __assume_unfit __assume_done='' __assume_verb="$1"
    \builtin shift
    __assume_find_program || \builtin return 1
    __assume_capture "$__assume_verb" ${1+"$@"} || \builtin return
    __assume_apply || \builtin return
    __assume_idle=
    __assume_seen_at=0
    \builtin test -z "$__assume_done" || \builtin printf '%s\n' "$__assume_done" >&2
    if ((BASH_SUBSHELL)); then
        __assume_say 'this ran in a subshell (a pipe, & or parentheses): your shell has not changed' \
            'call assume on its own line'
    fi
}

# Captures the program's reply in __assume_reply, the user's own INT trap in __assume_trap, and in __assume_unfit the
# variables that cannot be set. These two travel with the reply: `trap -p` can only print, so reading it takes a
# subshell, and a second one would be one more fork for every switch. They come in front of the mark, because nothing
# runs behind `exec`.
function __assume_capture {
    \builtin local __assume_verb="$1" __assume_mark=$'\n\036assume\036\n'
    \builtin shift
    __assume_reply=$(
        __assume_find_unfit
        \builtin printf '%s\n' "$__assume_unfit"
        \builtin trap -p INT || \builtin exit 1
        \builtin printf %s "$__assume_mark"
        \builtin test "$__assume_verb" != off || __assume_make_room
        \builtin exec "${__assume_words[@]}" "$__assume_verb" --shell bash --state "$__assume_state" ${1+"$@"}
    ) || \builtin return
    __assume_trap=${__assume_reply%%"$__assume_mark"*}
    __assume_reply=${__assume_reply#*"$__assume_mark"}
    __assume_unfit=${__assume_trap%%$'\n'*}
    __assume_trap=${__assume_trap#*$'\n'}
}

# Takes all but a few variables out of the environment, which may be so full that no program starts. In a subshell.
function __assume_make_room {
    \builtin local __assume_name IFS=$'\n'
    \builtin set -f
    for __assume_name in $(\builtin compgen -e); do
        case $__assume_name in
        AWS* | ASSUME* | GRANTED_* | HOME | PATH | LD_* | DYLD_* | TERM | LANG | LC_*) ;;
        *) \builtin export -n "${__assume_name?}" ;;
        esac
    done 2>/dev/null
    for __assume_name in $(\builtin declare -Fx); do
        \builtin export -nf "${__assume_name##* }"
    done 2>/dev/null
}

# Sets __assume_unfit to ` NAME:FLAGS …`, the variables that have an attribute other than "exported": what is assigned
# to such a variable may fail, be changed, be run, or go elsewhere. Runs in a subshell, as it tries out what is unset:
# an attribute shows only once there is a value. Tells the program which variables hold for this call alone, because
# they were given in front of it (`AWS_PROFILE=x assume y`) or are local to a caller, and what will be there afterwards:
# this is what `off` must restore. The attribute t, given to the global variable, shows which one is seen here.
function __assume_find_unfit {
    \builtin local __assume_name __assume_flags __assume_rest=''
    __assume_unfit=
    if ((BASH_VERSINFO[0] < 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] < 4)); then
        __assume_flags=
        \builtin declare -gt "${__assume_targets[@]}" 2>/dev/null && __assume_flags=t # there is -g since 4.2
        __assume_find_once "$__assume_flags"
        __assume_rest=$(\builtin declare -p "${__assume_targets[@]}" 2>/dev/null)$'\n'
        while \builtin test -n "$__assume_rest"; do
            __assume_name=${__assume_rest%%$'\n'*}
            __assume_rest=${__assume_rest:${#__assume_name}+1}
            case $__assume_name in 'declare -'*) ;; *) \builtin continue ;; esac
            __assume_name=${__assume_name#declare -}
            __assume_flags=${__assume_name%% *}
            __assume_flags=${__assume_flags//[tx-]/}
            __assume_name=${__assume_name#* }
            \builtin test -z "$__assume_flags" || __assume_unfit+=" ${__assume_name%%=*}:$__assume_flags"
        done
        \builtin return 0
    fi
    for __assume_name in "${__assume_targets[@]}" "${!AWSUME_@}" "${!GRANTED_@}" "${!AWS_SSO_@}"; do
        if \builtin test -R "$__assume_name"; then
            __assume_flags=n
        elif \builtin test -n "${!__assume_name+set}"; then
            __assume_flags=${!__assume_name@a}
        elif \builtin export "$__assume_name=1"; then
            __assume_flags=${!__assume_name@a}
            \builtin export -n "${__assume_name?}"
        elif \builtin unset -n "$__assume_name"; then
            __assume_flags=n # refers to no name yet
        else
            __assume_flags=r
        fi 2>/dev/null
        if [[ $__assume_flags == x ]] && \builtin declare -gt "$__assume_name" &&
            [[ -n ${!__assume_name+set} && ${!__assume_name@a} != *t* ]]; then
            __assume_rest=${!__assume_name}
            \builtin unset -v "$__assume_name"
            [[ -z ${!__assume_name+set} || ${!__assume_name@a} != *x* ]] ||
                \builtin export "ASSUME_BEHIND_$__assume_name=${!__assume_name}"
            \builtin export "$__assume_name=$__assume_rest" "ASSUME_ONCE=${ASSUME_ONCE-}$__assume_name "
        fi
        case $__assume_flags in '' | x) ;; *) __assume_unfit+=" $__assume_name:${__assume_flags//x/}" ;; esac
    done
}

# Finds for bash before 4.4 what holds for this call alone, if $1 is t: the attribute that the global variables have by
# now. In the subshell of __assume_find_unfit.
function __assume_find_once {
    \builtin local __assume_name __assume_value __assume_told
    \builtin test -n "$1" || \builtin return 0
    __assume_told=$'\n'$(\builtin declare -p "${__assume_targets[@]}" 2>/dev/null)
    for __assume_name in "${__assume_targets[@]}"; do
        [[ $__assume_told == *$'\n'"declare -x $__assume_name="* ]] || \builtin continue
        __assume_value=${!__assume_name}
        \builtin unset -v "$__assume_name"
        case $(\builtin declare -p "$__assume_name" 2>/dev/null) in
        'declare -x '* | 'declare -tx '*) \builtin export "ASSUME_BEHIND_$__assume_name=${!__assume_name}" ;;
        esac
        \builtin export "$__assume_name=$__assume_value" "ASSUME_ONCE=${ASSUME_ONCE-}$__assume_name "
    done
}

# Adds the names that the reply $1 sets or unsets to __assume_names, and its lines to __assume_changes, joined by `&&`.
# Refuses a reply that holds anything else. Byte by byte, because a value may hold bytes that are not UTF-8.
# Bash warns on return if the user's LC_ALL names no locale of this machine, so the caller redirects stderr.
function __assume_check_reply {
    \builtin local __assume_line __assume_rest="$1"$'\n'
    \builtin local LC_ALL=C
    while \builtin test -n "$__assume_rest"; do
        __assume_line=${__assume_rest%%$'\n'*}
        __assume_rest=${__assume_rest:${#__assume_line}+1} # `#*$'\n'` would try every length
        __assume_changes+=" && $__assume_line"
        case $__assume_line in
        "__assume_state='"*"'" | "__assume_done='"*"'") \builtin continue ;;
        '\builtin export '[A-Z]*"='"*"'")
            __assume_line=${__assume_line#*export }
            __assume_line=${__assume_line%%=*}
            ;;
        '\builtin unset '[A-Z]*) __assume_line=${__assume_line#*unset } ;;
        *) __assume_line='?' ;;
        esac
        case $__assume_line in
        *[!ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_]*) __assume_line='?' ;;
        esac
        case $__assume_line in
        AWS_* | ASSUME_* | ASSUMED_ROLE_ARN | AWSUME_* | GRANTED_*) ;;
        *) \builtin return 1 ;;
        esac
        __assume_names+=("$__assume_line")
    done
}

# True if all of these names can be set here; else one that cannot is in __assume_readonly.
# A list of readonly names would take a subshell, so from bash 4.4 on two attempts find them: a readonly local of a
# caller shows in the attributes, and `local` fails for a name that is readonly at the top level, even without a value.
function __assume_can_set {
    \builtin local __assume_line
    __assume_readonly=
    if ((BASH_VERSINFO[0] < 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] < 4)); then
        # attributes cannot be read: what cannot be unset cannot be set, tried in a subshell, where it does no harm
        __assume_readonly=$(
            for __assume_line in "$@"; do
                \builtin unset -v "$__assume_line" 2>/dev/null && \builtin continue
                \builtin printf %s "$__assume_line"
                \builtin exit 0
            done
        )
    else
        for __assume_line in "$@"; do
            [[ -z ${!__assume_line+set} || ${!__assume_line@a} != *r* ]] || __assume_readonly=$__assume_line
        done
        __assume_try_local "$@" || for __assume_line in "$@"; do
            __assume_try_local "$__assume_line" || __assume_readonly=$__assume_line
        done
    fi
    \builtin test -z "$__assume_readonly"
}

# Tries to declare the names local, which fails for a readonly one. Undone on return.
function __assume_try_local { \builtin local "$@" 2>/dev/null; }

# Makes the changes in __assume_reply: all of them or none.
function __assume_apply {
    \builtin local __assume_names __assume_name __assume_flags __assume_changes='\builtin true'
    __assume_names=(__assume_state)
    if \builtin test -n "$__assume_reply"; then
        if ! { __assume_check_reply "$__assume_reply"; } 2>/dev/null; then
            __assume_say 'the answer of the program is not what this shell expects' 'open a new shell; assume doctor'
            \builtin return 1
        fi
    fi
    for __assume_name in "${__assume_names[@]}"; do
        case "$__assume_unfit " in *" $__assume_name:"*) ;; *) \builtin continue ;; esac
        __assume_flags=${__assume_unfit#*" $__assume_name:"}
        __assume_flags=${__assume_flags%% *}
        case $__assume_flags in
        *r*) __assume_say "$__assume_name is readonly in this shell: nothing was changed" 'open a new shell' ;;
        *n*) __assume_say "$__assume_name refers to another name (declare -n): nothing was changed" \
            "unset -n $__assume_name" ;;
        *) __assume_say "$__assume_name is declared with -$__assume_flags in this shell: nothing was changed" \
            "unset -v $__assume_name" ;;
        esac
        \builtin return 1
    done
    __assume_note_unexported
    # Ctrl-C between two changes would leave half a role. Bash has no local trap, so the user's own is put back by
    # running the text that __assume_capture brought along; by the hook, if something ends this function half-way.
    __assume_interrupt="\builtin trap - INT; $__assume_trap"
    \builtin trap '' INT
    if ! \builtin eval "$__assume_changes"; then
        \builtin unset -v "${__assume_names[@]:1}"
        __assume_restore_interrupt
        __assume_say 'not all variables could be set: those of the role were unset' 'open a new shell'
        \builtin return 1
    fi
    __assume_restore_interrupt
    \builtin test -n "${ASSUME_PROFILE-}" || __assume_restore_unexported
    __assume_said=
    __assume_drawn=
    __assume_failed=
    __assume_retry_at=0
    __assume_retry_s=0
}

# Keeps what is set and not exported of the variables in __assume_names: a role replaces it, and the program, which
# restores the others, does not see it.
function __assume_note_unexported {
    \builtin local __assume_name __assume_flags=
    if ((BASH_VERSINFO[0] < 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] < 4)); then
        __assume_flags=$'\n'$(\builtin declare -p "${__assume_names[@]}" 2>/dev/null) # attributes cannot be read
    fi
    for __assume_name in "${__assume_names[@]:1}"; do
        [[ -n ${!__assume_name+set} ]] || \builtin continue
        if \builtin test -n "$__assume_flags"; then
            [[ $__assume_flags == *$'\n'"declare -- $__assume_name="* ]] || \builtin continue
        else
            [[ -z ${!__assume_name@a} ]] || \builtin continue
        fi
        __assume_unexported+=("$__assume_name=${!__assume_name}")
    done
}

# Sets them again, but those that are set by now. The shell has no role any more.
function __assume_restore_unexported {
    \builtin local __assume_line __assume_name
    for __assume_line in ${__assume_unexported[@]+"${__assume_unexported[@]}"}; do
        __assume_name=${__assume_line%%=*}
        [[ -n ${!__assume_name+set} ]] || \builtin printf -v "$__assume_name" %s "${__assume_line#*=}"
    done
    __assume_unexported=()
}

# Puts the user's INT trap back.
function __assume_restore_interrupt {
    \builtin eval "$__assume_interrupt"
    __assume_interrupt=
}

# Prints a message and, if given, what to do about it.
function __assume_say { \builtin printf '%s\n' "assume: $1" ${2+"  $2"} >&2; }

# Sets __assume_cleaned to $1 with `?` for control characters and for the marks that change the direction of writing.
function __assume_clean { { __assume_clean_bytes "$1"; } 2>/dev/null; }

# Byte by byte: one byte that is not UTF-8 would otherwise hide the others from the patterns.
function __assume_clean_bytes {
    \builtin local LC_ALL=C
    __assume_cleaned=${1//[[:cntrl:]]/?}
    __assume_cleaned=${__assume_cleaned//$'\302'[$'\200'-$'\237']/?}
    __assume_cleaned=${__assume_cleaned//$'\330\234'/?}
    __assume_cleaned=${__assume_cleaned//$'\342\200'[$'\216\217'$'\250'-$'\256']/?}
    __assume_cleaned=${__assume_cleaned//$'\342\201'[$'\246'-$'\251']/?}
}

# ---- hook ----

# Runs before each prompt. Where PROMPT_COMMAND is one string, the next command in it finds our status in $?, so we
# return the status that we found. With `set -e` we return 0, as any other status would end the shell.
# If `builtin` is a function, or the shell is restricted, nothing of this can work, and it does nothing.
function __assume_hook {
    case $- in *r*) ;; *)
        {
            __assume_found=$? __assume_probe=
            \builtin printf -v __assume_probe 1
            if [[ -n $__assume_probe ]]; then
                __assume_traced=${__assume_traced:-$-}
                \builtin set +xvTa
            fi
        } 2>/dev/null
        if [[ -n $__assume_probe ]]; then
            __assume_before_prompt "$__assume_found"
        else
            \return "$__assume_found"
        fi
        ;;
    esac
}

# The work of the hook; $1: the status of the command before it. Turns tracing on again.
function __assume_before_prompt {
    \builtin local __assume_status="$1" __assume_part
    [[ -z $__assume_interrupt ]] || __assume_restore_interrupt
    if \builtin test -n "${ASSUME_PROFILE-}$__assume_segment"; then
        __assume_update || \builtin true
        __assume_place_segment || \builtin true
    fi
    for __assume_part in "${PROMPT_COMMAND[@]-}"; do
        \builtin test "$__assume_part" != __assume_hook || __assume_status=0
    done
    # bash-preexec, loaded after us, takes a member of the list for the command that the user types next: see "loading".
    # The member is emptied and not removed, because bash is at it. The last call is what its own member has done by now.
    if [[ ${PROMPT_COMMAND-} == *__bp_* && ${PROMPT_COMMAND[1]-} == __assume_hook ]]; then
        PROMPT_COMMAND[1]=
        PROMPT_COMMAND[0]="__assume_hook;${PROMPT_COMMAND[0]}"
        ! \builtin declare -F __bp_interactive_mode >/dev/null || __bp_interactive_mode
    fi
    case $- in *e*) __assume_status=0 ;; esac
    __assume_restore_trace "$__assume_status"
}

# Warns once if the identity was changed by something else, renews the role if that is due, sets __assume_segment.
function __assume_update {
    \builtin local __assume_now_at __assume_number __assume_left_s __assume_minutes
    \builtin local __assume_seen __assume_what __assume_cleaned
    if \builtin test -z "${ASSUME_PROFILE-}"; then
        __assume_segment='' __assume_drawn='' __assume_other='' __assume_said=''
        \builtin return 0
    fi
    __assume_clock
    __assume_to_number "$__assume_seen_at"
    ((__assume_number == 0 || __assume_now_at - __assume_number <= 3600)) || __assume_idle=1
    __assume_seen_at=$__assume_now_at
    __assume_time_left
    if \builtin test "$__assume_seen" != "$__assume_drawn"; then
        __assume_compare
        __assume_warn
    fi
    if __assume_renewal_due; then
        if \builtin test -z "$__assume_failed"; then __assume_renew; else __assume_renew 2>/dev/null; fi
        __assume_compare
        __assume_time_left
    fi
    if \builtin test "$__assume_seen" != "$__assume_drawn"; then
        __assume_draw
        __assume_drawn=$__assume_seen
    fi
}

# Sets __assume_left_s and __assume_minutes (99: too many to show), and __assume_seen: all that the segment shows.
function __assume_time_left {
    \builtin local __assume_nl=$'\n'
    __assume_left_s='' __assume_minutes=''
    __assume_to_number "${ASSUME_EXPIRES-}"
    if ((__assume_number)); then
        __assume_left_s=$((__assume_number - __assume_now_at))
        __assume_minutes=$((__assume_left_s <= 0 ? 0 : __assume_left_s < 900 ? (__assume_left_s + 59) / 60 : 99))
    fi
    __assume_seen=$__assume_minutes$__assume_nl$__assume_state$__assume_nl$ASSUME_PROFILE$__assume_nl${ASSUME_KEY_ID-}
    __assume_seen+=$__assume_nl${ASSUME_EXPORTED-}$__assume_nl${AWS_ACCESS_KEY_ID-}$__assume_nl${AWS_PROFILE-}
    __assume_seen+=$__assume_nl${AWS_DEFAULT_PROFILE-}$__assume_nl${ASSUME_PROMPT-}$__assume_nl${NO_COLOR-}
    __assume_seen+=$__assume_nl${TERM-}$__assume_nl${LC_ALL:-${LC_CTYPE:-${LANG-}}}
    __assume_seen+=$__assume_nl${ASSUME_READ_ONLY-}$__assume_nl${ASSUME_SSO_ROLE-}
}

# Sets __assume_now_at, in epoch seconds. Bash before 4.2 asks `date` once and counts on from there with $SECONDS.
if ((BASH_VERSINFO[0] > 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 2)); then
    function __assume_clock { \builtin printf -v __assume_now_at '%(%s)T' -1; }
else
    function __assume_clock {
        \builtin local __assume_second
        __assume_to_number "${SECONDS-}"
        __assume_second=$__assume_number
        __assume_to_number "${__assume_epoch#*/}"
        if \builtin test -z "$__assume_epoch" || ((__assume_second < __assume_number)); then # the user has set SECONDS
            __assume_epoch=$(\builtin command date +%s)/$__assume_second
            __assume_number=$__assume_second
        fi
        __assume_second=$((__assume_second - __assume_number))
        __assume_to_number "${__assume_epoch%/*}"
        __assume_now_at=$((__assume_number + __assume_second))
    }
fi

# Sets __assume_number to the number $1; to 0 if it is not a number.
function __assume_to_number {
    case $1 in
    '' | 0* | *[!0123456789]* | ????????????????*) __assume_number=0 ;;
    *) __assume_number=$1 ;;
    esac
}

# Compares keys and profile with what we set. If another identity is set: its name in __assume_other, the change in
# __assume_what.
function __assume_compare {
    \builtin local __assume_keys='' __assume_profile=''
    __assume_other='' __assume_what=''
    case ${ASSUME_EXPORTED-} in
    both) __assume_keys=${ASSUME_KEY_ID-} __assume_profile=$ASSUME_PROFILE ;;
    keys) __assume_keys=${ASSUME_KEY_ID-} ;;
    profile) __assume_profile=$ASSUME_PROFILE ;;
    esac
    if ! \builtin test "${AWS_ACCESS_KEY_ID-}" = "$__assume_keys"; then
        __assume_other=none __assume_what='AWS_ACCESS_KEY_ID was removed'
        \builtin test -z "${AWS_ACCESS_KEY_ID-}" ||
            __assume_other=keys __assume_what='AWS_ACCESS_KEY_ID is not the one that assume set'
    fi
    if ! \builtin test "${AWS_PROFILE-}" = "$__assume_profile"; then
        if \builtin test -n "${AWS_PROFILE-}"; then
            __assume_clean "$AWS_PROFILE"
            __assume_other=$__assume_cleaned __assume_what="AWS_PROFILE is $__assume_cleaned now"
        elif \builtin test -z "$__assume_other"; then
            __assume_other=none __assume_what='AWS_PROFILE was removed'
        fi
    fi
    if \builtin test -n "${AWS_DEFAULT_PROFILE-}"; then
        __assume_clean "$AWS_DEFAULT_PROFILE"
        __assume_other=$__assume_cleaned __assume_what="AWS_DEFAULT_PROFILE is $__assume_cleaned now"
    fi
}

# Warns once of the change in __assume_what: which identity the AWS CLI uses now, and the way back.
function __assume_warn {
    \builtin local __assume_name __assume_uses __assume_word
    \builtin local __assume_news="$__assume_what/${AWS_ACCESS_KEY_ID-}"
    if \builtin test -z "$__assume_what"; then
        __assume_said=
        \builtin return 0
    fi
    \builtin test "$__assume_news" != "$__assume_said" || \builtin return 0
    __assume_said=$__assume_news
    __assume_clean "$ASSUME_PROFILE"
    __assume_name=$__assume_cleaned
    if \builtin test -z "${AWS_ACCESS_KEY_ID-}"; then
        __assume_clean "${AWS_DEFAULT_PROFILE:-${AWS_PROFILE:-default}}"
        __assume_uses="the profile $__assume_cleaned"
    elif \builtin test "$AWS_ACCESS_KEY_ID" = "${ASSUME_KEY_ID-}"; then
        __assume_uses="the keys, which are still those of $__assume_name"
    else
        __assume_uses="the keys, which are not those of $__assume_name"
    fi
    \builtin printf -v __assume_word %q "$__assume_name"
    \builtin printf 'assume: %s: %s: the AWS CLI uses %s\n  assume %s brings it back, assume off leaves it\n' \
        "$__assume_name" "$__assume_what" "$__assume_uses" "$__assume_word" >&2
}

# True if a renewal is due: in the last five minutes of a role taken in this shell, while it is in use.
function __assume_renewal_due {
    case $__assume_state in 'renew;'*) ;; *) \builtin return 1 ;; esac
    case ${ASSUME_RENEW-} in 0 | [Nn][Oo] | [Ff][Aa][Ll][Ss][Ee] | [Oo][Ff][Ff]) \builtin return 1 ;; esac
    __assume_to_number "$__assume_retry_at"
    \builtin test -z "$__assume_other" && \builtin test -z "$__assume_idle" &&
        \builtin test -n "$__assume_left_s" && ((__assume_left_s <= 300 && __assume_now_at >= __assume_number))
}

# Renews the role. The program asks nothing and ends within 2 s by itself.
function __assume_renew {
    \builtin local __assume_words __assume_reply __assume_trap __assume_unfit __assume_done
    # set before the call, so that a pause follows Ctrl-C too
    __assume_to_number "$__assume_retry_s"
    __assume_retry_s=$((__assume_number == 0 ? 60 : __assume_number > 450 ? 900 : __assume_number * 2))
    __assume_retry_at=$((__assume_now_at + __assume_retry_s))
    if __assume_find_program && __assume_capture renew </dev/null && __assume_apply; then
        \builtin return 0
    fi
    __assume_failed=1
}

# ---- prompt segment ----

# Draws __assume_segment. PS1 takes it by reference, `PS1='$__assume_segment '"$PS1"`: by value, a `$(…)` in the name
# of a profile would run.
function __assume_draw {
    \builtin local __assume_name __assume_text __assume_style __assume_flag
    \builtin local __assume_unlike='!=' __assume_edge='[!ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789]'
    __assume_segment=
    \builtin test "${ASSUME_PROMPT-}" != 0 || \builtin return 0
    __assume_flag=${__assume_state%%;*}
    __assume_style=${__assume_state#*;}
    __assume_style=${__assume_style%%;*}
    __assume_clean "$ASSUME_PROFILE"
    __assume_name=$__assume_cleaned
    __assume_text=$__assume_name
    case $__assume_style in
    '' | *[!0123456789]* | ????*)
        __assume_style=36
        # shellcheck disable=SC2254 # a pattern on purpose
        case "-$__assume_name-${ASSUME_SSO_ROLE-}-" in
        *${__assume_edge}[Pp][Rr][Oo][Dd]${__assume_edge}* | \
            *${__assume_edge}[Pp][Rr][Oo][Dd][Uu][Cc][Tt][Ii][Oo][Nn]${__assume_edge}*)
            __assume_style='1;31'
            __assume_text="PROD $__assume_name"
            ;;
        esac
        ;;
    esac
    if \builtin test -n "$__assume_other"; then
        case ${LC_ALL:-${LC_CTYPE:-${LANG-}}} in
        *[Uu][Tt][Ff]-8* | *[Uu][Tt][Ff]8*) __assume_unlike=$'\342\211\240' ;;
        esac
        __assume_text=$__assume_name$__assume_unlike$__assume_other
        __assume_style="7;$__assume_style"
    else
        \builtin test -z "${ASSUME_READ_ONLY-}" || __assume_text="$__assume_text read-only"
        case $__assume_flag in renew | hold) ;; *) __assume_text="$__assume_text inherited" ;; esac
        case $__assume_minutes in
        '' | 99) ;;
        0)
            __assume_text="$__assume_text expired"
            __assume_style="7;$__assume_style"
            ;;
        *) __assume_text="$__assume_text ${__assume_minutes}m" ;;
        esac
    fi
    __assume_segment="[$__assume_text]"
    \builtin test -z "${NO_COLOR-}" && \builtin test "${TERM:-dumb}" != dumb || \builtin return 0
    # \001 and \002 tell readline what has no width: \[ and \] are not read inside a variable
    __assume_segment=$'\001\e['"$__assume_style"$'m\002'"$__assume_segment"$'\001\e[0m\002'
}

# True if a theme shows AWS in the prompt by itself.
function __assume_themed {
    case "${STARSHIP_SHELL-} ${PROMPT_COMMAND[*]-} ${precmd_functions[*]-}" in
    bash* | *starship_precmd* | *_omp_hook* | *_omp_precmd*) \builtin return 0 ;;
    esac
    \builtin return 1
}

# Puts the segment into PS1 if it is not there yet, and there is one to show.
# It goes behind the newlines at the start of PS1, which only set the prompt apart, so that both are on one line.
function __assume_place_segment {
    # shellcheck disable=SC2016 # a reference: what it holds is not expanded again
    \builtin local __assume_reference='${__assume_segment:+$__assume_segment }' __assume_lines=
    \builtin test -n "$__assume_segment" && \builtin test "$__assume_prompt" = 1 || \builtin return 0
    case ${PS1-} in *__assume_segment*) \builtin return 0 ;; esac
    \builtin shopt -q promptvars || \builtin return 0
    if __assume_themed; then \builtin return 0; fi
    while \builtin true; do
        case ${PS1:${#__assume_lines}} in
        '\n'*) __assume_lines=$__assume_lines'\n' ;;
        $'\n'*) __assume_lines=$__assume_lines$'\n' ;;
        *) \builtin break ;;
        esac
    done
    # printf, because an assignment to a readonly PS1 would end the functions that called us too
    \builtin printf -v PS1 %s "$__assume_lines$__assume_reference${PS1:${#__assume_lines}}" 2>/dev/null
}

# ---- undo ----

# Removes all of this from the running shell; the role stays. `assume init bash --undo` prints a call of it.
function __assume_undo {
    \builtin local __assume_part __assume_parts
    __assume_parts=()
    # shellcheck disable=SC2016
    \builtin local __assume_reference='${__assume_segment:+$__assume_segment }'
    case ${PS1-} in *"$__assume_reference"*) PS1=${PS1//"$__assume_reference"/} ;; esac
    if \builtin test -n "${PROMPT_COMMAND[*]-}" && __assume_can_set PROMPT_COMMAND; then
        for __assume_part in "${PROMPT_COMMAND[@]}"; do
            # shellcheck disable=SC2016 # the text itself
            __assume_part=${__assume_part//$'\n''${__assume_drawn+"__assume_hook"}'/}
            # shellcheck disable=SC2016
            __assume_part=${__assume_part//'${__assume_drawn+"__assume_hook"}'/}
            __assume_part=${__assume_part//__assume_hook[;$'\n']/}
            __assume_part=${__assume_part//;__assume_hook/}
            case $__assume_part in
            '' | __assume_hook) ;;
            *) __assume_parts+=("$__assume_part") ;;
            esac
        done
        # shellcheck disable=SC2178 # a string again, if it was one before the hook, and exported, if it was
        case ${#__assume_parts[@]}/${__assume_was_list-} in
        0/*) \builtin unset -v PROMPT_COMMAND ;;
        1/exported) PROMPT_COMMAND=${__assume_parts[0]} ;;
        1/)
            \builtin unset -v PROMPT_COMMAND
            PROMPT_COMMAND=${__assume_parts[0]}
            ;;
        *)
            \builtin unset -v PROMPT_COMMAND
            PROMPT_COMMAND=("${__assume_parts[@]}")
            ;;
        esac
    fi
    \builtin complete -r assume 2>/dev/null
    \builtin local IFS=$'\n'
    # shellcheck disable=SC2046 # split on purpose: one name per line
    \builtin unset -f assume $(\builtin compgen -A function __assume_)
    \builtin unset -v "${!__assume_@}"
}

# ---- loading ----

# In an interactive shell the hook goes into PROMPT_COMMAND. From bash 5.1 on that may be a list, each of whose members
# finds $? and PIPESTATUS as the command left them. The hook is the second, because `PROMPT_COMMAND=…` in an rc file
# sets the first. Before 5.1 the hook goes in front of the string; and with bash-preexec in it, which would take any
# other member for the first command that the user types. A string that is exported stays one, as bash exports no list,
# and calls the hook only where there is one: a child shell may not have it.
case $- in
*i*)
    # shellcheck disable=SC2016,SC2128,SC2178 # a string is handled as one, and expanded by whoever runs it
    if \builtin shopt -q restricted_shell; then
        \builtin true # it cannot start the program, and each redirection would print an error before each prompt
    elif [[ ${PROMPT_COMMAND[*]-} != *__assume_hook* ]] && __assume_can_set PROMPT_COMMAND; then
        __assume_was_list=
        if [[ -n ${PROMPT_COMMAND-} && $(\builtin declare -p PROMPT_COMMAND) == 'declare -x '* ]]; then
            __assume_was_list=exported
            PROMPT_COMMAND+=$'\n''${__assume_drawn+"__assume_hook"}'
        elif [[ ${PROMPT_COMMAND-} != *__bp_* ]] &&
            ((BASH_VERSINFO[0] > 5 || BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1])); then
            [[ ${PROMPT_COMMAND[*]-} == "${PROMPT_COMMAND-}" ]] || __assume_was_list=1
            PROMPT_COMMAND=("${PROMPT_COMMAND-}" __assume_hook "${PROMPT_COMMAND[@]:1}")
        else
            PROMPT_COMMAND="__assume_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
        fi
    fi
    ;;
esac

case $- in *a*) \builtin export -n "${!__assume_@}" ;; esac

# ---- completion: completions/assume.bash, which `assume init` prints behind this ----
