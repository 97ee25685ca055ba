"""A limit for the time that the network takes: 30 s for a whole chain.

A reply of one byte a second never meets a socket's time-out. So each call runs in a thread, which is abandoned when
the time is up. The process ends by `os._exit`, so that such a thread does not keep it alive.
"""

import threading
import time

from assume.errors import Unreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Result = TypeVar("Result")

WHOLE_CHAIN_S = 30.0
STEP_S = 0.2  # Windows delivers Ctrl-C no sooner than this


class Deadline:
    """The time that is left. Questions and the user's own commands do not count."""

    def __init__(self, left_s: float = WHOLE_CHAIN_S) -> None:
        self.whole_s = left_s
        self.left_s = left_s

    def call(self, what: "Callable[[], Result]") -> "Result":
        """The result of `what()`, or its exception. Raises Unreachable when the time is up."""
        results: list[Result] = []
        failures: list[BaseException] = []

        def run() -> None:
            try:
                results.append(what())
            except BaseException as error:
                failures.append(error)

        started = time.monotonic()
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        joined(thread, self.left_s)
        self.left_s = max(self.left_s - (time.monotonic() - started), 0.0)
        if failures:
            raise failures[0]
        if not results:
            raise Unreachable(
                f"no answer from AWS within {self.whole_s:g} s",
                "check the network, a proxy (HTTPS_PROXY) and the endpoint; nothing was changed",
            )
        return results[0]


def joined(thread: threading.Thread, timeout_s: float) -> None:
    """Like `thread.join`, in short steps: on Windows Ctrl-C is delivered only between joins."""
    until = time.monotonic() + timeout_s
    while thread.is_alive() and (left_s := until - time.monotonic()) > 0:
        thread.join(min(left_s, STEP_S))
