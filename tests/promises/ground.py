"""The test bed of the promises: a HOME with the demo's profiles, the simulator, the program as a shell starts it.

`Ground.start` runs the real program and captures standard output, as a shell
function does. `Ground.take` runs the same code in this process, where a test can
set the clock and the deadline.
"""

import os
import shlex
import sys
import time
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path

from assume import arguments, files
from assume.aws.deadline import Deadline
from assume.cold import resolve
from assume.fast import middle, warm
from assume.simulator.sts import Sts
from assume.simulator.world import World
from assume.store import record

from ..simulator.clients import AwsHome
from .process import PATIENCE_S, Done, Started

ROOT = Path(__file__).resolve().parents[2]
PATIENT = f"from assume.aws.deadline import Deadline\nDeadline.__init__.__defaults__ = ({2 * PATIENCE_S},)"


class Ground:
    """The test bed of one test."""

    def __init__(self, home: AwsHome, sts: Sts, world: World, folder: Path) -> None:
        self.home = home
        self.sts = sts
        self.world = world
        self.store = home.path / ".aws" / "assume"
        self.cwd = folder / "cwd"
        self.cwd.mkdir()
        self.script = self.console_script(folder / "assume")
        self.program = [sys.executable, "-I", "-S", str(ROOT / "assume" / "__main__.py"), str(self.script)]
        self.environment = home.environment | {"USER": "tester"}
        self.running: list[Started] = []

    @staticmethod
    def console_script(path: Path, first: str = "") -> Path:
        """A console script for this checkout; it runs the statements `first`, for example to shorten a deadline."""
        path.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n{first}\n"
            "from assume.__main__ import main\nmain()\n"
        )
        path.chmod(0o755)
        return path

    def start(self, *words: str, environment: Mapping[str, str] | None = None, program=None, **how) -> Started:
        """Starts the program with these arguments."""
        started = Started([*(program or self.program), *words], environment or self.environment, self.cwd, **how)
        self.running.append(started)
        return started

    def patient(self) -> dict[str, list[str]]:
        """For `start`: a program that waits for STS as long as a test takes on a busy machine, not 30 s."""
        script = self.console_script(self.script.with_name("patient"), PATIENT)
        return {"program": [*self.program[:-1], str(script)]}

    def use(self, profile: str, *more: str, **how) -> Started:
        """Starts `assume PROFILE` with the arguments of the bash function."""
        return self.start("use", "--shell", "bash", "--state", "", profile, *more, **how)

    def run(self, *words: str, **how) -> Done:
        """Runs the program to its end."""
        return self.start(*words, **how).end()

    def took(self, profile: str, *more: str, **how) -> dict[str, str | None]:
        """Runs `assume PROFILE`, which must succeed. Returns the variables that it sets (None: unsets)."""
        done = self.use(profile, *more, **how).end()
        assert done.status == 0, done.said
        return variables(done.out)

    def take(self, *words: str, deadline: Deadline | None = None, environment=None) -> warm.Assumed:
        """`assume WORDS` by the fastest lane that can answer, in this process. Raises the error that a user sees."""
        options = asked(*words)
        have = dict(environment or self.environment)
        now = time.time()
        taken = warm.hit(options, have, now)
        if taken is None:
            taken, _ = middle.stored(options, have, now)
        if taken is None:
            with own_environment():
                taken = resolve.resolve(options, have, deadline=deadline)
        return taken

    def is_warm(self, *words: str) -> bool:
        """Whether the warm lane can answer."""
        return warm.hit(asked(*words), self.environment, time.time()) is not None

    def code(self, serial: str) -> str:
        """A code of the device that STS accepts now."""
        return self.world.unused_code(serial, self.sts.now())

    def configure(self, profile: str, **fields: str | None) -> None:
        """Sets or (None) removes settings of a profile in the config file; a new one gets the simulator's address."""
        header = "[default]" if profile == "default" else f"[profile {profile}]"
        before, found, after = self.home.config.read_text().partition(header + "\n")
        section, bracket, rest = after.partition("\n[")
        if not found:
            fields = {"region": "us-west-2", "endpoint_url": self.sts.url, **fields}
        lines = [line for line in section.splitlines() if line.partition(" =")[0] not in fields]
        lines += [f"{name} = {value}" for name, value in fields.items() if value is not None]
        text = before if found else f"{before}\n"
        self.home.config.write_text(text + header + "\n" + "\n".join(lines) + "\n" + bracket + rest)

    def stored(self, ending: str = "") -> dict[str, bytes]:
        """The regular files of the store: content by name."""
        if not self.store.is_dir():
            return {}
        files = (path for path in self.store.iterdir() if path.name.endswith(ending))
        return {path.name: path.read_bytes() for path in files if path.is_file() and not path.is_symlink()}

    def forget(self) -> None:
        """Removes entries and pointers, so that the next switch is a miss; other files stay."""
        for name in self.stored():
            if name.endswith((record.ENTRY, record.POINTER)):
                (self.store / name).unlink()

    def only(self, ending: str) -> Path:
        """The one file of its kind in the store."""
        (name,) = self.stored(ending)
        return self.store / name

    def is_sound(self) -> bool:
        """Whether every file of the store is complete, and no temporary file is left."""
        for name, content in self.stored().items():
            if name.startswith(files.TEMPORARY):
                return False
            if name.endswith((record.ENTRY, record.POINTER, record.NOTE)) and record.parsed(content) is None:
                return False
        return True

    def close(self) -> None:
        """Ends the processes that the test left running."""
        for started in self.running:
            started.close()


def asked(*words: str) -> arguments.Options:
    """The options in the arguments of `assume`."""
    options = arguments.read(words)
    assert options is not None, words
    return options


def variables(reply: bytes) -> dict[str, str | None]:
    """The changes that bash makes for a reply: the value of each variable, None if it is unset."""
    result: dict[str, str | None] = {}
    for word in _lines(reply.decode("utf-8", "surrogateescape")):
        verb, _, rest = word.partition(" ")
        if verb == "\\builtin" and rest.startswith("unset "):
            result[rest.removeprefix("unset ")] = None
            continue
        name, _, value = (rest.removeprefix("export ") if verb == "\\builtin" else word).partition("=")
        (result[name],) = shlex.split(value) or [""]
    return result


def _lines(text: str) -> list[str]:
    """Splits at newlines, except inside quotes and after a backslash outside quotes."""
    lines, quoted, escaped = [""], False, False
    for mark in text:
        if mark == "\n" and not quoted and not escaped:
            lines.append("")
            continue
        lines[-1] += mark
        quoted ^= mark == "'" and not escaped
        escaped = mark == "\\" and not quoted and not escaped
    return lines[:-1]


@contextmanager
def own_environment():
    """Restores this process's environment afterwards."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def signed_by(sts: Sts) -> list[str]:
    """The names of the calls so far."""
    return [call.action for call in sts.calls]
