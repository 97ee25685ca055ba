"""Gets a role for the verbs that do not change the shell: exec, export."""

import time

from assume.arguments import Options
from assume.fast import middle, warm
from assume.shells import state

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


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


def taken_here(of_shell: str, have: "Mapping[str, str]") -> list[str]:
    """The words of the request whose role this shell took and still has; [] if it inherited the role it has.

    `of_shell`: the shell's state. The shell does not see it if direnv or mise has set another role, or an earlier one:
    then the name in the environment is another.
    """
    words = state.current(of_shell)
    name = words[0] if words else ""
    if "--role-arn" in words:
        arn = words[words.index("--role-arn") + 1]
        name = arn.rpartition("/")[2] or arn
    return words if not name or have.get("ASSUME_PROFILE", name) == name else []
