"""A row of the differential tables: a fact about botocore, the files that show it, and what we do.

`judge` asks botocore first and compares the fact with its answer, then asks us twice: by the
direct call, and through botocore. A row *agrees*, or states why it *differs*; a row that
states a difference which does not exist fails too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from .both import Both, Outcome, failed, said

BASE = "\n[profile base]\n<alice>\n"
ROLE = "[profile p]\nrole_arn = <r1>\nsource_profile = base\n"


@dataclass(frozen=True)
class Row:
    """A fact about botocore. `reaches`: `alice` or `r1`; `error`: its class or a part of its text.

    `sends`, `where`, `region`: of its last call; `roles`: those of all its calls. `differs`:
    empty, or the reason why our answer differs; then `ours` is what we reach, or `says` a part of our message.
    """

    fact: str
    config: str | bytes = ""
    credentials: str | bytes = ""
    env: Mapping[str, str | None] = field(default_factory=dict)
    profile: str = "p"
    reaches: str = ""
    error: str = ""
    sends: Mapping[str, object] = field(default_factory=dict)
    where: str = ""
    region: str = ""
    roles: tuple[str, ...] = ()
    visits: tuple[str, ...] | None = None
    differs: str = ""
    ours: str = ""
    says: str = ""
    anywhere: bool = False  # the row is about the endpoint: no variable sets it
    machine: bool = False  # instance and container metadata are available

    @property
    def agrees(self) -> bool:
        return not self.differs


def params(rows: list[Row]) -> pytest.MarkDecorator:
    """`rows` as parameters of a test, named by their facts."""
    return pytest.mark.parametrize("row", [pytest.param(row, id=name(row)) for row in rows])


def name(row: Row) -> str:
    """The name of a row in a report."""
    return f"{row.fact} - {'agrees' if row.agrees else 'differs, because ' + row.differs}".replace("::", ":")


def judge(both: Both, row: Row) -> None:
    """Compares a row with botocore, and us with both."""
    assert bool(row.reaches) != bool(row.error), "a fact is an identity, or an error"
    both.write(row.config, row.credentials)
    env = {} if row.anywhere else both.here
    env |= both.machine if row.machine else {}
    env |= {variable: both.filled(value) for variable, value in row.env.items() if value is not None}
    env = {variable: value for variable, value in env.items() if row.env.get(variable, value) is not None}
    theirs = both.botocore(row.profile, env)
    check_fact(row, theirs)
    for fast in (True, False):
        ours = both.ours(row.profile, env, "--no-cache", fast=fast)
        if row.agrees:
            assert ours.essence == theirs.essence, said(ours) if ours.error else ours
        else:
            check_difference(row, ours)
        if ours.error is not None:
            check_words(row, ours)


def check_fact(row: Row, theirs: Outcome) -> None:
    """The fact must be true of botocore."""
    if row.error:
        assert row.error in f"{failed(theirs)}: {theirs.error}", theirs
        return
    assert theirs.error is None, theirs.error
    assert reached(theirs) == row.reaches
    if row.where:
        assert theirs.last.where == row.where
    if row.region:
        assert theirs.last.region == row.region
    for parameter, value in row.sends.items():
        assert theirs.last.params.get(parameter) == value
    if row.roles:
        assert tuple(call.params["RoleArn"].rpartition("/")[2] for call in theirs.calls) == row.roles
    if row.visits is not None:
        assert theirs.visits == row.visits


def check_difference(row: Row, ours: Outcome) -> None:
    """Our answer must differ in the way that the row states."""
    if row.ours:
        assert ours.error is None, ours.error
        assert reached(ours) == row.ours
        assert row.error or row.ours != row.reaches or row.says, "this is not a difference"
    else:
        assert row.says and not row.error, "a difference is another identity, or an error where botocore succeeds"
        assert ours.error is not None, ours


def check_words(row: Row, ours: Outcome) -> None:
    """Our error names the profile and the cure, in our own words."""
    first, *cure = said(ours).split("\n")
    assert first.startswith("assume: ")
    assert all(line.startswith("  ") for line in cure)
    assert row.says in said(ours)
    assert len(first) < 300


def reached(outcome: Outcome) -> str:
    """`alice` for a user, `r1` for a role."""
    kind, _, rest = outcome.identity.rpartition(":")[2].partition("/")
    return rest.partition("/")[0] if kind == "assumed-role" else rest
