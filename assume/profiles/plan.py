"""From a profile to the chain that reaches it, with the reason of every choice. Pure.

In: parsed config, the options of the command line, the baseline. Out: a Chain;
nothing here reads a clock, the network, or a file that `config` has not read.

`walk` finds the way from the role to its source; what the command line and the
keys of our own add to it is here.
"""

from assume.arguments import EXPORTS
from assume.errors import ConfigError, UsageError
from assume.profiles.chain import ENVIRONMENT, STATIC, WEB_IDENTITY, Chain, Hop
from assume.profiles.config import no_such_profile
from assume.profiles.hops import OFF, web_hop
from assume.profiles.ini import nested
from assume.profiles.source import CREDENTIAL_SOURCES, Walk, machine_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.arguments import Options
    from assume.profiles.config import Config, Values

ON = ("yes", "true", "on", "1")
COLOURS = {"black": 30, "red": 31, "green": 32, "yellow": 33, "blue": 34, "magenta": 35, "cyan": 36, "white": 37}


def plan(config: "Config", options: "Options", base: "Mapping[str, str]") -> Chain:
    """The chain for one command line. Raises ConfigError, NoSuchProfile, UsageError."""
    chain = _of_machine(options, base) if options.credential_source else _of_profile(config, options, base)
    values = config.profile(options.profile) or {}
    if options.role_arn:
        _add_hop(chain, options, values)
    own = switch(values, "assume_read_only", False, chain.warnings)
    _apply(chain, options, own if options.read_only is None else options.read_only)
    chain.warnings[:0] = config.warnings
    return chain


def _of_profile(config: "Config", options: "Options", base: "Mapping[str, str]") -> Chain:
    name = options.profile
    values = config.profile(name)
    if values is None:
        raise no_such_profile(name, config)
    walk = Walk(config, base)
    try:
        source = walk.to_source(name, as_source=bool(options.role_arn))
        settings = _settings(config, values, base)
    except ConfigError as error:
        error.profile = error.profile or name
        raise
    chain = Chain(name, source, walk.hops)
    chain.reasons, chain.files = walk.reasons, walk.files
    chain.settings, chain.endpoint = settings
    chain.region = values.get("region", "").strip() or None
    if source.kind == STATIC and not walk.hops and values.get("mfa_serial") and _wants_session(values):
        chain.serial, chain.mfa_process = values["mfa_serial"], values.get("mfa_process", "")
        chain.reasons.append(f"{name}: mfa_session is on, so its keys are those of an MFA session")
    chain.confirm = switch(values, "assume_confirm", False, chain.warnings)
    chain.renew = switch(values, "assume_renew", True, chain.warnings)
    chain.export = values.get("assume_export", "") or base.get("ASSUME_EXPORT", "") or "both"
    chain.colour = _colour(values.get("assume_colour", ""), chain.warnings)
    return chain


def _wants_session(values: "Values") -> bool:
    """A static profile stays plain keys, as in the AWS CLI, unless it says `mfa_session = on`."""
    return values.get("mfa_session", "").strip().lower() in ON


def _of_machine(options: "Options", base: "Mapping[str, str]") -> Chain:
    """A chain with no profile: strictly the named source, and with --role-arn a role from it."""
    kind = options.credential_source
    if options.profile:
        raise UsageError("--credential-source stands in place of a profile", "leave one of the two out")
    if kind not in (*CREDENTIAL_SOURCES, WEB_IDENTITY):
        known = ", ".join((*CREDENTIAL_SOURCES, WEB_IDENTITY))
        raise UsageError(f"--credential-source {kind}: no such source", f"one of {known} (case counts)")
    if kind == ENVIRONMENT and not options.role_arn:
        raise UsageError("--credential-source Environment alone is what you have already", "`assume off` gives it back")
    hops = []
    if kind == WEB_IDENTITY:
        role_arn, token_file = base.get("AWS_ROLE_ARN", ""), base.get("AWS_WEB_IDENTITY_TOKEN_FILE", "")
        if not (role_arn and token_file):
            raise ConfigError(
                "the environment names no web identity",
                "set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE",
                kind,
            )
        hops.append(web_hop("", role_arn, token_file, base.get("AWS_ROLE_SESSION_NAME", "")))
    chain = Chain("", machine_source(kind, "", base), hops)
    chain.name = kind
    chain.ad_hoc = True
    if kind == WEB_IDENTITY:
        chain.name = hops[0].role_arn.rpartition("/")[2] or kind
        chain.files = [hops[0].token_file or ""]
    chain.settings, chain.endpoint = _settings(None, {}, base)
    chain.export = base.get("ASSUME_EXPORT", "") or "both"
    chain.reasons.append(f"--credential-source {kind}: that and nothing else")
    return chain


