"""A `credential_process` or `mfa_process` that would call itself, directly or through other profiles, is refused.

Each such command gets ASSUME_CALLERS in its environment: one record for each of our processes that waits for one of
its commands, the outermost first. An `assume` inside such a command compares with them what it is about to run, and
the lock that it is about to wait for: a caller that holds it waits for us.

A record counts as long as its process lives: a daemon that a command has started may keep the variable for ever.
"""

import os
import sys

from assume.errors import ConfigError
from assume.shells.environment import CALLERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any, NoReturn

TEXTS = ("asked", "profile", "setting")


def entered(
    base: "Mapping[str, str]",
    files: "Sequence[str]",
    asked: str,
    profile: str,
    setting: str,
    locks: "Sequence[str]",
) -> "dict[str, str]":
    """The environment of a command that this process is about to run. Raises ConfigError if it runs already.

    `asked` is the name that the user asked for, `setting` of `profile` in the AWS `files` is the command, and `locks`
    are the names of the locks that are held meanwhile.
    """
    import json  # here, not at the top: a switch that runs no command does without it

    callers = _living(base)
    command = {"profile": profile, "setting": setting, "files": list(files)}
    for at, caller in enumerate(callers):
        if all(caller.get(name) == value for name, value in command.items()):
            _refuse(callers[at:], asked)
    own = {"pid": os.getpid(), "asked": asked, **command, "locks": list(locks)}
    return {**base, CALLERS: json.dumps([*callers, own])}


def check_lock(base: "Mapping[str, str]", asked: str, lock: str) -> None:
    """Raises ConfigError if a process that waits for us holds this lock."""
    callers = _living(base) if CALLERS in base else []
    for at, caller in enumerate(callers):
        if lock in caller.get("locks", ()):
            _refuse(callers[at:], asked)


def _refuse(callers: "Sequence[Mapping[str, Any]]", asked: str) -> "NoReturn":
    last = callers[-1]
    steps = []
    for caller in callers:
        is_plain = caller["asked"] == caller["profile"] and caller["setting"] == last["setting"]
        steps.append(caller["asked"] if is_plain else f"{caller['asked']} ({caller['setting']} of {caller['profile']})")
    raise ConfigError(
        f"{last['setting']} goes in a circle: {' -> '.join([*steps, asked])}",
        f"the command of [profile {last['profile']}] must not call assume for a profile of this circle",
        asked,
    )


def _living(base: "Mapping[str, str]") -> "list[dict[str, Any]]":
    """The records of processes that still exist; anything that we did not write is left out."""
    import json

    try:
        records = json.loads(base.get(CALLERS, ""))
    except (ValueError, RecursionError):
        return []
    return [one for one in records if _is_record(one) and _lives(one["pid"])] if isinstance(records, list) else []


def _is_record(one: "Any") -> bool:
    return (
        isinstance(one, dict)
        and type(one.get("pid")) is int
        and all(isinstance(one.get(name), str) for name in TEXTS)
        and isinstance(one.get("locks"), list)
    )


def _lives(pid: int) -> bool:
    if not 0 < pid < 1 << 31:
        return False
    if sys.platform == "win32":
        return True  # `os.kill` would end it
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # it is another user's
    return True
