"""One AWS file's text → its sections, by the names that they have for AWS tools. Pure.

A section is parsed when it is asked for. Where the headers of a file are written
in the usual way (`[profile x]`, one space, no quotes) a name is looked up as it
would be written: 10,000 profiles cost two walks over the text that Python's own
`split` and `partition` make. One header written in another way, and each header
is taken apart by the grammar; tests/test_sections.py compares the two.
"""

from assume.errors import ConfigError
from assume.profiles.ini import HEADER, options, sections, walk, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    Values = dict[str, str]

CONFIG, CREDENTIALS = "config", "credentials"
KINDS = ("profile", "sso-session", "services")
DEFAULT = "DEFAULT"  # configparser's own section: its options are every section's
DEFAULT_HEAD = "default]"
FEW = 1000  # of 10,000 names: more are found faster header by header
TABLE_FROM = 40  # names asked for: a table of all takes as long as looking for so many
UNUSUAL = ("'", '"', "\\", "\t", " ]\n")  # in headers: quotes, or blanks that are no part of a name


class Section:
    """One `[header]` and the text under it, which is parsed when it is asked for."""

    __slots__ = ("above", "body", "file", "header")

    def __init__(self, file: str, header: str, body: str, above: "tuple[list[str], int, int] | int") -> None:
        self.file = file
        self.header = header
        self.body = body
        self.above = above  # how many lines are above it; or what `_cut` gives, and how many of the chunks

    @property
    def line(self) -> int:
        """The header's line, counted from 1."""
        if isinstance(self.above, int):
            return self.above + 1
        chunks, short, at = self.above
        return 1 + short * (at - 1) + sum(chunk.count("\n") for chunk in chunks[:at])

    def values(self, warnings: "list[str]") -> "Values":
        """Option names, lower-cased, to their text. Raises ConfigError with the line's number."""
        values: Values = {}
        for offset, name, value in options(self.body):
            if name is None:
                raise ConfigError(
                    f"{self._where(offset)}: {value!r} is no setting (name = value)",
                    f"correct that line of [{self.header}]; the AWS CLI reads nothing of the file until then",
                )
            if name in values:
                warnings.append(f"{self._where(offset)}: {name} stands there twice: the later one is used")
            values[name] = value
        for text in (self.header, *values, *values.values()):
            if not text.isascii() and any("\udc80" <= mark <= "\udcff" for mark in text):
                raise ConfigError(f"{self.file} file: [{self.header}] is not UTF-8", "save the file as UTF-8")
        return values

    def _where(self, offset: int) -> str:
        return f"{self.file} file, line {self.line + 1 + offset}"


