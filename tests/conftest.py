"""Fixtures for every test: neither the AWS variables nor the home of this machine; the simulator and a HOME for it.

ASSUME_TEST_EXAMPLES (`make fuzz` sets it) is the number of examples that hypothesis
tries in a test that does not set its own.
"""

import os
import signal
import time

import pytest
from botocore.credentials import SSOProvider
from botocore.tokens import SSOTokenProvider
from hypothesis import HealthCheck, settings

from assume.demo import config
from assume.simulator.sts import serve

from .botocore.both import Both
from .botocore.people import authority, people
from .simulator.clients import OURS, home_of
from .systems import (  # noqa: F401  hooks: pytest finds them here
    pytest_ignore_collect,
    pytest_make_collect_report,
    pytest_report_header,
    pytest_runtest_call,
    pytest_runtest_setup,
)

FOREIGN = ("XDG_", "STARSHIP_", "POSH_", "P9K_")
STARTUP = {"ZDOTDIR", "PROMPT_COMMAND", "BASH_ENV", "ENV", "VIRTUAL_ENV"}

settings.register_profile(
    "assume",
    deadline=None,  # on a busy machine an example may be slow
    max_examples=int(os.environ.get("ASSUME_TEST_EXAMPLES", "100")),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("assume")


def pytest_configure():
    """Before a test module is imported: removes settings of the caller's shell that would change a test.

    These are a role, a theme or a proxy in the environment, and an ignored SIGINT (`nohup`, a background job of a
    script), which every program that a test starts would inherit.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for name in list(os.environ):
        steers = name in STARTUP or name.lower().endswith("_proxy") or name.startswith((*FOREIGN, *OURS))
        if steers and not name.startswith("ASSUME_TEST_"):
            del os.environ[name]


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """Each test has its own home, so that no test reads or writes the real one."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_aws_variables(monkeypatch):
    """No test asks a real metadata service."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def world():
    """The demo's world: accounts, users, roles; a test may add more."""
    return config.world()


@pytest.fixture
def sts(world):
    """The simulator, which serves `world` with the time of this machine; a test may set `sts.clock`."""
    with serve(world, time.time) as running:
        yield running


@pytest.fixture
def aws_home(tmp_path, monkeypatch, sts, world):
    """A HOME with the demo's AWS files, which this process uses too."""
    files = config.build(tmp_path / "home", sts.url, world, sts.clock())
    for name, value in files.environment.items():
        monkeypatch.setenv(name, value)
    for reader in (SSOProvider, SSOTokenProvider):  # they read HOME once, when they are imported
        monkeypatch.setattr(reader, "_SSO_TOKEN_CACHE_DIR", str(files.home / ".aws" / "sso" / "cache"))
    return home_of(files)


@pytest.fixture(scope="session")
def made_up_authority(tmp_path_factory):
    """A certificate bundle, and a server's TLS context for AWS's hosts that is valid with this bundle."""
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def both(tmp_path, made_up_authority):
    """Asks botocore and assume the same; every host name leads to this machine."""
    bundle, tls = made_up_authority
    home = tmp_path / "both"
    home.mkdir()
    world = people()
    with serve(world, time.time) as plain, serve(world, time.time, tls) as secure:
        yield Both(world, plain, secure, home, bundle)


@pytest.fixture
def program(aws_home, sts, world, capfd):
    """The command line, in this process, with the demo's profiles."""
    from .program import Program  # not on Windows, which has no `posix`

    return Program(aws_home, sts, world, capfd)
