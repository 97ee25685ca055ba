"""A person's place on Windows: a home, AWS files, the simulator, `assume` installed under a path with a blank in it.

`Desk.start` starts the entry as PowerShell's function does, in a process that
takes itself for one on Windows (`process.py`); `Desk.run` waits for its end.
"""

import base64
import json
import marshal
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from assume.simulator.sts import Sts
from assume.simulator.world import World

from ..promises.process import PATIENCE_S, Done, Started
from ..simulator.clients import AwsHome

ROOT = Path(__file__).resolve().parents[2]
PROCESS = Path(__file__).with_name("process.py")
SITE = [path for path in sys.path if path.endswith("site-packages")]
SHOWS = """\
import json, os, sys
print(json.dumps([sys.argv[1:], dict(os.environ)]))
"""


def windows(path: Path | str) -> str:
    """A path of this machine as Windows writes it."""
    return "C:" + str(path).replace("/", "\\")


class Desk:
    """One test's place."""

    def __init__(self, home: AwsHome, sts: Sts, world: World, folder: Path) -> None:
        self.home = home
        self.sts = sts
        self.world = world
        self.folder = folder
        self.store = home.path / ".aws" / "assume"
        self.bin = folder / "my bin"
        self.bin.mkdir()
        self.settings = folder / "settings"
        self.place(console="", unwritable="")
        self.script = self.program("assume", _SCRIPT.format(process=str(PROCESS), settings=str(self.settings)))
        self.environment = {
            "Path": windows(self.bin),
            "PATHEXT": ".COM;.EXE;.BAT;.CMD",
            "SystemRoot": "C:\\Windows",
            "UserProfile": windows(home.path),
            "UserName": "tester",
            "TEMP": windows(folder),
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        self.running: list[Started] = []
        self.program("show", SHOWS)

    def place(self, *, console: str | None = None, unwritable: str | None = None) -> None:
        """What this place is like: whether there is a console, and where nothing can be written."""
        self.console = self.console if console is None else console
        self.unwritable = self.unwritable if unwritable is None else unwritable
        told = {"console": self.console, "unwritable": self.unwritable, "checkout": windows(ROOT), "packages": SITE}
        self.settings.write_bytes(marshal.dumps(told))

    console = unwritable = ""

    def program(self, name: str, code: str) -> str:
        """A program on the PATH, as Windows names it."""
        path = self.bin / f"{name}.exe"
        path.write_text(f"#!{sys.executable} -IS\n{code}")
        path.chmod(0o755)
        return windows(path)

    def start(self, *words: str, role=None, environment: Mapping[str, str] | None = None, **how) -> Started:
        """`assume WORDS`, as the shell's function starts it; on a console of its own with `terminal=True`."""
        self.place(console="/dev/tty" if how.get("terminal") else "")
        program = [sys.executable, "-I", "-S", str(PROCESS), str(self.settings), *(role or ("entry", self.script))]
        started = Started([*program, *words], dict(environment or self.environment), self.folder, **how)
        self.running.append(started)
        return started

    def run(self, *words: str, **how) -> Done:
        """The same, to the end."""
        return self.start(*words, **how).end()

    def use(self, *words: str, state: str = "", **how) -> Started:
        """`assume WORDS` in PowerShell."""
        return self.start("use", "--shell", "powershell", "--state", state, *words, **how)

    def took(self, *words: str, **how) -> dict[str, str | None]:
        """What that changes, which has to succeed; `state` is the shell's own."""
        done = self.use(*words, **how).end()
        assert done.status == 0, done.said
        return changes(done.out)

    def with_role(self, *words: str) -> tuple[dict[str, str], str]:
        """The environment of a shell that has taken a role, and its state."""
        taken = self.took(*words)
        state = taken.pop("state") or ""
        return applied(self.environment, taken), state

    def shown(self, *words: str, **how) -> tuple[list[str], dict[str, str]]:
        """What `assume exec WORDS…` gives to a program: its words, its variables."""
        done = self.run("exec", "--state", "", *words, **how)
        assert done.status == 0, done.said
        seen, variables = json.loads(done.out)
        return seen, variables

    def look(self, code: str, **how) -> Done:
        """Runs any code in such a process."""
        path = self.folder / "look.py"
        path.write_text(code)
        return self.run(role=("test", str(path)), **how)

    def calls(self) -> list[str]:
        """What STS was asked."""
        return [call.action for call in self.sts.calls]

    def configure(self, name: str, **settings: str) -> None:
        """Makes a profile that calls this test's STS."""
        settings = {"endpoint_url": self.sts.url, "region": "us-west-2"} | settings
        lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
        with self.home.config.open("a") as file:
            file.write(f"\n[profile {name}]\n{lines}")

    def settle(self) -> None:
        """The AWS files look as if nobody had touched them lately."""
        for path in (self.home.config, self.home.credentials, self.home.web_identity):
            at = path.stat().st_mtime - 60
            os.utime(path, (at, at))

    def close(self) -> None:
        """Ends what a test has left running."""
        for started in self.running:
            started.close()


def wait_for_keys(started: Started) -> None:
    """Until a question is listening: its terminal does not show what is typed any more."""
    until = time.monotonic() + PATIENCE_S
    while started.echoes():
        assert time.monotonic() < until, started.said
        started.hears(0.005)


_SCRIPT = """\
import posix, sys
words = [{process!r}, {settings!r}, "script", "C:" + sys.argv[0].replace("/", "\\\\"), *sys.argv[1:]]
posix.execv(sys.executable, [sys.executable, "-I", "-S", *words])
"""


def changes(reply: bytes) -> dict[str, str | None]:
    """A reply's lines of data as PowerShell's function takes them."""
    result: dict[str, str | None] = {}
    for line in reply.decode("ascii").splitlines():
        verb, *rest = line.split(" ")
        if verb == "unset":
            (name,) = rest
            result[name] = None
        elif verb == "set":
            name, value = rest
            result[name] = base64.b64decode(value, validate=True).decode()
        else:
            assert verb == "state", line
            result["state"] = base64.b64decode(rest[0], validate=True).decode()
    return result


def applied(environment: Mapping[str, str], taken: Mapping[str, str | None]) -> dict[str, str]:
    """An environment with changes made to it, as Windows makes them: whatever the case of a name."""
    result = dict(environment)
    for name, value in taken.items():
        for same in [other for other in result if other.upper() == name.upper()]:
            del result[same]
        if value is not None:
            result[name] = value
    return result
