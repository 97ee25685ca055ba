"""The tree of failures: what failed, for which profile, what to do, exit status.

    AssumeError             status 1: refused or failed
    ├── UsageError          status 2: the command line itself is wrong
    ├── Interrupted         status 130: Ctrl-C, or the end of input at a question
    ├── ConfigError         the AWS files lack something, or hold something that cannot work
    │   └── NoSuchProfile   a name that is in neither file
    ├── NoTerminal          a question has to be asked, and there is no terminal
    ├── TakenOver           another terminal answers the question
    ├── SourceError         the chain's source has no credentials
    │   └── SignedOut       the sign-in that the source needs has ended, or there was none
    ├── Refused             STS answered with an error
    │   ├── WrongCode       STS rejected the MFA code
    │   └── WrongDevice     the MFA device is not a device of this user
    ├── Unreachable         no answer from STS, or too late, or not an answer of STS
    │   └── NotSent         there was no connection: nothing has left this machine
    ├── LockTimeout         another terminal kept the lock for too long
    └── Unsafe              a value that must not reach a shell

`str(error)` is the message for the user: `assume: PROFILE: what failed`, then what
to do, two spaces in. It never has a secret: messages are built from names and from
the error texts of AWS, never from a whole reply.
"""


class AssumeError(Exception):
    """A failure that a user can do something about.

    `what` is one line, `cure` one line or a tuple of lines, `profile` may be empty. They may
    hold anything: `str()` escapes what could steer a terminal or begin another line.
    """

    status = 1
    setting = ""  # of the profile, that is at fault: `cold.settings` adds its place to the message

    def __init__(self, what: str, cure: "str | tuple[str, ...]" = "", profile: str = "", setting: str = "") -> None:
        super().__init__(what)
        if setting:
            self.setting = setting
        self.what = what
        self.cures = (cure,) if isinstance(cure, str) else cure
        self.profile = profile

    @property
    def cure(self) -> str:
        """The lines that say what to do."""
        return "\n".join(self.cures)

    def __str__(self) -> str:
        head = f"assume: {self.profile}: {self.what}" if self.profile else f"assume: {self.what}"
        return "\n".join([shown(head), *(f"  {shown(line)}" for line in self.cures if line)])


class UsageError(AssumeError):
    """The command line is wrong; nothing was read or called."""

    status = 2


class Interrupted(AssumeError):
    """The user pressed Ctrl-C, or closed the terminal at a question."""

    status = 130

    def __init__(self) -> None:
        super().__init__("interrupted")


class ConfigError(AssumeError):
    """The AWS files lack something that this profile needs, or hold something that cannot work."""


class NoSuchProfile(ConfigError):
    """A profile that is in neither file. The nearest names are shown, and never used."""


class NoTerminal(AssumeError):
    """A question has to be asked and there is no terminal to ask it on."""


class TakenOver(AssumeError):
    """Another terminal took over the question and will get the credentials."""


class SourceError(AssumeError):
    """The chain's source (a file, a command, an endpoint) has no credentials for us."""


class SignedOut(SourceError):
    """The sign-in that the source needs has ended, or there was none. `profile` is the one that signs in."""


class Refused(AssumeError):
    """STS answered with an error; `code` is its error code, `message` its own text.

    `skew` is how far this machine's clock is off (`2 h ahead of`), if that is the reason; else "".
    """

    def __init__(self, what: str, cure: "str | tuple[str, ...]" = "", profile: str = "", code: str = "") -> None:
        super().__init__(what, cure, profile)
        self.code = code
        self.message = self.skew = ""

    @property
    def is_stale(self) -> bool:
        """Whether STS no longer accepts the credentials that signed the call."""
        return self.code in ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId")


class WrongCode(Refused):
    """STS rejected the MFA code: mistyped, too old, or used before."""


class WrongDevice(Refused):
    """The MFA device belongs to another user than the keys that signed the call: none of its codes can work."""


class Unreachable(AssumeError):
    """STS was not reached, did not answer in time, or the answer was not one of STS."""


class NotSent(Unreachable):
    """No connection was made: nothing of the request, nor an MFA code in it, has left this machine."""


class LockTimeout(AssumeError):
    """Another process kept the lock of an entry for longer than is allowed."""


class Unsafe(AssumeError):
    """A value, from a file or from a reply, that must not reach a shell."""


def shown(text: str) -> str:
    """A foreign string for a message; characters that could steer a terminal are replaced by escapes."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in text)
