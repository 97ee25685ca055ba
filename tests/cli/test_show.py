"""`list`, `status`, `clear`: the profiles, the role of this shell, and forgetting credentials."""

import json
import time

import time_machine

from assume.demo import config
from assume.simulator.iam import Trust

from ..program import actions
from .test_use import switch


def rows(program, **env):
    return {row["profile"]: row for row in program("list", "--json", **env).json}


def test_list_has_every_profile_and_calls_nobody(program, sts):
    found = rows(program)
    assert set(found) == set(config.ROLE_PROFILES) | set(config.KEYS)
    assert found["marketingadmin"] == {
        "profile": "marketingadmin", "credentials": "user1", "account": "123456789012", "role": "marketingadminrole",
        "left": "", "sign_in": "", "error": "",
    }  # fmt: skip
    assert found["workload"]["credentials"] == "landing < hub < user1"
    assert found["role-with-mfa"]["credentials"] == "cli-user + MFA"
    assert (found["user1"]["credentials"], found["sso-reader"]["credentials"]) == ("static keys", "SSO example")
    assert (found["sso-reader"]["account"], found["sso-reader"]["role"]) == ("234567890123", "Reader")
    assert actions(sts) == []


def test_list_shows_how_long_credentials_are_cached(program):
    program.keys("marketingadmin")
    assert rows(program)["marketingadmin"]["left"] == "60m"
    with time_machine.travel(time.time() + 3000, tick=True):
        assert rows(program)["marketingadmin"]["left"] == "10m"
    with time_machine.travel(time.time() + 4000, tick=True):
        assert rows(program)["marketingadmin"]["left"] == "expired"


def test_list_shows_the_error_of_a_profile_and_goes_on(program):
    program.write("[profile broken]\nrole_arn = x\n")
    found = rows(program)
    assert "is not the ARN of a role" in found["broken"]["error"]
    assert found["marketingadmin"]["error"] == ""


def test_list_is_a_table_for_people(program):
    out = program("list").out
    assert "profile" in out.splitlines()[0]
    (line,) = [line for line in out.splitlines() if line.startswith("marketingadmin ")]
    assert line.split() == ["marketingadmin", "user1", "123456789012", "marketingadminrole"]
    assert any(line.startswith("prod PROD") for line in out.splitlines())


def test_list_shows_no_control_character_of_a_file(program):
    program.write(
        '[profile "a\x1b]0;x\x07b"]\nrole_arn = arn:aws:iam::123456789012:role/x\x9b\nsource_profile = user1\n'
    )
    out = program("list").out
    assert not any(mark in out for mark in "\x1b\x07\x9b")


def test_list_without_profiles_names_the_files(program, tmp_path):
    done = program("list", AWS_CONFIG_FILE=str(tmp_path / "none"), AWS_SHARED_CREDENTIALS_FILE="/dev/null")
    assert done.status == 1
    assert f"no profiles in {tmp_path / 'none'} or /dev/null\n  `aws configure` makes one" in done.err


def test_list_tells_whether_the_sign_in_of_an_sso_session_has_ended(program):
    program.write("[profile behind]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = sso-reader\n")
    assert (rows(program)["sso-reader"]["sign_in"], rows(program)["behind"]["sign_in"]) == ("live", "live")
    with time_machine.travel(time.time() + 100 * 86400):  # the registration of the client lasts 90 days
        assert rows(program)["sso-reader"]["sign_in"] == "ended"
        assert "SSO example, sign-in ended" in program("list").out
    (file,) = (program.home.path / ".aws/sso/cache").iterdir()
    for content in (b"{", b"[]", b'{"accessToken": 1}', b"\xff", None):
        file.unlink() if content is None else file.write_bytes(content)
        assert rows(program)["behind"]["sign_in"] == "none"
    assert "sso-reader, not signed in" in program("list").out


def test_status_shows_account_and_role_of_an_sso_profile(program):
    for export in ("both", "keys", "profile"):
        have, _ = switch(program, {}, "", "sso-reader", "--export", export)
        lines = dict(line.split(None, 1) for line in program("status", **have).out.splitlines())
        assert (lines["account"], lines["role"]) == ("234567890123", "Reader"), export
    have, _ = switch(program, have, "", "user1")
    assert "ASSUME_SSO_ROLE" not in have


def test_status_without_a_role(program):
    done = program("status")
    assert (done.status, done.out) == (1, "assume: this shell has no role\n  `assume PROFILE` takes one\n")
    assert (program("status", "--quiet").status, program("status", "-q").out) == (1, "")


def test_status_shows_the_role_of_this_shell(program):
    have, state = switch(program, {}, "", "workload", "--session-name", "me")
    done = program("status", "--state", state, **have)
    lines = dict(line.split(None, 1) for line in done.out.splitlines())
    assert lines == {
        "profile": "workload", "role": config.WORKLOAD, "session": "me", "account": "128716708097",
        "region": "us-west-2",
        "left": "60m", "chain": f"static keys > {config.HUB} > {config.LANDING} > {config.WORKLOAD}",
        "taken": "in this shell",
    }  # fmt: skip
    assert done.status == program("status", "--quiet", **have).status == 0


def test_status_shows_that_a_role_is_read_only(program):
    have, _ = switch(program, {}, "", "marketingadmin", "--read-only")
    assert "policy    read-only\n" in program("status", **have).out
    have, _ = switch(program, have, "", "marketingadmin")
    assert "read-only" not in program("status", **have).out


