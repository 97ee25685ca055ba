"""An MFA code: from `--mfa-code`, from standard input, from `mfa_process`, or asked on the terminal.

In: a device's serial and who wants it; out: six digits. A code is checked
before any call, never shown, never kept, and never sent twice.
"""

import sys
import time

from assume.aws.process import LIMIT_S, Command
from assume.errors import ConfigError, NoTerminal, SourceError, TakenOver, WrongCode
from assume.profiles.ini import words
from assume.terminal import ask, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DIGITS = 6
STEP_S = 30  # how long a device shows a code
TRIES = 3  # on a terminal: the first, and a wrong code asked again twice


class Device:
    """Where the codes of one device come from, for one command."""

    def __init__(
        self,
        serial: str,
        profile: str,
        process: str,
        given: str,
        base: "Mapping[str, str]",
        may_send: "Callable[[str, str], bool]",
        cancelled: "Callable[[], bool] | None" = None,
        silent: bool = False,
        limit_s: float = LIMIT_S,
    ) -> None:
        self.serial = serial
        self.profile = profile
        self.process = process
        self.given = given
        self.base = base
        self.may_send = may_send  # whether no other process has sent this code of this device
        self.cancelled = cancelled
        self.silent = silent  # never ask: a renewal before a prompt
        self.limit_s = limit_s
        self.used: list[str] = []

    @property
    def asks(self) -> bool:
        """Whether a person would have to answer."""
        return not self.given and not self.process

    def code(self, why: str = "") -> str:
        """A code that was not used before. Raises NoTerminal, Interrupted, TakenOver, WrongCode."""
        if self.given:
            text, self.given = (sys.stdin.readline() if self.given == "-" else self.given), ""
        elif self.process:
            text = self._of_process()
        else:
            return self._asked(why)
        return self._fresh(text.strip())

    def tries(self) -> int:
        """How often a wrong code may be followed by another one."""
        return TRIES if self.asks else 1

    def _asked(self, why: str) -> str:
        if self.silent:
            raise NoTerminal("an MFA code is due", f"run `assume {self.profile}`", self.profile)
        if why:
            show.say(why)
        for _ in range(TRIES):
            wording = f"MFA code for {self.profile} ({self.serial}): "
            try:
                answer = ask.ask(wording, cancelled=self.cancelled)
            except NoTerminal:
                raise NoTerminal(
                    f"an MFA code of {self.serial} is wanted, and there is no terminal to ask on",
                    "give it with --mfa-code CODE, by `--mfa-code -` from standard input,\n"
                    "or set mfa_process to a command that prints one",
                    self.profile,
                ) from None
            if answer is None:
                raise TakenOver("the question is answered in another terminal", "", self.profile)
            try:
                return self._fresh(answer.replace(" ", ""))
            except WrongCode as error:
                show.say(str(error))
        raise WrongCode("no code that could be one", "", self.profile)

    def _fresh(self, text: str) -> str:
        if not (len(text) == DIGITS and text.isascii() and text.isdigit()):
            raise WrongCode(f"an MFA code has {DIGITS} digits", "look at the device again", self.profile)
        if text in self.used or not self.may_send(self.serial, text):
            next_s = STEP_S - int(time.time()) % STEP_S
            cure = f"wait for the next one: it comes in {next_s} s"
            raise WrongCode("that code was sent already", cure, self.profile)
        self.used.append(text)
        return text

    def _of_process(self) -> str:
        command = self.process if sys.platform == "win32" else words(self.process)
        if not command:
            raise ConfigError("mfa_process is no command", "correct it", self.profile)
        running = Command(command, self.base, self.limit_s)
        try:
            stdout, stderr = running.communicate()
        except OSError as error:
            text = f"mfa_process cannot be run: {error.strerror}"
            raise SourceError(text, "correct its path", self.profile) from None
        if running.returncode:
            text = f"mfa_process ended with status {running.returncode}: {stderr.decode()}"
            raise SourceError(text, "run it by hand and look", self.profile)
        return stdout.decode("utf-8", "replace")
