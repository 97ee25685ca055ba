"""A credential_process or mfa_process that calls assume: other profiles may be its business, its own is a circle."""

import json
import os
import sys
import time

import pytest

from assume.aws import circle
from assume.errors import ConfigError
from assume.shells.environment import CALLERS

FILES = ("/home/x/.aws/config", "/home/x/.aws/credentials")
SOON_S = 60  # a circle that nobody refuses ends after 120 s


def entered(base, asked, profile, setting="credential_process", locks=()):
    return circle.entered(base, FILES, asked, profile, setting, locks)


def test_other_profiles_other_files_and_other_commands_are_no_circle():
    base = entered({}, "a", "a", locks=("1",))
    base = entered(base, "b", "b", locks=("2",))
    base = entered(base, "a", "a", "mfa_process")
    circle.check_lock(base, "c", "3")
    circle.entered(base, ("/elsewhere", FILES[1]), "a", "a", "credential_process", ())


def test_a_circle_is_refused_with_its_names():
    base = entered(entered({}, "a", "a"), "b", "keys")
    with pytest.raises(ConfigError) as caught:
        entered(base, "a", "a")
    assert "credential_process goes in a circle: a -> b (credential_process of keys) -> a" in str(caught.value)
    with pytest.raises(ConfigError, match=r"circle: b \(credential_process of keys\) -> c"):
        entered(base, "c", "keys")


def test_a_lock_that_a_caller_holds_is_not_waited_for():
    base = entered({}, "a", "b", "mfa_process", locks=("1", "2"))
    with pytest.raises(ConfigError, match=r"mfa_process goes in a circle: a \(mfa_process of b\) -> c"):
        circle.check_lock(base, "c", "2")


def test_a_caller_that_has_ended_counts_no_more():
    """A daemon that a command has started hands its environment on for ever."""
    base = entered({}, "a", "a", locks=("1",))
    (caller,) = json.loads(base[CALLERS])
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    base[CALLERS] = json.dumps([caller | {"pid": child}])
    circle.check_lock(base, "a", "1")
    assert len(json.loads(entered(base, "a", "a")[CALLERS])) == 1


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{}", "null", "[1]", "[{}]", '[{"pid": "1"}]', "[" * 9999, '[{"pid": 1e999}]', "\udcff"]
)
def test_a_variable_that_is_not_ours_means_nothing(text):
    circle.check_lock({CALLERS: text}, "a", "1")
    assert entered({CALLERS: text}, "a", "a")


@pytest.fixture
def calling(program, aws_home):
    """Writes profiles whose commands call assume: a list of lines of the config, {assume} in them starts it."""
    assume = f"{sys.executable} -m assume"

    def write(text):
        program.write(text.replace("{assume}", assume))
        return program

    return write


BEHIND_CLI_USER = """\
source_profile = cli-user
mfa_serial = arn:aws:iam::123456789012:mfa/cli-user
"""
CIRCLES = {
    "itself": ("[profile a]\ncredential_process = {assume} export a --format process\n", "circle: a -> a"),
    "through another": (
        """\
[profile a]
credential_process = {assume} export b --format process
[profile b]
credential_process = {assume} export a --format process
""",
        "circle: a -> b -> a",
    ),
    "through its role": (
        """\
[profile a]
role_arn = arn:aws:iam::123456789012:role/marketingadminrole
source_profile = b
[profile b]
credential_process = {assume} export a --format process
""",
        "circle: a (credential_process of b) -> a",
    ),
    "by exec": (
        "[profile a]\ncredential_process = {assume} exec a -- {assume} export a --format process\n",
        "circle: a -> a",
    ),
    "the code behind the same device": (
        f"""\
[profile a]
{BEHIND_CLI_USER}role_arn = arn:aws:iam::123456789012:role/role-with-mfa
mfa_process = {{assume}} exec c -- echo 123456
[profile c]
{BEHIND_CLI_USER}role_arn = arn:aws:iam::123456789012:role/auditor-with-mfa
mfa_process = echo 123456
""",
        "circle: a -> c",
    ),
}


@pytest.mark.parametrize("more", [(), ("--no-cache",)])
@pytest.mark.parametrize("name", CIRCLES)
def test_a_command_that_needs_itself_is_refused_at_once(calling, name, more):
    if more and name.startswith("the code"):
        pytest.skip("without the store nothing is locked: c prints its own code")
    text, said = CIRCLES[name]
    started = time.monotonic()
    done = calling(text)("export", "a", "--format", "process", *more)
    assert (done.status, done.out) == (1, "")
    assert said in done.err, done.err
    assert time.monotonic() - started < SOON_S


def test_a_command_may_call_assume_for_another_profile(calling):
    """Two deep, and twice the same profile side by side."""
    text = """\
[profile a]
credential_process = {assume} export b --format process
[profile b]
credential_process = {assume} export user1 --format process
[profile c]
role_arn = arn:aws:iam::123456789012:role/marketingadminrole
source_profile = a
region = us-west-2
endpoint_url = {sts}
"""
    done = calling(text)("export", "c", "--format", "process")
    assert done.status == 0, done.err
