"""The actions of STS: checked parameters and a caller in, the fields of the reply out.

A call is checked in this order: the limits of the model, the form of the ARN,
the MFA code, the session policies, trust, the durations that depend on the role,
tags, the packed size. A call that fails a check raises Refused and opens no
session; but a correct MFA code is used up even if the trust policy then refuses.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from assume.simulator import policy, trust, web_identity
from assume.simulator.iam import Caller, Grant, Role, Session
from assume.simulator.parameters import Parameters
from assume.simulator.replies import Refused, stamp
from assume.simulator.world import World, account_of

CHAINED_MOST_S = 3600
ROOT_MOST_S = 3600
SESSION_S = 43200
ROLE_ARN = re.compile(r"arn:aws(-[a-z]+)*:iam::\d{12}:role/[\w+=,.@/-]+", re.ASCII)

WRONG_CODE = "MultiFactorAuthentication failed with invalid MFA one time pass code. "
FOREIGN_DEVICE = (
    "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA "
    "serial number is valid and associated with this user."
)
HALF_MFA = "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
CHAINED_TOO_LONG = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
TOO_LONG = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
TWIN_TAGS = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
LONE_TRANSITIVE = "The specified transitive tag key must be included in the requested tags."
TAKEN_TRANSITIVE = (
    "One of the specified transitive tag keys can't be set because it conflicts with a transitive "
    "tag key from the calling session."
)


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call that is being carried out: the world, the checked parameters, the time."""

    world: World
    parameters: Parameters
    now: float


def assume_role(invocation: Invocation, caller: Caller) -> dict[str, Any]:
    """AssumeRole: credentials of a role, for a user or for another role."""
    world, given, now = invocation.world, invocation.parameters, invocation.now
    role_arn = _role_arn(given, "{} is invalid")
    if caller.is_root:
        raise Refused(403, "AccessDenied", "Roles may not be assumed by root accounts.")
    mfa_age_s = 0.0 if _take_code(invocation, caller) else caller.mfa_age_s(now)
    policy.check(Grant(policy=given.text("Policy"), policy_arns=given.policy_arns()))
    source_identity = trust.check_source_identity(caller, given.text("SourceIdentity"), role_arn)
    carried = _carried_tags(caller)
    tagged = bool(given.tags() or carried)
    external_id = given.text("ExternalId")
    context = trust.RequestContext(role_arn, external_id, mfa_age_s, tagged, source_identity)
    role = trust.check(caller, world.roles.get(role_arn), context)
    chained = caller.session is not None
    duration_s = _duration_s(given, role, chained=chained)
    tags, transitive = _tags(given, carried)
    grant = Grant(
        policy=given.text("Policy"),
        policy_arns=given.policy_arns(),
        tags=tags,
        transitive=transitive,
        source_identity=source_identity,
    )
    packed = policy.packed_percent(grant)
    session = world.role_session(role, given.single["RoleSessionName"], now, duration_s, grant, is_chained=chained)
    return {
        "SourceIdentity": source_identity,
        "AssumedRoleUser": _assumed(session),
        "Credentials": credentials(session),
        "PackedPolicySize": packed,
    }


def assume_role_with_web_identity(invocation: Invocation) -> dict[str, Any]:
    """AssumeRoleWithWebIdentity: credentials of a role, for an identity of an OIDC provider. The call is unsigned."""
    world, given, now = invocation.world, invocation.parameters, invocation.now
    role_arn = _role_arn(given, "Request ARN is invalid")
    grant = Grant(policy=given.text("Policy"), policy_arns=given.policy_arns())
    policy.check(grant)
    providers = world.providers_of(account_of(role_arn))
    identity = web_identity.read(given.single["WebIdentityToken"], providers, now)
    role = trust.check_web(identity, world.roles.get(role_arn))
    duration_s = _duration_s(given, role, chained=False)
    packed = policy.packed_percent(grant)
    session = world.role_session(role, given.single["RoleSessionName"], now, duration_s, grant)
    return {
        "SubjectFromWebIdentityToken": identity.subject,
        "Audience": identity.audience,
        "AssumedRoleUser": _assumed(session),
        "Credentials": credentials(session),
        "Provider": identity.provider.arn,
        "PackedPolicySize": packed,
    }


