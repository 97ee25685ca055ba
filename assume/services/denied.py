"""Why STS answers AccessDenied, and the changes that fix it. Pure.

STS has this one answer for a trust policy that leaves the caller out, a caller without sts:AssumeRole, an external ID
or MFA that is missing or wrong, and a role that does not exist. Every cause that the answer leaves open is returned,
the likeliest first.
"""

from assume.errors import Refused
from assume.profiles import chain as words
from assume.services import policies
from assume.services.changes import Cause, Walk, configure, correct, put, put_policy, removed
from assume.services.explain import TEMPORARY, is_chained

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def causes(error: Refused, walk: Walk) -> "Iterator[Cause]":
    """AccessDenied: the text may name the policy; mostly it does not, and then all that is open is a cause."""
    said, hop = error.message, walk.hop
    if "root accounts" in said:
        do = "give the source the keys of a user: no role can be assumed with the keys of an account's root"
        yield Cause("root", "the caller is the root of its account", do, command=configure(walk))
        return
    if hop is None:
        yield Cause("mfa-session", "the user may not call this", "an administrator has to allow it")
        return
    if hop.token_file is not None:
        yield from _web_denied(walk)
        return
    if "with an explicit deny in " in said:
        where = said.partition("with an explicit deny in ")[2].rstrip(".")
        yield Cause("deny", f"{where} denies the call", "an administrator has to remove the deny, or its condition")
        return
    names_trust = "because no resource-based policy" in said or "because no role trust policy" in said
    names_policy = "because no identity-based policy" in said
    if not names_policy:
        yield trust_cause(walk)
    if not names_trust:
        yield from policy_cause(walk)
    if not names_policy and policies.TAG not in said:
        yield from external_id_cause(walk)
        yield from _mfa(walk)
    if policies.SET_SOURCE in said:
        yield _source_identity(walk)
    if not (names_trust or names_policy) and f"{policies.ASSUME} " in f"{said} ":
        account = hop.role_arn.split(":")[4] if hop.role_arn.count(":") > 4 else ""
        there = f"there is no such role in account {account}"
        yield Cause("role-arn", there, *correct(walk, "role_arn", "--role-arn", "the ARN of a role that exists"))


def trust_cause(walk: Walk) -> Cause:
    """The trust policy of the role leaves the caller out."""
    statement = policies.trust_statement(walk.chain, walk.number, walk.caller)
    wants = [name for name in policies.actions(walk.chain, walk.number) if name != policies.ASSUME]
    what = f"its trust policy does not allow {walk.caller}"
    if wants:
        what += f", or not {' and '.join(wants)}"
    if is_chained(walk.chain, walk.number):
        what += ", or requires MFA, which such a session does not have"
    return Cause("trust-policy", what, f"add this statement to the trust policy of {walk.role}", document=statement)


def policy_cause(walk: Walk) -> "Iterator[Cause]":
    """The policies of the caller, if it is a user or a role, leave the role out."""
    kind, name = policies.owner(walk.caller)
    if not kind:
        return
    policy = policies.caller_policy(walk.chain, walk.number)
    wanted = " and ".join(policies.actions(walk.chain, walk.number))
    what = f"the policies of {kind} {name} do not allow {wanted} on the role"
    if policies.is_of_identity_center(walk.caller):
        yield Cause("caller-policy", what, "add this to the inline policy of its permission set", document=policy)
        return
    called = f"assume-{walk.role.rpartition('/')[2]}"
    command = put_policy(kind, name, called, policies.text(policy, narrow=True))
    yield Cause("caller-policy", what, f"give this policy to {kind} {name}", document=policy, command=command)


def external_id_cause(walk: Walk) -> "Iterator[Cause]":
    """The external ID is missing, or another one."""
    hop = walk.hop
    if hop is None:
        return
    if hop.external_id:
        what = "the role wants another external ID"
        yield Cause("external-id", what, *correct(walk, "external_id", "--external-id", "ID (the role's owner has it)"))
    else:
        what = "the role wants an external ID, and none is sent"
        yield Cause("external-id", what, *put(walk, "external_id", "ID", "--external-id", "the role's owner has it"))


def _mfa(walk: Walk) -> "Iterator[Cause]":
    """Missing MFA, for a user who can have it. A code that went with the call itself cannot be missing or too old."""
    hop = walk.hop
    if hop is None or hop.mfa_serial or walk.number or walk.chain.source.kind in TEMPORARY:
        return
    kind, name = policies.owner(walk.caller)
    if kind != "user":
        return
    parts = walk.caller.split(":")
    serial = f"arn:{parts[1]}:iam::{parts[4]}:mfa/{name}"
    source = walk.chain.source
    of = f" --profile {source.profile}" if source.kind == words.STATIC else ""
    note = f"`aws iam list-mfa-devices{of}` prints the serial"
    yield Cause(
        "mfa", "the role requires MFA, and the profile has no mfa_serial", *put(walk, "mfa_serial", serial, "", note)
    )


def _source_identity(walk: Walk) -> Cause:
    what = "its source_identity is another one than that of the chain, which cannot be changed on the way"
    return Cause("source-identity", what, *removed(walk, "source_identity"))


def _web_denied(walk: Walk) -> "Iterator[Cause]":
    hop = walk.hop
    statement = policies.web_statement(hop, walk.token) if hop is not None else None
    what = "its trust policy does not allow the web identity"
    do = f"add this statement to the trust policy of {walk.role}"
    if statement is None:
        yield Cause("trust-policy", what, "ask the role's owner which issuer, audience and subject it trusts")
    else:
        yield Cause("trust-policy", what, do, document=statement)
    yield Cause("role-arn", "there is no such role", *correct(walk, "role_arn", "--role-arn", "a role that exists"))
