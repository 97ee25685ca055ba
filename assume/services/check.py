"""Whether profiles work, as STS sees it: their credentials are taken, and STS is asked whose they are.

In: names and an environment; out: a Result for each. Several worker processes share the names, so that a chain that
waits for a lock, or for AWS, holds no other up. A worker never asks: it has no terminal, and what would need an MFA
code or the answer to a guard is skipped. Credentials stay in the worker; what it takes, it stores, as `assume` does.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from queue import Empty, SimpleQueue

from assume.arguments import Options
from assume.credentials import is_usable
from assume.errors import AssumeError, NoTerminal
from assume.fast import middle
from assume.shells import environment
from assume.store import entries
from assume.terminal import ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from assume.aws.deadline import Deadline
    from assume.credentials import Credentials

    Take = Callable[[Options, Mapping[str, str], Deadline, middle.Planned], Credentials]

OK, FAILED, SKIPPED = "ok", "failed", "skipped"
MOST_AT_ONCE = 8
CONNECT_S, READ_S = 5, 10
START = "import sys; sys.path.insert(0, sys.argv.pop()); from assume.cli.checking import work; work()"


class Result:
    """What STS said of one profile: `kind` (OK, FAILED, SKIPPED), whose credentials they are, or why not."""

    __slots__ = ("arn", "kind", "reason")

    def __init__(self, kind: str, arn: str = "", reason: str = "") -> None:
        self.kind = kind
        self.arn = arn
        self.reason = reason


def all_of(names: "Sequence[str]", have: "Mapping[str, str]") -> "Iterator[tuple[str, Result]]":
    """(name, its result) as the results come. However this ends, no worker is left."""
    waiting: SimpleQueue[str] = SimpleQueue()
    for name in names:
        waiting.put(name)
    results: SimpleQueue[tuple[str, Result]] = SimpleQueue()
    workers = [_started(have) for _ in range(min(len(names), MOST_AT_ONCE))]
    for worker in workers:
        threading.Thread(target=_feed, args=(worker, waiting, results), daemon=True).start()
    try:
        for _ in names:
            yield results.get()
    finally:
        for worker in workers:
            _end(worker)


def _started(have: "Mapping[str, str]") -> "subprocess.Popen[str]":
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return subprocess.Popen(
        [sys.executable, "-I", "-c", START, root],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=dict(have),
        text=True,
        encoding="ascii",
        start_new_session=True,  # without our terminal, so that nothing in it can ask
    )


def _end(worker: "subprocess.Popen[str]") -> None:
    """Ends a worker, and the user's commands that it has started."""
    if sys.platform == "win32":
        worker.kill()
    else:
        try:
            os.killpg(worker.pid, signal.SIGKILL)
        except OSError:
            pass  # it has ended
    worker.wait()


def _feed(
    worker: "subprocess.Popen[str]", waiting: "SimpleQueue[str]", results: "SimpleQueue[tuple[str, Result]]"
) -> None:
    """Hands one name after the other to a worker. A worker that ends early fails the name that it had."""
    while True:
        try:
            name = waiting.get_nowait()
        except Empty:
            return
        try:
            if worker.stdin is None or worker.stdout is None:
                raise OSError
            worker.stdin.write(json.dumps(name) + "\n")
            worker.stdin.flush()
            kind, arn, reason = json.loads(worker.stdout.readline())
        except (OSError, ValueError):
            kind, arn, reason = FAILED, "", "the process that checked it ended early"
        results.put((name, Result(kind, arn, reason)))


def work(take: "Take") -> None:
    """A worker: names on standard input, a line each; results on standard output, a line each."""
    ask.is_allowed = False
    have = environment.own_environment()
    for line in sys.stdin:
        result = one(json.loads(line), have, take)
        sys.stdout.write(json.dumps([result.kind, result.arn, result.reason]) + "\n")
        sys.stdout.flush()
    os._exit(0)  # a call whose time is up may still be in its thread


def one(name: str, have: "Mapping[str, str]", take: "Take") -> Result:
    """The result of one profile, in this process, whose environment becomes the baseline.

    `take(options, have, deadline, plan)` gets the credentials of a plan, and never asks: the cold lane, which is above.
    """
    try:
        return _checked(name, have, take)
    except NoTerminal:
        return Result(SKIPPED, reason="needs an MFA code")
    except AssumeError as error:
        return Result(FAILED, reason=error.what)
    except Exception as error:
        return Result(FAILED, reason=f"internal error: {type(error).__name__}")  # its text may hold a secret


def _checked(name: str, have: "Mapping[str, str]", take: "Take") -> Result:
    from assume.aws import seams
    from assume.aws.deadline import Deadline
    from assume.paths import store

    base, _ = environment.baseline(have)
    options = Options()
    options.profile = name
    plan = middle.planned(options, base, time.time())
    if plan.chain.confirm:
        return Result(SKIPPED, reason="guarded")
    seams.enter(base)
    now = time.time()
    request = plan.chain.request(len(plan.chain.hops))
    present = entries.current(plan.chain, store(base), request, now) if plan.chain.is_kept else None
    deadline = Deadline()
    if present is None or not is_usable(present, now):
        present = take(options, have, deadline, plan)
    return Result(OK, _owner(plan, present, deadline))


def of_environment() -> Result:
    """The result for the keys in the environment of this process, found as AWS tools find them."""
    import boto3

    from assume.aws.deadline import Deadline

    try:
        return Result(OK, _identity(boto3.Session(), Deadline()))
    except AssumeError as error:
        return Result(FAILED, reason=error.what)


def _owner(plan: "middle.Planned", credentials: "Credentials", deadline: "Deadline") -> str:
    """The ARN of the identity, as STS has it. Raises AssumeError."""
    import boto3

    from assume.aws import client

    session = client.Session(client.sections(plan.config, plan.chain), plan.chain.profile)
    key_id, secret, session_token = credentials.keys
    return _identity(boto3.Session(key_id, secret, session_token or None, botocore_session=session), deadline)


def _identity(session: "Any", deadline: "Deadline") -> str:
    """The ARN that STS has for the credentials of a boto3 session. Raises AssumeError."""
    from botocore.config import Config

    from assume.aws import refusals

    try:
        sts = session.client("sts", config=Config(connect_timeout=CONNECT_S, read_timeout=READ_S))
        return str(deadline.call(sts.get_caller_identity)["Arn"])
    except Exception as error:
        raise refusals.explained(error, None, "GetCallerIdentity") from None
