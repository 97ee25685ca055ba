"""From a profile to the chain that reaches it, with the reason for every choice. Pure.

In: parsed config, the options of the command line, the baseline. Out: a Chain.
Nothing here reads a clock, the network, or a file that `config` has not read.

`source` finds the route from the role to its source; here the command line and
our own keys are added to it.
"""

from assume.arguments import COLOURS, EXPORTS
from assume.errors import ConfigError, UsageError
from assume.profiles.chain import ENVIRONMENT, SSO, STATIC, WEB_IDENTITY, Chain, Hop
from assume.profiles.endpoint import endpoint as url
from assume.profiles.hops import (
    DEFAULT,
    ON,
    check_arn,
    check_words,
    read_only,
    read_only_policy,
    set_device,
    switch,
    web_hop,
)
from assume.profiles.source import CREDENTIAL_SOURCES, Route, machine_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.arguments import Options
    from assume.profiles.config import Config, Values


def plan(config: "Config", options: "Options", base: "Mapping[str, str]") -> Chain:
    """The chain for one command line. Raises ConfigError, NoSuchProfile, UsageError."""
    chain = _from_machine(options, base) if options.credential_source else _from_profile(config, options, base)
    values = config.profile(options.profile) or {}
    if options.role_arn:
        _add_hop(chain, options, values)
    _apply(chain, options, read_only(config, options, chain.warnings))
    config.check()
    chain.warnings[:0] = config.warnings
    return chain


def _from_profile(config: "Config", options: "Options", base: "Mapping[str, str]") -> Chain:
    name = options.profile
    values = config.profile(name)
    if values is None:
        from assume.profiles.advice import no_such_profile

        raise no_such_profile(name, config, base)
    route = Route(config, base)
    try:
        source = route.to_source(name, as_source=bool(options.role_arn))
        settings = _settings(config, name, base)
        if route.hops:
            check_words(name, values, config, base)
    except ConfigError as error:
        error.profile = error.profile or name
        raise
    chain = Chain(name, source, route.hops)
    chain.reasons, chain.files, chain.warnings = route.reasons, route.files, route.warnings
    chain.settings, chain.endpoint = settings
    if source.kind == SSO and (portal := url("sso", config, name, base)) not in ("", chain.endpoint):
        chain.settings.append(("endpoint_sso", portal))
    chain.region = values.get("region", "").strip() or None
    keys_of = config.profile(source.profile) or {} if source.kind in (STATIC, SSO) else {}
    chain.account = keys_of.get("sso_account_id" if source.kind == SSO else "aws_account_id", "").strip()
    chain.sso_role = "" if route.hops or options.role_arn else keys_of.get("sso_role_name", "").strip()
    if source.kind == STATIC and not route.hops and values.get("mfa_serial") and _wants_session(values):
        chain.serial, chain.mfa_process = values["mfa_serial"], values.get("mfa_process", "")
        chain.reasons.append(f"{name}: mfa_session is on, so its keys become those of an MFA session")
    chain.confirm = switch(config, name, "assume_confirm", False, chain.warnings)
    chain.renew = switch(config, name, "assume_renew", True, chain.warnings)
    chain.export = _export(config, name, base)
    chain.colour = _colour(config, name, chain.warnings)
    return chain


def _export(config: "Config", name: str, base: "Mapping[str, str]") -> str:
    own = (config.profile(name) or {}).get("assume_export", "")
    if own and own not in EXPORTS:
        told = config.told(name, "assume_export", own, " = ")
        raise UsageError(f"{told}: unknown export mode", f"use one of {', '.join(EXPORTS)}", name)
    return own or base.get("ASSUME_EXPORT", "") or "both"


def _wants_session(values: "Values") -> bool:
    """True if a profile of static keys has `mfa_session = on`; else it gives the plain keys, as in the AWS CLI."""
    return values.get("mfa_session", "").strip().lower() in ON


def _from_machine(options: "Options", base: "Mapping[str, str]") -> Chain:
    """A chain without a profile: the named source alone, or with --role-arn a role assumed from it."""
    kind = options.credential_source
    if options.profile:
        raise UsageError("--credential-source replaces the profile", "leave one of the two out")
    if kind not in (*CREDENTIAL_SOURCES, WEB_IDENTITY):
        known = ", ".join((*CREDENTIAL_SOURCES, WEB_IDENTITY))
        raise UsageError(f"unknown --credential-source {kind}", f"use one of {known} (case matters)")
    if kind == ENVIRONMENT and not options.role_arn:
        raise UsageError("--credential-source Environment needs --role-arn", "`assume off` brings your own keys back")
    hops = []
    if kind == WEB_IDENTITY:
        role_arn, token_file = base.get("AWS_ROLE_ARN", ""), base.get("AWS_WEB_IDENTITY_TOKEN_FILE", "")
        if not (role_arn and token_file):
            raise ConfigError(
                "no web identity in the environment",
                "set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE",
                kind,
            )
        check_arn(kind, "AWS_ROLE_ARN", role_arn)
        hops.append(web_hop("", role_arn, token_file, base.get("AWS_ROLE_SESSION_NAME", "")))
    chain = Chain("", machine_source(kind, "", base), hops)
    chain.name = kind
    chain.ad_hoc = True
    if kind == WEB_IDENTITY:
        chain.name = hops[0].role_arn.rpartition("/")[2] or kind
        chain.files = [hops[0].token_file or ""]
    chain.settings, chain.endpoint = _settings(None, "", base)
    chain.export = base.get("ASSUME_EXPORT", "") or "both"
    chain.reasons.append(f"--credential-source {kind}: this source alone")
    return chain


