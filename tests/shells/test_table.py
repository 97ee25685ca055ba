"""Every row of the table in every shell that it is for."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from .bench import Bench
from .table import CASES, NOT_HERE, Case

for file in Path(__file__).parent.glob("rows_*.py"):
    importlib.import_module(f".{file.stem}", __package__)  # its rows add themselves to CASES

pytestmark = pytest.mark.once
PAIRS = [
    pytest.param(name, row, id=f"{name}-{row.number}-{row.name}")
    for row in sorted(CASES, key=lambda row: row.number)
    for name in row.shells
]


@pytest.mark.parametrize(("kind_name", "row"), PAIRS)
def test_row(bench: Bench, row: Case) -> None:
    row.run(bench)


def test_every_number_has_a_row_or_a_reason() -> None:
    rows = {row.number for row in CASES}
    assert set(range(1, 81)) <= rows | set(NOT_HERE)
    assert not rows & set(NOT_HERE)
