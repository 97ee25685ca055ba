"""A shell's rc file: where it is, and one line added to it or taken out of it.

Nothing else of the file changes: not its mode, its owner, its links, its line
ends, its encoding (Windows PowerShell's profile may be UTF-16). A line is ours
if it ends with MARK; a line that a comment sign begins is nobody's.
"""

import codecs
import os
import sys
from collections.abc import Mapping

from assume.errors import AssumeError
from assume.shells.table import MARK, Shell

ENDED_LINE = f"{MARK}, and the end of the line above"
PROFILE = "Microsoft.PowerShell_profile.ps1"


def find(shell: Shell, home: str, environ: Mapping[str, str], program: str = "") -> str:
    """The file that a shell reads when it starts for a person. `program`: the shell's own path, for Windows."""
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
    """Put `line` at the end, or in the place of an older one of ours. In a word: `added`, `changed`, `stands`."""
    content, encoding = _read(path)
    lines = content.split("\n")
    ours = [at for at in range(len(lines)) if _is_ours(lines[at])]
    if not ours:
        ended = not lines[-1]
        end = "\r\n" if "\r\n" in content else "\n"
        text = line + end if ended else end + line.replace(MARK, ENDED_LINE) + end
        _make_folder(path)
        with open(path, "ab") as file:  # keeps links, mode, owner and whatever else hangs on the file
            file.write(text.encode(encoding, "surrogateescape"))
        return "added"
    standing = lines[ours[0]].rstrip()
    if standing.replace(ENDED_LINE, MARK) == line:
        return "stands"
    lines[ours[0]] = line + ("\r" if lines[ours[0]].endswith("\r") else "")
    _replace(path, "\n".join(lines), encoding)
    return "changed"


def take_out(path: str) -> bool:
    """Remove every line of ours; False where there is none."""
    content, encoding = _read(path)
    lines = content.split("\n")
    kept = [line for line in lines if not _is_ours(line)]
    if len(kept) == len(lines):
        return False
    if not lines[-1] and len(kept) > 1 and lines[-2].rstrip().endswith(ENDED_LINE):
        kept = [*kept[:-2], kept[-2].removesuffix("\r")]  # the file had no end of line before ours
    _replace(path, "\n".join(kept), encoding)
    return True


def written_by_hand(shell: Shell, path: str) -> int:
    """The number of a line that loads us and is not ours, 0 for none."""
    names = ("powershell", "pwsh") if shell.name == "powershell" else (shell.name,)
    for number, line in enumerate(_read(path)[0].split("\n"), 1):
        if not line.lstrip().startswith("#") and any(f"assume init {name}" in line for name in names):
            return number
    return 0


def write_atomically(path: str, content: bytes, like: os.stat_result | None = None) -> bool:
    """Write a file whole or not at all; False where it holds just that already. `like`: whose mode and owner."""
    try:
        with open(path, "rb") as file:
            if file.read() == content:
                return False
    except FileNotFoundError:
        pass
    _make_folder(path)
    temporary = f"{path}.{os.getpid()}.tmp"
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if like:
            os.chmod(temporary, like.st_mode & 0o7777)
            if sys.platform != "win32" and (like.st_uid, like.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(temporary, like.st_uid, like.st_gid)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise
    return True


def _read(path: str) -> tuple[str, str]:
    """Text and encoding; empty for a file that is not there."""
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
        raise AssumeError(f"{path} begins as UTF-16 and is none", "save it as UTF-8") from None


def _replace(path: str, text: str, encoding: str) -> None:
    path = os.path.realpath(path)
    write_atomically(path, text.encode(encoding, "surrogateescape"), os.stat(path))


def _make_folder(path: str) -> None:
    os.makedirs(os.path.dirname(os.path.realpath(path)), exist_ok=True)


def _is_ours(line: str) -> bool:
    line = line.strip()
    return line.endswith((MARK, ENDED_LINE)) and "init." in line and not line.startswith("#")


def _windows_profile(home: str, program: str) -> str:
    """$PROFILE as the shell itself has it: the Documents folder may be anywhere."""
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
        raise AssumeError(f"{home} is no folder", "set USERPROFILE")
    return os.path.join(home, "Documents", folder, PROFILE)
