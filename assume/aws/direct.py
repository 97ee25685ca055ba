"""Calls of STS in the plain case, with the standard library alone: signed, sent and read here.

In: a call in the form that botocore's methods take, and the keys that sign it; out: an Answer. What this does not
understand it does not judge: a reply that is unusual, throttled or failed, and an exchange that broke, are returned
as a Handed, which botocore receives in place of its own first attempt (`client.Hand`). So botocore decides about
retries, and the words of every failure are the same. None: nothing was sent, and botocore makes the call.
"""

import time

from assume import __version__
from assume.aws import query, sigv4

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.aws.connection import Connection
    from assume.aws.endpoint import Target
    from assume.aws.wire import Reply

TYPE = "application/x-www-form-urlencoded; charset=utf-8"
FORMS = {
    "assume_role": "AssumeRole",
    "assume_role_with_web_identity": "AssumeRoleWithWebIdentity",
    "get_session_token": "GetSessionToken",
}
# refusals that no client repeats; any other is botocore's to judge
FINAL = frozenset(
    """
    AccessDenied ExpiredToken ExpiredTokenException IDPRejectedClaim IncompleteSignature InvalidClientTokenId
    InvalidIdentityToken MalformedPolicyDocument PackedPolicyTooLarge RegionDisabledException SignatureDoesNotMatch
    ValidationError
    """.split()
)
FIELDS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")


class Handed:
    """What came of a request that was sent: a reply, or the error that took the place of one. For botocore."""

    __slots__ = ("error", "reply")

    def __init__(self, reply: "Reply | None", error: Exception | None = None) -> None:
        self.reply = reply
        self.error = error


class Answer:
    """STS's answer: credentials with the ARN of the role's session, or an error's code and message; and its clock."""

    __slots__ = ("arn", "code", "date", "expires_at", "keys", "message")

    def __init__(self, date: str) -> None:
        self.date = date  # of the reply's header
        self.keys = ("", "", "")
        self.expires_at = 0
        self.arn = ""
        self.code = ""  # "" for credentials
        self.message = ""


def call(
    connection: "Connection", operation: str, asked: "Mapping[str, object]", keys: "tuple[str, str, str]"
) -> "Answer | Handed | None":
    """One call. A web identity is not signed. Nothing is sent twice."""
    signed_with = None if operation == "assume_role_with_web_identity" else keys
    try:
        ready = request(connection.target, query.form(FORMS[operation], asked), signed_with, time.time())
    except ValueError:
        return None
    try:
        reply = connection.exchange(ready)
    except (OSError, ValueError) as error:
        return Handed(None, error)
    if reply is None:
        return None
    try:
        found = answer(FORMS[operation], reply)
    except (ValueError, KeyError):
        found = None
    if found is None:
        connection.leave()
        return Handed(reply)
    return found


def request(place: "Target", body: bytes, keys: "tuple[str, str, str] | None", now: float) -> bytes:
    """The bytes of a request, with the headers signed that botocore signs. Raises ValueError if one is not ASCII."""
    headers = {"content-type": TYPE, "host": place.authority}
    if keys is not None:
        headers["x-amz-date"] = sigv4.stamp(now)
        if keys[2]:
            headers["x-amz-security-token"] = keys[2]
        headers["authorization"] = sigv4.authorization("POST", "/", headers, body, keys, place.region)
    headers |= {
        "accept-encoding": "identity",
        "content-length": str(len(body)),
        "user-agent": f"assume/{__version__}",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST / HTTP/1.1\r\n{lines}\r\n".encode("ascii") + body


def answer(action: str, reply: "Reply") -> Answer | None:
    """A reply as an Answer; None, KeyError or ValueError if botocore has to judge it."""
    made = Answer(reply.headers.get("date", "unknown"))
    if reply.status == 200:
        texts = query.elements(reply.body)
        place = f"{action}Response/{action}Result"
        key_id, secret, session_token, ends = (texts[f"{place}/Credentials/{name}"] for name in FIELDS)
        made.keys = (key_id, secret, session_token)
        made.expires_at = query.instant(ends)
        made.arn = texts.get(f"{place}/AssumedRoleUser/Arn", "")
        return made
    if reply.status in (400, 403):
        texts = query.elements(reply.body)
        made.code = texts["ErrorResponse/Error/Code"]
        made.message = texts.get("ErrorResponse/Error/Message", "")
        return made if made.code in FINAL else None
    return None
