"""Stored credentials: fetched once, renewed when due, used to their end if the renewal fails."""

import time

import time_machine

from assume.simulator import faults

from ..program import actions
from .test_resolve import USER1


def test_a_role_is_fetched_once_and_reused_until_it_is_due(program, sts):
    first = program.keys("marketingadmin")
    assert program.keys("marketingadmin") == first
    assert actions(sts) == ["AssumeRole"]
    assert program.keys("marketingadmin", "--min-left", "3590") == first
    assert program.keys("marketingadmin", "--min-left", "3610") != first


def test_refresh_and_no_cache(program, sts):
    first = program.keys("marketingadmin")
    second = program.keys("marketingadmin", "--refresh")
    assert second["AWS_ACCESS_KEY_ID"] != first["AWS_ACCESS_KEY_ID"]
    assert program.keys("marketingadmin") == second, "the new credentials are stored"
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


def test_the_stored_role_is_used_if_the_renewal_fails(program, sts):
    short = program.keys("marketingadmin", "--duration", "900")
    sts.faults = lambda _: faults.refuse(403, "AccessDenied", "no more")
    with time_machine.travel(time.time() + 700, tick=True):  # under a third is left
        done = program("export", "marketingadmin", "--duration", "900", "--format", "json", "--export", "both")
    assert (done.status, done.json) == (0, short)
    assert "STS refused role/marketingadminrole: no more" in done.err
    assert "the stored credentials are good for 4m more" in done.err
    with time_machine.travel(time.time() + 850, tick=True):  # under a minute is never given out
        done = program("export", "marketingadmin", "--duration", "900", "--format", "json")
    assert (done.status, done.out) == (1, "")
