#!/usr/bin/env bash
# Makes a machine ready for the Makefile, and does only what is still to do.
#
#   prepare.sh venv [EXTRA]   .venv with this checkout (editable) and the extra `test`, or the one named ("": none)
#   prepare.sh tools          shells and programs that the tests drive; by apt, as root or with sudo
#   prepare.sh pythons        .venv-3.12, … for each other Python that is here; prints their folders
#
# Where something cannot be had it is said, and the tests that need it skip with that reason.
set -u
cd "$(dirname "$0")/.." || exit 1

OLDEST=11
NEWEST=13

say() { printf '%s\n' "$*" >&2; }

# The paths under which Python 3.$1 may lie, on PATH and under pyenv (whose shims need not work).
places() {
    type -P -a "python3.$1"
    compgen -G "${PYENV_ROOT:-$HOME/.pyenv}/versions/3.$1.*/bin/python3.$1" | sort -Vr
}

is_minor() { "$2" -c "import sys; sys.exit(sys.version_info[:2] != (3, $1))" 2>/dev/null; }

# The first Python 3.$1 that runs.
find_minor() {
    local path
    while read -r path; do
        if is_minor "$1" "$path"; then
            printf '%s\n' "$path"
            return
        fi
    done < <(places "$1")
    return 1
}

# A Python that is new enough: $PYTHON, python3, then the newest that can be found.
find_python() {
    local path minor
    for path in "${PYTHON:-}" python3 python; do
        # prints the interpreter behind a shim of pyenv, asdf or mise
        if [ -n "$path" ] && "$path" -c "import sys; sys.version_info < (3, $OLDEST) and sys.exit(1); print(sys.executable)" 2>/dev/null; then
            return
        fi
    done
    for ((minor = NEWEST + 2; minor >= OLDEST; minor--)); do
        find_minor "$minor" && return
    done
    return 1
}

# How to become root without a question where nobody can answer one: "" (root), "sudo", or status 1.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        return 0
    elif type -P sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        printf 'sudo\n'
        return 0
    fi
    return 1
}

# apt_install PACKAGE…: all at once, and one by one where the archive lacks one of them.
apt_install() {
    local root package status=0
    if ! type -P apt-get >/dev/null; then
        say "this machine has no apt-get. Missing, and yours to install: $*"
        return 1
    elif ! root=$(as_root); then
        say "not root, and no sudo. Missing: ask for 'apt-get install $*'"
        return 1
    fi
    say "installing by apt-get${root:+ with sudo}: $*"
    local apt=(${root:+"$root"} env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
    "${apt[@]}" update </dev/null >&2 || say "apt-get update failed: going on with the lists that are here"
    if ! "${apt[@]}" install -y --no-install-recommends "$@" </dev/null >/dev/null 2>&1; then
        for package in "$@"; do
            "${apt[@]}" install -y --no-install-recommends "$package" </dev/null >/dev/null 2>&1 || {
                say "apt-get has no $package for this machine"
                status=1
            }
        done
    fi
    return "$status"
}

# make_venv PYTHON FOLDER: a venv with pip, also where Debian has split that off.
make_venv() {
    if "$1" -m venv "$2" >/dev/null 2>&1; then
        return 0
    fi
    rm -rf "$2"
    # venv without its pip, filled by a pip that is there
    if "$1" -m pip --version >/dev/null 2>&1 && "$1" -m venv --without-pip "$2" &&
        "$1" -m pip --python "$2/bin/python" install -q pip 2>/dev/null; then
        return 0
    fi
    rm -rf "$2"
    if apt_install python3-venv && "$1" -m venv "$2"; then
        return 0
    fi
    rm -rf "$2"
    say "no virtual environment can be made with $1: install python3-venv (Debian), or set PYTHON=/another/python"
    return 1
}

# fill PYTHON FOLDER EXTRA: make_venv, then this checkout in it. Nothing where that was done since pyproject.toml changed.
fill() {
    local python=$1 folder=$2 extra=$3 mark
    for mark in "$folder/.filled-test" "$folder/.filled-$extra"; do
        if [ "$(cat "$mark" 2>/dev/null)" = "$PWD" ] && [ "$mark" -nt pyproject.toml ] && "$folder/bin/python" -c '' 2>/dev/null; then
            return 0
        fi
    done
    if ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
        say "making $folder with $python"
        rm -rf "$folder"
        make_venv "$python" "$folder" || return 1
    fi
    say "installing assume${extra:+[$extra]} and what it needs into $folder"
    "$folder/bin/python" -m pip install -q --disable-pip-version-check -e ".${extra:+[$extra]}" >&2 || return 1
    printf '%s\n' "$PWD" >"$mark"
}

venv() {
    local python
    if ! python=$(find_python); then
        say "assume needs Python 3.$OLDEST or later, and there is none on PATH or under pyenv: set PYTHON=/path/to/python3"
        return 1
    fi
    fill "$python" .venv "${1-test}"
}

tools() {
    local command package missing=()
    while read -r command package; do
        type -P "$command" >/dev/null || PATH=$PATH:/usr/sbin:/sbin type -P "$command" >/dev/null || missing+=("$package")
    done <<'END'
zsh zsh
fish fish
direnv direnv
faketime faketime
git git
mkfs.ext4 e2fsprogs
shellcheck shellcheck
shfmt shfmt
strace strace
tmux tmux
END
    [ -e /usr/share/bash-completion/bash_completion ] || missing+=(bash-completion)
    [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}" || say "going on: tests that need what is missing skip"
}

pythons() {
    local minor python own
    own=$(.venv/bin/python -c 'import sys; print(sys.version_info[1])') || return 1
    for ((minor = OLDEST; minor <= NEWEST; minor++)); do
        if [ "$minor" = "$own" ] || ! python=$(find_minor "$minor"); then
            continue
        fi
        fill "$python" ".venv-3.$minor" quick && printf '.venv-3.%s\n' "$minor"
    done
}

case ${1:-} in
venv | tools | pythons) "$@" ;;
*)
    say "usage: prepare.sh venv [EXTRA] | tools | pythons"
    exit 2
    ;;
esac
