"""`logout`: ends the sign-in of a profile or an sso-session, or all of them."""

from assume import paths
from assume.aws import seams
from assume.login import log_out, sign_in
from assume.profiles.config import Config, read
from assume.shells import environment
from assume.store import folder
from assume.terminal import show


def run(name: str) -> int:
    """Signs out. `name`: a profile or a session; "" for all. Returns the exit status."""
    base, _ = environment.baseline(environment.own_environment())
    config = Config(*map(read, paths.aws_files(base)))
    named = sign_in.find(config, name, base) if name else None
    seams.enter(base)
    if isinstance(named, str):
        gone = log_out.forget_console(named, config, base)
        show.say(f"assume: {named}: {'signed out' if gone else 'there was no sign-in'}")
        return 0
    places = [named] if named is not None else log_out.places(config, base)
    store = folder.ready(base)
    status = 0
    for place in places:
        was_there, reason = log_out.log_out(place, config, base, store)
        if reason:
            status = 1
            show.say(
                f"assume: {place.name}: AWS could not be told: {reason}\n"
                "  its files are removed from this machine; at AWS the session ends by itself"
            )
        elif was_there:
            show.say(f"assume: signed out of {place.shown}")
        else:
            show.say(f"assume: there was no sign-in to {place.shown}")
    consoles = 0 if name else log_out.forget_consoles(base)
    if consoles:
        show.say(f"assume: signed out of {consoles} console session{'s' * (consoles > 1)}")
    if not places and not consoles:
        show.say("assume: there is no sign-in to end")
    return status
