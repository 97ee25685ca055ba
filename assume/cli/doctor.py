"""`doctor`: what is wrong with this machine's set-up, and the command that fixes it. Nothing is changed.

Exit 0: nothing is wrong. Exit 1: something is.
"""

import json

from assume import paths
from assume.cli.install import chosen, init_path
from assume.cli.prose import put, wrapped
from assume.cli.status import mismatch
from assume.errors import AssumeError, shown
from assume.services import doctor
from assume.services.findings import Finding, Patient
from assume.shells import environment, rcfile
from assume.terminal import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.text import Text

LABEL = 12


def run(as_json: bool = False, state: str | None = None, edition: str = "") -> int:
    """Prints each check with what it found, or JSON.

    `state` is that of the shell, None if no function called us; `edition` is that of the function's code.
    """
    have = environment.own_environment()
    patient = _patient(have, state, edition)
    checks = _looked(patient)
    if as_json:
        done = list(checks)
        findings = [finding.as_json() for _, _, found in done for finding in found]
        content = {"ok": not findings, "checked": [name for name, _, _ in done], "findings": findings}
        return 0 if show.write(1, (json.dumps(content, indent=2) + "\n").encode()) and not findings else 1
    count = 0
    for name, what, found in checks:
        count += len(found)
        put(_lines(name, what, found))
    if count:
        show.say(f"assume: {count} {'finding' if count == 1 else 'findings'}; run a command that fixes one, then again")
    return 1 if count else 0


def _patient(have: dict[str, str], state: str | None, edition: str) -> Patient:
    base, _ = environment.baseline(have)
    home = paths.home(base)
    try:
        shell, program = chosen(None, base)
        rc_file, init_file = rcfile.find(shell, home, base, program), init_path(shell, home, base)
    except AssumeError:
        return Patient(have, base)
    loaded = None if state is None else edition
    return Patient(have, base, shell, loaded=loaded, rc_file=rc_file, init_file=init_file)


def _looked(patient: Patient) -> "Iterator[tuple[str, str, list[Finding]]]":
    for name, what, found in doctor.looked(patient):
        if name == "environment" and "ASSUME_PROFILE" in patient.environ:
            other = mismatch(dict(patient.environ))
            if other is not None:
                again = f"assume {patient.word(patient.environ['ASSUME_PROFILE'])}"
                found.append(Finding(name, other[0].removeprefix("assume: "), again))
        yield name, what, found


def _lines(name: str, what: str, found: "list[Finding]") -> "Iterator[Text]":
    from rich.text import Text

    mark, style = ("✗", "bold red") if found else ("✓", "green")
    for number, part in enumerate(wrapped(what, LABEL + 2)):
        head = Text(f"{' ' if number else mark} ", style=style)
        head.append(f"{'' if number else name:{LABEL}}", style="bold")
        yield head.append(part, style="dim")
    for finding in found:
        for part in wrapped(shown(finding.what), 2):
            yield Text(f"  {part}")
        for line in filter(None, finding.do.split("\n")):
            for part in wrapped(shown(line), 4):
                yield Text(f"    {part}")
        if finding.command:
            yield Text(f"    {shown(finding.command)}", style="cyan")
