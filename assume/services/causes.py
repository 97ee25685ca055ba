"""Why AWS refused a step of a chain, and the change that fixes it. Pure.

In: the failure, and a Walk: how far the chain was walked, and who called. Out: the causes that the answer leaves open,
the likeliest first. STS has one answer for half a dozen causes (AccessDenied), so there may be several; each has its
own change. The ids of causes are those of docs/explain.md.
"""

import sys

from assume.errors import AssumeError, NoTerminal, Refused, SourceError, Unreachable, WrongCode, WrongDevice
from assume.profiles import chain as words
from assume.services import denied, policies
from assume.services.changes import Cause, Walk, configure, correct, placed, put, removed, word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CLOCKS = {"darwin": "sudo sntp -sS time.apple.com", "win32": "w32tm /resync"}
# the regions that every account has; in the others STS knows an account's keys only once they are switched on
ALWAYS_ON = frozenset(
    """
    us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-central-1 eu-west-1 eu-west-2 eu-west-3 eu-north-1
    ap-south-1 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2
    """.split()
)
PARAMETERS = {  # as STS names them: the setting, and the option
    "durationSeconds": ("duration_seconds", "--duration"),
    "externalId": ("external_id", "--external-id"),
    "roleSessionName": ("role_session_name", "--session-name"),
    "serialNumber": ("mfa_serial", ""),
    "sourceIdentity": ("source_identity", ""),
    "roleArn": ("role_arn", "--role-arn"),
    "tags": ("session_tags", ""),
    "policy": ("", "--policy"),
    "policyArns": ("", "--policy-arn"),
}

TAGS, TRANSITIVE = "session_tags", "transitive_session_tags"
SENTENCES = {  # of STS, about several settings together: the setting, the option, the right value
    "Duplicate tag keys": (TAGS, "", "each key once, whatever its case"),
    "transitive tag key must be included": (TRANSITIVE, "", f"keys that are in {TAGS} too"),
    "conflicts with a transitive": (TAGS, "", "without the keys that the chain hands on already"),
    "Packed policy consumes": (TAGS, "", "fewer and shorter tags, or a smaller --policy"),
    "not in the valid JSON format": ("", "--policy", "a file with a policy in JSON"),
}


def causes(error: AssumeError, walk: Walk) -> "list[Cause]":
    """The causes of a failure, the likeliest first; never empty."""
    if isinstance(error, Refused):
        return list(_refused(error, walk)) or [_other(error)]
    if isinstance(error, NoTerminal):
        return list(_no_terminal(error, walk))
    if isinstance(error, SourceError):
        return [_source(error, walk)]
    if isinstance(error, Unreachable):
        return list(_unreachable(error, walk))
    return [_other(error)]


def _other(error: AssumeError) -> Cause:
    return Cause("other", error.what, error.cure)


def _refused(error: Refused, walk: Walk) -> "Iterator[Cause]":
    if error.skew:
        now = CLOCKS.get(sys.platform, "sudo timedatectl set-ntp true")
        yield Cause("clock", f"this machine's clock is {error.skew} AWS's", "set the clock", command=now)
        return
    if isinstance(error, WrongCode):
        do = "wait for the next code (at most 30 s) and run the command again"
        yield Cause("mfa-code", "the MFA code is wrong, too old, or was used before", do)
        return
    if isinstance(error, WrongDevice):
        yield _device(walk)
        return
    by_code: dict[str, Callable[[], Iterator[Cause]]] = {
        "AccessDenied": lambda: denied.causes(error, walk),
        "ValidationError": lambda: _invalid(error, walk),
        "InvalidParameterValue": lambda: _invalid(error, walk),
        "PackedPolicyTooLarge": lambda: _invalid(error, walk),
        "MalformedPolicyDocument": lambda: _invalid(error, walk),
        "InvalidClientTokenId": lambda: _unknown_key(walk),
        "ExpiredToken": lambda: _ended(walk),
        "SignatureDoesNotMatch": lambda: _signature(error, walk),
        "RegionDisabledException": lambda: _region(walk),
        "InvalidIdentityToken": lambda: _web_token(error, walk),
        "ExpiredTokenException": lambda: _web_token(error, walk),
    }
    if error.code in by_code:
        yield from by_code[error.code]()


def _device(walk: Walk) -> Cause:
    kind, name = policies.owner(walk.caller)
    if kind == "user":
        parts = walk.caller.split(":")
        serial = f"arn:{parts[1]}:iam::{parts[4]}:mfa/{name}"
        what = f"mfa_serial is not an MFA device of user {name}"
        return Cause("mfa-device", what, *correct(walk, "mfa_serial", "", f"`{serial}`, or the user's other device"))
    what = "a code goes with a user's call only, and this one is signed by a role's session"
    return Cause("mfa-device", what, *removed(walk, "mfa_serial"))


def _no_terminal(error: NoTerminal, walk: Walk) -> "Iterator[Cause]":
    line = f"assume explain {' '.join(map(word, walk.words))} --check --mfa-code CODE"
    if not walk.session_was_stored:
        yield Cause("mfa-code", error.what, "run the command at a terminal, or give the code", command=line)
        return
    what = "the role rejects the cached MFA session: it may want a fresh code"
    yield Cause("mfa-age", what, "run the command at a terminal, or give the code", command=line)
    yield denied.trust_cause(walk)
    yield from denied.policy_cause(walk)
    yield from denied.external_id_cause(walk)


