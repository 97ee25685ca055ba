"""Calls of STS: AssumeRole, AssumeRoleWithWebIdentity, GetSessionToken, GetCallerIdentity.

In: a hop, the keys that sign, a code if one is needed; out: Credentials, checked before they are used. `direct` makes
the call in the plain case; else botocore does, which also makes the retries. botocore is imported only for that, and
for the text of its errors. The limit for the whole chain is set here; `refusals` explains the errors.

https://docs.aws.amazon.com/STS/latest/APIReference/
"""

import time

from assume.aws import direct, refusals, web_identity
from assume.credentials import Credentials, check_reply
from assume.errors import AssumeError, SourceError, Unreachable, Unsafe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from assume.aws.client import Session
    from assume.aws.connection import Connection
    from assume.aws.deadline import Deadline
    from assume.profiles.chain import Chain, Hop

SESSION_S = 43200  # 12 hours: GetSessionToken's default, and as long as a working day


class Sts:
    """The calls of one chain. `connection` is for `direct`; None: botocore makes the calls."""

    def __init__(
        self,
        session: "Callable[[], Session]",
        chain: "Chain",
        deadline: "Deadline",
        connection: "Connection | None",
    ) -> None:
        self.deadline = deadline
        self.chain = chain
        self._session = session
        self._connection = connection
        self._clients: _Clients | None = None
        if connection is None:
            self._made()  # reports settings that cannot work before a code is asked for

    def ready_for_code(self) -> None:
        """Makes the client for a call with a code. Called before the code is asked for, which saves time later."""
        if self._connection is None:
            self._made().ready_for_code()

    def _made(self) -> "_Clients":
        if self._clients is None:
            try:
                self._clients = _Clients(self._session())
            except Exception as error:
                raise refusals.unusable(error, self.chain.profile) from None
        return self._clients

    def assume(self, hop: "Hop", keys: "tuple[str, str, str]", code: str, name: str) -> Credentials:
        """AssumeRole, signed with `keys`; `name` is the session name if the profile has none. Raises AssumeError."""
        asked: dict[str, Any] = {"RoleArn": hop.role_arn, "RoleSessionName": hop.session_name or name}
        if hop.external_id is not None:
            asked["ExternalId"] = hop.external_id
        if hop.duration_s is not None:
            asked["DurationSeconds"] = hop.duration_s
        if code:
            asked.update(SerialNumber=hop.mfa_serial, TokenCode=code)
        if hop.policy:
            asked["Policy"] = hop.policy
        if hop.policy_arns:
            asked["PolicyArns"] = [{"arn": arn} for arn in hop.policy_arns]
        if hop.tags:
            asked["Tags"] = [{"Key": key, "Value": value} for key, value in hop.tags]
        if hop.transitive_tags:
            asked["TransitiveTagKeys"] = list(hop.transitive_tags)
        if hop.source_identity:
            asked["SourceIdentity"] = hop.source_identity
        return self._called("assume_role", asked, keys, hop, _role(hop), once=bool(code))

    def assume_with_web_identity(self, hop: "Hop", name: str) -> Credentials:
        """AssumeRoleWithWebIdentity, which is not signed. The token's file is read again for each call."""
        asked: dict[str, Any] = {
            "RoleArn": hop.role_arn,
            "RoleSessionName": hop.session_name or name,
            "WebIdentityToken": _web_identity(hop),
        }
        if hop.duration_s is not None:
            asked["DurationSeconds"] = hop.duration_s  # from --duration: AWS tools ignore duration_seconds here
        return self._called("assume_role_with_web_identity", asked, ("", "", ""), hop, _role(hop))

    def session(self, serial: str, keys: "tuple[str, str, str]", code: str) -> Credentials:
        """GetSessionToken with MFA: 12 hours, for all roles behind these keys. Raises AssumeError."""
        asked = {"SerialNumber": serial, "TokenCode": code, "DurationSeconds": SESSION_S}
        hop = self.chain.hops[0] if self.chain.hops else None
        return self._called("get_session_token", asked, keys, hop, "an MFA session", once=True)

    def caller(self, keys: "tuple[str, str, str]", profile: str) -> str:
        """The ARN of the user or session whose `keys` these are: a call that no policy can deny. Raises AssumeError."""
        clients = self._made()
        try:
            return self.deadline.call(lambda: clients.caller(keys))
        except KeyboardInterrupt:
            raise
        except Exception as error:
            failure = refusals.explained(error, None, "GetCallerIdentity", ca_bundle=clients.ca_bundle)
            failure.profile = failure.profile or profile
            raise failure from None

    def _called(
        self,
        operation: str,
        asked: "Mapping[str, Any]",
        keys: "tuple[str, str, str]",
        hop: "Hop | None",
        what: str,
        once: bool = False,
    ) -> Credentials:
        now = int(time.time())
        try:
            answer = self.deadline.call(lambda: self._answer(operation, asked, keys, once))
            if answer.code:
                raise refusals.refused(answer.code, answer.message, answer.date, hop, what, chained=bool(keys[2]))
            return _checked(answer, now)
        except AssumeError as error:
            error.profile = error.profile or (hop.profile if hop is not None else "")
            raise
        except KeyboardInterrupt:
            raise
        except Exception as error:
            ca_bundle = self._clients.ca_bundle if self._clients is not None else ""
            raise refusals.explained(error, hop, what, bool(keys[2]), ca_bundle) from None

    def _answer(
        self, operation: str, asked: "Mapping[str, Any]", keys: "tuple[str, str, str]", once: bool
    ) -> direct.Answer:
        """The answer to one call; `once`: it carries a code, and is never repeated."""
        tried = direct.call(self._connection, operation, asked, keys) if self._connection is not None else None
        if isinstance(tried, direct.Answer):
            return tried
        return self._made().call(operation, asked, keys, once, tried)


