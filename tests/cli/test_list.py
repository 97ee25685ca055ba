"""`list`: the profiles as a table, as text in a pipe and as JSON; patterns; what STS says of each."""

import re
import sys
import time
from pathlib import Path
from typing import Any, cast

import pexpect
import pytest
import time_machine

from assume.cli import list as listing
from assume.credentials import instant
from assume.demo import config

from .. import screen
from ..program import actions

ASSUME = str(Path(sys.executable).with_name("assume"))
PAGE = (Path(__file__).parents[2] / "docs" / "output.md").read_text(encoding="utf-8")
ARN = "arn:aws:iam::123456789012:role/"


def rows(program, *words, **env):
    return {row["profile"]: row for row in program("list", "--json", *words, **env).json}


def fields(program, *words):
    return {line.split("\t")[0]: line.split("\t") for line in program("list", *words).out.splitlines()}


def environment(program, **more):
    return {**program.home.environment, "PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8", **more}


def table(program, *words, columns=80, lines=40, **env):
    return screen.run([ASSUME, "list", *words], environment(program, **env), columns, lines)


def test_every_profile_is_listed_and_nobody_is_called(program, sts):
    found = rows(program)
    assert list(found) == [*config.KEYS, *config.ROLE_PROFILES]
    assert found["marketingadmin"] == {
        "profile": "marketingadmin", "credentials": "user1", "account": "123456789012", "role": "marketingadminrole",
        "role_arn": config.MARKETING, "region": "us-west-2", "mfa_serial": "", "guarded": False, "sign_in": "",
        "cached_until": None, "left_s": None, "error": "",
    }  # fmt: skip
    assert found["workload"]["credentials"] == "landing < hub < user1"
    assert (found["role-with-mfa"]["credentials"], found["role-with-mfa"]["mfa_serial"]) == (
        "cli-user",
        config.CLI_USER_MFA,
    )
    assert (found["user1"]["credentials"], found["sso-reader"]["credentials"]) == ("static keys", "SSO example")
    assert (found["sso-reader"]["account"], found["sso-reader"]["role"]) == ("234567890123", "Reader")
    assert [name for name in found if found[name]["guarded"]] == ["prod"]
    assert actions(sts) == []


def test_the_page_has_every_key_and_no_other(program):
    section = PAGE.partition("## `assume list`")[2].partition("\n## ")[0]
    keys = re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)
    (checked,) = program("list", "--json", "--check", "user1").json
    assert list(checked) == keys
    assert list(checked["check"]) == ["result", "arn", "reason"]
    kinds = {name: type(value).__name__ for name, value in rows(program)["marketingadmin"].items()}
    assert kinds == {name: "NoneType" if name in ("cached_until", "left_s") else "str" for name in keys[:-1]} | {
        "guarded": "bool"
    }


def test_whether_the_sign_in_of_an_sso_session_has_ended(program):
    program.write("[profile behind]\nrole_arn = arn:aws:iam::123456789012:role/x\nsource_profile = sso-reader\n")
    assert (rows(program)["sso-reader"]["sign_in"], rows(program)["behind"]["sign_in"]) == ("live", "live")
    with time_machine.travel(time.time() + 100 * 86400):  # the registration of the client lasts 90 days
        assert rows(program)["sso-reader"]["sign_in"] == "ended"
        assert "SSO example, sign-in ended" in program("list").out
    (file,) = (program.home.path / ".aws/sso/cache").iterdir()
    for content in (b"{", b"[]", b'{"accessToken": 1}', b"\xff", None):
        file.unlink() if content is None else file.write_bytes(content)
        assert rows(program)["behind"]["sign_in"] == "none"
    assert "sso-reader, not signed in" in program("list").out


def test_how_long_credentials_are_cached(program):
    expires_at = int(time.time()) + 3600
    program.keys("marketingadmin")
    found = rows(program)["marketingadmin"]
    assert found["left_s"] == pytest.approx(3600, abs=5)
    assert found["cached_until"] in [instant(expires_at + late) for late in range(5)]
    with time_machine.travel(time.time() + 3000, tick=True):
        assert rows(program)["marketingadmin"]["left_s"] == pytest.approx(600, abs=5)
    with time_machine.travel(time.time() + 4000, tick=True):
        assert rows(program)["marketingadmin"]["left_s"] < 0


