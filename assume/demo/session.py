"""A shell that the tour types at, and what the tour asks of it and of the simulator.

In: a shell, the world, its STS, the files that point there; a step types lines
and checks what was seen. Raises Unlike where something is not as it should be.
Who the shell is, is asked with the shell's own keys through botocore, and how
often STS was called, the simulator knows: nothing is believed of what `assume`
prints.
"""

import os
import sys
from collections.abc import Callable, Mapping

from assume.demo import home
from assume.demo.config import Files
from assume.demo.typist import Answer, Seen, Typist
from assume.shells.table import SHELLS
from assume.simulator.calls import Call
from assume.simulator.sts import Sts
from assume.simulator.world import World
from assume.terminal import show

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
OF_SHELLS = ("_", "COLUMNS", "LINES", "OLDPWD", "PWD", "SHLVL")
REPORT = """\
import os, sys
open(sys.argv[1], "wb").write(b"\\0".join(name + b"=" + value for name, value in os.environb.items()))
"""


class Session:
    """What the steps do and ask. Everything that happens is said as it happens."""

    def __init__(self, shell: str, program: str, world: World, sts: Sts, files: Files) -> None:
        self.shell = shell
        self.world = world
        self.sts = sts
        self.files = files
        self.first: dict[str, str] = {}  # the environment before anything was taken
        self._words = home.words(shell, program, files)
        # without colours; fish draws its prompt again and again on a terminal that can do nothing
        look = {"TERM": "xterm" if shell == "fish" else "dumb", "NO_COLOR": "1"}
        self._environment = home.environment(os.environ, files) | look
        self._typists: list[Typist] = []
        self._script = files.home / "report.py"
        self._script.write_text(REPORT, encoding="utf-8")
        self._identify = _asker(sts.url)

    def open(self) -> None:
        """One more terminal, which is the one that is typed at from now on."""
        self._typists.append(Typist(self._words, self._environment, self.files.home))

    def back(self) -> None:
        """The terminal before that one again."""
        self._typists.pop().close()

    def close(self) -> None:
        """Ends every shell that is open."""
        while self._typists:
            self.back()

    def type(self, line: str, *answers: Answer) -> Seen:
        """Types a line, and says what was seen."""
        seen = self._typists[-1].type(line, answers)
        say(f"{seen.prompt}{line}")
        for row in seen.text.splitlines():
            say(row)
        return seen

    @property
    def prompt(self) -> str:
        """The prompt that stands there."""
        return self._typists[-1].prompt

    def environment(self) -> dict[str, str]:
        """What a program finds that is started in the shell."""
        to = self.files.home / "report"
        call = "& " if self.shell == "powershell" else ""
        shell = SHELLS[self.shell]
        words = (sys.executable, "-I", "-S", str(self._script), str(to))
        self._typists[-1].type(call + " ".join(map(shell.word, words)))
        if not to.exists():
            raise Unlike("the shell starts programs")
        pairs = (pair.partition("=") for pair in os.fsdecode(to.read_bytes()).split("\0"))
        to.unlink()
        return {name: value for name, _, value in pairs if name not in OF_SHELLS}

    def identity(self) -> str:
        """Who the shell is, says STS to its own keys."""
        have = self.environment()
        if KEYS[0] not in have:
            raise Unlike("the shell has keys")
        arn = self._identify(have)
        say(f"GetCallerIdentity: {arn}", "= ")
        return arn

    def calls(self) -> list[Call]:
        """The calls to STS so far that the shells made."""
        return [call for call in self.sts.calls if call.action != "GetCallerIdentity"]

    def has(self, what: str, is_so: object) -> None:
        """Something that has to be so."""
        if not is_so:
            raise Unlike(what)
        say(what, "ok ")

    def code(self, serial: str) -> Answer:
        """What the phone shows."""
        return lambda: self.world.unused_code(serial, self.sts.now())

    def wrong_code(self, serial: str) -> Answer:
        """What it does not show."""

        def answer() -> str:
            near = {self.world.code(serial, self.sts.now() + off_s) for off_s in range(-90, 91, 30)}
            return next(code for number in range(10) if (code := f"{number:06d}") not in near)

        return answer


def _asker(url: str) -> Callable[[Mapping[str, str]], str]:
    """GetCallerIdentity by botocore, with the keys in an environment."""
    from assume.aws.client import Session, clients

    section = {"region": "us-west-2", "endpoint_url": url}
    client, _, signer = clients(Session({"profiles": {"default": section}}, ""))

    def ask(have: Mapping[str, str]) -> str:
        signer.swap((have[KEYS[0]], have.get(KEYS[1], ""), have.get(KEYS[2], "")))
        try:
            return str(client.get_caller_identity()["Arn"])
        except Exception as error:
            raise Unlike(f"STS knows the shell's keys ({error})") from None

    return ask


def say(text: str, mark: str = "   ") -> None:
    """One line of the report, behind a mark of three characters."""
    show.write(1, f"{mark}{text}".rstrip().encode() + b"\n")


class Unlike(Exception):
    """Something is not as it should be; the text is what should be."""
