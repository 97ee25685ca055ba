"""Signing in: `assume login`, the offer of `assume PROFILE`, the refresh token, the files that other tools read."""

import json
import os
import stat
import subprocess
import sys
import time
from threading import Thread

import botocore.session
import pytest

from assume import files
from assume.demo.config import SSO_START
from assume.login import by_browser, by_device
from assume.login.tokens import EARLY_S
from assume.simulator import faults
from assume.simulator.center import DENY, PAGE
from assume.simulator.replies import stamp

from ..browser import Chromium
from ..browser import program as chromium
from .desk import KEY, LEGACY, Desk

SSH = {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}
STATE = "renew;;sso-reader;"  # of a shell that has taken sso-reader


@pytest.fixture
def desk(program, tmp_path):
    return Desk(program, tmp_path)


def key_by_boto3(profile):
    """The access key id that botocore finds by itself."""
    found = botocore.session.Session(profile=profile).get_credentials()
    assert found is not None
    return found.get_frozen_credentials().access_key or ""


def test_in_the_browser(desk):
    desk.sign_out()
    done = desk.program("login")
    assert (done.status, done.out) == (0, "")
    assert f"signing in to example ({SSO_START}) in the browser" in done.err
    assert f"signed in to example ({SSO_START}), for 8h 00m" in done.err
    assert desk.visits == ["sso register", "sso authorize page", "sso token"]
    assert "<h1>Signed in</h1>" in desk.page()
    token = desk.token()
    assert set(token) == {
        "startUrl", "region", "accessToken", "expiresAt", "clientId", "clientSecret", "registrationExpiresAt",
        "refreshToken",
    }  # fmt: skip
    assert (token["startUrl"], token["region"], token["expiresAt"][-1]) == (SSO_START, "us-west-2", "Z")
    assert stat.S_IMODE(desk.token_file().stat().st_mode) == 0o600
    assert desk.program.reaches("sso-reader").startswith("assumed-role/AWSReservedSSO_Reader")


