"""`use`, `-`, `off`, `renew`: the reply to the shell function, the lane that it comes from; a hit calls nobody."""

import os
import shlex
import time

import pytest
import time_machine

from assume.cli import use as verb
from assume.shells import table
from assume.store import record
from assume.terminal import failures, pick, show


def applied(done, env):
    """The environment once the shell function has evaluated the reply, and the shell's state."""
    assert done is not None
    assert done.status == 0, done.err
    have, state = dict(env), ""
    words = shlex.split(done.out)
    while words:
        word = words.pop(0)
        if word.startswith("__assume_state="):
            state = word.partition("=")[2]
        elif words[0] == "export":
            name, _, value = words[1].partition("=")
            have[name], words = value, words[2:]
        else:
            have.pop(words[1], None)
            words = words[2:]
    return have, state


def switch(program, have, state, *words):
    return applied(program("use", "--shell", "bash", "--state", state, *words, **have), have)


def test_a_switch_sets_the_role_and_off_restores_everything(program, world):
    start = {"AWS_REGION": "eu-north-1", "AWS_DEFAULT_PROFILE": "default", "AWSUME_PROFILE": "x"}
    have, state = switch(program, start, "", "marketingadmin")
    assert program.session(have).arn.startswith("arn:aws:sts::123456789012:assumed-role/marketingadminrole/")
    assert (have["AWS_PROFILE"], have["AWS_REGION"], have["ASSUME_PROFILE"]) == (
        "marketingadmin",
        "us-west-2",
        "marketingadmin",
    )
    assert state.startswith("renew;;marketingadmin;")
    assert not {"AWS_DEFAULT_PROFILE", "AWSUME_PROFILE"} & have.keys()
    back, state = applied(program("off", "--shell", "bash", "--state", state, **(dict.fromkeys(start) | have)), have)
    assert back == start
    assert state == "off;;marketingadmin;"


def test_history_does_not_matter(program):
    one, _ = switch(program, {}, "", "marketingadmin")
    two, _ = switch(program, one, "", "user1")
    alone, _ = switch(program, {}, "", "user1")
    assert two == alone


def test_minus_is_the_request_before_this_one_with_its_options(program):
    have, state = switch(program, {}, "", "marketingadmin", "--session-name", "first", "--region", "eu-west-1")
    have, state = switch(program, have, state, "hub")
    have, state = switch(program, have, state, "-")
    assert program.session(have).arn.endswith("marketingadminrole/first")
    assert have["AWS_REGION"] == "eu-west-1"
    have, state = switch(program, have, state, "-")
    assert have["ASSUME_PROFILE"] == "hub"


def test_options_beside_minus_change_the_request_before(program):
    have, state = switch(program, {}, "", "marketingadmin", "--session-name", "first", "--read-only")
    have, state = switch(program, have, state, "hub")
    have, state = switch(program, have, state, "-", "--region", "eu-west-1", "--no-read-only")
    assert program.session(have).arn.endswith("marketingadminrole/first")
    assert (have["AWS_REGION"], program.sts.calls[-1].params.get("Policy")) == ("eu-west-1", None)


def test_a_second_switch_is_a_hit_that_calls_nobody(program, sts):
    first, _ = switch(program, {}, "", "workload")
    calls = len(sts.calls)
    done = program.fast("use", "--shell", "bash", "workload")
    assert applied(done, {})[0] == first
    assert len(sts.calls) == calls == 3


def test_a_miss_is_left_to_the_full_program(program):
    assert program.fast("use", "--shell", "bash", "marketingadmin", "--refresh") is None
    assert program.fast("use", "--shell", "bash") is None


def test_an_edit_that_does_not_concern_the_chain_is_still_a_hit(program, sts):
    first, _ = switch(program, {}, "", "marketingadmin")
    program.write("[profile new]\nregion = eu-west-1\n")
    assert applied(program.fast("use", "--shell", "bash", "marketingadmin"), {})[0] == first
    program.home.config.write_text(program.home.config.read_text().replace("role/marketingadminrole", "role/hub"))
    have, _ = switch(program, {}, "", "marketingadmin")
    assert "assumed-role/hub/" in program.session(have).arn


