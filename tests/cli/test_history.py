"""`history`: the lines that each verb leaves, and how they are shown."""

from unittest import mock

import pytest

from assume.terminal import show

from .test_use import switch


def taken(program):
    return [(one["verb"], one["profile"]) for one in program("history", "--json").json]


def test_each_verb_that_gives_a_role_leaves_a_line(program):
    switch(program, {}, "", "marketingadmin")
    program("exec", "hub", "true")
    program("export", "workload", "--format", "json")
    program("exec", "role-without-mfa", "true")  # refused
    assert taken(program) == [("use", "marketingadmin"), ("exec", "hub"), ("export", "workload")]


def test_a_hit_leaves_one_too(program):
    have, state = switch(program, {}, "", "marketingadmin")
    for _ in range(3):
        assert program.fast("use", "--shell", "bash", "--state", state, "marketingadmin", **have).status == 0
    assert taken(program) == [("use", "marketingadmin")] * 4


def test_the_role_of_an_sso_profile_and_what_console_took(program):
    switch(program, {}, "", "sso-reader")
    program("console", "hub", "--print")
    first, second = program("history").out.splitlines()
    assert "  234567890123 Reader  " in first
    assert ("  hub  " in second, "  console  " in second) == (True, True)


def test_what_cloudtrail_shows_can_be_matched(program):
    have, _ = switch(program, {}, "", "workload", "--session-name", "me")
    (one,) = program("history", "--json").json
    session = program.session(have)
    assert (one["arn"], one["key_id"], one["session"]) == (session.arn, have["AWS_ACCESS_KEY_ID"], "me")
    assert one["time"].endswith("Z")


def test_nothing_is_added_if_it_is_turned_off(program):
    switch(program, {"ASSUME_HISTORY": "0"}, "", "marketingadmin")
    assert program("history", "--json").json == []


def test_an_empty_history_is_no_failure(program):
    done = program("history")
    assert (done.status, done.out) == (0, "")
    assert done.err.startswith("assume: nothing is in the history yet\n  ")


def test_a_line_for_people(program):
    switch(program, {}, "", "workload", "--session-name", "me")
    program.answers = ["prod"]
    switch(program, {}, "", "prod")
    first, second = program("history").out.splitlines()
    assert first.split()[2:7] == ["workload", "128716708097", "workload", "me", "use"]
    assert second.split()[2:5] == ["PROD", "prod", "128716708097"]


@pytest.mark.parametrize(("columns", "colour"), [(200, ""), (40, ""), (40, "1")])
def test_at_a_terminal_lines_fit_and_production_is_red(program, monkeypatch, columns, colour):
    program.answers = ["prod"]
    switch(program, {}, "", "prod")
    monkeypatch.setenv("COLUMNS", str(columns))
    with mock.patch.object(show, "is_terminal", lambda handle: handle == 1):
        out = program("history", COLUMNS=str(columns), NO_COLOR=colour or None).out
    assert ("\x1b[1;31mPROD prod\x1b[0m" in out) == (not colour)
    plain = out.replace("\x1b[1;31m", "").replace("\x1b[0m", "").splitlines()
    assert all(len(line) <= columns for line in plain)
    assert (len(plain) > 1) == (columns < 100)


def test_a_hostile_name_steers_no_terminal(program):
    program.write("[profile a\u202eb]\nrole_arn = arn:aws:iam::123456789012:role/marketingadminrole\n"
                  "source_profile = user1\nendpoint_url = {sts}\nregion = us-west-2\n")  # fmt: skip
    switch(program, {}, "", "a\u202eb")
    assert "a\\u202eb" in program("history").out
    assert program("history", "--json").json[0]["profile"] == "a\u202eb"


def test_a_history_that_is_not_ours_is_reported(program):
    switch(program, {}, "", "marketingadmin")
    (program.home.path / ".aws/assume/history").chmod(0o644)
    done = program("history")
    assert (done.status, done.out) == (1, "")
    assert "the history cannot be read" in done.err
