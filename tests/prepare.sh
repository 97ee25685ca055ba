#!/usr/bin/env bash
# Makes a machine ready for the Makefile. Skips the steps that are done, and prints nothing if all of them are.
#
#   prepare.sh venv [EXTRA]   .venv with this checkout (editable) and the extra `test`, or the one named ("": none)
#   prepare.sh tools          the shells and programs that the tests drive, by apt-get, as root or with sudo
#   prepare.sh pythons        a venv for each other Python on this machine; prints their folders:
#                             .venv-3.12, …, and .venv-system if the system has its own Python
#
# A program that cannot be installed is named; the tests that need it are skipped with that reason.
set -u
cd "$(dirname "$0")/.." || exit 1

OLDEST=11
NEWEST=14
SYSTEM=/usr/bin/python3
case $OSTYPE in
msys* | cygwin*) PROGRAMS=Scripts ;; # Git Bash on Windows
*) PROGRAMS=bin ;;
esac

say() { printf '%s\n' "$*" >&2; }

# The paths under which Python 3.$1 may lie, on PATH and under pyenv (whose shims need not work).
places() {
    type -P -a "python3.$1"
    compgen -G "${PYENV_ROOT:-${HOME:-}/.pyenv}/versions/3.$1.*/bin/python3.$1" | sort -Vr
}

is_minor() { "$2" -c "import sys; sys.exit(sys.version_info[:2] != (3, $1))" 2>/dev/null; }

# Prints the interpreter behind $1 (behind a shim of pyenv, asdf or mise, too). Status 1 if it is missing or too old.
usable() {
    "$1" -c "import sys; sys.version_info < (3, $OLDEST) and sys.exit(1); sys.stdout.write(sys.executable)" 2>/dev/null
}

# Tells one interpreter from another, through links and virtual environments.
identity() { "$1" -c 'import sys; sys.stdout.write(f"{sys.base_prefix} {sys.version_info[:3]}")' 2>/dev/null; }

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

# Prints a Python that is new enough: $PYTHON, python3, python, else the newest that can be found.
find_python() {
    local path minor
    for path in "${PYTHON:-}" python3 python; do
        if [ -n "$path" ] && usable "$path"; then
            return
        fi
    done
    for ((minor = NEWEST + 2; minor >= OLDEST; minor--)); do
        find_minor "$minor" && return
    done
    return 1
}

# Prints the word to put before a command that needs root: "sudo", or nothing if we are root. Status 1 if neither is
# possible, or if sudo would ask for a password and there is no terminal to type it on.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        return 0
    elif type -P sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        printf 'sudo\n'
        return 0
    fi
    return 1
}

# apt_install PACKAGE…: all at once; one by one if the archive lacks one of them.
apt_install() {
    local root package status=0
    if ! type -P apt-get >/dev/null; then
        say "missing, and this machine has no apt-get: please install $*"
        return 1
    elif ! root=$(as_root); then
        say "missing, and installing needs root or sudo: apt-get install $*"
        return 1
    fi
    say "installing by apt-get${root:+ with sudo}: $*"
    local apt=(${root:+"$root"} env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120)
    "${apt[@]}" update </dev/null >&2 || say "apt-get update failed: using the package lists already on this machine"
    if ! "${apt[@]}" install -y --no-install-recommends "$@" </dev/null >/dev/null 2>&1; then
        for package in "$@"; do
            "${apt[@]}" install -y --no-install-recommends "$package" </dev/null >/dev/null 2>&1 || {
                say "apt-get cannot install $package on this machine"
                status=1
            }
        done
    fi
    return "$status"
}

runs() { "$1/$PROGRAMS/python" -c '' 2>/dev/null; }

has_pip() { "$1" -m pip --version >/dev/null 2>&1; }

# by_pip PYTHON FOLDER WORDS…: `pip install WORDS…` into FOLDER, by its own pip or by that of PYTHON.
by_pip() {
    local pip=("$2/$PROGRAMS/python" -m pip)
    has_pip "$2/$PROGRAMS/python" || pip=("$1" -m pip --python "$2/$PROGRAMS/python")
    shift 2
    "${pip[@]}" install --disable-pip-version-check "$@" >&2
}

# Prints the uv to use for FOLDER: its own, the one on PATH, or the one in .venv.
find_uv() {
    local path
    for path in "$1/$PROGRAMS/uv" uv ".venv/$PROGRAMS/uv"; do
        if "$path" --version >/dev/null 2>&1; then
            type -P "$path"
            return
        fi
    done
    return 1
}

