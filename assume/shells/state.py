"""The requests that a shell remembers, as one opaque word. Pure, on the warm lane.

    FLAG;SGR;REQUEST;PREVIOUS

FLAG is `renew` (taken here, the hook may renew it), `hold` (taken here, the hook
never renews it) or `off`. SGR has the digits of the segment's colour, or nothing.
REQUEST and PREVIOUS are the words of a request, profile first, percent-encoded and
joined by commas. The variable is never exported, so a child shell has no state
and renews nothing. It never holds an MFA code.
"""

from assume.shells.render import PLAIN, from_percent, percent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

RENEW, HOLD, LEFT = "renew", "hold", "off"
ALLOWED = PLAIN | set(";,%")


def after_use(state: str, words: "Sequence[str]", renew: bool, colour: str) -> str:
    """The state after the request `words`: the request before it becomes PREVIOUS."""
    request = _encoded(words)
    _, _, before, previous = _fields(state)
    if before not in ("", request):
        previous = before
    return ";".join((RENEW if renew else HOLD, colour, request, previous))


def after_off(state: str) -> str:
    """The state after `off`; the requests are kept for `assume -`."""
    _, _, request, previous = _fields(state)
    return f"{LEFT};;{request};{previous}" if request else ""


def again(state: str) -> "list[str]":
    """The words of the request before this one; after `off`, of the last one; [] if there is none."""
    flag, _, request, previous = _fields(state)
    return _decoded(request if flag == LEFT else previous)


def current(state: str) -> "list[str]":
    """The words of the request whose role this shell has; [] if it has no role or inherited it."""
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
