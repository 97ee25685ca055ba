"""Lines for `explain` and `doctor`: at a terminal prose is broken between words, a command or an ARN never is.

A line that is too long without a blank in it is left to the terminal, so that it can be copied whole.
"""

import textwrap

from assume.shells.render import encoded
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.text import Text

NARROWEST = 16  # columns: where less is left beside an indent, lines are left to the terminal


def wrapped(text: str, indent: int) -> list[str]:
    """`text` as the lines that fit beside `indent` columns; as one line if stdout is no terminal."""
    if not show.is_terminal(1):
        return [text]
    from assume.cli.consoles import console

    width = max(console().width - indent, NARROWEST)
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]


def put(lines: "Iterable[Text]") -> None:
    """Writes lines of any length to stdout, in colour at a terminal that has it."""
    from assume.cli.consoles import console

    paper = console(wraps=False)
    with paper.capture() as text:
        for line in lines:
            paper.print(line)
    show.write(1, encoded(text.get()))
