"""A check at the terminal: its progress is a bar on standard error, which is gone when the check is done.

The credentials come from the cold lane, which is handed to `services.check` here.
"""

from assume.cold.resolve import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assume.arguments import Options
    from assume.aws.deadline import Deadline
    from assume.credentials import Credentials
    from assume.fast.middle import Planned
    from assume.services.check import Result


def all_of(names: "Sequence[str]", have: "Mapping[str, str]") -> "dict[str, Result]":
    """The result of each profile. `have`: the environment of this process."""
    from assume.services import check
    from assume.terminal import show

    if not show.is_terminal(2):
        return dict(check.all_of(names, have))
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from assume.cli.consoles import console

    results = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    paper = console(2)
    try:
        with Progress(*columns, console=paper, transient=True) as progress:
            task = progress.add_task("asking AWS", total=len(names))
            for name, result in check.all_of(names, have):
                results[name] = result
                progress.advance(task)
    finally:
        paper.show_cursor()  # Ctrl-C may come while the bar is being set up
    return results


def this_shell(have: dict[str, str]) -> "Result":
    """What STS says of the credentials that AWS tools find in this shell, whose environment is `have`."""
    from assume.services import check

    return check.of_environment() if have.get("AWS_ACCESS_KEY_ID") else check.one(have["ASSUME_PROFILE"], have, _taken)


def work() -> None:
    """A worker of the check."""
    from assume.services import check

    check.work(_taken)


def _taken(options: "Options", have: "Mapping[str, str]", deadline: "Deadline", plan: "Planned") -> "Credentials":
    return resolve(options, have, silent=True, deadline=deadline, plan=plan, is_use=False).credentials
