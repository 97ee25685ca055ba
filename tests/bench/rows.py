"""The table of figures, group by group. In: a Place and how many runs; out: Rows.

Before anything is timed its answer is looked at, and the calls that STS has had
are counted: a warm switch that called, or a cold one that did not, ends the run.
"""

import os
import time
from functools import partial
from pathlib import Path
from statistics import median

from .measure import Row, answer, in_turn, process, row, start
from .places import FEW, MANY, Home, Place

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


def taken(place: Place, home: Home, profile: str, calls: int) -> None:
    """One switch whose answer is looked at. Raises where it is wrong, or took another number of calls."""
    before = place.calls()
    text = answer(place.program.use(profile), home.env, str(place.folder))
    if f"ASSUME_PROFILE='{profile}'" not in text or place.calls() - before != calls:
        raise SystemExit(f"bench: {profile}: {place.calls() - before} calls, not {calls}; the answer:\n{text[:200]}")


def warmed(place: Place, home: Home, profile: str = "role") -> None:
    """Credentials and pointer are there, and are what a switch is answered with."""
    process(place.program.use(profile), home.env)
    taken(place, home, profile, 0)


def warm(place: Place, runs: int) -> list[Row]:
    """The process that the shell function starts, and its memory."""
    program = place.program
    cases = {"bare": lambda: process(program.bare, place.homes[FEW].env)}
    for count, home in place.homes.items():
        warmed(place, home)
        cases[str(count)] = partial(process, program.use("role"), home.env)
    seconds = in_turn(cases, runs)
    return [
        row("warm switch, the process", seconds, str(FEW), 1.1),
        row("the same, 10,000 profiles", seconds, str(MANY), 1.15),
    ]


def memory(place: Place, runs: int) -> list[Row]:
    """The most that a warm switch holds in memory."""
    program, home = place.program, place.homes[FEW]
    warmed(place, home)
    most = {
        name: median(
            int(
                answer([program.interpreter, "-I", "-S", "-c", MEMORY, *words], home.env, str(place.folder)).split()[-1]
            )
            for _ in range(max(runs // 4, 3))
        )
        for name, words in (("bare", program.bare), ("warm", [*program.use("role")]))
    }
    return [Row("memory of a warm switch", most["warm"] / most["bare"], "×", 1.3)]


def middle(place: Place, runs: int) -> list[Row]:
    """The config file was touched, and says the same."""
    program = place.program
    cases = {"bare": lambda: process(program.bare, place.homes[FEW].env)}

    def touched(home: Home) -> float:
        home.touch()
        return process(program.use("role"), home.env)

    for count, home in place.homes.items():
        warmed(place, home)
        home.touch()
        taken(place, home, "role", 0)
        cases[str(count)] = partial(touched, home)
    seconds = in_turn(cases, runs)
    return [
        row("config touched, this chain unchanged", seconds, str(FEW), 2),
        row("the same, 10,000 profiles", seconds, str(MANY), 3),
    ]


def tab(place: Place, runs: int) -> list[Row]:
    """TAB on the start of a profile's name: the process that the completion starts."""
    program = place.program
    cases = {"bare": lambda: process(program.bare, place.homes[FEW].env)}
    for name, count, typed, offers in (
        ("few", FEW, "te", 3),
        ("ten", MANY, "team-0012", 10),
        ("all", MANY, "te", 9993),
    ):
        env, words = place.homes[count].env, program.fast("complete", "--shell", "zsh", "--", typed)
        offered = answer(words, env, str(place.folder)).splitlines()
        if len(offered) != offers:
            raise SystemExit(f"bench: TAB offers {len(offered)} profiles, not {offers}")
        cases[name] = partial(process, words, env)
    seconds = in_turn(cases, runs)
    return [
        row("TAB on a profile's name", seconds, "few", 1.3),
        row("the same, 10,000 profiles, 10 of them begin so", seconds, "ten", 2),
        row("the same, all of them begin so", seconds, "all", None),
    ]


def boto3(place: Place, profile: str) -> list[str]:
    """The bare boto3 script for a profile."""
    script = place.folder / "bare-boto3.py"
    script.write_text(BOTO3)
    python = Path(place.program.script).with_name("python")
    return [str(python), str(script), profile]


def cold(place: Place, runs: int) -> list[Row]:
    """Nothing stored, STS on loopback."""
    program = place.program

    def emptied(home: Home) -> float:
        home.forget()
        return process(program.use("role"), home.env)

    few, many = place.homes[FEW], place.homes[MANY]
    for home in (few, many):
        home.forget()
        taken(place, home, "role", 1)
    cases = {
        "bare": lambda: process(program.bare, few.env),
        "cold": lambda: emptied(few),
        "boto3": lambda: process(boto3(place, "role"), few.env),
        "many": lambda: emptied(many),
    }
    seconds = in_turn(cases, runs)
    return [
        row("cold switch, loopback", seconds, "cold", 20),
        row("the same, to a bare boto3 script", seconds, "cold", 0.75, "boto3", "boto3"),
        row("a bare boto3 script, loopback", seconds, "boto3", None),
        row("cold switch, 10,000 profiles, to 10", seconds, "many", 1.3, "cold", "10 profiles"),
    ]


def run_exec(place: Place, runs: int) -> list[Row]:
    """`assume exec role -- true`, warm, through the console script."""
    program, home = place.program, place.homes[FEW]
    warmed(place, home)
    words = [program.script, "exec", "role", "--"]
    if "ASSUME_PROFILE=role" not in answer([*words, "/usr/bin/env"], home.env, str(place.folder)):
        raise SystemExit("bench: exec gave no role")
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


def together(place: Place, count: int) -> float:
    """So many switches at once, nothing stored; one call for all of them."""
    home = place.homes[FEW]
    home.forget()
    before = place.calls()
    started = time.perf_counter()
    pids = [start(place.program.use("role"), home.env) for _ in range(count)]
    for pid in pids:
        _, ended = os.waitpid(pid, 0)
        if ended:
            raise SystemExit(f"bench: one of {count} switches at once failed")
    seconds = time.perf_counter() - started
    if place.calls() - before != 1:
        raise SystemExit(f"bench: {count} switches at once made {place.calls() - before} calls")
    return seconds


def many(place: Place, runs: int) -> list[Row]:
    """Terminals that open at once, all of them wanting the same role."""
    cases = {str(count): partial(together, place, count) for count in (1, 20, 200)}
    seconds = in_turn(cases, max(runs // 4, 3))
    return [
        row("20 terminals at once, cold, to one", seconds, "20", 2.5, "1", "one"),
        row("200 terminals at once, cold, to one", seconds, "200", 15, "1", "one"),
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