def test_status_in_a_child_shell_shows_that_the_role_is_inherited(program):
    have, _ = switch(program, {}, "", "marketingadmin")
    assert "taken     in a parent shell" in program("status", **have).out


def test_status_of_an_expired_role_is_1(program):
    have, _ = switch(program, {}, "", "marketingadmin")
    with time_machine.travel(time.time() + 3700, tick=True):
        done = program("status", **have)
        assert program("status", "--quiet", **have).status == 1
    assert (done.status, "left      expired" in done.out) == (1, True)


def test_status_of_static_keys_does_not_expire(program):
    have, _ = switch(program, {}, "", "user1")
    assert "left      does not expire" in program("status", **have).out


def test_status_reports_that_another_tool_changed_keys_or_profile(program):
    have, _ = switch(program, {}, "", "marketingadmin")
    changes: list[tuple[dict[str, str | None], str, str]] = [
        ({"AWS_PROFILE": "user1"}, "the profile is user1 now, not marketingadmin", "the keys (ASIA"),
        (
            {"AWS_ACCESS_KEY_ID": "AKIAOTHER"},
            "the keys are no longer those of marketingadmin",
            "the keys (AKIAOTHER)",
        ),
        ({"AWS_ACCESS_KEY_ID": None}, "the keys are no longer those of marketingadmin", "the profile (marketingadmin)"),
        ({"AWS_PROFILE": None}, "AWS_PROFILE is gone", "the keys (ASIA"),
        ({"AWS_DEFAULT_PROFILE": "user1"}, "the profile is user1 now", "the keys (ASIA"),
    ]
    for change, what, used in changes:
        done = program("status", **{**have, **change})
        assert done.status == 1
        assert what in done.out
        assert f"the AWS CLI uses {used}" in done.out
        assert "`assume marketingadmin` brings it back, `assume off` leaves it" in done.out


def entries_of(program):
    return sorted(path.name for path in (program.home.path / ".aws/assume").glob("*.entry"))


def test_clear_forgets_every_hop_of_a_profile_and_nothing_else(program, sts):
    program.keys("workload")
    program.keys("marketingadmin")
    assert len(entries_of(program)) == 4
    done = program("clear", "workload")
    assert (done.status, done.err) == (0, "assume: forgot 3 entries\n")
    assert len(entries_of(program)) == 1
    program.keys("marketingadmin")
    program.keys("workload")
    assert len(sts.calls) == 4 + 3


def test_clear_forgets_the_mfa_session_of_a_profile(program, sts):
    program.answers = [program.code(config.CLI_USER_MFA)]
    program.keys("role-with-mfa")
    assert program("clear", "role-with-mfa").err == "assume: forgot 2 entries\n"
    assert program("use", "--shell", "bash", "role-with-mfa").status == 1, "it would ask again"


def test_clear_forgets_the_entries_of_requests_with_options(program, world):
    program.keys("marketingadmin", "--duration", "900")
    program.keys("marketingadmin", "--read-only")
    world.role(config.LANDING, Trust((config.MARKETING,)))
    world.role(config.MARKETING, Trust((f"arn:aws:iam::{config.HOME_ACCOUNT}:root",)), may=["*"])
    program.keys("marketingadmin", "--role-arn", config.LANDING)
    program.keys("hub")
    program("clear", "marketingadmin")
    assert len(entries_of(program)) == 1, "the entry of hub stays"


def test_clear_forgets_the_credentials_of_an_sso_role(program, world, sts):
    first = program.keys("sso-reader")
    assert program("clear", "sso-reader").status == 0
    left = [path.read_text() for path in program.home.path.rglob("*") if path.is_file()]
    assert not [text for text in left if first["AWS_SECRET_ACCESS_KEY"] in text]
    assert program.keys("sso-reader") != first


def test_refresh_and_no_cache_hold_for_an_sso_role_too(program):
    first = program.keys("sso-reader")
    second = program.keys("sso-reader", "--refresh")
    assert second["AWS_ACCESS_KEY_ID"] != first["AWS_ACCESS_KEY_ID"]
    third = program.keys("sso-reader", "--no-cache")
    assert third["AWS_ACCESS_KEY_ID"] != second["AWS_ACCESS_KEY_ID"]
    left = [path.read_text() for path in program.home.path.rglob("*") if path.is_file()]
    assert not [text for text in left if third["AWS_SECRET_ACCESS_KEY"] in text]


def test_clear_all_leaves_nothing_that_holds_a_secret(program, world):
    program.answers = [program.code(config.CLI_USER_MFA)]
    for profile in ("workload", "role-with-mfa", "sso-reader"):
        program.keys(profile)
    assert program("clear", "--all").status == 0
    left = [path.read_text() for path in program.home.path.rglob("*") if path.is_file()]
    assert not [text for text in left for session in world.sessions.values() if session.secret in text]
    assert entries_of(program) == []


def test_clear_needs_a_profile_or_all(program):
    done = program("clear")
    assert (done.status, "which profiles?\n  assume clear PROFILE" in done.err) == (2, True)
    assert program("clear", "nosuch").status == 1


def test_clear_with_an_empty_store(program):
    assert program("clear", "--all").err == "assume: forgot 0 entries\n"
    assert json.loads(program("list", "--json").out)
