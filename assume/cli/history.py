"""`history`: which role was taken when, by which verb, in which terminal. Calls nobody."""

import shutil
import textwrap
import time

from assume import paths
from assume.credentials import instant
from assume.errors import AssumeError, shown
from assume.shells import environment
from assume.shells.render import encoded
from assume.store import history
from assume.terminal import show

RED, PLAIN = "\x1b[1;31m", "\x1b[0m"


def run(as_json: bool = False) -> int:
    """Prints a line for each switch, the oldest first; or with --json an array of objects. Returns the exit status."""
    base, _ = environment.baseline(environment.own_environment())
    folder = paths.store(base)
    try:
        found = list(history.switches(folder)) if folder else []
    except OSError as error:
        raise AssumeError(
            f"the history cannot be read: {error.strerror}", f"it is in {folder}: look at its owner and its mode"
        ) from None
    if as_json:
        import json

        return (
            0 if show.write(1, (json.dumps([_document(switch) for switch in found], indent=2) + "\n").encode()) else 1
        )
    if not found:
        show.say("assume: nothing is in the history yet\n  each switch adds a line, unless ASSUME_HISTORY=0 is set")
        return 0
    return 0 if show.write(1, encoded("".join(line + "\n" for line in _lines(found, base)))) else 1


def _document(switch: dict[str, str]) -> dict[str, str]:
    arn = switch["arn"]
    session = arn.rpartition("/")[2] if ":assumed-role/" in arn else ""
    return {**switch, "time": instant(int(switch["time"])), "session": session}


def _lines(found: list[dict[str, str]], base: dict[str, str]) -> "list[str]":
    rows = [_row(switch) for switch in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    is_terminal = show.is_terminal(1)
    columns = shutil.get_terminal_size().columns if is_terminal else 10**6
    lines = []
    for row in rows:
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if len(line) > columns:
            line = "\n".join(textwrap.wrap("  ".join(filter(None, row)), columns, subsequent_indent="    "))
        if is_terminal and row[1].startswith("PROD ") and not base.get("NO_COLOR"):
            line = line.replace(row[1], RED + row[1] + PLAIN, 1)
        lines.append(line)
    return lines


def _row(switch: dict[str, str]) -> tuple[str, ...]:
    name = shown(switch["profile"])
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(int(switch["time"])))
    role = switch["role_arn"].partition(":role/")[2] or switch["sso_role"]
    session = _document(switch)["session"]
    terminal = switch["terminal"].removeprefix("/dev/")
    cells = (f"{switch['account']} {role}".strip(), session, switch["verb"], terminal, switch["host"])
    return (when, ("PROD " if show.is_production(name) else "") + name, *map(shown, cells))
