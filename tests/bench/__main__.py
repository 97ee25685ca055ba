"""`python -m tests.bench [--quick] [--here] [GROUP…]`."""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from . import distance, inside, places, rows
from .measure import Row

GROUPS = rows.GROUPS | inside.GROUPS | distance.GROUPS
FULL, QUICK = 25, 7


def main() -> None:
    """Measures, prints."""
    words = argparse.ArgumentParser(prog="bench")
    words.add_argument("--quick", action="store_true", help="fewer runs")
    words.add_argument("--runs", type=int, help="so many runs")
    words.add_argument("--here", action="store_true", help="measure the checkout, not an installed wheel")
    words.add_argument("group", nargs="*", help=f"of {', '.join(GROUPS)}; all of them by default")
    given = words.parse_args()
    runs = given.runs or (QUICK if given.quick else FULL)
    program = places.here() if given.here else places.installed()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_until:
        place = places.Place(program, Path(folder), open_until)
        for name in given.group or GROUPS:
            for row in GROUPS[name](place, runs):
                print(line(row), flush=True)


def line(row: Row) -> str:
    limit = "" if row.limit is None else f"≤ {row.limit:g} {row.unit}"
    mark = "" if row.limit is None else ("met" if row.is_met else "NOT MET")
    times = "" if row.typical_s is None else f"{row.typical_s * 1000:8.1f} ms  least {(row.least_s or 0) * 1000:.1f}"
    return f"{row.what:45} {row.figure:7.2f} {row.unit:3} {limit:10} {mark:8} {times}"


if __name__ == "__main__":
    main()
