"""What a shell remembers of its own requests, as one opaque word. Pure, on the warm lane.

    FLAG;SGR;REQUEST;PREVIOUS

FLAG is `renew` (taken here, the hook may renew it), `hold` (taken here, never
renewed unasked) or `off`; SGR the digits of the segment's colour, or nothing;
REQUEST and PREVIOUS the words that asked, profile first, percent-encoded and
joined by commas. It lives in a variable that is never exported, and holds no
MFA code: a child shell has none, and so renews nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

RENEW, HOLD, LEFT = "renew", "hold", "off"
PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._/:@+-")
ALLOWED = PLAIN | set(";,%")


def after_use(state: str, words: "Sequence[str]", renew: bool, colour: str) -> str:
    """The state once `words` were asked for: what was asked before them becomes PREVIOUS."""
    request = _encoded(words)
    _, _, before, previous = _fields(state)
    if before not in ("", request):
        previous = before
    return ";".join((RENEW if renew else HOLD, colour, request, previous))


def after_off(state: str) -> str:
    """The state once the shell has left its role; the requests stay for `assume -`."""
    _, _, request, previous = _fields(state)
    return f"{LEFT};;{request};{previous}" if request else ""


def again(state: str) -> "list[str]":
    """The words of the request before this one; after `off` those of the last; [] for none."""
    flag, _, request, previous = _fields(state)
    return _decoded(request if flag == LEFT else previous)


def current(state: str) -> "list[str]":
    """The words of the request that this shell holds; [] where it holds none of its own."""
    flag, _, request, _ = _fields(state)
    return [] if flag == LEFT else _decoded(request)


def _fields(state: str) -> "tuple[str, str, str, str]":
    parts = state.split(";") if ALLOWED.issuperset(state) else []
    return (parts[0], parts[1], parts[2], parts[3]) if len(parts) == 4 else ("", "", "", "")


def _encoded(words: "Sequence[str]") -> str:
    return ",".join(
        "".join(
            mark if mark in PLAIN else "".join(f"%{byte:02X}" for byte in mark.encode("utf-8", "surrogateescape"))
            for mark in word
        )
        for word in words
    )


def _decoded(text: str) -> "list[str]":
    if not text:
        return []
    words = []
    for word in text.split(","):
        first, *others = word.split("%")
        if any(len(part) < 2 for part in others):
            return []
        try:
            content = first.encode() + b"".join(bytes.fromhex(part[:2]) + part[2:].encode() for part in others)
        except ValueError:
            return []
        words.append(content.decode("utf-8", "surrogateescape"))
    return words
