"""May this caller assume this role? Trust policy, the caller's own policies, conditions.

Goes in: who asks, the role, what is asked, an instant. Comes out: nothing, or
Refused with the one message that AWS has for all of it: a role that is not there,
a trust that does not name the caller, a wrong external ID and a missing MFA
cannot be told apart by who asks.
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
class Asked:
    """What a call to AssumeRole asks for, as far as trust is concerned.

    `mfa_age_s`: seconds since the caller's MFA code, 0 for one in this very
    call, None without. `source_identity`: the one in the call, or the chain's.
    """

    role_arn: str
    external_id: str | None
    mfa_age_s: float | None
    tagged: bool
    source_identity: str | None


def check(caller: Caller, role: Role | None, asked: Asked) -> Role:
    """The role; Refused if the caller may not have all that he asked for."""
    if role is None:
        raise denied(caller, ASSUME, asked.role_arn)
    for action in _actions(asked):
        if not _allowed(caller, role, asked, action):
            raise denied(caller, action, asked.role_arn)
    return role


def check_source_identity(caller: Caller, asked: str | None, role_arn: str) -> str | None:
    """The source identity of the new session: what a chain carries cannot be changed."""
    carried = caller.session.grant.source_identity if caller.session else None
    if carried and asked and asked != carried:
        raise denied(caller, SET_SOURCE, role_arn)
    return carried or asked


def check_web(identity: Identity, role: Role | None) -> Role:
    """The role; Refused if its trust policy does not name the identity."""
    if role is None or not any(_trusts_identity(trust, identity) for trust in role.trust):
        raise Refused(403, "AccessDenied", f"Not authorized to perform {WEB}")
    return role


def denied(caller: Caller, action: str, resource: str) -> Refused:
    """AWS's message for everything that the caller may not do."""
    message = f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource}"
    return Refused(403, "AccessDenied", message)


def forbids(caller: Caller, action: str, resource: str = "*") -> bool:
    """Whether the caller's own policies deny this."""
    return any(fnmatchcase(text, entry) for text in (action, resource) for entry in caller.may_not)


def _actions(asked: Asked) -> Iterator[str]:
    yield ASSUME
    if asked.tagged:
        yield TAG
    if asked.source_identity:
        yield SET_SOURCE


def _allowed(caller: Caller, role: Role, asked: Asked, action: str) -> bool:
    if forbids(caller, action, role.arn) or not _left_by_session(caller, action, role):
        return False
    own = any(fnmatchcase(role.arn, pattern) for pattern in caller.may)
    for trust in role.trust:
        if not (_permits(trust, action) and _holds(trust, asked)):
            continue
        # A policy that names the caller itself grants inside one account; one that
        # names the account, or another account's caller, leaves it to his own policies.
        named = _names(trust, caller) and caller.account == role.account
        if named or (own and (_names(trust, caller) or _names_account(trust, caller))):
            return True
    return False


def _left_by_session(caller: Caller, action: str, role: Role) -> bool:
    session = caller.session
    return session is None or policy.leaves(session.grant, action, role.arn)


def _permits(trust: Trust, action: str) -> bool:
    extra = {TAG: trust.tag_session, SET_SOURCE: trust.set_source_identity}
    return extra.get(action, True)


def _holds(trust: Trust, asked: Asked) -> bool:
    if trust.external_id is not None and asked.external_id != trust.external_id:
        return False
    if trust.mfa and asked.mfa_age_s is None:
        return False
    if trust.mfa_age_s is None:
        return True
    return asked.mfa_age_s is not None and asked.mfa_age_s < trust.mfa_age_s


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
