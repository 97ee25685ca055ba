"""A botocore client for STS, made as quickly as botocore's public seams allow.

The session gets the sections of the chain and does not read the AWS files; the loader lists four services and not
all 430; the credentials can be swapped, so that all hops share one client and one connection. `seams` lists
everything that we change in botocore.
"""

import os

import botocore.config
import botocore.credentials
import botocore.exceptions
import botocore.loaders
import botocore.session

from assume.aws import seams

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from assume.aws.direct import Handed
    from assume.profiles.chain import Chain
    from assume.profiles.config import Config

CONNECT_S = 5
READ_S = 15
SERVICES = ["signin", "sso", "sso-oidc", "sts"]  # those that sources and hops call


_loaders: "dict[str, Loader]" = {}  # by AWS_DATA_PATH


class Loader(botocore.loaders.Loader):
    """botocore's loader, which does not list every service."""

    def list_available_services(self, type_name: str) -> list[str]:
        """Only those that we call; `type_name` is botocore's."""
        return SERVICES


class Swapped(botocore.credentials.Credentials):
    """Credentials that are set before each call."""

    def swap(self, keys: "tuple[str, str, str]") -> None:
        """Sign with these from now on: key id, secret, session token."""
        self.access_key, self.secret_key, self.token = keys[0], keys[1], keys[2] or None

    def load_credentials(self) -> "Swapped":
        """For botocore, which uses this object as its credential provider."""
        return self


class Session(botocore.session.Session):
    """A botocore session with sections that are parsed already."""

    def __init__(self, sections: "Mapping[str, Any]", profile: str) -> None:
        super().__init__(profile=profile or None)
        seams.hide_clock_warning()
        self._sections = dict(sections)
        self.register_component("data_loader", _loader(self))

    @property
    def full_config(self) -> "dict[str, Any]":
        """In place of botocore's reading of both AWS files."""
        return self._sections


class Hand:
    """botocore's event `before-send`: hands over, once, what came of the attempt that we made without botocore.

    So botocore judges it as its own first attempt: it parses the reply, explains it, or repeats the call.
    """

    def __init__(self) -> None:
        self.holds: Handed | None = None

    def send(self, request: "Any", **_: "Any") -> "Any":
        """The response, or None to let botocore send. Raises botocore's error for a broken exchange.

        `request` is a botocore AWSPreparedRequest.
        """
        from botocore.awsrequest import AWSResponse
        from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

        handed, self.holds = self.holds, None
        if handed is None:
            return None
        if handed.reply is not None:
            reply = handed.reply
            return AWSResponse(request.url, reply.status, reply.headers, _Read(reply.body))  # type: ignore[arg-type]
        if isinstance(handed.error, TimeoutError):
            raise ReadTimeoutError(endpoint_url=request.url, error=handed.error)
        raise ConnectionClosedError(endpoint_url=request.url, error=handed.error, request=request)


class _Read:
    """A body that is in memory already, as botocore's `raw`."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self) -> "Iterator[bytes]":
        yield self.content


def sections(config: "Config", chain: "Chain") -> "dict[str, Any]":
    """The sections of the AWS files that botocore needs for this chain, in the form of `full_config`."""
    result: dict[str, Any] = {"profiles": {}, "services": {}, "sso_sessions": {}}
    for name in {chain.profile, chain.source.profile} - {""}:
        values = config.profile(name) or {}
        result["profiles"][name] = _raw(name, values)
        for setting, kind, place in (
            ("services", "services", "services"),
            ("sso_session", "sso-session", "sso_sessions"),
        ):
            section = config.section(kind, values.get(setting, ""))
            if section is not None:
                result[place][values[setting]] = _raw(values[setting], section)
    region = dict(chain.settings).get("region")
    if region:  # AWS_REGION, where nothing else gives one: AWS CLI 2 reads it, this botocore does not
        result["profiles"].setdefault(chain.profile or "default", {}).setdefault("region", region)
    return result


def clients(session: Session) -> "tuple[Any, Callable[[], Any], Swapped]":
    """An STS client with the user's retries, a function that makes one without retries, and the credentials of both.

    A call that carries an MFA code is sent once: a second try would be a second use of the code.
    """
    credentials = Swapped("unset", "unset")
    session.register_component("credential_provider", credentials)
    usual = botocore.config.Config(connect_timeout=CONNECT_S, read_timeout=READ_S)
    once = usual.merge(botocore.config.Config(retries={"total_max_attempts": 1}))
    return session.create_client("sts", config=usual), lambda: session.create_client("sts", config=once), credentials


def ca_bundle(session: Session) -> str:
    """The file of trusted certificates that the user has set for this session; "" for none."""
    return str(session.get_config_variable("ca_bundle") or os.environ.get("REQUESTS_CA_BUNDLE") or "")


def _raw(name: str, values: "Mapping[str, str]") -> "dict[str, object]":
    from assume.profiles.ini import nested

    return {setting: nested(value, name) for setting, value in values.items()}


def _loader(session: botocore.session.Session) -> Loader:
    """A loader, shared by all sessions with the same models: to read those of STS takes longer than a call."""
    own = session.get_config_variable("data_path") or ""  # AWS_DATA_PATH: the user's own models
    if own not in _loaders:
        paths = [os.path.expanduser(path) for path in own.split(os.pathsep)] if own else None
        _loaders[own] = Loader(extra_search_paths=paths)
    return _loaders[own]
