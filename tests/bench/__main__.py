"""`python -m tests.bench [--quick] [--here] [GROUP…]`: measures and prints. Without a GROUP it also writes the page."""

import argparse
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median

from . import distance, inside, look, page, peers, rows
from .fixture import FEW, ROOT, Fixture, here, installed
from .measure import CPU, Row, in_turn, process

GROUPS = rows.GROUPS | inside.GROUPS | look.GROUPS | distance.GROUPS | peers.GROUPS
FULL, QUICK = 25, 7


def main() -> None:
    """Measures the groups, prints their rows, and writes the page."""
    words = argparse.ArgumentParser(prog="bench")
    words.add_argument("--quick", action="store_true", help="fewer runs")
    words.add_argument("--runs", type=int, help="the number of runs")
    words.add_argument("--here", action="store_true", help="measure the checkout, not an installed wheel")
    words.add_argument("group", nargs="*", help=f"any of {', '.join(page.TITLES)}; by default all")
    given = words.parse_args()
    runs = given.runs or (QUICK if given.quick else FULL)
    program = here() if given.here else installed()
    measured: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_until:
        fixture = Fixture(program, Path(folder), open_until)
        bare = in_turn({"bare": partial(process, program.bare, fixture.homes[FEW].env)}, runs)["bare"]
        for name in given.group or page.TITLES:
            print(f"\n{page.TITLES[name]}")
            measured[name] = GROUPS[name](fixture, runs)
            for row in measured[name]:
                print(line(row), flush=True)
    unmet = [row.what for found in measured.values() for row in found if not row.is_met]
    print(f"\nnot met: {'; '.join(unmet) or 'nothing'}")
    if not (given.group or given.here or CPU):
        page.write(measured, runs, median(bare))
        print(f"written: {page.PAGE.relative_to(ROOT)}")


def line(row: Row) -> str:
    """A row as a line for the terminal."""
    limit = "" if row.limit is None else f"≤ {row.limit:g} {row.unit}"
    mark = "" if row.limit is None else ("met" if row.is_met else "NOT MET")
    times = "" if row.typical_s is None else f"{row.typical_s * 1000:8.1f} ms  least {(row.least_s or 0) * 1000:.1f}"
    return f"  {row.what:55} {row.figure:8.2f} {row.unit:5} {limit:10} {mark:8} {times}"


if __name__ == "__main__":
    main()
