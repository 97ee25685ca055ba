"""Codes of MFA devices: RFC 6238, SHA-1, six digits, a new code every 30 seconds.

In: a secret in base32, a time in epoch seconds. Out: the code that the device
shows at that time, or the steps that a given code belongs to.
"""

import base64
import hashlib
import hmac
import struct

STEP_S = 30
DIGITS = 6
DRIFT_STEPS = 1  # how many steps the clock of a device may be ahead or behind


def step(at: float) -> int:
    """The number of the 30-second step that contains `at`."""
    return int(at) // STEP_S


def code_of_step(secret: str, number: int) -> str:
    """The code that a device with `secret` shows during step `number`."""
    padded = secret.upper() + "=" * (-len(secret) % 8)
    digest = hmac.new(base64.b32decode(padded), struct.pack(">Q", number), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    (word,) = struct.unpack(">I", digest[start : start + 4])
    return f"{(word & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}d}"


def code(secret: str, at: float) -> str:
    """The code that a device with `secret` shows at `at`."""
    return code_of_step(secret, step(at))


def matching_steps(secret: str, given: str, at: float) -> list[int]:
    """The steps around `at` whose code is `given`; empty for a wrong code."""
    now = step(at)
    near = range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1)
    return [number for number in near if number >= 0 and code_of_step(secret, number) == given]