class _Clients:
    """botocore's two clients, one with retries and one for calls with a code, and the keys that both sign with."""

    def __init__(self, session: "Session") -> None:
        from assume.aws import client

        self.ca_bundle = client.ca_bundle(session)
        self._hand = client.Hand()
        self._usual, self._make_once, self._signer = client.clients(session)
        self._once: Any = None
        self._usual.meta.events.register("before-send.sts.*", self._hand.send)

    def ready_for_code(self) -> None:
        """Makes the client for calls with a code."""
        if self._once is None:
            self._once = self._make_once()
            self._once.meta.events.register("before-send.sts.*", self._hand.send)

    def caller(self, keys: "tuple[str, str, str]") -> str:
        """The ARN that GetCallerIdentity gives for `keys`. Raises botocore's exceptions."""
        self._signer.swap(keys)
        return str(self._usual.get_caller_identity()["Arn"])

    def call(
        self,
        operation: str,
        asked: "Mapping[str, Any]",
        keys: "tuple[str, str, str]",
        once: bool,
        tried: "direct.Handed | None",
    ) -> direct.Answer:
        """One call; `tried` is what came of our own attempt, if there was one. Raises botocore's exceptions."""
        if once:
            self.ready_for_code()
        self._signer.swap(keys)
        self._hand.holds = tried
        reply = getattr(self._once if once else self._usual, operation)(**asked)
        given = reply["Credentials"]
        answer = direct.Answer(str(reply.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "unknown")))
        answer.keys = (str(given["AccessKeyId"]), str(given["SecretAccessKey"]), str(given["SessionToken"]))
        answer.expires_at = int(given["Expiration"].timestamp())
        answer.arn = str(reply.get("AssumedRoleUser", {}).get("Arn", ""))
        return answer


def _role(hop: "Hop") -> str:
    return "role/" + hop.role_arn.partition(":role/")[2] if ":role/" in hop.role_arn else hop.role_arn


def _checked(answer: direct.Answer, now: int) -> Credentials:
    """The credentials of an answer. Raises Unreachable or Unsafe if they cannot be valid."""
    check_reply(answer.keys)
    if not answer.keys[2]:
        raise Unsafe("the session token is empty", "nothing was changed; this is not an answer of STS")
    if answer.expires_at <= now + 30:
        raise Unreachable(
            "the credentials that AWS gave have ended by this machine's clock",
            (
                f"set the clock: here it is {time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(now))}",
                f"and at AWS {answer.date}",
            ),
        )
    return Credentials(*answer.keys, answer.expires_at, now, answer.arn)


def _web_identity(hop: "Hop") -> str:
    path = hop.token_file or ""
    try:
        return web_identity.read(path)
    except OSError as error:
        name = "web_identity_token_file" if hop.profile else "AWS_WEB_IDENTITY_TOKEN_FILE"
        raise SourceError(
            f"the file of its {name} cannot be read: {error.strerror}",
            "correct its path, or the program that writes the file",
            hop.profile,
            name,
        ) from None
