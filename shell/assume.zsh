# assume in zsh, 5.1 and later: the function `assume`, the hook before each prompt, the prompt segment.
# `assume init zsh` prints this file with the block filled in, and completions/_assume behind it.
#
# zsh may read all of this before it runs any of it, under the user's options and aliases. So builtins are called as
# \builtin NAME (`export`, `local` or `test` may be an alias or a function here), patterns have no parentheses, and no
# bare word is all capitals. What the shell calls begins with `emulate -L zsh`, and what that calls runs under it. Only
# digits reach arithmetic, where `a[$(…)]` would run.
# Locals carry the prefix too: zsh looks a name up in all callers, so a local of any other name would hide the user's
# variable from a trap that runs in between, and `local NAME` fails if the user has made NAME readonly.

# `setopt warn_create_global` warns of a new global inside a function, such as a plugin manager's
\builtin typeset -ga __assume_program
\builtin typeset -g __assume_script='' __assume_commands='' __assume_prompt='' __assume_edition=''

# --- filled in by `assume init zsh` ---
__assume_program=()
__assume_script=assume
__assume_commands='exec export console each explain policy doctor list status history clear login logout init install uninstall demo'
__assume_prompt=
__assume_edition=
# --- end ---

# ---- state ----

# Sets the global variables. A function, so that this runs under `emulate`.
# __assume_state is what the program told this shell last: whether to renew, the colour, the request. It is kept when
# this file is sourced again, and never exported: a child shell inherits the role but does not renew it.
function __assume_declare {
    \builtin emulate -L zsh
    \builtin setopt typeset_silent
    if (( ! ${+functions[__assume_hook]} )); then
        __assume_state=''
    fi
    \builtin typeset -g +x __assume_state
    \builtin typeset -g __assume_segment='' # what the prompt shows
    \builtin typeset -g __assume_text='' # the same without colour and without quoting for the prompt
    \builtin typeset -g __assume_style='' # its colour, as the numbers of an SGR sequence
    \builtin typeset -g __assume_drawn='' # what the segment was drawn from: while this is the same, so is the segment
    \builtin typeset -g __assume_other='' # the identity that is set beside our role, or `keys`, or `none`
    \builtin typeset -g __assume_moved='' # 1 once the user knows that the program has moved
    \builtin typeset -g __assume_said='' # the change that the user was last warned of
    \builtin typeset -g __assume_region='' # the region that a switch has set, until the next prompt
    \builtin typeset -ga __assume_unexported # NAME=value: what was set and not exported before a switch replaced it
    __assume_unexported=()
    \builtin typeset -g __assume_seen_at=0 # when the hook last ran, in epoch seconds
    \builtin typeset -g __assume_idle='' # 1 after an hour without a prompt: nothing is renewed until the next `assume`
    \builtin typeset -g __assume_failed='' # 1 once a renewal has failed: the reason is shown once
    \builtin typeset -g __assume_retry_at=0 # no renewal before this, in epoch seconds
    \builtin typeset -g __assume_retry_s=0 # the pause after the last renewal, in seconds; it doubles with each failure
    \builtin zmodload zsh/datetime 2>/dev/null
    \builtin return 0
}
__assume_declare

# ---- function ----

# An alias of this name, as Granted has one, comes before a function.
\builtin unalias assume 2>/dev/null || \builtin true

function assume {
    # a trace would print the secrets
    { \builtin emulate -L zsh +x +v; \builtin trap - 'DEBUG' 'ZERR'; } 2>/dev/null
    if __assume_builtins_work; then
        __assume_guarded "$@"
    else
        \printf '%s\n' 'assume: a builtin of zsh is disabled, or is a function here: nothing was changed' \
            "  disabled: ${(k)dis_builtins}; functions: ${(k)functions[(I)builtin]}" >&2
        (( 0 ))
    fi
    \return # or `set -e` would not see the status
}

