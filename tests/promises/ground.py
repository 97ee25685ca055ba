"""What the promises are tried on: a HOME with the demo's profiles, the simulator, the program as a shell starts it.

`Ground.start` runs the real program, with standard output captured as a shell
function captures it. `Ground.take` runs the same code in this process, where a
test owns the clock and the deadline.
"""

import os
import shlex
import sys
import time
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path

from assume import arguments
from assume.aws.deadline import Deadline
from assume.cold import resolve
from assume.fast import middle, warm
from assume.simulator.sts import Sts
from assume.simulator.world import World
from assume.store import record

from ..simulator.clients import AwsHome
from .process import Done, Started

ROOT = Path(__file__).resolve().parents[2]


class Ground:
    """One test's place."""

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
        """What pip would install for this checkout; `first` is run before it starts, to shorten a deadline."""
        path.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n{first}\n"
            "from assume.__main__ import main\nmain()\n"
        )
        path.chmod(0o755)
        return path

    def start(self, *words: str, environment: Mapping[str, str] | None = None, program=None, **how) -> Started:
        """The program with these words."""
        started = Started([*(program or self.program), *words], environment or self.environment, self.cwd, **how)
        self.running.append(started)
        return started

    def use(self, profile: str, *more: str, **how) -> Started:
        """`assume PROFILE`, as bash's function asks for it."""
        return self.start("use", "--shell", "bash", "--state", "", profile, *more, **how)

    def run(self, *words: str, **how) -> Done:
        """The same, to the end."""
        return self.start(*words, **how).end()

    def took(self, profile: str, *more: str, **how) -> dict[str, str | None]:
        """`assume PROFILE`, which has to succeed: the variables that it sets (None: unsets)."""
        done = self.use(profile, *more, **how).end()
        assert done.status == 0, done.said
        return variables(done.out)

    def take(self, *words: str, deadline: Deadline | None = None, environment=None) -> warm.Assumed:
        """`assume WORDS` by the cheapest lane, in this process: raises what a user would read."""
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
        """Whether the warm lane has it."""
        return warm.hit(asked(*words), self.environment, time.time()) is not None

    def code(self, serial: str) -> str:
        """A code of the device that the STS will take now."""
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
        """What lies in the store: name and content of each regular file."""
        if not self.store.is_dir():
            return {}
        files = (path for path in self.store.iterdir() if path.name.endswith(ending))
        return {path.name: path.read_bytes() for path in files if path.is_file() and not path.is_symlink()}

    def forget(self) -> None:
        """A miss next time, with whatever else lies in the store."""
        for name in self.stored():
            if name.endswith((record.ENTRY, record.POINTER)):
                (self.store / name).unlink()

    def only(self, ending: str) -> Path:
        """The one file of its kind in the store."""
        (name,) = self.stored(ending)
        return self.store / name

    def is_sound(self) -> bool:
        """Whether every file of the store is whole, and none is a leftover."""
        for name, content in self.stored().items():
            if name.startswith(record.TEMPORARY):
                return False
            if name.endswith((record.ENTRY, record.POINTER, record.NOTE)) and record.parsed(content) is None:
                return False
        return True

    def close(self) -> None:
        """Ends what a test has left running."""
        for started in self.running:
            started.close()


def asked(*words: str) -> arguments.Options:
    """The words behind `assume`, read."""
    options = arguments.read(words)
    assert options is not None, words
    return options


def variables(reply: bytes) -> dict[str, str | None]:
    """What bash makes of a reply: a value for each variable, None for those that it unsets."""
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
    """Lines, but not inside quotes, nor behind a backslash outside of them."""
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
    """This process's environment is put back afterwards, whatever was done to it."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def signed_by(sts: Sts) -> list[str]:
    """The calls so far, by name."""
    return [call.action for call in sts.calls]
