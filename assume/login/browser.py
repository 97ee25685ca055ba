"""Opens a URL in the user's browser: in the command that the user has set, else in the system's own.

In: a URL, a command with placeholders, the environment for the browser. The URL may be a secret: it appears on the
command line of the browser and nowhere else, so no message here contains it.

    {url} {profile} {account} {colour}    in a command: replaced, word by word; no shell is involved

In a word that is itself a URL (`ext+container:name={profile}&url={url}`), what follows a `=` is percent-encoded.
"""

import os
import re
import subprocess
import sys
from urllib.parse import quote

from assume.errors import AssumeError, ConfigError
from assume.profiles.ini import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STARTED_S = 0.5  # a command that fails does so within this; a browser goes on
PLACEHOLDER = re.compile(r"(=?)\{(url|profile|account|colour)\}")
IS_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
WSL_OPENS = (("wslview",), ("rundll32.exe", "url.dll,FileProtocolHandler"))
PRINTS = "--print prints the link instead; docs/console.md has commands for ASSUME_BROWSER"


def command(text: str, fields: "Mapping[str, str]") -> "list[str]":
    """The words of `text` with its placeholders filled from `fields`; `{url}` is added if no word has it.

    Raises ConfigError if a quote in it is not closed, or if it is empty.
    """
    split = _split(text) if sys.platform == "win32" else words(text)
    if not split:
        raise ConfigError(
            "assume_browser (or ASSUME_BROWSER) is not a valid command line", "correct its quotes", fields["profile"]
        )
    if not any("{url}" in word for word in split):
        split.append("{url}")
    return [os.path.expanduser(split[0]), *(_filled(word, fields) for word in split[1:])]


def start(line: "Sequence[str]", environment: "Mapping[str, str]", name: str) -> None:
    """Starts a browser's command, which goes on by itself. Raises AssumeError if it fails at once."""
    silent = subprocess.DEVNULL
    try:
        started = subprocess.Popen(
            line, env=dict(environment), stdin=silent, stdout=silent, stderr=silent, start_new_session=True
        )
    except OSError as error:
        why = "command not found" if isinstance(error, FileNotFoundError) else error.strerror
        raise AssumeError(f"the browser {line[0]}: {why}", PRINTS, name) from None
    try:
        status = started.wait(STARTED_S)
    except subprocess.TimeoutExpired:
        return
    if status:
        raise AssumeError(f"the browser {line[0]} ended with status {status}", PRINTS, name)


def usual(url: str, environment: "Mapping[str, str]", name: str) -> None:
    """Opens `url` in the system's browser. Raises AssumeError if there is none to be found."""
    from shutil import which

    if is_wsl(environment):
        for opens in WSL_OPENS:
            if which(opens[0], path=environment.get("PATH")):
                start((*opens, url), environment, name)
                return
    has_screen = sys.platform in ("win32", "darwin") or any(
        environment.get(variable) for variable in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    )
    import webbrowser

    os.environ.clear()
    os.environ.update(environment)  # a browser must not inherit the role, and this process has done its work
    if not has_screen or not webbrowser.open(url):
        raise AssumeError("no browser was found on this machine", PRINTS, name)


def is_wsl(environment: "Mapping[str, str]") -> bool:
    """Whether this is Linux on Windows, whose browser is the one of Windows."""
    return sys.platform == "linux" and bool(environment.get("WSL_DISTRO_NAME"))


def _filled(word: str, fields: "Mapping[str, str]") -> str:
    """`word` with its placeholders replaced, all at once: a value that looks like a placeholder stays."""
    encodes = IS_URL.match(word) is not None

    def value(found: "re.Match[str]") -> str:
        text = fields[found[2]]
        return found[1] + (quote(text, safe="") if encodes and found[1] else text)

    return PLACEHOLDER.sub(value, word)


def _split(text: str) -> "list[str]":
    """The words of a command line of Windows: quotes join, backslashes are parts of paths."""
    return [first or second for first, second in re.findall(r'"([^"]*)"|(\S+)', text)]
