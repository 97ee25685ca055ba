"""MFA codes: from the command line, standard input, a command or the terminal."""

import io
import sys

import pytest

from ..cold.test_mfa import ROLE, SERIAL, roles, use
from ..cold.test_resolve import COMMON
from ..program import actions

__all__ = ["roles"]  # a fixture


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
         "cannot be run: No such file")],
)  # fmt: skip
def test_a_command_that_prints_no_code(roles, tmp_path, script, said):
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
    assert roles.asked == [], "with a command, nobody is asked"


@pytest.mark.parametrize("code", ["12345", "1234567", "12345a", "", "١٢٣٤٥٦", "000000\n1"])
def test_an_invalid_code_is_refused_before_any_call(roles, sts, code):
    done = use(roles, "one", f"--mfa-code={code}")
    assert done.status == 1
    assert actions(sts) == [] or code == ""


def test_at_a_terminal_a_wrong_code_is_asked_for_again_at_most_twice(roles, sts):
    roles.answers = ["000000", "111111", roles.code(SERIAL)]
    done = use(roles, "one")
    assert (done.status, len(roles.asked)) == (0, 3)
    assert done.err.count("the MFA code is wrong, too old, or was used before") == 2
    roles.answers = ["222222", "333333", "444444", "555555"]
    done = use(roles, "one", "--no-cache")
    assert (done.status, done.out, len(roles.answers)) == (1, "", 1)
    counts = [line for line in done.err.splitlines() if " of 3)" in line]
    assert [line[-8:] for line in counts] == ["(1 of 3)", "(2 of 3)", "(3 of 3)"]
    assert done.err.endswith("(3 of 3)\n  three codes were wrong: nothing was changed\n")


def test_codes_that_no_device_shows_count_too(roles, sts):
    roles.answers = ["1", "", "abc", "123456"]
    done = use(roles, "one")
    assert (done.status, len(roles.answers), actions(sts)) == (1, 1, [])
    assert done.err.endswith("an MFA code has 6 digits (3 of 3)\n  three codes were wrong: nothing was changed\n")


def test_the_same_wrong_code_is_not_sent_twice(roles, sts):
    roles.answers = ["000000", "000000", roles.code(SERIAL)]
    done = use(roles, "one")
    assert done.status == 0
    assert "this code was already used (2 of 3)\n  wait for the next one" in done.err
    assert actions(sts).count("GetSessionToken") == 2


def test_a_wrong_code_without_a_terminal_is_tried_once(roles, sts):
    done = use(roles, "one", "--mfa-code", "000000")
    assert (done.status, actions(sts)) == (1, ["GetSessionToken"])
    assert "a code is good for one use" in done.err


def test_without_a_terminal_the_message_names_the_other_ways_to_give_a_code(roles, sts):
    done = use(roles, "one")
    assert (done.status, done.out, actions(sts)) == (1, "", [])
    assert "there is no terminal to ask on\n  give it with --mfa-code CODE, or with `--mfa-code -`" in done.err
    assert "or set mfa_process" in done.err


def test_a_code_may_be_typed_with_spaces_as_devices_show_it(roles):
    code = roles.code(SERIAL)
    roles.answers = [f" {code[:3]} {code[3:]} "]
    assert use(roles, "one").status == 0


def test_the_code_is_in_no_file_and_no_message(roles, tmp_path):
    code = roles.code(SERIAL)
    roles.answers = [code]
    done = use(roles, "one", "--debug")
    assert code not in done.out + done.err
    assert not [
        path for path in roles.home.path.rglob("*") if path.is_file() and code in path.read_text(errors="replace")
    ]


@pytest.mark.parametrize("shift", [0, 1])
def test_a_code_on_the_command_line_may_have_spaces(roles, shift):
    code = roles.code(SERIAL)
    text = (f"{code[:3]} {code[3:]}", f" {code} ")[shift]
    assert use(roles, "one", "--mfa-code", text).status == 0


def with_process(roles, command):
    roles.write(
        f"[profile command]\nrole_arn = {ROLE}one\nsource_profile = cli-user\nmfa_serial = {SERIAL}\n"
        f"mfa_process = {command}\n{COMMON}"
    )
    return use(roles, "command")


def test_a_command_may_be_named_from_the_home(roles):
    command = roles.home.path / "bin" / "code"
    command.parent.mkdir()
    command.write_text(f"#!/bin/sh\necho {roles.code(SERIAL)}\n")
    command.chmod(0o755)
    assert with_process(roles, "~/bin/code").status == 0


def test_a_command_that_does_not_exist_is_named(roles):
    done = with_process(roles, "/nosuch/code --secret-word")
    assert done.status == 1
    assert done.err.startswith("assume: command: its mfa_process (config file, line ")
    assert ") cannot be run: No such file or directory\n  correct its path" in done.err
    assert "nosuch" not in done.err


@pytest.mark.parametrize("output", ["Code: 123456", "123456 (valid for 20 s)", "12345", ""])
def test_a_command_that_prints_more_or_less_than_a_code_is_told_so(roles, sts, output):
    done = with_process(roles, f"/bin/echo '{output}'")
    assert (done.status, actions(sts)) == (1, [])
    assert "assume: command: mfa_process printed no code: an MFA code has 6 digits\n" in done.err
    assert "  it must print the code alone" in done.err
    assert "123456" not in done.err


@pytest.mark.parametrize("words", [(), ("--mfa-code", "123456")])
def test_a_security_key_is_refused_before_any_question_or_call(roles, sts, words):
    key = "arn:aws:iam::128716708097:u2f/user/cli-user/key-7QZLVK2"
    roles.write(f"[profile key]\nrole_arn = {ROLE}one\nsource_profile = cli-user\nmfa_serial = {key}\n{COMMON}")
    done = use(roles, "key", *words)
    assert (done.status, roles.asked, actions(sts)) == (1, [], [])
    assert done.err == (
        "assume: key: mfa_serial is a security key, and AWS's API takes six-digit codes alone\n"
        "  register an authenticator app for the same user, and set mfa_serial to its ARN (arn:aws:iam::…:mfa/NAME)\n"
    )
