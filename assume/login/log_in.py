"""Signing in to an IAM Identity Center: a token that is stored, a refresh token, or a person; one sign-in at a time.

In: a Place, the AWS files, the environment. Out: a Token, which is stored where all AWS tools look for it. The ways to
ask a person are `by_browser` and `by_device`. A role whose token is good needs neither them nor boto3, so they are
imported late.
"""

import time

from assume.errors import AssumeError, Refused, SignedOut
from assume.login.asking import Asking, NoBrowser
from assume.login.tokens import EARLY_S, SPARE_S, Token
from assume.terminal import ask, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from assume.login import single
    from assume.login.sign_in import Place
    from assume.profiles.config import Config

BROWSER, DEVICE = "browser", "device"
NO_CLIENT = ("InvalidClientException", "UnauthorizedClientException")  # AWS has forgotten the registration
YES = ("", "y", "yes")
REFRESH_WAIT_S = 10.0  # another process renews the same token, which takes one call


class LogIn:
    """One sign-in. `way`: BROWSER or DEVICE; "" to find out. `folder`: the store, where the turns are taken.

    `may_refresh` can be cleared, so that a person is asked. `rejected` can be set to an access token that AWS did not
    accept, however fresh its file looks.
    """

    def __init__(self, place: "Place", config: "Config", base: "Mapping[str, str]", folder: str, way: str = "") -> None:
        self.place = place
        self.way = way
        self.rejected = ""
        self.may_refresh = True
        self.asking = Asking(place, config, base)
        self.cache = self.asking.cache
        self._folder = folder

    def present(self, least_s: float = SPARE_S) -> Token | None:
        """The stored token, if it has more than `least_s` seconds left and AWS did not reject it."""
        token = self.cache.token(self.place)
        if token is None or token.bearer == self.rejected or token.left_s(time.time()) <= least_s:
            return None
        return token

    def is_accepted(self, token: Token) -> bool:
        """Whether AWS accepts a token that looks good. Raises AssumeError if AWS cannot be asked."""
        return self.asking.oidc.is_accepted(token.bearer)

    def renewed(self, wait_s: float = REFRESH_WAIT_S) -> Token | None:
        """A token bought with the refresh token, without a question; None if that is not possible.

        Raises Unreachable; LockTimeout if another process had its turn for longer than `wait_s`.
        """
        from assume.login import single

        got = single.turn(self._folder, self.place.key[:32], lambda: self.present(EARLY_S), lambda _: None, wait_s)
        if isinstance(got, Token):
            return got
        try:
            got.note(f"renews the sign-in to {self.place.name}")
            return self.present(EARLY_S) or self._refreshed()
        finally:
            got.release()

    def run(self, offer_to: str = "") -> Token:
        """Signs in, by the refresh token if possible, else by asking. Raises AssumeError, Interrupted.

        `offer_to`: the profile for which the sign-in is offered on the terminal first; "" if the user has asked for it.
        """
        from assume.login import single

        name = offer_to or self.place.name
        got = single.turn(
            self._folder, self.place.key[:32], self.present, lambda text: show.say(f"assume: {name}: waiting: {text}")
        )
        if isinstance(got, Token):
            return got
        try:
            token = self.present() or self._refreshed()
            if token is None and offer_to:
                token = self._offered(got, offer_to)
            return token or self._asked(got)
        finally:
            got.release()

    def _refreshed(self) -> Token | None:
        token = self.cache.token(self.place)
        if token is None or not self.may_refresh or not token.can_renew(time.time()):
            return None
        try:
            refresh = token.fields["refreshToken"]
            fields = self.asking.oidc.token(token.fields, grantType="refresh_token", refreshToken=refresh)
        except Refused:
            return None  # the session has ended: a person has to sign in
        return self.asking.kept(fields)

    def _offered(self, turn: "single.Turn", name: str) -> Token | None:
        """Asks whether to sign in now. A token, if one was stored in the meantime; None: sign in. Raises SignedOut."""
        turn.note(f"asks whether to sign in to {self.place.name}")
        question = f"{name}: not signed in to {self.place.shown}. Press Enter to sign in: "
        answer = ask.ask(question, echo=True, cancelled=lambda: self.present() is not None)
        if answer is None:
            return self.present()
        if answer.casefold() not in YES:
            raise SignedOut("not signed in: nothing was changed", f"run `assume login {name}`", name)
        return None

    def _asked(self, turn: "single.Turn") -> Token:
        from assume.login import by_browser, by_device, surroundings

        reason = {DEVICE: "--device", BROWSER: ""}.get(self.way)
        if reason is None:
            reason = surroundings.without_browser(self.asking.base, self.asking.browser)
        if not reason and self.place.session:
            turn.note(f"signs in to {self.place.name} in the browser")
            try:
                return self._once_more(lambda: by_browser.token(self.asking))
            except NoBrowser as error:
                reason = str(error)
        turn.note(f"signs in to {self.place.name} by a code")
        return self._once_more(lambda: by_device.token(self.asking, reason))

    def _once_more(self, way: "Callable[[], Token]") -> Token:
        """`way()`, and once again with a new registration, if AWS has forgotten the client."""
        try:
            return way()
        except Refused as error:
            if error.code not in NO_CLIENT or not self.asking.forget_client():
                raise
            return way()


class Renewing:
    """The tokens as the mapping that botocore's providers read; one that ends soon is renewed first, in our turn.

    The refresh token is left out of what botocore gets: it would use it outside of any turn, and a refresh token works
    only once. `is_silent`: a renewal before a prompt, which waits for nobody.
    """

    def __init__(self, log_in: LogIn, is_silent: bool = False) -> None:
        self._log_in = log_in
        self._wait_s = 0.3 if is_silent else REFRESH_WAIT_S

    def __contains__(self, key: str) -> bool:
        return self._log_in.cache.read(key) is not None

    def __getitem__(self, key: str) -> "dict[str, Any]":
        log_in = self._log_in
        token = log_in.cache.token(log_in.place) if key == log_in.place.key else None
        if token is None:
            raise KeyError(key)
        if token.left_s(time.time()) < EARLY_S and token.can_renew(time.time()):
            try:
                token = log_in.renewed(self._wait_s) or token
            except AssumeError:
                if token.left_s(time.time()) <= SPARE_S:
                    raise
        log_in.rejected = token.bearer  # if AWS refuses it now
        return {name: value for name, value in token.fields.items() if name != "refreshToken"}

    def __setitem__(self, key: str, fields: "Mapping[str, Any]") -> None:
        """Nothing: see the docstring of the class."""


def told(log_in: LogIn, token: Token) -> str:
    """The line for the user once a sign-in is there."""
    again = "; renewed by itself" if token.can_renew(time.time()) else ""
    return f"assume: signed in to {log_in.place.shown}, for {show.left(token.left_s(time.time()))}{again}"
