"""MFA: where a code comes from, the session that roles share, and its three ways out."""

import io
import sys
import time

import pytest
import time_machine

from assume.demo import config
from assume.simulator.iam import Trust

from ..cold.test_resolve import COMMON
from ..program import actions

SERIAL = config.CLI_USER_MFA
ROLE = "arn:aws:iam::128716708097:role/"


@pytest.fixture
def roles(program, world):
    """Five more roles behind the one user and his one device."""
    trust = Trust(("128716708097",), mfa=True)
    for name in ("one", "two", "fresh", "long", "plain"):
        mine = Trust(("128716708097",), mfa_age_s=60) if name == "fresh" else trust
        world.role(ROLE + name, mine, max_duration_s=43200)
        program.write(
            f"[profile {name}]\nrole_arn = {ROLE}{name}\nsource_profile = cli-user\nmfa_serial = {SERIAL}\n{COMMON}"
        )
    world.user("128716708097", "cli-user", mfa={SERIAL: "KRSXG5CTMVRXEZLU"}, may=[ROLE + "*"])
    return program


def use(program, *words):
    return program("use", "--shell", "bash", *words)


def test_one_question_serves_every_role_behind_the_device(roles, sts):
    roles.answers = [roles.code(SERIAL)]
    for name in ("role-with-mfa", "one", "two"):
        assert use(roles, name).status == 0
    assert roles.asked == [f"MFA code for role-with-mfa ({SERIAL}): "]
    assert actions(sts) == ["GetSessionToken", "AssumeRole", "AssumeRole", "AssumeRole"]
    assert sts.calls[0].params["DurationSeconds"] == "43200"
    assert [call.arn for call in sts.calls[1:]] == ["arn:aws:iam::128716708097:user/cli-user"] * 3


def test_the_session_holds_in_every_region(roles, sts):
    text = roles.home.config.read_text()
    at = text.index("[profile two]")
    roles.home.config.write_text(text[:at] + text[at:].replace("us-west-2", "eu-west-1", 1))
    roles.answers = [roles.code(SERIAL)]
    assert [use(roles, name).status for name in ("one", "two")] == [0, 0]
    assert actions(sts) == ["GetSessionToken", "AssumeRole", "AssumeRole"]
    assert [call.region for call in sts.calls] == ["us-west-2", "us-west-2", "eu-west-1"]


def test_way_out_1_over_an_hour_the_code_goes_with_the_role(roles, sts):
    roles.answers = [roles.code(SERIAL)]
    assert use(roles, "long", "--duration", "2h").status == 0
    assert actions(sts) == ["AssumeRole"]
    assert (sts.calls[0].params["DurationSeconds"], sts.calls[0].params["SerialNumber"]) == ("7200", SERIAL)
    assert use(roles, "long", "--duration", "2h").status == 0, "its own entry spares the next question"
    assert len(roles.asked) == 1


def test_way_out_2_a_user_who_gets_no_session(roles, sts, world):
    world.user(
        "128716708097", "cli-user", mfa={SERIAL: "KRSXG5CTMVRXEZLU"}, may=[ROLE + "*"], may_not=["sts:GetSessionToken"]
    )
    step = 30  # of a device: the session's code cannot be the role's too
    codes = [world.code(SERIAL, time.time() + shift) for shift in (-step, 0)]
    roles.answers = list(codes)
    assert use(roles, "one").status == 0
    assert actions(sts) == ["GetSessionToken", "AssumeRole"]
    assert len(roles.asked) == 2
    roles.answers = [world.code(SERIAL, time.time() + step)]
    assert use(roles, "two").status == 0
    assert actions(sts)[2:] == ["AssumeRole"], "that is remembered: no second try for a session"
    assert len(roles.asked) == 3


