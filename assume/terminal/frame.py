"""The picker's frame: a Choice → lines that fit the terminal, with escapes for styles. Pure.

    profile: prod▏
      dev             123456789012  reader  eu-west-1  ● 59m
      prod PROD       234567890123  admin   eu-west-1         MFA guarded
      2 of 10,000   Enter takes it, Esc leaves

The bar is in reverse, matched letters are bold and underlined, production is red and carries the word PROD. All of it
can be read without a colour.
"""

from assume.errors import shown
from assume.terminal import show
from assume.terminal.columns import GAP, Column, cut, fitted, wide

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.terminal.filter import About, Choice

ROWS = 12
COLUMNS = (Column("name", 16, 9), Column("account", 12, 6), Column("role", 8, 5), Column("region", 9, 2),
           Column("left", 5, 8), Column("marks", 3, 7))  # fmt: skip
BAR, FOUND, FAINT, RED, GREEN = "7", "1;4", "2", "31", "32"
PROD = " PROD"
HELP = "Enter takes it, Esc leaves"
GUARDED = "Enter takes it once the bar is on it: press Down"


class Style:
    """What the terminal can show. `colours`: False with NO_COLOR; `kept`: the mark of cached credentials."""

    __slots__ = ("colours", "kept")

    def __init__(self, colours: bool = True, kept: str = "●") -> None:
        self.colours = colours
        self.kept = kept


class Frame:
    """Draws one choice again and again. Columns only get wider from one frame to the next, so that nothing jumps."""

    def __init__(self, choice: "Choice", heading: str, style: Style) -> None:
        self.choice = choice
        self.heading = heading
        self.style = style
        self._top = 0  # the first match that is shown
        self._natural = [0] * len(COLUMNS)

    def lines(self, columns: int, rows: int) -> "tuple[list[str], int]":
        """The lines for a terminal of this size, and the column of the cursor in the first one."""
        room = max(columns - 1, 1)  # a full line would make some terminals wrap
        choice = self.choice
        height = max(min(ROWS, len(choice.names), rows - 3), 1)
        typed = shown(choice.typed)
        first = self.heading + typed
        if wide(first) > room - 1:
            first = self.heading + "…" + typed[-max(room - 3 - wide(self.heading), 0) :]
        at = max(choice.at, 0)
        self._top = max(min(self._top, at), at - height + 1, 0)
        window = range(self._top, min(self._top + height, len(choice.found)))
        found = [(choice.names[choice.found[number]], number == choice.at) for number in window]
        abouts = [(name, choice.about(name), is_bar) for name, is_bar in found]
        widths = self._widths(abouts, room)
        drawn = [cut(first, room), *(self._row(*each, widths, room) for each in abouts)]
        drawn.append(cut(self._footer(), room))
        if (detail := self._detail(widths)) and rows > height + 3:
            drawn.append(cut(detail, room))
        return drawn[: max(rows, 1)], min(wide(first), room)

    def _footer(self) -> str:
        choice = self.choice
        count = f"  {len(choice.found):,} of {len(choice.names):,}"
        if choice.found and choice.at < 0:
            return f"{count}   guarded: {GUARDED}"
        return f"{count}   {HELP}"

    def _detail(self, widths: "list[int]") -> str:
        """The whole of what the row under the bar had to leave out; "" if it shows all."""
        name = self.choice.chosen
        if name is None:
            return ""
        about = self.choice.about(name)
        cells = self._cells(name, about)
        if all(wide(cell) <= width for cell, width in zip(cells, widths, strict=True)):
            return ""
        texts = [about.error] if about.error else [about.account, about.role, about.region]
        return "  " + "  ".join(shown(text) for text in [*texts, name] if text)

    def _cells(self, name: str, about: "About") -> "list[str]":
        title = shown(name) + (PROD if show.is_production(name) else "")
        if about.error:
            return [title, "", "", "", "", ""]
        left = f"{self.style.kept} {about.left}" if about.left else ""
        return [title, *map(shown, (about.account, about.role, about.region)), left, about.marks]

    def _widths(self, abouts: "list[tuple[str, About, bool]]", room: int) -> "list[int]":
        cells = [self._cells(name, about) for name, about, _ in abouts]
        now = [max((wide(row[at]) for row in cells), default=0) for at in range(len(COLUMNS))]
        self._natural = [max(pair) for pair in zip(self._natural, now, strict=True)]
        used = [at for at, width in enumerate(self._natural) if width]
        if not used:
            return self._natural
        columns, natural = [COLUMNS[at] for at in used], [self._natural[at] for at in used]
        given = fitted(columns, natural, [False] * len(used), room - GAP)
        return [dict(zip(used, given, strict=True)).get(at, 0) for at in range(len(COLUMNS))]

    def _row(self, name: str, about: "About", is_bar: bool, widths: "list[int]", room: int) -> str:
        is_production = show.is_production(name)
        base = [BAR] if is_bar else []
        colour = [RED] if self.style.colours else []
        named = [*base, "1", *colour] if is_production else base
        cells = self._cells(name, about)
        parts = [_painted("  ", base), self._name(cells[0], is_production, widths[0], named)]
        taken = 2 + widths[0]
        if about.error:
            text = cut(shown(about.error), max(room - taken - GAP, 0))
            parts += [_painted(" " * GAP + text, [*base, *colour])]
            taken += GAP + wide(text)
        for at in range(1, len(cells)) if not about.error else ():
            if widths[at]:
                green = [GREEN] if at == 4 and self.style.colours else []
                faint = [] if is_bar or at > 3 else [FAINT]
                parts.append(_painted(" " * GAP, base))
                parts.append(self._cell(cells[at], widths[at], [*base, *faint, *green]))
                taken += GAP + widths[at]
        return "".join(parts)

    def _name(self, title: str, is_production: bool, width: int, style: "list[str]") -> str:
        """The name, cut so that the word PROD stays."""
        if not is_production or wide(title) <= width:
            return self._cell(title, width, style)
        name = cut(title.removesuffix(PROD), max(width - len(PROD), 1))
        return self._cell(name + PROD, width, style)

    def _cell(self, text: str, width: int, style: "list[str]") -> str:
        """`text` in `width` columns, with what was typed marked in it."""
        text = cut(text, width)
        marked = _marked(text, self.choice.words())
        parts, start = [], 0
        for at in range(1, len(text) + 1):
            if at == len(text) or (at in marked) != (start in marked):
                parts.append(_painted(text[start:at], [*style, FOUND] if start in marked else style))
                start = at
        return "".join(parts) + _painted(" " * (width - wide(text)), style)


def _marked(text: str, words: "list[str]") -> "set[int]":
    """The indexes of the letters of `text` that a word matches."""
    folded = text.casefold()
    if len(folded) != len(text):
        return set()  # a letter that folds to two: nothing is marked
    found: set[int] = set()
    for word in words:
        at = folded.find(word)
        if at >= 0:
            found.update(range(at, at + len(word)))
    return found


def _painted(text: str, style: "list[str]") -> str:
    return f"\x1b[{';'.join(style)}m{text}\x1b[m" if text and style else text
