"""A sign-in killed after any system call that changes a token's file: the file is whole, the next run succeeds."""

import json
import signal
import sys

import pytest

from assume.simulator.center import APPROVE

from ..login.desk import BROWSER, KEY
from .trace import CHANGING, read, spoil, strace

LINE = ("login", "example", "--force")


@pytest.fixture
def cache(ground, tmp_path):
    """The folder of the tokens, on a machine whose browser approves by itself."""
    script = tmp_path / "browser.py"
    script.write_text(BROWSER.format(change="", seen=str(tmp_path / "seen")))
    ground.environment |= {"ASSUME_BROWSER": f"{sys.executable} -I -S {script} {{url}}"}
    ground.world.center.browser = APPROVE
    return ground.home.path / ".aws" / "sso" / "cache"


def changing(ground, cache, log):
    """The calls of `assume login` that change the folder of the tokens."""
    command = [strace(), "-f", "--seccomp-bpf", "-o", str(log), "-e", "trace=" + ",".join(CHANGING)]
    done = ground.run(*LINE, program=[*command, *ground.program])
    assert done.status == 0, done.said
    return [point for point in read(log.read_text(), str(cache)) if point.name not in ("flock", "write")] + [
        point for point in read(log.read_text(), str(cache)) if point.name == "write" and "accessToken" in point.text
    ]


@pytest.mark.once
@pytest.mark.parametrize("count", [2, pytest.param(None, marks=pytest.mark.slow)])
def test_killed_while_a_token_is_written(ground, cache, tmp_path, chance, count):
    assert ground.run(*LINE).status == 0
    found = changing(ground, cache, tmp_path / "log")
    assert {"openat", "fsync", "rename"} <= {point.name for point in found}, found
    for point in found if count is None else chance.sample(found, count):
        killed = ground.run(*LINE, program=[*spoil(point, "signal=KILL"), *ground.program])
        assert killed.status == -signal.SIGKILL, point
        assert json.loads((cache / f"{KEY}.json").read_text())["accessToken"], point
        done = ground.run(*LINE)
        assert done.status == 0, (point, done.said)
        assert [path.name for path in cache.iterdir() if not path.name.endswith(".json")] == []
        assert [path.name for path in cache.iterdir() if path.name.startswith("tmp.")] == []