class Sections:
    """The sections of one file."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self._chunks, self._short = _cut(text)
        self._heads = [chunk.partition("\n")[0] for chunk in self._chunks]  # `profile x]`
        self._heads[0] = ""  # what stands before the first header is nobody's
        self._text = "\n".join(self._heads) + "\n"
        self._asked = 0
        self._at: dict[str, int] = {}  # of each head, the last place; made where many sections are asked for
        self._named = None if self._is_usual() else _taken_apart(file, text)

    def find(self, kind: str, name: str) -> "list[Section]":
        """The sections that make up one profile, sso-session or services, in the order of the text; [] for none."""
        if self._named is not None:
            return self._named.get((kind, name), [])
        head = f"{kind} {name}]"
        if kind == DEFAULT:
            head = DEFAULT + "]"
        elif self.file == CREDENTIALS:
            head = "" if name == DEFAULT else name + "]"
        elif " " in name:
            return []
        if "\n" in name:
            return []  # no header is two lines
        places = self._places(head)
        if head == "profile default]" and not places:
            places = self._places("default]")
        return [self._section(at) for at in places]

    def names(self, start: str = "") -> "list[str]":
        """The profiles whose names start so, in the order of the text; one that stands there twice, twice."""
        if self._named is not None:
            names = [name for kind, name in self._named if kind in ("profile", CREDENTIALS)]
        elif self.file == CREDENTIALS:
            names = [head[:-1] for head in self._heads if head not in ("", DEFAULT + "]")]
        else:
            names = [name for name in self._written(start) if " " not in name]  # `[profile a b]` is nobody's
        return [name for name in names if name.startswith(start)]

    def _written(self, start: str) -> "list[str]":
        """The names in headers that begin so; a few of many are looked for in the text of all."""
        wanted, found, at = f"\nprofile {start}", [], -1
        if DEFAULT_HEAD.startswith(start) or self._text.count(wanted) > FEW:
            heads = (f"profile {start}", DEFAULT_HEAD)
            return [head[8:-1] or "default" for head in self._heads if head.startswith(heads)]
        while (at := self._text.find(wanted, at + 1)) >= 0:
            found.append(self._text[at + 9 : self._text.find("]\n", at)])
        return found

    def naming(self, text: str) -> "list[str]":
        """Those profiles whose sections hold `text` somewhere, found without parsing them."""
        if self._named is not None:
            return [name for (_, name), found in self._named.items() if any(text in each.body for each in found)]
        heads = [head for head, chunk in zip(self._heads, self._chunks, strict=True) if text in chunk]
        return [head[:-1] if self.file == CREDENTIALS else head[:-1].rpartition(" ")[2] for head in heads]

    def _places(self, head: str) -> "list[int]":
        """Which of the headers are written so. A few are looked for in the text of all, more in a table."""
        self._asked += 1
        if self._asked > TABLE_FROM:
            self._at = self._at or dict(zip(self._heads, range(len(self._heads)), strict=True))
            if head not in self._at:
                return []
            if len(self._at) == len(self._heads):
                return [self._at[head]]
        found, wanted, at = [], f"\n{head}\n", 0
        while head and (at := self._text.find(wanted, at)) >= 0:
            found.append(self._text.count("\n", 0, at + 1))
            at += 1
        return found

    def _section(self, at: int) -> Section:
        return Section(
            self.file, self._heads[at][:-1], self._chunks[at].partition("\n")[2], (self._chunks, self._short, at)
        )

    def _is_usual(self) -> bool:
        """Whether a header's text says all: none is indented or unclosed, none is written in an unusual way."""
        heads, count = self._text, len(self._heads) - 1
        if heads.count("]\n") != count:
            return False
        for chunk in [chunk for chunk in self._chunks if "[" in chunk] if self._short else ():
            if any(name == HEADER for _, name, _ in walk(chunk.partition("\n")[2])):
                return False
        if self.file == CREDENTIALS:
            return "\n]\n" not in heads
        if any(mark in heads for mark in UNUSUAL):
            return False
        named, default = sum(heads.count(f"\n{kind} ") for kind in KINDS), heads.count("\ndefault]\n")
        if default and "\nprofile default]\n" in heads:
            return False
        if named + default == count == heads.count(" ") + default:
            return True  # these kinds and no others, a blank in each
        others = all(heads.count("\n" + kind) == heads.count(f"\n{kind} ") for kind in KINDS)
        return others and "  " not in heads and "\n]\n" not in heads


def _cut(text: str) -> "tuple[list[str], int]":
    """What stands before the first `[` at the start of a line, and behind each; how many line ends each is short of."""
    chunks = text.split("[")
    if not [chunk for chunk in chunks[:-1] if chunk[-1:] != "\n"][text[:1] == "[" :]:
        return chunks, 0  # there is no other `[`: one character is found faster than two
    chunks = text.split("\n[")  # as if a line end stood before it, without a copy of it
    chunks[:1] = ["", chunks[0][1:]] if text[:1] == "[" else ["\n" + chunks[0]]
    return chunks, 1


def _taken_apart(file: str, text: str) -> "dict[tuple[str, str], list[Section]]":
    """(kind, name) of each section that AWS tools look at."""
    result: dict[tuple[str, str], list[Section]] = {}
    for line, header, body in sections(text):
        key = (DEFAULT, "") if header == DEFAULT else _kind_and_name(file, header)
        if key is None:
            continue
        found = result.get(key)
        section = Section(file, header, body, line - 1)
        if found is None or found[0].header != header:  # two spellings of one name: the later replaces the earlier
            result[key] = [section]
        else:
            found.append(section)
    return result


def _kind_and_name(file: str, header: str) -> "tuple[str, str] | None":
    if file == CREDENTIALS:
        return (CREDENTIALS, header)
    if header == "default":
        return ("profile", header)
    for kind in KINDS:
        if header.startswith(kind):
            parts = words(header)  # `[profiles x]` is profile x: botocore looks at the start alone
            return (kind, parts[1]) if parts is not None and len(parts) == 2 else None
    return None
