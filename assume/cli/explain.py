"""`explain`: the chain of a profile as a tree, with the reason for each part; with --check against AWS.

Exit 0: the chain can be planned, and with --check AWS gave every role of it. Exit 1: it cannot, or AWS refused.
"""

import json
import time

from assume import arguments, paths
from assume.arguments import Options
from assume.cli.prose import put, wrapped
from assume.cold.resolve import policy_text
from assume.errors import AssumeError, UsageError, shown
from assume.fast import middle
from assume.services import explain
from assume.shells import environment, state
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from rich.text import Text

    from assume.services.walk import Step

    Shown = dict[str, Any]

INDENT = 3  # columns before what a cause says to do
LABEL = 12  # columns of the names of settings
OK, FAILED, NOT_TRIED = "✓ ", "✗ ", "· "


def run(options: Options) -> int:
    """Prints the tree, or JSON. Returns the exit status."""
    have = environment.own_environment()
    options = _asked(options, have)
    base, _ = environment.baseline(have)
    if options.policy:
        options.policy = policy_text(options.policy)
    try:
        plan = middle.planned(options, base, time.time())
    except AssumeError as error:
        if options.json:
            _json({"profile": options.profile, "error": error.what, "do": list(filter(None, error.cures))})
        raise
    folder = paths.store(base)
    found = explain.described(plan, options, folder, time.time())
    tried: Iterator[Step] | None = None
    if options.check:
        from assume.services import walk

        tried = walk.steps(plan, options)
    if options.json:
        return _as_json(found, tried)
    for warning in plan.chain.warnings:
        show.say(f"assume: {warning}")
    return _as_tree(found, tried)


def _asked(options: Options, have: dict[str, str]) -> Options:
    """The request to explain: `-`, or nothing, is this shell's."""
    if options.credential_source or options.profile not in ("", "-"):
        return options
    again = arguments.again(state.current(options.state), options)
    if again is not None:
        return again
    name = have.get("ASSUME_PROFILE", "")
    raise UsageError("which profile?", f"assume explain {shown(name) or 'PROFILE'}; `assume list` shows them")


def _as_json(found: "Shown", tried: "Iterator[Step] | None") -> int:
    steps = [step.as_json() for step in tried] if tried is not None else []
    is_ok = all(step["ok"] for step in steps)
    check = {"ok": is_ok, "steps": steps} if tried is not None else None
    return 0 if _json(found | {"check": check}) and is_ok else 1


def _json(content: "Shown") -> bool:
    return show.write(1, (json.dumps(content, indent=2) + "\n").encode())


def _as_tree(found: "Shown", tried: "Iterator[Step] | None") -> int:
    put(_heading(found))
    failed: Step | None = None
    for node in (found["source"], *found["hops"]):
        step = next(tried, None) if tried is not None and failed is None else None
        mark = "" if tried is None else NOT_TRIED if step is None else OK if step.error is None else FAILED
        is_last = node is (found["hops"] or [found["source"]])[-1]
        put(_node(node, mark, step.arn if step is not None else "", is_last))
        if step is not None and step.error is not None:
            failed = step
    if failed is not None:
        put(_failure(found, failed))
    return 0 if failed is None else 1


def _heading(found: "Shown") -> "list[Text]":
    """The profile, its region, its endpoint: on one line, if they fit."""
    from rich.text import Text

    name = found["profile"]
    line = Text(shown(name), style="bold red" if show.is_production(name) else "bold")
    if show.is_production(name):
        line.append(" PROD")
    rest = [found["region"], found["endpoint"], "guarded (assume_confirm)" if found["guarded"] else ""]
    texts = [shown(text) for text in rest if text]
    if len(wrapped("  ".join([line.plain, *texts]), 0)) > 1:
        return [line, *(Text(f"│ {text}") for text in texts)]
    for text in texts:
        line.append(f"  {text}", style="default not bold")
    return [line]


def _node(node: "Shown", mark: str, arn: str, is_last: bool) -> "Iterator[Text]":
    """The lines of the source or of a hop."""
    from rich.text import Text

    corner, side = ("└─ ", "     ") if is_last else ("├─ ", "│    ")
    title = _source_title(node) if "kind" in node else _hop_title(node)
    line = Text(corner)
    line.append(mark, style={OK: "green", FAILED: "bold red"}.get(mark, "dim"))
    line.append(shown(title), style="bold")
    yield line
    rows = _source_rows(node, arn) if "kind" in node else _hop_rows(node, arn)
    for label, value in rows:
        if value:
            yield from _row(side, label, shown(value))


