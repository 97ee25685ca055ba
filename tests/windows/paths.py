"""Translates Windows paths to paths of this system.

The drive is dropped, `\\` becomes `/`, case does not matter, CONIN$ and CONOUT$ are
a terminal, and names that Windows does not allow are refused.
"""


class Paths:
    """`console` is a terminal's path or ""; nothing can be written under `unwritable`."""

    def __init__(self, posix, console: str, unwritable: str) -> None:
        self.posix = posix
        self.console = console
        self.unwritable = unwritable

    def here(self, path):
        """The path on this system for a Windows path."""
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
        """The path with the case in which its last part exists; Windows ignores case."""
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
        """Like `here`, for a path that will be changed. Raises PermissionError below `unwritable`."""
        found = self.here(path)
        if self.unwritable and isinstance(found, str) and found.startswith(self.unwritable):
            raise PermissionError(13, "Access is denied", path)
        return found

    def windows(self, path: str) -> str:
        """The Windows path for a path on this system."""
        return "C:" + path.replace("/", "\\")
