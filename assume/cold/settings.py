"""Settings that botocore or STS would refuse, found before any call, and named by file and line.

In: the chain, the AWS files, the baseline; out: nothing, or ConfigError. The messages of botocore and of AWS quote the
value, and a line of these files that is mistyped may hold a secret: ours have the name of the setting and its place.
What is refused here would fail in the AWS CLI too. Runs only if AWS is about to be called.
"""

import sys

from assume.errors import AssumeError, ConfigError
from assume.fast.check import IN_IDS, IN_NAMES
from assume.profiles import chain as words
from assume.profiles.ini import words as command_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from assume.profiles.chain import Chain, Hop
    from assume.profiles.config import Config

    Rules = Mapping[str, tuple[str, Callable[[str], bool], str]]

# kinds of source for which botocore makes its providers, and reads the settings of all of them
RESOLVED = (words.INSTANCE, words.CONTAINER, words.FALLBACK, words.SSO, words.LOGIN)
ENDPOINTS = ("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL")
URL_FORM = "it looks like https://HOST or http://HOST:PORT"
SSO_OF_PROFILE, SSO_OF_SESSION = ("sso_account_id", "sso_role_name"), ("sso_start_url", "sso_region")


def check(chain: "Chain", config: "Config", base: "Mapping[str, str]") -> None:
    """Raises ConfigError for the first setting of the chain that cannot be right."""
    if chain.hops or chain.serial:
        if chain.endpoint and not is_url(chain.endpoint):
            raise ConfigError(f"{_place_of_endpoint(chain, config, base)} is not a URL", URL_FORM, chain.profile)
        _check_rules(OF_CLIENTS, chain.profile, config, base)
    for hop in chain.hops:
        _check_hop(hop, config)
    source = chain.source
    if source.kind in RESOLVED:
        _check_rules(OF_METADATA, source.profile, config, base)
    if source.kind == words.SSO:
        _check_sso(source.profile, config)
    elif source.kind == words.PROCESS:
        _check_command(source.profile, config)


def placed(error: AssumeError, config: "Config") -> None:
    """Adds the place of the setting that `error` is about, if it is a setting of the profile."""
    where = config.where(error.profile, error.setting) if error.setting else ""
    if where and where not in error.what:
        error.what = error.what.replace(error.setting, f"{error.setting} ({where})", 1)


def is_url(text: str) -> bool:
    """Whether botocore can send a request to `text`."""
    scheme, _, rest = text.partition("://")
    host = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    if scheme.lower() not in ("http", "https") or not text.isprintable() or len(host) > 255:
        return False
    if host[:1] == "[":
        return "]" in host
    name, colon, port = host.partition(":")
    if colon and port and not (port.isascii() and port.isdigit() and int(port) < 65536):
        return False
    return all(map(_is_label, name.removesuffix(".").split(".")))


def _is_label(text: str) -> bool:
    plain = text.replace("-", "a").replace("_", "a")
    return 0 < len(text) < 64 and plain.isascii() and plain.isalnum() and text[0] != "-" and text[-1] != "-"


