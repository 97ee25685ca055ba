"""sso-oidc: clients register, devices ask for a code, tokens are created for a code, a device or a refresh token.

Strict: the verifier of PKCE is checked against the challenge, the redirect must be the same, a code and a refresh token
work once, a device that polls too fast has to slow down. Errors have the form of AWS: a code, and `error` as in
OAuth. Set in the client's environment: AWS_ENDPOINT_URL_SSO_OIDC, or AWS_ENDPOINT_URL.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from assume.simulator.calls import Call
from assume.simulator.center import DEVICE_S, Center, Client
from assume.simulator.replies import Reply, json_reply
from assume.simulator.requests import Request
from assume.simulator.world import World

ACCESS = "sso:account:access"
SCOPES = (ACCESS, "sso:account:list", "openid", "aws", "codewhisperer:completions")
CODE, REFRESH = "authorization_code", "refresh_token"
DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
GRANTS = (CODE, REFRESH, DEVICE)
SLOWER_S = 5  # that a device which polls too fast has to wait more, as in RFC 8628
RENEWED_S = 3600  # of an access token that a refresh token bought
OAUTH = {  # `error` in the reply, by AWS's code
    "AccessDeniedException": "access_denied",
    "AuthorizationPendingException": "authorization_pending",
    "ExpiredTokenException": "expired_token",
    "InvalidClientException": "invalid_client",
    "InvalidClientMetadataException": "invalid_client_metadata",
    "InvalidGrantException": "invalid_grant",
    "InvalidRedirectUriException": "invalid_redirect_uri",
    "InvalidRequestException": "invalid_request",
    "InvalidScopeException": "invalid_scope",
    "SlowDownException": "slow_down",
    "UnauthorizedClientException": "unauthorized_client",
    "UnsupportedGrantTypeException": "unsupported_grant_type",
}


class No(Exception):
    """A refused call: AWS's code, and a text."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def visit_of(request: Request) -> Call | None:
    """The request as a Call whose `action` names the operation; None if it is for another service."""
    if request.method != "POST":
        return None
    if request.path == "/token":
        grant = _body(request).get("grantType")
        return Call({REFRESH: "sso renewal", DEVICE: "sso poll"}.get(str(grant), "sso token"))
    action = {"/client/register": "sso register", "/device_authorization": "sso device"}.get(request.path)
    return Call(action) if action else None


def answer(call: Call, request: Request, world: World) -> Reply:
    """The reply to a call."""
    body = _body(request)
    operations = {"sso register": _register, "sso device": _device, "sso renewal": _renewal, "sso poll": _poll}
    operation = operations.get(call.action, _token)
    try:
        if call.action != "sso renewal":
            _check_region(world.center, request)
        return json_reply(operation(body, request, world, call.at))
    except No as no:
        status = 401 if no.code == "InvalidClientException" else 400
        fields = {"error": OAUTH[no.code], "error_description": no.text}
        return json_reply(fields, status, no.code)


def _register(body: Mapping[str, Any], _: Request, world: World, now: float) -> dict[str, Any]:
    if not body.get("clientName") or body.get("clientType") != "public":
        raise No("InvalidClientMetadataException", "clientName and clientType=public are required")
    scopes, grants, redirects = (tuple(body.get(name) or ()) for name in ("scopes", "grantTypes", "redirectUris"))
    if unknown := [scope for scope in scopes if scope not in SCOPES]:
        raise No("InvalidScopeException", f"Invalid scope: {unknown[0]}")
    if unknown := [grant for grant in grants if grant not in GRANTS]:
        raise No("UnsupportedGrantTypeException", f"Unsupported grant type: {unknown[0]}")
    if any(not _is_loopback(redirect) for redirect in redirects):
        raise No("InvalidRedirectUriException", "a public client is redirected to http://127.0.0.1")
    if CODE in grants:
        if not redirects or not scopes:
            raise No("InvalidRequestException", "authorization_code needs redirectUris and scopes")
        _check_start(world.center, body.get("issuerUrl"))
    client = world.center.register(now, scopes, grants, redirects)
    return {
        "clientId": client.id,
        "clientSecret": client.secret,
        "clientIdIssuedAt": int(now),
        "clientSecretExpiresAt": int(client.expires_at),
    }


def _device(body: Mapping[str, Any], request: Request, world: World, now: float) -> dict[str, Any]:
    client = _client(body, world.center, now)
    if client.grants and DEVICE not in client.grants:
        raise No("UnauthorizedClientException", "the client is not registered for device codes")
    _check_start(world.center, body.get("startUrl"))
    device_code, device = world.center.device(client, now)
    page = f"http://{request.header('host')}/device"
    return {
        "deviceCode": device_code,
        "userCode": device.user_code,
        "verificationUri": page,
        "verificationUriComplete": f"{page}?user_code={device.user_code}",
        "expiresIn": DEVICE_S,
        "interval": int(device.interval_s),
    }


