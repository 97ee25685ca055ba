"""Hostile values: strings that are known to break shells, and new ones that are made of their pieces.

Each tries to create the file PWN in the current directory: if the file appears, a
command was run. No value contains a NUL, because no variable can.
"""

import itertools
import random

FIXED = [
    # bash and zsh, bare or in double quotes
    "x$(touch PWN)", "x`touch PWN`", "x;touch PWN", "x&&touch PWN", "x|touch PWN", "x&touch PWN&", "x>PWN",
    "x<(touch PWN)", "${x:-$(touch PWN)}", "$((a[$(touch PWN)]))", "a[$(touch PWN)]", "psvar[$(touch PWN)]",
    "$'\\x24(touch PWN)'",
    # leaving quotes
    "x'; touch PWN; '", "x'$(touch PWN)'", 'x"; touch PWN; "', "x\\", "x\\'; touch PWN #", "'", '"', "''", "\\",
    "\\\\", "x'\\''; touch PWN; '\\''", "x\\'\\$(touch PWN)", "x')); (touch PWN); ((", "x'`touch PWN`'",
    'x"$(touch PWN)"',
    # lines
    "a\ntouch PWN\n", "a\n'touch PWN\n'", "a\rtouch PWN\r", "a\ttouch PWN", "a';\ntouch PWN\n'", "\n",
    "a\\\ntouch PWN", "a\x0btouch PWN", "a\x1ctouch PWN", "a\u2028touch PWN\u2029",
    # fish
    "x(touch PWN)", "x'; touch PWN; '", "\\'; touch PWN; \\'", "x\\", "$x[(touch PWN)]", "x{a,(touch PWN)}",
    "\\x28touch PWN\\x29",
    # PowerShell
    "x\u2019; New-Item PWN; #", "x\u2018; New-Item PWN; #", "x\u201a; ni PWN; #", "x\u201b; ni PWN; #",
    "x\u201c$(New-Item PWN)\u201d", "x'; ni PWN; '", "$(ni PWN)", "@{x}", "`n", "--%", "Ò; ni PWN #", "& { ni PWN }",
    "x`'; ni PWN",
    # prompts
    "%n%m%{$(touch PWN)%}", "%(?.$(touch PWN).b)", "%F{$(touch PWN)}", "%D{$(touch PWN)}", "\\u\\w\\$(touch PWN)",
    "\\[$(touch PWN)\\]", "\\$(touch PWN)", "%", "%%", "%1v", "${(%):-%x}", "${(e):-$(touch PWN)}", "!", "!!",
    "^a^b",
    # words, patterns, paths
    "*", "?", "[a-z]", "~", "~root", "=ls", "{a,b}", "#x", "-n", "-e", "--", "--help", "-", "a=b", " a ", "\ta\t",
    "../../x", "/etc/passwd", "CON", "None", "default", "a b", "a,b", "a:b", "a" * 300, "Log Archive/Admin", "0",
    "-1", "1e9", "0x10", "١٢",
    # terminals
    "\x1b]0;owned\x07", "\x1b]52;c;b3duZWQ=\x07", "\x1b[2J", "\x9b31m", "\u009b31m", "\u202egnp.exe",
    "\u2066x\u2069", "\x07", "\x7f", "\x08",
    # text
    "Zoë 你好 😀", "\u0301", "\ufeff", "é" * 100, "\U000e0041", "ﬀ", "\ud7ff",
]  # fmt: skip
PIECES = [
    "touch PWN", "$(touch PWN)", "`touch PWN`", "(touch PWN)", "ni PWN", "'", '"', "\\", "\n", "\r", "\t", ";", "&",
    "|", "$", "`", "(", ")", "{", "}", "[", "]", "<", ">", "#", "!", "%", "%(", "%{", "*", "?", "~", "=", "-", " ",
    ",", ":", "@", "^", "\u2018", "\u2019", "\u201a", "\u201b", "\u201c", "\u201d", "\x1b[", "\x07", "\u202e",
    "\u2028", "x", "a[", "0", "é", "😀", "PWN", "touch", "export X=", "set -gx X ", "\\builtin ", "unset ",
    "__assume_state=", "\udcff", "\udc80",
]  # fmt: skip
NOT_TEXT = "".join(map(chr, range(0xDC80, 0xDD00)))  # bytes that are not UTF-8, in Python's surrogateescape form


def values(chance: random.Random, count: int, *, text: bool = False) -> list[str]:
    """`count` values: the known ones, then new ones. `text`: only valid UTF-8."""
    made = (made_up(chance) for _ in itertools.count())
    drawn = itertools.islice(itertools.chain(FIXED, made), count)
    return [value.translate(dict.fromkeys(map(ord, NOT_TEXT))) if text else value for value in drawn]


def made_up(chance: random.Random) -> str:
    """One value, made of known pieces and of random characters."""
    size = chance.choice((1, 2, 3, 5, 8, 13))
    return "".join(chance.choice(PIECES) if chance.random() < 0.8 else any_character(chance) for _ in range(size))


def any_character(chance: random.Random) -> str:
    """A random character, but not NUL and not a surrogate."""
    number = chance.choice((chance.randint(1, 0x7F), chance.randint(0x80, 0xD7FF), chance.randint(0xE000, 0x10FFFF)))
    return chr(number)


def names(chance: random.Random, count: int) -> list[str]:
    """Values that can be profile names: without control characters."""
    drawn = (value for value in itertools.chain(FIXED, (made_up(chance) for _ in itertools.count())))
    fit = (value for value in drawn if value and all(mark.isprintable() for mark in value))
    return list(dict.fromkeys(itertools.islice(fit, count)))