def test_way_out_3_a_role_that_wants_a_fresh_code(roles, sts):
    start = time.time()
    with time_machine.travel(start, tick=True):
        roles.answers = [roles.code(SERIAL)]
        assert use(roles, "one").status == 0
    with time_machine.travel(start + 120, tick=True):
        roles.answers = [roles.code(SERIAL)]
        done = use(roles, "fresh")
        assert (done.status, len(roles.asked)) == (0, 2)
        assert "it may want a fresh code" in done.err
    assert actions(sts) == ["GetSessionToken", "AssumeRole", "AssumeRole", "AssumeRole"]
    assert [call.code for call in sts.calls] == ["", "", "AccessDenied", ""]
    with time_machine.travel(start + 240, tick=True):
        roles.answers = [roles.code(SERIAL)]
        assert use(roles, "fresh", "--refresh").status == 0
    assert [call.code for call in sts.calls[4:]] == [""], "remembered for the role: the session is not tried again"
    assert "TokenCode" in sts.calls[-1].params


def test_mfa_session_off_sends_the_code_with_the_role(roles, sts):
    roles.write(
        f"[profile off]\nrole_arn = {ROLE}one\nsource_profile = cli-user\nmfa_serial = {SERIAL}\n"
        f"mfa_session = off\n{COMMON}"
    )
    roles.answers = [roles.code(SERIAL)]
    assert use(roles, "off").status == 0
    assert actions(sts) == ["AssumeRole"]
    assert "TokenCode" in sts.calls[0].params


def test_mfa_session_on_makes_a_static_profile_a_session(roles, sts, world):
    key_id = config.KEYS["cli-user"][1]
    roles.write(
        f"[profile on]\naws_access_key_id = {key_id}\naws_secret_access_key = {world.keys[key_id].secret}\n"
        f"mfa_serial = {SERIAL}\nmfa_session = on\n{COMMON}"
    )
    roles.answers = [roles.code(SERIAL)]
    session = world.sessions[roles.keys("on")["AWS_ACCESS_KEY_ID"]]
    assert session.arn == "arn:aws:iam::128716708097:user/cli-user"
    assert session.grant.mfa_at is not None
    assert use(roles, "one").status == 0, "the same session serves the roles behind those keys"
    assert roles.keys("on")["AWS_ACCESS_KEY_ID"] == session.key_id
    assert actions(sts) == ["GetSessionToken", "AssumeRole"]
    assert len(roles.asked) == 1


def test_a_static_profile_with_mfa_serial_alone_stays_plain_keys(roles):
    text = roles.home.config.read_text().replace("[profile cli-user]\n", f"[profile cli-user]\nmfa_serial = {SERIAL}\n")
    roles.home.config.write_text(text)
    assert roles.reaches("cli-user") == "user/cli-user"
    assert roles.asked == []


def test_a_code_on_the_command_line(roles, sts):
    assert use(roles, "one", "--mfa-code", roles.code(SERIAL)).status == 0
    assert roles.asked == []
    assert actions(sts) == ["GetSessionToken", "AssumeRole"]


def test_a_code_from_standard_input(roles, sts, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(roles.code(SERIAL) + "\nmore"))
    assert use(roles, "one", "--mfa-code", "-").status == 0
    assert roles.asked == []
    assert sys.stdin.readline() == "more", "one line is taken, the rest is the command's"


def test_a_code_from_a_command(roles, sts, tmp_path):
    command = tmp_path / "with space"
    command.write_text(f"#!/bin/sh\necho ' {roles.code(SERIAL)} '\n")
    command.chmod(0o755)
    roles.write(
        f"[profile command]\nrole_arn = {ROLE}one\nsource_profile = cli-user\nmfa_serial = {SERIAL}\n"
        f"mfa_process = '{command}'\n{COMMON}"
    )
    assert use(roles, "command").status == 0
    assert roles.asked == []


