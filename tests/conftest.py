"""What holds for every test: no AWS variables and no home of the machine's own; the simulator and a HOME for it.

Hypothesis draws ASSUME_TEST_EXAMPLES values where a test names no number of its
own (`make fuzz` sets it).
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
    deadline=None,  # two cores, shared: a slow example is no fault
    max_examples=int(os.environ.get("ASSUME_TEST_EXAMPLES", "100")),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("assume")


def pytest_configure():
    """Before a test module is imported: undoes what the caller's shell would change in a test.

    That is a role, a theme or a proxy in the environment; and an ignored SIGINT (`nohup`, a job in the background of a
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
    """A home of its own for each test, so that none reads or writes the real one."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_aws_variables(monkeypatch):
    """Nothing of the machine's own steers a test, and no test asks a real metadata service."""
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
    for reader in (SSOProvider, SSOTokenProvider):  # they look up HOME once, when they are imported
        monkeypatch.setattr(reader, "_SSO_TOKEN_CACHE_DIR", str(files.home / ".aws" / "sso" / "cache"))
    return home_of(files)


@pytest.fixture(scope="session")
def made_up_authority(tmp_path_factory):
    """A certificate bundle, and a server's context for AWS's hosts that it vouches for."""
    return authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def both(tmp_path, made_up_authority):
    """The same question asked of botocore and of us; every host is this machine."""
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
