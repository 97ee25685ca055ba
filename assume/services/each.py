"""One command in many profiles: the roles are got side by side, and so the commands run.

In: targets, a command, an output. Out: an Outcome for each target, as it comes. Worker threads get a role and run the
command with it, one profile after the other. They never ask: questions belong to the main thread, which asks once for
each MFA device before the work begins, and later if a worker finds that it needs a code after all.
"""

import queue
import threading
import time
from collections import deque
from dataclasses import dataclass, field

from assume.aws import connection, seams
from assume.cold.attempt import Attempt
from assume.cold.mfa import would_ask
from assume.cold.resolve import resolve
from assume.credentials import is_fresh
from assume.errors import AssumeError, Interrupted, NoTerminal, WrongCode, WrongDevice
from assume.services.children import Children, Ended, end_by_signals, restore
from assume.services.outcome import FAILED, INTERRUPTED, NOT_RUN, OK, REFUSED, Outcome, Output
from assume.services.targets import Target, stored_on_the_way
from assume.shells import environment
from assume.store import entries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from assume.fast.warm import Assumed

STEP_S = 0.1
LAST_S = 0.3  # after the end of the children: for their threads to report it


@dataclass(slots=True)
class Run:
    """One run. `store` is the folder of the cache, "" for none; `have` the environment, `base` the baseline."""

    targets: "Sequence[Target]"
    command: "Sequence[str]"
    have: dict[str, str]
    base: dict[str, str]
    store: str
    output: Output
    jobs: int = 8
    fail_fast: bool = False
    mfa_code: str = ""
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    _todo: "deque[Target]" = field(default_factory=deque)
    _taken: "dict[str, Assumed]" = field(default_factory=dict)
    _answered: set[str] = field(default_factory=set)  # devices: of those whose code was typed
    _again: set[str] = field(default_factory=set)  # profiles that a worker has tried a second time
    _events: "queue.Queue[Target | Outcome]" = field(default_factory=queue.Queue)
    _ready: threading.Condition = field(default_factory=threading.Condition)
    _children: Children = field(default_factory=Children)
    _failed: int = 0
    _old: set[str] = field(default_factory=set)  # key ids that --refresh is to replace
    _is_over: bool = False  # no more work is begun

    def run(self) -> int:
        """Runs everything; returns the exit status: 0, 1 if any failed, 130 at Ctrl-C."""
        seams.enter(self.base)
        connection.pool.keep()
        before = end_by_signals()
        try:
            for target in self.targets:
                if target.error is not None:
                    self._finish(Outcome(target, REFUSED, error=target.error))
                else:
                    self._todo.append(target)
                    self._old |= stored_on_the_way(target, self.store)
            self._ask_first()
            self._work_all()
            ended = 0
        except (KeyboardInterrupt, Interrupted):
            ended = self._end(Interrupted.status)
        except Ended as reason:
            ended = self._end(reason.status)
        finally:
            self._stop_work()
            connection.pool.drop()
            self.output.progress("")
            restore(before)
        return ended or int(any(outcome.state != OK for outcome in self.outcomes.values()))

    def _work_all(self) -> None:
        for _ in range(min(self.jobs, len(self._todo))):
            threading.Thread(target=self._work, daemon=True).start()
        while len(self.outcomes) < len(self.targets):
            try:
                event = self._events.get(timeout=STEP_S)
            except queue.Empty:
                pass
            else:
                self._heed(event)
            if self.output.is_broken:
                raise Ended(1)
            self.output.progress(self._told())

    def _heed(self, event: "Target | Outcome") -> None:
        if isinstance(event, Target):
            if self._is_over:
                self._finish(Outcome(event, NOT_RUN))
            else:
                self._ask(event)
            return
        self._finish(event)
        if self.fail_fast and event.state != OK:
            self._stop_work()
            while self._todo:
                self._finish(Outcome(self._todo.popleft(), NOT_RUN))

    def _ask_first(self) -> None:
        """Gets one role for each MFA device whose code has to be typed: the others then share its session."""
        groups: dict[str, list[Target]] = {}
        for target in self._todo:
            if target.device and self._would_ask(target):
                groups.setdefault(target.device, []).append(target)
        for members in groups.values():
            members[0].options.mfa_code, self.mfa_code = self.mfa_code, ""
            failure = self._resolved_here(members[0])
            if not isinstance(failure, (WrongCode, WrongDevice, NoTerminal)):
                continue
            for other in members[1:]:
                self._todo.remove(other)
                self._finish(Outcome(other, REFUSED, error=AssumeError(failure.what, failure.cures, other.name)))

    def _would_ask(self, target: Target) -> bool:
        plan = target.plan
        if plan is None:
            return False
        attempt = Attempt(target.options, plan.config, plan.chain, self.base, self.store)
        chain, now = plan.chain, attempt.clock()
        stored = entries.current(chain, attempt.folder, chain.request(len(chain.hops)), now) if attempt.folder else None
        if stored is not None and is_fresh(stored, now) and not target.options.refresh:
            return False
        levels = range(len(chain.hops) - 1, 0, -1)
        level = next((level for level in levels if attempt.kept(chain.request(level)) is not None), 0)
        return would_ask(attempt, 0 if target.options.refresh else level)

    def _ask(self, target: Target) -> None:
        """A worker needs a code for `target`: gets the role here, unless another answer has made that needless."""
        if target.device in self._answered and target.name not in self._again:
            self._again.add(target.name)
            self._offer(target)
            return
        with self.output.undisturbed():
            failure = self._resolved_here(target)
        if failure is None:
            self._offer(target)

    def _resolved_here(self, target: Target) -> AssumeError | None:
        """Gets the role in the main thread, which can ask. A failure is the target's outcome, and is returned."""
        try:
            self._taken[target.name] = self._resolve(target)
        except Interrupted:
            raise
        except AssumeError as error:
            if target in self._todo:
                self._todo.remove(target)
            self._finish(Outcome(target, REFUSED, error=error))
            return error
        self._answered.add(target.device)
        return None

    def _resolve(self, target: Target) -> "Assumed":
        options, plan = target.options, target.plan
        return resolve(options, self.base, plan=plan, is_use=False, store=self.store, old=self._old)

    def _offer(self, target: Target) -> None:
        with self._ready:
            self._todo.appendleft(target)
            self._ready.notify()

    def _finish(self, outcome: Outcome) -> None:
        self.outcomes[outcome.target.name] = outcome
        self._failed += outcome.state != OK
        self.output.done(outcome)

    def _work(self) -> None:
        """A worker thread: one target after the other, until there are no more."""
        while (target := self._next()) is not None:
            started = time.monotonic()
            try:
                taken = self._taken.pop(target.name, None) or self._resolve(target)
                outcome = self._executed(target, taken)
            except NoTerminal:
                self._events.put(target)
                continue
            except AssumeError as error:
                outcome = Outcome(target, REFUSED, error=error)
            except Exception as error:
                failure = AssumeError(f"internal error: {type(error).__name__}", profile=target.name)
                outcome = Outcome(target, REFUSED, error=failure)
            outcome.seconds = time.monotonic() - started
            if self.fail_fast and outcome.state != OK:
                self._is_over = True
            self._events.put(outcome)

    def _executed(self, target: Target, taken: "Assumed") -> Outcome:
        variables = dict(self.have)
        for name, value in environment.changes(self.have, taken.environment()):
            if value is None:
                variables.pop(name, None)
            else:
                variables[name] = value
        if self._is_over:
            return Outcome(target, NOT_RUN)
        out, err = self.output.sinks(target)
        status = self._children.run(self.command, variables, out, err)
        if status is None:
            return Outcome(target, INTERRUPTED)
        return Outcome(target, OK if status == 0 else FAILED, status)

    def _next(self) -> Target | None:
        with self._ready:
            while not self._todo and not self._is_over:
                self._ready.wait()
            return None if self._is_over else self._todo.popleft()

    def _stop_work(self) -> None:
        with self._ready:
            self._is_over = True
            self._ready.notify_all()

    def _end(self, status: int) -> int:
        """Ends the children; what they were doing, and what has not begun, becomes an outcome. Returns `status`."""
        self._stop_work()
        try:
            self._children.end()
            until = time.monotonic() + LAST_S
            while self._children.count and time.monotonic() < until:
                time.sleep(0.01)
        except KeyboardInterrupt:
            self._children.end()
        while not self._events.empty():
            if isinstance(event := self._events.get(), Outcome):
                event.state = INTERRUPTED if event.state != OK else OK
                self._finish(event)
        for target in self.targets:
            if target.name not in self.outcomes:
                self._finish(Outcome(target, NOT_RUN if target in self._todo else INTERRUPTED))
        return status

    def _told(self) -> str:
        text = f"assume: {len(self.outcomes)} of {len(self.targets)} done, {self._children.count} running"
        return f"{text}, {self._failed} failed" if self._failed else text
