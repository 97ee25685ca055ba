"""What the two ways to ask a person for a sign-in share: the place, its calls, the registered client, the browser.

In: a Place, the AWS files, the environment. See `by_browser` and `by_device`.
"""

import os
import threading
import time
from functools import cached_property

from assume.aws import seams
from assume.aws.deadline import joined
from assume.errors import AssumeError
from assume.login.tokens import Cache, Token, registration_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assume.login.oidc import Oidc
    from assume.login.sign_in import Place
    from assume.profiles.config import Config

STARTS_S = 2.0  # a browser that cannot be started fails within this


class NoBrowser(AssumeError):
    """The browser cannot be used; the text says why. The other way is a device code."""

    def __str__(self) -> str:
        return self.what


class Asking:
    """One place to sign in to, and the means to do it. `browser` is the profile's assume_browser."""

    def __init__(self, place: "Place", config: "Config", base: "Mapping[str, str]") -> None:
        self.place = place
        self.base = base
        self.cache = Cache(base)
        self._config = config
        self.browser = (config.profile(place.profile) or {}).get("assume_browser", "")

    @cached_property
    def oidc(self) -> "Oidc":
        """The calls to the place."""
        from assume.login.oidc import Oidc

        return Oidc(self.place, self._config)

    def registered(self, grants: "tuple[str, ...]") -> "Mapping[str, Any]":
        """The client for these grants: the one that is stored, else a new one. Raises AssumeError."""
        found = self.cache.registration(self.place, grants, time.time())
        if found is not None:
            return found
        made = self.oidc.register(grants)
        try:
            self.cache.write(registration_key(self.place), made)
        except OSError:
            pass  # it is registered again the next time
        return made

    def forget_client(self) -> bool:
        """Forgets the registered client, which AWS does not know any more. True if one was stored."""
        return self.cache.remove(registration_key(self.place))

    def kept(self, fields: "Mapping[str, Any]") -> Token:
        """Stores a token. Raises AssumeError."""
        try:
            return self.cache.keep(self.place, fields)
        except OSError as error:
            cure = f"make {self.cache.folder or 'a home directory'} writable, and sign in again"
            raise AssumeError(f"cannot store the sign-in: {error.strerror or error}", cure, self.place.name) from None

    def open(self, url: str) -> None:
        """Opens a URL in the user's browser. Raises NoBrowser."""
        opened(url, self.base, self.browser, self.place.profile or self.place.name)


def opened(url: str, base: "Mapping[str, str]", setting: str, profile: str) -> None:
    """Opens a URL in the browser of `setting` (assume_browser), of ASSUME_BROWSER, or the usual one. Raises NoBrowser.

    Whatever the browser prints is thrown away: our standard output may be on its way into a shell.
    """
    text = setting or base.get("ASSUME_BROWSER", "")
    fields = {"url": url, "profile": profile, "account": "", "colour": ""}
    keeps = [os.dup(1), os.dup(2)] if os.name == "posix" and _is_open(1) and _is_open(2) else []
    try:
        if keeps:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, 1)
            os.dup2(nowhere, 2)
            os.close(nowhere)
        _started(text, fields, base)
    finally:
        for handle, keep in zip((1, 2), keeps, strict=False):
            os.dup2(keep, handle)
            os.close(keep)
        seams.enter(base)  # `usual` has set the environment of the browser


def _started(text: str, fields: "Mapping[str, str]", base: "Mapping[str, str]") -> None:
    """Starts a browser, and goes on as soon as it fails or has had time to fail. Raises NoBrowser.

    Some programs return only when the page was read, which needs our answer: so a thread waits for them.
    """
    from assume.login import browser

    failures: list[str] = []

    def start() -> None:
        try:
            if text:
                browser.start(browser.command(text, fields), base, fields["profile"])
            else:
                browser.usual(fields["url"], base, fields["profile"])
        except AssumeError as error:
            failures.append(error.what)
        except Exception as error:
            failures.append(f"the browser cannot be started: {type(error).__name__}")

    thread = threading.Thread(target=start, daemon=True)
    thread.start()
    joined(thread, STARTS_S)
    if failures:
        raise NoBrowser(failures[0])


def _is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True
