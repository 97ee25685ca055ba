"""`assume --help`: every verb in its group, on one screen of 24 lines and 80 columns. Made without Typer.

In: the table of assume/verbs.py and the width of the terminal; out: lines. The first two are the ones that are typed
most. No sentence is cut: one that is too long for its line is given as far as its colon, or goes on below.
"""

import os

from assume import verbs
from assume.terminal import show

USAGE = "Usage: assume PROFILE [OPTIONS], or assume COMMAND [OPTIONS]"
ALSO = "assume: choose one; assume -: the one before; assume COMMAND --help: options"
WIDTH, WIDEST, NARROWEST = 80, 100, 36
SCREEN = 23  # lines, with the next prompt below
GROUP = 8  # columns for the name of a group


def run() -> int:
    """Prints the help. Returns the exit status."""
    return 0 if show.write(1, ("\n".join(lines(_columns())) + "\n").encode()) else 1


def lines(width: int) -> "list[str]":
    """The lines, none longer than `width`; with empty lines between the groups if all fit a screen."""
    width = max(min(width, WIDEST), NARROWEST)
    indent = GROUP + max(len(_word(name)) for name in verbs.SHOWN) + 2
    parts = [_wrapped(USAGE, width, 7)]
    for group in verbs.GROUPS:
        found: list[str] = []
        for name in [name for name in verbs.SHOWN if verbs.VERBS[name].group == group]:
            head = f"{'' if found else group:{GROUP}}{_word(name):{indent - GROUP}}"
            text = headline(verbs.VERBS[name].summary, width - indent)
            found += _wrapped(head + text, width, indent)
        parts.append(found)
    parts.append(_wrapped(ALSO, width, 2))
    count = sum(map(len, parts))
    gap = [""] if count + len(parts) - 1 <= SCREEN else []
    return [line for at, part in enumerate(parts) for line in ([*gap, *part] if at else part)]


def headline(summary: str, room: int) -> str:
    """The sentence of a verb; without what follows its colon, if it does not fit otherwise."""
    return summary if len(summary) <= room else summary.partition(":")[0].rstrip(".") + "."


def _word(name: str) -> str:
    return "PROFILE" if name == "use" else name


def _wrapped(text: str, width: int, indent: int) -> "list[str]":
    """`text` in lines of at most `width`, broken between words; all but the first are indented."""
    result = []
    while len(text) > width:
        at = max(text.rfind(" ", indent + 1, width + 1), 0) or text.find(" ", width)
        if at < 0:
            break  # one long word
        result.append(text[:at].rstrip())
        text = " " * indent + text[at + 1 :]
    return [*result, text]


def _columns() -> int:
    """The width of the terminal; COLUMNS if standard output is something else."""
    try:
        return os.get_terminal_size(1).columns or WIDTH
    except OSError:
        told = os.environ.get("COLUMNS", "")
        return int(told) if told.isascii() and told.isdigit() and 0 < int(told) < 10_000 else WIDTH
