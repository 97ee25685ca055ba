"""The shells of this machine, and the bench. Tests of an absent shell are skipped; with CI=true they fail."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
pytest.register_assert_rewrite(*(f"{__package__}.{file.stem}" for file in HERE.glob("rows_*.py")))

from .bench import Bench  # noqa: E402
from .driver import Shell  # noqa: E402

DRIVERS = {"bash": "Bash", "zsh": "Zsh", "fish": "Fish", "powershell": "PowerShell"}


def driver(name: str) -> type[Shell]:
    module = importlib.import_module(f".{name}", __package__)
    kind: type[Shell] = getattr(module, DRIVERS[name])
    if reason := kind.absent():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name}: {reason}")
        pytest.skip(reason)
    return kind


@pytest.fixture
def bench(kind_name: str, tmp_path: Path) -> Iterator[Bench]:
    """A bench for one shell: the test is parametrized over `kind_name`."""
    bench = Bench(driver(kind_name), tmp_path)
    yield bench
    bench.close()
