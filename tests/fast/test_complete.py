"""The candidates for TAB: nobody is called, and nothing in a file can steer the terminal."""

import botocore.session
import pytest

from assume import arguments
from assume.fast import complete
from assume.shells import table

from ..program import actions


def offered(program, *typed, shell="fish"):
    done = program("complete", "--shell", shell, "--", *typed)
    assert (done.status, done.err) == (0, "")
    return done.out.splitlines()


def values(program, *typed):
    return [line.partition("\t")[0] for line in offered(program, *typed)]


def test_profiles_and_verbs_for_the_first_word(program, sts):
    found = values(program, "")
    assert {"marketingadmin", "user1", "default", "use", "off", "exec"} <= set(found)
    assert actions(sts) == []


def test_only_candidates_that_begin_as_typed(program):
    assert values(program, "mark") == ["marketingadmin"]
    assert values(program, "ex") == ["exec", "export", "explain"]


def test_a_description_is_the_account_and_the_role(program):
    assert offered(program, "mark") == ["marketingadmin\t123456789012 marketingadminrole"]
    assert offered(program, "sso-r") == ["sso-reader\t234567890123 Reader"]


@pytest.mark.parametrize("verb", ["use", "exec", "export", "console", "each", "explain", "policy", "clear", "list"])
def test_profiles_after_the_verbs_that_take_one(program, verb):
    assert values(program, verb, "marketing") == ["marketingadmin"]


def test_a_second_profile_is_offered_only_to_a_verb_that_takes_several(program):
    assert values(program, "use", "hub", "mark") == []
    assert values(program, "hub", "mark") == []
    assert values(program, "clear", "hub", "mark") == ["marketingadmin"]
    assert values(program, "each", "hub", "--jobs", "4", "mark") == ["marketingadmin"]


def test_a_sign_in_is_for_a_profile_or_a_session(program):
    assert values(program, "login", "sso") == ["sso-reader"]
    assert offered(program, "logout", "ex") == ["example\tIAM Identity Center"]
    assert values(program, "login", "example", "") == []


def test_options(program):
    assert set(values(program, "use", "hub", "--")) == set(complete.OPTIONS["use"])
    assert "--format" in values(program, "export", "--f")
    assert values(program, "hub", "--reg") == ["--region"]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [(["export", "hub", "--format", ""], list(arguments.FORMATS)), (["hub", "--export", "k"], ["keys"]),
     (["--credential-source", "En"], ["Environment"]), (["hub", "--region", "eu-north"], ["eu-north-1"]),
     (["hub", "--export=p"], ["--export=profile"]), (["hub", "--mfa-code", ""], []), (["hub", "--role-arn", "x"], [])],
)  # fmt: skip
def test_values_of_options(program, typed, expected):
    assert values(program, *typed) == expected


@pytest.mark.parametrize("words", [["hub", "--region", ""], ["hub", "--region="]])
def test_every_region_that_botocore_knows_is_a_candidate(program, words):
    found = {value.removeprefix("--region=") for value in values(program, *words)}
    session = botocore.session.Session()
    known = {
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("ec2", partition)
    }
    assert known <= found
    assert "eu-central-1\tEurope (Frankfurt)" in offered(program, "hub", "--region", "eu-central-")


def test_a_policy_is_a_file(program):
    assert offered(program, "use", "hub", "--policy", "") == ["files"]


@pytest.mark.parametrize(
    ("typed", "at"),
    [(["exec", "hub", ""], 2), (["exec", "hub", "--", ""], 3), (["exec", "hub", "--", "ls", "-"], 3), (["exec", "hub",
        "ls", ""], 2),
     (["exec", "--region", "x", "hub", "l"], 4), (["exec", "--credential-source", "EcsContainer", ""], 3),
     (["exec", "hub", "--", "aws", "--region", ""], 3), (["exec", "hub", "aws", "--region=eu"], 2),
     (["each", "hub", "*", "--", "aw"], 4), (["each", "--all", "--", "aws", "-"], 3)],
)  # fmt: skip
def test_the_command_of_exec_and_each_is_completed_by_the_shell(program, typed, at):
    assert offered(program, *typed) == [f"command {at}"]


def test_an_option_before_the_command_of_exec_gets_its_value(program):
    assert values(program, "exec", "hub", "--export", "k") == ["keys"]


@pytest.mark.parametrize("verb", ["init", "install", "uninstall"])
def test_shells(program, verb):
    assert values(program, verb, "") == [*table.SHELLS, *(["direnv"] if verb == "init" else [])]


def test_a_name_that_could_steer_a_terminal_is_left_out(program):
    program.write(
        '[profile "zz\x1b[2J"]\n[profile zz\u202e]\n[profile zzz]\nrole_arn = arn:aws:iam::123456789012:role/\x1b\n'
    )
    assert offered(program, "zz") == ["zzz\t"]


def test_a_tab_in_a_name_does_not_make_a_description_of_it(program):
    program.write('[profile "yy\tx"]\n')
    assert offered(program, "yy") == []


def test_a_broken_config_is_no_error_on_tab(program):
    program.write("[profile zbroken]\nno setting\n")
    assert offered(program, "zb") == ["zbroken\t"]
    program.home.config.write_bytes(b"\xff\xfe")
    assert offered(program, "mark") == []