def test_an_expired_role_is_never_used(program, sts):
    first, _ = switch(program, {}, "", "marketingadmin")
    with time_machine.travel(time.time() + 3590, tick=True):
        second, _ = switch(program, {}, "", "marketingadmin")
    assert second["AWS_ACCESS_KEY_ID"] != first["AWS_ACCESS_KEY_ID"]


def test_a_renewal_never_asks_and_reads_the_present_config(program, sts):
    have, state = switch(program, {}, "", "marketingadmin")
    with time_machine.travel(time.time() + 3400, tick=True):
        after, again = applied(program("renew", "--shell", "bash", "--state", state, **have), have)
    assert after["AWS_ACCESS_KEY_ID"] != have["AWS_ACCESS_KEY_ID"]
    assert again == state
    assert len(sts.calls) == 2


def test_a_renewal_that_would_ask_reports_it_in_one_line_and_changes_nothing(program, sts):
    program.answers = [program.code("arn:aws:iam::128716708097:mfa/cli-user")]
    have, state = switch(program, {}, "", "role-with-mfa")
    with time_machine.travel(time.time() + 50000, tick=True):
        done = program("renew", "--shell", "bash", "--state", state, **have)
    assert (done.status, done.out, len(program.asked)) == (1, "", 1)
    assert "an MFA code is needed\n  run `assume role-with-mfa`" in done.err


def test_a_shell_without_a_role_renews_nothing(program):
    assert program("renew", "--shell", "bash", "--state", "").status == 1
    assert program("renew", "--shell", "bash", "--state", "off;;marketingadmin;").status == 1


def test_without_the_function_it_fails_and_explains_why(program, monkeypatch):
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("zsh", "/bin/zsh"))
    done = program("marketingadmin")
    assert (done.status, done.out) == (1, "")
    assert "the shell function is not loaded, so this zsh cannot be changed" in done.err
    assert table.loading_line("zsh") in done.err
    assert "then `assume marketingadmin` again" in done.err


def test_without_the_function_in_an_unknown_shell_all_lines_are_shown(program, monkeypatch):
    monkeypatch.setattr("shellingham.detect_shell", lambda: 1 / 0)
    said = str(verb.not_loaded(""))
    assert all(table.loading_line(name) in said for name in table.SHELLS)


def test_a_profile_named_like_a_command_is_reached_by_use(program):
    program.write(
        "[profile status]\nregion = eu-west-1\nrole_arn = arn:aws:iam::123456789012:role/hub\n"
        "source_profile = user1\nendpoint_url = {sts}\n"
    )
    have, _ = switch(program, {}, "", "status")
    assert have["ASSUME_PROFILE"] == "status"


def test_off_takes_no_profile_and_needs_the_function(program):
    assert program("off", "x").status == 2
    assert "not loaded" in program("off").err


def test_off_has_help(program):
    for word in ("-h", "--help"):
        done = program("off", word)
        assert (done.status, "Usage: assume off" in done.out) == (0, True)


def test_off_reports_a_damaged_record_of_earlier_values(program):
    have, _ = switch(program, {"AWS_REGION": "mine"}, "", "marketingadmin")
    done = program("off", "--shell", "bash", **(have | {"ASSUME_BEFORE": "x"}))
    assert "ASSUME_BEFORE is missing or damaged" in done.err
    assert not {"AWS_ACCESS_KEY_ID", "AWS_PROFILE", "ASSUME_PROFILE"} & applied(done, have)[0].keys()


def test_an_internal_error_shows_no_traceback_and_not_its_text(program, monkeypatch, capfd):
    def broken(*_):
        raise RuntimeError("aCanarySecret")

    monkeypatch.setattr("assume.profiles.plan.plan", broken)
    done = program("use", "--shell", "bash", "marketingadmin", "--refresh")
    assert (done.status, done.out) == (1, "")
    assert "internal error: RuntimeError in test_use.py, line " in done.err
    assert "aCanarySecret" not in done.err
    assert failures.ended(KeyboardInterrupt()) == 130


def test_debug_goes_to_stderr_and_shows_no_secret(program, world):
    done = program("use", "--shell", "bash", "workload", "--debug")
    secrets = {session.secret for session in world.sessions.values()} | {key.secret for key in world.keys.values()}
    assert "source_profile landing" in done.err
    assert not [secret for secret in secrets if secret in done.err]


