# shellcheck shell=bash
# assume in bash, 3.2 and later: the function `assume`, the hook before each prompt, the prompt segment.
# `assume init bash` prints this file with the block filled in, and completions/assume.bash behind it.
#
# Builtins are called as \builtin NAME: `export`, `local` or `test` may be an alias here. Names are compared by
# `test`, which no shopt changes. Only digits reach arithmetic, where `a[$(…)]` would run.

# --- filled in by `assume init bash` ---
__assume_program=()
__assume_script=assume
__assume_commands='exec export list status explain policy each clear console init install uninstall doctor demo'
__assume_prompt=
# --- end ---

# What is known of this shell. The state stays when this is read again, and is no child's business.
if ! \builtin declare -F __assume_hook >/dev/null; then
    __assume_state=
fi
\builtin export -n __assume_state
__assume_segment=
__assume_drawn=
__assume_other=
__assume_traced=
__assume_blocked=
__assume_moved=
__assume_said=
__assume_seen_at=0
__assume_idle=
__assume_failed=
__assume_next_at=0
__assume_wait_s=60

# ---- function ----

# Granted has an alias of this name, and an alias comes before a function.
\builtin unalias assume 2>/dev/null || \builtin true

function assume {
    # a trace would print the secrets
    { __assume_traced=$- && \builtin set +xvT; } 2>/dev/null
    \builtin local __assume_status=0
    __assume_route ${1+"$@"} || __assume_status=$?
    __assume_retrace "$__assume_status"
}

# Turns the tracing on again that `assume` or the hook has turned off, and returns $1, which no trace shows.
function __assume_retrace {
    \builtin local __assume_flags="$__assume_traced"
    __assume_traced=
    {
        case $__assume_flags in *T*) \builtin set -T ;; esac
        case $__assume_flags in *v*) \builtin set -v ;; esac
        case $__assume_flags in *x*) \builtin set -x ;; esac
        \builtin return "$1"
    } 2>/dev/null
}

# What is asked for: a verb that is run, `off`, or a profile to take on.
function __assume_route {
    \builtin local __assume_verb=use __assume_word __assume_rest="$__assume_commands "
    case ${1-} in
    -h | --help | --version)
        __assume_run "$@"
        \builtin return
        ;;
    esac
    case " $__assume_rest" in
    *" ${1-} "*) ;; # a verb, if it is written just so: nocasematch is for `case` alone
    *) __assume_rest='' ;;
    esac
    while \builtin test -n "${1-}" && \builtin test -n "$__assume_rest"; do
        __assume_word=${__assume_rest%% *}
        __assume_rest=${__assume_rest#* }
        \builtin test "$__assume_word" = "$1" || \builtin continue
        \builtin shift
        case $__assume_word in
        exec | export | status) __assume_run "$__assume_word" --state "$__assume_state" ${1+"$@"} ;;
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
    __assume_take "$__assume_verb" ${1+"$@"}
}

# Finds the words that start the program, for __assume_words. An upgrade may have taken away what we were told.
function __assume_find {
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
        \builtin printf 'assume: the program is gone\n  install assume-shell again, then open a new shell\n' >&2
        \builtin return 1
    fi
    if \builtin test -z "$__assume_moved"; then
        __assume_moved=1
        \builtin printf 'assume: the program has moved or was upgraded: open a new shell\n' >&2
    fi
}

# Runs the program as it is: what it prints is for the person.
function __assume_run {
    \builtin local __assume_words
    __assume_find || \builtin return 1
    \builtin command "${__assume_words[@]}" "$@"
}

# Runs the program and makes the changes that it answers with. A failure changes nothing.
function __assume_take {
    \builtin local __assume_words __assume_reply __assume_trap __assume_verb="$1"
    \builtin shift
    __assume_find || \builtin return 1
    __assume_ask "$__assume_verb" ${1+"$@"} || \builtin return
    __assume_apply || \builtin return
    __assume_idle=
    __assume_seen_at=0
    if ((BASH_SUBSHELL)); then
        \builtin printf 'assume: this ran in a subshell (a pipe, & or parentheses): your shell has not changed\n  %s\n' \
            'call assume on a line of its own' >&2
    fi
}

