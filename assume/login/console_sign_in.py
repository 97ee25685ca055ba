"""Console credentials for a profile with `login_session`, as the AWS CLI's `aws login` gets them.

In: the profile, the AWS files, the environment. Out: a token in `~/.aws/login/cache`, in the AWS CLI's form, which the
AWS SDKs renew by themselves. Each call carries a proof that is signed by a key of its own (`proof`).
"""

import base64
import json
import os
import time
from urllib.parse import parse_qsl, quote, urlencode

import boto3
import botocore.config
import botocore.exceptions as aws
from botocore import UNSIGNED

from assume import files
from assume.aws import client, login, network
from assume.aws.deadline import Deadline
from assume.errors import AssumeError, ConfigError, Refused, SourceError
from assume.login import base_url
from assume.login.proof import Key
from assume.login.tokens import console_folder, console_token_path, text_of
from assume.profiles.chain import LOGIN, Chain, Source
from assume.store import write
from assume.terminal import ask

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assume.profiles.config import Config

SAME, CROSS = "arn:aws:signin:::devtools/same-device", "arn:aws:signin:::devtools/cross-device"
SHOWN = "/v1/sessions/confirmation"
REASONS = {
    "AUTHCODE_EXPIRED": "the code has expired",
    "INSUFFICIENT_PERMISSIONS": "this user may not sign in programs (signin:CreateOAuth2Token)",
    "TOKEN_EXPIRED": "the session has ended",
}


class Console:
    """The sign-in of one profile. `session` is its login_session: the ARN of who signs in."""

    def __init__(self, profile: str, config: "Config", base: "Mapping[str, str]") -> None:
        """Raises SourceError without the AWS CRT, ConfigError without a region."""
        values = config.profile(profile) or {}
        self.profile = profile
        self.session = values.get("login_session", "").strip()
        self.region = values.get("region", "").strip() or base.get("AWS_REGION") or base.get("AWS_DEFAULT_REGION", "")
        self.folder = console_folder(base)
        self._config = config
        self._key = Key(profile)
        if not self.region:
            raise ConfigError("login_session needs a region", "add `region = …` to the profile", profile)
        self._made: Any = None
        self._bundle = ""

    @property
    def path(self) -> str:
        """The token's file."""
        return console_token_path(self.folder, self.session)

    def authorize_url(self, redirect: str, state: str, challenge: str) -> str:
        """The page for the browser; `redirect` is "" if the page is to show the code."""
        base = self._call(lambda: base_url.of(self._client, "create_o_auth2_token", tokenInput=_anything()))
        query = {
            "response_type": "code",
            "client_id": SAME if redirect else CROSS,
            "state": state,
            "code_challenge_method": "SHA-256",
            "scope": "openid",
            "redirect_uri": redirect or base + SHOWN,
            "code_challenge": challenge,
        }
        return f"{base}/v1/authorize?{urlencode(query, quote_via=quote)}"

    def exchange(self, code: str, redirect: str, verifier: str) -> str:
        """Buys a token for a code, and stores it. Returns the ARN of who signed in; raises AssumeError."""
        base = self._call(lambda: base_url.of(self._client, "create_o_auth2_token", tokenInput=_anything()))
        client_id = SAME if redirect else CROSS
        wanted = {
            "clientId": client_id,
            "grantType": "authorization_code",
            "code": code,
            "codeVerifier": verifier,
            "redirectUri": redirect or base + SHOWN,
        }
        reply = self._call(lambda: self._client.create_o_auth2_token(tokenInput=wanted))
        try:
            output, given = reply["tokenOutput"], reply["tokenOutput"]["accessToken"]
            who = str(_claims(output["idToken"])["sub"])
            fields = {
                "accessToken": {
                    **{name: given[name] for name in ("accessKeyId", "secretAccessKey", "sessionToken")},
                    "accountId": who.split(":")[4],
                    "expiresAt": text_of(time.time() + int(output["expiresIn"])),
                },
                "tokenType": output["tokenType"],
                "clientId": client_id,
                "refreshToken": output["refreshToken"],
                "idToken": output["idToken"],
                "dpopKey": self._key.pem(),
            }
        except (KeyError, TypeError, ValueError, IndexError):
            raise self._unexpected() from None
        if who != self.session:
            text = f"signed in as {who}, but its login_session is {self.session}: nothing was stored"
            cure = f"sign in as that one, or set `login_session = {who}`"
            raise AssumeError(text, cure, self.profile)
        self._keep(fields)
        return who

    def _keep(self, fields: "Mapping[str, Any]") -> None:
        try:
            os.makedirs(self.folder, mode=0o700, exist_ok=True)
            write.sweep_leftovers(self.folder, time.time())
            files.write_whole(self.path, json.dumps(fields).encode())
        except OSError as error:
            cure = f"make {self.folder} writable, and sign in again"
            raise AssumeError(f"cannot store the sign-in: {error.strerror}", cure, self.profile) from None

    @property
    def _client(self) -> "Any":
        if self._made is None:
            chain = Chain(self.profile, Source(LOGIN, self.profile, ""), [])
            session = client.Session(client.sections(self._config, chain), self.profile)
            session.register_component("credential_provider", client.Swapped("unset", "unset"))
            self._bundle = client.ca_bundle(session)
            settings = botocore.config.Config(
                region_name=self.region,
                signature_version=UNSIGNED,
                connect_timeout=client.CONNECT_S,
                read_timeout=client.READ_S,
            )
            ours: Any = boto3.Session(botocore_session=session)
            try:
                self._made = ours.client("signin", config=settings)
            except aws.UnknownServiceError:
                cure = login.install_line("boto3")
                raise SourceError("the installed botocore is too old for login_session", cure, self.profile) from None
            self._made.meta.events.register("before-call.signin.CreateOAuth2Token", self._key.prove)
        return self._made

    def _call(self, call: "Any") -> "Any":
        try:
            return Deadline().call(call)
        except AssumeError as error:
            error.profile = error.profile or self.profile
            raise
        except aws.ClientError as error:
            kind = str(error.response.get("error", "")) or str(error.response.get("Error", {}).get("Code", ""))
            text = f"AWS Sign-In refused it: {REASONS.get(kind, kind)}"
            raise Refused(text, f"run `assume login {self.profile}` again", self.profile, kind) from None
        except Exception as error:
            unreached = network.failure(error, "sign-in", self.profile, self._bundle, service="AWS Sign-In")
            raise (unreached or self._unexpected()) from None

    def _unexpected(self) -> AssumeError:
        cure = "there may be a captive portal or a proxy in between; nothing was changed"
        return SourceError("unexpected answer: not AWS Sign-In", cure, self.profile)


def pasted(profile: str) -> "tuple[str, str]":
    """The code and the state that the user copies from the browser. Raises AssumeError, NoTerminal."""
    text = ask.ask(f"{profile}: the code that the page shows: ", echo=True) or ""
    try:
        fields = dict(parse_qsl(base64.b64decode(text, validate=True).decode()))
        return fields["code"], fields["state"]
    except (ValueError, KeyError):
        raise AssumeError("this is not the code of that page", "run it again, and copy all of it", profile) from None


def _anything() -> "dict[str, str]":
    return {"clientId": SAME, "grantType": "authorization_code"}  # never sent


def _claims(jwt: str) -> "dict[str, Any]":
    part = jwt.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found
