"""Faults that a test injects between STS and its client.

A test sets `sts.faults` to a function. It receives each Call before the call is
answered, and returns a Fault, or None for no fault. There are two sorts:

- instead of the answer; no session is opened and no MFA code is used up:
  `refuse`, `refuse_json`, `throttle`, `html`, `no_credentials`, `huge`, `redirect`
- applied to the answer; the session was opened and the MFA code was used up:
  `hang`, `drip`, `cut`, `close_before_reply`, `spoil`
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from assume.simulator.calls import Call
from assume.simulator.replies import Reply, escaped, json_reply, refusal, result

HUGE_BYTES = 10 * 1024 * 1024
PORTAL = b"<!DOCTYPE html><html><body><h1>Welcome to the hotel's network</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: a reply that is sent instead of the answer, or a way of sending the answer.

    `texts`: new contents of the answer's elements, by name. `every_s`: the pause
    after each byte. `until`: the event that a hanging answer waits for;
    `reached`: the event that is set when it starts to wait.
    """

    kind: str
    instead: Reply | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    every_s: float = 0.0
    until: threading.Event | None = None
    reached: threading.Event | None = None


Faults = Callable[[Call], Fault | None]


def refuse(status: int, code: str, message: str) -> Fault:
    """Any error reply of AWS, such as RegionDisabledException or a 503."""
    return Fault("refuse", refusal(status, code, message))


def throttle() -> Fault:
    """AWS's error for too many calls, after which every client retries."""
    return refuse(400, "Throttling", "Rate exceeded")


def refuse_json(status: int, code: str, message: str) -> Fault:
    """Any error reply of sso-oidc, the SSO portal or signin."""
    return Fault("refuse", json_reply({"message": message, "error": code, "error_description": message}, status, code))


def html() -> Fault:
    """The reply of a captive portal: status 200 and an HTML page."""
    return Fault("html", Reply(200, PORTAL, "text/html"))


def no_credentials(action: str = "AssumeRole") -> Fault:
    """Status 200 and well-formed XML without the Credentials element."""
    return Fault("no_credentials", result(action, {}))


def huge() -> Fault:
    """Status 200 and a body of ten megabytes."""
    return Fault("huge", Reply(200, b"<" + b"x" * HUGE_BYTES))


def redirect(location: str, status: int = 307) -> Fault:
    """A redirect to `location`, for example to an address without TLS."""
    return Fault("redirect", Reply(status, b"", headers={"Location": location}))


def hang(until: threading.Event, reached: threading.Event | None = None) -> Fault:
    """The answer is sent once `until` is set; `reached` is set when the wait begins."""
    return Fault("hang", until=until, reached=reached)


def drip(every_s: float) -> Fault:
    """The answer is sent byte by byte, with a pause of `every_s` after each."""
    return Fault("drip", every_s=every_s)


def cut() -> Fault:
    """Half of the body is sent, then the connection is reset."""
    return Fault("cut")


def close_before_reply() -> Fault:
    """The call is carried out, and the connection is closed without a reply."""
    return Fault("close_before_reply")


def spoil(**texts: str) -> Fault:
    """The answer with other texts in its elements, by name: SessionToken, AccessKeyId, Expiration…"""
    return Fault("spoil", texts=texts)


def first(count: int, fault: Fault, then: Faults | None = None) -> Faults:
    """`fault` for the first `count` calls; after that the faults of `then`, or no fault."""
    lock, left = threading.Lock(), [count]

    def faults(call: Call) -> Fault | None:
        with lock:
            left[0] -= 1
            if left[0] >= 0:
                return fault
        return then(call) if then else None

    return faults


def spoiled(reply: Reply, texts: Mapping[str, str]) -> Reply:
    """`reply` with other texts in its elements, escaped as XML requires."""
    body = reply.body.decode()
    for name, text in texts.items():
        head, opened, rest = body.partition(f"<{name}>")
        _, closed, tail = rest.partition(f"</{name}>")
        body = head + opened + escaped(text) + closed + tail
    return replace(reply, body=body.encode())
