"""`status`: the role of this shell, at a terminal, in a pipe and as JSON; its exit status."""

import re
import sys
import time
from pathlib import Path

import pytest
import time_machine

from assume.demo import config

from .. import screen
from .test_list import PAGE, environment
from .test_use import switch

ASSUME = str(Path(sys.executable).with_name("assume"))


def test_status_without_a_role(program):
    done = program("status")
    assert (done.status, done.out) == (1, "assume: this shell has no role\n  `assume PROFILE` takes one\n")
    assert (program("status", "--quiet").status, program("status", "-q").out) == (1, "")


def test_status_shows_the_role_of_this_shell(program):
    have, state = switch(program, {}, "", "workload", "--session-name", "me")
    done = program("status", "--state", state, **have)
    lines = dict(line.split("\t") for line in done.out.splitlines())
    assert lines == {
        "profile": "workload", "role": config.WORKLOAD, "session": "me", "account": "128716708097",
        "region": "us-west-2",
        "left": "60m", "chain": f"static keys > {config.HUB} > {config.LANDING} > {config.WORKLOAD}",
        "taken": "in this shell",
    }  # fmt: skip
    assert done.status == program("status", "--quiet", **have).status == 0


def test_status_shows_account_and_role_of_an_sso_profile(program):
    for export in ("both", "keys", "profile"):
        have, _ = switch(program, {}, "", "sso-reader", "--export", export)
        lines = dict(line.split("\t") for line in program("status", **have).out.splitlines())
        assert (lines["account"], lines["role"]) == ("234567890123", "Reader"), export
    have, _ = switch(program, have, "", "user1")
    assert "ASSUME_SSO_ROLE" not in have


def test_status_shows_that_a_role_is_read_only(program):
    have, _ = switch(program, {}, "", "marketingadmin", "--read-only")
    assert "policy\tread-only\n" in program("status", **have).out
    have, _ = switch(program, have, "", "marketingadmin")
    assert "read-only" not in program("status", **have).out


def test_status_names_the_policy_of_a_role_that_is_read_only_in_another_way(program, sts):
    policy = "arn:aws:iam::123456789012:policy/Audit"
    program.write(
        f"[profile audited]\nrole_arn = {config.MARKETING}\nsource_profile = user1\nendpoint_url = {{sts}}\n"
        f"region = us-west-2\nassume_read_only = {policy}\n"
    )
    have, _ = switch(program, {}, "", "audited")
    assert f"policy\tread-only ({policy})\n" in program("status", **have).out
    assert sts.calls[-1].params["PolicyArns.member.1.arn"] == policy
    assert have["ASSUME_READ_ONLY"] == "1"


def test_status_in_a_child_shell_shows_that_the_role_is_inherited(program):
    have, _ = switch(program, {}, "", "marketingadmin")
    assert "taken\tin a parent shell" in program("status", **have).out


def test_status_of_an_expired_role_is_1(program):
    have, _ = switch(program, {}, "", "marketingadmin")
    with time_machine.travel(time.time() + 3700, tick=True):
        done = program("status", **have)
        assert program("status", "--quiet", **have).status == 1
    assert (done.status, "left\texpired" in done.out) == (1, True)


def test_status_of_static_keys_does_not_expire(program):
    have, _ = switch(program, {}, "", "user1")
    assert "left\tdoes not expire" in program("status", **have).out


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


def test_json_always_has_the_keys_of_the_page(program):
    section = PAGE.partition("## `assume status`")[2]
    keys = re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)
    have, state = switch(program, {}, "", "workload", "--session-name", "me")
    done = program("status", "--json", "--state", state, **have)
    found = done.json
    assert list(found) == keys[:-1]
    assert found["left_s"] == pytest.approx(3600, abs=5)
    assert {name: found[name] for name in keys[:-1] if name not in ("left_s", "expires_at")} == {
        "profile": "workload", "role_arn": config.WORKLOAD, "session": "me", "sso_role": "", "account": "128716708097",
        "region": "us-west-2", "read_only": False, "policy": "", "served": False,
        "chain": ["static keys", config.HUB, config.LANDING, config.WORKLOAD],
        "taken": "here", "changed": "", "live": True,
    }  # fmt: skip
    without = program("status", "--json")
    assert (without.status, list(without.json), without.json["profile"]) == (1, keys[:-1], None)
    changed = program("status", "--json", **{**have, "AWS_PROFILE": "user1"})
    assert (changed.status, changed.json["live"]) == (1, False)
    assert changed.json["changed"].startswith("the profile is user1 now, not workload")


def test_a_check_asks_sts_whose_the_credentials_are(program, sts):
    have, _ = switch(program, {}, "", "marketingadmin")
    done = program("status", "--check", **have)
    arn = f"arn:aws:sts::{config.HOME_ACCOUNT}:assumed-role/marketingadminrole/"
    assert done.status == 0
    assert f"check\tSTS says {arn}" in done.out
    refused = program("status", "--check", "--json", **{**have, "AWS_SESSION_TOKEN": "x"})
    assert (refused.status, refused.json["check"]["result"]) == (1, "failed")
    assert refused.json["check"]["reason"]
    assert program("status", "--check", "--quiet", **{**have, "AWS_SESSION_TOKEN": "x"}).status == 1
    assert program("status", "--check").status == 1, "there is nothing to check"


def test_a_check_of_a_role_of_which_the_profile_alone_is_exported(program, sts):
    have, _ = switch(program, {}, "", "marketingadmin", "--export", "profile")
    done = program("status", "--check", "--json", **have)
    assert (done.status, done.json["check"]["result"]) == (0, "ok")


def test_quiet_and_json_together_are_refused(program):
    assert program("status", "--quiet", "--json").status == 2
    assert program("status", "now").status == 2


@pytest.mark.parametrize("columns", [40, 80])
def test_the_table_fits_the_terminal(program, columns):
    have, _ = switch(program, {}, "", "workload")
    seen = screen.run([ASSUME, "status"], environment(program, **have), columns)
    words = [line.split()[0] for line in seen.lines]
    assert words == ["profile", "role", "session", "account", "region", "left", "chain", "taken"]
    assert seen.lines[1].startswith("role     arn:aws:iam::128716708097:")
    assert seen.lines[6].endswith("…")


def test_production_is_red_and_has_the_word(program):
    program.answers = ["prod"]
    have, _ = switch(program, {}, "", "prod")
    seen = screen.run([ASSUME, "status"], environment(program, **have))
    assert {(cell.fg, cell.bold) for cell in seen.cells("prod  PROD")} == {("red", True)}
    seen = screen.run([ASSUME, "status"], environment(program, **have, NO_COLOR="1"))
    assert seen.colours() == {"default"}
    assert any("prod  PROD" in line for line in seen.lines)