def test_boto3_reads_and_renews_our_token(desk):
    desk.sign_out()
    assert desk.program("login", "sso-reader").status == 0
    desk.expire(EARLY_S - 60)
    assert key_by_boto3("sso-reader").startswith("ASIA")
    assert desk.visits[-2:] == ["sso renewal", "sso credentials"]
    renewed = desk.token()
    assert desk.program.keys("sso-reader", "--refresh")["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert desk.token() == renewed, "a token of botocore is used as it is"


def test_the_client_is_registered_once_and_again_before_it_ends(desk):
    for _ in range(2):
        assert desk.program("login", "--force").status == 0
    assert desk.visits.count("sso register") == 1
    (registration,) = [path for path in desk.folder.iterdir() if "grantTypes" in path.read_text()]
    fields = json.loads(registration.read_text())
    registration.write_text(json.dumps(fields | {"expiresAt": stamp(time.time() + EARLY_S - 1)}))
    assert desk.program("login", "--force").status == 0
    assert desk.visits.count("sso register") == 2
    registration.write_text("{")
    assert desk.program("login", "--force").status == 0
    assert desk.visits.count("sso register") == 3


def test_a_name_of_another_alphabet(desk):
    desk.program.write(f'[sso-session "Zoë\'s 会社"]\nsso_start_url = {SSO_START}\nsso_region = us-west-2\n')
    done = desk.program("login", "Zoë's 会社")
    assert done.status == 0, done.err
    assert f"signed in to Zoë's 会社 ({SSO_START})" in done.err


def test_a_client_that_aws_has_forgotten_is_registered_again(desk):
    desk.program.sts.faults = desk.approve_devices
    assert desk.program("login", "--force", "--device", **SSH).status == 0
    desk.center.clients.clear()
    assert desk.program("login", "--force", "--device").status == 0
    assert desk.visits.count("sso register") == 2


def test_a_good_sign_in_is_left_alone_and_a_revoked_one_is_replaced(desk):
    done = desk.program("login", "example")
    assert (done.status, desk.visits) == (0, ["sso accounts"])
    assert "signed in already" in done.err
    desk.program.world.machine.revoke("saanvi")
    assert desk.program("login", "example").status == 0
    assert desk.visits[-2:] == ["sso authorize page", "sso token"]


def test_the_refresh_token_is_used_before_anybody_is_asked(desk):
    before = desk.token()
    desk.expire()
    assert desk.program("login").status == 0
    assert desk.visits == ["sso renewal"]
    desk.expire()
    assert desk.program("export", "sso-reader", "--format", "json").status == 0
    assert desk.visits == ["sso renewal", "sso renewal", "sso credentials"]
    assert desk.token()["refreshToken"] != before["refreshToken"]
    assert desk.program.asked == []


def test_a_refresh_token_that_is_used_up_leads_to_the_offer(desk):
    desk.expire(refreshToken="used-up")
    desk.program.answers = [""]
    assert desk.program("export", "sso-reader", "--format", "json").status == 0
    assert desk.program.asked == [f"sso-reader: not signed in to example ({SSO_START}). Press Enter to sign in: "]
    assert desk.visits.count("sso renewal") == 2  # once for the role, once before somebody is asked
    assert desk.visits[-1] == "sso credentials"


@pytest.mark.parametrize("answer", ["n", "sso-reader"])
def test_the_offer_can_be_declined(desk, answer):
    desk.sign_out()
    desk.program.answers = [answer]
    done = desk.program("use", "--shell", "bash", "sso-reader")
    assert (done.status, done.out, desk.visits) == (1, "", [])
    assert done.err == "assume: sso-reader: not signed in: nothing was changed\n  run `assume login sso-reader`\n"


def test_in_a_script_there_is_no_offer(desk):
    desk.sign_out()
    desk.program.is_person_there = False
    for words in (("exec", "sso-reader", "true"), ("use", "--shell", "bash", "sso-reader")):
        done = desk.program(*words)
        assert (done.status, done.out, desk.visits) == (1, "", [])
        assert done.err.splitlines() == [
            "assume: sso-reader: its SSO sign-in has ended, or there was none", "  run `assume login sso-reader`",
        ]  # fmt: skip


def test_a_credential_process_and_a_renewal_never_ask(desk):
    desk.sign_out()
    for words in (("export", "sso-reader", "--format", "process"), ("renew", "--shell", "bash", "--state", STATE)):
        assert desk.program(*words).status == 1
    assert (desk.program.asked, desk.visits) == ([], [])


def test_a_renewal_before_a_prompt_uses_the_refresh_token_silently(desk):
    desk.expire()
    done = desk.program("renew", "--shell", "bash", "--state", STATE)
    assert (done.status, desk.visits, desk.seen.exists()) == (0, ["sso renewal", "sso credentials"], False)


def test_a_role_that_aws_refuses_with_a_good_token_is_offered_a_sign_in(desk):
    desk.program.world.machine.revoke("saanvi")
    desk.program.answers = ["y"]
    assert desk.program.reaches("sso-reader").startswith("assumed-role/AWSReservedSSO_Reader")
    assert "sso authorize page" in desk.visits


def test_somebody_else_signs_in_while_we_ask(desk, monkeypatch):
    """The question goes away, as `cancelled` says, and the new token is used."""
    good = desk.token()
    desk.sign_out()

    def answered(wording, *, cancelled, **_):
        assert not cancelled()
        desk.token_file().write_text(json.dumps(good))
        assert cancelled()

    monkeypatch.setattr(desk.program, "_answer", answered)
    assert desk.program("export", "sso-reader", "--format", "json").status == 0
    assert desk.visits == ["sso credentials"]


@pytest.mark.parametrize(
    ("words", "variables", "reason"),
    [
        (["--device"], {}, "--device"),
        ([], SSH, "this is an SSH session"),
        ([], {"ASSUME_BROWSER": None, "KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "this is a container"),
        ([], {"ASSUME_BROWSER": "no-such-browser {url}"}, "the browser no-such-browser: command not found"),
    ],
)
def test_without_a_browser_it_is_a_device_code_and_the_reason(desk, words, variables, reason):
    desk.sign_out()
    desk.program.sts.faults = desk.approve_devices
    done = desk.program("login", *words, **variables)
    assert done.status == 0, done.err
    assert f"by a code ({reason})" in done.err
    assert "/device\n  and type the code " in done.err
    assert desk.visits[-2:] == ["sso device", "sso poll"]


def test_without_a_port_it_is_a_device_code(desk, monkeypatch):
    desk.sign_out()
    desk.program.sts.faults = desk.approve_devices

    def taken(_path):
        raise OSError(98, "Address already in use")

    monkeypatch.setattr(by_browser, "Callback", taken)
    done = desk.program("login")
    assert done.status == 0
    assert "by a code (nothing can listen on 127.0.0.1: Address already in use)" in done.err


def test_browser_is_used_over_ssh_if_the_user_says_so(desk):
    desk.sign_out()
    assert desk.program("login", "--browser", **SSH).status == 0
    assert desk.visits[-1] == "sso token"
    assert desk.program("login", "--browser", "--device").status == 2


def test_a_device_is_polled_by_the_rules(desk, monkeypatch):
    desk.sign_out()
    waits: list[float] = []
    monkeypatch.setattr(by_device, "_sleep", waits.append)
    replies = iter(["AuthorizationPendingException", "SlowDownException", "AuthorizationPendingException"])

    def fault(call):
        if call.action == "sso poll" and (code := next(replies, "")):
            return faults.refuse_json(400, code, "not yet")
        desk.approve_devices()
        return None

    desk.program.sts.faults = fault
    assert desk.program("login", "--device").status == 0
    assert waits == [1, 1, 6, 6]


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("AccessDeniedException", "the sign-in was denied"),
        ("ExpiredTokenException", "the code was not approved in time"),
    ],
)
def test_a_device_that_is_denied_or_forgotten(desk, monkeypatch, code, what):
    desk.sign_out()
    monkeypatch.setattr(by_device, "_sleep", lambda _: None)
    desk.program.sts.faults = lambda call: faults.refuse_json(400, code, "x") if call.action == "sso poll" else None
    done = desk.program("login", "--device")
    assert (done.status, desk.token()) == (1, None)
    assert done.err.splitlines()[-2].endswith(what)


def test_the_network_is_lost_while_a_device_waits(desk, monkeypatch):
    desk.sign_out()
    monkeypatch.setattr(by_device, "_sleep", lambda _: None)
    seen = []

    def fault(call):
        if call.action == "sso poll":
            seen.append(call)
            if len(seen) == 1:
                return faults.refuse_json(503, "ServiceUnavailable", "down")
            desk.approve_devices()
        return None

    desk.program.sts.faults = fault
    done = desk.program("login", "--device", AWS_MAX_ATTEMPTS="1")
    assert done.status == 0
    assert done.err.count("trying again for 60 s") == 1


def test_denied_in_the_browser(desk):
    desk.sign_out()
    desk.center.browser = DENY
    done = desk.program("login")
    assert (done.status, desk.token()) == (1, None)
    assert "assume: example: the sign-in was denied in the browser\n" in done.err
    assert "<h1>Not signed in</h1>" in desk.page()
    assert "sso token" not in desk.visits


def test_an_answer_with_another_state_is_not_used(desk):
    desk.sign_out()
    desk.use_browser("sys.argv[1] = sys.argv[1].replace('state=', 'state=x')")
    done = desk.program("login")
    assert (done.status, desk.token(), "sso token" in desk.visits) == (1, None, False)
    assert "its state differs" in done.err
    assert "Not signed in" in desk.page()


def test_a_challenge_that_somebody_changed_is_refused_by_aws(desk):
    desk.sign_out()
    desk.use_browser("sys.argv[1] = sys.argv[1].replace('code_challenge=', 'code_challenge=A')[:-1]")
    done = desk.program("login")
    assert (done.status, desk.token()) == (1, None)
    assert "IAM Identity Center refused the sign-in: codeVerifier does not fit" in done.err


def test_nobody_answers_in_the_browser(desk, monkeypatch):
    desk.sign_out()
    monkeypatch.setattr(by_browser, "LIMIT_S", 0.3)
    desk.program.env["ASSUME_BROWSER"] = "/bin/true"
    done = desk.program("login")
    assert (done.status, desk.token()) == (1, None)
    assert "no answer from the browser within" in done.err


@pytest.mark.parametrize(
    ("fault", "what"),
    [
        (faults.html(), "unexpected answer: not IAM Identity Center"),
        (
            faults.refuse_json(400, "InvalidRequestException", "Invalid start url provided"),
            "Invalid start url provided",
        ),
        (faults.refuse_json(500, "InternalServerException", "x"), "IAM Identity Center failed"),
        (faults.refuse_json(429, "TooManyRequestsException", "x"), "throttled by IAM Identity Center"),
        (faults.cut(), "assume: example: "),
    ],
)
@pytest.mark.parametrize("action", ["sso register", "sso token"])
def test_a_fault_of_the_service_is_two_lines_and_nothing_is_stored(desk, fault, what, action):
    desk.sign_out()
    desk.program.sts.faults = lambda call: fault if call.action == action else None
    done = desk.program("login", AWS_MAX_ATTEMPTS="1")
    assert (done.status, done.out, desk.token()) == (1, "", None)
    *_, last, cure = done.err.splitlines()
    assert last.startswith("assume: example: ") and what in last
    assert cure.startswith("  ")


def test_a_service_that_is_not_reached(desk):
    desk.sign_out()
    done = desk.program("login", AWS_ENDPOINT_URL_SSO_OIDC="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert done.status == 1
    assert "IAM Identity Center was not reached" in done.err
    assert "sso_region (us-west-2)" in done.err


def test_a_clock_that_is_off_is_named(desk):
    desk.sign_out()
    desk.program.sts.clock = lambda: time.time() + 7200
    done = desk.program("login")
    assert "this machine's clock is 2 h behind AWS's" in done.err


def test_a_token_that_cannot_be_stored(desk, monkeypatch):
    desk.sign_out()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "write_whole", full)
    done = desk.program("login")
    assert (done.status, desk.token()) == (1, None)
    assert "cannot store the sign-in: No space left on device" in done.err
    assert "Not signed in" in desk.page()


def test_the_older_form_signs_in_by_a_device_and_opens_its_page(desk):
    desk.program.write(LEGACY)
    done = desk.program("login", "older")
    assert done.status == 0, done.err
    assert desk.visits == ["sso register", "sso device", "sso device page", "sso poll"]
    assert "compare the code that it shows: " in done.err
    (file,) = [path for path in desk.folder.iterdir() if "accessToken" in path.read_text() and path.stem != KEY]
    assert json.loads(file.read_text())["startUrl"] == SSO_START
    assert desk.program.reaches("older").startswith("assumed-role/AWSReservedSSO_Reader")
    assert key_by_boto3("older").startswith("ASIA")


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [
        ("[sso-session bare]\nsso_region = us-east-1\n", "bare", "[sso-session bare] has no sso_start_url"),
        ("[sso-session bare]\nsso_start_url = https://x\n", "bare", "[sso-session bare] has no sso_region"),
        ("[sso-session odd]\nsso_start_url = x\nsso_region = us-east-1\n", "odd", "its sso_start_url is not a URL"),
        ("[sso-session odd]\nsso_start_url = https://x\nsso_region = no such\n", "odd", "no such is not a region"),
        ("[profile gone]\nsso_session = lost\nsso_account_id = 1\n", "gone", "its sso_session lost does not exist"),
        ("", "nope", "no such profile or sso-session"),
        ("", "exampel", "no such profile or sso-session"),
        ("", "hub", "needs no sign-in"),
    ],
)
def test_a_place_that_the_files_do_not_have(desk, text, name, what):
    desk.program.write(text)
    done = desk.program("login", name)
    assert done.status in (1, 2)
    assert what in done.err
    assert desk.visits == []


