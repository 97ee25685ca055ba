"""The route from a role to its source: the hops on the way, and where it ends. Pure.

The rules are botocore's (botocore/credentials.py: the order of providers in
`create_credential_resolver`, the checks of `AssumeRoleProvider`), compared case
by case in tests/botocore/. Every refusal names the profile and the change that
fixes it.
"""

from assume.credentials import flaw
from assume.errors import ConfigError
from assume.paths import sso_cache
from assume.profiles.chain import (
    CONTAINER,
    ENVIRONMENT,
    FALLBACK,
    INSTANCE,
    LOGIN,
    PROCESS,
    SSO,
    STATIC,
    WEB_IDENTITY,
    Hop,
    Source,
)
from assume.profiles.hops import check_arn, role_hop, web_hop
from assume.profiles.ini import CREDENTIALS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.profiles.config import Config, Values

QUOTES = ("'", '"')  # at the start of a value that was meant to be quoted
CREDENTIAL_SOURCES = (ENVIRONMENT, INSTANCE, CONTAINER)  # compared with their case, as in botocore


class Route:
    """The way from a role to its source, followed once: its hops, the files it depends on, the reasons.

    `visited` are the profiles on it; `warnings` tell of settings that have no effect.
    """

    def __init__(self, config: "Config", base: "Mapping[str, str]") -> None:
        self.config = config
        self.base = base
        self.hops: list[Hop] = []
        self.files: list[str] = []
        self.reasons: list[str] = []
        self.visited: list[str] = []
        self.warnings: list[str] = []

    def to_source(self, name: str, as_source: bool) -> Source:
        """The source at the end of the way from profile `name`. Fills `self.hops`, first call first.

        `as_source`: the profile's own keys take precedence over its role (botocore's rule for a source_profile).
        """
        self.visited = [name]
        while True:
            values = self.config.profile(name) or {}
            self._warn_of_odd_values(name, values)
            is_role = "role_arn" in values and "web_identity_token_file" not in values
            if not is_role or (as_source and _has_keys(values)):
                return self._provider(name, values, as_source)
            hop = role_hop(name, values, self.config, self.warnings)
            self.hops.insert(0, hop)
            kind, source = values.get("credential_source"), values.get("source_profile")
            if kind is not None and source is not None:
                raise ConfigError("has both source_profile and credential_source", "remove one of them", name)
            if kind is not None:
                return self._credential_source(name, kind, hop)
            if source is None:
                raise ConfigError(
                    "has role_arn, and neither source_profile nor credential_source",
                    "add `source_profile = NAME`: the profile whose credentials may assume the role",
                    name,
                )
            self._check_next(name, source)
            self.reasons.append(f"{name}: role {hop.role_arn}, from source_profile {source}")
            self.visited.append(source)
            name, as_source = source, True

    def _warn_of_odd_values(self, name: str, values: "Values") -> None:
        """Warns of values with a comment behind them, in quotes, or with an indented line below: all belong to them."""
        if any(map(_may_be_odd, values.values())):
            from assume.profiles.advice import odd_values

            self.warnings += odd_values(name, values, self.config)

    def _credential_source(self, name: str, kind: str, hop: Hop) -> Source:
        if kind not in CREDENTIAL_SOURCES:
            from assume.profiles.advice import oddity

            cure = oddity(kind) or f"use {', '.join(CREDENTIAL_SOURCES)} (case matters)"
            raise ConfigError(f"unknown {self.config.told(name, 'credential_source', kind)}", cure, name)
        self.reasons.append(f"{name}: role {hop.role_arn}, from credential_source {kind}")
        return machine_source(kind, name, self.base, self.config.profile(self.visited[0]))

    def _check_next(self, name: str, source: str) -> None:
        """Refuses a source_profile that does not exist, or that is on the way already."""
        values, visited = self.config.profile(source), self.visited
        if values is None:
            from assume.profiles.advice import no_such_source

            raise no_such_source(name, source, self.config)
        if source not in visited:
            return
        if source == name:
            if _has_keys(values):
                return  # a role that is its own source: with the profile's own keys
            cure = f"give [profile {name}] keys of its own, or another source_profile"
        else:
            cure = f"give [profile {name}] a source_profile outside the circle"
        circle = " -> ".join([*visited[visited.index(source) :], source])
        raise ConfigError(f"source_profile goes in a circle: {circle}", cure, visited[0])

    def _provider(self, name: str, values: "Values", as_source: bool) -> Source:
        """Where a profile's own credentials come from, in botocore's order of providers."""
        why = self.reasons.append
        if values.get("web_identity_token_file"):
            return self._web_identity(name, values)
        if "sso_account_id" in values or "sso_role_name" in values:
            return self._sso(name, values)
        for file in (CREDENTIALS, "profile"):
            own = self.config.section(file, name) or {}
            if "aws_access_key_id" in own:
                why(f"{name}: its own keys")
                return Source(STATIC, name, own["aws_access_key_id"], _key_pair(name, own))
            if file == CREDENTIALS and values.get("login_session"):
                why(f"{name}: login_session")
                return Source(LOGIN, name, values["login_session"])
            if file == CREDENTIALS and "credential_process" in values:
                why(f"{name}: credential_process")
                return Source(PROCESS, name, values["credential_process"])
        if "aws_secret_access_key" in values and as_source:
            raise ConfigError("has aws_secret_access_key and no aws_access_key_id", "add it, in the same file", name)
        if as_source:
            raise ConfigError("is a source profile and has no credentials", "`aws configure` gives it keys", name)
        why(f"{name}: has no credentials of its own, so this machine's are used")
        return machine_source(FALLBACK, name, self.base, values)

    def _web_identity(self, name: str, values: "Values") -> Source:
        token_file = values["web_identity_token_file"]
        if not values.get("role_arn"):
            raise ConfigError("has web_identity_token_file and no role_arn", "add the role's ARN", name)
        check_arn(name, "role_arn", values["role_arn"], self.config)
        self.hops.insert(0, web_hop(name, values["role_arn"], token_file, values.get("role_session_name", "")))
        self.files.append(token_file)
        self.reasons.append(f"{name}: role {values['role_arn']} by web identity, {token_file}")
        return Source(WEB_IDENTITY, name, token_file)

    def _sso(self, name: str, values: "Values") -> Source:
        session = values.get("sso_session", "")
        start_url = values.get("sso_start_url", "")
        if session:
            section = self.config.section("sso-session", session)
            if section is None:
                from assume.profiles.advice import no_such_section

                raise no_such_section(name, "sso_session", "sso-session", session, self.config)
            start_url = section.get("sso_start_url", "")
        self.files.append(f"{sso_cache(self.base)}/{_sha1(session or start_url)}.json")
        self.reasons.append(f"{name}: SSO, account {values.get('sso_account_id')}, role {values.get('sso_role_name')}")
        parts = (session, start_url, values.get("sso_account_id", ""), values.get("sso_role_name", ""))
        return Source(SSO, name, " ".join(parts))


