"""Where botocore would call STS, and whether the call is so plain that we can make it without botocore. Pure.

In: the settings of a chain, its profile, the baseline. Out: a Target; None for everything that is out of the ordinary:
other partitions, FIPS, a proxy, a setting that changes what botocore does. tests/aws/test_endpoint.py compares it with
botocore.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.profiles.chain import Chain
    from assume.profiles.config import Config

GLOBAL, GLOBAL_REGION = "sts.amazonaws.com", "us-east-1"
AREAS = ("us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx")  # how regions of AWS's usual partition begin
HOST_MARKS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-_")
SYSTEM_PROXIES = sys.platform in ("win32", "darwin")  # where proxies are set outside the environment too
# settings that change what botocore does, by the variable that sets them too, and the values that change nothing here
UNUSUAL: "dict[str, tuple[str, tuple[str, ...]]]" = {
    "account_id_endpoint_mode": ("AWS_ACCOUNT_ID_ENDPOINT_MODE", ("preferred", "disabled", "required")),
    "api_versions": ("", ()),
    "auth_scheme_preference": ("AWS_AUTH_SCHEME_PREFERENCE", ()),
    "csm_enabled": ("AWS_CSM_ENABLED", ()),
    "data_path": ("AWS_DATA_PATH", ()),
    "defaults_mode": ("AWS_DEFAULTS_MODE", ("legacy",)),
    "disable_host_prefix_injection": ("AWS_DISABLE_HOST_PREFIX_INJECTION", ()),
    "disable_request_compression": ("AWS_DISABLE_REQUEST_COMPRESSION", ("true", "false")),
    "endpoint_discovery_enabled": ("AWS_ENDPOINT_DISCOVERY_ENABLED", ("true", "false", "auto")),
    "max_attempts": ("AWS_MAX_ATTEMPTS", tuple("123456789")),
    "parameter_validation": ("", ()),
    "request_checksum_calculation": ("AWS_REQUEST_CHECKSUM_CALCULATION", ("when_supported", "when_required")),
    "request_min_compression_size_bytes": ("AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES", ()),
    "response_checksum_validation": ("AWS_RESPONSE_CHECKSUM_VALIDATION", ("when_supported", "when_required")),
    "retry_mode": ("AWS_RETRY_MODE", ("legacy", "standard")),
    "sdk_ua_app_id": ("AWS_SDK_UA_APP_ID", ()),
    "sigv4a_signing_region_set": ("AWS_SIGV4A_SIGNING_REGION_SET", ()),
    "sts": ("", ()),
    "tcp_keepalive": ("BOTOCORE_TCP_KEEPALIVE", ()),
}
# settings whose empty value is not the same as none, and the variables that set them too
NOT_EMPTY = {
    "ca_bundle": "AWS_CA_BUNDLE",
    "endpoint_url": "AWS_ENDPOINT_URL",
    "region": "AWS_DEFAULT_REGION",
    "sts_regional_endpoints": "AWS_STS_REGIONAL_ENDPOINTS",
    "use_dualstack_endpoint": "AWS_USE_DUALSTACK_ENDPOINT",
    "use_fips_endpoint": "AWS_USE_FIPS_ENDPOINT",
}


class Target:
    """Where STS is called, and the region that requests are signed for."""

    __slots__ = ("host", "port", "region", "tls")

    def __init__(self, tls: bool, host: str, port: int, region: str) -> None:
        self.tls = tls
        self.host = host
        self.port = port
        self.region = region

    @property
    def authority(self) -> str:
        """The Host header, which is signed: without the port if it is the usual one."""
        return self.host if self.port == (443 if self.tls else 80) else f"{self.host}:{self.port}"


def target(settings: "Mapping[str, str]") -> Target | None:
    """The endpoint that botocore would call with these settings of a chain; None for an unusual one."""
    if settings.get("sts_regional_endpoints", "") not in ("", "regional"):
        return None
    if settings.get("use_fips_endpoint") or settings.get("use_dualstack_endpoint"):
        return None
    region, endpoint = settings.get("region", ""), settings.get("endpoint", "")
    if endpoint:
        return _configured(endpoint, region) if _is_usual(region) else None
    if region in ("", "aws-global"):
        return Target(True, GLOBAL, 443, GLOBAL_REGION)
    return Target(True, f"sts.{region}.amazonaws.com", 443, region) if _is_usual(region) else None


def _configured(endpoint: str, region: str) -> Target | None:
    scheme, _, rest = endpoint.partition("://")
    place, _, path = rest.partition("/")
    host, colon, port = place.partition(":")
    if scheme not in ("http", "https") or path or not host or not HOST_MARKS.issuperset(host):
        return None
    if colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        return None
    return Target(scheme == "https", host, int(port) if port else (443 if scheme == "https" else 80), region)


def _is_usual(region: str) -> bool:
    """True for `us-east-1` and its like; False for other partitions, and for what may not be a region at all."""
    area, *rest = region.split("-")
    is_word = all(part.isascii() and part.isalnum() and part == part.lower() for part in rest)
    return area in AREAS and len(rest) > 1 and is_word and rest[-1].isdigit() and not rest[0].startswith("iso")


def plain(chain: "Chain", config: "Config", base: "Mapping[str, str]") -> Target | None:
    """Where the calls of `chain` go; None if botocore has to make them, or if no call is needed."""
    if not (chain.hops or chain.serial) or _has_proxy(base) or _is_steered(chain, config, base):
        return None
    return target(dict(chain.settings))


def _is_steered(chain: "Chain", config: "Config", base: "Mapping[str, str]") -> bool:
    """True if a setting or a variable changes what botocore does."""
    profile = config.profile(chain.profile) or {}
    for setting, (variable, harmless) in UNUSUAL.items():
        for value in (profile.get(setting), base.get(variable)):
            if value is not None and value not in harmless:
                return True
    if any("" in (profile.get(setting), base.get(variable)) for setting, variable in NOT_EMPTY.items()):
        return True
    return any(name.startswith("BOTOCORE_") for name in base)


def _has_proxy(base: "Mapping[str, str]") -> bool:
    """True if a proxy may be used, for whatever host: by a variable that Python's urllib reads, or by the system."""
    if any(value and _is_proxied(name.lower()) for name, value in base.items()):
        return True
    if not SYSTEM_PROXIES:
        return False
    from urllib.request import getproxies

    return bool(getproxies())


def _is_proxied(name: str) -> bool:
    return name.endswith("_proxy") and name != "no_proxy"
