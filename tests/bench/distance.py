"""Figures over TLS at a distance: a relay adds the round trip, also to the handshakes.

The boto3 script that they are compared with makes a client and a connection for each hop.
"""

import os
import pty
import select
import time
from functools import partial
from statistics import median

from .fixture import FEW, SERIAL, Fixture, Home, relayed, remote_home, secure
from .measure import Row, in_turn, process, row
from .rows import boto3

ROUND_TRIPS_MS = (60, 100, 120)
CODE_MS = 60  # the round trip at which the time after the code is measured
TYPING_S = 1.0


def cold(fixture: Fixture, runs: int) -> list[Row]:
    """A cold switch with one hop and with three at each distance, compared with boto3."""
    rows = []
    with secure(fixture) as (sts, bundle):
        for round_trip_ms in ROUND_TRIPS_MS:
            with relayed(int(sts.url.rpartition(":")[2]), round_trip_ms) as port:
                home = remote_home(fixture, port, bundle)
                cases = {}
                for profile in ("role", "third"):
                    cases[profile] = partial(cold_switch, fixture, home, profile)
                    cases[f"boto3 {profile}"] = partial(process, boto3(fixture, profile), home.env)
                seconds = in_turn(cases, runs)
            for profile, what, limit in (("role", "one hop", 0.6), ("third", "chain of three", 0.4)):
                boto = f"boto3 {profile}"
                said = f"cold, TLS, {round_trip_ms} ms away, {what}"
                rows.append(row(said, seconds, profile, limit, boto, "boto3"))
                rows.append(Row(f"  boto3, {what}", median(seconds[boto]) * 1000, "ms", None))
    return rows


def cold_switch(fixture: Fixture, home: Home, profile: str) -> float:
    """The seconds of a switch with an empty store."""
    home.forget()
    return process(fixture.program.use(profile), home.env)


def last_hop(fixture: Fixture, runs: int) -> list[Row]:
    """A chain of three whose first two hops are stored: one call."""
    home = fixture.homes[FEW]
    calls: list[int] = []

    def once() -> float:
        cold_switch(fixture, home, "second")
        before = fixture.calls()
        seconds = process(fixture.program.use("third"), home.env)
        calls.append(fixture.calls() - before)
        return seconds

    seconds = in_turn({"last": once, "bare": partial(process, fixture.program.bare, home.env)}, max(runs // 4, 3))
    return [
        Row("chain of three, first two hops stored", max(calls), "calls", 1),
        row("  its time, loopback", seconds, "last", None),
    ]


def after_code(fixture: Fixture, runs: int) -> list[Row]:
    """The time from Enter after the MFA code to the end of the process, less the round trips."""
    rows = []
    count = max(runs // 4, 3)
    with secure(fixture) as (sts, bundle), relayed(int(sts.url.rpartition(":")[2]), CODE_MS) as port:
        home = remote_home(fixture, port, bundle)
        for profile, what, calls in (
            ("wants-code", "after the MFA code, on the role's own call", 1),
            ("wants-mfa", "after the MFA code, session and role", 2),
        ):
            before = len(sts.calls)
            times = [switch_with_code(fixture, home, profile) for _ in range(count)]
            if len(sts.calls) - before != calls * count:
                raise SystemExit(f"bench: {profile} made {len(sts.calls) - before} calls in {count} switches")
            beyond = [seconds - calls * CODE_MS / 1000 for seconds in times]
            said = f"{what}: beyond {calls} round trip{'s' * (calls > 1)}"
            rows.append(Row(said, median(beyond) * 1000, "ms", 10, median(times), min(times)))
    return rows


def switch_with_code(fixture: Fixture, home: Home, profile: str) -> float:
    """One switch on a pseudo-terminal; the code is typed after TYPING_S. Returns the seconds after Enter."""
    home.forget()
    fixture.world._used_steps.clear()
    pid, terminal = pty.fork()
    if pid == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        words = fixture.program.use(profile)
        os.execve(words[0], words, home.env)
    shown = b""
    while b"MFA code" not in shown:
        shown += os.read(terminal, 1024)
    time.sleep(TYPING_S)
    code = fixture.world.code(SERIAL, time.time())
    started = time.perf_counter()
    os.write(terminal, code.encode() + b"\n")
    _, ended = os.waitpid(pid, 0)
    seconds = time.perf_counter() - started
    if ended:
        while select.select([terminal], [], [], 0.1)[0]:
            shown += os.read(terminal, 1024)
        raise SystemExit(f"bench: {profile}: {shown.decode()}")
    os.close(terminal)
    return seconds


GROUPS = {"far": cold, "last-hop": last_hop, "code": after_code}