def _row(side: str, label: str, value: str) -> "Iterator[Text]":
    """A setting on one line; at a terminal on several, if it is long. No word is cut."""
    from rich.text import Text

    for number, part in enumerate(wrapped(value, len(side) + LABEL)):
        line = Text(side)
        line.append(f"{'' if number else label:{LABEL}}", style="dim")
        line.append(part)
        yield line


def _source_title(node: "Shown") -> str:
    return f"source: {node['profile'] or node['kind']}"


def _source_rows(node: "Shown", arn: str) -> "list[tuple[str, str]]":
    return [
        ("from", node["detail"]),
        ("why", node["why"]),
        ("key id", node["key_id"] or ""),
        ("is", arn),
        ("account", "" if arn else node["account"] or ""),
        ("MFA", f"{node['mfa_serial']}: the keys become those of an MFA session" if node["mfa_serial"] else ""),
        ("cached", _left(node) if node["cached_until"] else ""),
    ]


def _hop_title(node: "Shown") -> str:
    return f"{node['number']}. {node['profile'] or 'role ' + node['role_arn'].rpartition('/')[2]}"


def _hop_rows(node: "Shown", arn: str) -> "list[tuple[str, str]]":
    tags = ", ".join(f"{key}={value}" for key, value in node["session_tags"].items())
    handed_on = ", ".join(node["transitive_session_tags"])
    policies = [*node["policy_arns"], *(["a policy of its own (--policy)"] if node["policy"] else [])]
    return [
        ("role", node["role_arn"]),
        ("account", node["account"] or ""),
        ("why", node["why"]),
        ("by", "" if node["call"] == "AssumeRole" else "a web identity"),
        ("external ID", node["external_id"] or ""),
        ("MFA device", node["mfa_serial"] or ""),
        ("MFA", node["mfa"] or ""),
        ("session", f"{node['session_name']} ({node['session_name_why']})"),
        ("lasts", f"{_duration(node['duration_s'])} ({node['duration_why']})"),
        ("limited by", ", ".join(policies)),
        ("tags", tags + (f" (handed on: {handed_on})" if handed_on else "")),
        ("source id", node["source_identity"] or ""),
        ("is", arn),
        ("cached", _left(node) if not arn else ""),
    ]


def _duration(seconds: int) -> str:
    """`1h`, `45m`, `90s`."""
    for size, unit in ((3600, "h"), (60, "m")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def _left(node: "Shown") -> str:
    return f"{show.left(node['left_s'])} left" if node["left_s"] else "no"


def _failure(found: "Shown", step: "Step") -> "Iterator[Text]":
    """AWS's answer, and each cause with its change: blocks that can be copied."""
    from rich.text import Text

    source = found["source"]["profile"] or found["source"]["kind"]
    where = found["hops"][step.number - 1]["profile"] if step.number else source
    yield Text()
    head = f"hop {step.number}, {where or found['profile']}: " if step.number else f"the source, {where}: "
    for line in wrapped(shown(head + (step.error.what if step.error is not None else "")), 0):
        yield Text(line, style="bold red")
    told = list(dict.fromkeys(cause.what for cause in step.causes))
    if len(told) > 1:
        for line in wrapped("AWS has one answer for all of these. The likeliest comes first:", 0):
            yield Text(line)
    before = step.error.what if step.error is not None else ""
    for cause in step.causes:
        if cause.what != before:
            yield Text()
            head = f"{told.index(cause.what) + 1}. " if len(told) > 1 else ""
            for number, line in enumerate(wrapped(shown(cause.what), len(head))):
                yield Text(f"{'' if number else head:{len(head)}}{line}", style="bold")
        before = cause.what
        for line in cause.do.splitlines():
            for part in wrapped(shown(line), INDENT):
                yield Text(f"{'':{INDENT}}{part}")
        if cause.document is not None:
            for line in json.dumps(cause.document, indent=2, ensure_ascii=True).splitlines():
                yield Text(f"{'':{INDENT}}{line}", style="cyan")
        if cause.command:
            yield Text(f"{'':{INDENT}}{shown(cause.command)}", style="cyan")
