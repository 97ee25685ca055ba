"""Credentials from the user's own commands and files: limited in time and size, never run by a shell, never shown."""

import json
import os
import time

import pytest

from assume.aws import process
from assume.demo.config import CLI_USER_MFA, KEYS
from assume.errors import AssumeError, SourceError

PROFILE = "marketingadmin"
USER1 = KEYS["user1"][1]
THEN = "2001-01-01T00:00:00Z"
CANARY = "canary/secret+of+a+command"
SOON_S = 100  # less than any limit of the program and any sleep here, also on a busy machine


@pytest.fixture
def printing(ground, clock, tmp_path):
    """Makes `credential_process` of user1 a script; RIGHT in it is replaced by a line that prints valid credentials."""
    document = json.dumps({"Version": 1, "AccessKeyId": USER1, "SecretAccessKey": ground.world.keys[USER1].secret})

    def made(script):
        file = tmp_path / "prints"
        file.write_text("#!/bin/sh\n" + script.replace("RIGHT", f"echo '{document}'") + "\n")
        file.chmod(0o755)
        ground.home.credentials.write_text("")
        ground.configure("user1", credential_process=str(file))
        return ground

    return made


def test_printed_credentials_are_used(printing):
    assert printing("RIGHT").take(PROFILE).credentials.key_id


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "its credential_process ended with status 1\n  run it by hand and look"),
        (f"echo {CANARY} >&2; echo {CANARY}; exit 1", ""),
        (f"echo {CANARY}", ""),
        ("echo", ""),
        ("exit 0", ""),
        ("echo junk; RIGHT", ""),
        ("RIGHT; echo junk", ""),
        ('echo \'{"Version": 2}\'', "version"),
        ('echo \'{"Version": "1"}\'', ""),
        ("echo '{}'", ""),
        ("echo '[]'", ""),
        ("echo null", ""),
        (f'echo \'{{"Version": 1, "AccessKeyId": "{CANARY}", "SecretAccessKey": "x"}}\'', ""),
        ('echo \'{"Version": 1, "AccessKeyId": "$(touch PWN)$(touch PWN)", "SecretAccessKey": "x"}\'', ""),
        (f'echo \'{{"Version": 1, "AccessKeyId": "{USER1}", "SecretAccessKey": "a\\nb"}}\'', ""),
        (f'echo \'{{"Version": 1, "AccessKeyId": "{USER1}", "SecretAccessKey": ""}}\'', ""),
        (f'echo \'{{"Version": 1, "AccessKeyId": "{USER1}", "SecretAccessKey": "x", "Expiration": "soon"}}\'', ""),
        (f'echo \'{{"Version": 1, "AccessKeyId": "{USER1}", "SecretAccessKey": "x", "Expiration": "{THEN}"}}\'', ""),
        ("printf '\\377\\376\\000'", ""),
        ("kill -9 $$", ""),
        ("printf '\\033]0;owned\\007' >&2; exit 1", ""),
    ],
)  # fmt: skip
def test_output_without_credentials_is_reported_and_not_shown(printing, script, said):
    ground = printing(script)
    with pytest.raises(AssumeError) as caught:
        ground.take(PROFILE)
    text = str(caught.value)
    assert caught.value.status == 1
    assert said in text
    assert "user1" in text, "it is the profile that has the command"
    assert CANARY not in text or "exit 1" in script
    assert "\x1b" not in text
    assert ground.sts.calls == []
    assert not [path for path in (ground.cwd / "PWN", ground.home.path / "PWN") if path.exists()]


def test_endless_output_is_soon_cut_off(printing):
    started_at = time.monotonic()
    with pytest.raises(SourceError, match="more than a megabyte"):
        printing("exec cat /dev/zero").take(PROFILE)
    assert time.monotonic() - started_at < SOON_S


def test_a_command_that_leaves_a_daemon_behind_is_not_waited_for(printing, tmp_path):
    """The daemon (such as an agent of a password store) keeps both pipes open."""
    ground = printing(f"RIGHT; sleep 300 & echo $! >{tmp_path}/pid")
    started_at = time.monotonic()
    try:
        assert ground.take(PROFILE).credentials.key_id
    finally:
        os.kill(int((tmp_path / "pid").read_text()), 9)
    assert time.monotonic() - started_at < SOON_S


