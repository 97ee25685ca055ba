# TAB for `assume` in fish, 3.6 and later; each TAB starts one process. Works alone too: then the program is the
# `assume` on PATH.

function __assume_complete --description 'Candidates for assume: value, tab, description'
    set -l program $__assume_program
    if not test -x "$program[1]" -a -r "$program[4]"
        set program $__assume_script assume
        set program $program[1]
        command -q $program
        or return
    end
    set -l words (builtin commandline -opc)[2..]
    set -l current (builtin commandline -ct)
    # The program gets the typed part of an option only. Of names it gives all, and fish chooses: it also matches in the
    # middle of a word.
    set -l partial ''
    string match -qr '^-[\w=.:/@-]*$' -- "$current"
    and set partial $current
    set -l answer (command $program complete --shell fish -- $words $partial 2>/dev/null </dev/null)
    if test "$answer" = files
        builtin complete -C "'' $current"
    else if set -l from (string match -rg '^command (\d+)$' -- $answer)
        builtin complete -C (string join ' ' -- (string escape -- $words[(builtin math $from + 1)..]) "$current")
    else
        string join \n -- $answer
    end
end

builtin complete -c assume -e
builtin complete -c assume -f -a '(__assume_complete)'