# Runs __assume_dispatch; Ctrl-C in it becomes status 130 and an interrupt of the shell.
function __assume_guarded {
    \builtin local __assume_status=0 __assume_interrupted=0
    {
        __assume_dispatch "$@"
        __assume_status=$?
    } always {
        __assume_interrupted=${TRY_BLOCK_INTERRUPT:-0}
        # Ctrl-C: zsh alone would return 2. A TRAPINT has run already, and would run again at the end.
        if (( __assume_interrupted && ! ${+functions[TRAPINT]} )); then
            TRY_BLOCK_INTERRUPT=0
            __assume_status=130
        fi
    }
    # The rest of the line would go on: the shell gets the interrupt again. Where the user has a trap, zsh has run that,
    # and was not interrupted.
    if (( __assume_interrupted && ZSH_SUBSHELL == 0 )); then
        \builtin kill -INT $$
    fi
    \builtin return $__assume_status
}

# True if the builtins that a switch needs are there: none is disabled, and `builtin` is not a function.
function __assume_builtins_work {
    (( ! ${+functions[builtin]} && ${+builtins[builtin]} + ${+builtins[export]} + ${+builtins[unset]} == 3 &&
        ${+builtins[eval]} + ${+builtins[local]} + ${+builtins[printf]} + ${+builtins[return]} == 4 &&
        ${+builtins[shift]} + ${+builtins[trap]} + ${+builtins[setopt]} + ${+builtins[typeset]} == 4 &&
        ${+builtins[emulate]} + ${+builtins[continue]} + ${+builtins[break]} + ${+builtins[true]} == 4 ))
}

# Decides what the words ask for: a verb to run, or a switch (`off`, `use`, a profile).
function __assume_dispatch {
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
            exec | export | console | explain | status) __assume_run "$__assume_verb" --state "$__assume_state" "$@" ;;
            doctor) __assume_run doctor --state "$__assume_state" --edition "$__assume_edition" "$@" ;;
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
    __assume_switch "$__assume_verb" "$@"
}

# Finds the words that start the program, and sets __assume_words. An upgrade may have removed the paths of the block.
function __assume_find_program {
    __assume_words=("$__assume_script")
    if (( ${#__assume_program} )); then
        if [[ -x ${__assume_program[1]} && -r ${__assume_program[4]-} ]]; then # the interpreter and __main__.py
            __assume_words=("${__assume_program[@]}")
            \builtin return 0
        fi
    elif \builtin whence -p "$__assume_script" >/dev/null; then
        \builtin return 0
    fi
    if ! \builtin command "$__assume_script" --version >/dev/null 2>&1 </dev/null; then
        __assume_say 'the program is gone' 'install assume-shell again, then open a new shell'
        \builtin return 1
    fi
    if [[ -z $__assume_moved ]]; then
        __assume_moved=1
        __assume_say 'the program has moved or was upgraded: open a new shell'
    fi
}

# Runs the program for what it prints or does: its output goes to the user.
function __assume_run {
    \builtin local -a __assume_words
    __assume_find_program || \builtin return 1
    \builtin command "${__assume_words[@]}" "$@"
}

# Switches the role: runs the program and makes the changes of its reply. A failure changes nothing.
function __assume_switch {
    \builtin local __assume_reply __assume_done='' __assume_verb="$1"
    \builtin local -a __assume_words
    \builtin shift
    __assume_find_program || \builtin return 1
    __assume_reply=$(
        [[ $__assume_verb != off ]] || __assume_make_room
        \builtin command "${__assume_words[@]}" "$__assume_verb" --shell zsh --state "$__assume_state" "$@"
    ) || \builtin return
    __assume_apply || \builtin return
    __assume_idle=''
    __assume_seen_at=0
    [[ -z $__assume_done ]] || \builtin printf '%s\n' "$__assume_done" >&2
    if (( ZSH_SUBSHELL )); then
        __assume_say 'this ran in a subshell (a pipe, & or parentheses): your shell has not changed' \
            'call assume on its own line'
    fi
}

# Takes all but a few variables out of the environment, which may be so full that no program starts. In a subshell.
function __assume_make_room {
    \builtin local __assume_name
    for __assume_name in ${(k)parameters[(R)*export*]}; do
        case $__assume_name in
            AWS* | ASSUME* | GRANTED_* | HOME | PATH | LD_* | DYLD_* | TERM | LANG | LC_*) ;;
            *) \builtin typeset -g +x "$__assume_name" ;;
        esac
    done 2>/dev/null
}

# True if __assume_reply holds nothing but changes that can be made here; else prints why not. Adds its lines to
# __assume_changes, joined by `&&`, and the names to __assume_names.
# What is assigned to a variable that has an attribute may fail, be changed or go elsewhere. Byte by byte, because a value may hold bytes that are not UTF-8.
function __assume_check_reply {
    \builtin setopt local_options no_multibyte
    \builtin local __assume_line
    for __assume_line in "${(@f)__assume_reply}"; do
        case $__assume_line in
            '') \builtin continue ;;
            "__assume_done='"*"'")
                __assume_changes+=" && $__assume_line"
                \builtin continue
                ;;
        esac
        __assume_changes+=" && $__assume_line"
        case $__assume_line in
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
                __assume_say 'the answer of the program is not what this shell expects' \
                    'open a new shell; assume doctor'
                \builtin return 1
                ;;
        esac
        __assume_type=${(Pt)__assume_line}
        case $__assume_type in
            '' | scalar | scalar-export | scalar-local | scalar-local-export) __assume_names+=("$__assume_line") ;;
            *readonly*)
                __assume_say "$__assume_line is readonly in this shell: nothing was changed" 'open a new shell'
                \builtin return 1
                ;;
            *)
                __assume_say "$__assume_line is declared as ${__assume_type//-/, } in this shell: nothing was changed" \
                    "unset $__assume_line"
                \builtin return 1
                ;;
        esac
    done
}

