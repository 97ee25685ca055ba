"""Rows 1 to 21: taking a role on, and everything that can go wrong with it."""

from __future__ import annotations

from .bench import Bench, environment
from .table import case


@case(1, "assume p exports every variable, says nothing on stdout, status 0")
def takes_on(bench: Bench) -> None:
    changes = bench.plan_role("p")
    shell = bench.start()
    before = shell.environment()
    seen = shell.run("assume p")
    assert seen == ("", 0)
    assert shell.environment() == before | environment(changes)
