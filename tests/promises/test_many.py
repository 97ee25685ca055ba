"""Many terminals at once: one call, one question, one identity; waiters report why they wait, and not for ever."""

import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from assume.demo.config import CLI_USER_MFA, HOME_ACCOUNT, KEYS, SAANVI_MFA
from assume.errors import LockTimeout
from assume.simulator import faults
from assume.simulator.iam import Trust
from assume.store import lock, record

from . import figures
from .ground import signed_by
from .process import PATIENCE_S, start_s

QUESTION = "MFA code for"
LOCK_HELD = "is calling AWS"


def asking(crowd, count=1, within_s=PATIENCE_S):
    """Waits until `count` processes of `crowd` have asked a question. Returns these."""
    until = time.monotonic() + within_s
    while len(found := [one for one in crowd if QUESTION in one.said]) < count:
        assert time.monotonic() < until, [one.said for one in crowd]
        for one in crowd:
            one.hears(0.002)
    return found


@pytest.fixture
def hanging(sts):
    """STS receives the next call, and does not answer before the test ends. The event is set when the call arrives."""
    until, reached = threading.Event(), threading.Event()
    sts.faults = faults.first(1, faults.hang(until, reached))
    yield reached
    until.set()


def changes_of(one):
    """The reply without the line of success: the minutes in it may differ from process to process."""
    return one.out.rpartition(b"__assume_done=")[0] or one.out


@pytest.mark.parametrize("rounds", [1, pytest.param(5, marks=pytest.mark.slow)])
def test_two_hundred_terminals_need_one_call_and_one_question_and_get_one_identity(ground, rounds):
    ground.configure("role-with-mfa", mfa_session="off")
    took_s = []
    for number in range(rounds):
        ground.run("clear", "--all")
        started_at = time.monotonic()
        before = len(ground.sts.calls)
        crowd = [ground.use("role-with-mfa", terminal=True) for _ in range(200)]
        (first,) = asking(crowd)
        first.type(ground.code(CLI_USER_MFA) + "\n")
        done = [one.end() for one in crowd]
        assert {one.status for one in done} == {0}, number
        assert sum(QUESTION in one.said for one in done) == 1
        assert len({one.out.rpartition(b"__assume_done=")[0] for one in done}) == 1, (
            "and the time left, which may differ"
        )
        assert signed_by(ground.sts)[before:] == ["AssumeRole"]
        ground.sts.clock = lambda number=number: time.time() + 90 * (number + 1)  # for an unused code
        took_s.append(time.monotonic() - started_at)
    if rounds > 1:
        seen = f"1 question, 1 call, 1 identity, all succeed; {max(took_s):.0f} s at most"
        figures.tell("crowd", f"200 terminals at once, no entry, MFA; {rounds} rounds", seen)


def test_two_roles_with_one_mfa_device_need_one_question(ground, sts):
    saanvi = KEYS["default"][0]
    arns = [f"arn:aws:iam::{HOME_ACCOUNT}:role/twin{number}" for number in range(2)]
    ground.world.user(HOME_ACCOUNT, "saanvi", may=arns)
    for arn in arns:
        ground.world.role(arn, Trust((saanvi,), mfa=True))
        ground.configure(arn.rpartition("/")[2], role_arn=arn, source_profile="default", mfa_serial=SAANVI_MFA)
    crowd = [ground.use(f"twin{number}", terminal=True) for number in (0, 1) * 10]
    (first,) = asking(crowd)
    first.type(ground.code(SAANVI_MFA) + "\n")
    done = [one.end() for one in crowd]
    assert {one.status for one in done} == {0}
    assert sum(QUESTION in one.said for one in done) == 1
    assert [len({changes_of(one) for one in done[twin::2]}) for twin in (0, 1)] == [1, 1]
    assert sorted(signed_by(sts)) == ["AssumeRole", "AssumeRole", "GetSessionToken"]