# Asks the program: its answer in __assume_reply, the person's own INT trap in __assume_trap. Only a subshell can be
# asked for that, and here one is started anyway.
function __assume_ask {
    \builtin local __assume_verb="$1" __assume_mark=$'\n\036assume\036\n'
    \builtin shift
    __assume_reply=$(
        \builtin trap -p INT
        \builtin printf %s "$__assume_mark"
        \builtin exec "${__assume_words[@]}" "$__assume_verb" --shell bash --state "$__assume_state" ${1+"$@"}
    ) || \builtin return
    __assume_trap=${__assume_reply%%"$__assume_mark"*}
    __assume_reply=${__assume_reply#*"$__assume_mark"}
}

# The names that __assume_reply sets or unsets, for __assume_names; refuses whatever is anything else. Byte by byte, as
# a value may hold what is no UTF-8.
function __assume_check {
    \builtin local __assume_line __assume_rest="$1"$'\n'
    \builtin local LC_ALL=C 2>/dev/null
    while \builtin test -n "$__assume_rest"; do
        __assume_line=${__assume_rest%%$'\n'*}
        __assume_rest=${__assume_rest:${#__assume_line}+1} # `#*` would look at each length
        case $__assume_line in
        "__assume_state='"*"'") \builtin continue ;;
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
        *)
            \builtin printf 'assume: the answer of the program is not what this shell expects\n  %s\n' \
                'open a new shell; assume doctor' >&2
            \builtin return 1
            ;;
        esac
        __assume_names+=("$__assume_line")
    done
}

# Can all of these names be set here? One that cannot, in __assume_blocked.
function __assume_probe {
    \builtin local __assume_line
    __assume_blocked=
    if ((BASH_VERSINFO[0] < 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] < 4)); then
        # in a subshell, where it harms nothing: what cannot be unset cannot be set
        __assume_blocked=$(
            for __assume_line in "$@"; do
                \builtin unset -v "$__assume_line" 2>/dev/null && \builtin continue
                \builtin printf %s "$__assume_line"
                \builtin exit 0
            done
        )
    else
        # readonly in a function that called us is an attribute; readonly outside of any is nothing to be made local
        for __assume_line in "$@"; do
            [[ -z ${!__assume_line+set} || ${!__assume_line@a} != *r* ]] || __assume_blocked=$__assume_line
        done
        __assume_localise "$@" || for __assume_line in "$@"; do
            __assume_localise "$__assume_line" || __assume_blocked=$__assume_line
        done
    fi
    \builtin test -z "$__assume_blocked"
}

# Makes these names local, for no longer than this function takes.
function __assume_localise { \builtin local "$@" 2>/dev/null; }

# Makes the changes in __assume_reply, all or none of them.
function __assume_apply {
    \builtin local __assume_names __assume_blocked
    __assume_names=(__assume_state)
    if \builtin test -n "$__assume_reply"; then
        __assume_check "$__assume_reply" || \builtin return
    fi
    if ! __assume_probe "${__assume_names[@]}"; then
        \builtin printf 'assume: %s is readonly in this shell: nothing was changed\n  open a new shell\n' \
            "$__assume_blocked" >&2
        \builtin return 1
    fi
    \builtin trap '' INT # Ctrl-C between two of the changes would leave half a role
    \builtin eval "$__assume_reply"
    \builtin export -n __assume_state # `set -a` exports what is assigned
    \builtin trap - INT
    \builtin eval "$__assume_trap"
    __assume_said=
    __assume_drawn=
    __assume_failed=
    __assume_next_at=0
    __assume_wait_s=60
}

# ---- hook ----

# Before each prompt. As a part of a string its status is what the next part finds in $?, so it is the command's own,
# but with `set -e`, where any status other than 0 would end the shell.
function __assume_hook {
    {
        \builtin local __assume_status="$?" __assume_part
        __assume_traced=${__assume_traced:-$-}
        \builtin set +xvT
    } 2>/dev/null
    if \builtin test -n "${ASSUME_PROFILE-}$__assume_segment"; then
        __assume_look || \builtin true
        __assume_place || \builtin true
    fi
    for __assume_part in "${PROMPT_COMMAND[@]-}"; do
        \builtin test "$__assume_part" != __assume_hook || __assume_status=0
    done
    case $- in *e*) __assume_status=0 ;; esac
    __assume_retrace "$__assume_status"
}

