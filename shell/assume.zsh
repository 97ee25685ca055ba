# assume in zsh, 5.1 and later: the function `assume`, the hook before each prompt, the prompt segment.
# `assume init zsh` prints this file with the block filled in, and completions/_assume behind it.
#
# zsh reads all of it before it runs any of it, under the options and aliases that are there: so builtins are called
# as \builtin NAME, patterns have no parentheses, and no word is all capitals and bare. What the shell calls
# begins with `emulate -L zsh`, and what that calls runs under it. Only digits reach arithmetic, where `a[$(…)]` would run.

# --- filled in by `assume init zsh` ---
__assume_program=()
__assume_script=assume
__assume_commands='exec export list status explain policy each clear console init install uninstall doctor demo'
__assume_prompt=
# --- end ---

# What is known of this shell. The state stays when this is read again, and is no child's business.
function __assume_begin {
    \builtin emulate -L zsh
    \builtin setopt typeset_silent
    if (( ! ${+functions[__assume_hook]} )); then
        __assume_state=''
    fi
    \builtin typeset -g +x __assume_state
    \builtin typeset -g __assume_segment='' __assume_drawn='' __assume_other='' __assume_text='' __assume_colour=''
    \builtin typeset -g __assume_moved='' __assume_said='' __assume_idle='' __assume_failed=''
    \builtin typeset -g __assume_seen_at=0 __assume_next_at=0 __assume_wait_s=60
    \builtin zmodload zsh/datetime 2>/dev/null
    # Granted has an alias of this name, and an alias comes before a function.
    \builtin unalias assume 2>/dev/null
    # The hook goes last: a theme may build RPROMPT anew before each prompt.
    if [[ -o interactive && ${precmd_functions[*]-} != *__assume_hook* ]]; then
        precmd_functions+=(__assume_hook)
    fi
    \builtin return 0
}
__assume_begin

# ---- function ----

function assume {
    # a trace would print the secrets
    { \builtin emulate -L zsh +x +v; \builtin trap - 'DEBUG' 'ZERR'; } 2>/dev/null
    \builtin local __assume_status=0
    {
        __assume_route "$@"
        __assume_status=$?
    } always {
        if (( ${TRY_BLOCK_INTERRUPT:-0} )); then # Ctrl-C: zsh by itself would come out with 2
            TRY_BLOCK_INTERRUPT=0
            __assume_status=130
        fi
    }
    if (( __assume_status == 130 && ZSH_SUBSHELL == 0 )); then # and what stands behind `assume` does not run
        \builtin kill -INT $$
    fi
    \builtin return $__assume_status
}

# What is asked for: a verb that is run, `off`, or a profile to take on.
function __assume_route {
    \builtin local __assume_verb=use __assume_word
    case ${1-} in
        -h | --help | --version)
            __assume_run "$@"
            \builtin return
            ;;
    esac
    if [[ -n ${1-} ]] && (( ${${(s: :)__assume_commands}[(Ie)$1]} )); then
        __assume_verb=$1
        \builtin shift
        case $__assume_verb in
            exec | export | status) __assume_run "$__assume_verb" --state "$__assume_state" "$@" ;;
            *) __assume_run "$__assume_verb" "$@" ;;
        esac
        \builtin return
    fi
    if [[ ${1-} == off || ${1-} == use ]]; then
        __assume_verb=$1
        \builtin shift
    fi
    for __assume_word in "$@"; do
        case $__assume_word in
            --) \builtin break ;;
            -h | --help)
                __assume_run "$__assume_verb" "$@"
                \builtin return
                ;;
        esac
    done
    __assume_take "$__assume_verb" "$@"
}

