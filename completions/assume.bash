# shellcheck shell=bash
# TAB for `assume` in bash, 3.2 and later, with or without bash-completion. Works alone too: then the program is the
# `assume` on PATH. The line is split here, because readline splits a name at `:` and `=`. Every candidate is quoted for
# the place where it goes, so a name never runs.

# Splits the line before the cursor: __assume_words has the words without their quotes, __assume_starts where each
# begins. In the last word __assume_quote is the quote that is open, and readline replaces it from __assume_cut on.
function __assume_split {
    \builtin local __assume_line="${COMP_LINE:0:COMP_POINT}" __assume_at __assume_char __assume_word='' __assume_in=''
    __assume_words=() __assume_starts=() __assume_quote='' __assume_cut=0
    for ((__assume_at = 0; __assume_at < ${#__assume_line}; __assume_at++)); do
        __assume_char=${__assume_line:__assume_at:1}
        case $__assume_quote$__assume_char in
        ' ' | $'\t' | $'\n')
            [[ -z $__assume_in ]] || __assume_words+=("$__assume_word")
            __assume_word='' __assume_in='' __assume_cut=0
            \builtin continue
            ;;
        "''" | '""' | "'" | '"')
            [[ -z $__assume_quote ]] && __assume_quote=$__assume_char || __assume_quote=''
            __assume_char=''
            __assume_cut=${#__assume_word}
            ;;
        \\ | "\"\\")
            case $__assume_quote${__assume_line:__assume_at+1:1} in
            '"'[!\\\"\$\`]) ;; # here a backslash is an ordinary character
            *)
                ((++__assume_at))
                __assume_char=${__assume_line:__assume_at:1}
                ;;
            esac
            ;;
        [@$]) [[ ${COMP_WORDBREAKS-} != *"$__assume_char"* ]] || __assume_cut=${#__assume_word} ;;
        ?) [[ ${COMP_WORDBREAKS-} != *"$__assume_char"* ]] || __assume_cut=$((${#__assume_word} + 1)) ;;
        esac
        [[ -n $__assume_in ]] || __assume_starts+=("$__assume_at")
        __assume_in=1
        __assume_word+=$__assume_char
    done
    [[ -n $__assume_in ]] || __assume_starts+=("$__assume_at")
    __assume_words+=("$__assume_word")
}

# Adds $1 to COMPREPLY, quoted for the place where readline puts it.
function __assume_offer {
    \builtin local __assume_text="${1:__assume_cut}"
    case $__assume_quote in
    "'") __assume_text=${__assume_text//\'/\'\\\'\'} ;;
    '"')
        __assume_text=${__assume_text//\\/\\\\}
        __assume_text=${__assume_text//\"/\\\"}
        __assume_text=${__assume_text//\$/\\\$}
        __assume_text=${__assume_text//\`/\\\`}
        ;;
    *) [[ -z $__assume_text ]] || \builtin printf -v __assume_text %q "$__assume_text" ;;
    esac
    COMPREPLY+=("$__assume_text")
}

# Sets __assume_lines to the lines of $1. A `*` in one of them is not a pattern.
function __assume_cut_lines {
    \builtin local IFS=$'\n' __assume_set="$-"
    \builtin set -f
    # shellcheck disable=SC2206 # split on purpose
    __assume_lines=($1)
    case $__assume_set in *f*) ;; *) \builtin set +f ;; esac
}

# Completes a file: by readline, or before bash 4, where that is not possible, here.
function __assume_files {
    if ((BASH_VERSINFO[0] >= 4)); then
        \builtin compopt -o default
        \builtin return 0
    fi
    \builtin local __assume_lines __assume_line
    __assume_cut_lines "$(\builtin compgen -f -- "${__assume_words[${#__assume_words[@]} - 1]}")"
    for __assume_line in ${__assume_lines[@]+"${__assume_lines[@]}"}; do
        [[ ! -d $__assume_line ]] || __assume_line+=/
        __assume_offer "$__assume_line"
    done
}

# Completes the command behind `exec PROFILE`, by its own completion. $1: the number of its word; `assume` is 0.
function __assume_command {
    \builtin local __assume_at __assume_lead __assume_from=0 __assume_to="${__assume_starts[$1]}" __assume_spec
    \builtin local __assume_name="${__assume_words[$1]}" __assume_last="${#__assume_words[@]}"
    for ((__assume_at = 0; __assume_at < COMP_CWORD; __assume_at++)); do # its number in readline's count of words
        __assume_lead=${COMP_LINE:__assume_from}
        __assume_lead=${__assume_lead%%"${COMP_WORDS[__assume_at]}"*}
        ((__assume_from + ${#__assume_lead} < __assume_to)) || \builtin break
        __assume_from=$((__assume_from + ${#__assume_lead} + ${#COMP_WORDS[__assume_at]}))
    done
    if (($1 + 1 == __assume_last)); then
        \builtin local __assume_lines
        __assume_cut_lines "$(\builtin compgen -c -- "$__assume_name")"
        for __assume_lead in ${__assume_lines[@]+"${__assume_lines[@]}"}; do __assume_offer "$__assume_lead"; done
        [[ $__assume_name != */* ]] || __assume_files
        \builtin return 0
    fi
    if \builtin declare -F _comp_command_offset >/dev/null; then # bash-completion
        _comp_command_offset "$__assume_at"
        \builtin return
    elif \builtin declare -F _command_offset >/dev/null; then
        _command_offset "$__assume_at"
        \builtin return
    fi
    __assume_spec=$(\builtin complete -p -- "$__assume_name" 2>/dev/null)
    case $__assume_spec in
    *' -F '*)
        __assume_spec=${__assume_spec#* -F }
        __assume_spec=${__assume_spec%% *}
        COMP_WORDS=("${COMP_WORDS[@]:__assume_at}")
        COMP_CWORD=$((COMP_CWORD - __assume_at))
        COMP_LINE=${COMP_LINE:__assume_to}
        COMP_POINT=$((COMP_POINT - __assume_to))
        "$__assume_spec" "$__assume_name" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        ;;
    *) __assume_files ;;
    esac
}

# Asks the program once. Its answer is one candidate per line, or that the word is a file or belongs to a command.
function __assume_answer {
    \builtin local __assume_line __assume_lines
    __assume_lines=(${__assume_program[@]+"${__assume_program[@]}"})
    [[ -x ${__assume_lines[0]-} ]] || __assume_lines=("${__assume_script:-assume}")
    __assume_line=$(
        \builtin command "${__assume_lines[@]}" complete --shell bash -- "${__assume_words[@]:1}" 2>/dev/null </dev/null
    ) || \builtin return 0
    case $__assume_line in
    files) __assume_files ;;
    'command '[0-9] | 'command '[0-9][0-9]) __assume_command $((${__assume_line#command } + 1)) ;;
    *)
        __assume_cut_lines "$__assume_line"
        for __assume_line in ${__assume_lines[@]+"${__assume_lines[@]}"}; do
            __assume_offer "${__assume_line%%$'\t'*}"
        done
        ;;
    esac
}

function __assume_complete {
    { \builtin local __assume_traced="$-" && \builtin set +xv; } 2>/dev/null
    \builtin local __assume_words __assume_starts __assume_quote __assume_cut
    COMPREPLY=()
    __assume_split
    __assume_answer
    case $__assume_traced in *v*) \builtin set -v ;; esac
    case $__assume_traced in *x*) \builtin set -x ;; esac
}

\builtin complete -F __assume_complete assume
