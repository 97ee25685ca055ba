"""`assume PROFILE` and `off` on Windows, as far as it can be emulated: see process.py."""

import signal
import threading
import time

import pytest

from assume.demo.config import CLI_USER_MFA, KEYS, MARKETING
from assume.simulator import faults

from ..promises.process import PATIENCE_S
from .desk import applied, changes, wait_for_keys


def test_the_emulation_is_like_windows(desk):
    done = desk.look(
        """
import os, subprocess, sys
for name in "fcntl termios pwd grp resource posix".split():
    try:
        __import__(name)
    except ImportError:
        continue
    raise AssertionError(name)
assert (os.name, os.sep, os.path.__name__) == ("nt", "\\\\", "ntpath")
assert os.environ["userprofile"] == os.path.expanduser("~")
with open("file", "wb"):
    for attempt in (lambda: os.replace("file", "other"), lambda: os.unlink("file")):
        try:
            attempt()
        except PermissionError:
            continue
        raise AssertionError("a file that is open was taken away")
os.unlink("file")
assert oct(os.stat(".").st_mode) == "0o40777"
assert subprocess.list2cmdline(["a b"]) == '"a b"' and subprocess._mswindows
print("all is well")
"""
    )
    assert done.out == b"all is well\n", done.said


def test_a_role_is_taken_and_then_taken_again_from_the_store(desk):
    desk.settle()
    first = desk.took("marketingadmin")
    assert first["ASSUMED_ROLE_ARN"] == MARKETING
    assert first["AWS_PROFILE"] == "marketingadmin"
    assert desk.calls() == ["AssumeRole"]
    desk.script = "C:\\there\\is\\none.exe"  # must not be needed: the warm lane starts no other process
    assert desk.took("marketingadmin") == first
    assert desk.calls() == ["AssumeRole"]


def test_an_edit_of_another_profile_costs_no_call(desk):
    desk.settle()
    first = desk.took("marketingadmin")
    desk.configure("another", region="eu-west-1")
    desk.script = "C:\\there\\is\\none.exe"
    assert desk.took("marketingadmin") == first
    assert desk.calls() == ["AssumeRole"]


def test_an_edit_of_the_profile_is_noticed(desk):
    desk.settle()
    desk.took("marketingadmin")
    text = desk.home.config.read_text().replace("role/marketingadminrole", "role/hub")
    desk.home.config.write_text(text)
    assert desk.took("marketingadmin")["ASSUMED_ROLE_ARN"].endswith(":role/hub")


def test_options_with_blanks_and_quotes_reach_the_program_that_gets_the_role(desk):
    done = desk.use("marketingadmin", "--policy", 'two words and a "quote\\').end()
    assert done.status == 1
    assert 'two words and a "quote' in done.said


def test_off_restores_variables_whatever_the_case_of_their_names(desk):
    before = desk.environment | {"Aws_Profile": "user1", "aws_default_region": "eu-west-3"}
    taken = desk.took("marketingadmin", environment=before)
    assert taken["AWS_REGION"] == "us-west-2"
    shell = applied(before, taken)
    done = desk.run("off", "--shell", "powershell", "--state", shell.pop("state"), environment=shell)
    after = applied(shell, changes(done.out))
    after.pop("state")
    assert {name.upper(): value for name, value in after.items()} == {
        name.upper(): value for name, value in before.items()
    }


def test_variables_count_whatever_the_case_of_their_names(desk):
    _, key_id = KEYS["user1"]
    given = {"aws_access_key_id": key_id, "Aws_Secret_Access_Key": desk.world.keys[key_id].secret}
    assert desk.took("from-environment", environment=desk.environment | given)["ASSUMED_ROLE_ARN"] == MARKETING
    assert desk.sts.calls[-1].key_id == key_id


def test_two_at_once_make_one_call_and_the_second_reports_what_it_waits_for(desk):
    until, reached = threading.Event(), threading.Event()
    desk.sts.faults = faults.first(1, faults.hang(until, reached))
    first = desk.use("marketingadmin")
    assert reached.wait(PATIENCE_S)
    second = desk.use("marketingadmin")
    second.wait_for("is calling AWS")
    until.set()
    one, two = first.end(), second.end()
    assert (one.status, two.status) == (0, 0), one.said + two.said
    assert one.out == two.out
    assert desk.calls() == ["AssumeRole"]


