"""What holds for every test: an environment without AWS in it, a home of its own, one seed that is said.

Hypothesis draws ASSUME_TEST_EXAMPLES values where a test names no number of its
own (`make fuzz` sets it).
"""

import os

import pytest
from hypothesis import HealthCheck, settings

FOREIGN = ("AWS_", "AWSUME_", "AWSU_", "ASSUME_", "ASSUMED_", "GRANTED_", "XDG_", "STARSHIP_", "POSH_", "P9K_")
OURS = ("ASSUME_TEST_",)

settings.register_profile(
    "assume",
    deadline=None,  # two cores, shared: a slow example is no fault
    max_examples=int(os.environ.get("ASSUME_TEST_EXAMPLES", "100")),
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("assume")


def pytest_configure():
    """Before any module is imported: whoever runs the tests may be in a role, in a themed shell, on a proxy."""
    for name in list(os.environ):
        proxy = name.lower().endswith("_proxy") or name in ("ZDOTDIR", "PROMPT_COMMAND", "BASH_ENV", "ENV")
        if proxy or (name.startswith(FOREIGN) and not name.startswith(OURS)):
            del os.environ[name]


@pytest.fixture(autouse=True)
def home(tmp_path_factory, monkeypatch):
    """A home of its own for each test, so that none reads or writes the real one."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    return folder
