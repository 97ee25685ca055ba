"""The text of the AWS files → profiles, as botocore reads them. Pure but for `read`.

    config = Config(read(config_path), read(credentials_path))
    config.names()          every profile, in the order of the files
    config.profile("dev")   its settings, credentials file over config file

The grammar is configparser's with botocore's rules on top (sections in shell
quoting, nested maps, credentials over config, key by key); what makes botocore
give up on a whole file is a problem of one section here, kept with its line
number and raised only for a profile that needs that section.

Only the headers are looked at until a profile is asked for: 10,000 profiles
cost one split of the text. Nothing is imported but errors.

Source: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html and
botocore/configloader.py, compared by tests/test_differential.py.
"""

import sys

from assume.display import shown
from assume.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Iterator

    Values = dict[str, str]
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

CONFIG, CREDENTIALS = "config", "credentials"


def read(path: str) -> str:
    """A file's text, "" where there is none. Bytes that are not UTF-8 come as surrogates.

    botocore: what is no regular file (missing, a directory, /dev/null) counts as absent.
    """
    try:
        if system.stat(path).st_mode & 0o170000 != 0o100000:
            return ""
        with open(path, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        return ""
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise ConfigError(f"{path} is UTF-16", "save it as UTF-8: the AWS tools cannot read it either")
    if content[:3] == b"\xef\xbb\xbf":
        content = content[3:]
    text = content.decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


class Section:
    """One `[header]` and the text under it, which is parsed when it is asked for."""

    __slots__ = ("body", "file", "header", "line")

    def __init__(self, file: str, header: str, body: str, line: int) -> None:
        self.file = file
        self.header = header
        self.body = body
        self.line = line  # of the header, counted from 1

    def values(self, warnings: "list[str]") -> "Values":
        """Option names, lower-cased, to their text. Raises ConfigError with the line's number."""
        values: Values = {}
        for offset, name, value in _options(self.body):
            where = f"{self.file} file, line {self.line + 1 + offset}"
            if name is None:
                raise ConfigError(
                    f"{where}: {shown(value)!r} is no setting (name = value)",
                    f"correct that line of [{shown(self.header)}]; the AWS CLI reads nothing of the file until then",
                )
            if name in values:
                warnings.append(f"{where}: {shown(name)} stands there twice: the later one is used")
            values[name] = value
        for text in (self.header, *values, *values.values()):
            if not text.isascii() and any("\udc80" <= mark <= "\udcff" for mark in text):
                raise ConfigError(f"{self.file} file: [{shown(self.header)}] is not UTF-8", "save the file as UTF-8")
        return values


class Config:
    """Both files. `warnings` grows as sections are used: what botocore would not have read."""

    def __init__(self, config_text: str, credentials_text: str) -> None:
        self._named: dict[tuple[str, str], list[Section]] = {}  # (kind, name)
        self._defaults: dict[str, list[Section]] = {CONFIG: [], CREDENTIALS: []}
        self.warnings: list[str] = []
        self._index(CONFIG, config_text)
        self._index(CREDENTIALS, credentials_text)

    def _index(self, file: str, text: str) -> None:
        for line, header, body in _sections(text):
            if header == "DEFAULT":  # configparser's own: its options are every section's
                self._defaults[file].append(Section(file, header, body, line))
                continue
            key = (CREDENTIALS, header) if file == CREDENTIALS else _kind_and_name(header)
            if key is None:
                continue
            found = self._named.get(key)
            if found is None or found[0].header != header:  # two spellings of one name: the later replaces the earlier
                self._named[key] = [Section(file, header, body, line)]
                continue
            found.append(Section(file, header, body, line))
            self.warnings.append(f"{file} file, line {line}: [{shown(header)}] stands there twice: both are used")

    def names(self) -> "list[str]":
        """Every profile of either file, once."""
        return list(dict.fromkeys(name for kind, name in self._named if kind in ("profile", CREDENTIALS)))

    def __contains__(self, name: str) -> bool:
        return ("profile", name) in self._named or (CREDENTIALS, name) in self._named

    def naming(self, text: str) -> "list[str]":
        """Those profiles whose sections hold `text` somewhere, found without parsing them."""
        return [
            name for (_, name), sections in self._named.items() if any(text in section.body for section in sections)
        ]

    def profile(self, name: str) -> "Values | None":
        """A profile's settings, the credentials file winning key by key; None if it is in neither file."""
        if name not in self:
            return None
        return {**(self.section("profile", name) or {}), **(self.section(CREDENTIALS, name) or {})}

    def section(self, kind: str, name: str) -> "Values | None":
        """One section alone: kind is `profile`, `credentials`, `sso-session` or `services`."""
        sections = self._named.get((kind, name))
        if sections is None:
            return None
        values: Values = {}
        for section in (*self._defaults[sections[0].file], *sections):
            values.update(section.values(self.warnings))
        return values


def nested(value: str, name: str = "") -> "str | dict[str, str]":
    """A value that starts on the line after its `=` is a map, one level deep."""
    if not value.startswith("\n"):
        return value
    result = {}
    for line in value.split("\n"):
        if not line.strip():
            continue
        key, equals, text = line.partition("=")
        if not equals:
            what = f"{shown(line.strip())!r} under a nested setting has no `=`"
            raise ConfigError(what, "correct that line", shown(name))
        result[key.strip()] = text.strip()
    return result


def words(text: str) -> "list[str] | None":
    """`text` split as a POSIX shell would (shlex.split); None where a quote is left open."""
    result: list[str] = []
    word: str | None = None
    quote = ""
    marks = iter(text)
    for mark in marks:
        if quote:
            if mark == quote:
                quote = ""
                continue
            if mark == "\\" and quote == '"':
                following = next(marks, None)
                if following is None:
                    return None
                mark = following if following in '"\\' else mark + following
            word = (word or "") + mark
        elif mark in "'\"":
            quote, word = mark, word or ""
        elif mark == "\\":
            following = next(marks, None)
            if following is None:
                return None
            word = (word or "") + following
        elif mark in " \t\r\n":
            if word is not None:
                result.append(word)
            word = None
        else:
            word = (word or "") + mark
    if quote:
        return None
    return [*result, word] if word is not None else result


def _kind_and_name(header: str) -> "tuple[str, str] | None":
    if header == "default":
        return ("profile", header)
    for kind in ("profile", "sso-session", "services"):
        if header.startswith(kind):
            parts = words(header)  # `[profiles x]` is profile x: botocore looks at the start alone
            return (kind, parts[1]) if parts is not None and len(parts) == 2 else None
    return None


def _sections(text: str) -> "Iterator[tuple[int, str, str]]":
    """(line of the header, header, body) of each section, in the order of the text."""
    line, header, body = 0, "", ""  # what stands before the first header belongs to no section
    next_line = 1
    for number, chunk in enumerate(("\n" + text).split("\n[")):
        first, _, rest = chunk.partition("\n")
        close = first.rfind("]")
        if number and close > 0:
            yield from _inner(line, header, body)
            line, header, body = next_line, first[:close], rest
        else:  # `[` without `]` is a line of the section above it
            body = f"{body}\n[{chunk}" if number else chunk[1:]
        next_line += chunk.count("\n") + (1 if number else 0)
    yield from _inner(line, header, body)


def _inner(line: int, header: str, body: str) -> "Iterator[tuple[int, str, str]]":
    """A section, taken apart at headers that are indented and continue no value."""
    cuts: list[int] = []
    if "[" in body:
        cuts = [offset for offset, kind, _ in _walk(body) if kind == HEADER]
    lines = body.split("\n") if cuts else []
    if line:
        yield line, header, "\n".join(lines[: cuts[0]]) if cuts else body
    for cut, end in zip(cuts, [*cuts[1:], len(lines)], strict=False):
        inner = lines[cut].strip()
        yield line + 1 + cut, inner[1 : inner.rfind("]")], "\n".join(lines[cut + 1 : end])


HEADER = "["


def _options(body: str) -> "Iterator[tuple[int, str | None, str]]":
    """(offset of the line, name, value) of each option; name None for a line that is none."""
    for offset, name, values in _walk(body):
        yield offset, name, "\n".join(values).rstrip()


def _walk(body: str) -> "list[tuple[int, str | None, list[str]]]":
    """configparser's state machine over the lines of one section; name HEADER for a header in it."""
    result: list[tuple[int, str | None, list[str]]] = []
    values: list[str] | None = None  # of the option that a deeper line would continue
    level = 0
    for offset, line in enumerate(body.split("\n")):
        text = line.strip()
        if not text:
            if values is not None:
                values.append("")
            continue
        if text[0] in "#;":
            continue
        indent = len(line) - len(line.lstrip())
        if values is not None and indent > level:
            values.append(text)
            continue
        level = indent
        if text[0] == "[" and text.rfind("]") > 1:
            values = None
            result.append((offset, HEADER, [text]))
            continue
        ends = [end for end in (text.find("="), text.find(":")) if end >= 0]
        if not ends or min(ends) == 0:
            values = None
            result.append((offset, None, [text]))
            continue
        values = [text[min(ends) + 1 :].strip()]
        result.append((offset, text[: min(ends)].rstrip().lower(), values))
    return result
