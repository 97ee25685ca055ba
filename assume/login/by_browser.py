"""Asks a person in the browser: an authorization code with PKCE, which the browser brings to 127.0.0.1.

In: an Asking. Out: a Token, stored. The answer is used only if its `state` is ours, and the code is worth
nothing without the verifier, which never leaves this process but to AWS. The tab shows how it ended.
"""

import base64
import hashlib
import secrets
from hmac import compare_digest
from urllib.parse import quote, urlencode

from assume.errors import AssumeError, Refused
from assume.login.asking import NoBrowser
from assume.login.callback import Callback
from assume.login.oidc import CODE_GRANTS, DEFAULT_SCOPES
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.login.asking import Asking
    from assume.login.tokens import Token

PATH = "/oauth/callback"
LIMIT_S = 600.0  # then AWS does not accept the code any more
VERIFIER_BYTES = 48  # makes 64 characters


def token(asking: "Asking") -> "Token":
    """A new token. Raises NoBrowser, AssumeError."""
    place, oidc = asking.place, asking.oidc
    registration = asking.registered(CODE_GRANTS)
    verifier, state = secrets.token_urlsafe(VERIFIER_BYTES), secrets.token_urlsafe(24)
    try:
        callback = Callback(PATH)
    except OSError as error:
        raise NoBrowser(f"nothing can listen on 127.0.0.1: {error.strerror}") from None
    with callback:
        query = {
            "response_type": "code",
            "client_id": registration["clientId"],
            "redirect_uri": callback.url,
            "state": state,
            "code_challenge_method": "S256",
            "scopes": " ".join(place.scopes or DEFAULT_SCOPES),
            "code_challenge": challenge_of(verifier),
        }
        url = f"{oidc.authorize_url}?{urlencode(query, quote_via=quote)}"
        asking.open(url)
        show.say(f"assume: signing in to {place.shown} in the browser\n  if no page opens there, open {url}")
        answer = callback.wait(LIMIT_S)
        if answer is None:
            cure = "run it again, or with --device"
            raise AssumeError(f"no answer from the browser within {LIMIT_S / 60:.0f} minutes", cure, place.name)
        try:
            code = code_of(answer, state, place.name)
            fields = oidc.token(
                registration, grantType="authorization_code", code=code, redirectUri=callback.url, codeVerifier=verifier
            )
            made = asking.kept(fields)
        except AssumeError as error:
            callback.show("Not signed in", f"{error.what}. You can close this tab.", is_good=False)
            raise
        callback.show("Signed in", f"assume is signed in to {place.shown}. You can close this tab.")
    return made


def code_of(answer: "Mapping[str, str]", state: str, name: str) -> str:
    """The code in an answer of the browser. Raises AssumeError if it was denied, or is not an answer to us."""
    if not compare_digest(answer.get("state", "").encode(), state.encode()):
        text = "the browser's answer belongs to another sign-in (its state differs): it was not used"
        raise AssumeError(text, "run it again, and use the page that it opens", name)
    if answer.get("error"):
        said = answer.get("error_description") or answer["error"]
        if answer["error"] == "access_denied":
            raise Refused("the sign-in was denied in the browser", "run it again to sign in", name, "access_denied")
        raise Refused(f"the sign-in failed in the browser: {said}", "run it again", name, answer["error"])
    return answer["code"]


def challenge_of(verifier: str) -> str:
    """The code challenge (S256) of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