def _poll(body: Mapping[str, Any], _: Request, world: World, now: float) -> dict[str, Any]:
    client = _client(body, world.center, now)
    device = world.center.devices.get(str(body.get("deviceCode")))
    if device is None or device.client_id != client.id:
        raise No("InvalidGrantException", "Invalid device code provided")
    if device.expires_at <= now:
        raise No("ExpiredTokenException", "Device code has expired")
    if now < device.next_at:
        device.interval_s += SLOWER_S
        device.next_at = now + device.interval_s
        raise No("SlowDownException", f"wait {device.interval_s:g} s between two requests")
    device.next_at = now + device.interval_s * 0.95  # the clocks of both sides are read at different times
    if device.is_denied:
        raise No("AccessDeniedException", "the user denied the request")
    if not device.person:
        raise No("AuthorizationPendingException", "the user has not answered yet")
    del world.center.devices[str(body.get("deviceCode"))]
    return _signed_in(world, client, device.person, now)


def _token(body: Mapping[str, Any], _: Request, world: World, now: float) -> dict[str, Any]:
    if body.get("grantType") != CODE:
        raise No("UnsupportedGrantTypeException", f"no such grant type: {body.get('grantType')}")
    client = _client(body, world.center, now)
    code = world.center.codes.pop(str(body.get("code")), None)  # a code that was tried is used up
    if code is None or code.client_id != client.id:
        raise No("InvalidGrantException", "Invalid authorization code provided")
    if code.expires_at <= now:
        raise No("ExpiredTokenException", "the authorization code has expired")
    if code.redirect_uri != body.get("redirectUri"):
        raise No("InvalidGrantException", "redirectUri is not the one of the authorization")
    if challenge_of(str(body.get("codeVerifier", ""))) != code.challenge:
        raise No("InvalidGrantException", "codeVerifier does not fit the code challenge")
    return _signed_in(world, client, code.person, now)


def _renewal(body: Mapping[str, Any], _: Request, world: World, now: float) -> dict[str, Any]:
    """A new access token for a refresh token, which is used up whether it fits or not."""
    renewal = world.machine.renewals.pop(str(body.get("refreshToken")), None)
    if renewal is None or (body.get("clientId"), body.get("clientSecret")) != (
        renewal.client_id,
        renewal.client_secret,
    ):
        raise No("InvalidGrantException", "Invalid refresh token provided")
    sign_in = world.machine.sign_in(renewal.user, renewal.roles, now + RENEWED_S)
    again = world.machine.renewal(sign_in, renewal.client_id, renewal.client_secret)
    fields = {"accessToken": sign_in.bearer, "tokenType": "Bearer", "expiresIn": RENEWED_S}
    return fields | {"refreshToken": again.refresh}


def challenge_of(verifier: str) -> str:
    """The code challenge that fits a verifier; "" for one that is too short, too long or has other characters."""
    if not 43 <= len(verifier) <= 128 or not all(mark.isalnum() or mark in "-._~" for mark in verifier):
        return ""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def is_redirect_of(client: Client, redirect_uri: str) -> bool:
    """Whether the client registered this redirect; the port may be any."""
    wanted = urlsplit(redirect_uri)
    return any(
        (known.scheme, known.hostname, known.path) == (wanted.scheme, wanted.hostname, wanted.path)
        for known in map(urlsplit, client.redirects)
    )


def _signed_in(world: World, client: Client, person: str, now: float) -> dict[str, Any]:
    """An access token for the person; and a refresh token, if the client's scopes allow one."""
    center = world.center
    sign_in = world.machine.sign_in(person, center.people.get(person, {}), now + center.lasts_s)
    fields: dict[str, Any] = {"accessToken": sign_in.bearer, "tokenType": "Bearer", "expiresIn": center.lasts_s}
    if center.renews and ACCESS in client.scopes:
        fields["refreshToken"] = world.machine.renewal(sign_in, client.id, client.secret).refresh
    return fields


def _client(body: Mapping[str, Any], center: Center, now: float) -> Client:
    client = center.client(body.get("clientId"), body.get("clientSecret"), now)
    if client is None:
        raise No("InvalidClientException", "Invalid client provided")
    return client


def _check_start(center: Center, start_url: object) -> None:
    if str(start_url).rstrip("/#") != center.start_url.rstrip("/#"):
        raise No("InvalidRequestException", "Invalid start url provided")


def _check_region(center: Center, request: Request) -> None:
    """Refuses a call to another region, where the client's host names one."""
    parts = request.host.split(".")
    if center.region and parts[0] == "oidc" and len(parts) > 2 and parts[1] != center.region:
        raise No("InvalidRequestException", "Invalid start url provided")


def _is_loopback(redirect: object) -> bool:
    parts = urlsplit(str(redirect))
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1") and not parts.query


def _body(request: Request) -> dict[str, Any]:
    try:
        found = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
