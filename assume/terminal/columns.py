"""Columns that share the width of a terminal, and how wide a text is on it. Pure."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GAP = 2  # blanks between two columns
CUT = "…"


class Column:
    """A column: its heading, how narrow it may get, and how important it is (the least is left out first)."""

    __slots__ = ("heading", "least", "rank")

    def __init__(self, heading: str, least: int, rank: int) -> None:
        self.heading = heading
        self.least = least
        self.rank = rank


def fitted(columns: "Sequence[Column]", natural: "Sequence[int]", empty: "Sequence[bool]", room: int) -> "list[int]":
    """The width of each column in a line of `room`; 0 for one that finds none.

    `natural`: as wide as each would like to be. Columns that are `empty` are left out before the others.
    """
    kept = list(range(len(columns)))
    least = [min(column.least, most) for column, most in zip(columns, natural, strict=True)]
    for at in sorted(kept, key=lambda at: (not empty[at], columns[at].rank)):
        if len(kept) == 1 or sum(least[at] for at in kept) + GAP * (len(kept) - 1) <= room:
            break
        kept.remove(at)
    given = dict(zip(kept, shared([(least[at], natural[at]) for at in kept], room), strict=True))
    return [given.get(at, 0) for at in range(len(columns))]


def shared(needs: "list[tuple[int, int]]", room: int) -> "list[int]":
    """Widths for columns that need (at least, at most) so much: what is left goes to the narrowest first."""
    room -= GAP * (len(needs) - 1)
    if len(needs) == 1:
        return [max(min(needs[0][1], room), 1)]
    level = max(room, 0)
    while level and sum(min(most, max(least, level)) for least, most in needs) > room:
        level -= 1
    widths = [min(most, max(least, level)) for least, most in needs]
    for at, (_, most) in enumerate(needs):  # a rest that is not enough for all of them
        spare = room - sum(widths)
        widths[at] += max(min(spare, most - widths[at]), 0)
    return widths


def wide(text: str) -> int:
    """How many columns of a terminal `text` takes."""
    if text.isascii():
        return len(text)
    return sum(map(_mark_width, text))


def cut(text: str, width: int, measure: "Callable[[str], int]" = wide) -> str:
    """`text`, cut to `width` columns with `…` at its end if it is longer."""
    if measure(text) <= width:
        return text
    if width < 1:
        return ""
    end = width - 1
    kept = text[:end]
    while measure(kept) > width - 1:
        kept = kept[:-1]
    return kept.rstrip() + CUT


def _mark_width(mark: str) -> int:
    from unicodedata import category, east_asian_width

    if mark.isascii():
        return 1
    if category(mark) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(mark) in "WF" else 1
