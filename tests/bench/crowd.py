"""Waiting terminals: what each costs while another process gets the credentials.

The bench itself holds the lock of the entry, so that all of them wait for as long as it takes to look at them; then it
stores the entry, and they end.
"""

import fcntl
import os
import time
from statistics import median

from assume import arguments
from assume.credentials import Credentials
from assume.profiles.config import Config, read
from assume.profiles.plan import plan
from assume.store import entries, record

from .fixture import FEW, Fixture, Home
from .measure import Row, start

WAITERS = 200
SETTLED_S = 0.5  # without any use of the processor
LIMIT_S = 60
GOOD_S = 3600


def waiting(fixture: Fixture, count: int = WAITERS) -> list[Row]:
    """Memory and processor time of each of `count` waiting switches."""
    home, program = fixture.homes[FEW], fixture.program
    bare_s = median(map(ended_s, [start(program.bare, home.env) for _ in range(count)]))  # in a crowd, too
    home.forget()
    store, request = entry_of(home, "role")
    os.makedirs(store, mode=0o700)
    before = fixture.calls()
    with open(f"{store}/{record.name_of(request)}{record.LOCK}", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        pids = [start(program.use("role"), home.env) for _ in range(count)]
        settle(pids)
        memory_kb = median(map(own_kb, pids))
        now = int(time.time())
        entries.keep(store, request, Credentials("ASIAIOSFODNN7EXAMPLE", "secret", "token", now + GOOD_S, now))
    used_s = [ended_s(pid) for pid in pids]
    if fixture.calls() != before:
        raise SystemExit("bench: a waiting terminal made a call")
    return [
        Row(f"{count} waiting terminals: processor time of each", median(used_s) / bare_s, "×", 1.5, median(used_s)),
        Row(f"{count} waiting terminals: memory of each", memory_kb / 1024, "MB"),
    ]


def entry_of(home: Home, profile: str) -> tuple[str, str]:
    """The folder of the store, and the request that the profile is stored for."""
    options = arguments.read([profile])
    assert options is not None
    files = [read(str(home.folder / ".aws" / name)) for name in ("config", "credentials")]
    chain = plan(Config(*files), options, home.env)
    return str(home.folder / ".aws" / "assume"), chain.request(len(chain.hops))


def settle(pids: list[int]) -> None:
    """Returns once the processes wait, all of them: for a while they have used next to no processor time."""
    ends, before = time.monotonic() + LIMIT_S, -1
    while (ticks := sum(map(ticks_of, pids))) - before > len(pids) // 50:
        if time.monotonic() > ends:
            raise SystemExit("bench: the waiting terminals do not settle")
        before = ticks
        time.sleep(SETTLED_S)


def ticks_of(pid: int) -> int:
    """The processor time of a process so far, in the system's ticks."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def own_kb(pid: int) -> int:
    """The memory of a process; what it shares with others counts in parts."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("Pss:"))


def ended_s(pid: int) -> float:
    """The processor time of a process, once it has ended. Raises if it failed."""
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise SystemExit("bench: a waiting terminal failed")
    return usage.ru_utime + usage.ru_stime
