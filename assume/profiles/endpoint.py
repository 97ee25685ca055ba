"""The URL that a user has set for a service of AWS, by a variable or in the AWS files. Pure.

botocore/configprovider.py, `ConfiguredEndpointProvider`.
"""

from assume.profiles.ini import nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.profiles.config import Config


def endpoint(service: str, config: "Config | None", name: str, base: "Mapping[str, str]") -> str:
    """The user's own URL for `service` (`sts`, `sso`), in botocore's order; "" for AWS's. Raises ConfigError."""
    values = (config.profile(name) if config is not None else None) or {}
    ignored = base.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") or values.get("ignore_configured_endpoint_urls", "")
    if ignored.lower() == "true":
        return ""
    given = base.get(f"AWS_ENDPOINT_URL_{service.upper()}", "") or base.get("AWS_ENDPOINT_URL", "")
    if not given and config is not None and "services" in values:
        section = config.section("services", values["services"])
        if section is None:
            from assume.profiles.advice import no_such_section

            raise no_such_section(name, "services", "services", values["services"], config)
        own = nested(section.get(service, ""), values["services"])
        given = own.get("endpoint_url", "") if isinstance(own, dict) else ""
    return given or values.get("endpoint_url", "")
