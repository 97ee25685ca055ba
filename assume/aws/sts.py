"""Calls of STS: AssumeRole, AssumeRoleWithWebIdentity, GetSessionToken.

In: a hop, the keys that sign, a code if one is needed; out: Credentials, checked before they are used. Time-outs and
the limit for the whole chain are set here; botocore makes the retries, `refusals` explains the errors.

https://docs.aws.amazon.com/STS/latest/APIReference/
"""

import time

from assume.aws import client, refusals, web_identity
from assume.credentials import Credentials, check_reply
from assume.errors import SourceError, Unreachable, Unsafe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assume.aws.connection import Connection
    from assume.aws.deadline import Deadline
    from assume.profiles.chain import Chain, Hop

SESSION_S = 43200  # 12 hours: GetSessionToken's default, and as long as a working day


class Sts:
    """The calls of one chain, by one client over one connection."""

    def __init__(
        self, session: "client.Session", chain: "Chain", deadline: "Deadline", connection: "Connection | None"
    ) -> None:
        self.deadline = deadline
        self.chain = chain
        self._connection = connection
        self._ca_bundle = client.ca_bundle(session)
        self._once: Any = None  # the client for calls with a code
        try:
            self._usual, self._make_once, self._signer = client.clients(session)
        except Exception as error:
            raise refusals.unusable(error, chain.profile) from None
        self._connect(self._usual)

    def ready_for_code(self) -> None:
        """Makes the client for a call with a code. Called before the code is asked for, which saves time later."""
        if self._once is None:
            self._once = self._make_once()
            self._connect(self._once)

    def _connect(self, made: "Any") -> None:
        if self._connection is not None:
            made.meta.events.register("before-send.sts.*", self._connection.send)

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
        self._signer.swap(keys)
        chained = bool(keys[2])
        return self._called("assume_role", asked, hop, _role(hop), once=bool(code), chained=chained)

    def assume_with_web_identity(self, hop: "Hop", name: str) -> Credentials:
        """AssumeRoleWithWebIdentity, which is not signed. The token's file is read again for each call."""
        asked: dict[str, Any] = {
            "RoleArn": hop.role_arn,
            "RoleSessionName": hop.session_name or name,
            "WebIdentityToken": _web_identity(hop),
        }
        if hop.duration_s is not None:
            asked["DurationSeconds"] = hop.duration_s  # from --duration: AWS tools ignore duration_seconds here
        return self._called("assume_role_with_web_identity", asked, hop, _role(hop))

    def session(self, serial: str, keys: "tuple[str, str, str]", code: str) -> Credentials:
        """GetSessionToken with MFA: 12 hours, for all roles behind these keys. Raises AssumeError."""
        self._signer.swap(keys)
        asked = {"SerialNumber": serial, "TokenCode": code, "DurationSeconds": SESSION_S}
        hop = self.chain.hops[0] if self.chain.hops else None
        return self._called("get_session_token", asked, hop, "an MFA session", once=True)

    def _called(
        self,
        operation: str,
        asked: "Mapping[str, Any]",
        hop: "Hop | None",
        what: str,
        once: bool = False,
        chained: bool = False,
    ) -> Credentials:
        method = getattr(self._once if once else self._usual, operation)
        now = time.time()
        try:
            answer = self.deadline.call(lambda: method(**asked))
            return _checked(answer, int(now))
        except KeyboardInterrupt:
            raise
        except Exception as error:
            raise refusals.explained(error, hop, what, chained, self._ca_bundle) from None


def _role(hop: "Hop") -> str:
    return "role/" + hop.role_arn.partition(":role/")[2] if ":role/" in hop.role_arn else hop.role_arn


def _checked(answer: "Mapping[str, Any]", now: int) -> Credentials:
    """The credentials of a reply. Raises Unreachable or Unsafe if they cannot be valid."""
    given = answer["Credentials"]
    keys = (str(given["AccessKeyId"]), str(given["SecretAccessKey"]), str(given["SessionToken"]))
    check_reply(keys)
    if not keys[2]:
        raise Unsafe("the session token is empty", "nothing was changed; this is not an answer of STS")
    expires_at = int(given["Expiration"].timestamp())
    if expires_at <= now + 30:
        off = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "unknown")
        raise Unreachable(
            "the credentials that AWS gave have ended by this machine's clock",
            (
                f"set the clock: here it is {time.strftime('%a, %d %b %Y %H:%M:%S GMT', time.gmtime(now))}",
                f"and at AWS {off}",
            ),
        )
    return Credentials(*keys, expires_at, now, str(answer.get("AssumedRoleUser", {}).get("Arn", "")))


def _web_identity(hop: "Hop") -> str:
    path = hop.token_file or ""
    try:
        return web_identity.read(path)
    except OSError as error:
        text = f"its web identity's file {path} cannot be read: {error.strerror}"
        raise SourceError(
            text, "correct web_identity_token_file, or the program that writes the file", hop.profile
        ) from None
