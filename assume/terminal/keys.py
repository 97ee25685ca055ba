"""What a terminal sends → keys. Pure.

A key is one character for a character that was typed, and a word (`up`, `enter`, …) for any other.
"""

SEQUENCES = {
    b"[A": "up", b"OA": "up", b"[Z": "up",  # Shift-Tab
    b"[B": "down", b"OB": "down",
    b"[5~": "page up", b"[6~": "page down",
    b"[H": "first", b"OH": "first", b"[1~": "first", b"[7~": "first",
    b"[F": "last", b"OF": "last", b"[4~": "last", b"[8~": "last",
}  # fmt: skip
CONTROLS = {
    "\r": "enter", "\n": "enter",
    "\x03": "leave", "\x04": "leave",  # Ctrl-C, Ctrl-D
    "\x10": "up", "\x0e": "down", "\t": "down",  # Ctrl-P, Ctrl-N
    "\x02": "page up", "\x06": "page down",  # Ctrl-B, Ctrl-F
    "\x7f": "erase", "\x08": "erase",
    "\x17": "erase word", "\x15": "erase all",  # Ctrl-W, Ctrl-U
}  # fmt: skip
ESCAPE = 0x1B


def read(sent: bytes) -> "tuple[list[str], bytes]":
    """The keys in `sent`, and its end if that is the beginning of a key.

    A single ESC at the end may be the key Esc, or the beginning of an arrow: the caller waits for a moment.
    """
    found: list[str] = []
    while sent:
        size = _sequence(sent) if sent[0] == ESCAPE else _character(sent)
        if size > len(sent) or size == 0:
            break
        key, sent = sent[:size], sent[size:]
        if key[0] == ESCAPE:
            name = SEQUENCES.get(key[1:], "leave" if len(key) == 1 else "")
            found += [name] if name else []
            continue
        text = key.decode("utf-8", "ignore")
        if text in CONTROLS:
            found.append(CONTROLS[text])
        elif text.isprintable() and text:
            found.append(text)
    return found, sent


def _sequence(sent: bytes) -> int:
    """How many bytes of `sent` are one key that begins with ESC; 0 if its end is still to come."""
    if len(sent) == 1:
        return 0
    if sent[1:2] == b"O":
        return 3
    if sent[1:2] != b"[":
        return 1  # Esc, and another key behind it
    for at in range(2, len(sent)):
        if 0x40 <= sent[at] <= 0x7E:
            return at + 1
        if not 0x20 <= sent[at] <= 0x3F:
            return at  # broken off by something else
    return 0


def _character(sent: bytes) -> int:
    """How many bytes of `sent` are one character in UTF-8, or the broken beginning of one."""
    first = sent[0]
    size = 1 if first < 0xC0 or first >= 0xF8 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    for at in range(1, min(size, len(sent))):
        if not 0x80 <= sent[at] <= 0xBF:
            return at
    return size
