"""The policies that a hop of a chain needs, in both accounts. Pure.

In: a chain, the number of a hop, the ARN of who calls. Out: the statement of the role's trust policy, and the
caller's own policy, as dicts in the form of IAM. They name one caller and one role, and have the conditions that the
profile's settings fulfil: MFA, external ID, session tags, source identity.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import base64
import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from assume.profiles.chain import Chain, Hop

    Document = dict[str, Any]

VERSION = "2012-10-17"
ASSUME, TAG, SET_SOURCE = "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"
WEB = "sts:AssumeRoleWithWebIdentity"
RESERVED = "AWSReservedSSO_"  # how the names of Identity Center's roles begin; 16 characters at the end are made up
LAST = 16


def actions(chain: "Chain", number: int) -> "list[str]":
    """The actions that hop `number` is checked for: tags and a source identity are handed on along a chain."""
    hop, before = chain.hops[number], chain.hops[:number]
    result = [ASSUME]
    if hop.tags or any(one.transitive_tags for one in before):
        result.append(TAG)
    if hop.source_identity or any(one.source_identity for one in before):
        result.append(SET_SOURCE)
    return result


def trust_statement(chain: "Chain", number: int, caller: str) -> "Document":
    """The statement that lets `caller` (an ARN) take hop `number`, for the role's trust policy."""
    hop = chain.hops[number]
    principal, condition = _principal(chain, number, caller)
    if hop.external_id:
        condition["StringEquals"] = {"sts:ExternalId": hop.external_id}
    if hop.mfa_serial and not number:
        condition["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    return _statement({"Principal": {"AWS": principal}, "Action": _one(actions(chain, number))}, condition)


def web_statement(hop: "Hop", token: str) -> "Document | None":
    """The same for a web identity, from the claims of its `token`; None if that is not a JWT."""
    claims = _claims(token)
    issuer, subject = str(claims.get("iss", "")).removeprefix("https://"), claims.get("sub")
    audience = claims.get("azp") or claims.get("aud")
    if not issuer or not isinstance(subject, str):
        return None
    partition, account = hop.role_arn.split(":")[1], hop.role_arn.split(":")[4]
    matched = {f"{issuer}:aud": audience, f"{issuer}:sub": subject}
    return _statement(
        {"Principal": {"Federated": f"arn:{partition}:iam::{account}:oidc-provider/{issuer}"}, "Action": WEB},
        {"StringEquals": {name: value for name, value in matched.items() if value}},
    )


def caller_policy(chain: "Chain", number: int) -> "Document":
    """The policy that lets a user or a role call AssumeRole for hop `number`."""
    allowed = {"Action": _one(actions(chain, number)), "Resource": chain.hops[number].role_arn}
    return document(_statement(allowed, {}))


def document(*statements: "Document") -> "Document":
    """A whole policy."""
    return {"Version": VERSION, "Statement": list(statements)}


def text(policy: "Document", *, narrow: bool = False) -> str:
    """JSON in ASCII, so that nothing in it steers a terminal; `narrow`: on one line, for a command."""
    return json.dumps(policy) if narrow else json.dumps(policy, indent=2)


def owner(caller: str) -> "tuple[str, str]":
    """(`user` or `role`, its name) for the ARN of a caller; ("", "") for the root of an account and for others."""
    kind, _, rest = caller.split(":", 5)[-1].partition("/")
    if kind == "assumed-role":
        return "role", rest.partition("/")[0]
    return (kind, rest.rpartition("/")[2]) if kind in ("user", "role") else ("", "")


def is_of_identity_center(caller: str) -> bool:
    """True for a role that Identity Center has made: its policies are those of its permission set."""
    return owner(caller)[1].startswith(RESERVED)


def _principal(chain: "Chain", number: int, caller: str) -> "tuple[str, Document]":
    """The principal that a trust policy names for `caller`, and the condition that goes with it.

    Sessions change their names, so the role is named. STS does not tell a role's path: it is known for a role of this
    chain, and the same for all of Identity Center's.
    """
    if number:
        return chain.hops[number - 1].role_arn, {}
    parts = caller.split(":")
    kind, name = owner(caller)
    if len(parts) < 6 or kind != "role" or "assumed-role/" not in caller:
        return caller, {}
    iam = f"arn:{parts[1]}:iam::{parts[4]}"
    if not name.startswith(RESERVED):
        return f"{iam}:role/{name}", {}
    like = f"{iam}:role/aws-reserved/sso.amazonaws.com/*{name[:-LAST]}{'?' * LAST}"
    return f"{iam}:root", {"ArnLike": {"aws:PrincipalArn": like}}


def _statement(parts: "Document", condition: "Document") -> "Document":
    return {"Effect": "Allow", **parts, **({"Condition": condition} if condition else {})}


def _one(names: "list[str]") -> "list[str] | str":
    return names[0] if len(names) == 1 else names


def _claims(token: str) -> "Document":
    """The claims of a JWT, which is not verified; {} if it is not a JWT."""
    body = token.strip().split(".")[1:2]
    try:
        found = json.loads(base64.urlsafe_b64decode("".join(body) + "=="))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
