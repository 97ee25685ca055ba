"""The sign-in of an SSO profile: the file in which AWS tools keep it, and whether it still works. Calls nobody.

In: the path of the file, the time; out: LIVE, ENDED or NONE. botocore/tokens.py has the rules: a sign-in of an
`sso-session` renews itself as long as the client's registration lasts.
"""

import json

from assume.aws.cli_cache import ends

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LIVE, ENDED, NONE = "live", "ended", "none"
LARGEST = 1 << 20  # bytes
RENEWAL = ("refreshToken", "clientId", "clientSecret")


def state(path: str, now: float, *, renewable: bool) -> str:
    """LIVE, ENDED, or NONE if there is no sign-in, or one that cannot be read. `renewable`: it is an sso-session's."""
    try:
        with open(path, "rb") as file:
            fields = json.loads(file.read(LARGEST))
        if not fields["accessToken"]:
            return NONE
        is_live = ends(fields["expiresAt"]) > now
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return NONE
    return LIVE if is_live or renewable and _renews(fields, now) else ENDED


def _renews(fields: "dict[str, Any]", now: float) -> bool:
    try:
        return all(fields.get(name) for name in RENEWAL) and ends(fields["registrationExpiresAt"]) > now
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
