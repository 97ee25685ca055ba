"""Signs in with console credentials: in the browser here, or with a code that the user copies from a browser elsewhere.

In: the profile with `login_session`, the AWS files, the environment. Out: a stored token, of which all AWS tools make
use; the line for the user. One terminal at a time signs in to one session.
"""

import secrets

from assume.aws import client, sources
from assume.aws.deadline import Deadline
from assume.errors import AssumeError, SignedOut
from assume.login import by_browser, single, surroundings
from assume.login.asking import NoBrowser, opened
from assume.login.callback import Callback
from assume.login.console_sign_in import Console, pasted
from assume.profiles.chain import LOGIN, Chain, Source
from assume.terminal import ask, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.profiles.config import Config

LIMIT_S = 600.0
VERIFIER_BYTES = 48  # makes 64 characters


def is_signed_in(profile: str, config: "Config", base: "Mapping[str, str]") -> bool:
    """Whether the stored token gives credentials; it is renewed if it has to be. Raises AssumeError."""
    source = Source(LOGIN, profile, "")
    sections = client.sections(config, Chain(profile, source, []))
    try:
        sources.credentials(source, base, Deadline(), 0, lambda: client.Session(sections, profile), None)
    except SignedOut:
        return False
    return True


def run(
    profile: str, config: "Config", base: "Mapping[str, str]", folder: str, way: str = "", offered: bool = False
) -> str:
    """Signs in. `way`: `browser`, `device`, or "" to find out; `offered`: asks first. Returns the line for the user."""
    console = Console(profile, config, base)
    shown = console.session.rpartition(":")[2]

    def found() -> str | None:
        return "" if is_signed_in(profile, config, base) else None

    name = console.path.rpartition("/")[2][:32]
    turn = single.turn(folder, name, found, lambda text: show.say(f"assume: {profile}: waiting: {text}"), poll_s=2.0)
    if not isinstance(turn, single.Turn):
        return f"assume: {profile}: signed in as {shown}"
    try:
        if offered:
            turn.note(f"asks whether to sign in as {shown}")
            answer = ask.ask(f"{profile}: not signed in as {shown}. Press Enter to sign in: ", echo=True)
            if (answer or "").casefold() not in ("", "y", "yes"):
                raise SignedOut("not signed in: nothing was changed", f"run `assume login {profile}`", profile)
        turn.note(f"signs in as {shown}")
        setting = (config.profile(profile) or {}).get("assume_browser", "")
        reason = {"device": "--device", "browser": ""}.get(way)
        if reason is None:
            reason = surroundings.without_browser(base, setting)
        if not reason:
            try:
                _here(console, base, setting, shown)
            except NoBrowser as error:
                reason = str(error)
        if reason:
            _elsewhere(console, shown, reason)
    finally:
        turn.release()
    return f"assume: {profile}: signed in as {shown}"


def _here(console: Console, base: "Mapping[str, str]", setting: str, shown: str) -> None:
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(VERIFIER_BYTES)
    try:
        callback = Callback(by_browser.PATH)
    except OSError as error:
        raise NoBrowser(f"nothing can listen on 127.0.0.1: {error.strerror}") from None
    with callback:
        url = console.authorize_url(callback.url, state, by_browser.challenge_of(verifier))
        opened(url, base, setting, console.profile)
        show.say(
            f"assume: {console.profile}: signing in as {shown} in the browser\n  if no page opens there, open {url}"
        )
        answer = callback.wait(LIMIT_S)
        if answer is None:
            text = f"no answer from the browser within {LIMIT_S / 60:.0f} minutes"
            raise AssumeError(text, "run it again, or with --device", console.profile)
        try:
            console.exchange(by_browser.code_of(answer, state, console.profile), callback.url, verifier)
        except AssumeError as error:
            callback.show("Not signed in", f"{error.what}. You can close this tab.", is_good=False)
            raise
        callback.show("Signed in", f"assume is signed in as {shown}. You can close this tab.")


def _elsewhere(console: Console, shown: str, reason: str) -> None:
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(VERIFIER_BYTES)
    url = console.authorize_url("", state, by_browser.challenge_of(verifier))
    show.say(f"assume: {console.profile}: signing in as {shown} by a code ({reason})\n  open {url}")
    code, found = pasted(console.profile)
    by_browser.code_of({"code": code, "state": found}, state, console.profile)
    console.exchange(code, "", verifier)
