"""The environment as a value: the baseline, what a switch sets, what `off` restores. Pure.

*Baseline*: the environment as it was before the first `assume`, with whatever
the user has changed since. Every command works in it. It is computed from the
present environment and from ASSUME_BEFORE, in which each switch writes the
variables as they were before the first one, and the values that it set.

Environments are dicts of str to str. A change is (name, value); None unsets.
"""

import sys

from assume.credentials import check_keys, instant
from assume.shells import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Iterable, Mapping, Sequence

    Change = tuple[str, str | None]
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system

KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
EXPIRATIONS = ("AWS_CREDENTIAL_EXPIRATION", "AWS_SESSION_EXPIRATION")
ACCOUNT = "AWS_ACCOUNT_ID"
SET = (*KEYS, ACCOUNT, "AWS_PROFILE", *REGIONS, *EXPIRATIONS)
# what a pod on EKS has: nearly every SDK prefers it to AWS_PROFILE, and that for .NET (v3) to keys as well
WEB_IDENTITY = ("AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_SESSION_NAME")
# other names of the keys, in the SDKs for Go and Java: they come before AWS_PROFILE
OTHER_KEYS = ("AWS_ACCESS_KEY", "AWS_SECRET_KEY")
# an SDK may prefer each of these to what we set, or a tool may show it in place of our role
DROPPED = ("AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_VAULT", *WEB_IDENTITY, *OTHER_KEYS)
OF_KEYS = ("AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", *EXPIRATIONS)  # what belongs to one pair of keys
DROPPED_FAMILIES = ("AWSUME_", "GRANTED_", "AWS_SSO_")
BEFORE = "ASSUME_BEFORE"
ENDPOINT = "endpoint"  # the ASSUME_EXPORTED of a command that `exec --serve` started
SERVED = (  # what such a command has in place of keys, or must not have: see `shells.served`
    "AWS_CONTAINER_CREDENTIALS_FULL_URI AWS_CONTAINER_AUTHORIZATION_TOKEN AWS_CONFIG_FILE AWS_SHARED_CREDENTIALS_FILE "
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE AWS_WEB_IDENTITY_TOKEN_FILE "
    "AWS_ROLE_ARN AWS_ROLE_SESSION_NAME AWS_CREDENTIAL_FILE"
).split()
READ_ONLY = "ASSUME_READ_ONLY"
SSO_ROLE = "ASSUME_SSO_ROLE"  # `123456789012/Reader`: SSO tells the role's name, not its ARN
ONCE, BEHIND = "ASSUME_ONCE", "ASSUME_BEHIND_"  # what the shell function tells: see `_lasting`
CALLERS = "ASSUME_CALLERS"  # for commands that we run: see `aws.circle`
_NAMES = ("ASSUME_PROFILE", "ASSUMED_ROLE_ARN", "ASSUME_EXPIRES", "ASSUME_KEY_ID", "ASSUME_EXPORTED")
OWN = (*_NAMES, SSO_ROLE, READ_ONLY, BEFORE)
NAMED = frozenset((*SET, *OWN, *DROPPED))
OVER = ("region", "profile", "account")  # the values that a switch set, as ASSUME_BEFORE names them


