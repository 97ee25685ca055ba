"""The AWS CLI's own cache of credentials, shared both ways: botocore's key, botocore's format.

After `assume X`, `aws --profile X` asks for no MFA code, and the reverse. The key leaves out the source, the
endpoint, tags and policies, so an entry is used or written only if none of them can make a difference.

botocore/credentials.py, `_create_cache_key`; botocore/utils.py, `JSONFileCache`.
"""

import json
import os
from hashlib import sha1

from assume import files, paths
from assume.aws import web_identity
from assume.credentials import Credentials, check_reply, instant
from assume.errors import ConfigError, Unsafe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assume.profiles.chain import Chain, Hop
    from assume.profiles.config import Config


class Cache:
    """The folder as the mapping that botocore's providers expect: key to reply. Damaged entries are left out."""

    def __init__(self, base: "Mapping[str, str]", used: bool = True, read: bool = True, since: float = 0.0) -> None:
        self.folder = paths.cli_cache(base) if used and paths.home(base) else ""
        self.is_read = read
        self.since = since  # epoch seconds; entries written before are not used
        self.written: list[str] = []  # keys of the entries that were written

    def path(self, key: str) -> str:
        """The file of one entry."""
        return f"{self.folder}/{key}.json"

    def get(self, key: str) -> "dict[str, Any] | None":
        """A valid entry, else None."""
        if not self.folder or not self.is_read:
            return None
        try:
            with open(self.path(key), "rb", opener=_opened) as file:
                if os.fstat(file.fileno()).st_mtime <= self.since:
                    return None
                entry = json.loads(file.read(1 << 20))
            given = entry["Credentials"]
            keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
            check_reply(keys)
            ends(given["Expiration"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, Unsafe):
            return None
        return dict(entry)

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def __getitem__(self, key: str) -> "dict[str, Any]":
        entry = self.get(key)
        if entry is None:
            raise KeyError(key)
        return entry

    def __setitem__(self, key: str, entry: "Mapping[str, Any]") -> None:
        """Writes an entry whole or not at all. Errors are ignored: the cache is a convenience."""
        if not self.folder:
            return
        try:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            files.write_whole(self.path(key), json.dumps(entry, default=_json).encode(), set_aside=True)
        except OSError:
            return
        self.written.append(key)

    def remove(self, key: str) -> bool:
        """Removes an entry; True if there was one."""
        return files.forget(self.path(key))


def key_of(hop: "Hop", web_identity: str = "") -> str:
    """botocore's key for a call; `web_identity` is the token's text, which is in the key since CLI 1.46.3."""
    args: dict[str, object] = {"RoleArn": hop.role_arn}
    if hop.token_file is None:
        given = {"ExternalId": hop.external_id, "SerialNumber": hop.mfa_serial, "DurationSeconds": hop.duration_s}
        args.update((name, value) for name, value in given.items() if value is not None)
    if hop.session_name:
        args["RoleSessionName"] = hop.session_name
    if web_identity:
        args["WebIdentityToken"] = web_identity
    return sha1(json.dumps(args, sort_keys=True).encode()).hexdigest()  # noqa: S324  it names a file and protects nothing


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
    args = {"roleName": values.get("sso_role_name"), "accountId": values.get("sso_account_id")}
    if values.get("sso_session"):
        args["sessionName"] = values["sso_session"]
    else:
        args["startUrl"] = values.get("sso_start_url")
    return sha1(json.dumps(args, sort_keys=True, separators=(",", ":")).encode()).hexdigest()  # noqa: S324  names a file


def is_shared(chain: "Chain", config: "Config") -> bool:
    """True if the CLI's key means this request and no other one."""
    if not chain.hops or chain.ad_hoc or chain.endpoint:
        return False
    hop = chain.hops[-1]
    if hop.tags or hop.transitive_tags or hop.source_identity or hop.policy or hop.policy_arns:
        return False
    if hop.token_file is not None and hop.duration_s is not None:
        return False
    own = config.profile(chain.profile) or {}
    compared = ("source_profile", "credential_source", "web_identity_token_file", "region")
    for name in config.naming(hop.role_arn):
        try:
            other = config.profile(name) or {}
        except ConfigError:
            return False  # a neighbour that cannot be read may share the key
        if other.get("role_arn") == hop.role_arn and any(other.get(word) != own.get(word) for word in compared):
            return False
    return True


def read(cache: Cache, hop: "Hop", files: "list[str]", now: float) -> Credentials | None:
    """The credentials that an AWS CLI has stored for this call, if they are newer than every file of the chain."""
    changed_at = max(map(_changed_at, files), default=0.0)
    for key in keys_of(hop):
        entry = cache.get(key)
        written_at = _changed_at(cache.path(key))
        if entry is None or written_at <= changed_at:
            continue
        given = entry["Credentials"]
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        expires_at = ends(given["Expiration"])
        issued_at = int(min(now, written_at))
        return Credentials(*keys, expires_at, issued_at, str(entry.get("AssumedRoleUser", {}).get("Arn", "")))
    return None


def share(cache: Cache, hop: "Hop", credentials: Credentials) -> list[str]:
    """Writes credentials where every AWS CLI looks for them. Returns the keys of the entries."""
    expiration = instant(credentials.expires_at or 0).replace("Z", "UTC")
    entry = {
        "Credentials": {
            "AccessKeyId": credentials.key_id,
            "SecretAccessKey": credentials.secret,
            "SessionToken": credentials.session_token,
            "Expiration": expiration,
        },
        "AssumedRoleUser": {"AssumedRoleId": "", "Arn": credentials.arn},
    }
    keys = keys_of(hop)
    for key in keys:
        cache[key] = entry
    return keys


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


def _json(value: object) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S%Z") if hasattr(value, "strftime") else str(value)