# Finds the words that start the program, for __assume_words. An upgrade may have taken away what we were told.
function __assume_find {
    __assume_words=("$__assume_script")
    if (( ${#__assume_program} )); then
        if [[ -x ${__assume_program[1]} && -r ${__assume_program[4]-} ]]; then # the interpreter and __main__.py
            __assume_words=("${__assume_program[@]}")
            \builtin return 0
        fi
    elif \builtin whence -p "$__assume_script" >/dev/null; then
        \builtin return 0
    fi
    if ! \command "$__assume_script" --version >/dev/null 2>&1 </dev/null; then
        \builtin printf 'assume: the program is gone\n  install assume-shell again, then open a new shell\n' >&2
        \builtin return 1
    fi
    if [[ -z $__assume_moved ]]; then
        __assume_moved=1
        \builtin printf 'assume: the program has moved or was upgraded: open a new shell\n' >&2
    fi
}

# Runs the program as it is: what it prints is for the person.
function __assume_run {
    \builtin local -a __assume_words
    __assume_find || \builtin return 1
    \command "${__assume_words[@]}" "$@"
}

# Runs the program and makes the changes that it answers with. A failure changes nothing.
function __assume_take {
    \builtin local __assume_reply __assume_verb="$1"
    \builtin local -a __assume_words
    \builtin shift
    __assume_find || \builtin return 1
    __assume_reply=$(
        \command "${__assume_words[@]}" "$__assume_verb" --shell zsh --state "$__assume_state" "$@"
    ) || \builtin return
    __assume_apply || \builtin return
    __assume_idle=''
    __assume_seen_at=0
    if (( ZSH_SUBSHELL )); then
        \builtin printf 'assume: this ran in a subshell (a pipe, & or parentheses): your shell has not changed\n  %s\n' \
            'call assume on a line of its own' >&2
    fi
}

# Is __assume_reply nothing but changes that can be made? Byte by byte, as a value may hold what is no UTF-8.
function __assume_check {
    \builtin setopt local_options no_multibyte
    \builtin local __assume_line
    for __assume_line in "${(@f)__assume_reply}"; do
        case $__assume_line in
            '') \builtin continue ;;
            "__assume_state='"*"'") __assume_line=__assume_state ;;
            '\builtin export '[A-Z]*"='"*"'")
                __assume_line=${__assume_line#*export }
                __assume_line=${__assume_line%%=*}
                ;;
            '\builtin unset '[A-Z]*) __assume_line=${__assume_line#*unset } ;;
            *) __assume_line='?' ;;
        esac
        case $__assume_line in
            __assume_state) ;;
            *[^A-Z0-9_]*) __assume_line='?' ;;
        esac
        case $__assume_line in
            __assume_state | AWS_* | ASSUME_* | ASSUMED_ROLE_ARN | AWSUME_* | GRANTED_*) ;;
            *)
                \builtin printf 'assume: the answer of the program is not what this shell expects\n  %s\n' \
                    'open a new shell; assume doctor' >&2
                \builtin return 1
                ;;
        esac
        if [[ ${(Pt)__assume_line} == *readonly* ]]; then
            \builtin printf 'assume: %s is readonly in this shell: nothing was changed\n  open a new shell\n' \
                "$__assume_line" >&2
            \builtin return 1
        fi
    done
}

# Makes the changes in __assume_reply, all or none of them.
function __assume_apply {
    __assume_check || \builtin return
    \builtin trap '' 'INT' # until this function returns: Ctrl-C between two of the changes would leave half a role
    \builtin eval "$__assume_reply"
    \builtin typeset -g +x __assume_state="$__assume_state" # `setopt allexport` exports what is assigned
    __assume_said=''
    __assume_drawn=''
    __assume_failed=''
    __assume_next_at=0
    __assume_wait_s=60
}

# ---- hook ----

# Before each prompt. zsh gives every hook, and the prompt, the status that the command left.
function __assume_hook {
    { \builtin emulate -L zsh +x +v; \builtin trap - 'DEBUG' 'ZERR'; } 2>/dev/null
    if [[ -n ${ASSUME_PROFILE-}$__assume_segment ]]; then
        __assume_look
        __assume_place
    fi
    \builtin return 0 # anything else would end a shell that has `set -e`
}

