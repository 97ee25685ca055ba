"""The AWS CLI's own cache of credentials, shared both ways: botocore's key, botocore's format.

After `assume X`, `aws --profile X` asks for no MFA code, and the reverse. The key leaves out the source, the
endpoint, tags and policies, so an entry may be another user's: `profiles.shared` decides which ones are ours to use.

botocore/credentials.py, `_create_cache_key`; botocore/utils.py, `JSONFileCache`.
"""

import os

from assume import files, paths
from assume.aws import web_identity
from assume.credentials import Credentials, check_reply
from assume.errors import Unsafe
from assume.profiles import shared
from assume.store import cli_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assume.profiles.chain import Chain, Hop


class Cache:
    """The folder as the mapping that botocore's providers expect: key to reply. Damaged entries are left out."""

    def __init__(
        self, base: "Mapping[str, str]", used: bool = True, read: bool = True, since: float = 0.0, mark: str = ""
    ) -> None:
        self.folder = paths.cli_cache(base) if used and paths.home(base) else ""
        self.is_read = read
        self.since = since  # epoch seconds; entries written before are not used
        self.mark = mark  # of the entries that botocore writes here, and of those of ours that it may read
        self.written: list[str] = []  # keys of the entries that were written

    def path(self, key: str) -> str:
        """The file of one entry."""
        return f"{self.folder}/{key}.json"

    def get(self, key: str) -> "dict[str, Any] | None":
        """A valid entry, else None."""
        if not self.folder or not self.is_read:
            return None
        try:
            file = open(self.path(key), "rb", opener=_opened)  # noqa: SIM115  json is imported only if there is one
        except OSError:
            return None
        import json

        try:
            with file:
                if os.fstat(file.fileno()).st_mtime <= self.since:
                    return None
                entry = json.loads(file.read(1 << 20))
            given = entry["Credentials"]
            keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
            check_reply(keys)
            ends(given["Expiration"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, Unsafe):
            return None
        return None if self.mark and entry.get(cli_entry.MARK, self.mark) != self.mark else dict(entry)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __getitem__(self, key: str) -> "dict[str, Any]":
        entry = self.get(key)
        if entry is None:
            raise KeyError(key)
        return entry

    def __setitem__(self, key: str, entry: "Mapping[str, Any]") -> None:
        """Writes an entry whole or not at all. Errors are ignored: the cache is a convenience."""
        marked = {**entry, cli_entry.MARK: self.mark} if self.mark else entry
        self.put(key, _dumped(marked))

    def put(self, key: str, content: str) -> None:
        """Writes the text of an entry. Errors are ignored."""
        if not self.folder:
            return
        try:
            cli_entry.put(self.path(key), content)
        except OSError:
            return
        self.written.append(key)

    def remove(self, key: str) -> bool:
        """Removes an entry; True if there was one."""
        return files.forget(self.path(key))


def key_of(hop: "Hop", web_identity: str = "") -> str:
    """botocore's key for a call; `web_identity` is the token's text, which is in the key since CLI 1.46.3."""
    args = shared.args(hop)
    if web_identity:
        args["WebIdentityToken"] = web_identity
    return shared.sha1(_dumped(dict(sorted(args.items()))))


def keys_of(hop: "Hop") -> list[str]:
    """Every key under which an AWS CLI looks for this call."""
    keys = [key_of(hop)]
    if hop.token_file is not None:
        try:
            keys.append(key_of(hop, web_identity.read(hop.token_file)))
        except (OSError, ValueError):
            pass
    return keys


def key_of_sso(values: "Mapping[str, str]") -> str:
    """botocore's key for the credentials of an SSO role, from the settings of its profile."""
    import json

    args = {"roleName": values.get("sso_role_name"), "accountId": values.get("sso_account_id")}
    if values.get("sso_session"):
        args["sessionName"] = values["sso_session"]
    else:
        args["startUrl"] = values.get("sso_start_url")
    return shared.sha1(json.dumps(args, sort_keys=True, separators=(",", ":")))


def read(cache: Cache, chain: "Chain", number: int, theirs: bool, files: "list[str]", now: float) -> Credentials | None:
    """The credentials that are stored for hop `number` of the chain, by us for this request, or by an AWS CLI.

    `theirs`: entries of an AWS CLI may be used (`shared.is_certain`), if they are younger than the AWS `files`. None
    is used that is older than a sign-in or a web identity of the chain.
    """
    marks = shared.marks(chain, number)
    changed_at = max(map(_changed_at, chain.files), default=0.0)
    edited_at = max(map(_changed_at, files), default=0.0)
    for key in keys_of(chain.hops[number]):
        entry = cache.get(key)
        written_at = _changed_at(cache.path(key))
        if entry is None or written_at <= changed_at:
            continue
        is_certain = theirs and written_at > edited_at
        if not (entry[cli_entry.MARK] in marks if cli_entry.MARK in entry else is_certain):
            continue
        given = entry["Credentials"]
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        expires_at = ends(given["Expiration"])
        issued_at = int(min(now, written_at))
        return Credentials(*keys, expires_at, issued_at, _arn(entry))
    return None


def share(cache: Cache, hop: "Hop", credentials: Credentials, mark: str = "") -> list[str]:
    """Writes credentials where every AWS CLI looks for them. Returns the keys of the entries."""
    content = cli_entry.text(credentials, mark)
    keys = keys_of(hop) if content else []
    for key in keys:
        cache.put(key, content)
    return keys


def _arn(entry: "Mapping[str, Any]") -> str:
    """The ARN of the role's session; "" if the entry does not have it."""
    user = entry.get("AssumedRoleUser")
    return str(user.get("Arn", "")) if isinstance(user, dict) else ""


def ends(text: str) -> int:
    """`2026-11-23T20:47:07UTC`, with `Z` or an offset too, as epoch seconds. Raises ValueError."""
    from datetime import UTC, datetime

    at = datetime.fromisoformat(text.replace("UTC", "+00:00"))
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _opened(path: str, flags: int) -> int:
    return paths.opened(path, flags, single=False, private=False)


def _changed_at(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0


def _dumped(value: object) -> str:
    """The same text as `json.dumps` makes. json takes long to import, so only a value that needs it imports it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_dumped(key)}: {_dumped(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, str) and value.isascii() and value.isprintable() and not {'"', "\\"} & set(value):
        return f'"{value}"'
    import json

    return json.dumps(value, default=_json)


def _json(value: object) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S%Z") if hasattr(value, "strftime") else str(value)
