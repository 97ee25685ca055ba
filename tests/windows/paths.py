"""Names of files on Windows, and where they are here.

A drive is left out, `\\` is a `/`, case does not count, CONIN$ and CONOUT$ are a
terminal, and a name that Windows would refuse is refused.
"""


class Paths:
    """`console` is a terminal's path or ""; nothing can be written under `unwritable`."""

    def __init__(self, posix, console: str, unwritable: str) -> None:
        self.posix = posix
        self.console = console
        self.unwritable = unwritable

    def here(self, path):
        """A path of Windows as one of this machine."""
        if isinstance(path, int):
            return path
        text = self.posix.fspath(path)
        text = text.decode() if isinstance(text, bytes) else text
        if text.upper() in ("CONIN$", "CONOUT$"):
            if not self.console:
                raise OSError(6, "The handle is invalid", text)
            return self.console
        if text.upper() == "NUL":
            return "/dev/null"
        rest = text[2:] if text[1:2] == ":" else text
        if set(rest) & set(':*?"<>|'):
            raise OSError(22, "The filename, directory name, or volume label syntax is incorrect", text)
        return self.in_any_case(rest.replace("\\", "/"))

    def in_any_case(self, found: str) -> str:
        """Names ignore case; here that of the last part of a path."""
        folder, slash, name = found.rpartition("/")
        try:
            self.posix.lstat(found)
        except FileNotFoundError:
            try:
                names = self.posix.listdir(folder + slash or ".")
            except OSError:
                return found
            return next((folder + slash + other for other in names if other.lower() == name.lower()), found)
        except OSError:
            pass
        return found

    def written(self, path):
        """The same, of what is about to change."""
        found = self.here(path)
        if self.unwritable and isinstance(found, str) and found.startswith(self.unwritable):
            raise PermissionError(13, "Access is denied", path)
        return found

    def windows(self, path: str) -> str:
        """A path of this machine as one of Windows."""
        return "C:" + path.replace("/", "\\")
