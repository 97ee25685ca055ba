"""The table of docs/reliability.md has a row for each figure, written by the test that measures it."""

from pathlib import Path

from . import figures

FOLDER = Path(__file__).parent


def test_the_table_has_every_row_in_order():
    text = figures.PAGE.read_text(encoding="utf-8")
    assert text.count(figures.BEGIN) == text.count(figures.END) == 1
    table = text.partition(figures.BEGIN)[2].partition(figures.END)[0]
    assert list(figures.written(table)) == list(figures.ROWS)


def test_each_row_is_written_by_one_test():
    tests = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("test_*.py"))
    for key in figures.ROWS:
        assert tests.count(f'figures.tell("{key}"') == 1


def test_writing_a_row_leaves_the_rest_of_the_page_as_it_was(tmp_path, monkeypatch):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{figures.BEGIN}{figures.END}after\n", encoding="utf-8")
    monkeypatch.setattr(figures, "PAGE", page)
    for key, seen in (("heir", "second"), ("crowd", "first"), ("heir", "again")):
        figures.tell(key, "tried", seen)
    lines = page.read_text(encoding="utf-8").splitlines()
    assert lines[:4] == ["before", figures.BEGIN.strip(), "| promise | tried | seen |", "|---|---|---|"]
    assert lines[4] == f"| {figures.ROWS['crowd']} | tried | first |"
    assert lines[5] == f"| {figures.ROWS['heir']} | tried | again |"
    assert lines[-1] == "after"
