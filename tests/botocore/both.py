"""One question, two answers: the identity that a profile reaches, by botocore and by us.

In: the text of the AWS files, variables, a profile. Out: an `Outcome` of each: the
identity, the calls to STS (host, signing region, parameters), or the error.
Every connection goes to the simulator on this machine, which serves HTTP, and
HTTPS with certificates of a test authority for all AWS hosts. `Outcome.essence`
leaves out what may differ: an MFA code and its device (we get an MFA session
first), and a session name that is not configured.
"""

import hashlib
import json
import os
import re
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import botocore.session
import urllib3.util.connection
from botocore.credentials import SSOProvider
from botocore.tokens import SSOTokenProvider

from assume import arguments
from assume.aws import client, connection
from assume.cold import resolve
from assume.errors import AssumeError
from assume.simulator.calls import Call
from assume.simulator.replies import stamp
from assume.simulator.sts import Sts
from assume.simulator.world import World
from assume.terminal import ask

from ..simulator.clients import MODELS, stripped
from .people import ACCOUNT, ALICE, BOB, HARDWARE, ROLES, SECRET, SERIAL, role

USER = "nobody-named-it"
AUTHORITIES = ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")  # variables of this machine's own
DEFAULT_NAMES = re.compile(rf"botocore-session-\d+|{USER}|<default>")


@dataclass(frozen=True)
class Asked:
    """One call: `where` is scheme and host, `region` what it was signed for (None: not signed)."""

    action: str
    where: str
    region: str | None
    params: dict[str, str]

    @property
    def essence(self) -> tuple[object, ...]:
        """The part that must be equal."""
        params = {name: value for name, value in self.params.items() if name not in ("SerialNumber", "TokenCode")}
        if "RoleSessionName" in params:
            params["RoleSessionName"] = DEFAULT_NAMES.sub("<default>", params["RoleSessionName"])
        return self.action, self.where, self.region, tuple(sorted(params.items()))


@dataclass(frozen=True)
class Outcome:
    """The identity and the calls that reached it, or the error. `by_own_connection`: direct calls."""

    identity: str = ""
    calls: tuple[Asked, ...] = ()
    error: BaseException | None = None
    by_own_connection: int = 0
    visits: tuple[str, ...] = ()
    keys: tuple[str, str, str] = ("", "", "")

    @property
    def essence(self) -> tuple[object, ...]:
        """The part that must be equal; of a failure, only that it failed."""
        if self.error is not None:
            return ("error",)
        calls = tuple(call.essence for call in self.calls if call.action != "GetSessionToken")
        return DEFAULT_NAMES.sub("<default>", self.identity), calls

    @property
    def last(self) -> Asked:
        return self.calls[-1]


