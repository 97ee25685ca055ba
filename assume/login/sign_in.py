"""What a profile signs in to: an IAM Identity Center, by its session or by the profile's own settings. Pure.

In: the AWS files, a name from the command line. Out: a Place; or the profile whose `login_session` is meant.
"""

import json
from hashlib import sha1

from assume.arguments import Options
from assume.errors import AssumeError, ConfigError, NoSuchProfile, UsageError
from assume.profiles.chain import LOGIN, SSO
from assume.profiles.config import SESSION
from assume.profiles.plan import plan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.profiles.config import Config, Values

NEEDED = ("sso_start_url", "sso_region")


class Place:
    """One Identity Center as the AWS files name it.

    `session` is the name of the [sso-session …] section, "" for the older form, where the profile itself has
    `sso_start_url`. `profile` is the one whose endpoint and certificates apply; "" for none. `scopes` is None if the
    section has no `sso_registration_scopes`.
    """

    def __init__(
        self, session: str, start_url: str, region: str, scopes: "list[str] | None" = None, profile: str = ""
    ) -> None:
        self.session = session
        self.start_url = start_url
        self.region = region
        self.scopes = scopes
        self.profile = profile

    @property
    def key(self) -> str:
        """The name of the token's file, without its ending: the AWS CLI's."""
        return _sha1(self.session or self.start_url)

    @property
    def name(self) -> str:
        """What messages call it, and what `assume login` takes."""
        return self.session or self.profile or self.start_url

    @property
    def shown(self) -> str:
        """Its name and its start URL."""
        return f"{self.session} ({self.start_url})" if self.session else self.start_url

    @property
    def section(self) -> str:
        """The header of the section that has its settings."""
        return f"[{SESSION} {self.session}]" if self.session else f"[profile {self.profile}]"


def of_source(config: "Config", profile: str) -> Place:
    """The place of a profile with `sso_account_id`. Raises ConfigError."""
    values = config.profile(profile) or {}
    session = values.get("sso_session", "")
    return of_session(config, session, profile) if session else _place(values, "", profile)


def of_session(config: "Config", session: str, profile: str = "") -> Place:
    """The place of [sso-session SESSION]; `profile` uses it. Raises ConfigError."""
    values = config.section(SESSION, session)
    if values is None:
        from assume.profiles.advice import no_such_section

        raise no_such_section(profile, "sso_session", SESSION, session, config)
    return _place(values, session, profile or _user(config, session))


def find(config: "Config", name: str, base: "Mapping[str, str]") -> "Place | str":
    """What `assume login NAME` means; a string is the profile whose `login_session` is meant. Raises AssumeError.

    A profile comes before a session of the same name. The profile may be a role behind the one that signs in.
    """
    if name not in config:
        if config.section(SESSION, name) is not None:
            return of_session(config, name)
        raise _unknown(config, name, base)
    options = Options()
    options.profile = name
    source = plan(config, options, base).source
    if source.kind == SSO:
        return of_source(config, source.profile)
    if source.kind == LOGIN:
        return source.profile
    if config.section(SESSION, name) is not None:
        return of_session(config, name)
    what = f"needs no sign-in: its credentials come from {source.kind}"
    raise UsageError(what, "name a profile with sso_session, sso_start_url or login_session", name)


def usual(config: "Config", base: "Mapping[str, str]") -> str:
    """The name that `assume login` alone means: AWS_PROFILE or [default], else the only session. Raises UsageError."""
    for name in (base.get("AWS_PROFILE", "") or base.get("AWS_DEFAULT_PROFILE", ""), "default"):
        if name and name in config and _signs_in(config, name, base):
            return name
    names = config.sessions()
    if len(names) == 1:
        return names[0]
    if names:
        raise UsageError("which profile or session?", f"assume login NAME, one of: {', '.join(names)}")
    found = [name for name in _with_start_url(config) if _signs_in(config, name, base)]
    places = {of_source(config, name).key: name for name in reversed(found)}
    if len(places) == 1:
        return next(iter(places.values()))
    if places:
        raise UsageError("which profile?", f"assume login PROFILE, one of: {', '.join(reversed(places.values()))}")
    raise UsageError(
        "which profile? none of your profiles signs in", "`aws configure sso` makes one for IAM Identity Center"
    )


def role_key(values: "Values") -> str:
    """The name of the AWS CLI's cache entry for the role of a profile with `sso_account_id`, as botocore makes it."""
    session = values.get("sso_session", "")
    which = {"sessionName": session} if session else {"startUrl": values.get("sso_start_url", "")}
    what = which | {"roleName": values.get("sso_role_name", ""), "accountId": values.get("sso_account_id", "")}
    return _sha1(json.dumps(what, sort_keys=True, separators=(",", ":")))


def _place(values: "Values", session: str, profile: str) -> Place:
    where = f"[{SESSION} {session}]" if session else f"[profile {profile}]"
    for setting in NEEDED:
        if not values.get(setting, "").strip():
            raise ConfigError(f"{where} has no {setting}", f"add `{setting} = …` to it", profile or session)
    start_url, region = (values[setting].strip() for setting in NEEDED)
    if not start_url.startswith(("https://", "http://")) or not start_url.isprintable() or " " in start_url:
        cure = "it looks like https://NAME.awsapps.com/start"
        raise ConfigError(f"{where}: its sso_start_url is not a URL", cure, profile or session)
    raw = values.get("sso_registration_scopes")
    scopes = None if raw is None else [scope.strip() for scope in raw.split(",") if scope.strip()]
    return Place(session, start_url, region, scopes, profile)


def _user(config: "Config", session: str) -> str:
    """The first profile that names `session`, whose endpoint and certificates apply; else the default profile."""
    for name in config.naming(session):
        if (config.profile(name) or {}).get("sso_session") == session:
            return name
    return "default" if "default" in config else ""


def _with_start_url(config: "Config") -> "list[str]":
    return list(dict.fromkeys(config.naming("sso_start_url")))


def _signs_in(config: "Config", name: str, base: "Mapping[str, str]") -> bool:
    options = Options()
    options.profile = name
    try:
        return plan(config, options, base).source.kind in (SSO, LOGIN)
    except AssumeError:
        return False


def _unknown(config: "Config", name: str, base: "Mapping[str, str]") -> NoSuchProfile:
    from assume.profiles.advice import nearest, no_such_profile

    error = no_such_profile(name, config, base)
    error.what = error.what.replace("no such profile", "no such profile or sso-session", 1)
    if close := ", ".join(nearest(name, [*config.names(), *config.sessions()])):
        error.cures = (f"did you mean: {close}?",)
    return error


def _sha1(text: str) -> str:
    return sha1(text.encode("utf-8", "surrogateescape")).hexdigest()  # noqa: S324  the CLI's name for the file
