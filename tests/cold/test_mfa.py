"""MFA on the cold lane: the session that roles share, and when the code goes with the role itself."""

import time

import pytest
import time_machine

from assume.demo import config
from assume.simulator.iam import Trust

from ..program import actions
from .test_resolve import COMMON

SERIAL = config.CLI_USER_MFA
ROLE = "arn:aws:iam::128716708097:role/"


@pytest.fixture
def roles(program, world):
    """Five more roles behind one user with one device."""
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


def test_for_a_role_of_more_than_an_hour_the_code_goes_with_the_role(roles, sts):
    roles.answers = [roles.code(SERIAL)]
    assert use(roles, "long", "--duration", "2h").status == 0
    assert actions(sts) == ["AssumeRole"]
    assert (sts.calls[0].params["DurationSeconds"], sts.calls[0].params["SerialNumber"]) == ("7200", SERIAL)
    assert use(roles, "long", "--duration", "2h").status == 0, "its own entry saves the next question"
    assert len(roles.asked) == 1


def test_for_a_user_who_may_not_have_a_session_the_code_goes_with_the_role(roles, sts, world):
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


def test_for_a_role_that_requires_a_fresh_code_the_code_goes_with_the_role(roles, sts):
    start = time.time()
    with time_machine.travel(start, tick=True):
        roles.answers = [roles.code(SERIAL)]
        assert use(roles, "one").status == 0
    with time_machine.travel(start + 120, tick=True):
        roles.answers = [roles.code(SERIAL)]
        done = use(roles, "fresh")
        assert (done.status, len(roles.asked)) == (0, 2)
        assert "it may require a fresh code" in done.err
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


def test_refresh_keeps_the_session(roles, sts):
    roles.answers = [roles.code(SERIAL)]
    use(roles, "one")
    assert use(roles, "one", "--refresh").status == 0
    assert actions(sts) == ["GetSessionToken", "AssumeRole", "AssumeRole"]


def test_no_question_while_the_stored_role_is_still_usable(roles, sts):
    start = time.time()
    roles.answers = [roles.code(SERIAL)]
    use(roles, "one")
    for entry in (roles.home.path / ".aws/assume").glob("*.entry"):
        if "GetSessionToken" in entry.read_text() or "hop" not in entry.read_text():
            entry.unlink()  # the session is gone
    with time_machine.travel(start + 3000, tick=True):  # ten minutes are left: due, but a question would be needed
        done = use(roles, "one")
    assert (done.status, len(roles.asked)) == (0, 1)


def deny_session(world):
    may_not = ["sts:GetSessionToken"]
    world.user("128716708097", "cli-user", mfa={SERIAL: "KRSXG5CTMVRXEZLU"}, may=[ROLE + "*"], may_not=may_not)


def test_one_given_code_is_enough_for_a_user_who_may_not_have_a_session(roles, sts, world):
    deny_session(world)
    done = use(roles, "one", "--mfa-code", roles.code(SERIAL))
    assert (done.status, done.err) == (0, "")
    assert actions(sts) == ["GetSessionToken", "AssumeRole"]
    assert roles.asked == []
    roles.answers = [world.code(SERIAL, time.time() + 30)]
    assert use(roles, "two").status == 0
    assert actions(sts)[2:] == ["AssumeRole"], "remembered for the user"


def test_one_code_of_a_command_is_enough_for_a_user_who_may_not_have_a_session(roles, sts, world, tmp_path):
    deny_session(world)
    command = tmp_path / "code"
    command.write_text(f"#!/bin/sh\necho {roles.code(SERIAL)}\n")
    command.chmod(0o755)
    roles.write(
        f"[profile command]\nrole_arn = {ROLE}one\nsource_profile = cli-user\nmfa_serial = {SERIAL}\n"
        f"mfa_process = {command}\n{COMMON}"
    )
    assert use(roles, "command").status == 0
    assert actions(sts) == ["GetSessionToken", "AssumeRole"]


def test_a_given_code_that_the_denied_call_has_used_up_is_followed_by_a_question(roles, sts, world):
    deny_session(world)
    code = roles.code(SERIAL)

    def use_up(call):
        world.take_code(SERIAL, code, "arn:aws:iam::128716708097:user/cli-user", call.at)

    sts.faults = use_up
    roles.answers = [world.code(SERIAL, time.time() + 30)]
    done = use(roles, "one", "--mfa-code", code)
    assert done.status == 0
    assert actions(sts) == ["GetSessionToken", "AssumeRole", "AssumeRole"]
    assert "this user may not call GetSessionToken: enter the next MFA code, for the role itself" in done.err


def test_a_role_of_more_than_an_hour_says_why_it_asks_in_spite_of_a_session(roles, sts):
    start = time.time()
    with time_machine.travel(start, tick=True):
        roles.answers = [roles.code(SERIAL)]
        done = use(roles, "one")
        assert "needs a code" not in done.err
    with time_machine.travel(start + 60, tick=True):
        roles.answers = [roles.code(SERIAL)]
        done = use(roles, "long", "--duration", "4h")
    assert done.status == 0
    assert done.err.startswith(
        "assume: long: 4 h needs a code, because AWS allows 1 h behind the MFA session: `--duration 1h` asks nothing\n"
    )
    with time_machine.travel(start + 120, tick=True):
        assert use(roles, "long", "--duration", "1h").status == 0
    assert len(roles.asked) == 2


@pytest.mark.parametrize("setting", ["", "mfa_session = off\n"])
def test_no_reason_is_given_where_an_hour_would_ask_too(roles, setting):
    start = time.time()
    if setting:
        with time_machine.travel(start, tick=True):
            roles.answers = [roles.code(SERIAL)]
            use(roles, "one")
    roles.write(
        f"[profile off]\nrole_arn = {ROLE}long\nsource_profile = cli-user\nmfa_serial = {SERIAL}\n"
        f"duration_seconds = 14400\n{setting}{COMMON}"
    )
    with time_machine.travel(start + 60, tick=True):
        roles.answers = [roles.code(SERIAL)]
        done = use(roles, "off")
    assert done.status == 0
    assert "needs a code" not in done.err
