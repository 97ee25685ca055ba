"""The warm lane: a pointer is followed while nothing that it depends on has changed, and not a moment longer."""

import os
import shlex
import time
from unittest import mock

import pytest

from assume import arguments
from assume.credentials import Credentials
from assume.errors import UsageError
from assume.fast import middle, warm
from assume.store import record
from assume.terminal import show

LATER_S = 60  # files are two seconds old at least, so that their signatures count


@pytest.fixture
def held(program):
    """marketingadmin is stored, and its pointer was made when the files were old enough to be trusted."""
    program.keys("marketingadmin")
    hit(program, lane=middle.stored)
    assert hit(program) is not None
    return program


def hit(program, *words, lane=warm.hit, later_s=LATER_S, **env):
    options = arguments.read(words or ("marketingadmin",))
    assert options is not None
    have = {name: value for name, value in (program.home.environment | env).items() if value is not None}
    return lane(options, have, time.time() + later_s)


@pytest.mark.parametrize("name", sorted(set(record.VARIABLES) - {"HOME", "USERPROFILE"}))
def test_a_variable_that_matters_makes_it_a_miss(held, name):
    assert hit(held, **{name: "something else"}) is None


def test_any_other_variable_leaves_it_a_hit(held):
    for name in ("AWS_PROFILE", "AWS_PAGER", "TERM", "AWS_SECRET_ACCESS_KEY"):
        assert hit(held, **{name: "something else"}) is not None


@pytest.mark.parametrize("file", ["config", "credentials"])
@pytest.mark.parametrize("edit", ["append", "same size", "touch", "mode", "gone", "replaced"])
def test_an_edit_of_a_file_makes_it_a_miss(held, file, edit):
    path = getattr(held.home, file)
    content = path.read_bytes()
    match edit:
        case "append":
            path.write_bytes(content + b"\n")
        case "same size":
            path.write_bytes(content[::-1])
        case "touch":
            os.utime(path)
        case "mode":
            path.chmod(0o640)
        case "gone":
            path.unlink()
        case _:
            other = path.with_name("new")
            other.write_bytes(content)
            other.replace(path)
    assert hit(held) is None


def test_a_file_that_changed_a_moment_ago_is_not_trusted(program):
    program.keys("marketingadmin")
    assert hit(program) is None, "its pointer was made in the same second as the files"
    assert hit(program, later_s=0) is None, "nor in that very second"


@pytest.mark.parametrize(
    "words",
    ["--region x", "--duration 900", "--session-name me", "--external-id x", "--role-arn x", "--read-only",
        "--policy-arn x",
     "--export keys", "--min-left 30m"],
)  # fmt: skip
def test_another_request_has_another_pointer(held, words):
    assert hit(held, "marketingadmin", *words.split()) is None


@pytest.mark.parametrize("words", ["--refresh", "--no-cache", "--policy f", "--mfa-code 123456", "--debug"])
def test_refresh_policy_code_and_debug_bypass_the_warm_lane(held, words):
    assert hit(held, "marketingadmin", *words.split()) is None


def test_relative_paths_go_to_the_cold_lane(held):
    assert hit(held, AWS_CONFIG_FILE="config") is None
    for path in ("~/.aws/config", "$HOME/.aws/config"):
        assert hit(held, AWS_CONFIG_FILE=path) is not None, "the same file by another name"
    for home in (None, "", "relative"):
        assert hit(held, HOME=home) is None


def test_a_guarded_profile_never_has_a_pointer(program):
    program.keys("prod", "--yes")
    hit(program, "prod", lane=middle.stored)
    assert hit(program, "prod") is None


def test_a_store_that_other_users_can_read_is_not_used(held):
    folder = held.home.path / ".aws/assume"
    folder.chmod(0o755)
    assert hit(held) is None
    folder.chmod(0o700)
    assert hit(held) is not None


def test_a_missing_entry_or_one_of_another_request_is_a_miss(held):
    (entry,) = (held.home.path / ".aws/assume").glob("*" + record.ENTRY)
    content = entry.read_bytes()
    entry.unlink()
    assert hit(held) is None
    held.keys("hub")
    (other,) = (held.home.path / ".aws/assume").glob("*" + record.ENTRY)
    assert other != entry
    other.rename(entry)
    assert hit(held) is None, "the request is compared"
    entry.write_bytes(content)
    assert hit(held) is not None


def test_the_line_of_a_switch_shows_that_a_role_is_read_only(program):
    def line(*words):
        with mock.patch.object(show, "is_terminal", lambda _: True):
            done = program("use", "--shell", "bash", "--state", "", *words)
        return shlex.split(done.out.splitlines()[-1])[0].removeprefix("__assume_done=")

    for _ in range(2):  # the second is a hit
        assert line("marketingadmin", "--read-only").split()[4:6] == ["us-west-2", "read-only"]
    assert "read-only" not in line("marketingadmin")


def test_the_line_of_a_switch_shows_account_and_role_of_an_sso_profile():
    known = {"name": "p", "account": "234567890123", "sso_role": "Reader", "export": "both"}
    keys = Credentials("ASIAEXAMPLEEXAMPLE00", "secret", "session", 4000)
    assert warm.summary(warm.Assumed(known, keys, {}), 1000) == "assume: p  234567890123  Reader  50m left"
    known["sso_role"] = "prod-admin"
    assert warm.summary(warm.Assumed(known, keys, {}), 1000).startswith("assume: PROD p  234567890123")


def test_minus_without_a_request_before_is_a_usage_error():
    options = arguments.read(["-"])
    assert options is not None
    with pytest.raises(UsageError, match="no request before this one"):
        warm.asked(options)


def test_keys_of_a_user_are_read_from_the_files_each_time(program, sts):
    program.keys("hub")
    taken, _ = hit(program, "user1", lane=middle.stored)
    assert taken is not None
    assert taken.credentials.expires_at is None
    assert hit(program, "user1") is None
