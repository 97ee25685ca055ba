"""`policy`: the policies that a profile needs, ready to hand to an administrator. AWS is only asked who calls."""

import json
import time

from assume.arguments import Options
from assume.errors import UsageError, shown
from assume.fast import middle
from assume.profiles.chain import DEFAULT_S
from assume.services import grants, policies
from assume.shells import environment
from assume.shells.render import encoded
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def run(profile: str, role_arn: str, external_id: str, *, create: bool = False, as_json: bool = False) -> int:
    """Prints both policies of each hop, or the commands that create them, or JSON. Returns the exit status."""
    if create and as_json:
        raise UsageError("--create and --json are two forms of one answer", "leave one out")
    if not profile:
        raise UsageError("the name of the profile is empty", "a variable that is not set?")
    options = Options()
    options.profile, options.role_arn, options.external_id = profile, role_arn, external_id
    base, _ = environment.baseline(environment.own_environment())
    plan = middle.planned(options, base, time.time())
    for warning in plan.chain.warnings:
        show.say(f"assume: {warning}")
    if not plan.chain.hops:
        grants.needed(plan.chain, "")  # which says so, before AWS is called
    from assume.services import walk

    found = grants.needed(plan.chain, walk.caller_of(plan, options))
    if as_json:
        text = json.dumps({"profile": plan.chain.name, "hops": found}, indent=2)
    elif create:
        text = "\n".join(map(shown, grants.commands(found)))
    else:
        text = "\n\n".join(_blocks(found))
    return 0 if show.write(1, encoded(text + "\n")) else 1


def _blocks(found: "list[grants.Grant]") -> "Iterator[str]":
    for grant in found:
        yield f"# the trust policy of {shown(grant['role_arn'])}\n{policies.text(grant['trust_policy'])}"
        if grant["caller_policy"] is not None:
            yield f"# the policy of {shown(grant['caller'])}\n{policies.text(grant['caller_policy'])}"
        if grant["max_session_duration"] > DEFAULT_S:
            yield f"# its maximum session duration: {grant['max_session_duration']} s or more"
