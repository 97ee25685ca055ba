"""Doctor: the shell integration. Is it loaded, is it loaded by every new shell, is something else in its place?"""

import os
import re

from assume.errors import AssumeError
from assume.services.findings import Finding, Patient
from assume.shells import init, rcfile, table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CHECK = "shell"
TAKES_NAME = re.compile(  # a line that gives the name another meaning
    r"""\s*(?: alias (?:\s+-\S+)* \s+ assume [=\s] | function \s+ (?:global:)? assume \b | assume \s* \(\)
          | (?:Set|New)-Alias \s+ (?:-Name\s+)? assume \b )""",
    re.IGNORECASE | re.VERBOSE,
)
ABBREVIATION = re.compile(r"\s*abbr\s(?!.*(?:-e|--erase)\b).*\bassume\b")  # of fish: it is expanded while it is typed
LARGEST = 1 << 20


def shell(patient: Patient) -> "Iterator[Finding]":
    """The function, the rc file, the init file, an alias behind it, another program of the name."""
    kind = patient.shell
    if kind is None:
        yield Finding(CHECK, "this is not a shell that assume works in", do=f"use {', '.join(table.SHELLS)}")
        return
    yield from _program(patient)  # first: other commands need it
    yield from _rc_file(patient)
    if patient.loaded != init.edition(kind):
        line = f"{kind.load.format(patient.word(patient.init_file))}" if _has_init_file(patient) else ""
        what = f"the function is not loaded in this {kind.name}, so `assume PROFILE` cannot change it"
        if patient.loaded is not None:
            what = f"this {kind.name} has loaded the function of another version"
        yield Finding(CHECK, what, line or table.loading_line(kind.name))
    yield from _aliases(patient)


def _rc_file(patient: Patient) -> "Iterator[Finding]":
    kind, path = patient.shell, patient.rc_file
    assert kind is not None  # noqa: S101  `shell` has looked
    install = f"assume install {kind.name}"
    try:
        has_line, by_hand = rcfile.has_line(path), rcfile.written_by_hand(kind, path)
    except (OSError, AssumeError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "what", "")
        yield Finding(CHECK, f"{path} cannot be read: {reason}", f"chmod u+rw {patient.word(path)}")
        return
    if by_hand:
        return
    if not has_line:
        yield Finding(CHECK, f"no line of {path} loads assume, so a new {kind.name} will not have it", install)
        return
    if not _has_init_file(patient):
        yield Finding(CHECK, f"{path} loads {patient.init_file}, which does not exist", install)
    elif why := _why_old(patient):
        yield Finding(CHECK, f"{patient.init_file} {why}", install)


def _has_init_file(patient: Patient) -> bool:
    return bool(patient.init_file) and os.path.isfile(patient.init_file)


def _why_old(patient: Patient) -> str:
    """Why an init file is not what `install` would write now; "" if it is."""
    text = _text(patient.init_file)
    values = init.read_stamp(text.partition("\n")[0])
    if values is None:
        return "was not written by `assume install`, or was changed"
    if values["main"] != init.MAIN:
        there = os.path.exists(values["main"])
        return f"is of another installation{'' if there else ', which is gone'}: {os.path.dirname(values['main'])}"
    if not os.access(values["interpreter"], os.X_OK):
        return f"starts {values['interpreter']}, which does not exist"
    name = patient.kind
    if text == init.init_text(name, bool(values["prompt"]), values["interpreter"], values["script"]):
        return ""
    return f"is of another version ({values['version']}), or was changed"


def _aliases(patient: Patient) -> "Iterator[Finding]":
    """An alias or function that is defined behind our line: those before it give way."""
    lines = _text(patient.rc_file).split("\n")
    loading = [at for at, line in enumerate(lines) if _loads(line)]
    first = loading[-1] + 1 if loading else 0
    for number, line in enumerate(lines, 1):
        if ABBREVIATION.match(line):
            what = f"line {number} of {patient.rc_file} makes `assume` an abbreviation"
            yield Finding(CHECK, what, patient.comment_out(patient.rc_file, number))
        elif number > first and TAKES_NAME.match(line):
            what = f"line {number} of {patient.rc_file} gives `assume` another meaning, behind the line that loads it"
            yield Finding(CHECK, what, patient.comment_out(patient.rc_file, number))


def _loads(line: str) -> bool:
    text = line.strip()
    return not text.startswith("#") and (table.MARK in text or "assume init " in text)


def _program(patient: Patient) -> "Iterator[Finding]":
    """Another program of the name, which scripts and programs would start in our place."""
    own = init.console_script()
    name = os.path.basename(own)
    found = [os.path.join(folder, name) for folder in patient.base.get("PATH", "").split(os.pathsep) if folder]
    first = next((path for path in found if os.path.isfile(path) and os.access(path, os.X_OK)), "")
    folder = os.path.dirname(own)
    if first and not _is_ours(first, own):
        command = patient.first_on_path(folder) if folder else ""
        yield Finding(CHECK, f"another program is called assume, and comes first on PATH: {first}", command)
    elif not first and folder:
        command = patient.first_on_path(folder)
        yield Finding(CHECK, f"{folder} is not on PATH, so scripts do not find assume", command)


def _is_ours(path: str, own: str) -> bool:
    return os.path.realpath(path) == os.path.realpath(own) or init.is_ours(path)


def _text(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST).decode("utf-8", "surrogateescape")
    except OSError:
        return ""
