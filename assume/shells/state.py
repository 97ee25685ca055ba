"""What a shell remembers of its own requests, as one opaque word. Pure, on the warm lane.

    FLAG;SGR;REQUEST;PREVIOUS

FLAG is `renew` (taken here, the hook may renew it), `hold` (taken here, never
renewed unasked) or `off`; SGR the digits of the segment's colour, or nothing;
REQUEST and PREVIOUS the words that asked, profile first, percent-encoded and
joined by commas. It lives in a variable that is never exported, and holds no
MFA code: a child shell has none, and so renews nothing.
"""

from assume.shells.render import PLAIN, from_percent, percent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

RENEW, HOLD, LEFT = "renew", "hold", "off"
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
    return ",".join(map(percent, words))


def _decoded(text: str) -> "list[str]":
    words = [from_percent(word) for word in text.split(",")] if text else []
    return [] if None in words else [word for word in words if word is not None]