# Is this shell still what it says that it is? Sets __assume_segment, speaks of a change once, renews what is due.
function __assume_look {
    \builtin local __assume_now __assume_left __assume_minutes __assume_seen __assume_what __assume_plain __assume_n
    if \builtin test -z "${ASSUME_PROFILE-}"; then
        __assume_segment='' __assume_drawn='' __assume_other='' __assume_said=''
        \builtin return 0
    fi
    __assume_clock
    __assume_digits "$__assume_seen_at"
    ((__assume_n == 0 || __assume_now - __assume_n <= 3600)) || __assume_idle=1
    __assume_seen_at=$__assume_now
    __assume_read
    if \builtin test "$__assume_seen" != "$__assume_drawn"; then
        __assume_compare
        __assume_tell
    fi
    if __assume_due; then
        if \builtin test -z "$__assume_failed"; then __assume_renew; else __assume_renew 2>/dev/null; fi
        __assume_compare
        __assume_read
    fi
    if \builtin test "$__assume_seen" != "$__assume_drawn"; then
        __assume_draw
        __assume_drawn=$__assume_seen
    fi
}

# The time left, and in __assume_seen all that the segment is drawn from: while that is the same, so is the segment.
function __assume_read {
    \builtin local __assume_nl=$'\n'
    __assume_left='' __assume_minutes=''
    __assume_digits "${ASSUME_EXPIRES-}"
    if ((__assume_n)); then
        __assume_left=$((__assume_n - __assume_now))
        __assume_minutes=$((__assume_left <= 0 ? 0 : __assume_left < 900 ? (__assume_left + 59) / 60 : 99))
    fi
    __assume_seen=$__assume_minutes$__assume_nl$__assume_state$__assume_nl$ASSUME_PROFILE$__assume_nl${ASSUME_KEY_ID-}
    __assume_seen+=$__assume_nl${ASSUME_EXPORTED-}$__assume_nl${AWS_ACCESS_KEY_ID-}$__assume_nl${AWS_PROFILE-}
    __assume_seen+=$__assume_nl${AWS_DEFAULT_PROFILE-}$__assume_nl${ASSUME_PROMPT-}$__assume_nl${NO_COLOR-}
    __assume_seen+=$__assume_nl${TERM-}$__assume_nl${LC_ALL:-${LC_CTYPE:-${LANG-}}}
}

# Seconds since 1970 in __assume_now. Bash before 4.2 can only count on from what `date` said once.
if ((BASH_VERSINFO[0] > 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 2)); then
    function __assume_clock { \builtin printf -v __assume_now '%(%s)T' -1; }
else
    __assume_epoch=
    function __assume_clock {
        \builtin local __assume_second
        __assume_digits "${SECONDS-}"
        __assume_second=$__assume_n
        __assume_digits "${__assume_epoch#*/}"
        if \builtin test -z "$__assume_epoch" || ((__assume_second < __assume_n)); then # or somebody has set SECONDS
            __assume_epoch=$(\builtin command date +%s)/$__assume_second
            __assume_n=$__assume_second
        fi
        __assume_second=$((__assume_second - __assume_n))
        __assume_digits "${__assume_epoch%/*}"
        __assume_now=$((__assume_n + __assume_second))
    }
fi

# A number from outside in __assume_n; 0 for what is none.
function __assume_digits {
    case $1 in
    '' | 0* | *[!0123456789]* | ????????????????*) __assume_n=0 ;;
    *) __assume_n=$1 ;;
    esac
}