def _is_number(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _one_of(*values: str) -> "Callable[[str], bool]":
    return lambda text: text in values


# setting: the variable that comes before it, what botocore takes, and that in words
OF_CLIENTS: "Rules" = {
    "retry_mode": ("AWS_RETRY_MODE", _one_of("legacy", "standard", "adaptive"), "legacy, standard or adaptive"),
    "max_attempts": ("AWS_MAX_ATTEMPTS", _is_number, "a number"),
    "sts_regional_endpoints": ("AWS_STS_REGIONAL_ENDPOINTS", _one_of("legacy", "regional"), "legacy or regional"),
}
OF_METADATA: "Rules" = {
    "ec2_metadata_service_endpoint": ("AWS_EC2_METADATA_SERVICE_ENDPOINT", is_url, "a URL such as http://HOST"),
    "ec2_metadata_service_endpoint_mode": (
        "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
        lambda text: text.lower() in ("ipv4", "ipv6"),
        "IPv4 or IPv6",
    ),
    "metadata_service_timeout": ("AWS_METADATA_SERVICE_TIMEOUT", _is_number, "a number of seconds"),
    "metadata_service_num_attempts": ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", _is_number, "a number"),
}


def _check_rules(rules: "Rules", name: str, config: "Config", base: "Mapping[str, str]") -> None:
    values = config.profile(name) or {}
    for setting, (variable, is_right, form) in rules.items():
        value = base.get(variable) or values.get(setting, "")
        if value and not is_right(value):
            told = variable if base.get(variable) else f"its {_told(name, setting, config)}"
            raise ConfigError(f"{told} is not valid", f"it has to be {form}", name)


def _check_hop(hop: "Hop", config: "Config") -> None:
    """Refuses what STS would refuse in the call for a role, before anyone is asked for a code."""
    checks = (
        ("external_id", hop.external_id, IN_IDS, (2, 1224), "letters, digits and _ + = , . @ : / -"),
        ("role_session_name", hop.session_name or None, IN_NAMES, (2, 64), "letters, digits and _ + = , . @ -"),
        ("source_identity", hop.source_identity or None, IN_NAMES, (2, 64), "letters, digits and _ + = , . @ -"),
    )
    for setting, value, marks, (least, most), form in checks:
        if value is not None and not (least <= len(value) <= most and marks.issuperset(value)):
            what = f"its {_told(hop.profile, setting, config)} is {'not valid' if value else 'empty'}"
            raise ConfigError(what, f"{least} to {most} characters: {form}", hop.profile)
    if hop.mfa_serial is not None and not 9 <= len(hop.mfa_serial) <= 256:
        what = f"its {_told(hop.profile, 'mfa_serial', config)} is not an MFA device"
        raise ConfigError(what, "it looks like arn:aws:iam::123456789012:mfa/NAME", hop.profile)


def _check_sso(name: str, config: "Config") -> None:
    values = config.profile(name) or {}
    session = values.get("sso_session", "")
    shared = (config.section("sso-session", session) if session else None) or {}
    needed = (*SSO_OF_PROFILE, *SSO_OF_SESSION)
    lacking = [setting for setting in needed if not values.get(setting, shared.get(setting))]
    if lacking:
        header = "its [sso-session …] section" if session and lacking[0] in SSO_OF_SESSION else f"[profile {name}]"
        cure = f"add {'it' if len(lacking) == 1 else 'them'} to {header}, or run `aws configure sso --profile {name}`"
        raise ConfigError(f"it lacks {', '.join(lacking)}", cure, name)
    for setting, value in shared.items():
        if values.get(setting, value) != value:
            what = f"its {_told(name, setting, config)} is not that of its [sso-session …] section"
            raise ConfigError(what, "remove it from the profile, or correct one of the two", name)


def _check_command(name: str, config: "Config") -> None:
    command = (config.profile(name) or {}).get("credential_process", "")
    if not command.strip():
        what, cure = "is empty", "give it a command that prints credentials, or remove it"
    elif sys.platform != "win32" and not command_words(command):
        what, cure = "is not a valid command line", "correct its quotes"
    else:
        return
    raise ConfigError(f"its {_told(name, 'credential_process', config)} {what}", cure, name)


def _place_of_endpoint(chain: "Chain", config: "Config", base: "Mapping[str, str]") -> str:
    """What gave the chain its endpoint, in the order of botocore."""
    for variable in ENDPOINTS:
        if base.get(variable):
            return variable
    values = config.profile(chain.profile) or {}
    if values.get("endpoint_url") == chain.endpoint:
        return f"its {_told(chain.profile, 'endpoint_url', config)}"
    where = config.where(values.get("services", ""), "sts", "services")
    return f"the endpoint_url of its services ({where})" if where else "the endpoint_url of its services"


def _told(name: str, setting: str, config: "Config") -> str:
    """`endpoint_url (config file, line 4)`."""
    where = config.where(name, setting)
    return f"{setting} ({where})" if where else setting
