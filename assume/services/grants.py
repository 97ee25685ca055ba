"""The policies that a profile needs: for each hop the role's trust policy and the caller's policy. Pure.

In: a chain, and who starts it (an ARN, or a web identity's token). Out: a dict for `--json`, in the form of
docs/policy.md, and the `aws iam` commands that create it all in an account that has nothing of it.
"""

from assume.errors import ConfigError, shown
from assume.profiles.chain import DEFAULT_S
from assume.services import policies
from assume.services.changes import put_policy, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from assume.profiles.chain import Chain

    Grant = dict[str, Any]


def needed(chain: "Chain", caller: str) -> "list[Grant]":
    """One grant for each hop, in the order of the calls. Raises ConfigError if there is no hop, or it cannot work."""
    if not chain.hops:
        cure = "a policy is for a role: add role_arn, or give --role-arn ARN"
        raise ConfigError("assumes no role", cure, chain.name)
    found = []
    for number, hop in enumerate(chain.hops):
        is_web = hop.token_file is not None
        who = caller if number == 0 else chain.hops[number - 1].role_arn
        statement = policies.web_statement(hop, caller) if is_web else policies.trust_statement(chain, number, who)
        if statement is None:
            raise ConfigError(
                f"the token in {hop.token_file} is not a JWT", "have its program write it again", chain.name
            )
        if who.endswith(":root"):
            raise ConfigError(f"{who} can assume no role", "give the source the keys of a user", chain.source.profile)
        found.append(
            {
                "role_arn": hop.role_arn,
                "account": _account(hop.role_arn),
                "caller": None if is_web else who,
                "trust_policy": policies.document(statement),
                "caller_policy": None if is_web else policies.caller_policy(chain, number),
                "max_session_duration": max(hop.duration_s or 0, DEFAULT_S),
            }
        )
    return found


def commands(grants: "list[Grant]") -> "list[str]":
    """Lines for a POSIX shell: comments and `aws iam` commands, in an order in which each finds what it names."""
    lines = []
    for grant in grants:
        lines.append(f"# in account {shown(grant['account'])}: the role, and who may assume it")
        lines.append(_create(grant))
        if grant["caller_policy"] is not None:
            lines += _attach(grant)
    return lines


def _create(grant: "Grant") -> str:
    *path, name = _path(grant["role_arn"])
    words = ["aws iam create-role --role-name", word(name)]
    if path:
        words += ["--path", word(f"/{'/'.join(path)}/")]
    if grant["max_session_duration"] > DEFAULT_S:
        words += ["--max-session-duration", str(grant["max_session_duration"])]
    words += ["--assume-role-policy-document", word(policies.text(grant["trust_policy"], narrow=True))]
    return " ".join(words)


def _attach(grant: "Grant") -> "list[str]":
    caller, policy = grant["caller"], policies.text(grant["caller_policy"], narrow=True)
    kind, name = policies.owner(caller)
    head = f"# in account {shown(_account(caller))}: what lets the caller call it"
    if policies.is_of_identity_center(caller) or not kind:
        return [head, f"# give this to {shown(name or caller)}, in its permission set: {policy}"]
    called = f"assume-{_path(grant['role_arn'])[-1]}"
    return [head, put_policy(kind, name, called, policy)]


def _path(role_arn: str) -> "list[str]":
    """The parts of a role's name: its path, then the name."""
    return role_arn.partition(":role/")[2].split("/")


def _account(arn: str) -> str:
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""