def test_a_command_that_hangs_is_ended(printing, monkeypatch):
    """The limit is 120 s; here it is shorter."""
    assert process.LIMIT_S == 120
    monkeypatch.setattr("assume.cold.attempt.LIMIT_S", 0.3)
    started_at = time.monotonic()
    with pytest.raises(SourceError, match="has not ended within"):
        printing("exec sleep 300").take(PROFILE)
    assert time.monotonic() - started_at < SOON_S


@pytest.mark.parametrize("text", ["; touch PWN", "$(touch PWN)", "`touch PWN`", "| touch PWN", "&& touch PWN", "> PWN"])
def test_no_shell_reads_the_command(printing, monkeypatch, text):
    ground = printing("RIGHT")
    monkeypatch.chdir(ground.cwd)
    line = f"{ground.home.config.read_text().split('credential_process = ')[1].splitlines()[0]} {text}"
    ground.configure("user1", credential_process=line)
    assert ground.take(PROFILE).credentials.key_id
    assert list(ground.cwd.iterdir()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read"), (b"", "WebIdentityToken"), (b"x" * 20_001, "too large"), (b"not.a.jwt", "role/RoleName"),
     (b"\xff\xfe", "role/RoleName"), (b"a\nb", "role/RoleName"), (b"$(touch PWN)", "role/RoleName"),
     (b"\x1b]0;x\x07", "role/RoleName")],
)  # fmt: skip
def test_an_invalid_web_identity_is_reported(ground, clock, content, said):
    path = ground.home.web_identity
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AssumeError) as caught:
        ground.take("web-identity")
    assert said in str(caught.value)
    assert "\x1b" not in str(caught.value)
    assert ground.is_sound()


def test_a_web_identity_that_is_a_fifo_is_not_waited_for(ground, clock):
    ground.home.web_identity.unlink()
    os.mkfifo(ground.home.web_identity)
    started_at = time.monotonic()
    done = ground.use("web-identity").end(SOON_S)
    assert done.status == 1
    assert time.monotonic() - started_at < SOON_S


def test_a_web_identity_behind_links_is_read_at_each_call(ground, clock):
    """EKS stores it behind two links, and replaces them."""
    path = ground.home.web_identity
    (provider,) = ground.world.providers.values()
    for name in ("first", "second"):
        token = ground.world.web_identity(provider, f"job:{name}", time.time())
        path.with_name(name).write_text(token)
    path.unlink()
    path.symlink_to("first")
    ground.take("web-identity")
    path.unlink()
    path.symlink_to("second")
    ground.take("web-identity", "--refresh")
    sent = [call.params["WebIdentityToken"] for call in ground.sts.calls]
    assert sent == [path.with_name(name).read_text() for name in ("first", "second")]


@pytest.mark.parametrize("setting", ["credential_process", "mfa_process"])
def test_what_a_command_asks_of_its_user_is_shown_while_it_waits(ground, tmp_path, setting):
    """'Touch your key': nobody would know, until the command's time is up."""
    goes_on = tmp_path / "touched"
    file = tmp_path / "asks"
    end = "echo $CODE" if setting == "mfa_process" else "exit 3"
    file.write_text(
        f"#!/bin/sh\nprintf 'touch your key \\033[1m' >&2\nuntil [ -e {goes_on} ]; do sleep 0.1; done\n{end}\n"
    )
    file.chmod(0o755)
    if setting == "mfa_process":
        profile = "role-with-mfa"
        ground.environment["CODE"] = ground.code(CLI_USER_MFA)
        ground.configure(profile, mfa_process=str(file))
    else:
        profile = PROFILE
        ground.home.credentials.write_text("")
        ground.configure("user1", credential_process=str(file))
    started = ground.use(profile, terminal=True)
    started.wait_for("touch your key \\x1b[1m")
    goes_on.touch()
    assert started.end().status == (0 if setting == "mfa_process" else 1)
