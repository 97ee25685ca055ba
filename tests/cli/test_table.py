"""The table: how columns share a width, what is cut, and what is left out."""

import io
import random

import pytest
from rich.cells import cell_len
from rich.console import Console

from assume.cli.table import Cell, Table
from assume.terminal.columns import CUT, Column, cut, shared


def drawn(table, width):
    out = io.StringIO()
    Console(file=out, width=width, soft_wrap=True, color_system=None).print(table, end="")
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("needs", "room", "widths"),
    [
        ([(3, 5), (3, 5)], 12, [5, 5]),
        ([(3, 20), (3, 5)], 20, [13, 5]),
        ([(3, 20), (3, 20)], 21, [10, 9]),
        ([(8, 20), (3, 20)], 13, [8, 3]),
        ([(8, 20)], 5, [5]),
        ([(8, 20)], 0, [1]),
    ],
)
def test_columns_share_the_room(needs, room, widths):
    assert shared(needs, room) == widths


@pytest.mark.parametrize(
    ("text", "width", "result"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("abcd", 1, "…"),
        ("abcd", 0, ""),
        ("東京都", 6, "東京都"),
        ("東京都", 4, "東…"),
    ],
)
def test_a_long_text_is_cut(text, width, result):
    assert cut(text, width) == result


def test_a_row_of_fewer_cells_gives_the_last_one_the_rest():
    table = Table(
        [Column("name", 4, 2), Column("one", 3, 1), Column("two", 3, 1)],
        [[Cell("a"), Cell("b"), Cell("c")], [Cell("broken"), Cell("the reason is a long one")]],
    )
    assert drawn(table, 24) == ["name    one  two", "a       b    c", "broken  the reason is a…"]


def test_the_least_important_column_is_left_out_and_an_empty_one_before_it():
    columns = [Column("name", 4, 3), Column("less", 4, 1), Column("more", 4, 2), Column("none", 4, 9)]
    rows = [[Cell("a" * 9), Cell("b" * 9), Cell("c" * 9), Cell("")]]
    for width, left_out in ((22, []), (21, ["none"]), (15, ["less", "none"]), (9, ["less", "more", "none"])):
        table = Table(columns, rows)
        assert max(map(len, drawn(table, width))) <= width
        assert table.left_out == left_out


def test_the_word_behind_a_name_is_never_cut():
    table = Table([Column("name", 4, 1)], [[Cell("x" * 30, "red", "PROD")]])
    assert drawn(table, 12)[1] == "xxxxxx" + CUT + " PROD"


def test_any_cells_fit_any_width_and_no_line_is_wrapped():
    draw = random.Random(12)
    texts = [
        "",
        "a",
        "x" * 70,
        "東京" * 9,
        "e\u0301" * 20,
        "🙂" * 8,
        "arn:aws:iam::123456789012:role/marketingadminrole",
    ]
    for _ in range(300):
        columns = [Column(f"head{at}", draw.randint(1, 12), draw.randint(1, 9)) for at in range(draw.randint(1, 7))]
        rows = [
            [Cell(draw.choice(texts), after=draw.choice(["", "PROD"]) if not at else "") for at in range(len(columns))]
            for _ in range(draw.randint(0, 5))
        ]
        rows += [[Cell("n"), Cell("reason " * 9)]] if len(columns) > 2 else []
        width = draw.randint(14, 120)
        lines = drawn(Table(columns, rows), width)
        assert len(lines) == len(rows) + 1
        assert all(cell_len(line) <= width for line in lines)
