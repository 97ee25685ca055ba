"""`login`: signs in to what a profile, or an sso-session, needs."""

from assume import paths
from assume.aws import seams
from assume.errors import UsageError
from assume.login import sign_in
from assume.login.log_in import BROWSER, DEVICE, LogIn, told
from assume.profiles.config import Config, read
from assume.shells import environment
from assume.store import folder
from assume.terminal import show


def run(name: str, device: bool = False, browser: bool = False, force: bool = False) -> int:
    """Signs in. `name`: a profile or a session; "" for the usual one. Returns the exit status."""
    if device and browser:
        raise UsageError("--device and --browser are two ways to sign in", "name one of them, or none")
    base, _ = environment.baseline(environment.own_environment())
    config = Config(*map(read, paths.aws_files(base)))
    name = name or sign_in.usual(config, base)
    place = sign_in.find(config, name, base)
    for warning in config.warnings:
        show.say(f"assume: {warning}")
    seams.enter(base)
    way = DEVICE if device else BROWSER if browser else ""
    store = folder.ready(base)
    if isinstance(place, str):
        return _console(place, config, base, store, way, force)
    log_in = LogIn(place, config, base, store, way)
    token = log_in.present()
    if token is not None:
        if not force and log_in.is_accepted(token):
            show.say(f"{told(log_in, token)}\n  it was signed in already; --force signs in again")
            return 0
        log_in.rejected = token.bearer
    log_in.may_refresh = not force
    show.say(told(log_in, log_in.run()))
    return 0


def _console(profile: str, config: Config, base: dict[str, str], store: str, way: str, force: bool) -> int:
    """Signs in with console credentials, for a profile with login_session."""
    from assume.login import console_log_in

    if not force and console_log_in.is_signed_in(profile, config, base):
        show.say(f"assume: {profile}: signed in already; --force signs in again")
        return 0
    show.say(console_log_in.run(profile, config, base, store, way))
    return 0
