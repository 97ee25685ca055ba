"""Texts to test a shell with: what a name or a value may hold, more often than not something harmful.

`names` draws lists of them, so that one start of a shell serves many. The
second half of each payload would leave a file called PWN behind if it ran.
"""

from __future__ import annotations

import os
import re

from hypothesis import strategies as st

PAYLOADS = (
    "$(touch PWN)", "`touch PWN`", "(touch PWN)", "; touch PWN;", "'; touch PWN; '", '"; touch PWN; "',
    "\\'; touch PWN #", "\u2019; New-Item PWN; \u2018", "\u201c$(New-Item PWN)\u201d", "$(New-Item PWN)",
    "| touch PWN", "&& touch PWN", "\n touch PWN\n", "\\", "\\\\", "'", "''", '"', "`", "$HOME", "%n", "*", "~",
    "--%", "--", "-n", "@{x}", "{a,b}", "#", "!!", "\x1b]0;x\x07", "\x9b31m", "\u202e", "\u2028", "\ufeff",
    "\uf600", "\uf6ff", "\u00d2", "e\u0301", "\U0001f600",
)  # fmt: skip
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def names(undecodable: bool = False, least: int = 1) -> st.SearchStrategy[list[str]]:
    """Lists of `least` texts or more, without NUL; `undecodable`: with bytes that are not UTF-8, as surrogates."""
    letters: st.SearchStrategy[str] = st.characters(codec="utf-8", exclude_characters="\0")
    if undecodable:
        letters |= st.integers(0xDC80, 0xDCFF).map(chr)
    pieces = st.one_of(st.sampled_from(PAYLOADS), letters, st.text("ab '\\$\"", max_size=4))
    texts = st.lists(pieces, min_size=1, max_size=6).map("".join).filter(bool)
    return st.lists(texts.map(lambda text: os.fsdecode(os.fsencode(text))), min_size=least, max_size=least + 60)


def plain(text: str) -> str:
    """What may be shown of `text` in a prompt."""
    return CONTROL.sub("?", text)
