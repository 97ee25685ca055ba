"""Policies in IAM's JSON → the statements and ARNs that a World works with. Pure.

Strict: an element, an action, an operator or a condition key that the simulator does not evaluate is a ValueError,
so that a test notices a policy that would do something else at AWS.
"""

import json
from typing import Any

from assume.simulator.iam import Trust

ASSUME, TAG, SET_SOURCE = "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"
WEB = "sts:AssumeRoleWithWebIdentity"
VERSIONS = ("2012-10-17", "2008-10-17")


def trust(policy: str) -> tuple[Trust, ...]:
    """The statements of a role's trust policy. Raises ValueError."""
    return tuple(_trust(statement) for statement in _statements(policy, {"Principal", "Action", "Condition"}))


def allowed(policy: str) -> tuple[str, ...]:
    """The ARNs of the roles that a user's or a role's policy lets it assume; may contain `*`. Raises ValueError."""
    found: list[str] = []
    for statement in _statements(policy, {"Action", "Resource"}):
        if not {ASSUME, TAG, SET_SOURCE}.issuperset(_list(statement["Action"])):
            raise ValueError(f"actions of another kind: {statement['Action']}")
        if ASSUME in _list(statement["Action"]):
            found += _list(statement["Resource"])
    return tuple(found)


def _statements(policy: str, known: set[str]) -> list[dict[str, Any]]:
    document = json.loads(policy)
    if document["Version"] not in VERSIONS or set(document) != {"Version", "Statement"}:
        raise ValueError("not a policy document")
    statements = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    for statement in statements:
        if statement["Effect"] != "Allow" or set(statement) - known - {"Effect", "Sid"}:
            raise ValueError(f"a statement of another kind: {statement}")
    return statements


def _trust(statement: dict[str, Any]) -> Trust:
    actions, (kind, principals) = _list(statement["Action"]), _principals(statement["Principal"])
    first = WEB if kind == "Federated" else ASSUME
    if first not in actions or set(actions) - {first, TAG, SET_SOURCE}:
        raise ValueError(f"actions of another kind: {actions}")
    fields: dict[str, Any] = {}
    for operator, pairs in statement.get("Condition", {}).items():
        for key, value in pairs.items():
            fields |= _condition(operator, key.lower(), value)
    return Trust(principals, tag_session=TAG in actions, set_source_identity=SET_SOURCE in actions, **fields)


def _principals(principal: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    ((kind, names),) = principal.items()
    if kind not in ("AWS", "Federated"):
        raise ValueError(f"a principal of another kind: {kind}")
    return kind, tuple(_list(names))


def _condition(operator: str, key: str, value: Any) -> dict[str, Any]:
    match operator, key:
        case "StringEquals", "sts:externalid":
            return {"external_id": value}
        case "Bool", "aws:multifactorauthpresent" if str(value).lower() == "true":
            return {"mfa": True}
        case "NumericLessThan", "aws:multifactorauthage":
            return {"mfa_age_s": int(value)}
        case "ArnLike", "aws:principalarn":
            return {"principal_arn": value}
        case (("StringEquals" | "StringLike"), _) if key.endswith(":sub"):
            return {"subject": value}
        case "StringEquals", _ if key.endswith(":aud"):
            return {"audience": value}
    raise ValueError(f"a condition of another kind: {operator} {key} {value}")


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
