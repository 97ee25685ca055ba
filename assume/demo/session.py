"""The shells in which the tour types, and its checks.

In: a shell, the world, its STS, the files that point there. A step types lines and
checks the results; a check that fails raises CheckFailed. The checks do not rely on
the output of `assume`: botocore calls GetCallerIdentity with the shell's own keys,
and the simulator counts the calls to STS.
"""

import os
import shlex
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
SHELL_VARIABLES = ("_", "COLUMNS", "LINES", "OLDPWD", "PWD", "SHLVL")  # shells change them by themselves
BROWSER = """\
import sys, urllib.request
urllib.request.urlopen(sys.argv[1], timeout=30).read()
"""
REPORT = """\
import os, sys
open(sys.argv[1], "wb").write(b"\\0".join(name + b"=" + value for name, value in os.environb.items()))
"""


class Session:
    """Lets the steps type and check. Prints each line, its output and each check."""

    def __init__(self, shell: str, program: str, world: World, sts: Sts, files: Files) -> None:
        self.shell = shell
        self.world = world
        self.sts = sts
        self.files = files
        self.first: dict[str, str] = {}  # the environment before the first role
        self._command = home.command(shell, program, files)
        # no colours; on a dumb terminal fish draws its prompt again and again
        look = {"TERM": "xterm" if shell == "fish" else "dumb", "NO_COLOR": "1"}
        self._environment = home.environment(os.environ, files) | look
        self._browser = files.home / "browser.py"
        self._browser.write_text(BROWSER, encoding="utf-8")
        self._environment["ASSUME_BROWSER"] = shlex.join([sys.executable, "-I", "-S", str(self._browser)]) + " {url}"
        self._typists: list[Typist] = []
        self._script = files.home / "report.py"
        self._script.write_text(REPORT, encoding="utf-8")
        self._identify = _asker(sts.url)

    def open(self) -> None:
        """Opens another terminal and types in it from now on."""
        self._typists.append(Typist(self._command, self._environment, self.files.home))

    def close_last(self) -> None:
        """Closes the terminal that was opened last, and types in the one before it again."""
        self._typists.pop().close()

    def close(self) -> None:
        """Closes every terminal."""
        while self._typists:
            self.close_last()

    def type(self, line: str, *answers: Answer) -> Seen:
        """Types a line, answers its questions with `answers`, and prints both."""
        seen = self._typists[-1].type(line, answers)
        say(f"{seen.prompt}{line}")
        for row in seen.text.splitlines():
            say(row)
        return seen

    @property
    def prompt(self) -> str:
        """The present prompt."""
        return self._typists[-1].prompt

    def environment(self) -> dict[str, str]:
        """The environment of a program that is started in the shell."""
        to = self.files.home / "report"
        call = "& " if self.shell == "powershell" else ""
        shell = SHELLS[self.shell]
        words = (sys.executable, "-I", "-S", str(self._script), str(to))
        self._typists[-1].type(call + " ".join(map(shell.word, words)))
        if not to.exists():
            raise CheckFailed("the shell starts programs")
        pairs = (pair.partition("=") for pair in os.fsdecode(to.read_bytes()).split("\0"))
        to.unlink()
        return {name: value for name, _, value in pairs if name not in SHELL_VARIABLES}

    def identity(self) -> str:
        """The ARN that STS returns for the shell's keys."""
        have = self.environment()
        if KEYS[0] not in have:
            raise CheckFailed("the shell has keys")
        arn = self._identify(have)
        say(f"GetCallerIdentity: {arn}", "= ")
        return arn

    def calls(self) -> list[Call]:
        """The calls to STS so far, without those that `identity` made."""
        return [call for call in self.sts.calls if call.action != "GetCallerIdentity"]

    def check(self, text: str, passed: object) -> None:
        """Prints the check `text` if it passed. Raises CheckFailed if not."""
        if not passed:
            raise CheckFailed(text)
        say(text, "ok ")

    def code(self, serial: str) -> Answer:
        """The answer with the device's present code."""
        return lambda: self.world.unused_code(serial, self.sts.now())

    def wrong_code(self, serial: str) -> Answer:
        """An answer with a code that is wrong for the device."""

        def answer() -> str:
            near = {self.world.code(serial, self.sts.now() + off_s) for off_s in range(-90, 91, 30)}
            return next(code for number in range(10) if (code := f"{number:06d}") not in near)

        return answer


def _asker(url: str) -> Callable[[Mapping[str, str]], str]:
    """A function that calls GetCallerIdentity by botocore, with the keys of an environment, and returns the ARN."""
    from assume.aws.client import Session, clients

    section = {"region": "us-west-2", "endpoint_url": url}
    client, _, signer = clients(Session({"profiles": {"default": section}}, ""))

    def ask(have: Mapping[str, str]) -> str:
        signer.swap((have[KEYS[0]], have.get(KEYS[1], ""), have.get(KEYS[2], "")))
        try:
            return str(client.get_caller_identity()["Arn"])
        except Exception as error:
            raise CheckFailed(f"STS accepts the shell's keys ({error})") from None

    return ask


def say(text: str, mark: str = "   ") -> None:
    """Prints one line of the report, after a mark of three characters."""
    show.write(1, f"{mark}{text}".rstrip().encode() + b"\n")


class CheckFailed(Exception):
    """A check failed; the text is the condition that is not met."""
