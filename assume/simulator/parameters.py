"""The parameters of a call: reads the query protocol and checks the limits of STS's model.

In: a form body. Out: `Parameters`, under AWS's names. If parameters are missing,
too short, too long or contain a wrong character, one ValidationError names all of
these faults. STS ignores a parameter that the action does not have; here it is
refused, so that a test notices it.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from assume.simulator import limits
from assume.simulator.replies import Refused

MEMBER = re.compile(r"(?P<list>\w+)\.member\.(?P<number>[1-9]\d*)(?:\.(?P<field>\w+))?")

Members = dict[str, list[dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Parameters:
    """The checked parameters of a call. `members`: its lists, each in the order of its numbers."""

    action: str
    single: dict[str, str]
    members: Members

    def text(self, name: str) -> str | None:
        """The value of a parameter; None if it was not sent."""
        return self.single.get(name)

    def number(self, name: str, otherwise: int) -> int:
        """The value of a parameter that is a number; `otherwise` if it was not sent."""
        return int(self.single.get(name, otherwise))

    def policy_arns(self) -> tuple[str, ...]:
        """The ARNs of the session's managed policies."""
        return tuple(member.get("arn", "") for member in self.members.get("PolicyArns", ()))

    def tags(self) -> tuple[tuple[str, str], ...]:
        """The session's tags, as pairs of key and value."""
        members = self.members.get("Tags", ())
        return tuple((member.get("Key", ""), member.get("Value", "")) for member in members)

    def transitive(self) -> tuple[str, ...]:
        """The keys of the tags that the next session in a chain inherits."""
        return tuple(member.get("", "") for member in self.members.get("TransitiveTagKeys", ()))


def flat(body: bytes) -> dict[str, str]:
    """The pairs of the form as they were sent, with Action and Version. Raises Refused if the form is malformed."""
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError as error:
        raise Refused(400, "MalformedQueryString", "The query string is malformed.") from error
    if len(dict(pairs)) != len(pairs):
        raise Refused(400, "MalformedQueryString", "A parameter was sent twice.")
    return dict(pairs)


def checked(action: str, sent: dict[str, str]) -> Parameters:
    """`sent` (without Action and Version) as the action's parameters. Raises Refused if a limit is broken."""
    single, members = _sorted(action, sent)
    parameters = Parameters(action, single, members)
    faults = [*limits.faults(action, single), *_list_faults(parameters)]
    if faults:
        plural = "error" if len(faults) == 1 else "errors"
        message = f"{len(faults)} validation {plural} detected: {'; '.join(faults)}"
        raise Refused(400, "ValidationError", message)
    return parameters


def _sorted(action: str, sent: dict[str, str]) -> tuple[dict[str, str], Members]:
    single: dict[str, str] = {}
    numbered: dict[str, dict[int, dict[str, str]]] = {}
    for name, value in sent.items():
        found = MEMBER.fullmatch(name)
        if found and (found["field"] or "") in limits.LISTS.get(action, {}).get(found["list"], ()):
            members = numbered.setdefault(found["list"], {})
            members.setdefault(int(found["number"]), {})[found["field"] or ""] = value
        elif name in limits.RULES[action]:
            single[name] = value
        else:
            message = f"{action} does not know the parameter {name}"
            raise Refused(400, "ValidationError", message)
    for name, members in numbered.items():
        if sorted(members) != list(range(1, len(members) + 1)):
            raise Refused(400, "MalformedQueryString", f"The members of {name} are not 1 to n.")
    return single, {name: [m[n] for n in sorted(m)] for name, m in numbered.items()}


def _list_faults(parameters: Parameters) -> list[str]:
    tags = parameters.tags()
    lists = {
        "PolicyArns": [*parameters.policy_arns()],
        "Tags": [key for key, _ in tags],
        "TagValues": [value for _, value in tags],
        "TransitiveTagKeys": [*parameters.transitive()],
    }
    return [fault for name, values in lists.items() for fault in limits.list_faults(name, values)]
