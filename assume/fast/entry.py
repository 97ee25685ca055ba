"""The first process of every call: it answers what a bare interpreter can, and becomes the console script for the rest.

The shell function starts an interpreter that looks in neither site-packages nor
the current directory. For everything that is not answered here, the process
becomes SCRIPT, the console script, which knows how this package was installed.

In: the words after `assume`. Answered here: `use`, if the warm or the middle lane
can, or if another process is getting the same credentials, by waiting for it;
`off` and `complete` always. Imports only the standard library.
"""

import sys

from assume import paths
from assume.shells import environment
from assume.terminal import show

HISTORY_LARGEST = 1 << 20  # bytes

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
    """`use` from what is stored; None if the console script has to do it.

    `holding` receives the option that passes a lock that we hold on to the console script.
    """
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
    return None if taken is None else hand_over(taken, options, have, time())  # it may have waited


def hand_over(taken: "Assumed", options: "Options", have: "dict[str, str]", now: float) -> int:
    """Writes the reply, with the line that the shell shows once the switch is made. Returns the exit status."""
    from assume.fast import warm

    done = show.plain(warm.summary(taken, now)) if show.is_terminal(2) else ""
    if not show.write(1, warm.reply(taken, options, have, done)):
        return 1
    if taken.note:
        show.say(taken.note)
    add_to_history("use", taken, now)
    return 0


def add_to_history(verb: str, taken: "Assumed", now: float) -> None:
    """Adds a line to the history: which role was taken when, and where. Never fails. `store.history` reads it.

    Takes no lock: the system appends what one `write` has to a local file in one piece. What is rare is there.
    """
    from assume.store import record

    base, known, credentials = taken.base, taken.known, taken.credentials
    folder = paths.store(base)
    if base.get("ASSUME_HISTORY", "").lower() in ("0", "no", "false", "off") or not record.folder_is_sound(folder):
        return
    host = base.get("COMPUTERNAME", "") if sys.platform == "win32" else system.uname().nodename
    roles = known.get("role_arn", ""), known.get("sso_role", "")
    own = credentials.arn, credentials.key_id
    fields = (str(int(now)), verb, known["name"], taken.account, *roles, *own, _tty(), host)
    line = "\t".join(field.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n") for field in fields) + "\n"
    try:
        handle = paths.opened(f"{folder}/history", system.O_WRONLY | system.O_APPEND | system.O_CREAT)
    except (OSError, ValueError):
        return
    try:
        system.write(handle, line.encode("utf-8", "surrogateescape"))
        size = system.fstat(handle).st_size
    except OSError:
        size = 0
    finally:
        system.close(handle)
    if size > HISTORY_LARGEST:
        from assume.store.history import rotate

        rotate(folder, HISTORY_LARGEST)


def _tty() -> str:
    """The terminal that this process belongs to; "" if there is none."""
    for handle in (2, 0, 1) if sys.platform != "win32" else ():
        try:
            return system.ttyname(handle)
        except OSError:
            continue
    return ""


def off(options: "Options") -> int:
    """Writes the reply that restores the baseline. Returns the exit status."""
    from assume.shells import environment, render, state

    have = environment.own_environment()
    base, told = environment.baseline(have)
    if not told:
        show.say(
            "assume: ASSUME_BEFORE is missing or damaged: the role's variables were unset\n"
            "  earlier values could not be restored"
        )
    changes = environment.changes(have, base)
    return 0 if show.write(1, render.reply(options.shell, changes, state.after_off(options.state))) else 1


def child(words: "Sequence[str]", variables: "Mapping[str, str] | None" = None) -> int:
    """Runs another program and returns its exit status. For Windows, where `execv` would not wait for its end."""
    import signal
    import subprocess  # it quotes the words: on Windows a program gets one string

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the child gets Ctrl-C too, and decides
    status = subprocess.Popen(words, env=variables).wait()
    return status - (1 << 32) if status >> 31 else status  # `_exit` takes 32 bits with a sign


def _become(script: str, words: "Sequence[str]") -> "NoReturn":
    try:
        if sys.platform == "win32":
            system._exit(child([script, *words]))
        from assume.fast.python import words as started

        start = started(script, getattr(system, "environ"))  # noqa: B009  `posix` has bytes, unlike `os`
        system.execv(start[0], [*start, *words])
    except OSError as error:
        show.say(
            f"assume: {script} cannot be run: {error.strerror}\n  install assume-shell again, then open a new shell"
        )
    system._exit(1)
