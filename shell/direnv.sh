# shellcheck shell=bash
# assume in direnv: `use assume PROFILE` in an .envrc. Entering the folder takes the role, leaving it gives back what was
# there before. `assume init direnv` prints this file with the block filled in; it belongs into ~/.config/direnv/lib.

# --- filled in by `assume init direnv` ---
__assume_program=()
__assume_script=assume
# --- end ---

# Takes the role of a profile: `use assume PROFILE [OPTION…]`, with the options of `assume PROFILE`. direnv compares the
# environment before and after, so what is set here is taken back outside the folder. A failure changes nothing.
use_assume() {
    local __assume_state='' __assume_done='' reply
    local words=("$__assume_script")
    if ((${#__assume_program[@]})) && [[ -x ${__assume_program[0]} && -r ${__assume_program[3]} ]]; then
        words=("${__assume_program[@]}")
    fi
    if [[ -z ${1-} ]]; then
        printf '%s\n' 'assume: which profile?' '  the line in .envrc is: use assume PROFILE' >&2
        return 1
    fi
    # the file is read again when the AWS config changes
    watch_file "${AWS_CONFIG_FILE:-$HOME/.aws/config}" "${AWS_SHARED_CREDENTIALS_FILE:-$HOME/.aws/credentials}"
    reply=$("${words[@]}" use --shell bash --state '' "$@") || return
    eval "$reply"
    if [[ -n $__assume_done ]]; then log_status "$__assume_done"; fi
}
