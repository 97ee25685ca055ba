"""A kill at any instant, or an error of any system call: no corrupt read, no leftover, and the next switch succeeds."""

import signal
import subprocess
import time

import pytest

from assume import files
from assume.store import record

from . import figures
from .ground import variables
from .trace import points, spoil

ERRORS = ("EIO", "ENOSPC", "EACCES")
NOTHING_TORN = "0 corrupt reads, 0 files left behind after the next run"
COLD = ("use", "--shell", "bash", "--state", "")


def check_whole(ground):
    """Every file of the store is complete, except temporary files of a killed process."""
    for name, content in ground.stored().items():
        if name.endswith((record.ENTRY, record.POINTER, record.NOTE)):
            assert record.parsed(content) is not None or name.startswith(files.TEMPORARY), (name, content)


def check_next(ground, profile, why):
    """The next run succeeds, and leaves no temporary file behind."""
    done = ground.run(*COLD, profile)
    assert done.status == 0, (why, done.said)
    assert "Traceback" not in done.said
    assert variables(done.out)["AWS_SESSION_TOKEN"]
    assert ground.is_sound(), (why, sorted(ground.stored()))


def some(found, count, chance):
    """A random choice of `count`; all if `count` is None."""
    assert len(found) > 12, found
    return found if count is None else sorted(chance.sample(found, count))


@pytest.mark.parametrize(
    ("profile", "count"),
    [
        ("marketingadmin", 4),
        pytest.param("marketingadmin", None, marks=pytest.mark.slow),
        pytest.param("workload", None, marks=pytest.mark.slow),
    ],
)
def test_killed_after_each_call_that_changes_the_store(ground, tmp_path, chance, profile, count):
    *found, _ = points(ground, tmp_path / "log", *COLD, profile)  # without the reply
    for point in some(found, count, chance):
        ground.forget()
        killed = ground.run(*COLD, profile, program=[*spoil(point, "signal=KILL"), *ground.program])
        assert killed.status == -signal.SIGKILL, point
        assert killed.out == b""
        check_whole(ground)
        check_next(ground, profile, point)
    if profile == "workload":
        tried = f"a chain of three, {len(found)} calls between the miss and the reply that change the store (strace)"
        figures.tell("calls", tried, NOTHING_TORN)


@pytest.mark.parametrize("count", [4, pytest.param(None, marks=pytest.mark.slow)])
def test_an_error_of_any_call_that_changes_the_store_does_not_prevent_a_switch(ground, tmp_path, chance, count):
    found = points(ground, tmp_path / "log", *COLD, "marketingadmin", behind=True)
    reply = found.pop()
    assert reply.text.startswith("1, ")
    for point, error in some([(point, error) for point in found for error in ERRORS], count, chance):
        ground.forget()
        done = ground.run(*COLD, "marketingadmin", program=[*spoil(point, f"error={error}"), *ground.program])
        assert done.status == 0, (point, error, done.said)
        assert variables(done.out)["AWS_SESSION_TOKEN"], point
        assert "internal error" not in done.said
        check_whole(ground)
        check_next(ground, "marketingadmin", point)
    if count is None:
        seen = f"{len(found) * len(ERRORS)} switches succeed, {NOTHING_TORN}"
        figures.tell("errors", f"{len(found)} calls, with {', '.join(ERRORS)}", seen)


def test_a_reply_that_cannot_be_written_is_a_failure(ground, tmp_path):
    *_, reply = points(ground, tmp_path / "log", *COLD, "marketingadmin")
    for error in ("EPIPE", "ENOSPC"):
        ground.forget()
        done = ground.run(*COLD, "marketingadmin", program=[*spoil(reply, f"error={error}"), *ground.program])
        assert done.status == 1
        assert done.out == b""
        check_next(ground, "marketingadmin", error)


@pytest.mark.parametrize("count", [50, pytest.param(500, marks=pytest.mark.slow)])
def test_killed_at_any_instant(ground, chance, count):
    started_at = time.monotonic()
    check_next(ground, "workload", "at first")
    whole_s = time.monotonic() - started_at
    for number in range(count):
        ground.forget()
        victim = ground.use("workload")
        try:
            victim.process.wait(chance.uniform(0, 1.1 * whole_s))
        except subprocess.TimeoutExpired:
            victim.tell(signal.SIGKILL)
        done = victim.end()
        assert done.out == b"" or variables(done.out)["AWS_SESSION_TOKEN"]  # the reply is one write
        check_whole(ground)
        if number % 10 == 9:
            check_next(ground, "workload", number)
    if count > 50:
        figures.tell("instants", f"{count} times, a chain of three", NOTHING_TORN)
