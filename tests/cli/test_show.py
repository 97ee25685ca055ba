"""`clear`: forgetting credentials."""

import json

from assume.demo import config
from assume.simulator.iam import Trust


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
