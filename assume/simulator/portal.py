"""The SSO portal: what a sign-in may do. Lists accounts and roles page by page, gives roles' credentials, signs out.

Each call needs a valid access token. `center.most_per_s` throttles, `center.latency_s` delays. Set in the client's
environment: AWS_ENDPOINT_URL_SSO, or AWS_ENDPOINT_URL.
"""

import time
from typing import Any

from assume.simulator.calls import Call
from assume.simulator.machine import SignIn
from assume.simulator.replies import Reply, json_reply
from assume.simulator.requests import Request
from assume.simulator.world import World

SSO_S = 3600
GONE = ("Session token not found or invalid", 401, "UnauthorizedException")
TOO_MANY = ("Too many requests", 429, "TooManyRequestsException")
MOST = 100  # entries on a page, by the model
ACTIONS = {
    ("GET", "/federation/credentials"): "sso credentials",
    ("GET", "/assignment/accounts"): "sso accounts",
    ("GET", "/assignment/roles"): "sso roles",
    ("POST", "/logout"): "sso logout",
}


def visit_of(request: Request) -> Call | None:
    """The request as a Call whose `action` names the operation; None if it is for another service."""
    action = ACTIONS.get((request.method, request.path))
    return Call(action, request.queried()) if action else None


def answer(call: Call, request: Request, world: World) -> Reply:
    """The reply to a call."""
    if world.center.latency_s:
        time.sleep(world.center.latency_s)
    if world.center.is_too_many(call.at):
        return json_reply({"message": TOO_MANY[0]}, *TOO_MANY[1:])
    sign_in = world.machine.sign_ins.get(request.header("x-amz-sso_bearer_token") or "")
    if sign_in is None or sign_in.expires_at <= call.at:
        return json_reply({"message": GONE[0]}, *GONE[1:])
    match call.action:
        case "sso accounts":
            return _accounts(call, sign_in, world)
        case "sso roles":
            return _roles(call, sign_in, world)
        case "sso logout":
            world.machine.sign_out(sign_in)
            return Reply(200, b"", "application/json")
        case _:
            return _credentials(call, sign_in, world)


def _credentials(call: Call, sign_in: SignIn, world: World) -> Reply:
    account, name = call.params.get("account_id", ""), call.params.get("role_name", "")
    role = sign_in.roles.get((account, name))
    if role is None:
        return json_reply({"message": "No access"}, 403, "ForbiddenException")
    session = world.role_session(role, sign_in.user, call.at, SSO_S)
    credentials = {
        "accessKeyId": session.key_id,
        "secretAccessKey": session.secret,
        "sessionToken": session.session_token,
        "expiration": int(session.expires_at) * 1000,
    }
    return json_reply({"roleCredentials": credentials})


def _accounts(call: Call, sign_in: SignIn, world: World) -> Reply:
    known = world.center.accounts
    numbers = dict.fromkeys(account for account, _ in sign_in.roles)
    found = []
    for number in numbers:
        account = known.get(number)
        fields = {"accountId": number, "accountName": account.name if account else number}
        found.append(fields | ({"emailAddress": account.email} if account else {}))
    return _page(call, "accountList", found, world.center.page_size)


def _roles(call: Call, sign_in: SignIn, world: World) -> Reply:
    number = call.params.get("account_id", "")
    found = [{"roleName": name, "accountId": number} for account, name in sign_in.roles if account == number]
    if not found:
        return json_reply({"message": "No access"}, 403, "ForbiddenException")
    return _page(call, "roleList", found, world.center.page_size)


def _page(call: Call, name: str, entries: list[dict[str, Any]], page_size: int) -> Reply:
    wanted, token = call.params.get("max_result", str(MOST)), call.params.get("next_token", "at-0")
    start = token.removeprefix("at-")
    if not (wanted.isdigit() and 1 <= int(wanted) <= MOST and start.isdigit() and int(start) <= len(entries)):
        return json_reply({"message": "Invalid request"}, 400, "InvalidRequestException")
    end = int(start) + min(int(wanted), page_size)
    fields: dict[str, Any] = {name: entries[int(start) : end]}
    if end < len(entries):
        fields["nextToken"] = f"at-{end}"
    return json_reply(fields)