def baseline(have: "Mapping[str, str]") -> "tuple[dict[str, str], bool]":
    """The whole environment without what `assume` did to it; and False if ASSUME_BEFORE is missing or damaged.

    ASSUME_BEFORE has a value for each variable from before the first switch (*earlier*), and the region and the
    profile that the last switch set. What the baseline holds of a variable that a switch sets or removes:

    | the environment has now                           | with an earlier value | without one |
    |---------------------------------------------------|-----------------------|-------------|
    | the value that the last switch set                | the earlier value     | nothing     |
    | another value: the user has changed it            | that value            | that value  |
    | nothing, and the switch set it: the user's change | nothing               | nothing     |
    | nothing, and the switch removed it                | the earlier value     | nothing     |
    | a region or none, and the switch set no region    | as it is now          | as it is now|

    The three keys count as one. If the key id is another, all three are the user's, but not a session token beside a
    static key (AKIA…), which can only be ours. If the key id is missing or empty, all three count as set by us. What
    belongs to the earlier keys (a token, a time) never joins keys that the user has set since.
    Without a switch it is the whole environment; with a damaged ASSUME_BEFORE it lacks whatever a switch sets.
    """
    if not any(name in have for name in OWN):
        return dict(have), True
    served = SERVED if have.get("ASSUME_EXPORTED") == ENDPOINT else ()
    result = {name: value for name, value in have.items() if name not in OWN and name not in served}
    record = _decoded(have.get(BEFORE, ""), served)
    if record is None:
        return {name: value for name, value in result.items() if name not in SET}, False
    before, over = record
    result.update((name, before[name]) for name in served if name in before)
    set_over = _set_over(have, over)
    keys_are_ours = all(set_over[name] == have.get(name) for name in KEYS)
    for name in {*set_over, *filter(_is_dropped, before), *filter(_is_dropped, have)}:
        ours = keys_are_ours if name in KEYS else have.get(name) == set_over.get(name)
        if name in REGIONS and "region" not in over:
            continue  # the last switch did not touch it, so the value is the user's
        if not ours and not (name == KEYS[2] and have.get(KEYS[0], "").startswith("AKIA")):
            continue
        result.pop(name, None)
        if name in before and (keys_are_ours or name not in OF_KEYS):
            result[name] = before[name]
    return result, True


def wanted(
    base: "Mapping[str, str]",
    *,
    profile: str,
    aws_profile: str | None,
    region: str | None,
    keys: "tuple[str, str, str]",
    expires_at: int | None,
    role_arn: str,
    export: str,
    account: str = "",
    sso_role: str = "",
    read_only: bool = False,
) -> dict[str, str]:
    """The baseline with a role over it, ready for a shell or a child process.

    `aws_profile` is None for a role that has no profile; `keys` are key id, secret
    and session token, the last may be empty; `export` is one of EXPORTS; `account` is the
    account that the keys are of, "" if unknown; `sso_role` the role in it, if SSO gives it. Raises Unsafe for a
    value that must not reach a shell.
    """
    render.check_name(profile)
    check_keys(keys)
    if region is not None:
        render.check_region(region)
    result = {name: value for name, value in base.items() if not _is_concerned(name) or name in REGIONS}
    if aws_profile is None or export == "keys":
        export, aws_profile = "keys", None
    if export != "profile":
        result.update((name, value) for name, value in zip(KEYS, keys, strict=True) if value)
        result["ASSUME_KEY_ID"] = keys[0]
    sso_role = sso_role and f"{account}/{sso_role}"
    if export == "profile" or not (len(account) == 12 and account.isascii() and account.isdigit()):
        account = ""  # it goes with the keys: an SDK that takes the profile finds the account itself
    own = {"ASSUME_PROFILE": profile, "ASSUME_EXPORTED": export, "ASSUMED_ROLE_ARN": role_arn, SSO_ROLE: sso_role}
    own |= {READ_ONLY: "1" if read_only else "", ACCOUNT: account, "AWS_PROFILE": aws_profile or ""}
    result.update((name, value) for name, value in own.items() if value)
    if region is not None:
        result.update(dict.fromkeys(REGIONS, region))
    if expires_at is not None:
        result.update(dict.fromkeys(EXPIRATIONS if export != "profile" else (), instant(expires_at)))
        result["ASSUME_EXPIRES"] = str(expires_at)
    over = {"region": region, "profile": aws_profile, "account": account}
    result[BEFORE] = record_of(base, {name: value for name, value in over.items() if value})
    return result


def changes(have: "Mapping[str, str]", want: "Mapping[str, str]") -> "list[Change]":
    """The fewest changes that turn the environment `have` into `want`; only names that a switch may change."""
    names = [*SET, *DROPPED, *OWN, *sorted(filter(_is_of_family, {*have, *want}))]
    names += SERVED if have.get("ASSUME_EXPORTED") == ENDPOINT else ()
    once = have.get(ONCE, "").split(" ")
    return [(name, want.get(name)) for name in names if have.get(name) != want.get(name) or name in once]


