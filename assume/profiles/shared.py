"""Which calls of a chain the AWS CLI's cache of credentials may stand for. Pure.

The AWS CLI names an entry by a few settings of the call (`args`). The name leaves out who calls, the endpoint, tags
and policies, so an entry may hold the session of somebody else. What decides:

- An entry that we wrote has a mark: which request it answers. It is used for exactly that request (`marks`).
- An entry of an AWS CLI has no mark. It is used only if the AWS files leave no other answer (`is_certain`).
- We write an entry only if no other profile would find it and mean something else by it (`is_shared`).
"""

from assume import paths
from assume.errors import ConfigError
from assume.profiles.chain import LOGIN, PROCESS, SSO, STATIC, WEB_IDENTITY, Hop
from assume.profiles.ini import nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assume.profiles.chain import Chain
    from assume.profiles.config import Config, Values

FROM_FILES = (STATIC, SSO, LOGIN, PROCESS, WEB_IDENTITY)  # sources that nothing but the AWS files decides
WORDS = ("source_profile", "credential_source", "web_identity_token_file")  # the settings that name a source
FILES = ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE")
GLOBAL = ("", "aws-global")
# where sessions of STS's global endpoint are accepted: the regions that every account has
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_region-endpoints.html
EVERYWHERE = frozenset(
    "us-east-1 us-east-2 us-west-1 us-west-2 ca-central-1 sa-east-1 eu-central-1 eu-north-1 eu-west-1 eu-west-2 "
    "eu-west-3 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2".split()
)


def args(hop: Hop) -> "dict[str, object]":
    """The settings of a call from which an AWS CLI makes the name of its entry, as botocore names them."""
    found: dict[str, object] = {"RoleArn": hop.role_arn}
    if hop.token_file is None:
        given = {"ExternalId": hop.external_id, "SerialNumber": hop.mfa_serial, "DurationSeconds": hop.duration_s}
        found.update((name, value) for name, value in given.items() if value is not None)
    if hop.session_name:
        found["RoleSessionName"] = hop.session_name
    return found


def name(hop: Hop) -> str:
    """The name of the entry, without `.json`; "" if a JSON library would be needed to make it."""
    pairs = []
    for word, value in sorted(args(hop).items()):
        if isinstance(value, str):
            if not value.isascii() or not value.isprintable() or '"' in value or "\\" in value:
                return ""
            value = f'"{value}"'
        pairs.append(f'"{word}": {value}')
    return sha1(f"{{{', '.join(pairs)}}}")


def mark(chain: "Chain", number: int) -> str:
    """What an entry of ours for hop `number` is marked with: the request that it answers, unreadable."""
    return _marked(chain, number, _is_global(dict(chain.settings)))


def marks(chain: "Chain", number: int) -> "list[str]":
    """The marks of the entries that answer the request of hop `number`.

    A session is the same in every region, but one of the global endpoint is not accepted in all of them.
    """
    settings = dict(chain.settings)
    is_global = _is_global(settings)
    may_be_global = is_global or settings.get("region") in EVERYWHERE
    return [_marked(chain, number, of_global) for of_global in (False, True) if may_be_global or not of_global]


def is_shared(chain: "Chain", number: int, config: "Config", base: "Mapping[str, str]") -> bool:
    """True if an entry for hop `number` means this request alone, for every profile of these AWS files."""
    hop = chain.hops[number]
    if not hop.profile or (chain.ad_hoc and number == len(chain.hops) - 1):
        return False
    if chain.endpoint or chain.serial or chain.source.kind not in FROM_FILES:
        return False
    for one in chain.hops[: number + 1]:  # tags may go along the chain
        if one.tags or one.transitive_tags or one.source_identity or one.policy or one.policy_arns:
            return False
    if hop.token_file is not None and hop.duration_s is not None:
        return False
    if base.get("AWS_ROLE_ARN") == hop.role_arn and base.get("AWS_WEB_IDENTITY_TOKEN_FILE", "") != hop.token_file:
        return False  # an AWS CLI without a profile stores its role under the same name
    try:
        return not any(_differences(chain, hop, config))
    except ConfigError:
        return False  # a neighbour that cannot be read may share the key


