"""Asks a person by a device code: they open a page on any machine, and type the code that is shown here.

In: an Asking, and why it is done this way. Out: a Token, stored. AWS decides how often it may be asked.
"""

import time

from assume.errors import AssumeError, Refused, Unreachable
from assume.login.asking import NoBrowser
from assume.login.oidc import DEVICE_GRANT
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assume.login.asking import Asking
    from assume.login.tokens import Token

INTERVAL_S = 5.0  # RFC 8628, if AWS names none
SLOWER_S = 5.0
LIMIT_S = 600.0
OFFLINE_S = 60.0  # a network that is gone for this long ends the sign-in
STEP_S = 0.2  # Windows delivers Ctrl-C no sooner than this


def token(asking: "Asking", reason: str) -> "Token":
    """A new token. `reason`: why there is no browser; "" to open the page here. Raises AssumeError."""
    place = asking.place
    registration = asking.registered(())
    started = asking.oidc.start_device(registration)
    _show(asking, started, reason)
    interval_s = _seconds(started.get("interval"), INTERVAL_S)
    until = time.monotonic() + _seconds(started.get("expiresIn"), LIMIT_S)
    offline_since = 0.0
    while time.monotonic() < until:
        _sleep(interval_s)
        try:
            fields = asking.oidc.token(registration, grantType=DEVICE_GRANT, deviceCode=started["deviceCode"])
            return asking.kept(fields)
        except Refused as error:
            offline_since = 0.0
            if error.code == "SlowDownException":
                interval_s += SLOWER_S
            elif error.code == "AccessDeniedException":
                raise Refused("the sign-in was denied", "run it again to sign in", place.name, error.code) from None
            elif error.code == "ExpiredTokenException":
                break
            elif error.code != "AuthorizationPendingException":
                raise
        except Unreachable as error:
            if not offline_since:
                offline_since = time.monotonic()
                show.say(f"{error}\n  trying again for {OFFLINE_S:.0f} s")
            elif time.monotonic() - offline_since > OFFLINE_S:
                raise
    raise AssumeError("the code was not approved in time", "run it again", place.name)


def _show(asking: "Asking", started: "Mapping[str, Any]", reason: str) -> None:
    page, complete = str(started["verificationUri"]), str(started.get("verificationUriComplete") or "")
    if not reason:
        try:
            asking.open(complete or page)
        except NoBrowser as error:
            reason = str(error)
    how = f"by a code ({reason})" if reason else "in the browser"
    lines = [f"assume: signing in to {asking.place.shown} {how}"]
    if reason:
        lines += [f"  open {page}", f"  and type the code {started['userCode']}"]
    else:
        lines += [f"  compare the code that it shows: {started['userCode']}"]
    if complete:
        lines.append(f"  or open {complete}" if reason else f"  if no page opens there, open {complete}")
    show.say("\n".join(lines))


def _seconds(value: object, usual: float) -> float:
    return float(value) if isinstance(value, (int, float)) and 0 < value < 3600 else usual


def _sleep(seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left_s := until - time.monotonic()) > 0:
        time.sleep(min(left_s, STEP_S))
