"""Session policies: whether they are valid, how large they are, and what they allow.

Knows only the part of the policy language that STS itself needs: whether a
session may still call sts:AssumeRole on a role. Conditions are not evaluated: a
statement that allows something on a condition counts as not allowing it.
"""

import json
import zlib
from fnmatch import fnmatchcase
from typing import Any

from assume.simulator.iam import Grant
from assume.simulator.replies import Refused

PACKED_MOST = 2048  # bytes that count as 100 %; AWS does not publish its formula
ADMINISTRATOR = ":iam::aws:policy/AdministratorAccess"


def check(grant: Grant) -> None:
    """Raises Refused if the policy is not a policy document, or a policy ARN not the ARN of a policy."""
    if grant.policy is not None and _statements(grant.policy) is None:
        message = "The policy is not in the valid JSON format."
        raise Refused(400, "MalformedPolicyDocument", message)
    for arn in grant.policy_arns:
        parts = arn.split(":", 5)
        if len(parts) < 6 or parts[2] != "iam" or not parts[5].startswith("policy/"):
            raise Refused(400, "ValidationError", f"{arn} is invalid")


def packed_percent(grant: Grant) -> int | None:
    """The packed size of policies and tags in percent; None if there are none. Raises Refused above 100 %."""
    parts = [grant.policy or "", *grant.policy_arns, *(text for tag in grant.tags for text in tag)]
    if not any(parts):
        return None
    size = len(zlib.compress("\n".join(parts).encode()))
    percent = -(-100 * size // PACKED_MOST)
    if percent > 100:
        message = f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
        raise Refused(400, "PackedPolicyTooLarge", message)
    return percent


def allows(grant: Grant, action: str, resource: str) -> bool:
    """Whether the session policies allow `action` on `resource`; without session policies everything is allowed."""
    if grant.policy is None and not grant.policy_arns:
        return True
    effects = [
        statement["Effect"]
        for statement in _statements(grant.policy or "{}") or ()
        if _covers(statement, action, resource)
    ]
    if "Deny" in effects:
        return False
    return "Allow" in effects or any(arn.endswith(ADMINISTRATOR) for arn in grant.policy_arns)


def _statements(policy: str) -> list[dict[str, Any]] | None:
    try:
        document = json.loads(policy)
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    statements = document.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    sound = all(isinstance(each, dict) and each.get("Effect") in ("Allow", "Deny") for each in listed)
    return listed if sound else None


def _covers(statement: dict[str, Any], action: str, resource: str) -> bool:
    if statement["Effect"] == "Allow" and "Condition" in statement:
        return False
    return _matches(statement.get("Action"), action) and _matches(statement.get("Resource"), resource)


def _matches(patterns: object, text: str) -> bool:
    listed = patterns if isinstance(patterns, list) else [patterns]
    return any(fnmatchcase(text.lower(), str(pattern).lower()) for pattern in listed)