def test_a_broken_profile_has_its_reason_and_the_others_are_listed(program):
    program.write("[profile broken]\nrole_arn = x\n")
    found = rows(program)
    assert "is not the ARN of a role" in found["broken"]["error"]
    assert found["marketingadmin"]["error"] == ""
    assert fields(program)["broken"] == ["broken", "", "", "", "", "", "", found["broken"]["error"]]


def test_a_line_in_a_pipe_has_a_tab_between_two_fields(program):
    program.keys("marketingadmin")
    found = fields(program)
    assert found["marketingadmin"][:6] == [
        "marketingadmin",
        "user1",
        "123456789012",
        "marketingadminrole",
        "us-west-2",
        "",
    ]
    assert found["marketingadmin"][6].endswith("Z")
    assert found["role-with-mfa"][5] == "MFA"
    assert "prod" in found, "the name alone"
    assert {len(line) for line in found.values()} == {8}


def test_no_control_character_of_a_file_is_shown(program):
    program.write(
        '[profile "a\x1b]0;x\x07b"]\nrole_arn = arn:aws:iam::123456789012:role/x\x9b\nsource_profile = user1\n'
    )
    out = program("list").out
    assert not any(mark in out for mark in "\x1b\x07\x9b")


def test_without_profiles_the_files_are_named(program, tmp_path):
    absent = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
    done = program("list", **absent)
    assert done.status == 1
    assert f"no profiles in {tmp_path / 'none'} or /dev/null\n  `aws configure` makes one" in done.err
    assert program("list", "--json", **absent).json == []


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["ADMIN"], ["marketingadmin"]),
        (["role-*"], ["role-without-mfa", "role-with-mfa"]),
        (["hub", "landing"], ["hub", "landing"]),
        (["h?b", "prod", "prod"], ["hub", "prod"]),
        (["--", "hub"], ["hub"]),
        (["234567890123"], ["crossaccountrole", "namedsessionrole", "landing", "sso-reader"]),
    ],
)
def test_patterns(program, words, names):
    assert list(rows(program, *words)) == names


def test_a_pattern_without_a_match_is_status_1(program):
    done = program("list", "nosuch", "x*x")
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("assume: no profile matches `nosuch` or `x*x`\n  `assume list` shows all ")
    done = program("list", "nosuch", "--json")
    assert (done.status, done.out) == (1, "[]\n")
    assert program("list", "").status == 2


def test_help_and_errors_come_from_typer_and_nothing_else_does(program, monkeypatch):
    assert "--check" in program("list", "--help").out
    assert program("list", "--jsn").status == 2
    monkeypatch.setitem(sys.modules, "typer", None)
    assert program("list", "hub", "--json").status == 0


def test_many_faults_of_the_files_are_counted(program):
    program.write("".join(f"[profile twice{number}]\nregion = x\nregion = y\n" for number in range(30)))
    done = program("list")
    assert done.status == 0
    assert done.err.count("appears twice") == listing.WARNINGS_MOST
    assert "more warnings about the AWS files" in done.err


@pytest.mark.parametrize("columns", [40, 80, 132])
def test_the_table_fits_the_terminal(program, columns):
    program.keys("marketingadmin")
    long = "team-" + "x" * 60
    program.write(
        f"[profile {long}]\nrole_arn = {ARN}{'y' * 60}\nsource_profile = user1\n[profile broken]\nrole_arn = x\n"
    )
    seen = table(program, columns=columns)
    count = len(config.KEYS) + len(config.ROLE_PROFILES) + 2
    assert seen.lines[0].startswith("profile ")
    names = [line.split()[0] for line in seen.lines[1 : count + 1]]
    assert names[:3] == list(config.KEYS), "a line for each profile"
    assert names[-1] == "broken"
    assert any(line.startswith("team-xxx") and "…" in line for line in seen.lines)
    assert any(line.startswith("broken ") and "role_arn" in line for line in seen.lines)
    assert all("123456789012" in line for line in seen.lines if line.startswith("marketingadmin "))
    assert seen.status == 0


