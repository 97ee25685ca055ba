"""A chain as values to show: the source, then each hop with its settings, and the reason for each. AWS is not called.

In: a plan, the options that it was made for, the store's folder, the time. Out: a dict for `--json`, whose form
docs/explain.md has; `assume explain` draws the tree from it. External IDs are masked. Times end in _s or are UTC.
"""

from assume.cold.fetch import session_name
from assume.credentials import instant
from assume.profiles import chain as words
from assume.profiles.hops import DURATION_MIN_S
from assume.store import entries, record
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from assume.arguments import Options
    from assume.fast.middle import Planned
    from assume.profiles.chain import Chain, Hop

    Shown = dict[str, Any]

SHOWN_END = 2  # characters of an external ID, if it has at least three times as many
TEMPORARY = (words.SSO, words.LOGIN, words.INSTANCE, words.CONTAINER)  # kinds of source that give no long-term keys


def described(plan: "Planned", options: "Options", folder: str, now: float) -> "Shown":
    """The chain of `plan`. Nothing of it is a secret."""
    chain = plan.chain
    return {
        "profile": chain.name,
        "region": chain.region or dict(chain.settings).get("region") or None,
        "endpoint": chain.endpoint or None,
        "export": chain.export,
        "guarded": chain.confirm,
        "source": _source(plan, folder, now),
        "hops": [_hop(plan, options, number, folder, now) for number in range(len(chain.hops))],
        "warnings": list(chain.warnings),
    }


def masked(external_id: str) -> str:
    """An external ID without most of its characters: `…42 (12 characters)`."""
    end = external_id[-SHOWN_END:] if len(external_id) >= 3 * SHOWN_END else ""
    return f"…{end} ({len(external_id)} characters)"


def _source(plan: "Planned", folder: str, now: float) -> "Shown":
    chain, source = plan.chain, plan.chain.source
    keys = source.keys
    found: Shown = {
        "kind": source.kind,
        "profile": source.profile or None,
        "key_id": keys[0] if keys else None,
        "session": bool(keys and keys[2]),
        "account": chain.account or None,
        "why": _why_source(plan),
        "detail": _detail(plan),
        "mfa_serial": chain.serial or None,
    }
    level = chain.request(0) if chain.is_kept and (chain.serial or source.kind == words.SSO) else ""
    return found | _cached(chain, folder, level, now)


def _why_source(plan: "Planned") -> str:
    chain, source = plan.chain, plan.chain.source
    name = source.profile
    if chain.hops and chain.hops[0].token_file is not None:
        where = plan.config.where(name, "web_identity_token_file")
        return _placed("web_identity_token_file", where) if name else "AWS_WEB_IDENTITY_TOKEN_FILE is set"
    first = chain.hops[0].profile if chain.hops else ""
    if first and not chain.ad_hoc and name == first:
        setting = "credential_source" if source.kind in (words.ENVIRONMENT, *_MACHINES) else "source_profile"
        return _placed(f"{setting} of {first}", plan.config.where(first, setting))
    if first and not chain.ad_hoc:
        return _placed(f"source_profile of {first}", plan.config.where(first, "source_profile"))
    return "the profile itself" if name else "--credential-source"


_MACHINES = (words.INSTANCE, words.CONTAINER)
_SETTINGS = {
    words.STATIC: "aws_access_key_id",
    words.PROCESS: "credential_process",
    words.LOGIN: "login_session",
    words.SSO: "sso_account_id",
}


def _detail(plan: "Planned") -> str:
    """A description of the source for a person."""
    chain, source, config = plan.chain, plan.chain.source, plan.config
    values = config.profile(source.profile) or {}
    where = config.where(source.profile, _SETTINGS.get(source.kind, "")) if source.profile else ""
    if source.kind == words.SSO:
        session = values.get("sso_session") or values.get("sso_start_url", "")
        who = f"{values.get('sso_role_name', '')} in account {values.get('sso_account_id', '')}"
        return f"Identity Center, {who}, by the sign-in of {session}"
    if source.kind == words.FALLBACK:
        return "the profile has no credentials, so this machine's are used: container, then instance"
    if source.kind == words.WEB_IDENTITY:
        return f"the token in {chain.hops[0].token_file}" if chain.hops else "a web identity"
    text = {
        words.STATIC: "static keys",
        words.ENVIRONMENT: "the keys in the environment",
        words.PROCESS: "credential_process",
        words.LOGIN: "the console sign-in of `aws login`",
        words.CONTAINER: "this container's role",
        words.INSTANCE: "this instance's role",
    }.get(source.kind, source.kind)
    if source.keys and source.keys[2] and source.kind == words.STATIC:
        text = "keys of a session, which end"
    return _placed(text, where)