# Makes the changes in __assume_reply: all of them or none.
function __assume_apply {
    \builtin local __assume_changes='\builtin true' __assume_type
    \builtin local -a __assume_names
    __assume_check_reply || \builtin return
    __assume_note_unexported
    # Ctrl-C between two changes would leave half a role. The trap is local (`emulate -L` sets local_traps), so the
    # user's own is back when this function returns. So are aliases: a global one may have the name of a variable.
    \builtin setopt no_aliases
    \builtin trap '' 'INT'
    if ! \builtin eval "$__assume_changes"; then
        \builtin unset "${(@)__assume_names:#__assume_*}"
        __assume_say 'not all variables could be set: those of the role were unset' 'open a new shell'
        \builtin return 1
    fi
    [[ -n ${ASSUME_PROFILE-} ]] || __assume_restore_unexported
    \builtin typeset -g +x __assume_state="$__assume_state" # `setopt allexport` exports what is assigned
    __assume_region=''
    (( ! ${__assume_names[(I)AWS_REGION]} )) || __assume_region=${AWS_REGION-}
    __assume_said=''
    __assume_drawn=''
    __assume_failed=''
    __assume_retry_at=0
    __assume_retry_s=0
}

# Keeps what is set and not exported of the variables in __assume_names: a role replaces it, and the program, which
# restores the others, does not see it.
function __assume_note_unexported {
    \builtin local __assume_name
    for __assume_name in "${(@)__assume_names:#__assume_*}"; do
        case ${(Pt)__assume_name} in
            scalar | scalar-local) __assume_unexported+=("$__assume_name=${(P)__assume_name}") ;;
        esac
    done
}

# Sets them again, but those that are set by now. The shell has no role any more.
function __assume_restore_unexported {
    \builtin local __assume_line
    for __assume_line in "${(@)__assume_unexported}"; do
        [[ -z $__assume_line || -n ${(Pt)${__assume_line%%=*}} ]] ||
            \builtin typeset -g +x "${__assume_line%%=*}=${__assume_line#*=}"
    done
    __assume_unexported=()
}

# Prints a message and, if given, what to do about it.
function __assume_say { \builtin printf '%s\n' "assume: $1" ${2+"  $2"} >&2; }

