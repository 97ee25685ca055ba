"""When credentials of a running command are renewed, and what callers get meanwhile."""

import threading

import pytest

from assume.cold import renewing
from assume.cold.renewing import Renewing
from assume.credentials import Credentials
from assume.errors import AssumeError, Refused


def keys(number: int, expires_at: int) -> Credentials:
    return Credentials(f"ASIA{number}", "secret", "token", expires_at, expires_at - 900)


class Bench:
    """A Renewing with a clock and results that a test sets, whose work is done step by step."""

    def __init__(self) -> None:
        self.now = 0.0
        self.calls = 0
        self.results: list[Credentials | AssumeError] = []
        self.told: list[str] = []
        self.it = Renewing(keys(1, 900), self._renew, self.told.append, clock=lambda: self.now)

    def ask(self) -> str:
        """The key id that a caller gets; one step of the work is done beside it."""
        worker = threading.Thread(target=self.it.step)
        worker.start()
        try:
            return self.it.credentials().key_id
        finally:
            worker.join()

    def _renew(self) -> Credentials:
        self.calls += 1
        result = self.results.pop(0)
        if isinstance(result, AssumeError):
            raise result
        return result


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.setattr(renewing, "LOOK_S", 0.05)
    monkeypatch.setattr(renewing, "PAUSE_S", 0)
    return Bench()


def test_nothing_is_renewed_before_it_is_due(bench):
    bench.now = 590  # 310 s are left of 900
    assert (bench.ask(), bench.calls) == ("ASIA1", 0)


def test_a_caller_gets_the_new_credentials(bench):
    bench.now, bench.results = 650, [keys(2, 1550)]
    assert (bench.ask(), bench.calls) == ("ASIA2", 1)


def test_credentials_in_use_are_renewed_before_anybody_waits(bench):
    bench.ask()
    bench.now, bench.results = 650, [keys(2, 1550)]
    bench.it.step()
    assert bench.it.current.key_id == "ASIA2"


def test_credentials_that_nobody_uses_are_not_renewed(bench):
    bench.now = 650
    bench.it.step()
    assert bench.calls == 0


def test_a_failure_is_told_once_and_the_old_ones_are_given_while_they_are_good(bench):
    bench.results = [Refused("no", "ask"), Refused("no", "ask"), keys(2, 1700)]
    bench.now = 650
    assert [bench.ask(), bench.ask()] == ["ASIA1", "ASIA1"]
    assert bench.told == [
        "assume: no\n  ask\n  the command keeps what it has, for 5m more; further attempts are not reported"
    ]
    assert bench.ask() == "ASIA2"


def test_after_that_a_caller_gets_the_reason(bench):
    bench.now, bench.results = 850, [Refused("no", "ask")]  # 50 s are left: too few to be passed on
    with pytest.raises(Refused, match="no"):
        bench.ask()
    assert bench.told[0].endswith("for 50s more; further attempts are not reported")


def test_a_failure_after_a_success_is_told_again(bench):
    bench.now, bench.results = 650, [Refused("one"), keys(2, 1550), Refused("two")]
    bench.ask()
    bench.ask()
    bench.now = 1300
    bench.ask()
    assert [text.splitlines()[0] for text in bench.told] == ["assume: one", "assume: two"]


def test_after_a_failure_there_is_a_pause(bench, monkeypatch):
    monkeypatch.setattr(renewing, "PAUSE_S", 60)
    bench.now, bench.results = 650, [Refused("no")]
    assert [bench.ask() for _ in range(3)] == ["ASIA1"] * 3
    assert bench.calls == 1


def test_a_caller_does_not_wait_long_while_the_old_ones_are_good(bench, monkeypatch):
    monkeypatch.setattr(renewing, "SOON_S", 0.01)
    bench.now = 650
    assert bench.it.credentials().key_id == "ASIA1"  # no step was done


def test_an_internal_error_shows_no_secret(bench):
    bench.now, bench.results = 850, []  # pop fails
    with pytest.raises(AssumeError, match="internal error: IndexError"):
        bench.ask()


def test_a_long_min_left_does_not_renew_without_end(bench):
    bench.it.min_left_s = 3600  # longer than the credentials last
    bench.now, bench.results = 400, [keys(2, 1400)]
    assert (bench.ask(), bench.calls) == ("ASIA1", 0)
    bench.now = 500
    assert (bench.ask(), bench.ask(), bench.calls) == ("ASIA2", "ASIA2", 1)


def test_many_callers_wait_for_one_renewal(bench):
    bench.now, bench.results = 880, [keys(2, 1780)]
    found: list[str] = []
    callers = [threading.Thread(target=lambda: found.append(bench.it.credentials().key_id)) for _ in range(20)]
    for caller in callers:
        caller.start()
    while not found:
        bench.it.step()
    for caller in callers:
        caller.join()
    assert (found, bench.calls) == (["ASIA2"] * 20, 1)
