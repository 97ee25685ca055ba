"""Ends sign-ins: the session at AWS, its token's file, and the credentials of roles that were bought with it.

In: the places, or everything that is signed in on this machine. Out: what was ended. The registration of the client is
no secret of the user's and stays: the next sign-in uses it.
"""

from assume import files
from assume.aws import cli_cache
from assume.errors import AssumeError, LockTimeout
from assume.login import sign_in, single
from assume.login.oidc import Oidc
from assume.login.sign_in import Place
from assume.login.tokens import Cache, console_folder, console_token_path
from assume.store import record, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.profiles.config import Config

TURN_S = 2.0  # for a process that renews the token just now


def places(config: "Config", base: "Mapping[str, str]") -> "list[Place]":
    """The places that this machine is signed in to, whichever tool did it."""
    cache, found = Cache(base), []
    known = {place.key: place for place in _known(config)}
    for key in cache.keys():  # noqa: SIM118  not a dict: it reads files
        fields = cache.read(key) or {}
        place = known.get(key) or Place("", str(fields.get("startUrl", "")), str(fields.get("region", "")))
        if place.key == key or place.start_url:
            found.append(known.get(key) or _Found(place, key))
    return found


def log_out(place: Place, config: "Config", base: "Mapping[str, str]", folder: str) -> "tuple[bool, str]":
    """Signs out of one place. (whether there was a sign-in, why AWS could not end it or "")."""
    cache = Cache(base)
    turn = None
    try:
        turn = single.turn(folder, place.key[:32], lambda: None, lambda _: None, TURN_S)
    except LockTimeout:
        pass  # somebody is being asked: that sign-in has not begun
    try:
        bearer = (cache.read(place.key) or {}).get("accessToken")
        was_there = cache.remove(place.key)
        _forget_roles(place, config, base, folder)
        reason = ""
        if isinstance(bearer, str) and bearer and place.region:
            try:
                Oidc(place, config).sign_out(bearer)
            except AssumeError as error:
                reason = error.what
        return was_there, reason
    finally:
        if turn is not None:
            turn.release()


def forget_console(profile: str, config: "Config", base: "Mapping[str, str]") -> bool:
    """Removes the token of a profile's `login_session`; AWS has no call to end it. True if there was one."""
    session = (config.profile(profile) or {}).get("login_session", "").strip()
    return files.forget(console_token_path(console_folder(base), session))


def forget_consoles(base: "Mapping[str, str]") -> int:
    """Removes the tokens of all console sessions; how many there were."""
    place = console_folder(base)
    return sum(files.forget(f"{place}/{name}") for name in write.names(place, ".json"))


class _Found(Place):
    """A place known only by its token's file, whose name may be that of a session that the config has no more."""

    def __init__(self, place: Place, key: str) -> None:
        super().__init__("", place.start_url, place.region, None, "")
        self._key = key

    @property
    def key(self) -> str:
        """The name of the file."""
        return self._key


def _known(config: "Config") -> "list[Place]":
    """The places that the AWS files name and that are whole."""
    found = []
    for session in config.sessions():
        try:
            found.append(sign_in.of_session(config, session))
        except AssumeError:
            continue
    for profile in dict.fromkeys(config.naming("sso_start_url")):
        try:
            if not (config.profile(profile) or {}).get("sso_session"):
                found.append(sign_in.of_source(config, profile))
        except AssumeError:
            continue
    return found


def _forget_roles(place: Place, config: "Config", base: "Mapping[str, str]", folder: str) -> None:
    """Removes the stored credentials of roles that came from this sign-in, ours and those in the AWS CLI's cache."""
    cache = cli_cache.Cache(base)
    for key in _cli_keys(place, config):
        cache.remove(key)
    line = f"source=SSO:{place.session} {place.start_url} "
    names = []
    for name in write.names(folder, record.ENTRY) if folder else []:
        request = (record.read(folder, name) or {}).get("request", "")
        if any(each.startswith(line) for each in request.split("\n")):
            names.append(name)
    write.remove(folder, names)


def _cli_keys(place: Place, config: "Config") -> "list[str]":
    """The keys of the AWS CLI's entries for each profile of this place, as botocore makes them."""
    keys = []
    for profile in dict.fromkeys(config.naming(place.session or place.start_url)):
        try:
            values = config.profile(profile) or {}
        except AssumeError:
            continue
        if values.get("sso_session", "") != place.session or "sso_account_id" not in values:
            continue
        keys.append(sign_in.role_key(values))
    return keys