# Sets __assume_cleaned to $1 with `?` for control characters and for the marks that change the direction of writing.
# Byte by byte: one byte that is not UTF-8 would otherwise hide the others from the patterns.
function __assume_clean {
    \builtin setopt local_options no_multibyte
    __assume_cleaned=${1//[[:cntrl:]]/?}
    __assume_cleaned=${__assume_cleaned//$'\302'[$'\200'-$'\237']/?}
    __assume_cleaned=${__assume_cleaned//$'\330\234'/?}
    __assume_cleaned=${__assume_cleaned//$'\342\200'[$'\216\217\250'-$'\256']/?}
    __assume_cleaned=${__assume_cleaned//$'\342\201'[$'\246'-$'\251']/?}
}

# ---- hook ----

# Runs before each prompt. zsh gives every hook, and the prompt, the status that the command left.
function __assume_hook {
    {
        (( ! ${+functions[builtin]} )) || \return 0 # nothing here can work
        \builtin emulate -L zsh +x +v
        \builtin trap - 'DEBUG' 'ZERR'
    } 2>/dev/null
    # zsh takes back what was given in front of a call (`AWS_REGION=x assume y`), whatever was assigned in the call, and
    # shows no function that it will
    if [[ -n $__assume_region ]]; then
        [[ ${AWS_REGION-} == "$__assume_region" ]] ||
            __assume_say "AWS_REGION is no longer $__assume_region, as assume had set it" 'assume - sets it again'
        __assume_region=''
    fi
    if [[ -n ${ASSUME_PROFILE-}$__assume_segment ]]; then
        __assume_update
        __assume_place_segment
    fi
    \builtin return 0 # anything else would end a shell that has `set -e`
}

# Warns once if the identity was changed by something else, renews the role if that is due, sets __assume_segment.
function __assume_update {
    \builtin local __assume_now_at __assume_number __assume_left_s __assume_minutes
    \builtin local __assume_seen __assume_what __assume_cleaned
    if [[ -z ${ASSUME_PROFILE-} ]]; then
        __assume_segment='' __assume_drawn='' __assume_other='' __assume_said=''
        \builtin return 0
    fi
    __assume_to_number "${EPOCHSECONDS-}"
    __assume_now_at=$__assume_number
    __assume_to_number "$__assume_seen_at"
    if (( __assume_number && __assume_now_at - __assume_number > 3600 )); then
        __assume_idle=1
    fi
    __assume_seen_at=$__assume_now_at
    __assume_time_left
    if [[ $__assume_seen != "$__assume_drawn" ]]; then
        __assume_compare
        __assume_warn
    fi
    if __assume_renewal_due; then
        if [[ -z $__assume_failed ]]; then
            __assume_renew
        else
            __assume_renew 2>/dev/null
        fi
        __assume_compare
        __assume_time_left
    fi
    if [[ $__assume_seen != "$__assume_drawn" ]]; then
        __assume_draw
        __assume_drawn=$__assume_seen
    fi
}

# Sets __assume_left_s and __assume_minutes (99: too many to show), and __assume_seen: all that the segment shows.
function __assume_time_left {
    \builtin local __assume_nl=$'\n'
    __assume_left_s=''
    __assume_minutes=''
    __assume_to_number "${ASSUME_EXPIRES-}"
    if (( __assume_number )); then
        __assume_left_s=$(( __assume_number - __assume_now_at ))
        __assume_minutes=$(( __assume_left_s <= 0 ? 0 : __assume_left_s < 900 ? (__assume_left_s + 59) / 60 : 99 ))
    fi
    __assume_seen=$__assume_minutes$__assume_nl$__assume_state$__assume_nl$ASSUME_PROFILE$__assume_nl${ASSUME_KEY_ID-}
    __assume_seen+=$__assume_nl${ASSUME_EXPORTED-}$__assume_nl${AWS_ACCESS_KEY_ID-}$__assume_nl${AWS_PROFILE-}
    __assume_seen+=$__assume_nl${AWS_DEFAULT_PROFILE-}$__assume_nl${ASSUME_PROMPT-}$__assume_nl${NO_COLOR-}
    __assume_seen+=$__assume_nl${TERM-}$__assume_nl${LC_ALL:-${LC_CTYPE:-${LANG-}}}
    __assume_seen+=$__assume_nl${ASSUME_READ_ONLY-}$__assume_nl${ASSUME_SSO_ROLE-}
}

# Sets __assume_number to the number $1; to 0 if it is not a number.
function __assume_to_number {
    case $1 in
        '' | 0* | *[^0-9]* | ????????????????*) __assume_number=0 ;;
        *) __assume_number=$1 ;;
    esac
}

# Compares keys and profile with what we set. If another identity is set: its name in __assume_other, the change in
# __assume_what.
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
            __assume_other=$__assume_cleaned
            __assume_what="AWS_PROFILE is $__assume_cleaned now"
        elif [[ -z $__assume_other ]]; then
            __assume_other=none
            __assume_what='AWS_PROFILE was removed'
        fi
    fi
    if [[ -n ${AWS_DEFAULT_PROFILE-} ]]; then
        __assume_clean "$AWS_DEFAULT_PROFILE"
        __assume_other=$__assume_cleaned
        __assume_what="AWS_DEFAULT_PROFILE is $__assume_cleaned now"
    fi
}

# Warns once of the change in __assume_what: which identity the AWS CLI uses now, and the way back.
function __assume_warn {
    \builtin local __assume_name __assume_uses
    \builtin local __assume_news="$__assume_what/${AWS_ACCESS_KEY_ID-}"
    if [[ -z $__assume_what ]]; then
        __assume_said=''
        \builtin return 0
    fi
    [[ $__assume_news != "$__assume_said" ]] || \builtin return 0
    __assume_said=$__assume_news
    __assume_clean "$ASSUME_PROFILE"
    __assume_name=$__assume_cleaned
    if [[ -z ${AWS_ACCESS_KEY_ID-} ]]; then
        __assume_clean "${AWS_DEFAULT_PROFILE:-${AWS_PROFILE:-default}}"
        __assume_uses="the profile $__assume_cleaned"
    elif [[ $AWS_ACCESS_KEY_ID == "${ASSUME_KEY_ID-}" ]]; then
        __assume_uses="the keys, which are still those of $__assume_name"
    else
        __assume_uses="the keys, which are not those of $__assume_name"
    fi
    \builtin printf 'assume: %s: %s: the AWS CLI uses %s\n  assume %s brings it back, assume off leaves it\n' \
        "$__assume_name" "$__assume_what" "$__assume_uses" "${(q)__assume_name}" >&2
}

# True if a renewal is due: in the last five minutes of a role taken in this shell, while it is in use.
function __assume_renewal_due {
    [[ $__assume_state == 'renew;'* ]] || \builtin return 1
    case ${ASSUME_RENEW-} in
        0 | [Nn][Oo] | [Ff][Aa][Ll][Ss][Ee] | [Oo][Ff][Ff]) \builtin return 1 ;;
    esac
    __assume_to_number "$__assume_retry_at"
    [[ -z $__assume_other && -z $__assume_idle && -n $__assume_left_s ]] &&
        (( __assume_left_s <= 300 && __assume_now_at >= __assume_number ))
}

# Renews the role. The program asks nothing and ends within 2 s by itself.
function __assume_renew {
    \builtin local __assume_reply __assume_done
    \builtin local -a __assume_words
    # set before the call, so that a pause follows Ctrl-C too
    __assume_to_number "$__assume_retry_s"
    __assume_retry_s=$(( __assume_number == 0 ? 60 : __assume_number > 450 ? 900 : __assume_number * 2 ))
    __assume_retry_at=$(( __assume_now_at + __assume_retry_s ))
    if __assume_find_program && __assume_reply=$(
        \builtin command "${__assume_words[@]}" renew --shell zsh --state "$__assume_state" </dev/null
    ) && __assume_apply; then
        \builtin return 0
    fi
    __assume_failed=1
}

# ---- prompt segment ----

# Draws __assume_segment, and __assume_text and __assume_style for __assume_place_segment.
# A prompt takes the segment by reference (`setopt promptsubst`, then RPROMPT='$__assume_segment').
function __assume_draw {
    \builtin local __assume_name __assume_unlike='!='
    __assume_segment=''
    [[ ${ASSUME_PROMPT-} != 0 ]] || \builtin return 0
    __assume_clean "$ASSUME_PROFILE"
    __assume_name=$__assume_cleaned
    __assume_text=$__assume_name
    __assume_style=${__assume_state#*;}
    __assume_style=${__assume_style%%;*}
    case $__assume_style in
        '' | *[^0-9]* | ????*)
            __assume_style=36
            case -$__assume_name-${ASSUME_SSO_ROLE-}- in
                *[^A-Za-z0-9][Pp][Rr][Oo][Dd][^A-Za-z0-9]* | \
                    *[^A-Za-z0-9][Pp][Rr][Oo][Dd][Uu][Cc][Tt][Ii][Oo][Nn][^A-Za-z0-9]*)
                    __assume_style='1;31'
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
        __assume_style="7;$__assume_style"
    else
        [[ -z ${ASSUME_READ_ONLY-} ]] || __assume_text="$__assume_text read-only"
        case ${__assume_state%%;*} in
            renew | hold) ;;
            *) __assume_text="$__assume_text inherited" ;;
        esac
        case $__assume_minutes in
            '' | 99) ;;
            0)
                __assume_text="$__assume_text expired"
                __assume_style="7;$__assume_style"
                ;;
            *) __assume_text="$__assume_text ${__assume_minutes}m" ;;
        esac
    fi
    __assume_text="[$__assume_text]"
    __assume_segment=${__assume_text//\%/%%}
    if [[ -z ${NO_COLOR-} && ${TERM:-dumb} != dumb ]]; then
        __assume_segment=$'%{\e['"${__assume_style}m%}$__assume_segment"$'%{\e[0m%}'
    else
        __assume_style=''
    fi
}

