"""A chain's first credentials, from botocore's own providers.

Static keys and those of the environment are known since the plan. A `credential_process` runs in the baseline's
environment, with limits for time and output. For everything else (SSO, login, container, instance) the provider is
called that botocore itself would use. `seams` lists everything that we change in botocore.
"""

import time

import botocore.credentials
import botocore.exceptions

from assume.aws import client, metadata, refusals, seams
from assume.aws.process import Command
from assume.credentials import Credentials, check_keys
from assume.errors import SourceError
from assume.profiles import chain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from assume.aws.deadline import Deadline
    from assume.profiles.chain import Source

# names of botocore's providers (their METHOD)
PROVIDERS = {
    chain.SSO: ("sso",),
    chain.LOGIN: ("login",),
    chain.CONTAINER: ("container-role",),
    chain.INSTANCE: ("iam-role",),
    chain.FALLBACK: ("ec2-credentials-file", "boto-config", "container-role", "iam-role"),
}

MACHINE = (chain.CONTAINER, chain.INSTANCE, chain.FALLBACK)
seams.shorten_timeouts()


def credentials(
    source: "Source",
    base: "Mapping[str, str]",
    deadline: "Deadline",
    command_s: float,
    session: "Callable[[], client.Session]",
    cache: "Any",
    hear: "Callable[[str], None] | None" = None,
    tokens: "Any" = None,
) -> Credentials:
    """The credentials of `source`. Raises SourceError, with the profile and what to do.

    `base` is the environment of a `credential_process`, which may take `command_s` seconds. `deadline` limits the
    time of the network. `session` makes a botocore session for the profile that was asked for: as in botocore, its
    settings apply to every call, whichever profile the source is in. `cache` is the AWS CLI's, where SSO credentials
    are stored. `hear` receives what a `credential_process` writes to stderr, while it runs. `tokens` is
    the mapping that botocore reads SSO tokens from; None for its own.
    """
    try:
        if source.kind == chain.PROCESS:
            found = _of_process(source, session(), base, command_s, hear)
        elif source.kind in MACHINE:
            if source.kind != chain.INSTANCE:  # an instance beside the variables of another program's container
                metadata.check(base, source.profile or source.kind)
            with seams.no_proxy():
                found = deadline.call(lambda: _provided(source, session(), cache))
        else:
            found = deadline.call(lambda: _provided(source, session(), cache, tokens))
    except Exception as error:
        bundle = client.ca_bundle(session())
        raise refusals.source_failed(error, source.kind, source.profile, bundle, source.identity) from None
    if found is None:
        raise _none_found(source)
    return _checked(found, source)


def _provided(source: "Source", session: "client.Session", cache: "Any", tokens: "Any" = None) -> Credentials | None:
    for name in PROVIDERS[source.kind]:
        loaded = _provider(name, source, session, cache, tokens).load()
        if loaded is not None:
            return _frozen(loaded)
    return None


def _provider(name: str, source: "Source", session: "client.Session", cache: "Any", tokens: "Any") -> "Any":
    """botocore's provider of that name, for the source's profile, with the settings of the session's profile."""
    if source.kind in MACHINE:
        return botocore.credentials.create_credential_resolver(session, cache=cache).get_provider(name)
    builder = botocore.credentials.ProfileProviderBuilder(session, cache=cache, sso_token_cache=tokens)
    for provider in builder.providers(source.profile, disable_env_vars=True):
        if name == provider.METHOD:
            return provider
    raise botocore.exceptions.UnknownCredentialError(name=name)  # an older botocore does not have it


def _of_process(
    source: "Source",
    session: "client.Session",
    base: "Mapping[str, str]",
    command_s: float,
    hear: "Callable[[str], None] | None",
) -> Credentials | None:
    started: list[Command] = []

    def start(words: "Sequence[str]", **_: object) -> Command:
        started.append(Command(words, base, command_s, hear))
        return started[-1]

    provider = botocore.credentials.ProcessProvider(
        profile_name=source.profile, load_config=lambda: session.full_config, popen=start
    )
    try:
        loaded = provider.load()
    except botocore.exceptions.CredentialRetrievalError as error:
        if not started or not started[0].returncode:
            raise
        said = str(error.kwargs.get("error_msg", "")).strip()
        text = f"its credential_process ended with status {started[0].returncode}{': ' if said else ''}{said}"
        raise SourceError(text, "run it by hand and look", source.profile) from None
    return None if loaded is None else _frozen(loaded)


def _frozen(loaded: "Any") -> Credentials:
    frozen = loaded.get_frozen_credentials()
    ends = getattr(loaded, "_expiry_time", None)
    expires_at = int(ends.timestamp()) if ends is not None else None
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token or "", expires_at, int(time.time()))


def _checked(found: Credentials, source: "Source") -> Credentials:
    try:
        check_keys(found.keys)
    except Exception as error:
        raise refusals.source_failed(error, source.kind, source.profile) from None
    return found


def _none_found(source: "Source") -> SourceError:
    name = source.profile
    if source.kind == chain.FALLBACK:
        cure = f"add role_arn and source_profile, keys, or sso_session to [profile {name}]"
        return SourceError(
            "has no credentials, and this machine offers none (no container or instance role)", cure, name
        )
    if source.kind == chain.INSTANCE:
        return SourceError(
            "the instance's metadata gave no credentials",
            "this works on EC2 with an instance role, and not with AWS_EC2_METADATA_DISABLED=true",
            name,
        )
    if source.kind == chain.CONTAINER:
        cure = "this works in ECS or EKS, where AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI is set"
        return SourceError("no container credentials here", cure, name)
    return SourceError(f"{source.kind} gave no credentials", "", name)