def _add_hop(chain: Chain, options: "Options", values: "Values") -> None:
    """The role of --role-arn: no profile of its own, reached from what the chain has so far."""
    hop = Hop(options.profile, options.role_arn)
    if not chain.hops and chain.source.kind == STATIC:
        hop.mfa_serial = values.get("mfa_serial")
        hop.mfa_process = values.get("mfa_process", "")
        hop.mfa_session = values.get("mfa_session", "").strip().lower() not in OFF
    chain.hops.append(hop)
    chain.ad_hoc = True
    chain.name = options.role_arn.rpartition("/")[2] or options.role_arn
    chain.reasons.append(f"--role-arn: role {options.role_arn}, from {options.profile or options.credential_source}")


def _apply(chain: Chain, options: "Options", read_only: bool) -> None:
    """What the command line says of the last hop, of the region and of the variables."""
    name = chain.profile
    if options.region:
        chain.region = options.region
    chain.export = options.export or chain.export
    if chain.export not in EXPORTS:
        raise UsageError(f"export {chain.export}: no such choice", f"one of {', '.join(EXPORTS)}")
    asked = options.duration_s or options.session_name or options.external_id or options.policy or options.policy_arns
    if not asked and not read_only:
        return
    if not chain.hops:
        what = "read-only" if read_only else "an option of a role"
        raise ConfigError(
            f"{what} was asked for, and this profile assumes none", "its credentials are what they are", name
        )
    hop = chain.hops[-1]
    hop.duration_s = options.duration_s or hop.duration_s
    hop.session_name = options.session_name or hop.session_name
    hop.external_id = options.external_id or hop.external_id
    hop.policy = options.policy  # the text of the file: the command line read it
    hop.policy_arns = options.policy_arns
    if read_only:
        partition = hop.role_arn.split(":")[1] if hop.role_arn.count(":") > 1 else "aws"
        hop.policy_arns = (*hop.policy_arns, f"arn:{partition}:iam::aws:policy/ReadOnlyAccess")
        chain.reasons.append("read-only: session policy ReadOnlyAccess")
    if hop.token_file is not None and (hop.policy or hop.policy_arns or options.external_id):
        what = "an external ID" if options.external_id else "a session policy"
        raise ConfigError(f"{what} goes with AssumeRole, and this profile ends in a web identity", "leave it out", name)
    if hop.policy or hop.policy_arns:
        if options.export == "profile":
            raise UsageError("--export profile: an SDK would get around the session policy", "leave --export out")
        chain.export = "keys"  # an SDK that takes AWS_PROFILE would get around the policy


def _settings(
    config: "Config | None", values: "Values", base: "Mapping[str, str]"
) -> "tuple[list[tuple[str, str]], str]":
    """What decides which STS is called, as (name, value), and the user's own endpoint if there is one.

    botocore resolves the endpoint itself; this is what its answer depends on.
    """
    endpoint = ""
    ignored = base.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") or values.get("ignore_configured_endpoint_urls", "")
    if ignored.lower() != "true":
        service: object = ""
        if config is not None and "services" in values:
            section = config.section("services", values["services"])
            if section is None:
                raise ConfigError(
                    f"its services section {values['services']} does not exist", "add it, or remove `services`"
                )
            own = nested(section.get("sts", ""), values["services"])
            service = own.get("endpoint_url", "") if isinstance(own, dict) else ""
        endpoint = (
            base.get("AWS_ENDPOINT_URL_STS", "")
            or base.get("AWS_ENDPOINT_URL", "")
            or str(service)
            or values.get("endpoint_url", "")
        )
    settings = [("region", base.get("AWS_DEFAULT_REGION") or values.get("region", "")), ("endpoint", endpoint)]
    names = ("sts_regional_endpoints", "use_fips_endpoint", "use_dualstack_endpoint")
    settings += [(name, base.get(f"AWS_{name.upper()}") or values.get(name, "")) for name in names]
    return settings, endpoint


def _colour(text: str, warnings: "list[str]") -> str:
    """The digits that set a colour on a terminal; "" for the default."""
    word = text.strip().lower()
    if word and word not in COLOURS:
        warnings.append(f"assume_colour = {text}: one of {', '.join(COLOURS)}")
    return str(COLOURS.get(word, ""))


def switch(values: "Values", name: str, default: bool, warnings: "list[str]") -> bool:
    """A yes or no of ours. Any other word counts as on: a guard with a typing error stays a guard."""
    text = values.get(name, "").strip().lower()
    if not text:
        return default
    if text not in (*ON, *OFF):
        warnings.append(f"{name} = {text}: neither yes nor no, taken as yes")
    return text not in OFF
