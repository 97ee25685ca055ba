"""An MFA code: from `--mfa-code`, from standard input, from `mfa_process`, or asked for on the terminal.

In: the serial of a device and the profile; out: six digits. A code is checked before any call, never shown, never
stored, and never sent twice.
"""

import os
import sys
import threading
import time

from assume.aws.deadline import joined
from assume.aws.process import LIMIT_S, Command, audience
from assume.errors import ConfigError, NoTerminal, SourceError, TakenOver, WrongCode
from assume.profiles.ini import words
from assume.terminal import ask, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DIGITS = 6
STEP_S = 30  # how long a device shows a code
SECURITY_KEY = ":u2f/"  # in the ARN of a security key or passkey
LINE_LARGEST = 4096  # bytes
TRIES = 3  # at a terminal: a wrong code is asked for again twice


class Device:
    """The codes of one MFA device, for one command."""

    def __init__(
        self,
        serial: str,
        profile: str,
        process: str,
        given: str,
        base: "Mapping[str, str]",
        may_send: "Callable[[str, str], bool]",
        take_back: "Callable[[str, str], None]",
        cancelled: "Callable[[], bool] | None" = None,
        suspended: "Callable[[], bool] | None" = None,
        silent: bool = False,
        limit_s: float = LIMIT_S,
    ) -> None:
        self.serial = serial
        self.profile = profile
        self.process = process
        self.given = given
        self.base = base
        self.may_send = may_send  # (serial, code): False if a process has sent this code before
        self.take_back = take_back  # (serial, code): it was not sent after all
        self.cancelled = cancelled
        self.suspended = suspended  # called before Ctrl-Z stops the process at the question
        self.silent = silent  # a renewal before a prompt, which never asks
        self.limit_s = limit_s
        self.used: list[str] = []
        self.wrong = 0  # codes in a row that were wrong
        self._is_typed = True  # whether a person typed the last code

    @property
    def asks(self) -> bool:
        """True if a person has to type the code."""
        return not self.given and not self.process

    def code(self, why: str = "") -> str:
        """A code that was not used before. Raises NoTerminal, Interrupted, TakenOver, WrongCode, ConfigError.

        `why` is shown before the question, if one is asked.
        """
        if SECURITY_KEY in self.serial:
            raise ConfigError(
                "mfa_serial is a security key, and AWS's API takes six-digit codes alone",
                "register an authenticator app for the same user, and set mfa_serial to its ARN "
                "(arn:aws:iam::…:mfa/NAME)",
                self.profile,
            )
        self._is_typed = self.asks
        if self.given:
            text, self.given = (from_stdin(self.profile) if self.given == "-" else self.given), ""
        elif self.process:
            text = self._from_process()
        else:
            return self._asked(why)
        return self._fresh(text)

    def again(self) -> str:
        """The last code, for another call; "" if a person typed it, who can type the next one instead."""
        return "" if self._is_typed or not self.used else self.used[-1]

    def unsend(self, code: str) -> None:
        """Notes that `code` has not left this machine, and can be given again."""
        self.used.remove(code)
        self.take_back(self.serial, code)

    def reject(self, error: WrongCode) -> None:
        """Shows why a typed code was wrong; raises `error` after the third, or if nobody types the codes."""
        if not self._is_typed:
            raise error
        self.wrong += 1
        error.what += f" ({self.wrong} of {TRIES})"
        if self.wrong == TRIES:
            error.cures = ("three codes were wrong: nothing was changed",)
            raise error
        show.say(str(error))

    def _asked(self, why: str) -> str:
        if self.silent:
            raise NoTerminal("an MFA code is needed", f"run `assume {self.profile}`", self.profile)
        if why:
            show.say(why)
        while True:
            wording = f"MFA code for {self.profile} ({self.serial}): "
            try:
                answer = ask.ask(wording, cancelled=self.cancelled, suspended=self.suspended)
            except NoTerminal:
                raise NoTerminal(
                    f"an MFA code for {self.serial} is needed, and there is no terminal to ask on",
                    (
                        "give it with --mfa-code CODE, or with `--mfa-code -` on standard input,",
                        "or set mfa_process to a command that prints one",
                    ),
                    self.profile,
                ) from None
            if answer is None:
                raise TakenOver("the question is answered in another terminal", "", self.profile)
            try:
                return self._fresh(answer)
            except WrongCode as error:
                self.reject(error)

    def _fresh(self, text: str) -> str:
        text = text.replace(" ", "").strip()  # devices show a code in two groups
        if not (len(text) == DIGITS and text.isascii() and text.isdigit()):
            if self.process and not self._is_typed:
                what = f"mfa_process printed no code: an MFA code has {DIGITS} digits"
                raise WrongCode(what, "it must print the code alone, without a label", self.profile)
            raise WrongCode(f"an MFA code has {DIGITS} digits", "look at the device again", self.profile)
        if text in self.used or not self.may_send(self.serial, text):
            next_s = STEP_S - int(time.time()) % STEP_S
            cure = f"wait for the next one: it comes in {next_s} s"
            raise WrongCode("this code was already used", cure, self.profile)
        self.used.append(text)
        return text

    def _from_process(self) -> str:
        command = self.process if sys.platform == "win32" else words(self.process)
        if not command:
            raise ConfigError("mfa_process is not a valid command line", "correct its quotes", self.profile)
        if not isinstance(command, str):
            command = [os.path.expanduser(word) for word in command]  # the environment is the baseline's here
        running = Command(command, self.base, self.limit_s, audience(self.silent))
        try:
            stdout, stderr = running.communicate()
        except OSError as error:
            text = f"its mfa_process cannot be run: {error.strerror}"
            raise SourceError(text, "correct its path", self.profile, "mfa_process") from None
        if running.returncode:
            text = f"mfa_process ended with status {running.returncode}: {stderr.decode()}"
            raise SourceError(text, "run it by hand and look", self.profile)
        return stdout.decode("utf-8", "replace")


def from_stdin(profile: str, limit_s: float = LIMIT_S) -> str:
    """The first line of standard input, and no byte behind it: the rest is for the command that `exec` runs.

    Raises WrongCode if standard input is closed or at its end, or if no line comes within `limit_s`.
    """
    if sys.stdin is None or _is_own_output():
        raise WrongCode("no MFA code: standard input is closed", "pipe the code to `--mfa-code -`", profile)
    try:
        handle = sys.stdin.fileno()
    except OSError:
        return sys.stdin.readline()  # a stream in memory
    line = bytearray()

    def read() -> None:
        while not line.endswith(b"\n") and len(line) < LINE_LARGEST and (byte := os.read(handle, 1)):
            line.extend(byte)

    reading = threading.Thread(target=read, daemon=True)  # on Windows nothing else ends a wait for a pipe
    reading.start()
    joined(reading, limit_s)
    if reading.is_alive():
        raise WrongCode(f"no MFA code on standard input within {limit_s:g} s", "look at what prints it", profile)
    if not line:
        raise WrongCode("no MFA code on standard input", "pipe the code to `--mfa-code -`", profile)
    return line.decode("utf-8", "replace")


def _is_own_output() -> bool:
    """Whether standard input is the pipe into which we write: bash makes it so for `<&-` inside `$(…)`."""
    try:
        read, written = os.fstat(0), os.fstat(1)
    except OSError:
        return False
    is_pipe = sys.platform != "win32" and read.st_mode & 0o170000 == 0o010000
    return is_pipe and (read.st_dev, read.st_ino) == (written.st_dev, written.st_ino)
