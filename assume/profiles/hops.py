"""One section of the AWS files → the call that it asks for. Pure.

The rules are botocore's (botocore/credentials.py, `AssumeRoleProvider`): what is
sent, what is silently dropped, what is refused before any call. Our own keys
come on top.
"""

from assume.errors import ConfigError
from assume.profiles.chain import READ_ONLY, Hop
from assume.profiles.config import is_harmless

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.arguments import Options
    from assume.profiles.config import Config, Values

ROLE_MIN = 20  # characters of an ARN in the STS model: botocore refuses a shorter one before any call
DURATION_MIN_S = 900
ON = ("yes", "true", "on", "1")
OFF = ("no", "false", "off", "0")
DEFAULT = "ReadOnlyAccess"  # stands for the policy of that name, which has another ARN in each partition
# settings of which every valid value is a plain word, and the variables that come before them
WORDS = {
    "region": "AWS_DEFAULT_REGION",
    "sts_regional_endpoints": "AWS_STS_REGIONAL_ENDPOINTS",
    "retry_mode": "AWS_RETRY_MODE",
    "max_attempts": "AWS_MAX_ATTEMPTS",
    "defaults_mode": "AWS_DEFAULTS_MODE",
    "account_id_endpoint_mode": "AWS_ACCOUNT_ID_ENDPOINT_MODE",
}


def web_hop(profile: str, role_arn: str, token_file: str, session_name: str) -> Hop:
    """A call of AssumeRoleWithWebIdentity: botocore sends only these settings."""
    hop = Hop(profile, role_arn)
    hop.token_file = token_file
    hop.session_name = session_name
    return hop


def role_hop(name: str, values: "Values", config: "Config", warnings: "list[str]") -> Hop:
    """The call of AssumeRole that profile `name` asks for. Raises ConfigError.

    `config` knows the lines, for messages; `warnings` gets one for a setting that is dropped, as botocore drops it.
    """
    check_arn(name, "role_arn", values["role_arn"], config)
    _check_device(name, values, config)
    warnings += [
        f"{name}: {config.told(name, setting, '')} is empty: give it a value, or remove it"
        for setting in ("external_id", "mfa_serial")
        if values.get(setting) == ""
    ]
    hop = Hop(name, values["role_arn"])
    hop.external_id = values.get("external_id")
    set_device(hop, values)
    hop.session_name = values.get("role_session_name", "")
    hop.source_identity = values.get("source_identity", "")
    hop.tags = tuple(_tag(name, item, config) for item in _items(values.get("session_tags", "")))
    hop.transitive_tags = tuple(_items(values.get("transitive_session_tags", "")))
    hop.duration_s = _duration_s(name, values, config, warnings)
    if hop.duration_s is not None and hop.duration_s < DURATION_MIN_S:
        raise ConfigError(f"duration_seconds = {hop.duration_s} is too short", "the least is 900 seconds", name)
    return hop


def set_device(hop: Hop, values: "Values") -> None:
    """Takes over the MFA device of a profile, and how it is used."""
    hop.mfa_serial = values.get("mfa_serial")
    hop.mfa_process = values.get("mfa_process", "")
    hop.mfa_session = values.get("mfa_session", "").strip().lower() not in OFF


def check_arn(name: str, setting: str, arn: str, config: "Config | None" = None) -> None:
    """Refuses a role's ARN that botocore or STS would refuse anyway, in words that tell why. Raises ConfigError."""
    if len(arn) >= ROLE_MIN and arn.startswith("arn:") and not any(map(str.isspace, arn)):
        return
    from assume.profiles.advice import oddity

    told = config.told(name, setting, arn) if config is not None else setting
    what = f"{told} is not the ARN of a role" if arn else f"{told} is empty"
    raise ConfigError(what, oddity(arn) or "it looks like arn:aws:iam::123456789012:role/NAME", name)


def check_words(name: str, values: "Values", config: "Config", base: "Mapping[str, str]") -> None:
    """Refuses settings for which botocore would refuse to make a client, and quote their values. Raises ConfigError."""
    for setting, variable in WORDS.items():
        value = values.get(setting, "")
        if not value or is_harmless(value) or base.get(variable):
            continue
        from assume.profiles.advice import oddity

        what = f"{config.told(name, setting, value)} is not a valid value"
        raise ConfigError(what, oddity(value) or "correct that setting", name)


def _check_device(name: str, values: "Values", config: "Config") -> None:
    """Refuses a serial that STS would refuse, before anyone is asked for a code."""
    serial = values.get("mfa_serial", "")
    if any(map(str.isspace, serial)):
        from assume.profiles.advice import oddity

        what = f"{config.told(name, 'mfa_serial', serial)} is not an MFA device"
        raise ConfigError(what, oddity(serial) or "it looks like arn:aws:iam::123456789012:mfa/NAME", name)


def _duration_s(name: str, values: "Values", config: "Config", warnings: "list[str]") -> int | None:
    text = values.get("duration_seconds")
    if text is None:
        return None
    try:
        return int(text)
    except ValueError:
        told = config.told(name, "duration_seconds", text, " = ")
        warnings.append(f"{name}: {told} is not a number of seconds, and is ignored, as by the AWS CLI")
        return None


def _items(text: str) -> "list[str]":
    return [item.strip() for item in text.split(",") if item.strip()]


def _tag(name: str, item: str, config: "Config") -> "tuple[str, str]":
    key, equals, value = item.partition("=")
    if not equals:
        what = f"{config.told(name, 'session_tags', item, ': ')} is not key=value"
        raise ConfigError(what, "write `session_tags = key=value,key2=value2`", name)
    return (key.strip(), value.strip())


def read_only(config: "Config", options: "Options", warnings: "list[str]") -> str:
    """The policy that limits a role to reading: its ARN, DEFAULT for AWS's own, "" if the role is taken whole."""
    own = (config.profile(options.profile) or {}).get("assume_read_only", "").strip()
    if not _is_policy(own):
        own = DEFAULT if switch(config, options.profile, "assume_read_only", False, warnings) else ""
    if options.read_only is None:
        return own
    return (own or DEFAULT) if options.read_only else ""


def read_only_policy(hop: Hop) -> str:
    """The ARN of AWS's ReadOnlyAccess in the role's partition."""
    partition = hop.role_arn.split(":")[1] if hop.role_arn.count(":") > 1 else "aws"
    return f"arn:{partition}{READ_ONLY}"


def _is_policy(text: str) -> bool:
    """True for the ARN of a policy, one of AWS's or of an account."""
    parts = text.split(":", 5)
    if len(parts) != 6 or (parts[0], parts[2], parts[3]) != ("arn", "iam", "") or any(map(str.isspace, text)):
        return False
    is_account = len(parts[4]) == 12 and parts[4].isascii() and parts[4].isdigit()
    return (is_account or parts[4] == "aws") and parts[5].startswith("policy/") and len(parts[5]) > len("policy/")


def switch(config: "Config", profile: str, setting: str, default: bool, warnings: "list[str]") -> bool:
    """One of our yes-or-no keys. Any other value counts as yes, so that a misspelt guard still guards."""
    text = (config.profile(profile) or {}).get(setting, "").strip().lower()
    if not text:
        return default
    if text not in (*ON, *OFF):
        warnings.append(f"{config.told(profile, setting, text, ' = ')}: neither yes nor no, taken as yes")
    return text not in OFF
