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
         "mfa_process cannot be run")],
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


def test_the_same_wrong_code_is_not_sent_twice(roles, sts):
    roles.answers = ["000000", "000000", roles.code(SERIAL)]
    done = use(roles, "one")
    assert done.status == 0
    assert "this code was already used\n  wait for the next one" in done.err
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