def test_a_role_behind_a_sign_in_names_the_profile_that_signs_in(desk):
    desk.program.write(
        "[profile behind]\nrole_arn = arn:aws:iam::123456789012:role/hub\nsource_profile = sso-reader\n"
        "endpoint_url = {sts}\nregion = us-west-2\n"
    )
    desk.sign_out()
    desk.program.is_person_there = False
    assert "run `assume login sso-reader`" in desk.program("exec", "behind", "true").err
    assert desk.program("login", "behind").status == 0
    assert desk.token() is not None


def test_without_a_name_it_is_the_profile_of_the_environment_or_the_only_session(desk):
    assert "signed in to example" in desk.program("login", AWS_PROFILE="sso-reader").err
    desk.program.write(f"[sso-session other]\nsso_start_url = {SSO_START}\nsso_region = us-west-2\n")
    done = desk.program("login")
    assert done.status == 2
    assert "assume login NAME, one of: example, other" in done.err
    assert "signed in to example" in desk.program("login", AWS_PROFILE="sso-reader").err


def test_signing_out_ends_the_session_and_removes_the_files(desk):
    assert desk.program("export", "sso-reader", "--format", "json").status == 0
    entries = list((desk.program.home.path / ".aws" / "assume").glob("*.entry"))
    bearer = desk.token()["accessToken"]
    done = desk.program("logout", "sso-reader")
    assert (done.status, done.err) == (0, f"assume: signed out of example ({SSO_START})\n")
    assert desk.token() is None
    assert bearer not in desk.program.world.machine.sign_ins
    assert desk.program.world.machine.renewals == {}
    assert len(entries) == 1 and not entries[0].exists()
    assert list((desk.program.home.path / ".aws" / "cli" / "cache").glob("*")) == []
    done = desk.program("logout", "sso-reader")
    assert (done.status, done.err) == (0, f"assume: there was no sign-in to example ({SSO_START})\n")
    done = desk.program("logout")
    assert (done.status, done.err) == (0, "assume: there is no sign-in to end\n")