# What may be shown of $1, in __assume_plain: no control character, and no mark that turns the direction of writing.
# Byte by byte: one byte that is no UTF-8 would otherwise hide the others from the patterns.
function __assume_clean {
    \builtin local LC_ALL=C 2>/dev/null
    __assume_plain=${1//[[:cntrl:]]/?}
    __assume_plain=${__assume_plain//$'\302'[$'\200'-$'\237']/?}
    __assume_plain=${__assume_plain//$'\330\234'/?}
    __assume_plain=${__assume_plain//$'\342\200'[$'\216\217'$'\250'-$'\256']/?}
    __assume_plain=${__assume_plain//$'\342\201'[$'\246'-$'\251']/?}
}

# Does another identity stand beside ours? Its name in __assume_other, what has changed in __assume_what.
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
            __assume_other=$__assume_plain __assume_what="AWS_PROFILE is $__assume_plain now"
        elif \builtin test -z "$__assume_other"; then
            __assume_other=none __assume_what='AWS_PROFILE was removed'
        fi
    fi
    if \builtin test -n "${AWS_DEFAULT_PROFILE-}"; then
        __assume_clean "$AWS_DEFAULT_PROFILE"
        __assume_other=$__assume_plain __assume_what="AWS_DEFAULT_PROFILE is $__assume_plain now"
    fi
}

# Says once what has changed, whom the AWS CLI obeys, and the way back.
function __assume_tell {
    \builtin local __assume_name __assume_uses __assume_word
    \builtin local __assume_news="$__assume_what/${AWS_ACCESS_KEY_ID-}"
    if \builtin test -z "$__assume_what"; then
        __assume_said=
        \builtin return 0
    fi
    \builtin test "$__assume_news" != "$__assume_said" || \builtin return 0
    __assume_said=$__assume_news
    __assume_clean "$ASSUME_PROFILE"
    __assume_name=$__assume_plain
    if \builtin test -z "${AWS_ACCESS_KEY_ID-}"; then
        __assume_clean "${AWS_DEFAULT_PROFILE:-${AWS_PROFILE:-default}}"
        __assume_uses="the profile $__assume_plain"
    elif \builtin test "$AWS_ACCESS_KEY_ID" = "${ASSUME_KEY_ID-}"; then
        __assume_uses="the keys, which are still those of $__assume_name"
    else
        __assume_uses="the keys, which are not those of $__assume_name"
    fi
    \builtin printf -v __assume_word %q "$__assume_name"
    \builtin printf 'assume: %s: %s: the AWS CLI uses %s\n  assume %s brings it back, assume off leaves it\n' \
        "$__assume_name" "$__assume_what" "$__assume_uses" "$__assume_word" >&2
}

# Is a renewal due? Only for what was taken in this shell, in its last five minutes, by a person who is here.
function __assume_due {
    case $__assume_state in 'renew;'*) ;; *) \builtin return 1 ;; esac
    case ${ASSUME_RENEW-} in 0 | [Nn][Oo] | [Ff][Aa][Ll][Ss][Ee] | [Oo][Ff][Ff]) \builtin return 1 ;; esac
    __assume_digits "$__assume_next_at"
    \builtin test -z "$__assume_other" && \builtin test -z "$__assume_idle" &&
        \builtin test -n "$__assume_left" && ((__assume_left <= 300 && __assume_now >= __assume_n))
}

# Renews. The program asks nothing and ends within 2 s by itself. Its reason for a failure is shown once.
function __assume_renew {
    \builtin local __assume_words __assume_reply __assume_trap
    # before the call, so that Ctrl-C here is followed by a pause too
    __assume_digits "$__assume_wait_s"
    __assume_next_at=$((__assume_now + __assume_n))
    __assume_wait_s=$((__assume_n * 2 > 900 ? 900 : __assume_n * 2))
    if __assume_find && __assume_ask renew </dev/null && __assume_apply; then
        \builtin return 0
    fi
    __assume_failed=1
}

# ---- prompt segment ----

# Draws __assume_segment: for PS1 by reference, `PS1='$__assume_segment '"$PS1"`, never by value.
function __assume_draw {
    \builtin local __assume_name __assume_text __assume_colour __assume_flag
    \builtin local __assume_style='' __assume_unlike='!=' __assume_edge='[!ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789]'
    __assume_segment=
    \builtin test "${ASSUME_PROMPT-}" != 0 || \builtin return 0
    __assume_flag=${__assume_state%%;*}
    __assume_colour=${__assume_state#*;}
    __assume_colour=${__assume_colour%%;*}
    __assume_clean "$ASSUME_PROFILE"
    __assume_name=$__assume_plain
    __assume_text=$__assume_name
    case $__assume_colour in
    '' | *[!0123456789]* | ????*)
        __assume_colour=36
        # shellcheck disable=SC2254 # a pattern on purpose
        case "-$__assume_name-" in
        *${__assume_edge}[Pp][Rr][Oo][Dd]${__assume_edge}* | \
            *${__assume_edge}[Pp][Rr][Oo][Dd][Uu][Cc][Tt][Ii][Oo][Nn]${__assume_edge}*)
            __assume_colour='1;31'
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
        __assume_style='7;'
    else
        case $__assume_flag in renew | hold) ;; *) __assume_text="$__assume_text inherited" ;; esac
        case $__assume_minutes in
        '' | 99) ;;
        0)
            __assume_text="$__assume_text expired"
            __assume_style='7;'
            ;;
        *) __assume_text="$__assume_text ${__assume_minutes}m" ;;
        esac
    fi
    __assume_segment="[$__assume_text]"
    \builtin test -z "${NO_COLOR-}" && \builtin test "${TERM-}" != dumb || \builtin return 0
    # \001 and \002 tell readline what has no width; \[ and \] mean nothing inside a variable
    __assume_segment=$'\001\e['"$__assume_style$__assume_colour"$'m\002'"$__assume_segment"$'\001\e[0m\002'
}

