"""The pages of a sign-in: a client asks for access, or a device shows its code; the person approves or denies.

`/authorize` checks what the client asks for before it shows anything; the answer goes to the client's redirect. A
request that is wrong gets a page with the reason, and is never redirected. `center.browser` answers in place of a
person.
"""

import html
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from assume.simulator.calls import Call
from assume.simulator.center import APPROVE, DENY, PAGE, Center
from assume.simulator.oidc import CODE, is_redirect_of
from assume.simulator.replies import Reply
from assume.simulator.requests import Request
from assume.simulator.world import World

FORM = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign in</title>
<style>body {{ font: 18px sans-serif; max-width: 32em; margin: 15vh auto; }} button {{ font: inherit; }}</style></head>
<body><h1>{title}</h1><p>{text}</p>
<form method="post" action="{action}">{fields}
<button id="approve" name="answer" value="approve">Allow access</button>
<button id="deny" name="answer" value="deny">Deny access</button></form></body></html>
"""
TEXT = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


def visit_of(request: Request) -> Call | None:
    """The request as a Call whose `action` names the page; None if it is for another service."""
    if request.method in ("GET", "POST") and request.path in ("/authorize", "/device"):
        return Call(f"sso {request.path[1:]} page" if request.method == "GET" else f"sso {request.path[1:]} answer")
    return None


def answer(call: Call, request: Request, world: World) -> Reply:
    """The page, or the redirect to the client."""
    given = dict(parse_qsl(request.body.decode() if request.method == "POST" else request.query))
    chosen = given.pop("answer", "") if request.method == "POST" else ""
    if not chosen and world.center.browser != PAGE:
        chosen = world.center.browser
    if request.path == "/device":
        return _device(given, chosen, world.center, call.at)
    return _authorize(given, chosen, world.center, call.at)


def _authorize(given: Mapping[str, str], chosen: str, center: Center, now: float) -> Reply:
    if reason := _fault(given, center, now):
        return text_page("This sign-in cannot go on", reason, 400)
    redirect = given["redirect_uri"]
    if chosen == DENY:
        said = {"error": "access_denied", "error_description": "the user denied access", "state": given["state"]}
        return _redirect(redirect, said)
    if chosen == APPROVE:
        code = center.code(given["client_id"], redirect, given["code_challenge"], now)
        return _redirect(redirect, {"code": code, "state": given["state"]})
    return form("/authorize", f"Allow a program to use AWS as {center.at_the_browser}?", given)


def _fault(given: Mapping[str, str], center: Center, now: float) -> str:
    """What is wrong with the request of a client; "" if nothing is."""
    client = center.clients.get(given.get("client_id", ""))
    if client is None or client.expires_at <= now:
        return "unknown client_id"
    if CODE not in client.grants or given.get("response_type") != "code":
        return "the client is not registered for response_type=code"
    if not is_redirect_of(client, given.get("redirect_uri", "")):
        return "redirect_uri is not one of the client's"
    if given.get("code_challenge_method") != "S256" or len(given.get("code_challenge", "")) != 43:
        return "a code_challenge by S256 is required"
    if not given.get("state"):
        return "state is required"
    scopes = given.get("scopes", "").split()
    if not scopes or not set(scopes) <= set(client.scopes):
        return f"scopes are not those of the client: {' '.join(scopes)}"
    return ""


def _device(given: Mapping[str, str], chosen: str, center: Center, now: float) -> Reply:
    user_code = given.get("user_code", "")
    device = center.waiting(user_code, now)
    if device is None:
        return text_page("Unknown code", "Type the code that the device shows.", 400)
    if chosen == DENY:
        device.is_denied = True
        return text_page("Denied", "The device gets no access.")
    if chosen == APPROVE:
        device.person = center.at_the_browser
        return text_page("Approved", "You can close this window, and go on at the device.")
    return form("/device", f"Allow the device with the code {device.user_code}?", {"user_code": user_code})


def form(action: str, text: str, given: Mapping[str, str]) -> Reply:
    """A page with two buttons, which sends `given` and the answer to `action`."""
    fields = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in given.items()
    )
    page = FORM.format(title="Sign in", text=html.escape(text), action=action, fields=fields)
    return Reply(200, page.encode(), "text/html; charset=utf-8")


def text_page(title: str, text: str, status: int = 200) -> Reply:
    """A page with a title and a line."""
    page = TEXT.format(title=html.escape(title), text=html.escape(text))
    return Reply(status, page.encode(), "text/html; charset=utf-8", code="" if status == 200 else text)


def _redirect(uri: str, fields: Mapping[str, str]) -> Reply:
    return Reply(302, b"", "text/plain", {"Location": f"{uri}?{urlencode(fields)}"})
