"""`each`: one command in many profiles. Its words are read here, without Typer, which takes longer than a call of AWS.

In: the words after `each`; out: an exit status. OPTIONS is the table of options, which a test compares with Typer's.
"""

import sys
import time
from dataclasses import dataclass, field

from assume import arguments, paths
from assume.arguments import Options
from assume.cli import typos
from assume.errors import UsageError, shown
from assume.profiles.config import Config, read
from assume.services import children, targets
from assume.services.targets import Target
from assume.shells import environment
from assume.store import folder, record
from assume.terminal import show
from assume.verbs import VERBS

OPTIONS = {
    # word: (attribute of Words, whether a value follows; or, for a flag, the value that it sets)
    "--all": ("everything", True),
    "--jobs": ("jobs", str),
    "--dry-run": ("dry_run", True),
    "--output": ("output", str),
    "--json": ("as_json", True),
    "--fail-fast": ("fail_fast", True),
    "--yes": ("yes", True),
    "--region": ("region", str),
    "--read-only": ("read_only", True),
    "--no-read-only": ("read_only", False),
    "--refresh": ("refresh", True),
    "--mfa-code": ("mfa_code", str),
}
JOBS, JOBS_MOST = 8, 256
POWERSHELL = "PSMODULEPATH" if sys.platform == "win32" else "PSModulePath"  # it keeps an unquoted -- for itself


@dataclass(slots=True)
class Words:
    """What a command line asks for."""

    patterns: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    jobs: int = JOBS
    output: str = ""
    region: str = ""
    mfa_code: str = ""
    read_only: bool | None = None
    everything: bool = False
    dry_run: bool = False
    as_json: bool = False
    fail_fast: bool = False
    yes: bool = False
    refresh: bool = False


def run(words: list[str]) -> int:
    """Runs the command in every profile that is meant. Raises AssumeError, UsageError."""
    have = environment.own_environment()
    try:
        asked = understood(words)
    except UsageError as error:
        if "--" not in words and POWERSHELL in have:
            error.cures = (f"in PowerShell, quote the --: assume each {' '.join(words[:1])} '--' COMMAND", *error.cures)
        raise
    base, told = environment.baseline(have)
    if not told:
        show.say("assume: ASSUME_BEFORE is missing or damaged: earlier values of the variables are not known")
    now = time.time()
    files = paths.aws_files(base)
    seen = {path: record.signature(path, now) for path in files}  # before they are read
    config = Config(*map(read, files))
    names = targets.select(config, asked.patterns, asked.everything)
    meant = [targets.planned(config, name, _options(asked), base, seen) for name in names]
    for line in dict.fromkeys(line for target in meant for line in _warnings(target)):
        show.say(f"assume: {shown(line)}")
    from assume.cli import outcomes

    if asked.dry_run:
        return outcomes.listed(meant, asked.as_json)
    children.check_command(asked.command, base)
    targets.confirm(meant)
    output = outcomes.output(meant, have, asked.output, asked.as_json)
    from assume.services.each import Run

    started = time.monotonic()
    this = Run(
        meant, asked.command, have, base, folder.ready(base), output, asked.jobs, asked.fail_fast, asked.mfa_code
    )
    status = this.run()
    output.end([this.outcomes[name] for name in names], time.monotonic() - started)
    return status


def understood(words: list[str]) -> Words:
    """The words, read. Raises UsageError if they cannot be what is meant."""
    asked = Words()
    before = words[: words.index("--")] if "--" in words else words
    asked.command = words[len(before) + 1 :]
    waiting = list(before)
    while waiting:
        word = waiting.pop(0)
        if len(word) > 1 and word[0] == "-":
            _take(asked, "--jobs" + word[2:] if word[:2] == "-j" else word, waiting)
        else:
            asked.patterns.append(word)
    line = (f"the line is: {VERBS['each'].line}", typos.help_of("each"))
    if asked.everything and asked.patterns:
        raise UsageError(f"--all, and a pattern too: {asked.patterns[0]}", "leave one of the two out")
    if not asked.everything and (not asked.patterns or "" in asked.patterns):
        raise UsageError("which profiles?", ("name them by patterns, or all of them by --all", *line))
    if not asked.command and not asked.dry_run:
        raise UsageError("which command? It comes after --", line)
    return asked


def _take(asked: Words, word: str, waiting: list[str]) -> None:
    name, equals, value = word.partition("=")
    if name.startswith("--jobs") and name[6:].isdigit():  # -j4
        name, equals, value = "--jobs", "=", name[6:]
    if name not in OPTIONS:
        raise typos.unknown_option(name, "each")
    attribute, kind = OPTIONS[name]
    if isinstance(kind, bool):
        if equals:
            raise UsageError(f"Option '{name}' takes no value", typos.help_of("each"))
        setattr(asked, attribute, kind)
        return
    value = value if equals else (waiting.pop(0) if waiting else "")
    if not value:
        raise UsageError(f"Option '{name}' requires an argument", typos.help_of("each"))
    if name == "--jobs":
        if not (value.isascii() and value.isdigit() and 1 <= int(value[:4]) <= JOBS_MOST):
            raise UsageError(f"--jobs: {value} is not a number from 1 to {JOBS_MOST}", "for example --jobs 16")
        asked.jobs = int(value)
    else:
        setattr(asked, attribute, value)


def _options(asked: Words) -> Options:
    options = arguments.Options()
    options.region, options.read_only, options.refresh = asked.region, asked.read_only, asked.refresh
    options.yes = asked.yes
    return options


def _warnings(target: Target) -> list[str]:
    """The warnings of a target's chain, which are then not shown again when its role is got."""
    if target.chain is None:
        return []
    lines, target.chain.warnings = target.chain.warnings, []
    return lines
