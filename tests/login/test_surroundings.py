"""Where a browser can be opened: the reason why not is for the user."""

import shutil
import sys

import pytest

from assume.login import surroundings

SCREEN = {"DISPLAY": ":0", "PATH": "/bin"}


@pytest.fixture
def host(monkeypatch):
    """Linux with a browser, and no container."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(surroundings, "CONTAINERS", ())
    monkeypatch.setattr(shutil, "which", lambda name, path: "/x" if name == "firefox" else None)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        (SCREEN, ""),
        ({"WAYLAND_DISPLAY": "w"}, ""),
        ({}, "this machine has no display"),
        ({"WSL_DISTRO_NAME": "Debian"}, ""),
        ({"BROWSER": "x"}, ""),
        ({"ASSUME_BROWSER": "x"}, ""),
        (SCREEN | {"SSH_CONNECTION": "1 2 3 4"}, "this is an SSH session"),
        (SCREEN | {"SSH_TTY": "/dev/pts/1", "ASSUME_BROWSER": "x"}, "this is an SSH session"),
        (SCREEN | {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "this is a container"),
        ({"container": "podman"}, "this is a container"),
        ({"container": "podman", "BROWSER": "x"}, ""),
    ],
)
def test_the_reason(host, variables, reason):
    assert surroundings.without_browser(variables) == reason


def test_a_profiles_own_browser_counts(host):
    assert surroundings.without_browser({}, "firefox {url}") == ""


def test_a_container_by_its_file_and_a_machine_without_a_browser(host, tmp_path):
    host.setattr(shutil, "which", lambda name, path: None)
    assert surroundings.without_browser(SCREEN) == "no browser was found on this machine"
    host.setattr(surroundings, "CONTAINERS", (str(tmp_path),))
    assert surroundings.without_browser(SCREEN) == "this is a container"


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_have_one(host, platform):
    host.setattr(sys, "platform", platform)
    assert surroundings.without_browser({}) == ""
