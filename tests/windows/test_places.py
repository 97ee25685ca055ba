"""Paths, homes, commands and waiting on Windows."""

import json
import threading
import time

import pytest

from assume.demo.config import CLI_USER_MFA, KEYS, MARKETING
from assume.simulator import faults

from ..promises.process import PATIENCE_S
from .desk import windows


def without(desk, *names, **more):
    """The environment without some variables, and with `more`."""
    return {name: value for name, value in desk.environment.items() if name not in names} | more


def test_a_home_given_by_homedrive_and_homepath_is_found(desk):
    environment = without(desk, "UserProfile", HomeDrive="C:", HomePath=windows(desk.home.path)[2:])
    assert desk.took("marketingadmin", environment=environment)["ASSUMED_ROLE_ARN"] == MARKETING
    assert list(desk.store.glob("*.entry"))


@pytest.mark.parametrize("home", ["C:home", "\\home", "home", "/home", ""])
def test_a_home_relative_to_the_current_folder_or_drive_is_not_used(desk, home):
    files = {
        "AWS_CONFIG_FILE": windows(desk.home.config),
        "AWS_SHARED_CREDENTIALS_FILE": windows(desk.home.credentials),
    }
    done = desk.use("marketingadmin", environment=desk.environment | {"UserProfile": home} | files).end()
    assert done.status == 0, done.said
    assert "cannot cache credentials: there is no home directory" in done.said
    assert "USERPROFILE" in done.said
    assert "home is" not in done.said


@pytest.mark.parametrize(
    "path", ["~\\other", "~/other", "%userprofile%\\other", "$USERPROFILE/other", "${UserProfile}/other"]
)
def test_a_path_in_a_variable_is_expanded_as_botocore_does_on_windows(desk, path):
    desk.home.config.rename(desk.home.path / "other")
    environment = desk.environment | {"aws_config_file": path}
    assert desk.took("marketingadmin", environment=environment)["ASSUMED_ROLE_ARN"] == MARKETING
    found = desk.look(
        "import botocore.session\nprint(len(botocore.session.Session().available_profiles) > 5)",
        environment=environment,
    )
    assert found.out == b"True\n"


def test_credential_process_is_split_by_the_rules_of_windows(desk):
    _, key_id = KEYS["user1"]
    keys = {"Version": 1, "AccessKeyId": key_id, "SecretAccessKey": desk.world.keys[key_id].secret}
    program = desk.program(
        "gives keys", f"import sys\nassert sys.argv[1:] == ['C:\\\\a b', 'c']\nprint({json.dumps(json.dumps(keys))})"
    )
    desk.configure("from-process", credential_process=f'"{program}" "C:\\a b" c')
    desk.configure("role-behind", role_arn=MARKETING, source_profile="from-process")
    assert desk.took("role-behind")["ASSUMED_ROLE_ARN"] == MARKETING


def test_mfa_process_is_split_by_the_rules_of_windows(desk):
    code = desk.world.code(CLI_USER_MFA, desk.sts.clock())
    program = desk.program("gives code", f"import sys\nassert sys.argv[1:] == ['C:\\\\a', 'b c']\nprint({code!r})")
    text = desk.home.config.read_text()
    desk.home.config.write_text(
        text.replace("[profile role-with-mfa]\n", f'[profile role-with-mfa]\nmfa_process = "{program}" C:\\a "b c"\n')
    )
    assert desk.took("role-with-mfa")["ASSUME_PROFILE"] == "role-with-mfa"


def test_a_web_identity_is_read_from_a_windows_path(desk):
    text = desk.home.config.read_text()
    desk.home.config.write_text(text.replace(str(desk.home.web_identity), windows(desk.home.web_identity)))
    desk.settle()
    first = desk.took("web-identity")
    assert desk.took("web-identity") == first
    assert desk.calls() == ["AssumeRoleWithWebIdentity"]


def test_a_short_name_in_a_path_is_not_taken_for_a_tilde(desk):
    """`C:\\Users\\LONGNA~1`: the warm lane uses the path as it is."""
    short = desk.folder / "LONGNA~1"
    short.symlink_to(desk.home.path)
    environment = desk.environment | {"UserProfile": windows(short)}
    desk.settle()
    first = desk.took("marketingadmin", environment=environment)
    assert list(desk.store.glob("*.pointer"))
    desk.script = "C:\\there\\is\\none.exe"
    assert desk.took("marketingadmin", environment=environment) == first


def test_ctrl_c_works_while_aws_does_not_answer(desk):
    """A wait for a thread cannot be interrupted on Windows, so it must be short."""
    until, reached = threading.Event(), threading.Event()
    desk.sts.faults = faults.first(1, faults.hang(until, reached))
    asked = desk.use("marketingadmin", terminal=True)
    assert reached.wait(PATIENCE_S)
    started = time.monotonic()
    asked.type("\x03")
    done = asked.end()
    until.set()
    assert (done.status, done.out) == (130, b""), done.said
    assert time.monotonic() - started < 25  # it would be 30 s if Ctrl-C did not work
    assert "Traceback" not in done.said


def test_ctrl_c_works_while_a_credential_process_runs(desk):
    told = "open('/dev/tty', 'w').write('on it')"
    program = desk.program("waits", f"import signal\nsignal.signal(2, signal.SIG_IGN)\n{told}\nsignal.pause()")
    desk.configure("from-process", credential_process=f'"{program}"')
    desk.configure("role-behind", role_arn=MARKETING, source_profile="from-process")
    asked = desk.use("role-behind", terminal=True)
    asked.wait_for("on it")
    asked.type("\x03")
    done = asked.end()
    assert (done.status, done.out) == (130, b""), done.said
    assert time.monotonic() - asked.started_at < 100  # it would be 120 s if Ctrl-C did not work