def _set_over(have: "Mapping[str, str]", over: "Mapping[str, str]") -> "dict[str, str | None]":
    """What the last switch did to each variable: the value that it set, or None if it removed it."""
    expires = have.get("ASSUME_EXPIRES", "")
    end = instant(int(expires)) if expires.isascii() and expires.isdigit() and len(expires) < 12 else None
    result: dict[str, str | None] = dict.fromkeys((*DROPPED, *EXPIRATIONS, *REGIONS, *KEYS))
    for name in EXPIRATIONS:  # an older version set them without keys too
        result[name] = end if have.get("ASSUME_EXPORTED") != "profile" or have.get(name) == end else None
    result.update(dict.fromkeys(REGIONS, over.get("region")))
    result["AWS_PROFILE"], result[ACCOUNT] = over.get("profile"), over.get("account")
    if "ASSUME_KEY_ID" in have and have.get(KEYS[0]) in (have["ASSUME_KEY_ID"], None, ""):
        # the three keys count as one: see the docstring of `baseline`
        result.update((name, have.get(name)) for name in KEYS)
    return result


def _is_of_family(name: str) -> bool:
    if not name.startswith(DROPPED_FAMILIES):  # fast path: almost no variable begins so
        return False
    for family in DROPPED_FAMILIES:
        if name.startswith(family):
            rest = name[len(family) :].replace("_", "A")
            return rest.isascii() and rest.isalnum() and rest.isupper() or rest.isdigit() and rest.isascii()
    return False


def _is_dropped(name: str) -> bool:
    return name in DROPPED or _is_of_family(name)


def _is_concerned(name: str) -> bool:
    return name in NAMED or _is_of_family(name)


def record_of(base: "Mapping[str, str]", over: "Mapping[str, str]", also: "Sequence[str]" = ()) -> str:
    """ASSUME_BEFORE: what `base` has of the variables of a switch and of those in `also`; the values set over them."""
    names = {name for name in base if _is_concerned(name)}.difference(OWN).union(also)
    kept = {name: value for name, value in _lasting(base).items() if name in names}
    return render.base64(_joined([*sorted(over.items()), *sorted(kept.items())]))


def _lasting(base: "Mapping[str, str]") -> "Mapping[str, str]":
    """`base` as it is after this call: ASSUME_ONCE lists what was set for the call alone (`AWS_PROFILE=x assume y`).

    ASSUME_BEHIND_NAME is the value that the exported variable NAME has without that.
    """
    if ONCE not in base:
        return base
    result = dict(base)
    for name in base[ONCE].split(" "):
        result.pop(name, None)
        if BEHIND + name in base:
            result[name] = base[BEHIND + name]
    return result


def _joined(pairs: "Iterable[tuple[str, str]]") -> bytes:
    return b"\0".join([b"1", *(f"{name}={value}".encode("utf-8", "surrogateescape") for name, value in pairs)])


def _decoded(text: str, served: "Sequence[str]") -> "tuple[dict[str, str], dict[str, str]] | None":
    """ASSUME_BEFORE as (earlier values, values that the switch set); None for anything that we did not write.

    `served`: the variables that `exec --serve` has replaced too, in one of its commands.
    """
    content = render.from_base64(text)
    if content is None:
        return None
    version, *records = content.split(b"\0")
    before: dict[str, str] = {}
    over: dict[str, str] = {}
    for record in records:
        name, equals, value = record.decode("utf-8", "surrogateescape").partition("=")
        if not equals or not (name in OVER or name in served or _is_concerned(name) and name not in OWN):
            return None
        (over if name in OVER else before)[name] = value
    return (before, over) if version == b"1" else None


def own_environment() -> dict[str, str]:
    """The process's environment; bytes that are not UTF-8 are kept as surrogates."""
    if sys.platform == "win32":
        return {name.upper(): value for name, value in system.environ.items()}  # names ignore case there
    raw: dict[bytes, bytes] = getattr(system, "environ")  # noqa: B009  `posix` has bytes, unlike `os`
    return {
        name.decode("utf-8", "surrogateescape"): value.decode("utf-8", "surrogateescape") for name, value in raw.items()
    }
