"""`list`: the profiles, how each gets credentials, and how long its cached ones last. Calls nobody without --check.

At a terminal it is a table that fits; in a pipe each profile is a line of fields with a TAB between two of them, as
docs/output.md has it; with --json an array of objects.
"""

import gc
import time

from assume import paths
from assume.cli import flags
from assume.cli.rows import Row, Rows
from assume.credentials import instant
from assume.errors import UsageError, shown
from assume.profiles.config import Config, read
from assume.profiles.patterns import matching
from assume.shells import environment
from assume.shells.render import encoded
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assume.cli.table import Cell
    from assume.services.check import Result

    Results = Mapping[str, Result]

FLAGS = {"--json": "json", "--check": "check"}
WARNINGS_MOST = 10
SIGN_IN = {"ended": ", sign-in ended", "none": ", not signed in"}
STYLES = {"ok": "green", "failed": "red", "skipped": ""}


def from_words(words: "Sequence[str]") -> "int | None":
    """The verb without Typer. Returns the exit status, or None if Typer has to read `words`."""
    given = flags.read(words, FLAGS)
    return None if given is None else run(given.names, "json" in given.flags, "check" in given.flags)


def run(patterns: "Sequence[str]" = (), as_json: bool = False, is_checked: bool = False) -> int:
    """Prints the profiles that `patterns` mean. Returns the exit status: 1 if no profile matches, or a check failed."""
    gc.disable()  # nothing here makes circles, and 10,000 profiles are many objects
    if "" in patterns:
        raise UsageError("a pattern is empty", "a variable that is not set?")
    have = environment.own_environment()
    base, _ = environment.baseline(have)
    config = Config(*map(read, paths.aws_files(base)))
    names = matching(config, patterns)
    if not names and not as_json:
        show.say(_nothing(patterns, config, base))
        return 1
    results: Results = {}
    if is_checked and names:
        from assume.cli import checking

        results = checking.all_of(names, have)
    now = time.time()
    look = Rows(config, base, now)
    rows = [look.row(name) for name in names]
    if as_json:
        written = show.write(1, encoded(_json(rows, now, results)))
    elif show.is_terminal(1):
        written = _draw(rows, now, results)
    else:
        written = show.write(1, encoded("".join("\t".join(_fields(row, results)) + "\n" for row in rows)))
    for warning in config.warnings[:WARNINGS_MOST]:
        show.say(f"assume: {warning}")
    if len(config.warnings) > WARNINGS_MOST:
        show.say(f"assume: {len(config.warnings) - WARNINGS_MOST} more warnings about the AWS files")
    failed = [name for name in results if results[name].kind == "failed"]
    return 0 if written and not failed and (names or not patterns) else 1


def _nothing(patterns: "Sequence[str]", config: Config, base: "dict[str, str]") -> str:
    if patterns and (count := len(config.names())):
        words = " or ".join(f"`{word}`" for word in patterns)
        return f"assume: no profile matches {words}\n  `assume list` shows all {count}"
    return f"assume: no profiles in {' or '.join(paths.aws_files(base))}\n  `aws configure` makes one"


def _fields(row: Row, results: "Results") -> "list[str]":
    """The fields of a line in a pipe."""
    until = instant(row.expires_at) if row.expires_at else ""
    fields = [row.name, _source(row), row.account, row.role, row.region, "MFA" if row.mfa else "", until]
    if row.name in results:
        return [shown(field) for field in (*fields, results[row.name].reason or row.error, results[row.name].kind)]
    return [shown(field) for field in (*fields, row.error)]


def _source(row: Row) -> str:
    return row.credentials + SIGN_IN.get(row.sign_in, "")


def _json(rows: "list[Row]", now: float, results: "Results") -> str:
    """An array with a line for each profile."""
    import json

    objects = []
    for row in rows:
        made: dict[str, object] = {
            "profile": row.name,
            "credentials": row.credentials,
            "account": row.account,
            "role": row.role,
            "role_arn": row.role_arn,
            "region": row.region,
            "mfa_serial": row.mfa,
            "guarded": row.is_guarded,
            "sign_in": row.sign_in,
            "cached_until": instant(row.expires_at) if row.expires_at else None,
            "left_s": int(row.expires_at - now) if row.expires_at else None,
            "error": row.error,
        }
        if (result := results.get(row.name)) is not None:
            made["check"] = {"result": result.kind, "arn": result.arn, "reason": result.reason}
        objects.append(json.dumps(made))
    return "[\n  " + ",\n  ".join(objects) + "\n]\n" if objects else "[]\n"


def _draw(rows: "list[Row]", now: float, results: "Results") -> bool:
    from assume.cli.table import Cell, Table, draw
    from assume.terminal.columns import Column

    columns = [
        Column("profile", 20, 9),
        Column("credentials from", 8, 1),
        Column("account", 12, 6),
        Column("role", 8, 5),
        Column("region", 9, 2),
        Column("MFA", 3, 3),
        Column("cached until", 12, 4),
    ]
    if results:
        columns.append(Column("check", 7, 8))
    lines = []
    for row in rows:
        is_production = show.is_production(row.name)
        name = Cell(shown(row.name), "bold red" if is_production else "", "PROD" if is_production else "")
        result = results.get(row.name)
        error = f"failed: {result.reason}" if result is not None and result.kind == "failed" else row.error
        if error:
            lines.append([name, Cell(shown(error), "red")])
            continue
        line = [name, *(Cell(shown(text)) for text in (_source(row), row.account, row.role, row.region))]
        line += [Cell("MFA" if row.mfa else ""), Cell(*_until(row, now))]
        if results:
            line.append(_checked(result) if result is not None else Cell(""))
        lines.append(line)
    table = Table(columns, lines)
    written = draw(table)
    if written and table.left_out:
        more = "1 column" if len(table.left_out) == 1 else f"{len(table.left_out)} columns"
        show.say(f"assume: no room for {more}\n  `assume list --json` has them all")
    return written


def _until(row: Row, now: float) -> "tuple[str, str]":
    """The cell for the end of what is cached, by the local clock, and its style."""
    if not row.expires_at:
        return "", ""
    if row.expires_at <= now:
        return "expired", ""
    at = time.localtime(row.expires_at)
    is_today = at[:3] == time.localtime(now)[:3]
    clock = time.strftime("%H:%M" if is_today else "%d %b %H:%M", at)
    return f"{clock} ({show.left(row.expires_at - now)})", "green"


def _checked(result: "Result") -> "Cell":
    from assume.cli.table import Cell

    return Cell(shown(result.reason or result.kind), STYLES[result.kind])