def test_signing_out_of_everything_and_without_a_network(desk):
    desk.program.write(LEGACY)
    desk.program.sts.faults = desk.approve_devices
    assert desk.program("login", "older").status == 0
    (desk.folder / f"{'0' * 40}.json").write_text(json.dumps({"accessToken": "x", "startUrl": "https://gone/start"}))
    done = desk.program("logout", AWS_ENDPOINT_URL="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert done.err.count("signed out of") + done.err.count("AWS could not be told") == 3
    assert [path for path in desk.folder.iterdir() if "accessToken" in path.read_text()] == []


def test_a_role_that_the_sign_in_does_not_give(desk):
    desk.program.write(
        "[profile other]\nsso_session = example\nsso_account_id = 123456789012\nsso_role_name = Admin\n"
        "region = us-west-2\nendpoint_url = {sts}\n"
    )
    done = desk.program("exec", "other", "true")
    assert done.status == 1
    assert done.err.startswith("assume: other: its role Admin is not assigned to you in account 123456789012\n")
    assert desk.program.asked == []


def test_a_browser_that_ends_only_with_the_page_and_prints(desk):
    """The standard library waits for $BROWSER; what it prints is not for a shell."""
    desk.sign_out()
    desk.use_browser("print('export EVIL=1', flush=True)")
    script = desk.script.with_name("waits")
    script.write_text(f'#!/bin/sh\nexec {sys.executable} {desk.script} "$1"\n')
    script.chmod(0o755)
    desk.program.answers = [""]
    done = desk.program("export", "sso-reader", "--format", "bash", ASSUME_BROWSER=None, BROWSER=str(script))
    assert done.status == 0, done.err
    assert "EVIL" not in done.out + done.err
    assert "AWS_ACCESS_KEY_ID" in done.out


@pytest.mark.once
def test_the_aws_cli_uses_our_token(desk):
    desk.sign_out()
    assert desk.program("login").status == 0
    line = [sys.executable, "-m", "awscli", "sts", "get-caller-identity", "--profile", "sso-reader", "--output", "text"]
    done = subprocess.run(line, env=desk.program.home.environment, capture_output=True, text=True, timeout=100)
    assert ":assumed-role/AWSReservedSSO_Reader" in done.stdout, done.stderr


@pytest.mark.once
def test_a_real_browser_goes_through_the_sign_in(desk, tmp_path):
    """Chromium opens the link, clicks on a button, is redirected to us, and shows our page."""
    path = chromium()
    desk.sign_out()
    desk.center.browser = PAGE
    told = tmp_path / "url"
    os.mkfifo(told)
    script = f"import sys; open({str(told)!r}, 'w').write(sys.argv[1])"
    (tmp_path / "tell.py").write_text(script)
    desk.program.env["ASSUME_BROWSER"] = f"{sys.executable} {tmp_path / 'tell.py'} {{url}}"
    seen = []

    def person() -> None:
        for button in ("#deny", "#approve"):
            url = told.read_text()
            with Chromium(tmp_path / button[1:], path) as tab:
                tab.open(url)
                tab.click(button)
                tab.until("document.title.includes('assume')")
                seen.append(tab.text())

    thread = Thread(target=person, daemon=True)
    thread.start()
    denied, done = desk.program("login"), desk.program("login")
    thread.join(60)
    assert (denied.status, done.status) == (1, 0), done.err
    assert seen[0].startswith("Not signed in\n\nthe sign-in was denied in the browser.")
    assert seen[1].startswith("Signed in\n\nassume is signed in to example")
    assert desk.token() is not None