def _add_hop(chain: Chain, options: "Options", values: "Values") -> None:
    """Adds the role of --role-arn, which is assumed from the end of the chain so far."""
    hop = Hop(options.profile, options.role_arn)
    if not chain.hops and chain.source.kind == STATIC:
        set_device(hop, values)
    chain.hops.append(hop)
    chain.ad_hoc = True
    chain.name = options.role_arn.rpartition("/")[2] or options.role_arn
    chain.reasons.append(f"--role-arn: role {options.role_arn}, from {options.profile or options.credential_source}")


def _apply(chain: Chain, options: "Options", limit: str) -> None:
    """Puts the options of the command line into the chain: region, variables to export, settings of the last hop.

    `limit`: the ARN of the policy that allows reading only, DEFAULT for AWS's own, "" for none.
    """
    chain.region = options.region or chain.region
    chain.share_region()
    chain.export = options.export or chain.export
    if chain.export not in EXPORTS:
        raise UsageError(f"unknown export mode {chain.export}", f"use one of {', '.join(EXPORTS)}")
    if chain.export == "profile" and (why := _why_no_name(chain)):
        _export_keys_alone(chain, options, why)
    if not (limit or _changes_role(options)):
        return
    if not chain.hops:
        raise _without_role(chain, bool(limit))
    hop = chain.hops[-1]
    _set_hop(hop, options)
    if limit:
        chain.limit = read_only_policy(hop) if limit == DEFAULT else limit
        hop.policy_arns = (*hop.policy_arns, chain.limit)
        chain.reasons.append(f"read-only: session policy {chain.limit.rpartition('/')[2]}")
    _check_web_identity(chain, hop, options)
    if hop.policy or hop.policy_arns:
        _export_keys_alone(chain, options, "an SDK would bypass the session policy")


def _why_no_name(chain: Chain) -> str:
    """Why AWS tools would not be the role if they had the profile's name alone; "" if they would."""
    if chain.ad_hoc:
        return "no profile has this role's name"
    if chain.source.kind == ENVIRONMENT:
        return "AWS tools would not find the environment's keys, which it replaces"
    return "AWS tools would use its plain keys, without the MFA session" if chain.serial else ""


def _changes_role(options: "Options") -> bool:
    """True if an option is given that goes into the call for a role."""
    return bool(
        options.duration_s or options.session_name or options.external_id or options.policy or options.policy_arns
    )


def _without_role(chain: Chain, read_only: bool) -> ConfigError:
    if read_only:
        what, cure = "read-only needs", "its own credentials cannot be limited by a session policy"
    else:
        what, cure = "duration, session name, external ID and policy need", "leave the option out"
    return ConfigError(f"{what} a role, and this profile assumes none", cure, chain.profile)


def _set_hop(hop: Hop, options: "Options") -> None:
    hop.duration_s = options.duration_s or hop.duration_s
    hop.session_name = options.session_name or hop.session_name
    hop.external_id = options.external_id or hop.external_id
    hop.policy = options.policy  # the text of the file: the command line read it
    hop.policy_arns = options.policy_arns


def _check_web_identity(chain: Chain, hop: Hop, options: "Options") -> None:
    """Refuses the options that AssumeRoleWithWebIdentity is not called with."""
    if hop.token_file is None or not (hop.policy or hop.policy_arns or options.external_id):
        return
    what = "an external ID" if options.external_id else "a session policy"
    raise ConfigError(
        f"{what} goes with AssumeRole alone, and this profile ends in a web identity",
        "leave it out",
        chain.profile,
    )


def _export_keys_alone(chain: Chain, options: "Options", why: str) -> None:
    """Exports the keys without AWS_PROFILE, and refuses the option that asks for the reverse."""
    if options.export == "profile":
        raise UsageError(f"--export profile: {why}", "leave --export out")
    chain.export = "keys"


def _settings(config: "Config | None", name: str, base: "Mapping[str, str]") -> "tuple[list[tuple[str, str]], str]":
    """The settings that decide which STS endpoint is called, as (name, value), and the user's own endpoint or "".

    botocore resolves the endpoint itself; its answer depends on these settings.
    """
    values = (config.profile(name) if config is not None else None) or {}
    endpoint = url("sts", config, name, base)
    region = base.get("AWS_DEFAULT_REGION") or values.get("region", base.get("AWS_REGION", ""))
    settings = [("region", region), ("endpoint", endpoint)]
    names = ("sts_regional_endpoints", "use_fips_endpoint", "use_dualstack_endpoint")
    settings += [(name, base.get(f"AWS_{name.upper()}") or values.get(name, "")) for name in names]
    return settings, endpoint


def _colour(config: "Config", name: str, warnings: "list[str]") -> str:
    """The digits that set a colour on a terminal; "" for the default colour."""
    text = (config.profile(name) or {}).get("assume_colour", "")
    word = text.strip().lower()
    if word and word not in COLOURS:
        told = config.told(name, "assume_colour", text, " = ")
        warnings.append(f"{told} is unknown: use one of {', '.join(COLOURS)}")
    return str(COLOURS.get(word, ""))
