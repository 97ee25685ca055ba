"""The table of cases: what every shell must do, by number.

A row is a function that takes a `Bench`; `@case` gives it its number, its name
and the shells that it is for. A number may have several rows. A number with no
row is in NOT_HERE with the reason. Rows from 81 on were added later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .bench import Bench

POSIX = ("bash", "zsh")
UNIX = ("bash", "zsh", "fish")
ALL = ("bash", "zsh", "fish", "powershell")

NOT_HERE: dict[int, str] = {
    43: "a duration, and so a figure of `make bench`: no test can tell a slow shell from a busy machine"
}


@dataclass(frozen=True, slots=True)
class Case:
    number: int
    name: str
    shells: tuple[str, ...]
    run: Callable[[Bench], None]


CASES: list[Case] = []


def case(
    number: int, name: str, shells: Iterable[str] = ALL
) -> Callable[[Callable[[Bench], None]], Callable[[Bench], None]]:
    """Makes the function a row of the table."""

    def add(run: Callable[[Bench], None]) -> Callable[[Bench], None]:
        CASES.append(Case(number, name, tuple(shells), run))
        return run

    return add