def machine_source(kind: str, profile: str, base: "Mapping[str, str]", asked: "Values | None" = None) -> Source:
    """A source outside the AWS files: the environment, the container, the instance. Raises ConfigError.

    `asked`: the settings of the profile that was asked for, of which those about metadata apply.
    """
    if kind == ENVIRONMENT:
        key_id, secret = base.get("AWS_ACCESS_KEY_ID", ""), base.get("AWS_SECRET_ACCESS_KEY", "")
        if not key_id or not secret:
            lacks = "AWS_SECRET_ACCESS_KEY" if key_id else "AWS_ACCESS_KEY_ID"
            raise ConfigError(f"credential_source Environment: {lacks} is not set", f"export {lacks} first", profile)
        session_token = base.get("AWS_SECURITY_TOKEN") or base.get("AWS_SESSION_TOKEN", "")  # botocore's order
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        return Source(kind, profile, key_id, _usable(profile, (key_id, secret, session_token), names))
    address = base.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") or base.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
    metadata = base.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") or (asked or {}).get("ec2_metadata_service_endpoint", "")
    identity = {CONTAINER: address, INSTANCE: metadata, WEB_IDENTITY: base.get("AWS_WEB_IDENTITY_TOKEN_FILE", "")}
    return Source(kind, profile, identity.get(kind, f"{address} {metadata}"))


def _may_be_odd(value: str) -> bool:
    """A quick look, before `advice` looks closely. A nested value starts with a newline."""
    is_long = " #" in value or " ;" in value or "\t" in value or "\n" in value
    return value[:1] in QUOTES or (is_long and value[0] != "\n")


def _has_keys(values: "Values") -> bool:
    return "aws_access_key_id" in values or "aws_secret_access_key" in values


def _key_pair(name: str, own: "Values") -> "tuple[str, str, str]":
    """(key id, secret, session token) from one section. Raises ConfigError for half a pair."""
    if not own["aws_access_key_id"]:
        raise ConfigError("has an empty aws_access_key_id", "put it and aws_secret_access_key in the same file", name)
    if not own.get("aws_secret_access_key"):
        raise ConfigError("has an access key id but no aws_secret_access_key", "put both in the same file", name)
    session_token = own.get(
        "aws_security_token", own.get("aws_session_token", "")
    )  # an empty one counts, as in botocore
    names = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
    return _usable(name, (own["aws_access_key_id"], own["aws_secret_access_key"], session_token), names)


def _usable(profile: str, keys: "tuple[str, str, str]", settings: "tuple[str, str, str]") -> "tuple[str, str, str]":
    """`keys`, if a request can carry them; `settings` say where each comes from. Raises ConfigError."""
    if found := flaw(keys):
        text = f"{settings[found[0]]} {found[1]}"
        raise ConfigError(text, "correct it: whole, pasted once, and with no comment behind it", profile)
    return keys


def _sha1(text: str) -> str:
    from hashlib import sha1

    return sha1(text.encode("utf-8", "surrogateescape")).hexdigest()  # noqa: S324  the CLI's name for the file
