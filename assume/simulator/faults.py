"""What can go wrong between an STS and its client, on order.

A test sets `sts.faults` to a callable: it is given each Call before that is
answered, and returns None or a Fault. Faults of two sorts:

- in place of the answer (nothing is opened, no MFA code is used up): `refuse`,
  `throttle`, `html`, `no_credentials`, `huge`, `redirect`
- to an answer that was worked out, so that a code was used up and a session
  opened: `hang`, `drip`, `cut`, `close_before_reply`, `spoil`
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from assume.simulator.calls import Call
from assume.simulator.replies import Reply, escaped, refusal, result

HUGE_BYTES = 10 * 1024 * 1024
PORTAL = b"<!DOCTYPE html><html><body><h1>Welcome to the hotel's network</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong: a reply instead of the answer, or how the answer is sent."""

    kind: str
    instead: Reply | None = None
    texts: Mapping[str, str] = field(default_factory=dict)
    every_s: float = 0.0
    until: threading.Event | None = None
    reached: threading.Event | None = None


Faults = Callable[[Call], Fault | None]


def refuse(status: int, code: str, message: str) -> Fault:
    """Any error of AWS's, such as RegionDisabledException or a 503."""
    return Fault("refuse", refusal(status, code, message))


def throttle() -> Fault:
    """Too many calls: what every client tries again."""
    return refuse(400, "Throttling", "Rate exceeded")


def html() -> Fault:
    """A captive portal: status 200, and a page."""
    return Fault("html", Reply(200, PORTAL, "text/html"))


def no_credentials(action: str = "AssumeRole") -> Fault:
    """Status 200 and well-formed XML, in which the Credentials are missing."""
    return Fault("no_credentials", result(action, {}))


def huge() -> Fault:
    """Status 200 and ten megabytes."""
    return Fault("huge", Reply(200, b"<" + b"x" * HUGE_BYTES))


def redirect(location: str, status: int = 307) -> Fault:
    """Another place to go, such as one without TLS."""
    return Fault("redirect", Reply(status, b"", headers={"Location": location}))


def hang(until: threading.Event, reached: threading.Event | None = None) -> Fault:
    """The answer waits for `until`; `reached` is set once it does."""
    return Fault("hang", until=until, reached=reached)


def drip(every_s: float) -> Fault:
    """The answer comes byte by byte, with a pause after each."""
    return Fault("drip", every_s=every_s)


def cut() -> Fault:
    """Half of the body, then a reset."""
    return Fault("cut")


def close_before_reply() -> Fault:
    """The call is carried out, and the connection closed without a word."""
    return Fault("close_before_reply")


def spoil(**texts: str) -> Fault:
    """The answer with other texts in it: SessionToken, AccessKeyId, Expiration…"""
    return Fault("spoil", texts=texts)


def first(count: int, fault: Fault, then: Faults | None = None) -> Faults:
    """`fault` for the first `count` calls, then `then` or none."""
    lock, left = threading.Lock(), [count]

    def faults(call: Call) -> Fault | None:
        with lock:
            left[0] -= 1
            if left[0] >= 0:
                return fault
        return then(call) if then else None

    return faults


def spoiled(reply: Reply, texts: Mapping[str, str]) -> Reply:
    """`reply` with other texts in its elements, as they are or escaped where XML must be."""
    body = reply.body.decode()
    for name, text in texts.items():
        head, opened, rest = body.partition(f"<{name}>")
        _, closed, tail = rest.partition(f"</{name}>")
        body = head + opened + escaped(text) + closed + tail
    return replace(reply, body=body.encode())
