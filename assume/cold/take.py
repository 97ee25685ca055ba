"""Getting a role for the verbs that give it to something else than the shell: exec, export."""

import time

from assume.arguments import Options
from assume.fast import middle, warm


def take(options: Options, have: dict[str, str]) -> warm.Assumed:
    """The role that `options` ask for, by the cheapest lane that has it."""
    now = time.time()
    taken = warm.hit(options, have, now)
    if taken is None:
        taken, plan = middle.stored(options, have, now)
        if taken is None:
            from assume.cold.resolve import resolve

            taken = resolve(options, have, plan=plan)
    return taken
