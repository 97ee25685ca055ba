"""Web identity tokens of an OIDC provider: JWTs made for tests, and checked as STS does.

They are signed with HS256 and a secret that the world and the provider share,
because the standard library has no RSA. Issuer, audience, expiry and signature
are checked as by STS; `trust` evaluates the trust policy.
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass

from assume.simulator.iam import Provider
from assume.simulator.replies import Refused

NOT_A_JWT = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
BAD_SIGNATURE = (
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """The content of a verified token: provider, subject, audience."""

    provider: Provider
    subject: str
    audience: str


def mint(provider: Provider, subject: str, audience: str, issued_at: float, lasts_s: float) -> str:
    """A JWT of `provider` for `subject`; `issued_at` in epoch seconds."""
    claims = {
        "iss": provider.issuer,
        "sub": subject,
        "aud": audience,
        "iat": int(issued_at),
        "exp": int(issued_at + lasts_s),
    }
    signed = f"{_packed({'alg': 'HS256', 'typ': 'JWT'})}.{_packed(claims)}"
    return f"{signed}.{_signature(provider, signed)}"


def read(jwt: str, providers: dict[str, Provider], now: float) -> Identity:
    """The identity in `jwt`; `providers` of the account, by issuer. Raises Refused if the token is not valid."""
    signed, _, signature = jwt.strip().rpartition(".")
    claims = _claims(signed)
    issuer, subject, audience = (str(claims.get(name, "")) for name in ("iss", "sub", "aud"))
    if (provider := providers.get(issuer)) is None:
        message = f"No OpenIDConnect provider found in your account for {issuer}"
        raise Refused(400, "InvalidIdentityToken", message)
    if not hmac.compare_digest(signature.encode(), _signature(provider, signed).encode()):
        raise Refused(400, "InvalidIdentityToken", BAD_SIGNATURE)
    if audience not in provider.audiences:
        raise Refused(400, "InvalidIdentityToken", "Incorrect token audience")
    expires_at = claims.get("exp")
    if not isinstance(expires_at, int) or now >= expires_at:
        message = f"Token expired: current date/time {int(now)} must be before the expiration date/time {expires_at}"
        raise Refused(400, "ExpiredTokenException", message)
    return Identity(provider, subject, audience)


def _packed(part: dict[str, object]) -> str:
    text = json.dumps(part, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _signature(provider: Provider, signed: str) -> str:
    digest = hmac.new(provider.secret, signed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _claims(signed: str) -> dict[str, object]:
    try:
        _, packed = signed.split(".")
        claims = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (ValueError, binascii.Error) as error:
        raise Refused(400, "InvalidIdentityToken", NOT_A_JWT) from error
    if not isinstance(claims, dict):
        raise Refused(400, "InvalidIdentityToken", NOT_A_JWT)
    return claims
