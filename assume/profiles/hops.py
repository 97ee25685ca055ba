"""One section of the AWS files → the call that it asks for. Pure.

The rules are botocore's (botocore/credentials.py, `AssumeRoleProvider`): what is
sent, what is silently dropped, what is refused before any call. Our own keys
come on top.
"""

from assume.errors import ConfigError
from assume.profiles.chain import Hop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.profiles.config import Values

ROLE_MIN = 20  # characters of an ARN in the STS model: botocore refuses a shorter one before any call
DURATION_MIN_S = 900
OFF = ("no", "false", "off", "0")


def web_hop(profile: str, role_arn: str, token_file: str, session_name: str) -> Hop:
    """A call of AssumeRoleWithWebIdentity: botocore sends only these settings. Raises ConfigError."""
    hop = Hop(profile, _checked_arn(profile, role_arn))
    hop.token_file = token_file
    hop.session_name = session_name
    return hop


def role_hop(name: str, values: "Values") -> Hop:
    """The call of AssumeRole that profile `name` asks for. Raises ConfigError."""
    hop = Hop(name, _checked_arn(name, values["role_arn"]))
    hop.external_id = values.get("external_id")
    set_device(hop, values)
    hop.session_name = values.get("role_session_name", "")
    hop.source_identity = values.get("source_identity", "")
    hop.tags = tuple(_tag(name, item) for item in _items(values.get("session_tags", "")))
    hop.transitive_tags = tuple(_items(values.get("transitive_session_tags", "")))
    try:
        hop.duration_s = int(values["duration_seconds"])
    except (KeyError, ValueError):
        pass  # as botocore: a duration that int() does not accept is dropped
    if hop.duration_s is not None and hop.duration_s < DURATION_MIN_S:
        raise ConfigError(f"duration_seconds = {hop.duration_s} is too short", "the least is 900 seconds", name)
    return hop


def set_device(hop: Hop, values: "Values") -> None:
    """Takes over the MFA device of a profile, and how it is used."""
    hop.mfa_serial = values.get("mfa_serial")
    hop.mfa_process = values.get("mfa_process", "")
    hop.mfa_session = values.get("mfa_session", "").strip().lower() not in OFF


def _checked_arn(name: str, role_arn: str) -> str:
    if len(role_arn) < ROLE_MIN:
        raise ConfigError(
            f"role_arn {role_arn!r} is not the ARN of a role",
            "it looks like arn:aws:iam::123456789012:role/NAME",
            name,
        )
    return role_arn


def _items(text: str) -> "list[str]":
    return [item.strip() for item in text.split(",") if item.strip()]


def _tag(name: str, item: str) -> "tuple[str, str]":
    key, equals, value = item.partition("=")
    if not equals:
        raise ConfigError(
            f"session_tags: {item} is not key=value", "write `session_tags = key=value,key2=value2`", name
        )
    return (key.strip(), value.strip())