# Is this shell still what it says that it is? Sets __assume_segment, speaks of a change once, renews what is due.
function __assume_look {
    \builtin local __assume_now __assume_left __assume_minutes __assume_seen __assume_what __assume_plain __assume_n
    if [[ -z ${ASSUME_PROFILE-} ]]; then
        __assume_segment='' __assume_drawn='' __assume_other='' __assume_said=''
        \builtin return 0
    fi
    __assume_digits "${EPOCHSECONDS-}"
    __assume_now=$__assume_n
    __assume_digits "$__assume_seen_at"
    if (( __assume_n && __assume_now - __assume_n > 3600 )); then
        __assume_idle=1
    fi
    __assume_seen_at=$__assume_now
    __assume_read
    if [[ $__assume_seen != "$__assume_drawn" ]]; then
        __assume_compare
        __assume_tell
    fi
    if __assume_due; then
        if [[ -z $__assume_failed ]]; then
            __assume_renew
        else
            __assume_renew 2>/dev/null
        fi
        __assume_compare
        __assume_read
    fi
    if [[ $__assume_seen != "$__assume_drawn" ]]; then
        __assume_draw
        __assume_drawn=$__assume_seen
    fi
}

# The time left, and in __assume_seen all that the segment is drawn from: while that is the same, so is the segment.
function __assume_read {
    \builtin local __assume_nl=$'\n'
    __assume_left=''
    __assume_minutes=''
    __assume_digits "${ASSUME_EXPIRES-}"
    if (( __assume_n )); then
        __assume_left=$(( __assume_n - __assume_now ))
        __assume_minutes=$(( __assume_left <= 0 ? 0 : __assume_left < 900 ? (__assume_left + 59) / 60 : 99 ))
    fi
    __assume_seen=$__assume_minutes$__assume_nl$__assume_state$__assume_nl$ASSUME_PROFILE$__assume_nl${ASSUME_KEY_ID-}
    __assume_seen+=$__assume_nl${ASSUME_EXPORTED-}$__assume_nl${AWS_ACCESS_KEY_ID-}$__assume_nl${AWS_PROFILE-}
    __assume_seen+=$__assume_nl${AWS_DEFAULT_PROFILE-}$__assume_nl${ASSUME_PROMPT-}$__assume_nl${NO_COLOR-}
    __assume_seen+=$__assume_nl${TERM-}$__assume_nl${LC_ALL:-${LC_CTYPE:-${LANG-}}}
}

# A number from outside in __assume_n; 0 for what is none.
function __assume_digits {
    case $1 in
        '' | 0* | *[^0-9]* | ????????????????*) __assume_n=0 ;;
        *) __assume_n=$1 ;;
    esac
}

