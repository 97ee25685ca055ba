"""Fixtures for every test: no AWS variables of the machine's own; the simulator and a HOME for it."""

import os
import time

import pytest

from assume.demo import config
from assume.demo.sts import serve

from .simulator import OURS, home_of


@pytest.fixture(autouse=True)
def no_aws_variables(monkeypatch):
    """Nothing of the machine's own steers a test, and no test asks a real metadata service."""
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def world():
    """The demo's world: accounts, users, roles; a test adds what else it needs."""
    return config.world()


@pytest.fixture
def sts(world):
    """The simulator, serving `world` by the machine's clock; `sts.clock = …` to own it."""
    with serve(world, time.time) as running:
        yield running


@pytest.fixture
def aws_home(tmp_path, monkeypatch, sts, world):
    """A HOME with the demo's AWS files, for this process too."""
    files = config.build(tmp_path / "home", sts.url, world, sts.clock())
    for name, value in files.environment.items():
        monkeypatch.setenv(name, value)
    return home_of(files)
