"""HTTP replies: a result or an error as the XML of the query protocol, JSON, plain text."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
CONTROLS = {chr(number): f"&#{number};" for number in range(32)}


class Refused(Exception):
    """A refused call: the HTTP status, AWS's error code and AWS's message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete HTTP reply. `code`: AWS's error code; empty if the call succeeded."""

    status: int
    body: bytes
    content_type: str = "text/xml"
    headers: Mapping[str, str] = field(default_factory=dict)
    code: str = ""


def stamp(at: float) -> str:
    """A time (epoch seconds) as STS writes it: `2026-01-31T09:30:00Z`."""
    return datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def result(action: str, fields: Mapping[str, Any]) -> Reply:
    """The XML of a call that succeeded. Fields that are None are left out."""
    request_id = str(uuid.uuid4())
    body = (
        f'<{action}Response xmlns="{NAMESPACE}">'
        f"<{action}Result>{_elements(fields)}</{action}Result>"
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        f"</{action}Response>"
    )
    return Reply(200, body.encode(), headers={"x-amzn-RequestId": request_id})


def refusal(status: int, code: str, message: str) -> Reply:
    """The XML of a call that was refused or that failed."""
    request_id = str(uuid.uuid4())
    kind = "Receiver" if status >= 500 else "Sender"
    error = _elements({"Type": kind, "Code": code, "Message": message})
    body = (
        f'<ErrorResponse xmlns="{NAMESPACE}"><Error>{error}</Error><RequestId>{request_id}</RequestId></ErrorResponse>'
    )
    return Reply(status, body.encode(), headers={"x-amzn-RequestId": request_id}, code=code)


def json_reply(fields: Mapping[str, Any], status: int = 200, code: str = "") -> Reply:
    """A JSON reply, in the form of the metadata endpoints and the SSO portal."""
    headers = {"x-amzn-ErrorType": code} if code else {}
    return Reply(status, json.dumps(fields).encode(), "application/json", headers, code)


def text_reply(text: str, status: int = 200, code: str = "") -> Reply:
    """A reply in plain text, in the form of the instance metadata service."""
    return Reply(status, text.encode(), "text/plain", {}, code)


def escaped(text: str) -> str:
    """`text` for use inside an element. Control characters become references, even those that XML forbids."""
    return escape(text, CONTROLS)


def _elements(fields: Mapping[str, Any]) -> str:
    parts = []
    for name, value in fields.items():
        if value is None:
            continue
        inner = _elements(value) if isinstance(value, Mapping) else escaped(str(value))
        parts.append(f"<{name}>{inner}</{name}>")
    return "".join(parts)