@dataclass
class Both:
    """The world, its STS over HTTP and over TLS, and a home for the AWS files."""

    world: World
    plain: Sts
    tls: Sts
    home: Path
    bundle: Path
    dialled: list[tuple[str, int]] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of every question; a question's own come on top."""
        return {"HOME": str(self.home), "USER": USER, "AWS_EC2_METADATA_DISABLED": "true"}

    @property
    def here(self) -> dict[str, str]:
        """Variables that send every call to the simulator, for questions that are not about the endpoint."""
        return {"AWS_ENDPOINT_URL": self.plain.url, "AWS_DEFAULT_REGION": "us-east-1"}

    @property
    def machine(self) -> dict[str, str]:
        """Variables of an instance, and of a container."""
        return {
            "AWS_EC2_METADATA_DISABLED": "false",
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.plain.url,
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{self.plain.url}/container/task",
        }

    def filled(self, text: str) -> str:
        """`text` with <alice> and <bob> as their keys, <r1> … as ARNs, <sts>, <home>, <bundle>, <serial>."""
        words = {f"<{name}>": role(name) for name in (*ROLES, "machine", "wants-mfa")}
        words |= {"<sts>": self.plain.url, "<home>": str(self.home), "<bundle>": str(self.bundle), "<serial>": SERIAL}
        for name, key_id in (("alice", ALICE), ("bob", BOB)):
            words[f"<{name}>"] = f"aws_access_key_id = {key_id}\naws_secret_access_key = {SECRET}"
        for word, value in words.items():
            text = text.replace(word, value)
        return text

    def write(self, config: str | bytes = "", credentials: str | bytes = "") -> None:
        """The two AWS files."""
        folder = self.home / ".aws"
        folder.mkdir(exist_ok=True)
        for name, content in (("config", config), ("credentials", credentials)):
            filled = content if isinstance(content, bytes) else self.filled(content).encode()
            (folder / name).write_bytes(filled)

    def identity(self, name: str = "web-identity") -> Path:
        """A web identity token file of the world's provider."""
        path = self.home / name
        (provider,) = self.world.providers.values()
        path.write_text(self.world.web_identity(provider, "job:1", self.plain.clock()))
        return path

    def process(self, name: str = "prints-alice") -> Path:
        """A command for credential_process that prints alice's keys."""
        path = self.home / name
        fields = {"Version": 1, "AccessKeyId": ALICE, "SecretAccessKey": SECRET}
        path.write_text(f"#!/bin/sh\necho '{json.dumps(fields)}'\n")
        path.chmod(0o755)
        return path

    def sign_in(self, session: str = "corp", lasts_s: float = 3600) -> Path:
        """The token file of `aws sso login` for [sso-session NAME]; the portal returns r6 for permission set Reader."""
        now = self.plain.clock()
        made = self.world.machine.sign_in("alice", {(ACCOUNT, "Reader"): self.world.roles[role("r6")]}, now + 3600)
        name = hashlib.sha1(session.encode(), usedforsecurity=False).hexdigest()
        path = self.home / ".aws" / "sso" / "cache" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps({"accessToken": made.bearer, "expiresAt": stamp(now + lasts_s), "region": "us-east-1"})
        )
        return path

    def botocore(self, profile: str | None, env: Mapping[str, str]) -> Outcome:
        """botocore's answer."""

        def asked() -> tuple[str, str, str]:
            session = botocore.session.Session(profile=profile)
            session.register_component("data_loader", MODELS)
            chain = session.get_component("credential_provider")
            chain.get_provider("assume-role")._prompter = self._code
            found = session.get_credentials()
            if found is None:
                raise LookupError("no credentials")
            frozen = found.get_frozen_credentials()
            return frozen.access_key or "", frozen.secret_key or "", frozen.token or ""

        return self._answer(asked, env, Exception)

    def ours(self, profile: str, env: Mapping[str, str], *words: str, fast: bool = True) -> Outcome:
        """Our answer, by the direct call if possible, or (`fast` false) through botocore."""
        options = arguments.Options() if not words else arguments.read(["x", *words])
        assert options is not None
        options.profile = "" if options.credential_source else profile

        def asked() -> tuple[str, str, str]:
            with ExitStack() as stack:
                for place, name, instead in self._seams(fast):
                    stack.enter_context(mock.patch.object(place, name, instead))
                return resolve.resolve(options, dict(os.environ)).credentials.keys

        return self._answer(asked, env, AssumeError)

    def _seams(self, fast: bool) -> list[tuple[Any, str, Any]]:
        seams: list[tuple[Any, str, Any]] = [
            (client, "_loader", lambda _session: MODELS),
            (ask, "ask", lambda wording, **_: self._code(wording)),
        ]
        return seams if fast else [*seams, (connection, "dialled", lambda *_: None)]

    def _code(self, wording: str) -> str:
        serial = HARDWARE if HARDWARE in wording else SERIAL
        return self.world.unused_code(serial, self.plain.clock())

    def _answer(
        self, asked: Callable[[], tuple[str, str, str]], env: Mapping[str, str], failures: type[Exception]
    ) -> Outcome:
        """The outcome of `asked`. An error that is not one of `failures` is raised."""
        self.world._used_steps.clear()
        for sts in (self.plain, self.tls):
            sts.calls.clear()
            sts.visits.clear()
        made: list[connection.Connection] = []
        keys, error = ("", "", ""), None
        with self._process(env), recorded(made):
            try:
                keys = asked()
            except failures as failure:
                error = failure
        calls = [(call.at, _asked("http", call)) for call in self.plain.calls]
        calls += [(call.at, _asked("https", call)) for call in self.tls.calls]
        return Outcome(
            identity=self._identity(keys),
            calls=tuple(call for _, call in sorted(calls, key=lambda pair: pair[0])),
            error=error,
            by_own_connection=sum(each.sent for each in made),
            visits=tuple(visit.action for sts in (self.plain, self.tls) for visit in sts.visits),
            keys=keys,
        )

    def _identity(self, keys: tuple[str, str, str]) -> str:
        """The ARN of the owner of these keys, whose secret and session token must be right too."""
        caller = self.world.caller(keys[0])
        if caller is None:
            return f"nobody's: {keys[0]}" if keys[0] else ""
        assert keys[1] == caller.secret
        assert keys[2] == (caller.session.session_token if caller.session else "")
        return caller.arn

    @contextmanager
    def _process(self, env: Mapping[str, str]):
        """Sets the environment of one question, and leads every connection to the simulator."""
        before = dict(os.environ)
        cache = str(self.home / ".aws" / "sso" / "cache")
        os.environ.clear()
        mine = {name: value for name, value in stripped(before).items() if name not in AUTHORITIES}
        os.environ.update(mine | self.environment | dict(env))
        try:
            with ExitStack() as stack:
                for reader in (SSOProvider, SSOTokenProvider):  # they look up HOME once, when they are imported
                    stack.enter_context(mock.patch.object(reader, "_SSO_TOKEN_CACHE_DIR", cache))
                for place, name in (
                    (socket, "create_connection"),
                    (urllib3.util.connection, "create_connection"),
                    (connection, "reached"),
                ):
                    stack.enter_context(mock.patch.object(place, name, self._dial(getattr(place, name))))
                yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def _dial(self, real: Callable[..., socket.socket]) -> Callable[..., socket.socket]:
        def dial(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
            host, port = address
            self.dialled.append((host, port))
            if host in ("127.0.0.1", "localhost"):
                return real(("127.0.0.1", port), *args, **kwargs)
            door = self.tls if port == 443 else self.plain
            return real(("127.0.0.1", int(door.url.rpartition(":")[2])), *args, **kwargs)

        return dial


@contextmanager
def recorded(made: list[connection.Connection]):
    """Adds every connection that we make to `made`."""

    class Recorded(connection.Connection):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            made.append(self)

    with mock.patch.object(connection, "Connection", Recorded):
        yield


def _asked(scheme: str, call: Call) -> Asked:
    return Asked(call.action, f"{scheme}://{call.host}", call.region, dict(call.params))


def failed(outcome: Outcome) -> str:
    """The class of the error, as a row quotes it."""
    return type(outcome.error).__name__ if outcome.error is not None else ""


def said(outcome: Outcome) -> str:
    """The message that a user reads."""
    assert isinstance(outcome.error, AssumeError), outcome
    return str(outcome.error)