# What may be shown of $1, in __assume_plain: no control character, and no mark that turns the direction of writing.
# Byte by byte: one byte that is no UTF-8 would otherwise hide the others from the patterns.
function __assume_clean {
    \builtin setopt local_options no_multibyte
    __assume_plain=${1//[[:cntrl:]]/?}
    __assume_plain=${__assume_plain//$'\302'[$'\200'-$'\237']/?}
    __assume_plain=${__assume_plain//$'\330\234'/?}
    __assume_plain=${__assume_plain//$'\342\200'[$'\216\217\250'-$'\256']/?}
    __assume_plain=${__assume_plain//$'\342\201'[$'\246'-$'\251']/?}
}

# Does another identity stand beside ours? Its name in __assume_other, what has changed in __assume_what.
function __assume_compare {
    \builtin local __assume_keys='' __assume_profile=''
    __assume_other=''
    __assume_what=''
    case ${ASSUME_EXPORTED-} in
        both)
            __assume_keys=${ASSUME_KEY_ID-}
            __assume_profile=$ASSUME_PROFILE
            ;;
        keys) __assume_keys=${ASSUME_KEY_ID-} ;;
        profile) __assume_profile=$ASSUME_PROFILE ;;
    esac
    if [[ ${AWS_ACCESS_KEY_ID-} != "$__assume_keys" ]]; then
        if [[ -n ${AWS_ACCESS_KEY_ID-} ]]; then
            __assume_other=keys
            __assume_what='AWS_ACCESS_KEY_ID is not the one that assume set'
        else
            __assume_other=none
            __assume_what='AWS_ACCESS_KEY_ID was removed'
        fi
    fi
    if [[ ${AWS_PROFILE-} != "$__assume_profile" ]]; then
        if [[ -n ${AWS_PROFILE-} ]]; then
            __assume_clean "$AWS_PROFILE"
            __assume_other=$__assume_plain
            __assume_what="AWS_PROFILE is $__assume_plain now"
        elif [[ -z $__assume_other ]]; then
            __assume_other=none
            __assume_what='AWS_PROFILE was removed'
        fi
    fi
    if [[ -n ${AWS_DEFAULT_PROFILE-} ]]; then
        __assume_clean "$AWS_DEFAULT_PROFILE"
        __assume_other=$__assume_plain
        __assume_what="AWS_DEFAULT_PROFILE is $__assume_plain now"
    fi
}

# Says once what has changed, whom the AWS CLI obeys, and the way back.
function __assume_tell {
    \builtin local __assume_name __assume_uses
    \builtin local __assume_news="$__assume_what/${AWS_ACCESS_KEY_ID-}"
    if [[ -z $__assume_what ]]; then
        __assume_said=''
        \builtin return 0
    fi
    [[ $__assume_news != "$__assume_said" ]] || \builtin return 0
    __assume_said=$__assume_news
    __assume_clean "$ASSUME_PROFILE"
    __assume_name=$__assume_plain
    if [[ -z ${AWS_ACCESS_KEY_ID-} ]]; then
        __assume_clean "${AWS_DEFAULT_PROFILE:-${AWS_PROFILE:-default}}"
        __assume_uses="the profile $__assume_plain"
    elif [[ $AWS_ACCESS_KEY_ID == "${ASSUME_KEY_ID-}" ]]; then
        __assume_uses="the keys, which are still those of $__assume_name"
    else
        __assume_uses="the keys, which are not those of $__assume_name"
    fi
    \builtin printf 'assume: %s: %s: the AWS CLI uses %s\n  assume %s brings it back, assume off leaves it\n' \
        "$__assume_name" "$__assume_what" "$__assume_uses" "${(q)__assume_name}" >&2
}

# Is a renewal due? Only for what was taken in this shell, in its last five minutes, by a person who is here.
function __assume_due {
    [[ $__assume_state == 'renew;'* ]] || \builtin return 1
    case ${ASSUME_RENEW-} in
        0 | [Nn][Oo] | [Ff][Aa][Ll][Ss][Ee] | [Oo][Ff][Ff]) \builtin return 1 ;;
    esac
    __assume_digits "$__assume_next_at"
    [[ -z $__assume_other && -z $__assume_idle && -n $__assume_left ]] &&
        (( __assume_left <= 300 && __assume_now >= __assume_n ))
}

# Renews. The program asks nothing and ends within 2 s by itself. Its reason for a failure is shown once.
function __assume_renew {
    \builtin local __assume_reply
    \builtin local -a __assume_words
    # before the call, so that Ctrl-C here is followed by a pause too
    __assume_digits "$__assume_wait_s"
    __assume_next_at=$(( __assume_now + __assume_n ))
    __assume_wait_s=$(( __assume_n * 2 > 900 ? 900 : __assume_n * 2 ))
    if __assume_find && __assume_reply=$(
        \command "${__assume_words[@]}" renew --shell zsh --state "$__assume_state" </dev/null
    ) && __assume_apply; then
        \builtin return 0
    fi
    __assume_failed=1
}

# ---- prompt segment ----

# Draws __assume_segment: for a prompt by reference (`setopt promptsubst`, then RPROMPT='$__assume_segment').
function __assume_draw {
    \builtin local __assume_name __assume_unlike='!='
    __assume_segment=''
    [[ ${ASSUME_PROMPT-} != 0 ]] || \builtin return 0
    __assume_clean "$ASSUME_PROFILE"
    __assume_name=$__assume_plain
    __assume_text=$__assume_name
    __assume_colour=${__assume_state#*;}
    __assume_colour=${__assume_colour%%;*}
    case $__assume_colour in
        '' | *[^0-9]* | ????*)
            __assume_colour=36
            case -$__assume_name- in
                *[^A-Za-z0-9][Pp][Rr][Oo][Dd][^A-Za-z0-9]* | \
                    *[^A-Za-z0-9][Pp][Rr][Oo][Dd][Uu][Cc][Tt][Ii][Oo][Nn][^A-Za-z0-9]*)
                    __assume_colour='1;31'
                    __assume_text="PROD $__assume_name"
                    ;;
            esac
            ;;
    esac
    if [[ -n $__assume_other ]]; then
        case ${LC_ALL:-${LC_CTYPE:-${LANG-}}} in
            *[Uu][Tt][Ff]-8* | *[Uu][Tt][Ff]8*) __assume_unlike=$'\342\211\240' ;;
        esac
        __assume_text=$__assume_name$__assume_unlike$__assume_other
        __assume_colour="7;$__assume_colour"
    else
        case ${__assume_state%%;*} in
            renew | hold) ;;
            *) __assume_text="$__assume_text inherited" ;;
        esac
        case $__assume_minutes in
            '' | 99) ;;
            0)
                __assume_text="$__assume_text expired"
                __assume_colour="7;$__assume_colour"
                ;;
            *) __assume_text="$__assume_text ${__assume_minutes}m" ;;
        esac
    fi
    __assume_text="[$__assume_text]"
    __assume_segment=${__assume_text//\%/%%}
    if [[ -z ${NO_COLOR-} && ${TERM-} != dumb ]]; then
        __assume_segment=$'%{\e['"${__assume_colour}m%}$__assume_segment"$'%{\e[0m%}'
    else
        __assume_colour=''
    fi
}