# Puts the segment into PS1, once there is one, before the first character that shows.
function __assume_place {
    # shellcheck disable=SC2016 # a reference: what it says is never expanded
    \builtin local __assume_reference='${__assume_segment:+$__assume_segment }' __assume_lines=
    \builtin test -n "$__assume_segment" && \builtin test "$__assume_prompt" = 1 || \builtin return 0
    case ${PS1-} in *__assume_segment*) \builtin return 0 ;; esac
    \builtin shopt -q promptvars || \builtin return 0
    # these show AWS themselves
    case "${STARSHIP_SHELL-} ${PROMPT_COMMAND[*]-} ${precmd_functions[*]-}" in
    bash* | *starship_precmd* | *_omp_hook* | *_omp_precmd*) \builtin return 0 ;;
    esac
    while \builtin true; do
        case ${PS1:${#__assume_lines}} in
        '\n'*) __assume_lines=$__assume_lines'\n' ;;
        $'\n'*) __assume_lines=$__assume_lines$'\n' ;;
        *) \builtin break ;;
        esac
    done
    # printf, since a PS1 that is readonly would end an assignment's caller too
    \builtin printf -v PS1 %s "$__assume_lines$__assume_reference${PS1:${#__assume_lines}}" 2>/dev/null
}

# Takes out what this file has put into the shell; the role stays. `assume init bash --undo` prints a call of it.
function __assume_undo {
    \builtin local __assume_part __assume_parts
    __assume_parts=()
    # shellcheck disable=SC2016
    \builtin local __assume_reference='${__assume_segment:+$__assume_segment }'
    case ${PS1-} in *"$__assume_reference"*) PS1=${PS1//"$__assume_reference"/} ;; esac
    if \builtin test -n "${PROMPT_COMMAND[*]-}" && __assume_probe PROMPT_COMMAND; then
        for __assume_part in "${PROMPT_COMMAND[@]}"; do
            __assume_part=${__assume_part//__assume_hook;/}
            __assume_part=${__assume_part//;__assume_hook/}
            case $__assume_part in
            '' | __assume_hook) ;;
            *) __assume_parts+=("$__assume_part") ;;
            esac
        done
        \builtin unset -v PROMPT_COMMAND
        # shellcheck disable=SC2178 # it was no list before
        case ${#__assume_parts[@]}${__assume_plain-1} in
        0*) ;;
        11) PROMPT_COMMAND=${__assume_parts[0]} ;;
        *) PROMPT_COMMAND=("${__assume_parts[@]}") ;;
        esac
    fi
    \builtin complete -r assume 2>/dev/null
    \builtin local IFS=$'\n'
    # shellcheck disable=SC2046 # split on purpose: a name a line
    \builtin unset -f assume $(\builtin compgen -A function __assume_)
    \builtin unset -v "${!__assume_@}"
}

# From 5.1 on PROMPT_COMMAND may be a list, each of whose members finds $? and PIPESTATUS as the command left them. The
# hook is the second: the first is what `PROMPT_COMMAND=…` in an rc file sets. Before 5.1 it is the head of the string.
case $- in
*i*)
    # shellcheck disable=SC2128,SC2178 # a string is handled as one
    if [[ ${PROMPT_COMMAND[*]-} != *__assume_hook* ]] && __assume_probe PROMPT_COMMAND; then
        if ((BASH_VERSINFO[0] > 5 || BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1])); then
            __assume_plain=
            [[ ${PROMPT_COMMAND[*]-} != "${PROMPT_COMMAND-}" ]] || __assume_plain=1
            PROMPT_COMMAND=("${PROMPT_COMMAND-}" __assume_hook "${PROMPT_COMMAND[@]:1}")
        else
            PROMPT_COMMAND="__assume_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
        fi
    fi
    ;;
esac