def _invalid(error: Refused, walk: Walk) -> "Iterator[Cause]":
    said = error.message
    if "DurationSeconds exceeds" in said or "'durationSeconds'" in said:
        yield from _too_long(walk)
        return
    for words_of_aws, (setting, option, right) in SENTENCES.items():
        if words_of_aws in said:
            if setting == TAGS and walk.hop is not None and not walk.hop.tags:
                setting, option = "", "--policy"  # the policy alone is too large
            yield Cause("setting", said, *correct(walk, setting, option, right))
            return
    for parameter, (setting, option) in PARAMETERS.items():
        if f"'{parameter}'" in said or f"'{parameter}." in said:
            yield Cause("setting", _sentence(said), *correct(walk, setting, option, "a value that STS takes"))
            return
    if "is invalid" in said and walk.hop is not None and walk.hop.role_arn in said:
        what = "role_arn is not the ARN of a role"
        shape = "arn:aws:iam::123456789012:role/NAME"
        yield Cause("role-arn", what, *correct(walk, "role_arn", "--role-arn", f"one like {shape}"))


def _too_long(walk: Walk) -> "Iterator[Cause]":
    hop = walk.hop
    if hop is None:
        return
    wanted_s = hop.duration_s or words.DEFAULT_S
    if wanted_s > words.CHAINED_MAX_S and walk.is_temporary:
        what = f"{wanted_s} s are more than the hour that AWS allows a role that temporary credentials take"
        yield Cause("duration", what, *put(walk, "duration_seconds", str(words.CHAINED_MAX_S), "--duration"))
        return
    what = f"{wanted_s} s are more than the role's own maximum"
    yield Cause("duration", what, *put(walk, "duration_seconds", str(words.DEFAULT_S), "--duration", "never too long"))
    if words.DEFAULT_S < wanted_s <= 12 * 3600:
        name = walk.role.rpartition("/")[2]
        do = f"or let {walk.role} last as long"
        line = f"aws iam update-role --role-name {word(name)} --max-session-duration {wanted_s}"
        yield Cause("duration", what, do, command=line)


def _unknown_key(walk: Walk) -> "Iterator[Cause]":
    where = f"access key {walk.key_id}" if walk.key_id else "the access key"
    yield Cause("source-keys", f"{where} does not exist any more, or is switched off", *_new_keys(walk))
    region = dict(walk.chain.settings).get("region", "")
    if region and region not in ALWAYS_ON:
        what = f"region {region} is not switched on for this account, so that STS there knows none of its keys"
        yield Cause("region", what, *_other_region(walk))


def _ended(walk: Walk) -> "Iterator[Cause]":
    yield Cause("source-keys", "the credentials that sign the call have ended", *_new_keys(walk))


def _signature(error: Refused, walk: Walk) -> "Iterator[Cause]":
    if "scoped to a valid region" in error.message:
        yield Cause("region", "the call goes to another region than its signature says", *_other_region(walk))
        return
    yield Cause("source-keys", "the secret access key is not that of the access key id", *_new_keys(walk))


def _region(walk: Walk) -> "Iterator[Cause]":
    region = dict(walk.chain.settings).get("region", "")
    yield Cause("region", f"STS is switched off in {region or 'that region'} for this account", *_other_region(walk))


def _unreachable(error: Unreachable, walk: Walk) -> "Iterator[Cause]":
    from assume.regions import unknown

    region = dict(walk.chain.settings).get("region", "")
    if region and not walk.chain.endpoint and (what := unknown(region)):
        yield Cause("region", what, *_other_region(walk))
    yield Cause("network", error.what, error.cure)


def _source(error: SourceError, walk: Walk) -> Cause:
    source = walk.chain.source
    name = word(source.profile)
    lines = {words.SSO: f"assume login {name}", words.LOGIN: f"assume login {name}"}
    return Cause("source", error.what, error.cure, command=lines.get(source.kind, ""))


def _web_token(error: Refused, walk: Walk) -> "Iterator[Cause]":
    file = walk.hop.token_file if walk.hop is not None else ""
    what = "has ended" if error.code == "ExpiredTokenException" else "is of no provider that the role's account knows"
    yield Cause("web-identity", f"the token in {file} {what}: {error.message}", "have the program write it again")


def _new_keys(walk: Walk) -> "tuple[str, None, str]":
    """How to renew the keys that signed, and the command for it."""
    source = walk.chain.source
    if walk.number and source.kind != words.ENVIRONMENT:
        return f"assume {walk.chain.profile} --refresh", None, f"assume {word(walk.chain.profile)} --refresh"
    if source.kind == words.STATIC:
        where = placed(walk.config, source.profile, "aws_access_key_id")
        if source.keys and source.keys[2]:  # `aws configure` would leave the old session token beside new keys
            return f"put all three values of a new session into {where}", None, ""
        return f"put new keys into {where}", None, configure(walk)
    if source.kind == words.ENVIRONMENT:
        return "export new keys: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN", None, ""
    if source.kind == words.PROCESS:
        return (
            f"look at the credential_process of [profile {source.profile}]: it prints keys that AWS rejects",
            None,
            "",
        )
    return "sign in again", None, f"assume login {word(source.profile)}"


def _other_region(walk: Walk) -> "tuple[str, tuple[str, str, str] | None, str]":
    for variable in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        own = (walk.config.profile(walk.chain.profile) or {}).get("region")
        if walk.base.get(variable) and (variable == "AWS_DEFAULT_REGION" or not own):
            return f"take another region: {variable} sets this one", None, f"unset {variable}"
    return put(walk, "region", "us-east-1", "", "or another one that is on")


def _sentence(said: str) -> str:
    return said.partition(": ")[2] if "validation error" in said else said