def is_certain(chain: "Chain", number: int, config: "Config", base: "Mapping[str, str]") -> bool:
    """True if an entry of an AWS CLI for hop `number`, younger than the AWS files, can only be this request's."""
    region = (config.profile(chain.profile) or {}).get("region", "")
    if _is_narrow(chain) and region in GLOBAL:
        return False
    usual = paths.aws_files({name: value for name, value in base.items() if name not in FILES})
    return paths.aws_files(base) == usual and is_shared(chain, number, config, base)


def _differences(chain: "Chain", hop: Hop, config: "Config") -> "Iterator[bool]":
    """For each profile that would find the entry of `hop`: whether it means something else by it."""
    own = config.profile(hop.profile) or {}
    for name in config.naming(hop.role_arn):
        other = config.profile(name) or {}
        if _has_name(other, hop):
            yield any(other.get(word) != own.get(word) for word in WORDS)
            yield _is_narrow(chain) and _is_global(other)
    for setting in ("endpoint_url", "services"):  # of a profile that goes through this hop, by an endpoint of its own
        for name in config.naming(setting):
            if _has_endpoint(config.profile(name) or {}, config):
                yield any(_has_name(values, hop) for values in _way(name, config))


def _way(name: str, config: "Config") -> "Iterator[Values]":
    """The settings of a profile, of its source_profile, and so on."""
    seen: set[str] = set()
    while name and name not in seen:
        seen.add(name)
        values = config.profile(name) or {}
        yield values
        name = values.get("source_profile", "")


def _has_name(values: "Values", hop: Hop) -> bool:
    """True if an AWS CLI stores the role of a profile under the name of `hop`."""
    if values.get("role_arn") != hop.role_arn:
        return False
    other = Hop("", hop.role_arn)
    other.session_name = values.get("role_session_name", "")
    other.token_file = values.get("web_identity_token_file")
    other.external_id, other.mfa_serial = values.get("external_id"), values.get("mfa_serial")
    try:
        other.duration_s = int(values["duration_seconds"])
    except (KeyError, ValueError):  # missing, or dropped
        pass
    return args(other) == args(hop)


def _has_endpoint(values: "Values", config: "Config") -> bool:
    section = config.section("services", values["services"]) if "services" in values else None
    own = nested((section or {}).get("sts", ""))
    return bool(values.get("endpoint_url") or (isinstance(own, dict) and own.get("endpoint_url")))


def _is_global(settings: "Mapping[str, str]") -> bool:
    """True if STS's global endpoint is called."""
    return settings.get("region", "") in GLOBAL or settings.get("sts_regional_endpoints") == "legacy"


def _is_narrow(chain: "Chain") -> bool:
    """True if sessions of the global endpoint may not be accepted in the chain's region."""
    settings = dict(chain.settings)
    return not _is_global(settings) and settings.get("region") not in EVERYWHERE


def _marked(chain: "Chain", number: int, of_global: bool) -> str:
    lines = chain.request(number + 1).split("\n")
    text = "\n".join(["global" if of_global else "regional", *(line for line in lines if line[:7] != "region=")])
    return sha1(text)


def sha1(text: str) -> str:
    """Its SHA-1 in hexadecimal digits, for the name of a file; it protects nothing. Without loading `hashlib`."""
    content = text.encode("utf-8", "surrogateescape")
    try:
        import _sha1  # type: ignore[import-not-found]
    except ImportError:  # an interpreter that has it from OpenSSL alone
        from hashlib import sha1 as made

        return made(content).hexdigest()  # noqa: S324  names a file
    return str(_sha1.sha1(content).hexdigest())
