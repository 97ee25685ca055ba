"""One attempt to get credentials: the options, the chain, the store, the locks held, the time left."""

import os
import threading
import time

from assume import paths
from assume.aws import circle
from assume.aws.deadline import WHOLE_CHAIN_S, Deadline
from assume.aws.process import LIMIT_S
from assume.credentials import is_usable
from assume.store import entries, lock, record, takeover, write
from assume.terminal import show, suspend

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from assume.arguments import Options
    from assume.credentials import Credentials
    from assume.errors import TakenOver
    from assume.login.log_in import LogIn
    from assume.profiles.chain import Chain
    from assume.profiles.config import Config

SILENT_WAIT_S = 0.5  # the longest wait for a lock by a renewal before a prompt


class Attempt:
    """What the steps of the cold lane share. `folder` is "" if nothing can be stored."""

    def __init__(
        self,
        options: "Options",
        config: "Config",
        chain: "Chain",
        base: dict[str, str],
        folder: str,
        clock: "Callable[[], float]" = time.time,
        silent: bool = False,
        deadline: Deadline | None = None,
        old: "Collection[str] | None" = None,
    ) -> None:
        self.options = options
        self.config = config
        self.chain = chain
        self.base = base
        self.folder = "" if options.no_cache else folder
        self.turns = folder  # where terminals take turns to sign in, whatever is cached
        self.clock = clock
        self.silent = silent
        self.old = old  # with --refresh: the key ids to replace; None for all
        self.deadline = deadline or Deadline()
        # a silent attempt waits for a lock as long as for the network, but before a prompt hardly at all
        self.wait_s = SILENT_WAIT_S if self.deadline.whole_s < WHOLE_CHAIN_S else self.deadline.whole_s
        self.command_s = self.deadline.left_s if silent else LIMIT_S  # time limit of credential_process and mfa_process
        self.locks: list[lock.Lock] = []
        self.watch: suspend.Watch | None = None  # of Ctrl-Z, while locks are held
        self.is_suspended = False  # the user stopped this process at its question
        self.log_in: LogIn | None = None  # of the source, if it is an SSO profile whose token was looked for
        self.uncached = ""  # why the result could not be stored

    def explain(self, reason: str) -> None:
        """Shows a decision with --debug; never a secret."""
        if self.options.debug:
            show.say(f"assume: debug: {reason}")

    def kept(self, request: str) -> "Credentials | None":
        """Stored credentials that can still sign a call, or None."""
        found = entries.current(self.chain, self.folder, request, self.clock())
        return found if found is not None and is_usable(found, self.clock()) else None

    def kept_new(self, request: str) -> "Credentials | None":
        """The same, unless --refresh is to replace them."""
        found = self.kept(request)
        return found if found is not None and self.old is not None and found.key_id not in self.old else None

    def keep(self, request: str, credentials: "Credentials") -> None:
        """Stores a result. If that fails, `uncached` has the reason and the attempt goes on."""
        if not self.folder:
            return
        try:
            entries.keep(self.folder, request, credentials)
        except OSError as error:
            self.uncached = error.strerror or str(error)

    def forget(self, request: str) -> None:
        """Removes stored credentials that AWS rejected."""
        self.explain("AWS no longer accepts the stored credentials: getting new ones")
        write.remove(self.folder, [record.entry_name(request)])

    def remembers(self, note: str) -> bool:
        """True if `remember` has left this note, and it was not swept since."""
        return bool(self.folder) and record.read(self.folder, note) is not None

    def remember(self, note: str) -> None:
        """Leaves a note for the next time."""
        if self.folder:
            try:
                write.put(self.folder, note, {}, sync=False)
            except OSError as error:
                self.uncached = error.strerror or str(error)

    def may_send(self, serial: str, code: str) -> bool:
        """True if no process has sent this code of this device before; from now on, this process has."""
        if not self.folder:
            return True
        try:
            return write.claim(self.folder, entries.code_name(serial, code), self.clock(), write.CODE_LASTS_S)
        except OSError as error:
            self.uncached = error.strerror or str(error)
            return True

    def take_back(self, serial: str, code: str) -> None:
        """Undoes `may_send`: the code has not left this machine."""
        if self.folder:
            write.remove(self.folder, [entries.code_name(serial, code)])

    def hold(self, request: str, found: "Callable[[], Credentials | None]") -> "Credentials | None":
        """Takes the lock of `request`.

        Returns the result of `found()` if another process stored it while we waited, else None: then the lock is
        ours, or there is no store to lock.
        """
        if not self.folder:
            return None
        name = record.name_of(request)
        circle.check_lock(self.base, self.chain.name, name)
        if self.options.holding.isdigit() and not self.locks:
            adopted = lock.adopt(int(self.options.holding), self.folder, name)
            self.options.holding = ""
            if adopted is not None:
                self._held(adopted)
                return found()
        wait_s = min(self.wait_s, self.deadline.left_s) if self.silent else lock.WAIT_S
        started = time.monotonic()
        try:
            got = lock.acquire(self.folder, name, found, self._say, wait_s=wait_s, offer=self._offer())
        except OSError as error:
            self.uncached = error.strerror or str(error)
            return None
        finally:
            if self.silent:  # the wait for the lock counts towards the time that a prompt may be held back
                self.deadline.left_s = max(self.deadline.left_s - (time.monotonic() - started), 0.0)
        if isinstance(got, lock.Lock):
            self._held(got)
            return found()
        return got

    def command_base(self, profile: str, setting: str) -> dict[str, str]:
        """The environment of a command that a profile's `setting` names. Raises ConfigError if it would call itself."""
        names = [os.path.basename(held.path).removesuffix(record.LOCK) for held in self.locks]
        return circle.entered(self.base, paths.aws_files(self.base), self.chain.name, profile, setting, names)

    def let_go(self, request: str) -> None:
        """Releases the lock of `request` that the fast lane took and passed on, if it did: others need not wait."""
        if self.options.holding.isdigit() and not self.locks:
            adopted = lock.adopt(int(self.options.holding), self.folder, record.name_of(request))
            self.options.holding = ""
            if adopted is not None:
                adopted.release()

    def release(self) -> None:
        """Releases every lock."""
        if self.watch is not None:
            self.watch.end()
            self.watch = None
        self._unlock()

    def note_question(self, asking: bool) -> None:
        """Tells waiting processes whether a person is being asked, and on which terminal."""
        for held in self.locks:
            _note(held, asking)

    def is_taken_over(self) -> bool:
        """True if someone in another terminal has asked to answer the question there."""
        return any(takeover.is_wanted(held.path) for held in self.locks)

    def give_way(self, reason: "TakenOver") -> None:
        """Hands the locks to the terminal that took the question over, if one did."""
        if not self.is_suspended:
            show.say(str(reason))
        self.is_suspended = False
        self.release()

    def suspend(self) -> bool:
        """Releases every lock, since this process is about to stop at its question. True if any was held."""
        self.is_suspended = bool(self.locks)
        self._unlock()
        return self.is_suspended

    def _held(self, held: lock.Lock) -> None:
        _note(held, asking=False)
        self.locks.append(held)
        if self.watch is None:
            self.watch = suspend.Watch(self._unlock)  # a call that goes on after `fg` stores its result all the same

    def _unlock(self) -> None:
        for held in self.locks:
            held.release()
        self.locks.clear()

    def _say(self, reason: str) -> None:
        if not self.silent and not reason.startswith(f"process {os.getpid()} "):  # another thread of this process
            show.say(f"assume: {self.chain.name}: waiting: {reason}")

    def _offer(self) -> "takeover.Offer | None":
        can_ask = threading.current_thread() is threading.main_thread()
        return takeover.Offer() if can_ask and not self.silent else None


def _note(held: lock.Lock, asking: bool) -> None:
    if asking:
        held.note(lock.ASKING, f"an MFA code is asked for in {_here()}")
    else:
        held.note(lock.CALLING, f"process {os.getpid()} is calling AWS")


def _here() -> str:
    try:
        return f"process {os.getpid()} ({os.ttyname(0)})"
    except (OSError, AttributeError):
        return f"process {os.getpid()}"
