"""A shell's rc file: where it is, and one line added to it or taken out of it.

Nothing else of the file changes: not its mode, its owner, its links, its line
ends, its encoding (Windows PowerShell's profile may be UTF-16). A line is ours
if it ends with MARK and is not a comment. Whoever changes the file does so
inside `locked`, so that two installations at once lose nothing.
"""

import codecs
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from assume import files, paths
from assume.errors import AssumeError
from assume.shells.table import MARK, Shell

LOCK = "install.lock"
POLL_S = 0.05
WAIT_S = 30  # a change takes milliseconds on a quiet machine
ENDED_LINE = f"{MARK}, and the end of the line above"
PROFILE = "Microsoft.PowerShell_profile.ps1"


def find(shell: Shell, home: str, environ: Mapping[str, str], program: str = "") -> str:
    """The file that an interactive shell reads when it starts. `program`: the shell's own path, for Windows."""
    config = environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(config):
        config = os.path.join(home, ".config")
    if shell.name == "zsh":
        return os.path.join(environ.get("ZDOTDIR") or home, ".zshrc")
    if shell.name == "fish":
        return os.path.join(config, "fish", "config.fish")
    if shell.name == "powershell":
        if sys.platform != "win32":
            return os.path.join(config, "powershell", PROFILE)
        return _windows_profile(home, program)
    login = os.path.join(home, ".bash_profile")  # a terminal on macOS starts bash as a login shell
    return login if sys.platform == "darwin" and os.path.exists(login) else os.path.join(home, ".bashrc")


def add(path: str, line: str) -> str:
    """Puts `line` at the end, or in the place of our older line. Returns `added`, `changed` or `present`."""
    content, encoding = _read(path)
    lines = content.split("\n")
    ours = [at for at in range(len(lines)) if _is_ours(lines[at])]
    if not ours:
        ended = not lines[-1]
        end = "\r\n" if "\r\n" in content else "\n"
        text = line + end if ended else end + line.replace(MARK, ENDED_LINE) + end
        _make_folder(path)
        with open(path, "ab") as file:  # keeps links, mode, owner, attributes
            file.write(text.encode(encoding, "surrogateescape"))
        return "added"
    present = lines[ours[0]].rstrip()
    if present.replace(ENDED_LINE, MARK) == line:
        return "present"
    lines[ours[0]] = line + ("\r" if lines[ours[0]].endswith("\r") else "")
    _replace(path, "\n".join(lines), encoding)
    return "changed"


def take_out(path: str) -> bool:
    """Removes all our lines. False if there was none."""
    content, encoding = _read(path)
    lines = content.split("\n")
    kept = [line for line in lines if not _is_ours(line)]
    if len(kept) == len(lines):
        return False
    if not lines[-1] and len(kept) > 1 and lines[-2].rstrip().endswith(ENDED_LINE):
        kept = [*kept[:-2], kept[-2].removesuffix("\r")]  # the file had no end of line before ours
    _replace(path, "\n".join(kept), encoding)
    return True


def has_line(path: str) -> bool:
    """Whether our line is in the file."""
    return any(map(_is_ours, _read(path)[0].split("\n")))


def written_by_hand(shell: Shell, path: str) -> int:
    """The number of a line that loads assume and was not added by `add`; 0 if there is none."""
    names = ("powershell", "pwsh") if shell.name == "powershell" else (shell.name,)
    for number, line in enumerate(_read(path)[0].split("\n"), 1):
        if not line.lstrip().startswith("#") and any(f"assume init {name}" in line for name in names):
            return number
    return 0


@contextmanager
def locked(folder: str) -> Iterator[None]:
    """Keeps out every other process that adds or removes lines. `folder`: ours; it has the lock's file for that time.

    The folder is made, and removed again if it is empty at the end. Raises AssumeError after WAIT_S, OSError.
    """
    from filelock import unlock_descriptor

    path = os.path.join(folder, LOCK)
    handle = _lock(path)
    try:
        yield
    finally:
        if sys.platform != "win32":  # while the lock is held, so that a waiter sees that its file is gone
            files.forget(path)
        unlock_descriptor(handle)
        os.close(handle)
        if sys.platform == "win32":  # where an open file cannot be removed
            files.forget(path)
        try:
            os.rmdir(folder)
        except OSError:
            pass  # something is in it


def _lock(path: str) -> int:
    """The descriptor of the locked file at `path`; its folder is made, as often as another process removes it."""
    from filelock import lock_descriptor

    ends = time.monotonic() + WAIT_S
    while True:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        try:
            handle = paths.opened(path, os.O_RDWR | os.O_CREAT)
        except FileNotFoundError:
            continue
        try:
            while not (is_ours := lock_descriptor(handle, blocking=False)) and time.monotonic() < ends:
                time.sleep(POLL_S)
            if not is_ours:
                raise AssumeError(f"another process has held {path} for {WAIT_S} s", "try again when it has ended")
            if _is_at(path, handle):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)  # the process that held it has removed the file


def _is_at(path: str, handle: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(handle))
    except FileNotFoundError:
        return False


def write_if_changed(path: str, content: bytes) -> bool:
    """Writes a file whole, unless it holds just that already. True if it was written. Raises OSError."""
    try:
        with open(path, "rb") as file:
            if file.read() == content:
                return False
    except FileNotFoundError:
        pass
    _make_folder(path)
    files.write_whole(path, content, mode=0o666)  # less the umask, like any file that a program makes for its user
    return True


def _read(path: str) -> tuple[str, str]:
    """Text and encoding; an empty text if there is no such file."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        content = b""
    marks = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    encoding = marks.get(content[:2], "utf-8")
    try:
        return content.decode(encoding, "surrogateescape"), encoding
    except ValueError:
        raise AssumeError(f"{path} is not valid UTF-16", "save it as UTF-8") from None


def _replace(path: str, text: str, encoding: str) -> None:
    path = os.path.realpath(path)
    files.write_whole(path, text.encode(encoding, "surrogateescape"), like=os.stat(path))


def _make_folder(path: str) -> None:
    os.makedirs(os.path.dirname(os.path.realpath(path)), exist_ok=True)


def _is_ours(line: str) -> bool:
    line = line.strip()
    return line.endswith((MARK, ENDED_LINE)) and "init." in line and not line.startswith("#")


def _windows_profile(home: str, program: str) -> str:
    """$PROFILE as the shell itself has it: the Documents folder may be moved."""
    import subprocess

    ask = "[Console]::OutputEncoding = [Text.Encoding]::UTF8; [Console]::Out.Write($PROFILE)"
    name = program or "powershell"
    try:
        answer = subprocess.run([name, "-NoProfile", "-Command", ask], capture_output=True, timeout=30, check=True)
        path = answer.stdout.decode().strip().lstrip("\ufeff")
    except (OSError, ValueError, subprocess.SubprocessError):
        path = ""
    if os.path.isabs(path):
        return path
    folder = "PowerShell" if "pwsh" in os.path.basename(name).lower() else "WindowsPowerShell"
    if not os.path.isdir(home):
        raise AssumeError(f"{home} is not a folder", "set USERPROFILE")
    return os.path.join(home, "Documents", folder, PROFILE)
