"""What is kept: one call for all who ask, renewed when it is due, and what is left where renewal fails."""

import time

import time_machine

from assume.demo import config
from assume.simulator import faults
from assume.simulator.iam import Trust

from ..program import actions
from .test_resolve import COMMON, USER1


def test_ten_roles_behind_one_hub_are_one_call_of_the_hub(program, world, sts):
    for number in range(10):
        role = f"arn:aws:iam::123456789012:role/spoke{number}"
        world.role(role, Trust((config.HUB,)))
        program.write(f"[profile spoke{number}]\nrole_arn = {role}\nsource_profile = hub\n{COMMON}")
    for number in range(10):
        program.keys(f"spoke{number}")
    assert [call.params["RoleArn"] for call in sts.calls].count(config.HUB) == 1
    assert len(sts.calls) == 11


def test_a_role_is_fetched_once_and_given_until_it_is_due(program, sts):
    first = program.keys("marketingadmin")
    assert program.keys("marketingadmin") == first
    assert actions(sts) == ["AssumeRole"]
    assert program.keys("marketingadmin", "--min-left", "3590") == first
    assert program.keys("marketingadmin", "--min-left", "3610") != first


def test_refresh_and_no_cache(program, sts):
    first = program.keys("marketingadmin")
    second = program.keys("marketingadmin", "--refresh")
    assert second["AWS_ACCESS_KEY_ID"] != first["AWS_ACCESS_KEY_ID"]
    assert program.keys("marketingadmin") == second, "what was fetched is kept"
    third = program.keys("marketingadmin", "--no-cache")
    assert third["AWS_ACCESS_KEY_ID"] != second["AWS_ACCESS_KEY_ID"]
    assert program.keys("marketingadmin") == second, "neither read nor written"
    assert len(sts.calls) == 3


def test_a_rotated_key_is_a_miss(program, world, sts):
    program.keys("marketingadmin")
    text = program.home.credentials.read_text()
    world.key("arn:aws:iam::123456789012:user/user1", "AKIAROTATEDEXAMPLE00", "another/secret")
    old = f"aws_access_key_id = {USER1}\naws_secret_access_key = {world.keys[USER1].secret}"
    program.home.credentials.write_text(
        text.replace(old, "aws_access_key_id = AKIAROTATEDEXAMPLE00\naws_secret_access_key = another/secret")
    )
    program.keys("marketingadmin")
    assert [call.key_id for call in sts.calls] == [USER1, "AKIAROTATEDEXAMPLE00"]


def test_what_is_left_is_given_when_renewal_fails(program, sts):
    short = program.keys("marketingadmin", "--duration", "900")
    sts.faults = lambda _: faults.refuse(403, "AccessDenied", "no more")
    with time_machine.travel(time.time() + 700, tick=True):  # under a third is left
        done = program("export", "marketingadmin", "--duration", "900", "--format", "json")
    assert (done.status, done.json) == (0, short)
    assert "STS refused role/marketingadminrole: no more" in done.err
    assert "what is stored is good for 4m more" in done.err
    with time_machine.travel(time.time() + 850, tick=True):  # under a minute is given to nobody
        done = program("export", "marketingadmin", "--duration", "900", "--format", "json")
    assert (done.status, done.out) == (1, "")
