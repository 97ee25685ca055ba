"""IAM Identity Center over boto3's `sso-oidc` and `sso`: register a client, create tokens, check one, sign out.

In: a Place, the AWS files, the time that is left for the network. Out: replies as dicts; every failure is an
AssumeError with a cure. The clients are unsigned, so no credentials are looked for.
"""

import time

import boto3
import botocore.config
import botocore.exceptions as aws
from botocore import UNSIGNED

from assume.aws import client, clock, network
from assume.aws.deadline import Deadline
from assume.errors import AssumeError, ConfigError, Refused, SourceError, Unreachable
from assume.login import base_url
from assume.login.tokens import is_bearer, text_of
from assume.profiles.chain import SSO, Chain, Source
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from assume.login.sign_in import Place
    from assume.profiles.config import Config

    Fields = dict[str, Any]

CODE_GRANTS = ("authorization_code", "refresh_token")
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
DEFAULT_SCOPES = ["sso:account:access"]
REDIRECT = "http://127.0.0.1/oauth/callback"  # as it is registered: the port may be any
AGAIN = "try again in a moment"


class Nobody:
    """Stands in for botocore's chain of credentials: an unsigned call needs none."""

    def load_credentials(self) -> None:
        """For botocore."""


class Oidc:
    """The calls to one Identity Center. `deadline` limits the time of the network, in all."""

    def __init__(self, place: "Place", config: "Config", deadline: Deadline | None = None) -> None:
        self.place = place
        self._config = config
        self._deadline = deadline
        self._clients: dict[str, Any] = {}
        self._bundle = ""

    @property
    def authorize_url(self) -> str:
        """Where the browser is sent."""
        call = {"clientName": "x", "clientType": "public"}  # never sent
        base = self._call("sign-in", lambda: base_url.of(self._client("sso-oidc"), "register_client", **call))
        return f"{base}/authorize"

    def register(self, grants: "tuple[str, ...]") -> "Fields":
        """Registers a client; the fields of its file."""
        place = self.place
        wanted: Fields = {
            "clientName": f"botocore-client-{place.session or int(time.time())}",
            "clientType": "public",
        }
        if grants:
            more = {"grantTypes": list(grants), "redirectUris": [REDIRECT], "issuerUrl": place.start_url}
            wanted |= more | {"scopes": place.scopes or DEFAULT_SCOPES}
        elif place.scopes:
            wanted["scopes"] = place.scopes
        reply = self._call("sign-in", lambda: self._client("sso-oidc").register_client(**wanted))
        try:
            fields = {
                "clientId": str(reply["clientId"]),
                "clientSecret": str(reply["clientSecret"]),
                "expiresAt": text_of(reply["clientSecretExpiresAt"]),
            }
        except (KeyError, TypeError, ValueError):
            raise self._unexpected() from None
        return fields | {name: wanted[name] for name in ("scopes", "grantTypes") if name in wanted}

    def start_device(self, registration: "Mapping[str, Any]") -> "Fields":
        """Asks for a device code: deviceCode, userCode, verificationUri(Complete), expiresIn, interval."""
        known = {name: registration[name] for name in ("clientId", "clientSecret")}
        started: Fields = self._call(
            "sign-in",
            lambda: self._client("sso-oidc").start_device_authorization(startUrl=self.place.start_url, **known),
        )
        if not all(isinstance(started.get(name), str) for name in ("deviceCode", "userCode", "verificationUri")):
            raise self._unexpected()
        return started

    def token(self, registration: "Mapping[str, Any]", **wanted: str) -> "Fields":
        """Creates a token, by `grantType` and what belongs to it; the fields of its file."""
        known = {name: registration[name] for name in ("clientId", "clientSecret")}
        reply = self._call("sign-in", lambda: self._client("sso-oidc").create_token(**known, **wanted))
        now = time.time()
        self._warn_of_clock(reply)
        try:
            fields = {
                "startUrl": self.place.start_url,
                "region": self.place.region,
                "accessToken": reply["accessToken"],
                "expiresAt": text_of(now + int(reply["expiresIn"])),
                **known,
                "registrationExpiresAt": registration.get("registrationExpiresAt") or registration["expiresAt"],
            }
        except (KeyError, TypeError, ValueError):
            raise self._unexpected() from None
        if not is_bearer(fields["accessToken"]):
            raise self._unexpected()
        if isinstance(reply.get("refreshToken"), str):
            fields["refreshToken"] = reply["refreshToken"]
        return fields

    def is_accepted(self, bearer: str) -> bool:
        """Whether AWS accepts an access token. Raises AssumeError if AWS cannot be asked."""
        try:
            self._call("sign-in", lambda: self._client("sso").list_accounts(accessToken=bearer, maxResults=1))
        except Refused as error:
            if error.code == "UnauthorizedException":
                return False
            if error.code != "ForbiddenException":
                raise
        return True

    def sign_out(self, bearer: str) -> None:
        """Ends the session at AWS. One that has ended already is no error."""
        try:
            self._call("sign-out", lambda: self._client("sso").logout(accessToken=bearer))
        except Refused as error:
            if error.code != "UnauthorizedException":
                raise

    def _call(self, what: str, call: "Callable[[], Any]") -> "Any":
        try:
            return (self._deadline or Deadline()).call(call)
        except Exception as error:
            raise self._explained(error, what) from None

    def _client(self, service: str) -> "Any":
        if service not in self._clients:
            chain = Chain(self.place.profile, Source(SSO, self.place.profile, ""), [])
            session = client.Session(client.sections(self._config, chain), self.place.profile)
            session.register_component("credential_provider", Nobody())
            self._bundle = client.ca_bundle(session)
            settings = botocore.config.Config(
                region_name=self.place.region,
                signature_version=UNSIGNED,
                connect_timeout=client.CONNECT_S,
                read_timeout=client.READ_S,
            )
            ours: Any = boto3.Session(botocore_session=session)  # whose types know `client` by the literal name only
            self._clients[service] = ours.client(service, config=settings)
        return self._clients[service]

    def _explained(self, error: Exception, what: str) -> AssumeError:
        """A failure of botocore's as our own. It has no text that could quote a reply."""
        if isinstance(error, AssumeError):
            error.profile = error.profile or self.place.name
            return error
        if isinstance(error, aws.ClientError):
            return self._refused(error, what)
        unreached = network.failure(error, what, self.place.name, self._bundle, service="IAM Identity Center")
        if unreached is not None:
            if not isinstance(error, aws.SSLError):
                unreached.cures = (f"check the network, the proxy, and sso_region ({self.place.region})",)
            return unreached
        if isinstance(error, (aws.InvalidRegionError, aws.UnknownRegionError)):
            text = f"{self.place.section}: {self.place.region} is not a region"
            return ConfigError(text, "correct its sso_region, for example us-east-1", self.place.name)
        if isinstance(error, ValueError) and "Invalid endpoint" in str(error):
            return ConfigError(" ".join(str(error).split()), "correct `endpoint_url`", self.place.name)
        return self._unexpected()

    def _refused(self, error: "aws.ClientError", what: str) -> AssumeError:
        said = error.response.get("Error", {})
        code = str(said.get("Code", ""))
        text = str(error.response.get("error_description") or said.get("Message") or code).strip()
        place = self.place
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        if code in ("TooManyRequestsException", "ThrottlingException") or status == 429:
            return Unreachable(f"{what}: throttled by IAM Identity Center", AGAIN, place.name)
        if status >= 500 or not code or code.isdigit():
            return Unreachable(f"{what}: IAM Identity Center failed ({code or status})", AGAIN, place.name)
        cures = {
            "InvalidRequestException": f"correct sso_start_url or sso_region ({place.region}) in {place.section}",
            "InvalidRequestRegionException": f"correct sso_region ({place.region}) in {place.section}",
            "InvalidScopeException": f"correct sso_registration_scopes in {place.section}",
            "InvalidGrantException": f"run `assume login {place.name}` again",
        }
        cure = cures.get(code, AGAIN)
        if skew := _skew(error.response):
            cure = f"this machine's clock is {skew} AWS's: set it"
        return Refused(f"IAM Identity Center refused the {what}: {text}", cure, place.name, code)

    def _unexpected(self) -> AssumeError:
        cure = "there may be a captive portal or a proxy in between; nothing was changed"
        return SourceError("unexpected answer: not IAM Identity Center", cure, self.place.name)

    def _warn_of_clock(self, reply: "Mapping[str, Any]") -> None:
        if skew := _skew(reply):
            show.say(f"assume: this machine's clock is {skew} AWS's\n  set it, or AWS refuses what it signs")


def _skew(reply: "Mapping[str, Any]") -> str:
    return clock.skew(reply.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", ""))
