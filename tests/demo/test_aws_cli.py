"""An AWS CLI is offered in the demo only if it calls the simulator."""

import shlex
import shutil
import sys
import time
from pathlib import Path

import pytest

from assume.demo import home
from assume.demo.aws_cli import calls_simulator
from assume.demo.config import build

AWS = shutil.which("aws", path=str(Path(sys.executable).parent))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the CLIs here are shell scripts")


@pytest.fixture
def environment(tmp_path, sts, world):
    """The environment of the demo's shell."""
    files = build(tmp_path / "home", sts.url, world, time.time())
    return home.environment({"PATH": "/usr/bin:/bin", "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, files)


def wrapper(folder, *lines):
    """A program `aws` that runs these lines of sh."""
    path = folder / "aws"
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture
def real():
    """The command that starts a real AWS CLI, which honours endpoint_url."""
    if AWS is None:
        pytest.skip("the AWS CLI is not installed")
    return f'exec {shlex.quote(AWS)} "$@"'


def test_a_cli_that_honours_endpoint_url_is_recognised(tmp_path, environment, sts, real):
    assert calls_simulator(wrapper(tmp_path, real), environment, sts, 60)
    assert sts.actions == ["GetCallerIdentity"]


def test_a_cli_that_ignores_endpoint_url_is_recognised_and_calls_nothing_outside(tmp_path, environment, sts, real):
    program = wrapper(tmp_path, "export AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true", real)
    assert not calls_simulator(program, environment, sts, 60)
    assert sts.calls == []
    assert sts.connections > 0, "the call went to the proxy, which refused it"


@pytest.mark.parametrize(
    "line",
    [
        "echo aws-cli/2.99.0",  # succeeds, but makes no call
        "echo 'arn:aws:iam::123456789012:user/user1'",
        "exit 1",
        "sleep 60 & wait",
        "kill -9 $$",
    ],
)
def test_a_cli_that_makes_no_call_is_not_offered(tmp_path, environment, sts, line):
    started_at = time.monotonic()
    assert not calls_simulator(wrapper(tmp_path, line), environment, sts, 0.5)
    assert time.monotonic() - started_at < 30


def test_a_program_that_cannot_be_started_is_not_offered(tmp_path, environment, sts):
    (tmp_path / "aws").write_text("not a program")
    assert not calls_simulator(str(tmp_path / "aws"), environment, sts)
