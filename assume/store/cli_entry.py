"""An entry of the AWS CLI's cache, written by us: its text, and the lanes that leave one where it is missing.

In: credentials of a role, and a mark (the request that they answer, unreadable); out: a file in botocore's form. No
JSON library is loaded: every value is plain, or nothing is written.
"""

import sys

from assume import files
from assume.credentials import instant
from assume.store import entries, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system

    from assume.credentials import Credentials
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

MARK = "AssumeRequest"  # AWS tools read the four fields of `Credentials` and nothing else


def text(credentials: "Credentials", mark: str) -> str:
    """The entry; "" if a value would have to be quoted, as none of AWS's has."""
    values = (*credentials.keys, credentials.arn, mark)
    if any(not value.isascii() or not value.isprintable() or '"' in value or "\\" in value for value in values):
        return ""
    key_id, secret, session_token, arn, mark = values
    ends = instant(credentials.expires_at or 0).replace("Z", "UTC")
    return (
        f'{{"Credentials": {{"AccessKeyId": "{key_id}", "SecretAccessKey": "{secret}", '
        f'"SessionToken": "{session_token}", "Expiration": "{ends}"}}, '
        f'"AssumedRoleUser": {{"AssumedRoleId": "", "Arn": "{arn}"}}, "{MARK}": "{mark}"}}'
    )


def put(path: str, content: str) -> None:
    """Writes an entry whole; `.aws/cli/cache` is made if it is missing. Raises OSError."""
    for depth in (3, 2, 1):
        made = path.rsplit("/", depth)[0]
        try:
            system.mkdir(made, 0o700)
        except FileExistsError:
            pass
    files.write_whole(path, content.encode(), set_aside=True)


def leave(store: str, path: str, credentials: "Credentials", mark: str) -> None:
    """Writes an entry that is missing, and the note that it is ours. Errors are ignored: it is a convenience."""
    content = text(credentials, mark)
    name = path.rpartition("/")[2].removesuffix(".json")
    try:
        if content:
            write.put(store, entries.shared_note(name), {}, sync=False)
            put(path, content)
    except OSError:
        pass
