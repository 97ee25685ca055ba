"""The text of one AWS file → its sections and their options. Pure.

The grammar is configparser's, plus botocore's nested maps and its shell quoting
of section names. Unlike there, no line is fatal for the whole file: a line that
is not a setting is returned as such, and only a profile that needs its section
is refused.

https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
"""

from assume.errors import ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CONFIG, CREDENTIALS = "config", "credentials"  # the two files
KINDS = ("profile", "sso-session", "services")
HEADER = "["  # in place of an option's name: this line is a section's header
DEFAULT = "DEFAULT"  # configparser's own section: its options apply to every section


def nested(value: str, name: str = "") -> "str | dict[str, str]":
    """A value that starts on the line after its `=` as a map, one level deep; any other value unchanged.

    `name` is the profile, for the message. Raises ConfigError for a line without `=`.
    """
    if not value.startswith("\n"):
        return value
    result = {}
    for line in value.split("\n"):
        if not line.strip():
            continue
        key, equals, text = line.partition("=")
        if not equals:
            raise ConfigError("a line under a nested setting has no `=`", "correct that line", name)
        result[key.strip()] = text.strip()
    return result


def is_map(value: str) -> bool:
    """True if every line of a nested value has the `=` that it needs."""
    return all("=" in line for line in value.split("\n") if line.strip())


def not_utf8(text: str) -> int:
    """The place of the first byte that is not UTF-8, in text that was decoded with surrogates; -1 without one."""
    if text.isascii():
        return -1
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return -1


def words(text: str) -> "list[str] | None":
    """`text` split as a POSIX shell would (shlex.split); None if a quote is not closed."""
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


def sections(text: str) -> "Iterator[tuple[int, str, str]]":
    """(line of the header, header, body) of each section, in the order of the text."""
    line, header, body = 0, "", ""  # line 0: the text above the first header belongs to no section
    next_line = 1
    for number, chunk in enumerate(("\n" + text).split("\n[")):
        first, _, rest = chunk.partition("\n")
        close = first.rfind("]")
        if number and close > 0:
            yield from _split_at_indented_headers(line, header, body)
            line, header, body = next_line, first[:close], rest
        else:  # `[` without `]` is a line of the section above it
            body = f"{body}\n[{chunk}" if number else chunk[1:]
        next_line += chunk.count("\n") + (1 if number else 0)
    yield from _split_at_indented_headers(line, header, body)


def _split_at_indented_headers(line: int, header: str, body: str) -> "Iterator[tuple[int, str, str]]":
    """The section, and one more for each header in its body: an indented one, unless it continues a value."""
    cuts: list[int] = []
    if "[" in body:
        cuts = [offset for offset, name, _ in parsed_lines(body) if name == HEADER]
    lines = body.split("\n") if cuts else []
    if line:
        yield line, header, "\n".join(lines[: cuts[0]]) if cuts else body
    for cut, end in zip(cuts, [*cuts[1:], len(lines)], strict=False):
        inner = lines[cut].strip()
        yield line + 1 + cut, inner[1 : inner.rfind("]")], "\n".join(lines[cut + 1 : end])


def options(body: str) -> "Iterable[tuple[int, str | None, str]]":
    """(offset of the line, name, value) of each option; the name is None for a line that is not a setting."""
    plain = _plain_options(body)
    if plain is not None:
        return plain
    return [(offset, name, "\n".join(values).rstrip()) for offset, name, values in parsed_lines(body)]


def _plain_options(body: str) -> "list[tuple[int, str | None, str]] | None":
    """The same in a third of the time, if all lines are comments and unindented `name = value`; else None."""
    result: list[tuple[int, str | None, str]] = []
    for offset, line in enumerate(body.split("\n")):
        if not line or line[0] in "#;":
            continue
        name, equals, value = line.partition("=")
        name = name.rstrip()
        if not equals or not name or ":" in name or name[0] == "[" or name[0].isspace():
            return None
        result.append((offset, name.lower(), value.strip()))
    return result


def parsed_lines(body: str) -> "list[tuple[int, str | None, list[str]]]":
    """configparser's state machine over the lines of one section.

    Returns (offset of the line, name, lines of the value). The name is None for a line
    that is not a setting, and HEADER for a header.
    """
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


def is_comment(line: str) -> bool:
    """True for an empty line too."""
    return not line.strip() or line.lstrip()[0] in "#;"


def has_plain_lines(chunk: str) -> bool:
    """True if the lines of a section are comments and `name = value`, each name once; False if in doubt."""
    seen = set()
    for line in chunk.split("\n")[1:]:
        if not line or line[0] in "#;":
            continue
        name, equals, _ = line.partition("=")
        name = name.rstrip().lower()
        if not equals or not name or name[0] == "[" or name[0].isspace() or ":" in name or name in seen:
            return False
        seen.add(name)
    return True


def kind_and_name(file: str, header: str) -> "tuple[str, str] | None":
    """What a header of one of the two files is to AWS tools: a kind of section and a name; None if they ignore it."""
    if file == CREDENTIALS:
        return (CREDENTIALS, header)
    if header == "default":
        return ("profile", header)
    for kind in KINDS:
        if header.startswith(kind):
            parts = words(header)  # botocore compares the start alone, so `[profiles x]` is profile x too
            return (kind, parts[1]) if parts is not None and len(parts) == 2 else None
    return None