# Puts the segment before what RPROMPT has, and takes it out when there is none. The text goes through psvar, which
# the prompt shows as it is, whether `promptsubst` is set or not.
function __assume_place {
    # either name may be the only one that is set; what it holds is the same
    \builtin local __assume_right="${RPROMPT-${RPS1-}}" __assume_rest __assume_reference=''
    __assume_rest=$__assume_right
    (( ${#psvar} < 91 )) || psvar[91]=''
    if [[ $__assume_right == *%91v* ]]; then
        __assume_rest=${__assume_right#*%91v}
        __assume_rest=${__assume_rest#$'%{\e[0m%}'}
        __assume_right=${__assume_right%%\%91v*}
        __assume_rest=${__assume_right%$'%{\e['*}${__assume_rest# }
        __assume_right=${RPROMPT-${RPS1-}}
    fi
    if [[ -n $__assume_segment && $__assume_prompt == 1 ]] && ! __assume_themed; then
        psvar[91]=$__assume_text
        __assume_reference=%91v
        if [[ -n $__assume_colour ]]; then
            __assume_reference=$'%{\e['"${__assume_colour}m%}%91v"$'%{\e[0m%}'
        fi
        __assume_reference+=${__assume_rest:+ }
    fi
    if [[ $__assume_right != "$__assume_reference$__assume_rest" ]]; then
        RPROMPT=$__assume_reference$__assume_rest
    fi
}

# Is there a theme that shows AWS by itself?
function __assume_themed {
    (( ${+P9K_VERSION} + ${+functions[p10k]} + ${+functions[starship_precmd]} + ${+functions[prompt_starship_precmd]} )) ||
        (( ${+functions[_omp_precmd]} + ${+functions[_omp_hook]} + ${+functions[prompt_aws]} )) ||
        [[ ${STARSHIP_SHELL-} == zsh || ${POSH_SHELL-} == zsh || ${PROMPT-}${RPROMPT-${RPS1-}} == *aws_prompt_info* ]]
}

# Takes out what this file has put into the shell; the role stays. `assume init zsh --undo` prints a call of it.
function __assume_undo {
    \builtin emulate -L zsh
    __assume_segment=''
    __assume_place
    precmd_functions=("${(@)precmd_functions:#__assume_*}")
    (( ${#precmd_functions} )) || \builtin unset precmd_functions
    [[ -n ${RPROMPT-} ]] || \builtin unset RPROMPT
    (( ! ${+functions[compdef]} )) || compdef -d assume
    \builtin unset -m '__assume_*'
    \builtin unfunction -m '__assume_*' assume _assume
}
