"""`install`: the file that a shell sources when it starts, and the one line that sources it.

In: a shell (or none: the one this runs in), a home, an environment; out: the
lines to say. The file holds what `assume init` prints, and lies under
XDG_DATA_HOME. Said first, done second; done twice it is the same as once.

`refresh_init_files` is for the cold lane: after an upgrade it writes again what
an earlier version wrote. Nothing here imports Typer.
"""

import os
import sys
from collections.abc import Mapping

from assume import __version__, paths
from assume.errors import AssumeError
from assume.shells import init, rcfile, render, table
from assume.shells.table import Shell


def install(name: str | None, home: str, environ: Mapping[str, str], *, prompt: bool = True) -> list[str]:
    """Write the init file, add the line that sources it. What was done, a line each."""
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
    """Writes each init file again that another version wrote, with the options it had. Never fails.

    The file of another installation that is still there is that one's business.
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
    """The shell that was named, or the one that this runs in, and its own path where that is known."""
    if name:
        return table.named(name), ""
    import shellingham

    try:
        found, program = shellingham.detect_shell()
    except (shellingham.ShellDetectionFailure, OSError):
        program = environ.get("SHELL", "")
        found = os.path.basename(program)
    if found not in (*table.SHELLS, "pwsh"):
        which = f"this shell ({found}) is none that assume knows" if found else "no telling which shell this is"
        raise AssumeError(which, f"name one: assume install {'|'.join(table.SHELLS)}")
    return table.named(found), program


def init_path(shell: Shell, home: str, environ: Mapping[str, str]) -> str:
    """Where the init file of a shell lies."""
    base = environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(base):
        if not os.path.isabs(home):
            raise AssumeError("HOME is no absolute path", "set HOME to your home folder")
        base = os.path.join(home, ".local", "share")
    return os.path.join(base, "assume", shell.init_file)


def owned(home: str) -> None:
    """Refuse a home of somebody else (`sudo` keeps HOME here and there): he could not change our files again."""
    if sys.platform != "win32" and os.path.isdir(home) and os.stat(home).st_uid != os.geteuid():
        raise AssumeError(f"{home} belongs to another user", "run this as that user, without sudo")


def word(shell: Shell, path: str, home: str) -> str:
    """`path` as a word of an rc file: from the home where that reads well, so that dotfiles can be shared."""
    rest = path.removeprefix(home.rstrip(os.sep) + os.sep)
    if rest == path or not render.PLAIN.issuperset(rest.replace(os.sep, "/")):
        return shell.word(path)
    rest = rest.replace(os.sep, "/")
    return f'"$HOME/{rest}"' if shell.name == "powershell" else f"~/{rest}"


def short(path: str, home: str) -> str:
    """`path` as it is said to a person."""
    rest = path.removeprefix(home.rstrip(os.sep) + os.sep)
    return path if rest == path else f"~{os.sep}{rest}"
