"""Who signed a request: verifies Signature Version 4 as STS does.

In: a request, the world, the time (epoch seconds). Out: the caller. Raises Refused
with AWS's error code; the checks are in AWS's order: a malformed header, a wrong
scope, a wrong date, an unknown key or session token, a wrong signature, expired
credentials. Reads only the Authorization header: no presigned URLs, no SigV4A.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from assume.simulator.iam import Caller
from assume.simulator.replies import Refused
from assume.simulator.requests import Request
from assume.simulator.world import World

SKEW_S: Final = 15 * 60
ALGORITHM: Final = "AWS4-HMAC-SHA256"
DATE = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
AUTHORIZATION = re.compile(rf"{ALGORITHM} +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{{64}})")
REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
HOST_OF_REGION = re.compile(r"sts(?:-fips)?\.(?P<region>[a-z0-9-]+)\.(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)")
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details."
)
INVALID = "The security token included in the request is invalid."


@dataclass(frozen=True, slots=True)
class Claim:
    """The content of an Authorization header; nothing in it has been verified."""

    key_id: str
    date: str
    region: str
    service: str
    signed: tuple[str, ...]
    signature: str

    @property
    def scope(self) -> str:
        """The credential scope, without the key."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def claim(request: Request) -> Claim:
    """The parsed Authorization header. Raises Refused if it is missing or malformed."""
    text = request.header("authorization")
    if text is None:
        message = "Request is missing Authentication Token"
        raise Refused(403, "MissingAuthenticationToken", message)
    found = AUTHORIZATION.fullmatch(text)
    parts = found[1].split("/") if found else []
    if found is None or len(parts) != 5 or parts[4] != "aws4_request":
        message = f"Authorization header is not in the form of {ALGORITHM}: {text[:40]!r}"
        raise Refused(400, "IncompleteSignature", message)
    key_id, date, region, service, _ = parts
    return Claim(key_id, date, region, service, tuple(found[2].split(";")), found[3])


def caller(request: Request, world: World, now: float) -> Caller:
    """Who signed the request. Raises Refused if the signature is not valid."""
    claimed = claim(request)
    _check_scope(claimed, request)
    _check_date(claimed, request, now)
    who = world.caller(claimed.key_id)
    if who is None:
        raise Refused(403, "InvalidClientTokenId", INVALID)
    if request.header("x-amz-security-token") != (who.session and who.session.session_token):
        raise Refused(403, "InvalidClientTokenId", INVALID)
    _check_signature(claimed, request, who.secret)
    if who.session and now >= who.session.expires_at:
        message = "The security token included in the request is expired"
        raise Refused(403, "ExpiredToken", message)
    return who


def region_of_host(host: str) -> str | None:
    """The region that requests to an STS host must be signed for; None if the host is not one of AWS."""
    if host == "sts.amazonaws.com":
        return "us-east-1"
    found = HOST_OF_REGION.fullmatch(host)
    return found["region"] if found else None


def _check_scope(claimed: Claim, request: Request) -> None:
    if claimed.service != "sts":
        message = "Credential should be scoped to correct service: 'sts'. "
        raise Refused(403, "SignatureDoesNotMatch", message)
    wanted = region_of_host(request.host) or claimed.region
    if claimed.region != wanted or not REGION.fullmatch(claimed.region):
        message = f"Credential should be scoped to a valid region, not '{claimed.region}'. "
        raise Refused(403, "SignatureDoesNotMatch", message)


def _check_date(claimed: Claim, request: Request, now: float) -> None:
    text = request.header("x-amz-date") or ""
    try:
        signed_at = _instant(text)
    except ValueError as error:
        message = f"Date must be in ISO-8601 'basic format'. Got '{text}'."
        raise Refused(400, "IncompleteSignature", message) from error
    if claimed.date != text[:8]:
        message = "Date in Credential scope does not match YYYYMMDD from the date of the request"
        raise Refused(403, "SignatureDoesNotMatch", message)
    if signed_at < now - SKEW_S:
        message = f"Signature expired: {text} is now earlier than the server's time - 15 min."
        raise Refused(403, "SignatureDoesNotMatch", message)
    if signed_at > now + SKEW_S:
        message = f"Signature not yet current: {text} is still later than the server's + 15 min."
        raise Refused(403, "SignatureDoesNotMatch", message)


def _instant(text: str) -> float:
    found = DATE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day, hour, minute, second = map(int, found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()


def _check_signature(claimed: Claim, request: Request, secret: str) -> None:
    sent = {name for name, _ in request.headers}
    must = {"host"} | {name for name in sent if name.startswith("x-amz-")}
    unsigned = sorted(must - set(claimed.signed))
    if unsigned:
        message = f"'{unsigned[0]}' must be a 'SignedHeader' in the AWS Authorization."
        raise Refused(403, "SignatureDoesNotMatch", message)
    stated = request.header("x-amz-content-sha256")
    if stated not in (None, hashlib.sha256(request.body).hexdigest()):
        message = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise Refused(400, "XAmzContentSHA256Mismatch", message)
    if not hmac.compare_digest(claimed.signature, _signature(claimed, request, secret)):
        raise Refused(403, "SignatureDoesNotMatch", MISMATCH)


def _signature(claimed: Claim, request: Request, secret: str) -> str:
    canonical = "\n".join(
        (
            request.method,
            quote(request.path or "/", safe="/-_.~%"),
            "&".join(sorted(request.query.split("&"))),
            *(f"{name}:{_canonical_value(request, name)}" for name in claimed.signed),
            "",
            ";".join(claimed.signed),
            hashlib.sha256(request.body).hexdigest(),
        )
    )
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = "\n".join((ALGORITHM, request.header("x-amz-date") or "", claimed.scope, digest))
    key = f"AWS4{secret}".encode()
    for part in (*claimed.scope.split("/"), to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex()


def _canonical_value(request: Request, name: str) -> str:
    values = (value for key, value in request.headers if key == name)
    return ",".join(" ".join(value.split()) for value in values)
