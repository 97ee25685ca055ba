"""Console credentials: `assume login` for a profile with `login_session`; what the SDKs make of the token."""

import base64
import hashlib
import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore import compat

from assume.aws import login as messages
from assume.demo.config import HOME_ACCOUNT
from assume.login import console_log_in
from assume.simulator.center import DENY
from assume.simulator.replies import stamp

from .desk import Desk

USER = f"arn:aws:iam::{HOME_ACCOUNT}:user/saanvi"
SSH = {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}
needs_crt = pytest.mark.skipif(getattr(compat, "EC", None) is None, reason="needs the AWS CRT")


@pytest.fixture
def desk(program, tmp_path):
    made = Desk(program, tmp_path)
    program.write(f"[profile web]\nlogin_session = {USER}\nregion = us-west-2\nendpoint_url = {{sts}}\n")
    return made


def token_file(desk):
    name = hashlib.sha256(USER.encode()).hexdigest()
    return desk.program.home.path / ".aws" / "login" / "cache" / f"{name}.json"


def test_without_the_crt_the_message_names_the_extra(desk, monkeypatch):
    monkeypatch.setattr(compat, "EC", None)
    monkeypatch.setattr(console_log_in, "is_signed_in", lambda *_: False)
    done = desk.program("login", "web")
    assert (done.status, desk.visits) == (1, [])
    assert done.err == f"assume: web: {messages.LACKS_CRT}\n  {messages.install_line()}\n"
    assert "assume-shell[login]" in done.err


@needs_crt
def test_in_the_browser_and_the_sdks_use_and_renew_the_token(desk):
    done = desk.program("login", "web")
    assert (done.status, done.out) == (0, ""), done.err
    assert done.err.endswith("assume: web: signed in as user/saanvi\n")
    assert desk.visits == ["signin page", "signin token"]
    assert "<h1>Signed in</h1>" in desk.page()
    path = token_file(desk)
    assert path.stat().st_mode & 0o777 == 0o600
    fields = json.loads(path.read_text())
    assert set(fields) == {"accessToken", "tokenType", "clientId", "refreshToken", "idToken", "dpopKey"}
    assert fields["accessToken"]["accountId"] == HOME_ACCOUNT
    assert desk.program.reaches("web") == "user/saanvi"
    expired = {"accessToken": fields["accessToken"] | {"expiresAt": stamp(time.time() - 5)}}
    path.write_text(json.dumps(fields | expired))
    assert desk.program.reaches("web") == "user/saanvi"
    assert desk.visits[-1] == "signin token"
    assert json.loads(path.read_text())["refreshToken"] != fields["refreshToken"]
    done = desk.program("login", "web")
    assert (done.status, "signed in already" in done.err) == (0, True)


@needs_crt
def test_on_another_machine_by_a_code_that_is_pasted(desk, monkeypatch):
    def copied(_wording, **_):
        url = desk.program.streams.readouterr().err.split("  open ")[1].strip()
        given = parse_qs(urlsplit(url).query)
        assert given["client_id"] == ["arn:aws:signin:::devtools/cross-device"]
        from urllib.request import urlopen

        page = urlopen(url, timeout=20).read().decode()
        return page.split("<p>")[1].split("</p>")[0]

    monkeypatch.setattr(desk.program, "_answer", copied)
    done = desk.program("login", "web", **SSH)
    assert done.status == 0, done.err
    assert token_file(desk).exists()


@needs_crt
@pytest.mark.parametrize("text", ["", "x", "%%%", base64.b64encode(b"state=s&code=c").decode()])
def test_a_wrong_code_is_not_used(desk, text):
    desk.program.answers = [text]
    done = desk.program("login", "web", "--device")
    assert (done.status, token_file(desk).exists()) == (1, False)
    assert "by a code (--device)" in done.err
    assert "signin token" not in desk.visits


@needs_crt
def test_denied_and_another_person(desk):
    desk.center.browser = DENY
    done = desk.program("login", "web")
    assert (done.status, token_file(desk).exists()) == (1, False)
    assert "denied in the browser" in done.err
    desk.center.browser = "approve"
    from assume.simulator.signin import console_of

    console_of(desk.program.world).user = f"arn:aws:iam::{HOME_ACCOUNT}:user/user1"
    done = desk.program("login", "web")
    assert (done.status, token_file(desk).exists()) == (1, False)
    assert f"signed in as arn:aws:iam::{HOME_ACCOUNT}:user/user1, but its login_session is {USER}" in done.err


@needs_crt
def test_a_role_offers_it_and_a_script_gets_the_line(desk):
    desk.program.is_person_there = False
    done = desk.program("exec", "web", "true")
    assert done.err == "assume: web: its sign-in has ended, or there was none\n  run `assume login web`\n"
    desk.program.is_person_there = True
    desk.program.answers = [""]
    assert desk.program.reaches("web") == "user/saanvi"
    assert desk.program.asked == ["web: not signed in as user/saanvi. Press Enter to sign in: "]


@needs_crt
def test_signing_out_removes_the_token(desk):
    assert desk.program("login", "web").status == 0
    done = desk.program("logout", "web")
    assert (done.status, done.err, token_file(desk).exists()) == (0, "assume: web: signed out\n", False)
    assert desk.program("login", "web").status == 0
    assert "signed out of 1 console session\n" in desk.program("logout").err
    assert not token_file(desk).exists()


@needs_crt
def test_without_a_region_it_says_so(desk):
    desk.program.write(f"[profile bare]\nlogin_session = {USER}\n")
    done = desk.program("login", "bare", "--force")
    assert (done.status, "login_session needs a region" in done.err) == (1, True)