def test_if_the_holder_is_killed_the_waiter_takes_over(desk):
    until, reached = threading.Event(), threading.Event()
    desk.sts.faults = faults.first(1, faults.hang(until, reached))
    first = desk.use("marketingadmin", role=("script", desk.script))
    assert reached.wait(PATIENCE_S)
    second = desk.use("marketingadmin")
    second.wait_for("is calling AWS")
    first.tell(signal.SIGKILL)
    done = second.end()
    until.set()
    assert done.status == 0, done.said
    assert desk.calls() == ["AssumeRole", "AssumeRole"]
    assert first.end().out == b""


def test_a_code_is_asked_on_the_console_and_not_shown(desk):
    asked = desk.use("role-with-mfa", terminal=True)
    asked.wait_for("MFA code for role-with-mfa")
    wait_for_keys(asked)
    code = desk.world.code(CLI_USER_MFA, desk.sts.clock())
    asked.type(f"\xe0H9\b{code}\r")  # the arrow up, and a wrong digit that is deleted
    done = asked.end()
    assert done.status == 0, done.said
    assert code not in done.said
    assert changes(done.out)["ASSUME_PROFILE"] == "role-with-mfa"


@pytest.mark.parametrize("key", ["\x03", "\x1a"])
def test_ctrl_c_and_ctrl_z_at_the_question_leave_everything_as_it_was(desk, key):
    asked = desk.use("role-with-mfa", terminal=True)
    asked.wait_for("MFA code for role-with-mfa")
    wait_for_keys(asked)
    asked.type(key)
    done = asked.end(keep=True)
    assert (done.status, done.out) == (130, b"")
    assert asked.echoes()
    assert done.said.endswith("\r\n")
    assert desk.calls() == []


def test_without_a_console_the_message_names_an_option_for_the_code_which_works(desk):
    done = desk.use("role-with-mfa").end()
    assert (done.status, done.out) == (1, b"")
    assert "--mfa-code -" in done.said
    code = desk.world.code(CLI_USER_MFA, desk.sts.clock())
    assert desk.took("role-with-mfa", "--mfa-code", code)["ASSUME_PROFILE"] == "role-with-mfa"


def test_a_guarded_profile_asks_on_the_console(desk):
    asked = desk.use("prod", terminal=True)
    asked.wait_for("prod is guarded")
    asked.type("prod\n")
    assert changes(asked.end().out)["ASSUME_PROFILE"] == "prod"
    asked = desk.use("prod", terminal=True)
    asked.wait_for("prod is guarded")
    asked.type("\x03")
    done = asked.end()
    assert (done.status, done.out) == (130, b""), done.said


def test_a_user_without_a_name_gets_a_session_name(desk):
    """USERNAME is missing, and Windows has no password database."""
    nameless = {name: value for name, value in desk.environment.items() if name != "UserName"}
    assert desk.took("marketingadmin", environment=nameless)["ASSUMED_ROLE_ARN"] == MARKETING


def test_tab_offers_the_profiles(desk):
    done = desk.run("complete", "--shell", "powershell", "--", "marke")
    assert done.out == b"marketingadmin\t123456789012 marketingadminrole\n", done.said


def test_a_shell_renews_its_role(desk):
    shell, state = desk.with_role("marketingadmin")
    desk.sts.clock = lambda: time.time() + 3400
    done = desk.run("renew", "--shell", "powershell", "--state", state, environment=shell)
    assert done.status == 0, done.said
    assert "state" in changes(done.out)


def test_a_profile_is_chosen_on_the_console(desk):
    """Types part of a name, then a number; Ctrl-C; a name."""
    asked = desk.use(terminal=True)
    asked.wait_for("a part of it: ")
    asked.type("workl\n")
    asked.wait_for("1 of ")
    asked.wait_for("a part of it: ", times=2)
    asked.type("1\n")
    assert changes(asked.end().out)["ASSUME_PROFILE"] == "workload"
    asked = desk.use(terminal=True)
    asked.wait_for("a part of it: ")
    asked.type("rod\n")
    asked.wait_for("prod  PROD")
    asked.wait_for("a part of it: ", times=2)
    asked.type("\x03")
    assert asked.end().status == 130
    asked = desk.use(terminal=True)
    asked.wait_for("a part of it: ")
    asked.type("hub\n")
    assert changes(asked.end().out)["ASSUME_PROFILE"] == "hub"
