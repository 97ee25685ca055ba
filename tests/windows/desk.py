"""An emulated Windows machine: a home, AWS files, the simulator, `assume` in a folder with a blank in its name.

`Desk.start` starts the entry as the PowerShell function does, in a process that
emulates Windows (`process.py`); `Desk.run` waits for its end.
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
    """The Windows form of a path of this machine."""
    return "C:" + str(path).replace("/", "\\")


class Desk:
    """The emulated machine of one test."""

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
        """Sets the machine's console (a terminal's path; None: no console) and the folder that is read-only."""
        self.console = self.console if console is None else console
        self.unwritable = self.unwritable if unwritable is None else unwritable
        told = {"console": self.console, "unwritable": self.unwritable, "checkout": windows(ROOT), "packages": SITE}
        self.settings.write_bytes(marshal.dumps(told))

    console = unwritable = ""

    def program(self, name: str, code: str) -> str:
        """Installs a program on the PATH. Returns its Windows path."""
        path = self.bin / f"{name}.exe"
        path.write_text(f"#!{sys.executable} -IS\n{code}")
        path.chmod(0o755)
        return windows(path)

    def start(self, *words: str, role=None, environment: Mapping[str, str] | None = None, **how) -> Started:
        """Starts `assume WORDS` as the shell's function does; with `terminal=True` on its own console."""
        self.place(console="/dev/tty" if how.get("terminal") else "")
        program = [sys.executable, "-I", "-S", str(PROCESS), str(self.settings), *(role or ("entry", self.script))]
        started = Started([*program, *words], dict(environment or self.environment), self.folder, **how)
        self.running.append(started)
        return started

    def run(self, *words: str, **how) -> Done:
        """Runs `assume WORDS` to its end."""
        return self.start(*words, **how).end()

    def use(self, *words: str, state: str = "", **how) -> Started:
        """Starts `assume WORDS` with the arguments of the PowerShell function."""
        return self.start("use", "--shell", "powershell", "--state", state, *words, **how)

    def took(self, *words: str, **how) -> dict[str, str | None]:
        """Runs `assume WORDS`, which must succeed. Returns the changes of variables (None: unset)."""
        done = self.use(*words, **how).end()
        assert done.status == 0, done.said
        return changes(done.out)

    def with_role(self, *words: str) -> tuple[dict[str, str], str]:
        """The environment and the state of a shell that has taken a role."""
        taken = self.took(*words)
        state = taken.pop("state") or ""
        taken.pop("done", None)
        return applied(self.environment, taken), state

    def shown(self, *words: str, **how) -> tuple[list[str], dict[str, str]]:
        """The arguments and the variables of a program that `assume exec WORDS…` starts."""
        done = self.run("exec", "--state", "", *words, **how)
        assert done.status == 0, done.said
        seen, variables = json.loads(done.out)
        return seen, variables

    def look(self, code: str, **how) -> Done:
        """Runs Python code in an emulated process."""
        path = self.folder / "look.py"
        path.write_text(code)
        return self.run(role=("test", str(path)), **how)

    def calls(self) -> list[str]:
        """The names of the calls to STS."""
        return [call.action for call in self.sts.calls]

    def configure(self, name: str, **settings: str) -> None:
        """Adds a profile that calls this test's STS."""
        settings = {"endpoint_url": self.sts.url, "region": "us-west-2"} | settings
        lines = "".join(f"{key} = {value}\n" for key, value in settings.items())
        with self.home.config.open("a") as file:
            file.write(f"\n[profile {name}]\n{lines}")

    def settle(self) -> None:
        """Sets the AWS files' times of change to the past, so that they count as settled."""
        for path in (self.home.config, self.home.credentials, self.home.web_identity):
            at = path.stat().st_mtime - 60
            os.utime(path, (at, at))

    def close(self) -> None:
        """Ends the processes that the test left running."""
        for started in self.running:
            started.close()


def wait_for_keys(started: Started) -> None:
    """Waits until a question reads keys: its terminal then no longer shows what is typed."""
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
    """The changes in a reply, read as the PowerShell function reads them."""
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
            assert verb in ("state", "done"), line
            result[verb] = base64.b64decode(rest[0], validate=True).decode()
    return result


def applied(environment: Mapping[str, str], taken: Mapping[str, str | None]) -> dict[str, str]:
    """An environment with the changes applied; as on Windows, the case of names does not matter."""
    result = dict(environment)
    for name, value in taken.items():
        for same in [other for other in result if other.upper() == name.upper()]:
            del result[same]
        if value is not None:
            result[name] = value
    return result
