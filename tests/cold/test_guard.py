"""The guard: a profile with assume_confirm asks for its name or account each time, whatever is stored."""

import pytest

from ..cli.test_use import switch
from ..program import actions


def test_a_guarded_profile_asks_each_time_even_if_its_role_is_stored(program, sts):
    for answer in ("prod", "128716708097"):
        program.answers = [answer]
        have, state = switch(program, {}, "", "prod")
        assert have["ASSUME_PROFILE"] == "prod"
        assert state.startswith("hold;"), "the hook never renews it unasked"
    assert program.asked == ["prod is guarded (account 128716708097). Type the account id or `prod` to go on: "] * 2
    assert actions(sts) == ["AssumeRole"]


@pytest.mark.parametrize("answer", ["y", "", "yes", "Prod", "123456789012"])
def test_y_is_not_accepted_by_the_guard(program, sts, answer):
    program.answers = [answer]
    done = program("use", "--shell", "bash", "prod")
    assert (done.status, done.out, actions(sts)) == (1, "", [])
    assert "prod: not confirmed: nothing was changed" in done.err


def test_the_guard_without_a_terminal_needs_the_option_yes(program, sts):
    done = program("use", "--shell", "bash", "prod")
    assert "is guarded (assume_confirm), and there is no terminal to ask on\n  give --yes if you mean it" in done.err
    assert program("use", "--shell", "bash", "prod", "--yes").status == 0


def test_the_guard_holds_for_a_role_reached_from_the_profile(program):
    assert program("use", "--shell", "bash", "prod", "--role-arn", "arn:aws:iam::123456789012:role/x").status == 1
    assert program.asked == ["prod is guarded (account 123456789012). Type the account id or `prod` to go on: "]


def test_the_account_of_an_sso_profile_is_a_right_answer(program):
    text = program.home.config.read_text()
    program.home.config.write_text(text.replace("[profile sso-reader]", "[profile sso-reader]\nassume_confirm = yes"))
    program.answers = ["123456789012", "234567890123"]
    assert program("use", "--shell", "bash", "sso-reader").status == 1
    assert program("use", "--shell", "bash", "sso-reader").status == 0
    asked = "sso-reader is guarded (account 234567890123). Type the account id or `sso-reader` to go on: "
    assert program.asked == [asked] * 2


def test_the_option_yes_is_not_repeated_by_minus(program):
    program.answers = ["prod"]
    have, state = switch(program, {}, "", "prod", "--yes")
    have, state = switch(program, have, state, "hub")
    done = program("use", "--shell", "bash", "--state", state, "-", **have)
    assert done.status == 0
    assert len(program.asked) == 1


@pytest.mark.parametrize("setting", ["yes", "on", "true", "1", "ja", "yess"])
def test_any_value_but_a_no_guards(program, setting):
    program.home.config.write_text(
        program.home.config.read_text().replace("assume_confirm = yes", f"assume_confirm = {setting}")
    )
    assert program("use", "--shell", "bash", "prod").status == 1
    assert len(program.asked) == 1


@pytest.mark.parametrize("setting", ["no", "off", "false", "0", ""])
def test_a_no_does_not(program, setting):
    program.home.config.write_text(
        program.home.config.read_text().replace("assume_confirm = yes", f"assume_confirm = {setting}")
    )
    assert program("use", "--shell", "bash", "prod").status == 0
    assert program.asked == []


def test_nothing_is_called_before_the_answer(program, sts):
    program.answers = ["no"]
    program("exec", "prod", "x")
    assert (len(program.asked), actions(sts)) == (1, [])


def test_a_guard_that_is_added_later_holds_for_a_stored_role(program):
    program.home.config.write_text(program.home.config.read_text().replace("assume_confirm = yes\n", ""))
    program.keys("prod")
    program.write("")
    text = program.home.config.read_text().replace("[profile prod]\n", "[profile prod]\nassume_confirm = yes\n")
    program.home.config.write_text(text)
    assert program("use", "--shell", "bash", "prod").status == 1
    assert program.fast("use", "--shell", "bash", "prod") is None
