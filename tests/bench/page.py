"""Writes docs/performance.md and its picture from Rows."""

import os
import platform
import time
from collections.abc import Mapping, Sequence
from math import log10

from .fixture import ROOT
from .measure import Row

PAGE, PICTURE = ROOT / "docs" / "performance.md", ROOT / "docs" / "img" / "performance.svg"
TITLES = {
    "warm": "A warm switch: the credentials are stored, nothing has changed",
    "call": "The same switch, called in a running shell",
    "memory": "Memory of a switch",
    "middle": "The config file was touched",
    "start": "Time that loading adds to the start of a shell",
    "hook": "The hook before a prompt, with a role that is not due for renewal; it starts no process",
    "tab": "TAB",
    "look": "The list, the help and the picker",
    "exec": "exec",
    "cold": "A cold switch: nothing is stored, STS on loopback",
    "far": "A cold switch over TLS, at a distance",
    "last-hop": "A chain whose last hop is not stored",
    "code": "After the MFA code was typed",
    "many": "Many terminals at once",
    "peers": "Other tools in the same rounds",
}
HEAD = """\
# How fast it is

Written by `make bench`; do not edit it by hand. Medians of {runs} runs; programs that are compared take turns.
× means: times the duration of one `python -I -S -c pass` of the same interpreter, in the same rounds: {bare:.1f} ms.
{machine}, {date}.

![assume and other tools](img/performance.svg)
"""
REPEAT = """\

## To repeat it

    make bench                       # all of it: half an hour on two cores, with nothing else running
    make bench BENCH=--quick         # fewer runs
    .venv/bin/python -m tests.bench --here warm call    # some groups, the checkout as it is, nothing written

The bench installs a wheel of the checkout into its own environment, and awsume, the AWS CLI and boto3 into others. It
also measures Granted's `assumego`, `aws-vault` and an AWS CLI that has `export-credentials` if they are on PATH; the
first two keep their secrets in files, as they do where there is no keychain. STS is
the simulator of `assume demo`, on loopback; a distance of some milliseconds is a relay that adds the round trip, also
to the handshakes of TCP and TLS. Every answer is checked, and calls are counted: the bench ends if a warm switch makes
a call or a cold one makes none. On a machine that is busy with other work, `BENCH_CPU=1` counts processor time.
"""
COLOURS = {"assume": "#2f6f4f", "boto3 script": "#9aa5b1"}
OTHERS = "#c8cdd3"


def write(rows: Mapping[str, Sequence[Row]], runs: int, bare_s: float) -> None:
    """Writes the page and the picture."""
    machine = f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    text = HEAD.format(runs=runs, bare=bare_s * 1000, machine=machine, date=time.strftime("%d %B %Y").lstrip("0"))
    for group, found in rows.items():
        text += f"\n## {TITLES[group]}\n\n| what | figure | target | | median, least |\n|---|---|---|---|---|\n"
        text += "".join(map(_line, found))
    PAGE.write_text(text + REPEAT)
    PICTURE.write_text(picture(rows))


def _line(row: Row) -> str:
    to = f" of {row.to}" if row.to else ""
    limit = "" if row.limit is None else f"≤ {row.limit:g} {row.unit}"
    mark = "" if row.limit is None else ("met" if row.is_met else "**not met**")
    times = "" if row.typical_s is None else f"{row.typical_s * 1000:.1f} ms, {(row.least_s or 0) * 1000:.1f} ms"
    figure = f"{float(f'{row.figure:.3g}'):g}"  # three digits, and never 1.22e+03
    return f"| {row.what.strip()} | {figure} {row.unit}{to} | {limit} | {mark} | {times} |\n"


def picture(rows: Mapping[str, Sequence[Row]]) -> str:
    """The picture: bars on a logarithmic scale, each tool's time as a ratio to the bare interpreter's."""
    bars: list[tuple[str, str, float]] = []
    for row in rows.get("peers", ()):
        about, _, name = row.what.partition(": ")
        if not row.to:
            bars.append((about, name, row.figure))
    left, width, step, top = 210, 480, 18, 30
    most = max([figure for _, _, figure in bars] + [10])
    scale = width / log10(most / 0.5)
    parts, y, before = [], top, ""
    for about, name, figure in bars:
        if about != before:
            y += 22 if before else 0
            parts.append(_text(8, y, about, "bold"))
            before = about
            y += step
        long = max(scale * log10(figure / 0.5), 2)
        colour = COLOURS.get(name, OTHERS)
        parts.append(_text(left - 8, y, name, "normal", "end"))
        parts.append(f'<rect x="{left}" y="{y - 11}" width="{long:.0f}" height="14" fill="{colour}"/>')
        parts.append(_text(left + long + 6, y, f"{figure:.3g} ×"))
        y += step
    parts.append(_text(8, y + 14, "times one python -I -S -c pass, on a logarithmic scale; shorter is better"))
    size = f'width="800" height="{y + 30}" viewBox="0 0 800 {y + 30}"'
    ground = '<rect width="100%" height="100%" fill="#fff"/>'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', ground, *parts, "</svg>\n"])


def _text(x: float, y: float, text: str, weight: str = "normal", anchor: str = "start") -> str:
    font = 'font-family="sans-serif" font-size="12" fill="#222"'
    return f'<text x="{x:.0f}" y="{y:.0f}" {font} font-weight="{weight}" text-anchor="{anchor}">{text}</text>'
