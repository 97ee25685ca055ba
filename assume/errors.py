"""The tree of failures: what failed, for which profile, what to do, exit status.

    AssumeError             status 1: refused or failed
    ├── UsageError          status 2: the command line itself is wrong
    ├── Interrupted         status 130: Ctrl-C, or the end of input at a question
    ├── ConfigError         the AWS files do not say what is needed
    │   └── NoSuchProfile   a name that is in neither file
    ├── NoTerminal          a question, and nobody to ask
    ├── TakenOver           a question that is answered in another terminal
    ├── SourceError         the first credentials of a chain cannot be had
    ├── Refused             STS answered, and said no
    │   ├── WrongCode       STS did not take the MFA code
    │   └── WrongDevice     the MFA device is not one of this user's
    ├── Unreachable         STS did not answer, or not in time, or not sense
    │   └── NotSent         there was no connection: nothing has left this machine
    ├── LockTimeout         another terminal kept the lock for too long
    └── Unsafe              a value that must not reach a shell

`str(error)` is what a user reads: `assume: PROFILE: what`, then the cure two
spaces in. It holds no secret: messages are built from names and from what AWS
says, never from a whole reply.
"""


class AssumeError(Exception):
    """A failure that a user can do something about.

    `what` is one line, `cure` one line or a tuple of lines, `profile` may be empty. They may
    hold anything: `str()` escapes what could steer a terminal or begin another line.
    """

    status = 1

    def __init__(self, what: str, cure: "str | tuple[str, ...]" = "", profile: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.cures = (cure,) if isinstance(cure, str) else cure
        self.profile = profile

    @property
    def cure(self) -> str:
        """What to do, line by line."""
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
    """The AWS files name no way to credentials for this profile."""


class NoSuchProfile(ConfigError):
    """A profile that is in neither file. Its nearest names are shown, never taken."""


class NoTerminal(AssumeError):
    """A question has to be asked and there is no terminal to ask it on."""


class TakenOver(AssumeError):
    """The question was taken over in another terminal: what it is for will be had there."""


class SourceError(AssumeError):
    """The chain's first credentials cannot be had: a file, a command, an endpoint."""


class Refused(AssumeError):
    """STS answered with an error; `code` is AWS's word for it."""

    def __init__(self, what: str, cure: "str | tuple[str, ...]" = "", profile: str = "", code: str = "") -> None:
        super().__init__(what, cure, profile)
        self.code = code

    @property
    def is_stale(self) -> bool:
        """Whether the credentials that signed the call are no longer taken."""
        return self.code in ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId")


class WrongCode(Refused):
    """STS did not take the MFA code: mistyped, too old, or used before."""


class WrongDevice(Refused):
    """The MFA device is not one of the user whose keys signed the call: no code of it will do."""


class Unreachable(AssumeError):
    """STS was not reached, did not answer in time, or answered no sense."""


class NotSent(Unreachable):
    """No connection was made: nothing of the request, nor an MFA code in it, has left this machine."""


class LockTimeout(AssumeError):
    """Another process kept the lock of an entry for longer than anyone may."""


class Unsafe(AssumeError):
    """A value that must not be handed to a shell, from a file or from a reply."""


def shown(text: str) -> str:
    """A foreign string for a message: what could steer a terminal stands there as an escape."""
    if text.isprintable():
        return text
    return "".join(mark if mark.isprintable() else ascii(mark)[1:-1] for mark in text)