# True if a theme shows AWS in the prompt by itself.
function __assume_themed {
    (( ${+P9K_VERSION} + ${+functions[p10k]} + ${+functions[starship_precmd]} + ${+functions[prompt_starship_precmd]} )) ||
        (( ${+functions[_omp_precmd]} + ${+functions[_omp_hook]} + ${+functions[prompt_aws]} )) ||
        [[ ${STARSHIP_SHELL-} == zsh || ${POSH_SHELL-} == zsh || ${PROMPT-}${RPROMPT-${RPS1-}} == *aws_prompt_info* ]]
}

# Puts the segment in front of what RPROMPT holds, and takes it out again when there is none to show.
# The text goes through psvar, which the prompt shows as it is whether `promptsubst` is set or not; member 91, as users
# and themes take the low numbers. The `%91v` in RPROMPT also shows where our part is, so that it can be taken out.
function __assume_place_segment {
    # RPROMPT and RPS1 are two names of one value, and one of the two may be unset
    \builtin local __assume_right="${RPROMPT-${RPS1-}}" __assume_rest __assume_reference=''
    [[ ${(t)RPROMPT}${(t)RPS1}${(t)psvar} != *readonly* ]] || \builtin return 0
    __assume_rest=$__assume_right
    (( ${#psvar} < 91 )) || psvar[91]=''
    if [[ $__assume_right == *%91v* ]]; then
        __assume_rest=${__assume_right#*%91v}
        __assume_rest=${__assume_rest#$'%{\e[0m%}'}
        __assume_right=${__assume_right%%\%91v*}
        __assume_rest=${__assume_right%$'%{\e['*}${__assume_rest# }
        __assume_right=${RPROMPT-${RPS1-}}
    fi
    # `emulate` leaves prompt_percent alone; without it a prompt shows `%91v` as it is
    if [[ -n $__assume_segment && $__assume_prompt == 1 && -o prompt_percent ]] && ! __assume_themed; then
        psvar[91]=$__assume_text
        __assume_reference=%91v
        if [[ -n $__assume_style ]]; then
            __assume_reference=$'%{\e['"${__assume_style}m%}%91v"$'%{\e[0m%}'
        fi
        __assume_reference+=${__assume_rest:+ }
    fi
    if [[ $__assume_right != "$__assume_reference$__assume_rest" ]]; then
        RPROMPT=$__assume_reference$__assume_rest
    fi
}

# ---- undo ----

# Removes all of this from the running shell; the role stays. `assume init zsh --undo` prints a call of it.
function __assume_undo {
    \builtin emulate -L zsh
    __assume_segment=''
    __assume_place_segment
    precmd_functions=("${(@)precmd_functions:#__assume_*}")
    (( ${#precmd_functions} )) || \builtin unset precmd_functions
    [[ -n ${RPROMPT-} ]] || \builtin unset RPROMPT
    (( ! ${+functions[compdef]} )) || compdef -d assume
    \builtin unset -m '__assume_*'
    \builtin unfunction -m '__assume_*' assume _assume
}

# ---- loading ----

# In an interactive shell the hook goes last: a theme may build RPROMPT again before each prompt. A function, so that
# this runs under `emulate`.
function __assume_load {
    \builtin emulate -L zsh
    if [[ -o interactive && ${precmd_functions[*]-} != *__assume_hook* ]]; then
        precmd_functions+=(__assume_hook)
    fi
    \builtin typeset -g +x -m '__assume_*' # `setopt allexport` has exported what the block assigned
    \builtin return 0
}
__assume_load

# ---- completion: completions/_assume, which `assume init` prints behind this ----
