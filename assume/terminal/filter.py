"""What is typed → the profiles that match, and the one under the bar. Pure.

Words match in any order, in a profile's name or in its account, role and region; upper and lower case are the same.
A profile that is named exactly as typed comes first, then those with all words in their names, then the others; among
them the order is the one that was given.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

GUARDED_MOST = 200  # profiles that are looked at to find one without a guard


class About:
    """What is shown beside a name. All texts may be empty."""

    __slots__ = ("account", "error", "is_guarded", "left", "marks", "region", "role")

    def __init__(
        self,
        account: str = "",
        role: str = "",
        region: str = "",
        *,
        left: str = "",
        marks: str = "",
        is_guarded: bool = False,
        error: str = "",
    ) -> None:
        self.account = account
        self.role = role
        self.region = region
        self.left = left  # the time for which its credentials are cached
        self.marks = marks  # words such as MFA
        self.is_guarded = is_guarded
        self.error = error  # why it cannot work, in place of all the rest


class Choice:
    """The profiles that match the typed text, and the one under the bar.

    `about` is called for profiles that are shown. `texts`, one for each name in the same order, are what is searched
    beside the names; they are read little by little (`search_more`), since 10,000 of them take a while.
    """

    def __init__(
        self, names: "Sequence[str]", about: "Callable[[str], About]", texts: "Iterable[str]" = (), typed: str = ""
    ) -> None:
        self.names = names
        self.about = about
        self._texts = iter(texts)
        self._folded = [name.casefold() for name in names]
        self._hay = self._folded.copy()
        self._read = 0  # texts
        self._has_moved = False
        self.typed = ""
        self.found: Sequence[int] = range(len(names))  # indexes of names
        self.at = -1  # the bar, as an index of `found`; -1 for none
        self.type(typed)

    @property
    def chosen(self) -> str | None:
        """The name under the bar."""
        return self.names[self.found[self.at]] if 0 <= self.at < len(self.found) else None

    def type(self, text: str) -> None:
        """The typed text is `text` now."""
        self.typed = text
        self._has_moved = False
        self._narrow()
        self.at = self._start()

    def move(self, by: int) -> None:
        """Moves the bar up or down, as far as the ends."""
        self._has_moved = True
        last = len(self.found) - 1
        self.at = min(max(self.at + by, 0), last) if self.at >= 0 else (0 if by > 0 else last)

    def search_more(self, count: int) -> bool:
        """Reads `count` more texts. False once all are read; then the matches may have become more."""
        for text in self._texts:
            self._hay[self._read] += "\n" + text.casefold()
            self._read += 1
            count -= 1
            if not count:
                return True
        self._add_found()
        return False

    def words(self) -> "list[str]":
        """The typed words, as they are compared."""
        return self.typed.casefold().split()

    def _narrow(self) -> None:
        found: Sequence[int] = range(len(self.names))
        named = found
        for word in self.words():
            found = [at for at in found if word in self._hay[at]]
            named = [at for at in named if word in self._folded[at]]
        exact = self.typed.strip().casefold()
        first = [at for at in named if self._folded[at] == exact] if exact else []
        if len(named) < len(found) or first:
            found = list(dict.fromkeys([*first, *named, *found]))
        self.found = found

    def _add_found(self) -> None:
        """Takes in what the texts have added, and leaves the bar on the profile that it is on."""
        if not self.words():
            return
        chosen = self.found[self.at] if 0 <= self.at < len(self.found) else -1
        self._narrow()
        self.at = list(self.found).index(chosen) if self._has_moved and chosen >= 0 else self._start()

    def _start(self) -> int:
        """Where the bar starts: on the first profile without a guard.

        A guarded one is under it only if it was typed exactly, or if nothing else matches what was typed.
        """
        if not self.found:
            return -1
        typed = self.typed.strip().casefold()
        if typed and self.names[self.found[0]].casefold() == typed:
            return 0
        for at, number in enumerate(self.found[:GUARDED_MOST]):
            if not self.about(self.names[number]).is_guarded:
                return at
        return 0 if typed else -1
