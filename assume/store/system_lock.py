"""The system's own lock of an open file: held by one process at a time, released by the system when that one dies.

In: the descriptor of a file that was opened for reading and writing. On POSIX this is `flock`, the call that filelock
makes too; importing filelock would cost a waiter several starts of the interpreter. On Windows it is filelock's.
"""

import sys
import time

POLL_S = 0.05
THREAD_POLL_S = 0.02
REPEAT_S = 1  # an alarm that did not interrupt the wait is followed by another one

if sys.platform == "win32":

    def take(handle: int) -> bool:
        """Takes the lock unless another process holds it. True if it is ours now. Raises OSError."""
        from filelock import lock_descriptor

        return lock_descriptor(handle, blocking=False)

    def let_go(handle: int) -> None:
        """Releases the lock; the file stays open. Raises OSError."""
        from filelock import unlock_descriptor

        unlock_descriptor(handle)

    def wait(handle: int, seconds: float) -> bool:
        """True once the lock is ours; False after `seconds`, or earlier: then the caller tries again."""
        time.sleep(min(seconds, POLL_S))
        return take(handle)

else:
    import _signal  # type: ignore[import-not-found]  # `signal` would import `enum`
    import fcntl

    class _TimeIsUp(Exception): ...

    class _Alarm:
        """Raises _TimeIsUp in this thread after some seconds. What SIGALRM did before is put back by `clear`."""

        def __init__(self, seconds: float) -> None:
            self.is_armed = True
            self.handler = _signal.signal(_signal.SIGALRM, self._ring)
            self.mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, ())
            self.seconds = seconds

        def start(self) -> None:
            # repeated, since the first signal may come before flock blocks, and interrupts nothing then
            _signal.setitimer(_signal.ITIMER_REAL, self.seconds, REPEAT_S)
            _signal.pthread_sigmask(_signal.SIG_UNBLOCK, (_signal.SIGALRM,))  # a parent's mask survives `exec`

        def clear(self) -> None:
            self.is_armed = False
            _signal.setitimer(_signal.ITIMER_REAL, 0)
            _signal.pthread_sigmask(_signal.SIG_SETMASK, self.mask)
            _signal.signal(_signal.SIGALRM, self.handler)

        def _ring(self, _number: int, _frame: object) -> None:
            if self.is_armed:
                self.is_armed = False
                raise _TimeIsUp

    def take(handle: int) -> bool:
        """Takes the lock unless another process holds it. True if it is ours now. Raises OSError."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def let_go(handle: int) -> None:
        """Releases the lock; the file stays open. Raises OSError."""
        fcntl.flock(handle, fcntl.LOCK_UN)

    def wait(handle: int, seconds: float) -> bool:
        """True once the lock is ours; False after `seconds`.

        Blocks in flock so that the kernel queues the waiters; 200 processes polling with LOCK_NB starve each other.
        flock has no timeout of its own, so SIGALRM interrupts it. Only the main thread can do that: other threads poll.
        """
        try:
            alarm = _Alarm(seconds)
        except ValueError:  # not the main thread
            time.sleep(min(seconds, THREAD_POLL_S))
            return take(handle)
        try:
            try:
                alarm.start()
                fcntl.flock(handle, fcntl.LOCK_EX)
            finally:
                alarm.clear()
        except _TimeIsUp:
            alarm.clear()  # the signal may have come inside the first `clear`
            let_go(handle)  # it may also have come just after flock had returned with the lock
            return False
        return True
