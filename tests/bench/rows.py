"""The groups of figures. In: a Fixture and the number of runs. Out: Rows.

Before a program is timed, its answer is checked and its calls to STS are counted:
a warm switch that makes a call, or a cold one that makes none, ends the bench.
"""

import os
import time
from functools import partial
from pathlib import Path
from statistics import median

from .crowd import waiting
from .fixture import FEW, MANY, Fixture, Home, remote_home, secure
from .measure import Row, answer, in_turn, process, row, start

BOTO3 = """\
import sys, boto3
session = boto3.Session(profile_name=sys.argv[1])
keys = session.get_credentials().get_frozen_credentials()
print(f"export AWS_ACCESS_KEY_ID={keys.access_key}")
print(f"export AWS_SECRET_ACCESS_KEY={keys.secret_key}")
print(f"export AWS_SESSION_TOKEN={keys.token}")
"""
MEMORY = (
    "import posix,sys;a=sys.argv[1:];_,_,u=posix.wait4(posix.posix_spawn(a[0],a,posix.environ),0);print(u.ru_maxrss)"
)


def check_switch(fixture: Fixture, home: Home, profile: str, calls: int) -> None:
    """Makes one switch. Raises if its answer is wrong, or if it makes another number of calls."""
    before = fixture.calls()
    text = answer(fixture.program.use(profile), home.env, str(fixture.folder))
    if f"ASSUME_PROFILE='{profile}'" not in text or fixture.calls() - before != calls:
        raise SystemExit(f"bench: {profile}: {fixture.calls() - before} calls, not {calls}; the answer:\n{text[:200]}")


def warm_up(fixture: Fixture, home: Home, profile: str = "role") -> None:
    """Stores credentials and pointer, and checks that the next switch makes no call."""
    process(fixture.program.use(profile), home.env)
    check_switch(fixture, home, profile, 0)


def warm(fixture: Fixture, runs: int) -> list[Row]:
    """The process that the shell function starts, with everything stored."""
    program = fixture.program
    cases = {"bare": lambda: process(program.bare, fixture.homes[FEW].env)}
    for count, home in fixture.homes.items():
        warm_up(fixture, home)
        cases[str(count)] = partial(process, program.use("role"), home.env)
    seconds = in_turn(cases, runs)
    return [
        row("warm switch, the process", seconds, str(FEW), 1.1),
        row("the same, 10,000 profiles", seconds, str(MANY), 1.15),
    ]


