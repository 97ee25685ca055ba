"""Finds the shipped files of `shell/` and `completions/`.

In: the name of a folder and of a file in it; out: its text. In a wheel the two
folders lie inside the package; in a checkout, an unpacked sdist and an editable
install beside it. String work on `__file__`: `assume init` is a fast lane, and
importlib.resources would cost more than the whole of it.
"""

from assume.errors import AssumeError


def _folder(path: str) -> str:
    return path[: max(path.rfind("/"), path.rfind("\\"))]


PACKAGE = _folder(_folder(__file__))  # …/assume, as it was imported
CHECKOUT = _folder(PACKAGE)


def text(folder: str, name: str) -> str:
    """The text of a shipped file; raises AssumeError where an installation has lost it."""
    for place in (PACKAGE, CHECKOUT):
        try:
            with open(f"{place}/{folder}/{name}", encoding="utf-8") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise AssumeError(f"{place}/{folder}/{name} cannot be read: {error.strerror}") from None
    raise AssumeError(f"{PACKAGE}/{folder}/{name} is missing", "install assume-shell again")
