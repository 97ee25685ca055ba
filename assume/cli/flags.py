"""The words of a verb that has only flags, options with one value, and names: read without Typer, which takes 80 ms.

Typer reads the same words where this finds something that it does not know, and reports it.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Given:
    """What was typed: the flags, the values of options, and the names in their order."""

    __slots__ = ("flags", "names", "values")

    def __init__(self) -> None:
        self.flags: set[str] = set()
        self.values: dict[str, str] = {}
        self.names: list[str] = []


def read(words: "Sequence[str]", flags: "Mapping[str, str]", valued: "Sequence[str]" = ()) -> Given | None:
    """The words of one verb. `flags`: each spelling, and the flag that it is. None if anything else is among them."""
    given = Given()
    waiting = list(words)
    while waiting:
        word = waiting.pop(0)
        name, equals, value = word.partition("=")
        if word == "--":
            given.names += waiting
            break
        if word[:1] != "-" or word == "-":
            given.names.append(word)
        elif word in flags:
            given.flags.add(flags[word])
        elif name in valued and (equals or waiting):
            given.values[name] = value if equals else waiting.pop(0)
        else:
            return None
    return given