def memory(fixture: Fixture, runs: int) -> list[Row]:
    """The peak memory of a warm switch, and of a cold one over TLS."""
    program, home = fixture.program, fixture.homes[FEW]
    count = max(runs // 4, 3)
    warm_up(fixture, home)
    least = median(peak_kb(fixture, home, program.bare) for _ in range(count))
    most = median(peak_kb(fixture, home, program.use("role")) for _ in range(count))
    sts, bundle = fixture.open_until.enter_context(secure(fixture))
    far, cold_kb = remote_home(fixture, int(sts.url.rpartition(":")[2]), bundle), []
    for _ in range(count):
        home.forget()
        cold_kb.append(peak_kb(fixture, far, program.use("role")))
    return [
        Row("memory of a warm switch", most / least, "×", 1.3),
        Row("memory of a cold switch, over TLS", median(cold_kb) / 1024, "MB", 24),
    ]


def peak_kb(fixture: Fixture, home: Home, words: list[str]) -> int:
    """The most memory that a process had at any time, in KB."""
    measured = [fixture.program.interpreter, "-I", "-S", "-c", MEMORY, *words]
    return int(answer(measured, home.env, str(fixture.folder)).split()[-1])


def middle(fixture: Fixture, runs: int) -> list[Row]:
    """A switch after the config file was touched, with the same content."""
    program = fixture.program
    cases = {"bare": lambda: process(program.bare, fixture.homes[FEW].env)}

    def touched(home: Home) -> float:
        home.touch()
        return process(program.use("role"), home.env)

    for count, home in fixture.homes.items():
        warm_up(fixture, home)
        home.touch()
        check_switch(fixture, home, "role", 0)
        cases[str(count)] = partial(touched, home)
    seconds = in_turn(cases, runs)
    return [
        row("config touched, this chain unchanged", seconds, str(FEW), 2),
        row("the same, 10,000 profiles", seconds, str(MANY), 3),
    ]


def tab(fixture: Fixture, runs: int) -> list[Row]:
    """TAB on the start of a profile's name: the process that the completion starts."""
    program = fixture.program
    cases = {"bare": lambda: process(program.bare, fixture.homes[FEW].env)}
    for name, count, typed, offers in (
        ("few", FEW, "te", 3),
        ("ten", MANY, "team-0012", 10),
        ("all", MANY, "te", 9993),
    ):
        env, words = fixture.homes[count].env, program.fast("complete", "--shell", "zsh", "--", typed)
        offered = answer(words, env, str(fixture.folder)).splitlines()
        if len(offered) != offers:
            raise SystemExit(f"bench: TAB offers {len(offered)} profiles, not {offers}")
        cases[name] = partial(process, words, env)
    seconds = in_turn(cases, runs)
    return [
        row("TAB on a profile's name", seconds, "few", 1.3),
        row("the same, 10,000 profiles, 10 of them match", seconds, "ten", 2),
        row("the same, all of them match", seconds, "all", None),
    ]


def boto3(fixture: Fixture, profile: str) -> list[str]:
    """The command of the bare boto3 script for a profile."""
    script = fixture.folder / "bare-boto3.py"
    script.write_text(BOTO3)
    python = Path(fixture.program.script).with_name("python")
    return [str(python), str(script), profile]


def cold(fixture: Fixture, runs: int) -> list[Row]:
    """A cold switch, with STS on loopback."""
    program = fixture.program

    def emptied(home: Home) -> float:
        home.forget()
        return process(program.use("role"), home.env)

    few, many = fixture.homes[FEW], fixture.homes[MANY]
    sts, bundle = fixture.open_until.enter_context(secure(fixture))
    tls = remote_home(fixture, int(sts.url.rpartition(":")[2]), bundle)
    for home in (few, many):
        home.forget()
        check_switch(fixture, home, "role", 1)
    cases = {
        "bare": lambda: process(program.bare, few.env),
        "cold": lambda: emptied(few),
        "tls": lambda: emptied(tls),
        "boto3": lambda: process(boto3(fixture, "role"), few.env),
        "many": lambda: emptied(many),
    }
    seconds = in_turn(cases, runs)
    return [
        row("cold switch, loopback", seconds, "cold", 8),
        row("the same, over TLS", seconds, "tls", 10),
        row("cold switch, loopback, to a bare boto3 script", seconds, "cold", 0.4, "boto3", "boto3"),
        row("a bare boto3 script, loopback", seconds, "boto3", None),
        row("cold switch, 10,000 profiles, to 10", seconds, "many", 1.3, "cold", "10 profiles"),
    ]


def run_exec(fixture: Fixture, runs: int) -> list[Row]:
    """`assume exec role -- true`, warm, through the console script."""
    program, home = fixture.program, fixture.homes[FEW]
    warm_up(fixture, home)
    words = [program.script, "exec", "role", "--"]
    if "ASSUME_PROFILE=role" not in answer([*words, "/usr/bin/env"], home.env, str(fixture.folder)):
        raise SystemExit("bench: exec did not pass the role to its command")
    cases = {
        "bare": lambda: process(program.bare, home.env),
        "exec": lambda: process([*words, "/bin/true"], home.env),
        "empty": lambda: process([program.interpreter, "-c", "pass"], home.env),
    }
    seconds = in_turn(cases, runs)
    return [
        row("assume exec role -- true", seconds, "exec", 2.5),
        row("an empty script of the same environment", seconds, "empty", None),
    ]


def together(fixture: Fixture, count: int) -> float:
    """The seconds of `count` cold switches at once, which make one call in all."""
    home = fixture.homes[FEW]
    home.forget()
    before = fixture.calls()
    started = time.perf_counter()
    pids = [start(fixture.program.use("role"), home.env) for _ in range(count)]
    for pid in pids:
        _, ended = os.waitpid(pid, 0)
        if ended:
            raise SystemExit(f"bench: one of {count} switches at once failed")
    seconds = time.perf_counter() - started
    if fixture.calls() - before != 1:
        raise SystemExit(f"bench: {count} switches at once made {fixture.calls() - before} calls")
    return seconds


def many(fixture: Fixture, runs: int) -> list[Row]:
    """Terminals that are opened at once, all with the same role."""
    cases = {str(count): partial(together, fixture, count) for count in (1, 20, 200)}
    seconds = in_turn(cases, max(runs // 4, 3))
    return [
        row("20 terminals at once, cold, to one", seconds, "20", 4, "1", "one"),
        row("200 terminals at once, cold, to one", seconds, "200", None, "1", "one"),
        *waiting(fixture),
    ]


GROUPS = {
    "warm": warm,
    "memory": memory,
    "middle": middle,
    "tab": tab,
    "exec": run_exec,
    "cold": cold,
    "many": many,
}
