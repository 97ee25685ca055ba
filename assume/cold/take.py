"""Gets a role for the verbs that do not change the shell: exec, export."""

import time

from assume.arguments import Options
from assume.fast import middle, warm


def take(options: Options, have: dict[str, str]) -> warm.Assumed:
    """The role that `options` ask for, from the cheapest lane that has it. Raises AssumeError."""
    now = time.time()
    assumed = warm.hit(options, have, now)
    if assumed is None:
        assumed, plan = middle.stored(options, have, now)
        if assumed is None:
            from assume.cold.resolve import resolve

            assumed = resolve(options, have, plan=plan)
    return assumed
