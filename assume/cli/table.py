"""A table for Rich that fits the width of the terminal, however many rows it has.

Columns share the width: a long cell is cut with `…`, and where even that does not help, the least important column is
left out. No cell is ever wrapped. Rich's own table measures and wraps each cell, which takes 8 s for 10,000 profiles;
this one takes a tenth of a second, and leaves to Rich what it knows best: terminals, colours, and how wide a
character is.

In: `Column`s and rows of cells; out: lines on standard output.
"""

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style

from assume.cli.consoles import console
from assume.terminal import show
from assume.terminal.columns import GAP, Column, cut, fitted


class Cell:
    """A text with a style of Rich. `after` is a short word behind it that is never cut."""

    __slots__ = ("after", "size", "style", "text")

    def __init__(self, text: str, style: str = "", after: str = "") -> None:
        self.text = text
        self.style = style
        self.after = f" {after}" if after else ""
        self.size = _wide(text) + len(self.after)  # columns of the terminal

    def fitted(self, width: int) -> str:
        """Exactly `width` columns: filled with blanks, or cut."""
        if self.size <= width:
            return f"{self.text}{self.after}{' ' * (width - self.size)}"
        room = width - len(self.after)
        if room > 0:
            line = cut(self.text, room, _wide) + self.after
        else:
            line = cut(self.after.strip() or self.text, width, _wide)
        return line + " " * (width - _wide(line))


class Table:
    """Rows under headings. A row of fewer cells than columns gives its last cell the rest of the line."""

    def __init__(self, columns: "list[Column]", rows: "list[list[Cell]]", *, headings: bool = True) -> None:
        self.columns = columns
        self.rows = rows
        self.headings = headings
        self.left_out: list[str] = []  # the headings of the columns that found no room, once it is drawn

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = options.max_width
        widths = self._widths(room)
        shown = [at for at, width in enumerate(widths) if width]
        styles: dict[str, Style | None] = {"": None}
        if self.headings:
            heads = [Cell(self.columns[at].heading).fitted(widths[at]) for at in shown]
            yield Segment((" " * GAP).join(heads).rstrip() + "\n", console.get_style("bold"))
        for row in self.rows:
            line = [(row[at].fitted(widths[at]), row[at].style) for at in shown if at < len(row) - 1]
            rest = widths[-1]
            if len(row) < len(self.columns):
                rest = room - sum(widths[at] + GAP for at in shown if at < len(row) - 1)
            if rest > 0:
                line.append((row[-1].fitted(rest), row[-1].style))
            if not any([style for _, style in line]):  # noqa: C419  a generator takes twice as long
                yield Segment((" " * GAP).join([text for text, _ in line]).rstrip() + "\n")
                continue
            for at, (text, style) in enumerate(line):
                if style not in styles:
                    styles[style] = console.get_style(style)
                yield Segment(text.rstrip() if at == len(line) - 1 else text + " " * GAP, styles[style])
            yield Segment.line()

    def _widths(self, room: int) -> "list[int]":
        """The width of each column in a line of `room`; 0 for one that is left out."""
        count = len(self.columns)
        natural, is_empty = [], []
        for at, column in enumerate(self.columns):
            # the last cell of a short row takes the rest of the line, however wide its column is
            most = max([row[at].size for row in self.rows if at < len(row) - (len(row) < count)], default=0)
            is_empty.append(most == 0)
            natural.append(max(most, len(column.heading) if self.headings else 0))
        widths = fitted(self.columns, natural, is_empty, room)
        self.left_out = [column.heading for column, width in zip(self.columns, widths, strict=True) if not width]
        return widths


def draw(table: Table) -> bool:
    """Writes the table to standard output, as wide as its terminal is. False if that failed."""
    paper = console(wraps=False)
    if paper.legacy_windows:
        paper = console(wraps=False, plain=True)
    with paper.capture() as text:
        paper.print(table, end="")
    return show.write(1, text.get().encode("utf-8", "replace"))


def _wide(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
