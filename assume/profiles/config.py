"""The text of the AWS files → profiles, as botocore reads them. Pure but for `read`.

    config = Config(read(config_path), read(credentials_path))
    config.names()          every profile, in the order of the files
    config.profile("dev")   its settings, credentials file over config file

The grammar is configparser's with botocore's rules on top: shell quoting in
section names, nested maps, and the credentials file overriding the config file
key by key. A fault for which botocore refuses a whole file is a fault of one
section here, raised with its line number only for a profile that needs that
section.

Until a profile is asked for, only the headers are looked at (`sections`).

https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html and
botocore/configloader.py, compared with botocore by tests/botocore/.
"""

import sys

from assume.errors import ConfigError
from assume.profiles.ini import CONFIG, CREDENTIALS, DEFAULT, kind_and_name, not_utf8
from assume.profiles.ini import sections as split
from assume.profiles.sections import Sections

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system

    from assume.profiles.sections import Section

    Values = dict[str, str]
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system


SESSION = "sso-session"  # a kind of section
SECRET_FROM = 20  # letters and digits in a row: an access key id has 20, a secret key 40


def read(path: str) -> str:
    """A file's text, "" if it is absent. Bytes that are not UTF-8 become surrogates. Raises ConfigError.

    As in botocore, anything but a regular file (a directory, /dev/null) counts as absent. A
    byte-order mark stays, for `Config` to report.
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
    text = content.decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


class Config:
    """Both files. `warnings` grows as sections are used: each is a fault for which botocore refuses the file."""

    def __init__(self, config_text: str, credentials_text: str) -> None:
        self._config = Sections(CONFIG, config_text)
        self._credentials = Sections(CREDENTIALS, credentials_text)
        self._values: dict[tuple[str, str], Values | None] = {}
        self._profiles: dict[str, Values | None] = {}
        self._defaults: dict[str, list[Section]] = {}
        self.warnings: list[str] = []
        self._is_checked = False

    def names(self, start: str = "") -> "list[str]":
        """The profiles of both files whose names begin with `start`, each once, in the order of the files."""
        return list(dict.fromkeys(self._config.names(start) + self._credentials.names(start)))

    def sessions(self) -> "list[str]":
        """The names of all [sso-session …] sections, each once, in the order of the file."""
        text = self._config.text
        if SESSION not in text:
            return []
        found = [kind_and_name(CONFIG, header) for _, header, _ in split(text)]
        return list(dict.fromkeys(each[1] for each in found if each is not None and each[0] == SESSION))

    def __contains__(self, name: str) -> bool:
        return bool(self._config.find("profile", name) or self._credentials.find(CREDENTIALS, name))

    def naming(self, text: str) -> "list[str]":
        """The profiles whose sections contain `text`, found without parsing them; all, if a [DEFAULT] contains it."""
        both = (self._config, self._credentials)
        if any(text in section.body for sections in both for section in sections.find(DEFAULT, "")):
            return self.names()
        return self._config.naming(text) + self._credentials.naming(text)

    def profile(self, name: str) -> "Values | None":
        """A profile's settings (not to be changed), the credentials file first; None if it is in neither file."""
        if name not in self._profiles:
            settings, keys = self.section("profile", name), self.section(CREDENTIALS, name)
            both = None if settings is None and keys is None else {**(settings or {}), **(keys or {})}
            self._profiles[name] = both
        return self._profiles[name]

    def check(self) -> None:
        """Adds a warning for each file that the AWS CLI refuses as a whole, which is not a problem here. Once."""
        files = () if self._is_checked else (self._config, self._credentials)
        self._is_checked = True
        for sections in files:
            fault = _fault(sections)
            if fault is None:
                continue
            from assume.profiles.faults import REFUSED

            where = f"{sections.file} file, line {fault[0]}: "
            known = [warning for warning in self.warnings if warning.startswith(where)]
            if known:
                self.warnings[self.warnings.index(known[0])] += REFUSED
            else:
                self.warnings.append(where + fault[1] + REFUSED)

    def where(self, name: str, setting: str, kind: str = "profile") -> str:
        """`config file, line 4`: the place of a profile's setting; "" if it has no place of its own."""
        places = [(self._credentials, CREDENTIALS)] if kind == "profile" else []
        for sections, of_kind in (*places, (self._config, kind)):
            for section in reversed(sections.find(of_kind, name)):
                if line := section.line_of(setting):
                    return f"{section.file} file, line {line}"
        return ""

    def line(self, file: str, name: str, setting: str, kind: str = "") -> int:
        """The line of a setting in the `config` or `credentials` file, or without one of the header; 0 if absent."""
        sections = self._credentials if file == CREDENTIALS else self._config
        for section in reversed(sections.find(kind or ("profile" if file == CONFIG else file), name)):
            if line := section.line_of(setting) if setting else section.line:
                return line
        return 0

    def told(self, name: str, setting: str, value: str, between: str = " ") -> str:
        """A setting for a message: with its value if that is surely no secret, else with its place."""
        if is_harmless(value):
            return f"{setting}{between}{value}"
        where = self.where(name, setting)
        return f"{setting} ({where})" if where else setting

    def texts(self) -> "list[tuple[str, str]]":
        """(`config` or `credentials`, text) of both files."""
        return [(sections.file, sections.text) for sections in (self._config, self._credentials)]

    def section(self, kind: str, name: str) -> "Values | None":
        """The settings of one `profile`, `credentials`, `sso-session` or `services` section; None if it is absent."""
        if (kind, name) not in self._values:
            self._values[kind, name] = self._parsed(kind, name)
        return self._values[kind, name]

    def _parsed(self, kind: str, name: str) -> "Values | None":
        sections = self._credentials if kind == CREDENTIALS else self._config
        found = sections.find(kind, name)
        if not found:
            return None
        for again in found[1:]:
            where = f"{again.file} file, line {again.line}"
            self.warnings.append(f"{where}: [{again.header}] appears twice; both sections are used")
        values: Values = {}
        if sections.file not in self._defaults:
            self._defaults[sections.file] = sections.find(DEFAULT, "")
        for section in (*self._defaults[sections.file], *found):
            values.update(section.values(self.warnings))
        return values


def is_harmless(value: str) -> bool:
    """True if a value may be shown: it looks like a name. Keys, tokens and half-written lines do not."""
    if not value or any(mark in "/+=" or mark.isspace() for mark in value):
        return False
    words = "".join(mark if mark.isalnum() else " " for mark in value).split()
    return max(map(len, words), default=0) < SECRET_FROM


def _fault(sections: Sections) -> "tuple[int, str] | None":
    """The first fault for which the AWS CLI refuses the whole file, as (line, what); None if it reads the file."""
    if sections.has_mark:
        return 1, "a byte-order mark is before the text: save the file without it"
    if (at := not_utf8(sections.text)) >= 0:
        return sections.text.count("\n", 0, at) + 1, "not UTF-8"
    if sections.is_sound():
        return None
    from assume.profiles import faults

    return faults.first(sections.text)


def absence(path: str) -> str:
    """`does not exist`, or why else a file is not read; "" for one that is read, and for /dev/null."""
    try:
        mode = system.stat(path).st_mode & 0o170000
    except (OSError, ValueError):
        return "does not exist"
    return "is a folder" if mode == 0o040000 else ""
