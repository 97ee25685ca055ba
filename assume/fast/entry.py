"""What a bare interpreter can answer by itself; everything else goes to the console script.

The shell function starts an interpreter that knows neither site-packages nor
the current directory. What is not answered here `execv`s SCRIPT, the console
script, which knows how this package was installed.

In: the words after `assume`. `use` is answered by the warm or the middle lane,
or, while another process is getting the same credentials, by waiting for it;
`off`, `complete` and `init` always. Nothing outside the standard library.
"""

import sys

from assume.shells import environment
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os as system
    from collections.abc import Mapping, Sequence
    from typing import NoReturn

    from assume.arguments import Options
    from assume.fast.warm import Assumed
elif sys.platform == "win32":
    import nt as system
else:
    import posix as system


def answer(script: str, words: "Sequence[str]") -> "NoReturn":
    """Answers `words` and ends the process, or becomes `script`."""
    holding: list[str] = []
    try:
        status = _answered(words, holding)
    except (Exception, KeyboardInterrupt) as error:
        from assume.terminal.failures import ended

        status = ended(error)
    if status is None:
        _become(script, [*words[:1], *holding, *words[1:]])
    system._exit(status)  # no teardown: everything is written


def _answered(words: "Sequence[str]", holding: "list[str]") -> int | None:
    verb = words[0] if words else ""
    if verb == "complete":
        from assume.fast.complete import complete

        return complete(words[1:], environment.own_environment())
    if verb not in ("use", "off"):
        return None
    from assume.arguments import read

    options = read(words[1:])
    if options is None or not options.shell:
        return None
    if verb == "use":
        return use(options, holding)
    return None if options.profile else off(options)


def use(options: "Options", holding: "list[str]") -> int | None:
    """`use` from what is stored; None where that does not do. `holding` gets what the console script is told."""
    from time import time

    from assume.fast import warm

    have = environment.own_environment()
    now = time()
    if not options.profile and not options.credential_source:
        return None
    options = warm.asked(options)
    taken = warm.hit(options, have, now)
    if taken is None:
        from assume.fast import middle

        taken, plan = middle.stored(options, have, now)
        if taken is None and plan is not None:
            taken = middle.others(options, plan, holding)
    return None if taken is None else hand_over(taken, options, have, now)


def hand_over(taken: "Assumed", options: "Options", have: "dict[str, str]", now: float) -> int:
    """The reply to the shell function, in one write, and a line for the person at the terminal."""
    from assume.fast import warm

    if not show.write(1, warm.reply(taken, options, have)):
        return 1
    if show.is_terminal(2):
        show.say(warm.summary(taken, now))
    if taken.note:
        show.say(taken.note)
    return 0


def off(options: "Options") -> int:
    """The baseline again."""
    from assume.shells import environment, render, state

    have = environment.own_environment()
    base, told = environment.baseline(have)
    if not told:
        show.say("assume: what was set before is not known any more: the variables of the role are unset")
    changes = environment.changes(have, base)
    return 0 if show.write(1, render.reply(options.shell, changes, state.after_off(options.state))) else 1


def child(words: "Sequence[str]", variables: "Mapping[str, str] | None" = None) -> int:
    """The exit status of another program. For Windows, where a process cannot become one: `execv` ends at once."""
    import signal
    import subprocess  # its quotes: Windows hands a program one string

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the child's, which gets it too
    status = subprocess.Popen(words, env=variables).wait()
    return status - (1 << 32) if status >> 31 else status  # 32 bits with a sign: `_exit` takes no others


def _become(script: str, words: "Sequence[str]") -> "NoReturn":
    try:
        if sys.platform == "win32":
            system._exit(child([script, *words]))
        system.execv(script, [script, *words])
    except OSError as error:
        show.say(f"assume: {script} cannot be run: {error.strerror}\n  install it again, then open a new shell")
    system._exit(1)
