"""`assume console`: the link and where it leads, how long the console lasts, whose role it is, what goes wrong.

The federation endpoint is the simulator's; the last test follows the link with a real browser.
"""

import os
import shutil
import time
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest

from assume.credentials import Credentials
from assume.demo.config import CLI_ROLE, CLI_USER_MFA
from assume.errors import AssumeError
from assume.services import console
from assume.simulator import faults
from assume.simulator.replies import Reply

from ..cli.test_use import switch

WEST = "https://console.aws.amazon.com"
CHROMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)


def link(program, *words, **env):
    done = program("console", "--print", *words, **env)
    assert (done.status, done.err) == (0, ""), done.err
    return done.out.removesuffix("\n")


def followed(url):
    """The page of the console to which the link leads."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(url, timeout=60) as reply:
        return reply.read().decode()


def durations(sts):
    """The SessionDuration of each request for a link."""
    return [visit.params.get("SessionDuration") for visit in sts.visits if visit.action == "sign-in token"]


def test_the_link_signs_in_as_the_role(program):
    page = followed(link(program, "marketingadmin", "--service", "s3"))
    assert ":assumed-role/marketingadminrole/" in page
    assert f"{WEST}/s3/home?region=us-west-2" in page


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("", "/console/home?region=us-west-2"),
        ("--region eu-west-1", "/console/home?region=eu-west-1"),
        ("--service EC2", "/ec2/home?region=us-west-2"),
        ("--service logs", "/cloudwatch/home?region=us-west-2#logsV2:log-groups"),
        ("--service=systems-manager/parameters", "/systems-manager/parameters?region=us-west-2"),
    ],
)
def test_the_page_of_a_service_and_a_region(program, words, page):
    asked = parse_qs(urlsplit(link(program, "marketingadmin", *words.split())).query)
    assert asked["Destination"] == [WEST + page]


@pytest.mark.parametrize("service", ["../x", "/etc", "a b", "s3?x=1", "a#b", "$(touch PWN)", "s3//x"])
def test_what_cannot_be_a_service_is_refused_before_any_call(program, sts, service):
    done = program("console", "marketingadmin", "--print", "--service", service)
    assert (done.status, done.out, sts.calls) == (2, "", [])


@pytest.mark.parametrize(
    ("arn", "region", "sign_in", "page"),
    [
        ("arn:aws:sts::1:assumed-role/r/me", "", "https://signin.aws.amazon.com", WEST),
        ("arn:aws-cn:sts::1:assumed-role/r/me", "", "https://signin.amazonaws.cn", "https://console.amazonaws.cn"),
        ("", "cn-north-1", "https://signin.amazonaws.cn", "https://console.amazonaws.cn"),
        ("", "us-gov-west-1", "https://signin.amazonaws-us-gov.com", "https://console.amazonaws-us-gov.com"),
        ("", "eu-west-1", "https://signin.aws.amazon.com", WEST),
    ],
)
def test_each_partition_has_its_own_places(monkeypatch, arn, region, sign_in, page):
    asked: list[str] = []

    def sent(place, *_):
        asked.append(place)
        return 200, b'{"SigninToken":"T"}'

    monkeypatch.setattr(console, "_sent", sent)
    partition = console.partition_of(arn, region)
    to = console.page(partition, "s3", "")
    url = console.link(Credentials("ASIA", "s", "t"), "p", partition, to)
    assert (asked, to) == ([sign_in], f"{page}/s3/home")
    assert url.startswith(f"{sign_in}/federation?Action=login&Destination=https%3A%2F%2F")
    assert url.endswith("&SigninToken=T")


def test_an_unknown_partition_is_named():
    with pytest.raises(AssumeError, match="aws-iso is not known"):
        console.page(console.partition_of("arn:aws-iso:iam::1:role/r", ""), "", "")


def test_without_a_duration_the_console_lasts_as_long_as_the_credentials(program, sts):
    link(program, "marketingadmin")
    assert durations(sts) == [None]


def test_a_role_taken_with_a_users_keys_may_have_a_longer_console(program, sts):
    link(program, "marketingadmin")
    link(program, "marketingadmin", "--duration", "8h")
    assert durations(sts) == [None, "28800"]
    assert sts.actions == ["AssumeRole"], "the stored credentials will do"


def test_behind_an_mfa_session_the_duration_is_the_roles_own(program, sts, world):
    link(program, "role-with-mfa", "--mfa-code", program.code(CLI_USER_MFA), "--duration", "45m")
    assert durations(sts) == [None]
    assert sts.calls[-1].params["DurationSeconds"] == "2700"
    role = world.roles[CLI_ROLE]
    world.role(role.arn, role.trust, max_duration_s=43200)
    link(program, "role-with-mfa", "--mfa-code", program.code(CLI_USER_MFA), "--duration", "8h")
    assert durations(sts) == [None, "28800"]
    assert sts.calls[-1].params["TokenCode"], "beyond an hour the code goes on the role itself"


def test_the_console_of_a_chain_lasts_an_hour_at_most(program, sts):
    done = program("console", "--print", "workload", "--duration", "2h")
    assert (done.status, done.out, sts.calls) == (1, "", [])
    assert "workload: at the end of a role chain, the console lasts an hour at most" in done.err
    link(program, "workload", "--duration", "30m")
    assert (durations(sts), sts.calls[-1].params["DurationSeconds"]) == ([None], "1800")


@pytest.mark.parametrize(("profile", "why"), [("sso-reader", "its permission set decides"), ("user1", "its own")])
def test_without_a_role_of_ours_there_is_no_duration(program, sts, profile, why):
    done = program("console", "--print", profile, "--duration", "2h")
    assert (done.status, done.out, sts.calls) == (1, "", [])
    assert done.err.startswith(f"assume: {profile}: {why}")


@pytest.mark.parametrize("words", ["--duration 5m", "--duration 13h", "--duration x", "--format json", "two names"])
def test_a_wrong_line_is_a_usage_error(program, sts, words):
    assert (program("console", "marketingadmin", *words.split()).status, sts.calls) == (2, [])


def test_without_a_profile_it_is_the_role_of_this_shell(program, sts):
    have, state = switch(program, {}, "", "marketingadmin", "--session-name", "shell", "--duration", "1h")
    for words in ((), ("-",)):
        page = followed(link(program, "--state", state, *words, "--service", "s3", **have))
        assert "assumed-role/marketingadminrole/shell" in page
    assert (len(sts.calls), durations(sts)) == (1, [None, None])


def test_an_inherited_role_is_used_as_it_is(program, sts):
    have, _ = switch(program, {}, "", "marketingadmin", "--session-name", "parent", "--region", "eu-west-1")
    asked = link(program, **have)
    assert "assumed-role/marketingadminrole/parent" in followed(asked)
    assert "eu-west-1" in asked
    assert len(sts.calls) == 1
    assert program("console", "--print", "--duration", "2h", **have).status == 2
    assert program("console", "--print", **(have | {"AWS_ACCESS_KEY_ID": "ASIAOTHEROTHEROTHER1"})).status == 1
    ended = program("console", "--print", **(have | {"ASSUME_EXPIRES": str(int(time.time()) + 30)}))
    assert (ended.status, "has expired" in ended.err) == (1, True)
    by_profile, _ = switch(program, {}, "", "marketingadmin", "--export", "profile")
    assert "assumed-role/marketingadminrole/" in followed(link(program, **by_profile))


def test_a_shell_without_a_role_and_a_users_keys_are_refused(program, sts):
    none = program("console", "--print")
    assert (none.status, "this shell has no role" in none.err) == (2, True)
    user = program("console", "--print", "user1")
    assert (user.status, user.out, sts.visits) == (1, "", [])
    assert "user1: has the keys of a user, and the web console opens for a role alone" in user.err


def test_a_guarded_profile_asks(program):
    assert program("console", "--print", "prod").out == ""
    program.answers = ["prod"]
    assert program("console", "--print", "prod").out.startswith("http")


def failing(status, body=b"", **headers):
    return faults.Fault("refuse", Reply(status, body, "text/html", headers))


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        (failing(400), 1, "AWS refused to sign this role in to the console (400)"),
        (failing(503), 1, "it failed (503)"),
        (failing(429), 1, "throttled"),
        (failing(302, Location="https://example.com"), 1, "not a sign-in token"),
        (faults.html(), 1, "not a sign-in token"),
        (failing(200, b'{"SigninToken": "a b"}'), 1, "not a sign-in token"),
        (failing(200, b'{"SigninToken": 7}'), 1, "not a sign-in token"),
        (failing(200, b"[]"), 1, "not a sign-in token"),
        (faults.huge(), 1, "not a sign-in token"),
        (faults.close_before_reply(), 1, "was not reached"),
        (faults.cut(), 1, ""),
    ],
    ids=str,
)
def test_a_failure_is_explained_and_no_secret_is_in_it(program, sts, world, monkeypatch, fault, status, said):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    program("console", "--print", "marketingadmin")
    sts.faults = lambda call: fault if call.action == "sign-in token" else None
    done = program("console", "--print", "--debug", "marketingadmin")
    assert (done.status, done.out) == (status, "")
    assert said in done.err
    assert "internal error" not in done.err
    (session,) = world.sessions.values()
    for secret in (session.secret, session.session_token, *world.links):
        assert secret not in done.err
        assert secret[:24] not in done.err


def test_a_passing_failure_is_tried_again(program, sts, monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda _: None)
    sts.faults = lambda call: failing(503) if call.action == "sign-in token" and len(sts.visits) < 2 else None
    assert ":assumed-role/" in followed(link(program, "marketingadmin"))


def test_an_endpoint_that_nobody_serves_is_named_without_the_request(program):
    done = program("console", "--print", "marketingadmin", AWS_ENDPOINT_URL_SIGNIN="http://127.0.0.1:1/")
    assert done.status == 1
    assert "the console sign-in: AWS was not reached: http://127.0.0.1:1: no connection" in done.err
    assert "sessionId" not in done.err


@pytest.mark.once
def test_a_real_browser_follows_the_link(program, sts, tmp_path):
    chrome = next(filter(None, map(shutil.which, CHROMES)), None)
    if chrome is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("neither Chromium nor Chrome is installed")
    page, script = tmp_path / "page.html", tmp_path / "browser"
    script.write_text(
        f'#!/bin/sh\nexec "{chrome}" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run '
        f'"--user-data-dir={tmp_path}/$1" --dump-dom "$2" >{page} 2>{tmp_path}/errors\n'
    )
    script.chmod(0o755)
    done = program("console", "marketingadmin", "--service", "s3", ASSUME_BROWSER=f"{script} {{account}} {{url}}")
    assert (done.status, done.out) == (0, "")
    assert "the web console as marketingadminrole (123456789012)" in done.err
    until = time.monotonic() + 60
    while "</html>" not in (page.read_text() if page.exists() else ""):
        assert time.monotonic() < until, (tmp_path / "errors").read_text()
        time.sleep(0.05)
    assert ":assumed-role/marketingadminrole/" in page.read_text()
    assert f"{WEST}/s3/home?region=us-west-2" in page.read_text()
    assert [visit.status for visit in sts.visits][:3] == [200, 302, 200]
    assert (tmp_path / "123456789012").is_dir()
