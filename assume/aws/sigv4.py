"""AWS Signature Version 4, for a request without a query string. Pure.

In: the parts of a request, keys, region, service, an instant. Out: the value of its Authorization header.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hmac
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM = "AWS4-HMAC-SHA256"


def authorization(
    method: str,
    path: str,
    headers: "Mapping[str, str]",
    body: bytes,
    keys: "tuple[str, str, str]",
    region: str,
    service: str = "sts",
) -> str:
    """The header's value. `headers` are those to sign, by their names in lower case, with `x-amz-date` among them.

    `path` is signed as it is: it must be encoded and normalized already.
    """
    at = headers["x-amz-date"]
    names = sorted(headers)
    signed = ";".join(names)
    canonical = "\n".join(
        (
            method,
            path,
            "",  # the query string
            *(f"{name}:{' '.join(headers[name].split())}" for name in names),
            "",
            signed,
            sha256(body).hexdigest(),
        )
    )
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join((ALGORITHM, at, scope, sha256(canonical.encode()).hexdigest()))
    key = f"AWS4{keys[1]}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    return f"{ALGORITHM} Credential={keys[0]}/{scope}, SignedHeaders={signed}, Signature={key.hex()}"


def stamp(at: float) -> str:
    """Epoch seconds in the form of `x-amz-date`: `20261126T093000Z`."""
    from time import gmtime

    return "{:04d}{:02d}{:02d}T{:02d}{:02d}{:02d}Z".format(*gmtime(at)[:6])
