"""The AWS config file of a command that gets its credentials from an endpoint (`exec --serve`).

In: the user's AWS files and a profile; out: a text with that profile's settings, but nothing that leads to
credentials, under its own name and as `default`. So every SDK asks the endpoint, and the endpoints, proxies and
retries of the profile still apply. Pure.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.profiles.config import Config

# each of these gives credentials, or goes with a setting that does
CREDENTIALS = frozenset(
    (
        *("aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token", "aws_account_id"),
        *("role_arn", "source_profile", "credential_source", "credential_process", "web_identity_token_file"),
        *("login_session", "external_id", "mfa_serial", "duration_seconds", "role_session_name"),
        *("aws_credential_expiration", "aws_expiration", "x_security_token_expires"),
    )
)
FAMILIES = ("sso_", "assume_", "mfa_")


def text(config: "Config", profile: str, named: str = "", region: str = "") -> str:
    """The file's text. Raises ConfigError.

    `profile`: the one whose settings apply, or ""; `named`: the name that the role has beside `default`, or "";
    `region`: the region of the role, or "".
    """
    settings = {
        name: value
        for name, value in (config.profile(profile) or {}).items()
        if name not in CREDENTIALS and not name.startswith(FAMILIES)
    }
    if region:
        settings["region"] = region
    lines = ["[default]", *_lines(settings)]
    if named not in ("", "default"):
        lines += [f"[profile {_quoted(named)}]", *_lines(settings)]
    if services := settings.get("services"):
        lines += [f"[services {_quoted(services)}]", *_lines(config.section("services", services) or {})]
    return "".join(line + "\n" for line in lines)


def _lines(settings: "Mapping[str, str]") -> "list[str]":
    """One line for each setting; a map of settings below it is indented, as it was."""
    lines = []
    for name, value in settings.items():
        first, *rest = value.split("\n")
        lines += [f"{name} = {first}", *(f"    {line}" for line in rest if line)]
    return lines


def _quoted(name: str) -> str:
    """A name for a header: AWS tools split headers as a shell does."""
    plain = name.replace("-", "a").replace("_", "a").replace(".", "a")
    return name if plain.isalnum() else "'" + name.replace("'", "'\"'\"'") + "'"
