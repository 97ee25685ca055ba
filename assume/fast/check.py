"""Checks the options of a request before any file is read or any call is made, in our own words.

In: Options; out: nothing, or UsageError with the form that is right. The limits are those of
https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. The middle lane imports
this only if one of these options is given.
"""

from assume.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assume.arguments import Options

SHORTEST_S, LONGEST_S = 900, 43200  # of a role
LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
IN_NAMES, IN_IDS = LETTERS | set("+=,.@-"), LETTERS | set("+=,.@:/-")
ACCOUNT = "123456789012"  # in examples


def check(options: "Options") -> None:
    """Raises UsageError for an option that STS would refuse whatever the role is."""
    if options.role_arn and not is_arn(options.role_arn, "role"):
        name = options.role_arn.rpartition("/")[2].rpartition(":")[2] or "NAME"
        raise UsageError(
            f"--role-arn: {options.role_arn} is not the ARN of a role",
            f"it looks like arn:aws:iam::{ACCOUNT}:role/{name}",
        )
    for arn in options.policy_arns:
        if not is_arn(arn, "policy"):
            raise UsageError(
                f"--policy-arn: {arn} is not the ARN of a policy",
                "it looks like arn:aws:iam::aws:policy/ReadOnlyAccess",
            )
    if options.duration_s and not SHORTEST_S <= options.duration_s <= LONGEST_S:
        raise UsageError(f"--duration: a role lasts from 15m to 12h, not {options.duration_s} s", "for example 1h")
    if options.session_name and not (
        2 <= len(options.session_name) <= 64 and IN_NAMES.issuperset(options.session_name)
    ):
        raise UsageError(
            f"--session-name: {options.session_name} cannot be the name of a session",
            "2 to 64 characters: letters, digits and _ + = , . @ -",
        )
    if options.external_id and not (2 <= len(options.external_id) <= 1224 and IN_IDS.issuperset(options.external_id)):
        raise UsageError(
            f"--external-id: {options.external_id} cannot be an external ID",
            "2 to 1224 characters: letters, digits and _ + = , . @ : / -",
        )


def is_arn(text: str, kind: str) -> bool:
    """Whether `text` is the ARN of a `role` or a `policy` of IAM."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not parts[1] or parts[2:4] != ["iam", ""]:
        return False
    account_is_right = len(parts[4]) == 12 and parts[4].isascii() and parts[4].isdigit()
    return (
        (account_is_right or (kind == "policy" and parts[4] == "aws"))
        and len(parts[5]) > len(kind) + 1
        and (parts[5].startswith(f"{kind}/"))
    )
