"""Every row of the table in every shell that it is for."""

from __future__ import annotations

import pytest

from . import rows_switch  # noqa: F401  (each file of rows adds its own to CASES)
from .bench import Bench
from .table import CASES, NOT_HERE, Case

PAIRS = [
    pytest.param(name, row, id=f"{name}-{row.number}-{row.name}")
    for row in sorted(CASES, key=lambda row: row.number)
    for name in row.shells
]


@pytest.mark.parametrize(("kind_name", "row"), PAIRS)
def test_row(bench: Bench, row: Case) -> None:
    row.run(bench)


def test_every_number_is_a_row_or_has_its_reason() -> None:
    rows = {row.number for row in CASES}
    assert rows | set(NOT_HERE) == set(range(1, 81))
    assert not rows & set(NOT_HERE)
