"""Whether a caller may assume a role: the trust policy, the caller's own policies, the conditions.

In: the caller, the role, the context of the request. Out: the role. Raises Refused
with AWS's one message for every cause: from the message the caller cannot tell a
role that does not exist from a trust policy that does not name the caller, a
wrong external ID or a missing MFA code.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from assume.simulator import policy
from assume.simulator.iam import Caller, Role, Trust
from assume.simulator.replies import Refused
from assume.simulator.web_identity import Identity

ASSUME = "sts:AssumeRole"
TAG = "sts:TagSession"
SET_SOURCE = "sts:SetSourceIdentity"
WEB = "sts:AssumeRoleWithWebIdentity"


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The part of an AssumeRole call that the policies look at.

    `mfa_age_s`: seconds since the caller's MFA code, 0 if the code is in this
    call, None if there is no code. `source_identity`: from the call or the chain.
    """

    role_arn: str
    external_id: str | None
    mfa_age_s: float | None
    tagged: bool
    source_identity: str | None


def check(caller: Caller, role: Role | None, context: RequestContext) -> Role:
    """The role. Raises Refused if the caller may not do all that the call asks for."""
    if role is None:
        raise denied(caller, ASSUME, context.role_arn)
    for action in _actions(context):
        if not _allowed(caller, role, context, action):
            raise denied(caller, action, context.role_arn)
    return role


def check_source_identity(caller: Caller, requested: str | None, role_arn: str) -> str | None:
    """The source identity of the new session. Raises Refused if the call would change the one of the chain."""
    carried = caller.session.grant.source_identity if caller.session else None
    if carried and requested and requested != carried:
        raise denied(caller, SET_SOURCE, role_arn)
    return carried or requested


def check_web(identity: Identity, role: Role | None) -> Role:
    """The role. Raises Refused if its trust policy does not trust the identity."""
    if role is None or not any(_trusts_identity(trust, identity) for trust in role.trust):
        raise Refused(403, "AccessDenied", f"Not authorized to perform {WEB}")
    return role


def denied(caller: Caller, action: str, resource: str) -> Refused:
    """AWS's error for an action that the caller may not perform."""
    message = f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource}"
    return Refused(403, "AccessDenied", message)


def forbids(caller: Caller, action: str, resource: str = "*") -> bool:
    """Whether the caller's own policies deny the action or the resource."""
    return any(fnmatchcase(text, entry) for text in (action, resource) for entry in caller.may_not)


def _actions(context: RequestContext) -> Iterator[str]:
    yield ASSUME
    if context.tagged:
        yield TAG
    if context.source_identity:
        yield SET_SOURCE


def _allowed(caller: Caller, role: Role, context: RequestContext, action: str) -> bool:
    if forbids(caller, action, role.arn) or not _session_allows(caller, action, role):
        return False
    own = any(fnmatchcase(role.arn, pattern) for pattern in caller.may)
    for trust in role.trust:
        if not (_permits(trust, action) and _holds(trust, context) and _is_like(trust, caller)):
            continue
        # A trust policy that names a caller of its own account is enough. If it names
        # the account, or a caller of another one, the caller's policies must allow it too.
        named = _names(trust, caller) and caller.account == role.account
        if named or (own and (_names(trust, caller) or _names_account(trust, caller))):
            return True
    return False


def _session_allows(caller: Caller, action: str, role: Role) -> bool:
    session = caller.session
    return session is None or policy.allows(session.grant, action, role.arn)


def _permits(trust: Trust, action: str) -> bool:
    extra = {TAG: trust.tag_session, SET_SOURCE: trust.set_source_identity}
    return extra.get(action, True)


def _holds(trust: Trust, context: RequestContext) -> bool:
    if trust.external_id is not None and context.external_id != trust.external_id:
        return False
    if trust.mfa and context.mfa_age_s is None:
        return False
    if trust.mfa_age_s is None:
        return True
    return context.mfa_age_s is not None and context.mfa_age_s < trust.mfa_age_s


def _is_like(trust: Trust, caller: Caller) -> bool:
    return trust.principal_arn is None or fnmatchcase(caller.principal, trust.principal_arn)


def _names(trust: Trust, caller: Caller) -> bool:
    return bool({"*", caller.principal, caller.arn}.intersection(trust.principals))


def _names_account(trust: Trust, caller: Caller) -> bool:
    partition = caller.principal.split(":")[1]
    root = f"arn:{partition}:iam::{caller.account}:root"
    return bool({caller.account, root}.intersection(trust.principals))


def _trusts_identity(trust: Trust, identity: Identity) -> bool:
    return (
        identity.provider.arn in trust.principals
        and trust.audience in (None, identity.audience)
        and (trust.subject is None or fnmatchcase(identity.subject, trust.subject))
    )
