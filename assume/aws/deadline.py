"""A limit for the time that the network takes: 30 s for a whole chain.

A reply of one byte a second never meets a socket's time-out. So each call runs in a thread, which is abandoned when
the time is up. The process ends by `os._exit`, so that such a thread does not keep it alive.
"""

import os
import threading
import time

from assume.errors import Unreachable
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    Result = TypeVar("Result")

WHOLE_CHAIN_S = 30.0
PROMPT_S = 1.9  # of the two seconds that a renewal may hold a prompt back
UNLIKELY_S = 60.0  # an age that is a fault of the system's records
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


def end_by(age_limit_s: float, reason: str) -> None:
    """Ends this process with status 1 and `reason` on stderr, once it is `age_limit_s` old.

    Nothing else can stop an import that takes too long. The store stays whole, as it does after any kill; a shell
    changes nothing if the status is not 0.
    """

    def end() -> None:
        time.sleep(max(age_limit_s - age_s(), 0.0))
        show.say(reason)
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def age_s() -> float:
    """How long this process has existed; without Linux's records, the processor time that it has used."""
    try:
        with open("/proc/self/stat", "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])  # field 22: starttime, since the boot
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        age = -1.0
    return age if 0 <= age < UNLIKELY_S else time.process_time()