def test_the_account_of_the_keys_is_set_and_restored(program):
    have, state = switch(program, {"AWS_ACCOUNT_ID": "mine"}, "", "marketingadmin")
    assert have["AWS_ACCOUNT_ID"] == "123456789012"
    program.write("[profile with-account]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n"
                  "aws_secret_access_key = x\naws_account_id = 345678901234\n")  # fmt: skip
    have, state = switch(program, have, state, "with-account")
    assert have["AWS_ACCOUNT_ID"] == "345678901234"
    have, state = switch(program, have, state, "user1")
    assert "AWS_ACCOUNT_ID" not in have
    have, state = switch(program, have, state, "sso-reader")
    assert have["AWS_ACCOUNT_ID"] == "234567890123"
    have, state = switch(program, have, state, "marketingadmin", "--export", "profile")
    assert "AWS_ACCOUNT_ID" not in have
    have, _ = applied(program("off", "--shell", "bash", "--state", state, **have), have)
    assert have == {"AWS_ACCOUNT_ID": "mine"}


@pytest.fixture
def picks(monkeypatch):
    """A terminal at which a person picks the first profile; what the picker was given."""
    given = []

    def picked(names, about, texts, **how):
        given.append((list(names), about, list(texts), how))
        return given[-1][0][0]

    monkeypatch.setattr(show, "is_terminal", lambda handle: handle != 1)
    monkeypatch.setattr(pick, "pick", picked)
    return given


@pytest.mark.parametrize("history", ["1", "0"])
def test_the_picker_offers_the_profiles_used_last_first(program, picks, history):
    program.env["ASSUME_HISTORY"] = history
    program.keys("hub")
    program.keys("marketingadmin", "--region", "eu-west-1")
    folder = program.home.path / ".aws/assume"
    for age, name in enumerate(("marketingadmin", "hub")):
        for pointer in folder.glob(f"*{record.POINTER}"):
            if f"\nname={name}\n" in pointer.read_text():
                os.utime(pointer, (time.time() - age, time.time() - age))
    program.write("[profile gone]\nregion = x\n")
    assert program("use", "--shell", "bash", "--state", "").status == 0
    names, about, texts, how = picks[0]
    assert names[:3] == ["marketingadmin", "hub", "default"]
    assert program("use", "--shell", "bash", "--state", "", "hub").status == 0, (
        "a hit, which leaves the pointer as it is"
    )
    assert history == "0" or (program("use", "--shell", "bash", "--state", "").status, picks[1][0][0]) == (0, "hub")
    assert names[-1] == "gone"
    assert (how["typed"], how["heading"]) == ("", "profile: ")
    assert "123456789012 hub us-west-2" in texts
    seen = about("hub")
    assert (seen.account, seen.role, seen.region, seen.left) == ("123456789012", "hub", "us-west-2", "60m")
    assert about("role-with-mfa").marks == "MFA"
    assert (about("prod").marks, about("prod").is_guarded) == ("guarded", True)


def test_a_name_that_no_profile_has_starts_the_picker_at_a_terminal(program, picks):
    done = program("use", "--shell", "bash", "--state", "", "admin")
    assert done.status == 0
    assert done.err.startswith("assume: admin: no such profile; choose one that matches, or leave with Esc\n")
    assert picks[0][3]["typed"] == "admin"
    assert len(picks) == 1


@pytest.mark.parametrize("typed", ["nosuch", "statu", "arn:aws:iam::222222222222:role/Developer"])
def test_a_name_like_no_profile_is_refused_at_a_terminal_too(program, picks, typed):
    done = program("use", "--shell", "bash", "--state", "", typed)
    assert (done.status, picks) == (1, [])
    assert "no such profile\n" in done.err


def test_in_a_script_no_profile_is_offered(program, monkeypatch, picks):
    monkeypatch.setattr(show, "is_terminal", lambda _: False)
    done = program("use", "--shell", "bash", "--state", "", "admin")
    assert (done.status, done.out, picks) == (1, "", [])
    assert done.err.startswith("assume: admin: no such profile\n")
    assert program("use", "--shell", "bash", "--state", "").status == 2


def test_a_check_of_a_profile_is_not_a_use_of_it(program, picks):
    assert program("list", "--check", "hub").status == 0
    program("use", "--shell", "bash", "--state", "")
    assert picks[0][0][0] == "default"
