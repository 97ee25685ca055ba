"""Credentials that are renewed for a running command, when they are asked for and a renewal is due.

In: the first credentials, and a function that gets new ones and may take long; out: credentials, or the reason why
there are none. The function runs in one thread, the callers wait in others. Credentials that are in use are renewed
before anybody has to wait. A failure is reported once, and tried again after a pause; while the old credentials are
still good, they are given.
"""

import threading
import time
from collections.abc import Callable
from typing import NoReturn

from assume.credentials import Credentials, is_fresh, is_usable
from assume.errors import AssumeError, Unreachable
from assume.terminal import show

SOON_S = 0.7  # how long a caller waits if the old credentials are still good: some SDKs give up after a second
LONG_S = 60.0  # and if they are not
PAUSE_S = 5.0  # between two attempts
LOOK_S = 20.0  # between two looks at the clock


class Renewing:
    """What the threads share. `renew()` returns new credentials or raises AssumeError; `tell` shows a failure."""

    def __init__(
        self,
        first: Credentials,
        renew: Callable[[], Credentials],
        tell: Callable[[str], None],
        min_left_s: int = 0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.current = first
        self.renew = renew
        self.tell = tell
        self.min_left_s = min_left_s
        self.clock = clock
        self.failure: AssumeError | None = None
        self._tried_at = float("-inf")  # monotonic
        self._is_wanted = False
        self._is_used = False  # somebody has asked for the present credentials
        self._changed = threading.Condition()

    def credentials(self) -> Credentials:
        """The credentials to hand out. May wait for a renewal. Raises AssumeError if there are none."""
        with self._changed:
            self._is_used = True
            if self._is_due() and not self._is_pausing():
                self._is_wanted = True
                self._changed.notify_all()
                wait_s = SOON_S if is_usable(self.current, self.clock()) else LONG_S
                self._changed.wait_for(lambda: not self._is_wanted, wait_s)
            if is_usable(self.current, self.clock()):
                return self.current
            raise self.failure or Unreachable("new credentials are still being fetched", "try again in a moment")

    def work(self) -> NoReturn:
        """Renews whenever a caller needs it, for ever."""
        while True:
            self.step()

    def step(self) -> None:
        """Waits until a renewal is needed, and makes it; or for LOOK_S."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_wanted, LOOK_S)
            if not self._is_wanted:
                is_early = not (self._is_used and self._is_due()) or self._is_pausing()
                if is_early or self.failure is not None:  # after a failure only if somebody asks
                    return
            self._is_wanted = True
        result: Credentials | AssumeError
        try:
            result = self.renew()
        except AssumeError as error:
            result = error
        except Exception as error:
            result = AssumeError(f"internal error: {type(error).__name__}")  # its text may hold a secret
        with self._changed:
            is_news = isinstance(result, AssumeError) and self.failure is None
            if isinstance(result, Credentials):
                self._is_used = self._is_used and result.key_id == self.current.key_id
                self.current, self.failure = result, None
            else:
                self.failure = result
            self._tried_at = time.monotonic()
            self._is_wanted = False
            self._changed.notify_all()
        if is_news:
            self.tell(self._report())

    def _is_due(self) -> bool:
        whole_s = (self.current.expires_at or 0) - self.current.issued_at
        min_left_s = min(self.min_left_s, whole_s // 2)  # more than that would renew without end
        return not is_fresh(self.current, self.clock(), min_left_s)

    def _is_pausing(self) -> bool:
        return time.monotonic() < self._tried_at + PAUSE_S

    def _report(self) -> str:
        left_s = self.current.left_s(self.clock())
        state = f"the command keeps what it has, for {show.left(left_s)} more" if left_s > 0 else "the command has none"
        return f"{self.failure}\n  {state}; further attempts are not reported"