def _hop(plan: "Planned", options: "Options", number: int, folder: str, now: float) -> "Shown":
    chain = plan.chain
    hop = chain.hops[number]
    is_last = number == len(chain.hops) - 1
    name, why_name = _session_name(plan, hop, options if is_last else None)
    duration_s, why_duration = _duration(plan, number, options if is_last else None)
    return {
        "number": number + 1,
        "profile": None if chain.ad_hoc and is_last else hop.profile or None,
        "role_arn": hop.role_arn,
        "account": show.account(hop.role_arn) or None,
        "call": "AssumeRole" if hop.token_file is None else "AssumeRoleWithWebIdentity",
        "why": _why_hop(plan, number),
        "external_id": masked(hop.external_id) if hop.external_id else None,
        "mfa_serial": hop.mfa_serial or None,
        "mfa": _mfa(chain, number, folder, now),
        "session_name": name,
        "session_name_why": why_name,
        "duration_s": duration_s,
        "duration_why": why_duration,
        "policy": bool(hop.policy),
        "policy_arns": list(hop.policy_arns),
        "session_tags": dict(hop.tags),
        "transitive_session_tags": list(hop.transitive_tags),
        "source_identity": hop.source_identity or None,
    } | _cached(chain, folder, chain.request(number + 1), now)


def _why_hop(plan: "Planned", number: int) -> str:
    chain = plan.chain
    hop = chain.hops[number]
    is_last = number == len(chain.hops) - 1
    if chain.ad_hoc and is_last:
        return "--role-arn" if hop.token_file is None else "AWS_ROLE_ARN is set"
    if is_last:
        return _placed("role_arn", plan.config.where(hop.profile, "role_arn"))
    above = chain.hops[number + 1].profile
    if chain.ad_hoc and number == len(chain.hops) - 2:
        return "the profile whose credentials take the role of --role-arn"
    return _placed(f"source_profile of {above}", plan.config.where(above, "source_profile"))


def _session_name(plan: "Planned", hop: "Hop", options: "Options | None") -> "tuple[str, str]":
    if options is not None and options.session_name:
        return options.session_name, "--session-name"
    if hop.session_name:
        if not hop.profile:
            return hop.session_name, "AWS_ROLE_SESSION_NAME"
        return hop.session_name, _placed("role_session_name", plan.config.where(hop.profile, "role_session_name"))
    return session_name(plan.base), "your login name"


def _duration(plan: "Planned", number: int, options: "Options | None") -> "tuple[int, str]":
    chain = plan.chain
    hop = chain.hops[number]
    if hop.duration_s is None:
        return words.DEFAULT_S, "the default of STS"
    if options is not None and options.duration_s:
        why = "--duration"
    else:
        why = _placed("duration_seconds", plan.config.where(hop.profile, "duration_seconds"))
    if hop.duration_s > words.CHAINED_MAX_S and is_chained(chain, number):
        why += "; more than the 1h that AWS allows from temporary credentials: STS will refuse it"
    elif hop.duration_s > words.CHAINED_MAX_S and hop.mfa_serial:
        why += "; more than an MFA session may give, so each call needs a code"
    elif hop.duration_s < DURATION_MIN_S:
        why += "; the least is 900 s"
    return hop.duration_s, why


def is_chained(chain: "Chain", number: int) -> bool:
    """True if temporary credentials are sure to sign the call of hop `number`."""
    if chain.hops[number].token_file is not None:
        return False
    keys = chain.source.keys
    return number > 0 or chain.source.kind in TEMPORARY or bool(keys and keys[2])


def _mfa(chain: "Chain", number: int, folder: str, now: float) -> str | None:
    """How the MFA code of a hop reaches AWS."""
    hop = chain.hops[number]
    if not hop.mfa_serial:
        return None
    whose = "mfa_process prints the code" if hop.mfa_process else "the code is asked for"
    keys = chain.source.keys
    if number:
        return f"{whose}, but a role's session has no device: STS will refuse it"
    if keys is None or keys[2] or not hop.mfa_session or (hop.duration_s or 0) > words.CHAINED_MAX_S:
        return f"{whose} each time, and goes with the role's own call"
    stored = record.entry(folder, chain.session_request(hop.mfa_serial), now)
    left_s = stored.left_s(now) if stored is not None else 0
    if left_s > 0:
        return f"no code for the next {show.left(left_s)}: an MFA session is cached"
    return f"{whose} once, for all roles behind these keys (12h)"


def _cached(chain: "Chain", folder: str, request: str, now: float) -> "Shown":
    stored = entries.current(chain, folder, request, now) if request and folder else None
    left_s = int(stored.left_s(now)) if stored is not None and stored.expires_at else 0
    if stored is None or left_s <= 0:
        return {"cached_until": None, "left_s": 0}
    return {"cached_until": instant(stored.expires_at or 0), "left_s": left_s}


def _placed(text: str, where: str) -> str:
    return f"{text} ({where})" if where else text
