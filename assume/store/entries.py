"""Entries that are still valid for a chain, entries to write, and the names of the notes beside them."""

import sys

from assume.credentials import Credentials
from assume.store import record, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system

    from assume.profiles.chain import Chain
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

SHARED = ".cli" + record.NOTE


def keep(folder: str, request: str, credentials: Credentials) -> None:
    """Stores credentials as the answer to `request`. Raises OSError."""
    write.put(
        folder,
        record.entry_name(request),
        {
            "request": request,
            "key_id": credentials.key_id,
            "secret": credentials.secret,
            "session_token": credentials.session_token,
            "expires_at": str(credentials.expires_at or 0),
            "issued_at": str(credentials.issued_at),
            "arn": credentials.arn,
        },
    )


def direct_note(request: str) -> str:
    """The name of the note that an MFA code goes on the call of `request` itself, without a session."""
    return record.name_of("direct\n" + request) + record.NOTE


def code_name(serial: str, code: str) -> str:
    """The name of the note that this code of this device was sent; kept for as long as a code is valid."""
    from hashlib import sha256

    return sha256(f"{serial}\n{code}".encode("utf-8", "surrogateescape")).hexdigest()[:32] + record.CODE


def shared_note(key: str) -> str:
    """The name of the note that we wrote this entry of the AWS CLI's cache."""
    return key + SHARED


def current(chain: "Chain", folder: str, request: str, now: float) -> "Credentials | None":
    """The credentials stored for a request of the chain; None if a sign-in or web identity behind it is younger."""
    credentials = record.entry(folder, request, now)
    if credentials is None or changed_at(chain) >= credentials.issued_at:
        return None
    return credentials


def changed_at(chain: "Chain") -> float:
    """When the sign-in or web identity that the chain starts with was last replaced; infinity if it is gone."""
    at = 0.0
    for path in chain.files:
        try:
            seen = system.stat(path)
        except (OSError, ValueError):
            return float("inf")
        at = max(at, seen.st_mtime, seen.st_ctime)
    return at
