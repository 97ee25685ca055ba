"""A cause, the change that fixes it, and the state of a walk along a chain. Pure.

A change is one of: a document for an administrator, a setting of a profile, a command. `put`, `correct` and
`removed` make the last three values of a Cause for a setting: what to do, the setting, a command.
"""

from assume.profiles.chain import STATIC
from assume.shells.render import PLAIN, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assume.profiles.chain import Chain, Hop
    from assume.profiles.config import Config

    Setting = tuple[str, str, str]  # profile, name, value; an empty value: take it out
    Change = tuple[str, Setting | None, str]


POLICY_NAME_MAX = 128  # characters, by the IAM model


class Cause:
    """Why a call was refused, and what fixes that."""

    def __init__(
        self,
        cause: str,
        what: str,
        do: str,
        setting: "Setting | None" = None,
        command: str = "",
        document: "dict[str, Any] | None" = None,
    ) -> None:
        self.cause = cause  # its id
        self.what = what  # a sentence
        self.do = do  # what fixes it
        self.setting = setting
        self.command = command  # of a POSIX shell
        self.document = document  # a statement or a policy

    def as_json(self) -> "dict[str, Any]":
        """The form of docs/explain.md."""
        setting = dict(zip(("profile", "name", "value"), self.setting, strict=True)) if self.setting else None
        return {
            "cause": self.cause,
            "what": self.what,
            "do": self.do,
            "document": self.document,
            "setting": setting,
            "command": self.command or None,
        }


class Walk:
    """How far a chain was walked: `number` is the hop that is called, `caller` the ARN that signs the call."""

    def __init__(self, chain: "Chain", config: "Config", base: "Mapping[str, str]") -> None:
        self.chain = chain
        self.config = config
        self.base = base
        self.number = 0
        self.caller = ""
        self.key_id = ""  # of the keys that sign
        self.is_temporary = False  # a session token goes with them
        self.session_was_stored = False  # an MFA session was cached before the call
        self.token = ""  # a web identity
        self.words: list[str] = []  # of the command line
        self.of_options: frozenset[str] = frozenset()  # the options of the command line that set something

    @property
    def hop(self) -> "Hop | None":
        """The hop that is called; None before the first one."""
        return self.chain.hops[self.number] if self.number < len(self.chain.hops) else None

    @property
    def role(self) -> str:
        """`role/NAME` of that hop."""
        arn = self.hop.role_arn if self.hop is not None else ""
        return "role/" + arn.partition(":role/")[2] if ":role/" in arn else arn


def put(walk: Walk, name: str, value: str, option: str = "", note: str = "") -> "Change":
    """A setting gets `value`; or the option, where that has set it or no profile is there for it."""
    behind = f" ({note})" if note else ""
    profile = _profile(walk, name)
    if option and (option in walk.of_options or not profile):
        return f"give {option} {value}{behind}", None, ""
    where = walk.config.where(profile, name)
    do = f"in {header(walk.config, profile)} write `{name} = {value}`" + (f" in place of {where}" if where else "")
    return do + behind, (profile, name, value), _set(profile, name, value)


def correct(walk: Walk, name: str, option: str, right: str) -> "Change":
    """A setting is wrong, and the right value is not known: `right` says what it is."""
    if option and (not name or option in walk.of_options or not _profile(walk, name)):
        return f"give {option} {right}", None, ""
    return f"correct `{name}` in {placed(walk.config, _profile(walk, name), name)}: {right}", None, ""


def removed(walk: Walk, name: str) -> "Change":
    """A setting goes."""
    profile = _profile(walk, name)
    return f"remove `{name}` from {placed(walk.config, profile, name)}", (profile, name, ""), ""


def configure(walk: Walk) -> str:
    """The command that sets new keys, if the source has keys in a file."""
    source = walk.chain.source
    return f"aws configure --profile {word(source.profile)}" if source.kind == STATIC else ""


def placed(config: "Config", profile: str, name: str) -> str:
    """`[profile x] (config file, line 4)`."""
    where = config.where(profile, name)
    return header(config, profile) + (f" ({where})" if where else "")


def word(text: str) -> str:
    """`text` as a word of a command line in a POSIX shell, in quotes if it needs them."""
    return text if text and PLAIN.issuperset(text) else quote("bash", text)


def put_policy(kind: str, name: str, policy_name: str, policy: str) -> str:
    """The command that gives a policy (JSON) to a `user` or `role`."""
    named = f"--{kind}-name {word(name)} --policy-name {word(policy_name[:POLICY_NAME_MAX])}"
    return f"aws iam put-{kind}-policy {named} --policy-document {word(policy)}"


def header(config: "Config", profile: str) -> str:
    """`[profile x]`, or `[x]` for a profile that is in the credentials file alone."""
    if profile == "default" or config.section("profile", profile) is None:
        return f"[{profile}]"
    return f"[profile {profile}]"


def _profile(walk: Walk, name: str) -> str:
    """The profile that a setting of this step belongs to; the region is that of the named profile for all steps."""
    hop = walk.hop
    if name == "region" or hop is None:
        return walk.chain.profile or walk.chain.source.profile
    is_last = walk.number == len(walk.chain.hops) - 1
    return "" if walk.chain.ad_hoc and is_last and name != "mfa_serial" else hop.profile


def _set(profile: str, name: str, value: str) -> str:
    return f"aws configure set {name} {word(value)} --profile {word(profile)}"
