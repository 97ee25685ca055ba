"""The sign-in to the web console with a role's credentials: the federation endpoint, and a console of one page.

They share the address of STS and are told apart by path:

    /federation?Action=getSigninToken   a session's credentials as JSON -> a sign-in token, good for 15 minutes
    /federation?Action=login            a sign-in token -> a cookie, and on to the console
    /console                            who is signed in, where the link led, and until when

The rules are those of AWS: the credentials are a role's; SessionDuration is 15 minutes to 12 hours, and fails for the
end of a role chain, which lasts an hour at most. The page of AWS that has them is
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
"""

import json
import secrets
from html import escape
from urllib.parse import parse_qs, urlsplit

from assume.simulator.calls import Call
from assume.simulator.iam import Session, SignInLink
from assume.simulator.replies import Reply, stamp, text_reply
from assume.simulator.requests import Request
from assume.simulator.world import World

LINK_S = 900  # how long a sign-in token can be used
SHORTEST_S, LONGEST_S = 900, 43200  # of a console session
DOMAINS = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
KEYS = ("sessionId", "sessionKey", "sessionToken")
COOKIE = "console-session"
ACTIONS = {"getSigninToken": "sign-in token", "login": "console sign-in"}
CONSOLE = "console page"
VISITS = (*ACTIONS.values(), CONSOLE)


class _Wrong(Exception):
    """A request that AWS answers with 400."""


def visit_of(request: Request) -> Call | None:
    """The request as a Call whose `action` is one of VISITS; None if it is for another endpoint. No secret is in it."""
    if request.path == "/console":
        return Call(CONSOLE)
    if request.path != "/federation":
        return None
    given = _parameters(request)
    shown = {name: value for name, value in given.items() if name not in ("Session", "SigninToken")}
    return Call(ACTIONS.get(given.get("Action", ""), ACTIONS["login"]), shown)


def answer(call: Call, request: Request, world: World) -> Reply:
    """The reply to a call of one of these endpoints."""
    if call.action == CONSOLE:
        return _console(request, world, call.at)
    try:
        if request.method != "GET":
            raise _Wrong(f"{request.method} is not GET")
        given = _parameters(request)
        if given.get("Action") == "getSigninToken":
            return _token(given, world, call.at)
        if given.get("Action") == "login":
            return _login(given, world, call.at)
        raise _Wrong("an unknown Action")
    except _Wrong as why:
        return text_reply(f"Bad request: {why}", 400, "BadRequest")


def _token(given: dict[str, str], world: World, now: float) -> Reply:
    if extra := given.keys() - {"Action", "Session", "SessionDuration", "SessionType"}:
        raise _Wrong(f"unknown parameters {sorted(extra)}")
    session = _session(given.get("Session", ""), world, now)
    lasts_s = session.expires_at - now
    if "SessionDuration" in given:
        text = given["SessionDuration"]
        if not (text.isascii() and text.isdigit() and SHORTEST_S <= int(text) <= LONGEST_S):
            raise _Wrong(f"SessionDuration {text} is not between {SHORTEST_S} and {LONGEST_S}")
        if session.is_chained:
            raise _Wrong("SessionDuration with the credentials of a role chain")
        lasts_s = int(text)
    made = secrets.token_urlsafe(400)
    world.links[made] = SignInLink(made, session, now + LINK_S, lasts_s)
    return Reply(200, json.dumps({"SigninToken": made}).encode(), "application/json")


def _session(text: str, world: World, now: float) -> Session:
    """The session whose three credentials the JSON `text` holds."""
    try:
        given = json.loads(text)
    except ValueError:
        raise _Wrong("Session is not JSON") from None
    if not isinstance(given, dict) or set(given) != set(KEYS) or not all(isinstance(given[name], str) for name in KEYS):
        raise _Wrong(f"Session holds {', '.join(KEYS)} as texts, and nothing else")
    session = world.sessions.get(given["sessionId"])
    if session is None or (session.secret, session.session_token) != (given["sessionKey"], given["sessionToken"]):
        raise _Wrong("the credentials are not valid")
    if session.expires_at <= now:
        raise _Wrong("the credentials have expired")
    if session.arn == session.principal:
        raise _Wrong("the credentials of GetSessionToken cannot sign in to the console")
    return session


def _login(given: dict[str, str], world: World, now: float) -> Reply:
    link = world.links.get(given.get("SigninToken", ""))
    if link is None or link.ends_at <= now:
        raise _Wrong("the sign-in token is not valid, or is older than 15 minutes")
    to = urlsplit(given.get("Destination", ""))
    domain = DOMAINS.get(link.session.arn.split(":")[1], "")
    host = to.hostname or ""
    if to.scheme != "https" or not (host == domain or host.endswith("." + domain)):
        raise _Wrong(f"Destination is not a page of {domain}")
    signed_in = secrets.token_urlsafe(16)
    world.consoles[signed_in] = (link, given["Destination"], now + link.lasts_s)
    headers = {"Location": "/console", "Set-Cookie": f"{COOKIE}={signed_in}; Path=/; HttpOnly"}
    return Reply(302, b"", "text/html", headers)


def _console(request: Request, world: World, now: float) -> Reply:
    cookies = (request.header("cookie") or "").split("; ")
    found = next((word.removeprefix(f"{COOKIE}=") for word in cookies if word.startswith(f"{COOKIE}=")), "")
    if found not in world.consoles or world.consoles[found][2] <= now:
        return Reply(403, b"<title>signed out</title>", "text/html", code="Forbidden")
    link, destination, ends_at = world.consoles[found]
    page = (
        "<!doctype html><meta charset=utf-8><title>Console</title>"
        f"<p id=who>{escape(link.session.arn)}</p><p id=page>{escape(destination)}</p><p id=until>{stamp(ends_at)}</p>"
    )
    return Reply(200, page.encode(), "text/html; charset=utf-8")


def _parameters(request: Request) -> dict[str, str]:
    """The parameters of the query, decoded as HTML forms are: `+` is a space. One that comes twice keeps the first."""
    return {name: values[0] for name, values in parse_qs(request.query, keep_blank_values=True).items()}
