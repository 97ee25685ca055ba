"""The demo's HOME: assume is loaded in each shell, and none of the user's settings reach it."""

import os
import sys
import time

import pytest

from assume.demo import config, home
from assume.demo.phone import Phone

from ..cli.test_demo import SHELLS

if sys.platform == "win32":
    pytest.skip("needs a POSIX terminal", allow_module_level=True)

from assume.demo.typist import NoPrompt, Typist


@pytest.fixture
def files(tmp_path, sts, world):
    return config.build(tmp_path / "demo", sts.url, world, time.time())


def typist(name, files):
    program = SHELLS[name]()
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    look = {"TERM": "xterm" if name == "fish" else "dumb", "NO_COLOR": "1"}
    return Typist(home.command(name, program, files), home.environment(os.environ, files) | look, files.home)


def test_settings_of_the_users_own_tools_are_left_out(files):
    have = {
        "PATH": "/bin",
        "LANG": "C.UTF-8",
        "HOME": "/home/alice",
        "USERPROFILE": "/home/alice",
        "HISTFILE": "/home/alice/.history",
        "XDG_DATA_HOME": "/home/alice/data",
        "XDG_RUNTIME_DIR": "/run/user/1000",
        "ZDOTDIR": "/home/alice/zsh",
        "AWS_PROFILE": "alice",
        "AWS_CA_BUNDLE": "/home/alice/ca.pem",
        "ASSUME_HOME": "/home/alice/assume",
        "ASSUMED_ROLE_ARN": "arn:aws:iam::123456789012:role/hers",
        "AWSUME_SKIP_ALIAS_SETUP": "1",
        "GRANTED_ALIAS_CONFIGURED": "1",
        "STARSHIP_SHELL": "bash",
        "https_proxy": "http://proxy.example.com",
        "BASH_ENV": "/home/alice/.env",
    }
    found = home.environment(have, files)
    assert {name: found[name] for name in ("PATH", "LANG")} == {"PATH": "/bin", "LANG": "C.UTF-8"}
    assert not [value for value in found.values() if "alice" in value or "hers" in value or "proxy" in value]
    own = {*files.environment, *files.machine, "USERPROFILE", "XDG_RUNTIME_DIR", "PATH", "LANG"}
    assert set(found) == own


@pytest.mark.once
@pytest.mark.parametrize("name", SHELLS)
def test_a_shell_started_in_the_shell_has_assume_too(name, files):
    home.write_rc_files(files, marked=True)
    outer = typist(name, files)
    try:
        assert outer.type("assume marketingadmin").status == 0
        word = home.command(name, SHELLS[name]() or "", files)
        inner = outer.type(" ".join(word))
        assert inner.status == 0
        assert name == "zsh" or outer.prompt.startswith("[marketingadmin inherited] demo ")
        assert outer.type("assume hub").status == 0
        assert "hub" in outer.type("assume status").text
    finally:
        outer.close()


@pytest.mark.once
def test_without_a_relay_powershell_shows_the_codes_above_each_prompt(files, world):
    phone = Phone(world, files.home / home.PHONE)
    phone.show(time.time())
    home.write_rc_files(files, marked=True, codes=True)
    shell = typist("powershell", files)
    try:
        seen = shell.type("assume hub")
        assert seen.status == 0
        assert seen.text.endswith(phone.path.read_text().rstrip())
        assert shell.prompt.startswith("[hub] demo ~ > ")
    finally:
        shell.close()


@pytest.mark.once
def test_a_question_without_an_answer_is_counted_and_ended_by_ctrl_c(files):
    home.write_rc_files(files, marked=True)
    shell = typist("bash", files)
    try:
        seen = shell.type("assume role-with-mfa")
        assert (seen.asked, seen.status) == (1, 130)
        seen = shell.type("assume role-with-mfa", [lambda: "12"])
        assert (seen.asked, seen.status) == (2, 130)
        assert "cli-user): 12\n" in seen.text
    finally:
        shell.close()


@pytest.mark.once
def test_a_shell_that_ends_raises_at_once(files):
    home.write_rc_files(files, marked=True)
    shell = typist("bash", files)
    try:
        with pytest.raises(NoPrompt, match="going"):
            shell.type("echo going; exit")
    finally:
        shell.close()
