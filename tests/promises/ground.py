"""What the promises are tried on: a HOME with the demo's profiles, the simulator, the program as a shell starts it.

`Ground.start` runs the real program, on a pseudo-terminal of its own if wanted,
with standard output captured as a shell function captures it. `Ground.take` runs
the same code in this process, where a test owns the clock and the patience.
Nothing here sleeps: whatever is waited for is an event, or a deadline that is a
failure.
"""

import fcntl
import os
import pty
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from assume import arguments, middle, resolve, store, warm
from assume.demo.sts import Sts
from assume.demo.world import World
from assume.patience import Patience

from ..simulator import AwsHome

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0  # for what must happen at once, on a machine that is busy


class Done(NamedTuple):
    """A process that has ended: its status, its standard output, all that it said elsewhere."""

    status: int
    out: bytes
    said: str


class Silence(AssertionError):
    """What was waited for was not said."""


class Started:
    """A running process. With a terminal, that is its stdin, its stderr and its /dev/tty; else stderr is a pipe."""

    def __init__(self, words, environment, cwd, *, terminal=False, user=None, group=None, prepare=None):
        self._out = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
        self.said = ""
        if terminal:
            self._ear, theirs = pty.openpty()
        else:
            self._ear, theirs = os.pipe()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            words,
            env=environment,
            cwd=cwd,
            stdin=theirs if terminal else subprocess.DEVNULL,
            stdout=self._out,
            stderr=theirs,
            start_new_session=True,
            user=user,
            group=group,
            extra_groups=None if group is None else [],
            preexec_fn=prepare or (_own_terminal if terminal else None),
        )
        os.close(theirs)

    @property
    def pid(self) -> int:
        return self.process.pid

    def hears(self, timeout_s: float) -> bool:
        """Takes in what was said; False once nothing comes any more."""
        if not select.select([self._ear], [], [], max(timeout_s, 0))[0]:
            return False
        try:
            content = os.read(self._ear, 65536)
        except OSError:  # the terminal's other end is closed
            return False
        self.said += content.decode("utf-8", "replace")
        return bool(content)

    def wait_for(self, text: str, within_s: float = PATIENCE_S) -> None:
        """Until `text` was said."""
        until = time.monotonic() + within_s
        while text not in self.said:
            if not self.hears(until - time.monotonic()) and text not in self.said:
                raise Silence(f"{text!r} was not said, but {self.said!r}")

    def type(self, text: str) -> None:
        """Types on the terminal."""
        os.write(self._ear, text.encode())

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed."""
        flags: int = termios.tcgetattr(self._ear)[3]
        return bool(flags & termios.ECHO)

    def tell(self, number: int) -> None:
        """Sends a signal."""
        self.process.send_signal(number)

    def end(self, within_s: float = PATIENCE_S) -> Done:
        """Waits for the end."""
        until = time.monotonic() + within_s
        while self.process.poll() is None and time.monotonic() < until:
            self.hears(0.05)
        if self.process.poll() is None:
            self.close()
            raise Silence(f"has not ended within {within_s} s; it said {self.said!r}")
        while self.hears(0):
            pass
        self._out.seek(0)
        done = Done(self.process.returncode, self._out.read(), self.said)
        self.close()
        return done

    def close(self) -> None:
        """Ends it, if it has not ended, and everything that it started."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        for close in (self._out.close, lambda: os.close(self._ear)):
            try:
                close()
            except OSError:
                continue


def _own_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Ground:
    """One test's place."""

    def __init__(self, home: AwsHome, sts: Sts, world: World, folder: Path) -> None:
        self.home = home
        self.sts = sts
        self.world = world
        self.store = home.path / ".aws" / "assume"
        self.cwd = folder / "cwd"
        self.cwd.mkdir()
        self.script = folder / "assume"
        self.script.write_text(
            f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
            "from assume.__main__ import main\nmain()\n"
        )
        self.script.chmod(0o755)
        self.program = [sys.executable, "-I", "-S", str(ROOT / "assume" / "__main__.py"), str(self.script)]
        self.environment = home.environment | {"USER": "tester"}
        self.running: list[Started] = []

    def start(self, *words: str, environment: Mapping[str, str] | None = None, **how) -> Started:
        """The program with these words."""
        started = Started([*self.program, *words], environment or self.environment, self.cwd, **how)
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

    def take(self, *words: str, patience: Patience | None = None, environment=None) -> warm.Taken:
        """`assume WORDS` by the cheapest lane, in this process: raises what a user would read."""
        options = arguments.read(words)
        assert options is not None, words
        have = dict(environment or self.environment)
        now = time.time()
        taken = warm.hit(options, have, now)
        if taken is None:
            taken, _, _ = middle.stored(options, have, now)
        if taken is None:
            with own_environment():
                taken = resolve.resolve(options, have, patience=patience)
        return taken

    def code(self, serial: str) -> str:
        """A code of the device that the STS will take now."""
        return self.world.unused_code(serial, self.sts.now())

    def configure(self, profile: str, **fields: str | None) -> None:
        """Sets or (None) removes settings of one profile in the config file, which then looks long unchanged."""
        header = "[default]" if profile == "default" else f"[profile {profile}]"
        before, found, after = self.home.config.read_text().partition(header + "\n")
        section, bracket, rest = after.partition("\n[")
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

    def is_sound(self) -> bool:
        """Whether every file of the store is whole, and none is a leftover."""
        for name, content in self.stored().items():
            if name.startswith(store.TEMPORARY):
                return False
            if name.endswith((store.ENTRY, store.POINTER, store.NOTE)) and store.parsed(content) is None:
                return False
        return True

    def close(self) -> None:
        """Ends what a test has left running."""
        for started in self.running:
            started.close()


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
    """Lines, but not inside quotes."""
    lines, open_quote = [""], False
    for mark in text:
        open_quote ^= mark == "'"
        if mark == "\n" and not open_quote:
            lines.append("")
        else:
            lines[-1] += mark
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
