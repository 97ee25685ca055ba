"""The endpoints of a machine that hand out credentials: instance and container metadata.

They share the address of STS and are told apart by path; their sessions belong to
the same world. They are strict: IMDSv2 only (a request without the session header
is refused), the right Authorization for a container. Set in the client's environment:

    AWS_EC2_METADATA_SERVICE_ENDPOINT   URL
    AWS_CONTAINER_CREDENTIALS_FULL_URI  URL/container/NAME
"""

import secrets

from assume.simulator.calls import Call
from assume.simulator.iam import Role, Session
from assume.simulator.replies import Reply, json_reply, stamp, text_reply
from assume.simulator.requests import Request
from assume.simulator.world import World

INSTANCE = "/latest/meta-data/iam/security-credentials/"
INSTANCE_NAME = "i-0123456789abcdef0"
INSTANCE_S = 6 * 3600
CONTAINER_S = 3600
RENEW_S = 300  # the endpoints hand out new credentials when fewer seconds than these are left


def visit_of(request: Request) -> Call | None:
    """The request as a Call whose `action` names the endpoint; None if it is for another service."""
    method, path = request.method, request.path
    if (method, path) == ("PUT", "/latest/api/token"):
        return Call("instance session")
    if path == INSTANCE:
        return Call("instance role")
    if path.startswith(INSTANCE):
        return Call("instance credentials")
    if path.startswith("/container/"):
        return Call("container credentials")
    return None


def answer(call: Call, request: Request, world: World) -> Reply:
    """The reply to a call of one of these endpoints."""
    match call.action:
        case "instance session":
            return _open_instance(request, world, call.at)
        case "instance role" | "instance credentials":
            return _instance(request, world, call.at)
        case _:
            return _container(request, world, call.at)


def _open_instance(request: Request, world: World, now: float) -> Reply:
    ttl_s = request.header("x-aws-ec2-metadata-token-ttl-seconds") or ""
    if not ttl_s.isdigit() or not 1 <= int(ttl_s) <= 21600:
        return text_reply("Bad Request", 400, "BadRequest")
    if request.header("x-forwarded-for") is not None:
        return text_reply("Forbidden", 403, "Forbidden")
    opened = secrets.token_urlsafe(40)
    world.machine.instance_sessions[opened] = now + int(ttl_s)
    reply = text_reply(opened)
    return Reply(200, reply.body, reply.content_type, {"x-aws-ec2-metadata-token-ttl-seconds": ttl_s})


def _instance(request: Request, world: World, now: float) -> Reply:
    given = request.header("x-aws-ec2-metadata-token") or ""
    if world.machine.instance_sessions.get(given, 0) <= now:
        return text_reply("Unauthorized", 401, "Unauthorized")
    role = world.machine.instance
    if role is None or request.path not in (INSTANCE, INSTANCE + role.name):
        return text_reply("Not Found", 404, "NotFound")
    if request.path == INSTANCE:
        return text_reply(role.name)
    session = _lasting(world, role, INSTANCE_NAME, INSTANCE_S, now)
    head = {"Code": "Success", "LastUpdated": stamp(session.issued_at), "Type": "AWS-HMAC"}
    return json_reply(head | _fields(session))


def _container(request: Request, world: World, now: float) -> Reply:
    name = request.path.removeprefix("/container/")
    container = world.machine.containers.get(name)
    if container is None:
        return json_reply({"message": "no such container"}, 404, "NotFound")
    if container.authorization not in (None, request.header("authorization")):
        return json_reply({"message": "wrong Authorization"}, 401, "Unauthorized")
    session = _lasting(world, container.role, name, CONTAINER_S, now)
    return json_reply({"RoleArn": container.role.arn} | _fields(session))


def _lasting(world: World, role: Role, name: str, lasts_s: float, now: float) -> Session:
    """The present session of a source: the same for every request, until it has nearly ended."""
    held = world.machine.held.get((role.arn, name))
    if held is None or held.expires_at - now < RENEW_S:
        held = world.role_session(role, name, now, lasts_s)
        world.machine.held[role.arn, name] = held
    return held


def _fields(session: Session) -> dict[str, str]:
    return {
        "AccessKeyId": session.key_id,
        "SecretAccessKey": session.secret,
        "Token": session.session_token,
        "Expiration": stamp(session.expires_at),
    }