@pytest.mark.parametrize(
    ("script", "said"),
    [("exit 3", "mfa_process ended with status 3"), ("echo secret; echo why >&2; exit 1", "status 1: why"),
     ("echo 12345", "an MFA code has 6 digits"), ("echo 123456", "the MFA code is wrong, too old"), (None,
         "mfa_process cannot be run")],
)  # fmt: skip
def test_a_command_that_gives_no_code(roles, tmp_path, script, said):
    command = tmp_path / "code"
    if script is not None:
        command.write_text(f"#!/bin/sh\n{script}\n")
        command.chmod(0o755)
    roles.write(
        f"[profile command]\nrole_arn = {ROLE}one\nsource_profile = cli-user\nmfa_serial = {SERIAL}\n"
        f"mfa_process = {command}\n{COMMON}"
    )
    done = use(roles, "command")
    assert (done.status, done.out) == (1, "")
    assert said in done.err
    assert "secret" not in done.err
    assert roles.asked == [], "where a command gives the code nobody is asked"


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "", "١٢٣٤٥٦", "000000\n1"])
def test_what_is_no_code_is_refused_before_any_call(roles, sts, code):
    done = use(roles, "one", f"--mfa-code={code}")
    assert done.status == 1
    assert actions(sts) == [] or code == ""


def test_a_wrong_code_is_asked_again_at_most_twice_on_a_terminal(roles, sts):
    roles.answers = ["000000", "111111", roles.code(SERIAL)]
    done = use(roles, "one")
    assert (done.status, len(roles.asked)) == (0, 3)
    assert done.err.count("the MFA code is wrong, too old, or was used before") == 2
    roles.answers = ["222222", "333333", "444444", "555555"]
    done = use(roles, "one", "--no-cache")
    assert (done.status, done.out, len(roles.answers)) == (1, "", 1)


def test_the_same_wrong_code_is_not_sent_twice(roles, sts):
    roles.answers = ["000000", "000000", roles.code(SERIAL)]
    done = use(roles, "one")
    assert done.status == 0
    assert "that code was sent already\n  wait for the next one" in done.err
    assert actions(sts).count("GetSessionToken") == 2


def test_a_wrong_code_without_a_terminal_is_tried_once(roles, sts):
    done = use(roles, "one", "--mfa-code", "000000")
    assert (done.status, actions(sts)) == (1, ["GetSessionToken"])
    assert "a code is good for one use" in done.err


def test_without_a_terminal_the_other_two_ways_are_named(roles, sts):
    done = use(roles, "one")
    assert (done.status, done.out, actions(sts)) == (1, "", [])
    assert "there is no terminal to ask on\n  give it with --mfa-code CODE, by `--mfa-code -`" in done.err
    assert "or set mfa_process" in done.err


def test_spaces_in_a_typed_code_are_the_devices_way_of_showing_it(roles):
    code = roles.code(SERIAL)
    roles.answers = [f" {code[:3]} {code[3:]} "]
    assert use(roles, "one").status == 0


def test_refresh_keeps_the_session(roles, sts):
    roles.answers = [roles.code(SERIAL)]
    use(roles, "one")
    assert use(roles, "one", "--refresh").status == 0
    assert actions(sts) == ["GetSessionToken", "AssumeRole", "AssumeRole"]


def test_nothing_is_asked_of_whoever_has_the_role_still_fresh_enough(roles, sts):
    start = time.time()
    roles.answers = [roles.code(SERIAL)]
    use(roles, "one")
    for entry in (roles.home.path / ".aws/assume").glob("*.entry"):
        if "GetSessionToken" in entry.read_text() or "hop" not in entry.read_text():
            entry.unlink()  # the session is gone
    with time_machine.travel(start + 3000, tick=True):  # ten minutes are left: due, but a question would be needed
        done = use(roles, "one")
    assert (done.status, len(roles.asked)) == (0, 1)


def test_the_code_is_in_no_file_and_no_message(roles, tmp_path):
    code = roles.code(SERIAL)
    roles.answers = [code]
    done = use(roles, "one", "--debug")
    assert code not in done.out + done.err
    assert not [
        path for path in roles.home.path.rglob("*") if path.is_file() and code in path.read_text(errors="replace")
    ]
