"""AWS Sign-In: the console's credentials for a program, as `aws login` gets them.

`/v1/authorize` sends a code to 127.0.0.1, or shows it for a program on another machine; `/v1/token` buys short-lived
keys and a refresh token for it. Strict: PKCE, and a DPoP proof (a JWT signed by the program's own P-256 key) on every
call, with the same key for every refresh. Set in the client's environment: AWS_ENDPOINT_URL_SIGNIN.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from assume.simulator.authorize import form, text_page
from assume.simulator.calls import Call
from assume.simulator.center import APPROVE, DENY, PAGE, Code
from assume.simulator.iam import PLAIN, Caller
from assume.simulator.oidc import challenge_of
from assume.simulator.p256 import is_signed
from assume.simulator.replies import Reply, json_reply
from assume.simulator.requests import Request
from assume.simulator.world import World

SAME, CROSS = "arn:aws:signin:::devtools/same-device", "arn:aws:signin:::devtools/cross-device"
KEYS_S = 900  # how long the keys are valid
PROOF_S = 300  # how far the time of a proof may be off
SHOWN = "/v1/sessions/confirmation"  # where the code is shown, for a program on another machine


@dataclass(slots=True)
class Console:
    """What is open at AWS Sign-In. `user`: the ARN of the user who is signed in to the console."""

    user: str = ""
    codes: dict[str, Code] = field(default_factory=dict)
    refreshes: dict[str, tuple[str, tuple[int, int], str]] = field(default_factory=dict)  # user, key, client


class No(Exception):
    """A refused call: AWS's word for it, which is `error` in the reply."""


def console_of(world: World) -> Console:
    """The console of a world; made when it is first asked for."""
    if world.console is None:
        world.console = Console(next((arn for arn in world.users), ""))
    found: Console = world.console
    return found


def visit_of(request: Request) -> Call | None:
    """The request as a Call whose `action` names the operation; None if it is for another service."""
    if request.method in ("GET", "POST") and request.path == "/v1/authorize":
        return Call("signin page" if request.method == "GET" else "signin answer")
    return Call("signin token") if (request.method, request.path) == ("POST", "/v1/token") else None


def answer(call: Call, request: Request, world: World) -> Reply:
    """The reply to a call."""
    if call.action != "signin token":
        return _authorize(request, world, call.at)
    try:
        return json_reply(_token(request, world, call.at))
    except No as no:
        return json_reply({"error": str(no), "message": f"refused: {no}"}, 403, "AccessDeniedException")


def _authorize(request: Request, world: World, now: float) -> Reply:
    given = dict(parse_qsl(request.body.decode() if request.method == "POST" else request.query))
    chosen = given.pop("answer", "") if request.method == "POST" else ""
    if not chosen and world.center.browser != PAGE:
        chosen = world.center.browser
    redirect, client = given.get("redirect_uri", ""), given.get("client_id", "")
    parts = urlsplit(redirect)
    is_here = (parts.scheme, parts.hostname, parts.path) == ("http", "127.0.0.1", "/oauth/callback")
    is_shown = client == CROSS and parts.path == SHOWN
    wanted = {"response_type": "code", "code_challenge_method": "SHA-256", "scope": "openid"}
    if any(given.get(name) != value for name, value in wanted.items()) or not given.get("state"):
        return text_page("This sign-in cannot go on", "a parameter is missing or wrong", 400)
    if not (client == SAME and is_here) and not is_shown:
        return text_page("This sign-in cannot go on", "unknown client_id or redirect_uri", 400)
    if len(given.get("code_challenge", "")) != 43:
        return text_page("This sign-in cannot go on", "a code_challenge is required", 400)
    console = console_of(world)
    if chosen == DENY:
        return _redirect(redirect, {"error": "access_denied", "state": given["state"]})
    if chosen != APPROVE:
        return form("/v1/authorize", f"Continue as {console.user}?", given)
    code = secrets.token_urlsafe(32)
    console.codes[code] = Code(client, redirect, given["code_challenge"], console.user, now + 600)
    fields = {"state": given["state"], "code": code}
    if not is_shown:
        return _redirect(redirect, fields)
    return text_page("Copy this code", base64.b64encode(urlencode(fields).encode()).decode())


def _token(request: Request, world: World, now: float) -> dict[str, Any]:
    console, body = console_of(world), json.loads(request.body or b"{}")
    key = _proof(request, now)
    if body.get("grantType") == "refresh_token":
        user, known, client = console.refreshes.pop(str(body.get("refreshToken")), ("", (0, 0), ""))
        if not user or known != key or client != body.get("clientId"):
            raise No("TOKEN_EXPIRED")
        return _keys(world, console, user, key, client, now)
    code = console.codes.pop(str(body.get("code")), None)
    if code is None or code.expires_at <= now or body.get("grantType") != "authorization_code":
        raise No("AUTHCODE_EXPIRED")
    if (code.client_id, code.redirect_uri) != (body.get("clientId"), body.get("redirectUri")):
        raise No("invalid_grant")
    if challenge_of(str(body.get("codeVerifier"))) != code.challenge:
        raise No("invalid_grant")
    fields = _keys(world, console, code.person, key, code.client_id, now)
    claims = base64.urlsafe_b64encode(json.dumps({"sub": code.person}).encode()).decode().rstrip("=")
    return fields | {"idToken": f"e30.{claims}.x"}


def _keys(world: World, console: Console, user: str, key: tuple[int, int], client: str, now: float) -> dict[str, Any]:
    owner = world.users[user]
    caller = Caller("", "", owner.arn, owner.arn, owner.account, owner.id, owner.is_root, owner.may, owner.may_not)
    session = world.user_session(caller, now, KEYS_S, PLAIN)
    refresh = secrets.token_urlsafe(40)
    console.refreshes[refresh] = (user, key, client)
    keys = {"accessKeyId": session.key_id, "secretAccessKey": session.secret, "sessionToken": session.session_token}
    return {"accessToken": keys, "tokenType": "aws_sigv4", "expiresIn": KEYS_S, "refreshToken": refresh}


def _proof(request: Request, now: float) -> tuple[int, int]:
    """The public key of a valid DPoP proof. Raises No."""
    parts = (request.header("dpop") or "").split(".")
    if len(parts) != 3:
        raise No("invalid_request")
    head, claims = json.loads(_decoded(parts[0])), json.loads(_decoded(parts[1]))
    jwk: Mapping[str, str] = head.get("jwk", {})
    key = (int.from_bytes(_decoded(jwk.get("x", "")), "big"), int.from_bytes(_decoded(jwk.get("y", "")), "big"))
    url = urlsplit(str(claims.get("htu")))
    is_right = (head.get("typ"), head.get("alg"), claims.get("htm")) == ("dpop+jwt", "ES256", "POST")
    is_here = url.path == request.path and url.netloc == request.header("host") and bool(claims.get("jti"))
    is_now = abs(float(claims.get("iat", 0)) - now) <= PROOF_S
    if not (is_right and is_here and is_now):
        raise No("invalid_request")
    if not is_signed(f"{parts[0]}.{parts[1]}".encode(), _decoded(parts[2]), key):
        raise No("invalid_request")
    return key


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _redirect(uri: str, fields: Mapping[str, str]) -> Reply:
    return Reply(302, b"", "text/plain", {"Location": f"{uri}?{urlencode(fields)}"})
