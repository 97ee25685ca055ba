#!/usr/bin/env bash
# Runs every linter on all of its files. A linter that is not installed is named; with CI=true that is a failure,
# except on Windows, where some do not exist.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0

# lint WORDS…: runs them, and remembers a failure.
lint() {
    if [ -x ".venv/bin/$1" ]; then
        set -- ".venv/bin/$1" "${@:2}"
    elif ! type -P "$1" >/dev/null; then
        echo "lint: $1 is not installed" >&2
        [ "${CI:-}" != true ] || [ "$OSTYPE" = msys ] || status=1
        return
    fi
    "$@" || {
        echo "lint: failed: $*" >&2
        status=1
    }
}

bash_files=(.ci/run tests/*.sh shell/assume.bash shell/direnv.sh completions/assume.bash)
lint ruff check
lint ruff format --check
lint shellcheck -x "${bash_files[@]}"
lint shfmt -d "${bash_files[@]}"
for file in "${bash_files[@]}"; do lint bash -n "$file"; done
for file in shell/assume.zsh completions/_assume; do lint zsh -n "$file"; done
for file in shell/assume.fish completions/assume.fish; do
    lint fish --no-execute "$file"
    lint fish_indent --check "$file"
done
exit "$status"
