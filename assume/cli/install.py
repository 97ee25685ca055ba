"""`install`: the file that a shell sources when it starts, and the one line that sources it.

In: a shell (or none: the one this runs in), a home, an environment; out: the
lines to print. The file holds the output of `assume init`, in XDG_DATA_HOME.
To install twice changes nothing.

`refresh_init_files` is for the cold lane: after an upgrade it updates the files
that an earlier version wrote. Nothing here imports Typer.
"""

import os
import sys
from collections.abc import Mapping

from assume import __version__, paths
from assume.errors import AssumeError
from assume.shells import init, rcfile, render, table
from assume.shells.table import Shell


def install(name: str | None, home: str, environ: Mapping[str, str], *, prompt: bool = True) -> list[str]:
    """Writes the init file and adds the line that sources it. Returns what was done, as lines to print."""
    shell, program = chosen(name, environ)
    owned(home)
    path = rcfile.find(shell, home, environ, program)
    target = init_path(shell, home, environ)
    line = shell.line.format(word(shell, target, home))
    try:
        if number := rcfile.written_by_hand(shell, path):
            return [f"assume: line {number} of {short(path, home)} loads assume already; nothing was changed"]
        with rcfile.locked(os.path.dirname(target)):
            written = rcfile.write_if_changed(target, render.encoded(init.init_text(shell.name, prompt)))
            done = rcfile.add(path, line)
    except OSError as error:
        cure = ("add this line to it yourself:", line) if error.filename == path else ""
        raise AssumeError(f"{error.filename or path} cannot be written: {error.strerror}", cure) from None
    said = [f"assume: wrote {short(target, home)}"] if written else []
    if done == "present":
        return [*said, f"assume: {short(path, home)} has its line already"]
    said += [f"assume: {done} this line {'to' if done == 'added' else 'in'} {short(path, home)}:", f"  {line}"]
    return [*said, "assume: open a new shell, or in this one:", f"  {shell.load.format(word(shell, target, home))}"]


def refresh_init_files(environ: Mapping[str, str]) -> None:
    """Updates each init file that another version wrote, and keeps its options. Never fails.

    A file of another installation that still exists is left alone.
    """
    home = paths.home(environ)
    for shell in table.SHELLS.values():
        try:
            path = init_path(shell, home, environ)
            with open(path, encoding="utf-8", errors="surrogateescape") as file:
                values = init.read_stamp(file.readline(4096))
            if values:
                _refresh(shell, path, values)
        except (OSError, ValueError, AssumeError):
            continue


def _refresh(shell: Shell, path: str, values: dict[str, str]) -> None:
    ours = values["main"] == init.MAIN
    if not ours and os.path.exists(values["main"]):
        return
    interpreter, script = (
        values[name] if os.access(values[name], os.X_OK) else "" for name in ("interpreter", "script")
    )
    if ours and interpreter and script and values["version"] == __version__:
        return
    text = init.init_text(shell.name, bool(values["prompt"]), interpreter if ours else "", script)
    rcfile.write_if_changed(path, render.encoded(text))


def chosen(name: str | None, environ: Mapping[str, str]) -> tuple[Shell, str]:
    """The shell that was named, or the one that this runs in; and its path, or "" if that is not known."""
    if name:
        return table.named(name), ""
    import shellingham

    try:
        found, program = shellingham.detect_shell()
    except (shellingham.ShellDetectionFailure, OSError):
        program = environ.get("SHELL", "")
        found = os.path.basename(program)
    if found not in (*table.SHELLS, "pwsh"):
        which = f"{found} is not supported" if found else "cannot tell which shell this is"
        raise AssumeError(which, f"name one: assume install {'|'.join(table.SHELLS)}")
    return table.named(found), program


def init_path(shell: Shell, home: str, environ: Mapping[str, str]) -> str:
    """The path of a shell's init file."""
    base = environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(base):
        if not os.path.isabs(home):
            raise AssumeError("HOME is not an absolute path", "set HOME to your home folder")
        base = os.path.join(home, ".local", "share")
    return os.path.join(base, "assume", shell.init_file)


def owned(home: str) -> None:
    """Refuses the home of another user (some `sudo` keep HOME), who could not change our files later."""
    if sys.platform != "win32" and os.path.isdir(home) and os.stat(home).st_uid != os.geteuid():
        raise AssumeError(f"{home} belongs to another user", "run this as that user, without sudo")


def word(shell: Shell, path: str, home: str) -> str:
    """`path` as a word of an rc file; with `~` if it needs no quotes, so that dotfiles can be shared."""
    rest = path.removeprefix(home.rstrip(os.sep) + os.sep)
    if rest == path or not render.PLAIN.issuperset(rest.replace(os.sep, "/")):
        return shell.word(path)
    rest = rest.replace(os.sep, "/")
    return f'"$HOME/{rest}"' if shell.name == "powershell" else f"~/{rest}"


def short(path: str, home: str) -> str:
    """`path` for a message, with `~` for the home."""
    rest = path.removeprefix(home.rstrip(os.sep) + os.sep)
    return path if rest == path else f"~{os.sep}{rest}"