@pytest.mark.parametrize("waiters", [50, pytest.param(200, marks=pytest.mark.slow)])
def test_when_the_holder_is_killed_exactly_one_other_takes_over(ground, hanging, waiters):
    holder = ground.use("marketingadmin", **ground.patient())
    assert hanging.wait(PATIENCE_S)
    crowd = [ground.use("marketingadmin") for _ in range(waiters)]
    for one in crowd:
        one.wait_for(LOCK_HELD)
    holder.tell(signal.SIGKILL)
    done = [one.end() for one in crowd]
    assert {one.status for one in done} == {0}
    assert len({changes_of(one) for one in done}) == 1
    assert signed_by(ground.sts) == ["AssumeRole", "AssumeRole"]
    assert holder.end().out == b""
    if waiters > 50:
        figures.tell("heir", f"{waiters} waiters, STS hangs", "exactly 1 takes over: 2 calls in all, 1 identity")


@pytest.mark.parametrize("count", [6, pytest.param(50, marks=pytest.mark.slow)])
def test_profiles_that_share_no_hop_do_not_wait_for_each_other(ground, sts, count):
    user1 = KEYS["user1"][0]
    arns = [f"arn:aws:iam::{HOME_ACCOUNT}:role/apart{number}" for number in range(count)]
    ground.world.user(HOME_ACCOUNT, "user1", may=arns)
    for arn in arns:
        ground.world.role(arn, Trust((user1,)))
        ground.configure(arn.rpartition("/")[2], role_arn=arn, source_profile="user1")
    until, reached = threading.Event(), threading.Event()
    slow = faults.hang(until, reached)
    sts.faults = lambda call: slow if call.params["RoleArn"] == arns[0] else None
    stuck = ground.use("apart0", **ground.patient())
    assert reached.wait(PATIENCE_S)
    others = [ground.use(f"apart{number}") for number in range(1, count)]
    done = [one.end() for one in others]
    assert [one.status for one in done] == [0] * (count - 1)
    assert not any("waiting" in one.said for one in done)
    assert stuck.process.poll() is None
    until.set()
    assert stuck.end().status == 0
    assert len(ground.sts.calls) == count
    if count > 6:
        seen = f"{count - 1} finish before the first, none reports that it waits"
        figures.tell("apart", f"{count} profiles, STS hangs for the first", seen)


