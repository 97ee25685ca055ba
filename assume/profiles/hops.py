"""One section of the AWS files → the call that it asks for. Pure.

botocore's rules for what is sent, what is dropped in silence and what is
refused before any call (botocore/credentials.py, `AssumeRoleProvider`), and the
keys of our own beside it.
"""

from assume.errors import ConfigError
from assume.profiles.chain import Hop

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.profiles.config import Values

ROLE_MIN = 20  # characters of an ARN, by the STS model: botocore refuses less before any call
DURATION_MIN_S = 900
OFF = ("no", "false", "off", "0")


def web_hop(profile: str, role_arn: str, token_file: str, session_name: str) -> Hop:
    """A call of AssumeRoleWithWebIdentity: botocore sends nothing but these."""
    hop = Hop(profile, _checked_arn(profile, role_arn))
    hop.token_file = token_file
    hop.session_name = session_name
    return hop


def role_hop(name: str, values: "Values") -> Hop:
    """The call of AssumeRole that profile `name` asks for; raises ConfigError."""
    hop = Hop(name, _checked_arn(name, values["role_arn"]))
    hop.external_id = values.get("external_id")
    hop.mfa_serial = values.get("mfa_serial")
    hop.mfa_process = values.get("mfa_process", "")
    hop.mfa_session = values.get("mfa_session", "").strip().lower() not in OFF
    hop.session_name = values.get("role_session_name", "")
    hop.source_identity = values.get("source_identity", "")
    hop.tags = tuple(_pair(name, item) for item in _items(values.get("session_tags", "")))
    hop.transitive_tags = tuple(_items(values.get("transitive_session_tags", "")))
    try:
        hop.duration_s = int(values["duration_seconds"])  # botocore drops what int() does not take
    except (KeyError, ValueError):
        pass
    if hop.duration_s is not None and hop.duration_s < DURATION_MIN_S:
        raise ConfigError(f"duration_seconds = {hop.duration_s} is too short", "AWS gives 900 seconds at least", name)
    return hop


def _checked_arn(name: str, role_arn: str) -> str:
    if len(role_arn) < ROLE_MIN:
        raise ConfigError(
            f"role_arn {role_arn!r} is no ARN of a role",
            "it looks like arn:aws:iam::123456789012:role/NAME",
            name,
        )
    return role_arn


def _items(text: str) -> "list[str]":
    return [item.strip() for item in text.split(",") if item.strip()]


def _pair(name: str, item: str) -> "tuple[str, str]":
    key, equals, value = item.partition("=")
    if not equals:
        raise ConfigError(f"session_tags: {item} is no key=value", "write `session_tags = key=value,key2=value2`", name)
    return (key.strip(), value.strip())