def test_the_table_shows_region_mfa_and_how_long_is_cached(program):
    program.keys("marketingadmin")
    seen = table(program, columns=120)
    assert seen.lines[0].split("  ")[0] == "profile"
    assert all(
        word in seen.lines[0] for word in ("credentials from", "account", "role", "region", "MFA", "cached until")
    )
    (line,) = [line for line in seen.lines if line.startswith("marketingadmin ")]
    assert re.search(r"us-west-2 +\d\d:\d\d \(60m\)$|us-west-2 +\d\d \w+ \d\d:\d\d \(60m\)$", line)
    assert any(line.startswith("role-with-mfa ") and line.endswith(" MFA") for line in seen.lines)


def test_production_is_red_and_has_the_word(program):
    seen = table(program)
    assert {(cell.fg, cell.bold) for cell in seen.cells("prod PROD")} == {("red", True)}
    seen = table(program, NO_COLOR="1")
    assert seen.colours() == {"default"}
    assert any(line.startswith("prod PROD ") for line in seen.lines)


def test_what_finds_no_room_is_counted(program):
    seen = table(program, columns=40)
    text = " ".join(" ".join(seen.lines).split())
    assert "no room for" in text
    assert "`assume list --json` has them all" in text


def test_a_check_says_of_each_profile_whether_it_works(program, sts):
    done = program("list", "--check", "--json", "marketingadmin", "role-with*", "prod", "user1", "on-instance")
    found = {row["profile"]: row["check"] for row in done.json}
    session = f"arn:aws:sts::{config.HOME_ACCOUNT}:assumed-role/marketingadminrole/"
    assert found["marketingadmin"]["arn"].startswith(session)
    assert found["user1"] == {"result": "ok", "arn": config.KEYS["user1"][0], "reason": ""}
    assert found["role-without-mfa"]["result"] == "failed"
    assert "is not authorized" in found["role-without-mfa"]["reason"]
    assert found["role-with-mfa"] == {"result": "skipped", "arn": "", "reason": "needs an MFA code"}
    assert found["prod"] == {"result": "skipped", "arn": "", "reason": "guarded"}
    assert found["on-instance"]["result"] == "failed"
    assert done.status == 1
    assert rows(program)["marketingadmin"]["cached_until"], "what was taken is stored"


def test_a_check_in_a_pipe_and_at_a_terminal(program):
    line = fields(program, "--check", "role-without-mfa")["role-without-mfa"]
    assert (line[8], "is not authorized" in line[7]) == ("failed", True)
    assert fields(program, "--check", "user1")["user1"][7:] == ["", "ok"]
    seen = table(program, "--check", "user1", "role-*", columns=120)
    assert seen.status == 1
    assert [line.split()[0] for line in seen.lines] == ["profile", "user1", "role-without-mfa", "role-with-mfa"]
    assert seen.lines[1].endswith(" ok")
    assert "failed: STS refused role/cli-role" in seen.lines[2]
    assert seen.lines[3].endswith(" needs an MFA code")


def test_ctrl_c_ends_a_check_and_its_workers_and_shows_the_cursor_again(program):
    started = program.home.path / "started"
    program.write(f"[profile slow]\ncredential_process = sh -c 'echo $$ > {started}; exec sleep 30'\n")
    words = ["list", "--check", "slow"]
    child = pexpect.spawn(ASSUME, words, env=environment(program), dimensions=(24, 80), timeout=30)
    child.expect("0/1")
    while not (started.exists() and started.read_text().endswith("\n")):
        time.sleep(0.05)
    child.send("\x03")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    drawn = cast("bytes", child.before)
    assert drawn.rindex(b"\x1b[?25h") > drawn.rfind(b"\x1b[?25l")
    command = Path(f"/proc/{started.read_text().strip()}/cmdline")
    until = time.monotonic() + 10
    while command.exists() and command.read_bytes():  # it is empty for a process that has ended
        assert time.monotonic() < until, "the user's command still runs"
        time.sleep(0.05)


@pytest.mark.parametrize("term", [None, "", "dumb", "xterm"])
def test_colours_only_on_a_terminal_that_shows_them(term, program):
    env = {name: value for name, value in environment(program).items() if name not in ("TERM", "NO_COLOR")}
    out: Any = pexpect.run(f"{ASSUME} list prod", env=env | ({} if term is None else {"TERM": term}), timeout=60)
    assert b"PROD" in out
    assert (b"\x1b" in out) == (term == "xterm")
