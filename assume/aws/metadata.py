"""The machine's own credentials, of a container or an instance: which addresses may be asked, and round every proxy.

In: the baseline. Whoever sets its variables decides who is told the container's
authorization, and whose credentials are used: so only the addresses that AWS's
SDKs take.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import os
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

from assume.errors import SourceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RELATIVE, FULL = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
HOSTS = ("169.254.170.2", "169.254.170.23", "fd00:ec2::23", "localhost")


def check(base: "Mapping[str, str]", profile: str) -> None:
    """Refuses a container's address that is none. Raises SourceError."""
    relative, full = base.get(RELATIVE, ""), base.get(FULL, "")
    if relative:
        if relative[0] != "/" or not relative.isprintable():
            raise SourceError(f"{RELATIVE}={relative} is no path", "it begins with /", profile)
    elif full and not _is_allowed(full):
        text = f"{FULL}={full} is not where credentials may come from"
        cure = f"https, a loopback address, or one of {', '.join(HOSTS)}"
        raise SourceError(text, cure, profile)


@contextmanager
def no_proxy() -> "Iterator[None]":
    """No proxy in this process, for a while: a proxy would answer for its own machine."""
    before = os.environ.get("no_proxy")
    os.environ["no_proxy"] = "*"
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("no_proxy", None)
        else:
            os.environ["no_proxy"] = before


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
