"""What comes of each profile in `assume each`, and where its command writes."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from assume.errors import AssumeError
from assume.services.children import Sink
from assume.services.targets import Target

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

OK, FAILED, REFUSED, NOT_RUN, INTERRUPTED = "ok", "failed", "refused", "not run", "interrupted"


@dataclass(slots=True)
class Outcome:
    """What came of one profile.

    `status`: the command's exit status, or minus the number of the signal that ended it; None if it did not run.
    """

    target: Target
    state: str
    status: int | None = None
    seconds: float = 0.0
    error: AssumeError | None = None


class Output(Protocol):
    """Where the commands write, and who is told of their end. `done` and `progress` are called by the main thread."""

    @property
    def is_broken(self) -> bool:
        """Whether standard output was closed by whoever read it."""

    def sinks(self, target: Target) -> "tuple[Sink | IO[bytes], Sink | IO[bytes]]":
        """Standard output and standard error for the command of a target."""

    def done(self, outcome: Outcome) -> None:
        """A target has come to its end."""

    def progress(self, text: str) -> None:
        """One line about the whole; "" for none."""

    def undisturbed(self) -> AbstractContextManager[object]:
        """Holds back what the commands write, while a question is asked."""
