"""The web identity token: a file that another program refreshes.

In: a path; out: the text that the file has now. Links are followed, because EKS uses two.
"""

import os

LARGEST = 20_000  # characters, by the STS model
OPEN = os.O_RDONLY
for _flag in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):
    OPEN |= getattr(os, _flag, 0)


def read(path: str) -> str:
    """The text. Raises OSError, also if the path is not a regular file or the file is too large for a token."""
    handle = os.open(path, OPEN)
    with open(handle, "rb") as file:
        if os.fstat(handle).st_mode & 0o170000 != 0o100000:
            raise OSError(0, "it is not a regular file", path)
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise OSError(0, "it is too large for a web identity token", path)
    return content.decode("utf-8", "replace")
