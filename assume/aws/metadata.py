"""Where credentials of a container may be fetched from.

In: the baseline. Whoever sets its variables decides who receives the container's authorization, and whose
credentials are used. So only those addresses are allowed that AWS's SDKs allow.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from assume.errors import SourceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

RELATIVE, FULL = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost")


def check(base: "Mapping[str, str]", profile: str) -> None:
    """Checks the container's address. Raises SourceError if no SDK would call it."""
    relative, full = base.get(RELATIVE, ""), base.get(FULL, "")
    if relative:
        if relative[0] != "/" or not relative.isprintable():
            raise SourceError(f"{RELATIVE}={relative} is not a path", "it must begin with /", profile)
    elif full and not _is_allowed(full):
        text = f"{FULL}={full} is not an allowed address"
        cure = f"it must be https, a loopback address, or one of {', '.join(HOSTS)}"
        raise SourceError(text, cure, profile)


def _is_allowed(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not url.isprintable() or not host or "@" in parts.netloc:
        return False
    if parts.scheme != "http" or host in HOSTS:
        return parts.scheme in ("http", "https")
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