HOLDS = """
import sys
from filelock import FileLock, Timeout
try:
    lock = FileLock(sys.argv[1], timeout=0)
    lock.acquire()
except Timeout:
    sys.exit(7)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_lane_and_filelock_exclude_each_other_on_the_lock_file_of_an_entry(ground, hanging):
    """As real processes, both ways."""
    holder = ground.use("marketingadmin")
    assert hanging.wait(60)
    command = [sys.executable, "-c", HOLDS, str(ground.only(record.LOCK))]
    assert subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 7
    holder.tell(signal.SIGKILL)
    holder.end()
    before = len(ground.sts.calls)
    other = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdout is not None
    assert other.stdout.readline() == b"held\n"
    waiter = ground.use("marketingadmin")
    waiter.wait_for("assume: marketingadmin: waiting: ")
    assert len(ground.sts.calls) == before
    other.communicate()
    assert waiter.end().status == 0
    assert len(ground.sts.calls) == before + 1


def test_a_waiter_reports_after_a_second_what_it_waits_for(ground, hanging):
    holder = ground.use("marketingadmin", **ground.patient())
    assert hanging.wait(PATIENCE_S)
    waiter = ground.use("marketingadmin")
    waiter.wait_for(f"assume: marketingadmin: waiting: process {holder.pid} is calling AWS")
    assert time.monotonic() - waiter.started_at >= 1


def test_a_waiter_reports_where_the_code_is_asked_for(ground):
    first = ground.use("role-with-mfa", terminal=True)
    first.wait_for(QUESTION)
    second = ground.use("role-with-mfa")
    second.wait_for(f"assume: role-with-mfa: waiting: an MFA code is asked for in process {first.pid} (/dev/pts/")


def test_ctrl_c_ends_a_waiter_at_once(ground, hanging):
    holder = ground.use("marketingadmin", **ground.patient())
    assert hanging.wait(PATIENCE_S)
    waiter = ground.use("marketingadmin", terminal=True)
    waiter.wait_for(LOCK_HELD)
    asked_at = time.monotonic()
    waiter.type("\x03")
    done = waiter.end()
    took_s = time.monotonic() - asked_at
    assert took_s < 0.5 + 20 * start_s()
    assert (done.status, done.out) == (130, b"")
    assert holder.process.poll() is None


def test_ctrl_c_at_the_question_moves_it_to_one_other_terminal(ground):
    first = ground.use("role-with-mfa", terminal=True)
    first.wait_for(QUESTION)
    crowd = [ground.use("role-with-mfa", terminal=True) for _ in range(4)]
    for one in crowd:
        one.wait_for("an MFA code is asked for")
    first.type("\x03")
    done = first.end()
    assert (done.status, done.out) == (130, b"")
    (heir,) = asking(crowd)
    heir.type(ground.code(CLI_USER_MFA) + "\n")
    ends = [one.end() for one in crowd]
    assert {one.status for one in ends} == {0}
    assert len({changes_of(one) for one in ends}) == 1
    assert sum(QUESTION in one.said for one in ends) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_at_the_question_restores_the_terminal_and_releases_the_lock(ground, number):
    first = ground.use("role-with-mfa", terminal=True)
    first.wait_for(QUESTION)
    assert not first.echoes()
    first.tell(number)
    done = first.end(keep=True)
    assert (done.status, done.out) == (128 + number, b"")
    assert first.echoes()
    second = ground.use("role-with-mfa", terminal=True)
    second.wait_for(QUESTION)
    second.type(ground.code(CLI_USER_MFA) + "\n")
    assert second.end().status == 0


def test_removing_the_store_while_others_wait_costs_calls_but_no_role(ground, sts):
    """`rm -rf ~/.aws/assume`: the lock file that a process still holds is no longer the one that others open."""
    until, reached = threading.Event(), threading.Event()
    sts.faults = faults.first(1, faults.hang(until, reached))
    holder = ground.use("marketingadmin", **ground.patient())
    assert reached.wait(PATIENCE_S)
    crowd = [ground.use("marketingadmin") for _ in range(5)]
    for one in crowd:
        one.wait_for(LOCK_HELD)
    shutil.rmtree(ground.store)
    until.set()
    done = [one.end() for one in (holder, *crowd)]
    assert {one.status for one in done} == {0}, [one.said for one in done]
    assert not any("Traceback" in one.said or "fault of" in one.said for one in done)
    assert ground.use("marketingadmin").end().status == 0
    assert ground.is_sound()


def test_a_credential_process_does_not_inherit_the_lock(ground, tmp_path):
    seen = tmp_path / "seen"
    ground.configure("user1", credential_process=f"/bin/sh -c 'ls -l /proc/$$/fd >{seen}; exit 1'")
    ground.home.credentials.write_text("")
    done = ground.use("marketingadmin").end()
    assert done.status == 1
    assert "lock" not in seen.read_text()
    assert seen.read_text().count("->") >= 3


def test_the_command_of_exec_does_not_inherit_the_lock(ground):
    done = ground.run("exec", "marketingadmin", "--", "ls", "-l", "/proc/self/fd")
    assert done.status == 0, done.said
    assert b"lock" not in done.out
    assert done.out.count(b"->") >= 3


def test_a_wait_is_bounded_and_reports_its_reason(ground):
    """The limit is 120 s; here it is shortened by an argument of an inner function."""
    assert lock.WAIT_S == 120
    ground.store.mkdir(mode=0o700)
    held = lock.acquire(str(ground.store), "one", lambda: None, print)
    assert isinstance(held, lock.Lock)
    held.note(lock.CALLING, "busy with this test")
    with pytest.raises(LockTimeout) as caught:
        lock.acquire(str(ground.store), "one", lambda: None, print, wait_s=0.2)
    held.release()
    assert "busy with this test" in str(caught.value)