# make_venv PYTHON FOLDER: a venv that can be filled: by uv, by its own pip, or by the pip of PYTHON (Debian's Python
# comes without the `ensurepip` that puts a pip into a venv).
make_venv() {
    local python=$1 folder=$2
    if find_uv "$folder" >/dev/null && "$python" -m venv --without-pip "$folder"; then
        return 0
    fi
    rm -rf "$folder"
    "$python" -m venv "$folder" >/dev/null 2>&1 && return 0
    rm -rf "$folder"
    has_pip "$python" && "$python" -m venv --without-pip "$folder" && return 0
    rm -rf "$folder"
    if apt_install python3-venv && "$python" -m venv "$folder"; then
        return 0
    fi
    rm -rf "$folder"
    say "cannot make a virtual environment with $python"
    say "  install uv, or python3-venv (Debian), or set PYTHON=/path/to/another/python3"
    return 1
}

# by_uv PYTHON FOLDER WORDS…: `uv pip install WORDS…`, with the index and certificates that are set for pip.
# Status 1 if that fails, or if uv cannot be installed.
by_uv() {
    local python=$1 folder=$2 uv cache=${UV_CACHE_DIR:-${XDG_CACHE_HOME:-${HOME:-}/.cache}/uv} options=()
    shift 2
    if ! uv=$(find_uv "$folder"); then
        say "installing uv into $folder"
        by_pip "$python" "$folder" -q --only-binary :all: uv || return 1
        uv=$(find_uv "$folder") || return 1
    fi
    mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] || options=(--no-cache) # a user without a home
    [ -z "${PIP_INDEX_URL:-}" ] || local -x UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$PIP_INDEX_URL}
    [ -z "${PIP_CERT:-}" ] || local -x SSL_CERT_FILE=${SSL_CERT_FILE:-$PIP_CERT}
    # compiled now, so that no test that measures time pays for the first import; the quick part measures none
    [ "$folder" != .venv ] || options+=(--compile-bytecode)
    "$uv" pip install ${options[0]+"${options[@]}"} --python "$folder/$PROGRAMS/python" "$@" >&2
}

can_be_filled() { find_uv "$2" >/dev/null || has_pip "$2/$PROGRAMS/python" || has_pip "$1"; }

# fill PYTHON FOLDER EXTRA: a venv with this checkout. Does nothing if that was done since pyproject.toml changed.
fill() {
    local python=$1 folder=$2 extra=$3 mark
    for mark in "$folder/.filled-test" "$folder/.filled-$extra"; do
        if [ "$(cat "$mark" 2>/dev/null)" = "$PWD" ] && [ "$mark" -nt pyproject.toml ] && runs "$folder"; then
            return 0
        fi
    done
    if ! runs "$folder" || ! can_be_filled "$python" "$folder"; then
        say "making $folder with $python"
        rm -rf "$folder"
        make_venv "$python" "$folder" || return 1
    fi
    say "installing assume${extra:+[$extra]} and the packages that it needs into $folder"
    if ! by_uv "$python" "$folder" -e ".${extra:+[$extra]}"; then
        say "uv could not do it; trying pip, which can take some minutes${extra:+ to choose versions}"
        by_pip "$python" "$folder" -e ".${extra:+[$extra]}" || return 1
    fi
    printf '%s\n' "$PWD" >"$mark"
}

venv() {
    local python
    if ! python=$(find_python); then
        say "assume needs Python 3.$OLDEST or later; found none on PATH or under pyenv. Set PYTHON=/path/to/python3"
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
    type -P chromium chromium-browser google-chrome >/dev/null || missing+=(chromium)
    [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}" || say "the tests that need a missing program are skipped"
}

pythons() {
    local minor python own seen
    own=$(".venv/$PROGRAMS/python" -c 'import sys; sys.stdout.write(str(sys.version_info[1]))') || return 1
    seen=$(identity ".venv/$PROGRAMS/python")
    for ((minor = OLDEST; minor <= NEWEST; minor++)); do
        if [ "$minor" = "$own" ] || ! python=$(find_minor "$minor"); then
            continue
        fi
        seen+=$'\n'$(identity "$python")
        fill "$python" ".venv-3.$minor" quick && printf '.venv-3.%s\n' "$minor"
    done
    # the system's own, often an older build of a version that is here from elsewhere
    if python=$(usable "$SYSTEM") && ! grep -qxF "$(identity "$python")" <<<"$seen"; then
        fill "$python" .venv-system quick && printf '.venv-system\n'
    fi
}

case ${1:-} in
venv | tools | pythons) "$@" ;;
*)
    say "usage: prepare.sh venv [EXTRA] | tools | pythons"
    exit 2
    ;;
esac
