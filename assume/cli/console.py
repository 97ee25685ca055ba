"""`console`: the web console in the browser, signed in as the role of a profile, or as the role of this shell."""

import time
from copy import copy

from assume import arguments, paths
from assume.arguments import COLOURS, Options
from assume.aws import seams
from assume.cold.take import take
from assume.credentials import Credentials, is_usable
from assume.errors import AssumeError, UsageError
from assume.fast import middle, warm
from assume.fast.check import check
from assume.fast.entry import add_to_history
from assume.login import browser
from assume.profiles.config import Config, read
from assume.profiles.endpoint import endpoint
from assume.services import console
from assume.shells import environment, render, state
from assume.terminal import show

# the options that change which credentials are got: an inherited role is used as it is
CHANGES = (
    "mfa_code duration_s session_name external_id role_arn read_only policy policy_arns min_left_s refresh no_cache"
).split()
FIREFOX = {"black": "toolbar", "white": "toolbar", "magenta": "purple", "cyan": "turquoise"}  # other words are the same


def run(options: Options) -> int:
    """Opens the console, or prints the link with --print. Returns the exit status."""
    options.service = options.service.lower()
    console.check_service(options.service)
    have = environment.own_environment()
    base, _ = environment.baseline(have)
    config = Config(*map(read, paths.aws_files(base)))
    taken, lasts_s = _taken(options, have, base)
    console.check_keys(taken.credentials, taken.known["name"])
    if taken.note:
        show.say(taken.note)
    seams.enter(base)
    arn = taken.credentials.arn or taken.known.get("role_arn", "")
    region = options.region or taken.known.get("region", "") or base.get("AWS_REGION", "")
    render.check_region(region) if region else None
    profile = taken.known.get("aws_profile") or options.profile
    values = config.profile(profile) or {}
    partition = console.partition_of(arn, region)
    url = console.link(
        taken.credentials,
        taken.known["name"],
        partition,
        console.page(partition, options.service, region),
        lasts_s,
        endpoint("signin", config, profile, base),
        base.get("AWS_CA_BUNDLE") or values.get("ca_bundle", ""),
    )
    add_to_history("console", taken, time.time())
    if options.print_link:
        return _printed(url)
    _opened(url, taken, values, base)
    left_s = lasts_s or taken.credentials.left_s(time.time())
    show.say(console.told(taken.known["name"], taken.known.get("role_arn") or arn, taken.account, left_s))
    return 0


def _taken(options: Options, have: dict[str, str], base: dict[str, str]) -> tuple[warm.Assumed, int]:
    """The role, and the SessionDuration to ask for (0: none)."""
    if options.profile in ("", "-") and not options.credential_source:
        again = arguments.again(state.current(options.state), options)
        if again is None:
            return _inherited(options, have, base), 0
        if not options.duration_s:
            return take(again, have), 0  # the duration of the shell's own request, if any, is the role's
        options = again
    lasts_s = 0
    if options.duration_s:
        check(options)
        chain = middle.planned(_without_duration(options), base, time.time()).chain
        lasts_s = console.session_s(chain, options)
    return take(options, have), lasts_s


def _without_duration(options: Options) -> Options:
    """A copy of `options` for the same chain, whether or not it has a role that --duration could be for."""
    result = copy(options)
    result.duration_s = 0
    return result


def _inherited(options: Options, have: dict[str, str], base: dict[str, str]) -> warm.Assumed:
    """The role that this shell has from its parent: its keys as they are, or those of its profile."""
    cure = "name a profile: assume console PROFILE"
    name = have.get("ASSUME_PROFILE", "")
    if not name:
        raise UsageError("this shell has no role", cure)
    if any(getattr(options, change) not in ("", (), 0, None, False) for change in CHANGES):
        raise UsageError("this shell inherited its role, and an inherited role takes no options", cure)
    if have.get("ASSUME_EXPORTED") == "profile":
        options.profile = have.get("AWS_PROFILE", name)
        return take(options, have)
    key_id, secret, session = (have.get(variable, "") for variable in environment.KEYS)
    if key_id != have.get("ASSUME_KEY_ID", ""):
        raise AssumeError("the keys of this shell are no longer those of the role that it took", cure, name)
    ends = have.get("ASSUME_EXPIRES", "")
    expires_at = int(ends) if ends.isascii() and ends.isdigit() and len(ends) < 12 else None
    credentials = Credentials(key_id, secret, session, expires_at)
    if not is_usable(credentials, time.time()):
        raise AssumeError("the role of this shell has expired", f"assume {name}", name)
    region = have.get("AWS_REGION", "")
    known = {"name": name, "role_arn": have.get("ASSUMED_ROLE_ARN", ""), "region": region, "export": "keys"}
    return warm.Assumed(known | {"account": have.get(environment.ACCOUNT, ""), "aws_profile": name}, credentials, base)


def _printed(url: str) -> int:
    if show.is_terminal(1):
        show.say(
            f"assume: whoever has this link within {show.left(console.LINK_S)} is signed in as this role:\n"
            "  keep it out of chats, tickets and logs"
        )
    return 0 if show.write(1, url.encode() + b"\n") else 1


def _opened(url: str, taken: warm.Assumed, values: dict[str, str], base: dict[str, str]) -> None:
    name = taken.known["name"]
    text = values.get("assume_browser", "").strip() or base.get("ASSUME_BROWSER", "").strip()
    environment_of_browser = {key: value for key, value in base.items() if key not in environment.OWN}
    if not text:
        browser.usual(url, environment_of_browser, name)
        return
    word = values.get("assume_colour", "").strip().lower()
    colour = word if word in COLOURS else "red" if show.is_production(name) else "blue"
    fields = {"url": url, "profile": name, "account": taken.account, "colour": FIREFOX.get(colour, colour)}
    browser.start(browser.command(text, fields), environment_of_browser, name)
