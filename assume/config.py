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
from assume.grammar import options, sections, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system

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
        for offset, name, value in options(self.body):
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
        for line, header, body in sections(text):
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


def _kind_and_name(header: str) -> "tuple[str, str] | None":
    if header == "default":
        return ("profile", header)
    for kind in ("profile", "sso-session", "services"):
        if header.startswith(kind):
            parts = words(header)  # `[profiles x]` is profile x: botocore looks at the start alone
            return (kind, parts[1]) if parts is not None and len(parts) == 2 else None
    return None
