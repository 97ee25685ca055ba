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

from assume.errors import ConfigError, NoSuchProfile
from assume.profiles.sections import CONFIG, CREDENTIALS, DEFAULT, Sections

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Sequence

    from assume.profiles.sections import Section

    Values = dict[str, str]
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system


def read(path: str) -> str:
    """A file's text, "" if it is absent. Bytes that are not UTF-8 become surrogates. Raises ConfigError.

    As in botocore, anything but a regular file (a directory, /dev/null) counts as absent.
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


class Config:
    """Both files. `warnings` grows as sections are used: each is a fault for which botocore refuses the file."""

    def __init__(self, config_text: str, credentials_text: str) -> None:
        self._config = Sections(CONFIG, config_text)
        self._credentials = Sections(CREDENTIALS, credentials_text)
        self._values: dict[tuple[str, str], Values | None] = {}
        self._defaults: dict[str, list[Section]] = {}
        self.warnings: list[str] = []

    def names(self, start: str = "") -> "list[str]":
        """The profiles of both files whose names begin with `start`, each once, in the order of the files."""
        return list(dict.fromkeys(self._config.names(start) + self._credentials.names(start)))

    def __contains__(self, name: str) -> bool:
        return bool(self._config.find("profile", name) or self._credentials.find(CREDENTIALS, name))

    def naming(self, text: str) -> "list[str]":
        """The profiles whose sections contain `text`, found without parsing them."""
        return self._config.naming(text) + self._credentials.naming(text)

    def profile(self, name: str) -> "Values | None":
        """A profile's settings, those of the credentials file first; None if it is in neither file."""
        settings, keys = self.section("profile", name), self.section(CREDENTIALS, name)
        return None if settings is None and keys is None else {**(settings or {}), **(keys or {})}

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


def nearest(name: str, names: "Sequence[str]") -> "list[str]":
    """Up to three of `names` that differ from `name` in a few letters or in case, the most similar first."""
    from difflib import get_close_matches

    spelled = {candidate.casefold(): candidate for candidate in names}
    return [spelled[match] for match in get_close_matches(name.casefold(), spelled, n=3, cutoff=0.6)]


def no_such_profile(name: str, config: "Config") -> NoSuchProfile:
    """The error for a name that is in neither file. Similar names are shown, never taken."""
    names = config.names()
    if not names:
        return NoSuchProfile("no profiles: there is no AWS config here", "`aws configure` makes one", name)
    close = ", ".join(nearest(name, names))
    return NoSuchProfile("no such profile", f"did you mean: {close}?" if close else "`assume list` shows them", name)
