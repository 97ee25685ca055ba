"""The text of one AWS file → its sections, by the names that they have for AWS tools. Pure.

A section is parsed when it is asked for. If all headers of a file are written
plainly (`[profile x]`: one space, no quotes), a name is found by searching the
text for its header, so 10,000 profiles cost only two passes of `split` and
`partition`. If a single header is written in another way, the grammar (`ini`)
parses all of them; tests/profiles/test_sections.py compares the two ways.
"""

from assume.errors import ConfigError
from assume.profiles.ini import (
    CREDENTIALS,
    DEFAULT,
    HEADER,
    KINDS,
    has_plain_lines,
    is_comment,
    is_map,
    kind_and_name,
    not_utf8,
    options,
    parsed_lines,
    sections,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Values = dict[str, str]

DEFAULT_HEAD = "default]"
LARGE = 200_000  # characters, some 1,500 profiles: in a larger file, lines that nobody needs are not checked
FEW = 1000  # of 10,000 names: above this, looking at every header is faster than searching the text
TABLE_FROM = 40  # sections asked for: from here on a table of all headers is faster than one search each
UNUSUAL = ("'", '"', "\\", "\t", " ]\n")  # in headers: quotes, and blanks that are not part of a name


class Section:
    """One `[header]` and the text under it, parsed when it is asked for."""

    __slots__ = ("_count_line", "body", "file", "header")

    def __init__(self, file: str, header: str, body: str, count_line: "Callable[[], int]") -> None:
        self.file = file
        self.header = header
        self.body = body
        self._count_line = count_line  # finds the header's line: only messages need it

    @property
    def line(self) -> int:
        """The header's line, counted from 1."""
        return self._count_line()

    def values(self, warnings: "list[str]") -> "Values":
        """The options, names in lower case. Raises ConfigError with the number of the line that is wrong."""
        values: Values = {}
        for offset, name, value in options(self.body):
            if name is None or (value[:1] == "\n" and not is_map(value)):
                from assume.profiles import faults

                raise faults.refused(self._where(offset), self.header, name, value)
            if name in values:
                from assume.profiles import faults

                warnings.append(f"{self._where(offset)}: {faults.setting(name)} appears twice; the later one is used")
            values[name] = value
        is_plain = self.header.isascii() and self.body.isascii()
        for name, value in () if is_plain else (("", self.header), *values.items()):
            if not_utf8(name + value) >= 0:
                line = self.line_of(name) or self.line
                raise ConfigError(f"{self.file} file, line {line}: not UTF-8", "save the file as UTF-8")
        return values

    def line_of(self, setting: str) -> int:
        """The line of the last option of that name; 0 if there is none."""
        return max((self.line + 1 + offset for offset, name, _ in options(self.body) if name == setting), default=0)

    def _where(self, offset: int) -> str:
        return f"{self.file} file, line {self.line + 1 + offset}"


class Sections:
    """The sections of one file.

    If its headers are written plainly, `_heads` and `_chunks` hold them: the text of each
    section begins with its head. If not, `_parsed` holds every section by (kind, name).
    """

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.has_mark = text[:1] == "\ufeff"  # a byte-order mark
        self.text = text = text[1:] if self.has_mark else text
        self._chunks, self._lost = _cut(text)
        self._heads = [chunk.partition("\n")[0] for chunk in self._chunks]  # `profile x]`
        self._heads[0] = ""  # the text above the first header belongs to no section
        self._text = "\n".join(self._heads) + "\n"
        self._asked = 0
        self._at: dict[str, int] = {}  # head: its last index in `_heads`; filled if many sections are asked for
        self._parsed = None if self._is_usual() else _parsed(file, text)

    def find(self, kind: str, name: str) -> "list[Section]":
        """The sections of one profile, sso-session or services, in the order of the text; [] if there are none."""
        if self._parsed is not None:
            return self._parsed.get((kind, name), [])
        head = f"{kind} {name}]"
        if kind == DEFAULT:
            head = DEFAULT + "]"
        elif self.file == CREDENTIALS:
            head = "" if name == DEFAULT else name + "]"
        elif " " in name:
            return []
        if "\n" in name:
            return []  # a header is one line
        places = self._places(head)
        if head == "profile default]" and not places:
            places = self._places("default]")
        return [self._section(at) for at in places]

    def names(self, start: str = "") -> "list[str]":
        """The profiles whose names begin with `start`, in the order of the text; one name for each of its sections."""
        if self._parsed is not None:
            names = [name for kind, name in self._parsed if kind in ("profile", CREDENTIALS)]
        elif self.file == CREDENTIALS:
            names = [head[:-1] for head in self._heads if head not in ("", DEFAULT + "]")]
        else:
            names = [name for name in self._written(start) if " " not in name]  # AWS tools ignore `[profile a b]`
        return [name for name in names if name.startswith(start)]

    def _written(self, start: str) -> "list[str]":
        """The names in headers that begin with `start`. A few of many are found by searching the text."""
        wanted, found, at = f"\nprofile {start}", [], -1
        if DEFAULT_HEAD.startswith(start) or self._text.count(wanted) > FEW:
            heads = (f"profile {start}", DEFAULT_HEAD)
            return [head[8:-1] or "default" for head in self._heads if head.startswith(heads)]
        while (at := self._text.find(wanted, at + 1)) >= 0:
            found.append(self._text[at + 9 : self._text.find("]\n", at)])
        return found

    def naming(self, text: str) -> "list[str]":
        """The profiles whose sections contain `text`, found without parsing them."""
        if text not in self.text:
            return []
        if self._parsed is not None:
            return [name for (_, name), found in self._parsed.items() if any(text in each.body for each in found)]
        heads, at, lines = [], -1, f"\n{self.text}\n"
        while (at := lines.find(text, at + 1)) >= 0:
            start = lines.rfind("\n[", 0, at)
            if start >= 0:
                heads.append(lines[start + 2 : lines.find("\n", start + 1)])
            following = lines.find("\n[", at)  # each section once
            at = following if following >= 0 else len(lines)
        return [head[:-1] if self.file == CREDENTIALS else head[:-1].rpartition(" ")[2] for head in heads]

    def is_sound(self) -> bool:
        """True if the AWS CLI can read the file. False also if in doubt; of a LARGE file, lines are not checked."""
        is_large = len(self.text) > LARGE
        if self._parsed is not None:
            return is_large
        if len(set(self._heads)) < len(self._heads) or not all(map(is_comment, self._chunks[0].split("\n"))):
            return False
        return is_large or all(map(has_plain_lines, self._chunks[1:]))

    def _places(self, head: str) -> "list[int]":
        """Where `head` is in `_heads`. The first few are searched for in the text, later ones in a table."""
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
        body = self._chunks[at].partition("\n")[2]
        return Section(self.file, self._heads[at][:-1], body, lambda: self._line(at))

    def _line(self, at: int) -> int:
        """The line of header `at`: the newlines above it, with those that the cut removed."""
        return 1 + self._lost * (at - 1) + sum(chunk.count("\n") for chunk in self._chunks[:at])

    def _is_usual(self) -> bool:
        """True if every header is written plainly, so that names can be found by text search, without parsing.

        An example. Of this file, `_text` is "\\ndefault]\\nprofile a]\\npreview]\\n", and it is usual:

            [default]
            [profile a]
            [preview]

        These lines would each make it unusual: `[profile a` (not closed), `[profile a] # x` (text behind it),
        ` [profile a]` (indented), `[profile 'a']`, `[profile  a]` (two blanks), `[profiles a]` (AWS tools read it as
        profile a), `[]`, and `[profile default]` beside `[default]` (two headers, one name).
        """
        heads, count = self._text, len(self._heads) - 1
        if heads.count("]\n") != count or self._has_indented_header():
            return False
        if self.file == CREDENTIALS:
            return "\n]\n" not in heads
        if any(mark in heads for mark in UNUSUAL):
            return False
        default = heads.count("\ndefault]\n")
        if default and "\nprofile default]\n" in heads:
            return False
        named = sum(heads.count(f"\n{kind} ") for kind in KINDS)
        if named + default == count == heads.count(" ") + default:
            return True  # the usual kinds alone, with one blank in each header but [default]
        is_plural = any(heads.count("\n" + kind) != heads.count(f"\n{kind} ") for kind in KINDS)
        return not is_plural and "  " not in heads and "\n]\n" not in heads

    def _has_indented_header(self) -> bool:
        if not self._lost:
            return False  # every `[` of the text starts a line
        bodies = [chunk.partition("\n")[2] for chunk in self._chunks if "[" in chunk]
        return any(name == HEADER for body in bodies for _, name, _ in parsed_lines(body))


def _cut(text: str) -> "tuple[list[str], int]":
    """The text, split at every `[` that starts a line, and how many newlines each split removed (0 or 1).

    The first chunk is the text above the first header. `"[a]\\nx = 1\\n[b]\\n"` gives `["", "a]\\nx = 1\\n",
    "b]\\n"], 0`. Text with another `[`, as in `x = [1]`, is split at `"\\n["`, which removes the newline.
    """
    chunks = text.split("[")  # searching for one character is faster than for two
    if not [chunk for chunk in chunks[text[:1] == "[" : -1] if chunk[-1:] != "\n"]:
        return chunks, 0
    chunks = text.split("\n[")
    chunks[:1] = ["", chunks[0][1:]] if text[:1] == "[" else ["\n" + chunks[0]]  # as if a newline were above the text
    return chunks, 1


def _parsed(file: str, text: str) -> "dict[tuple[str, str], list[Section]]":
    """Every section that AWS tools look at, by (kind, name)."""
    result: dict[tuple[str, str], list[Section]] = {}
    for line, header, body in sections(text):
        key = (DEFAULT, "") if header == DEFAULT else kind_and_name(file, header)
        if key is None:
            continue
        found = result.get(key)
        section = Section(file, header, body, lambda line=line: line)  # type: ignore[misc]
        if found is None or found[0].header != header:  # two spellings of one name: the later replaces the earlier
            result[key] = [section]
        else:
            found.append(section)
    return result
