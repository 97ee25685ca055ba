"""Getting a role for the verbs that give it to something else than the shell: exec, export."""

import time

from assume import middle, warm
from assume.arguments import Options


def take(options: Options, have: dict[str, str]) -> warm.Taken:
    """The role that `options` ask for, by the cheapest lane that has it."""
    now = time.time()
    taken = warm.hit(options, have, now)
    if taken is None:
        taken, _, _ = middle.stored(options, have, now)
    if taken is None:
        from assume.resolve import resolve

        taken = resolve(options, have)
    return taken