def get_session_token(invocation: Invocation, caller: Caller) -> dict[str, Any]:
    """GetSessionToken: temporary credentials with the user's own rights; they record when an MFA code was given."""
    if caller.session is not None:
        message = "Cannot call GetSessionToken with session credentials"
        raise Refused(403, "AccessDenied", message)
    if trust.forbids(caller, "sts:GetSessionToken"):
        refused = trust.denied(caller, "sts:GetSessionToken", caller.arn)
        message = f"{refused.message} with an explicit deny in an identity-based policy"
        raise Refused(403, "AccessDenied", message)
    grant = Grant(mfa_at=invocation.now if _take_code(invocation, caller) else None)
    duration_s = invocation.parameters.number("DurationSeconds", SESSION_S)
    if caller.is_root:
        duration_s = min(duration_s, ROOT_MOST_S)
    session = invocation.world.user_session(caller, invocation.now, duration_s, grant)
    return {"Credentials": credentials(session)}


def get_caller_identity(_invocation: Invocation, caller: Caller) -> dict[str, Any]:
    """GetCallerIdentity: who signed the call. No policy can deny it."""
    return {"Arn": caller.arn, "UserId": caller.user_id, "Account": caller.account}


def get_access_key_info(invocation: Invocation, _caller: Caller) -> dict[str, Any]:
    """GetAccessKeyInfo: the account that a key belongs to."""
    owner = invocation.world.caller(invocation.parameters.single["AccessKeyId"])
    if owner is None:
        raise Refused(400, "ValidationError", "The access key does not exist.")
    return {"Account": owner.account}


SIGNED: dict[str, Callable[[Invocation, Caller], dict[str, Any]]] = {
    "AssumeRole": assume_role,
    "GetSessionToken": get_session_token,
    "GetCallerIdentity": get_caller_identity,
    "GetAccessKeyInfo": get_access_key_info,
}
UNSIGNED: dict[str, Callable[[Invocation], dict[str, Any]]] = {
    "AssumeRoleWithWebIdentity": assume_role_with_web_identity,
}


def credentials(session: Session) -> dict[str, Any]:
    """The Credentials element of a reply."""
    return {
        "AccessKeyId": session.key_id,
        "SecretAccessKey": session.secret,
        "SessionToken": session.session_token,
        "Expiration": stamp(session.expires_at),
    }


def _assumed(session: Session) -> dict[str, Any]:
    return {"AssumedRoleId": session.user_id, "Arn": session.arn}


def _role_arn(given: Parameters, message: str) -> str:
    role_arn = given.single["RoleArn"]
    if not ROLE_ARN.fullmatch(role_arn):
        raise Refused(400, "ValidationError", message.format(role_arn))
    return role_arn


def _take_code(invocation: Invocation, caller: Caller) -> bool:
    """True if the call carries a correct MFA code, False if it carries none. Raises Refused for any other code."""
    serial, code = invocation.parameters.text("SerialNumber"), invocation.parameters.text("TokenCode")
    if serial is None and code is None:
        return False
    if serial is None or code is None:
        raise Refused(403, "AccessDenied", HALF_MFA)
    taken = invocation.world.take_code(serial, code, caller.principal, invocation.now)
    if taken is None:
        raise Refused(403, "AccessDenied", FOREIGN_DEVICE)
    if not taken:
        raise Refused(403, "AccessDenied", WRONG_CODE)
    return True


def _duration_s(given: Parameters, role: Role, *, chained: bool) -> int:
    duration_s = given.number("DurationSeconds", 3600)
    if chained and duration_s > CHAINED_MOST_S:
        raise Refused(400, "ValidationError", CHAINED_TOO_LONG)
    if duration_s > role.max_duration_s:
        raise Refused(400, "ValidationError", TOO_LONG)
    return duration_s


def _carried_tags(caller: Caller) -> tuple[tuple[str, str], ...]:
    """The transitive tags of the caller's session, which the next session in the chain inherits."""
    if caller.session is None:
        return ()
    kept = {key.lower() for key in caller.session.grant.transitive}
    return tuple(tag for tag in caller.session.grant.tags if tag[0].lower() in kept)


def _tags(
    given: Parameters, carried: tuple[tuple[str, str], ...]
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The new session's tags, and the keys of the transitive ones."""
    own = [key.lower() for key, _ in given.tags()]
    if len(set(own)) != len(own):
        raise Refused(400, "InvalidParameterValue", TWIN_TAGS)
    if any(key.lower() not in own for key in given.transitive()):
        raise Refused(400, "InvalidParameterValue", LONE_TRANSITIVE)
    if any(key.lower() in own for key, _ in carried):
        raise Refused(400, "InvalidParameterValue", TAKEN_TRANSITIVE)
    return (*carried, *given.tags()), (*(key for key, _ in carried), *given.transitive())
