"""The demo's files: the profiles of the AWS page, each used by botocore or by the real `aws`."""

import json
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import botocore.session
import pytest
from botocore.exceptions import ClientError

from assume.demo import config

from ..simulator.clients import Clock, client, stripped

AWS = shutil.which("aws", path=str(Path(sys.executable).parent))
SESSIONS = {
    "marketingadmin": "123456789012:assumed-role/marketingadminrole/",
    "role-with-mfa": "128716708097:assumed-role/cli-role/",
    "auditor-with-mfa": "128716708097:assumed-role/auditor/",
    "crossaccountrole": "234567890123:assumed-role/crossaccountrole/",
    "namedsessionrole": "234567890123:assumed-role/SomeRole/Session_Maria_Garcia",
    "web-identity": "123456789012:assumed-role/RoleNameToAssume/",
    "hub": "123456789012:assumed-role/hub/",
    "landing": "234567890123:assumed-role/landing/",
    "workload": "128716708097:assumed-role/workload/",
    "prod": "128716708097:assumed-role/ProductionAdmin/",
    "from-environment": "123456789012:assumed-role/marketingadminrole/",
    "on-instance": "123456789012:assumed-role/marketingadminrole/",
    "in-container": "123456789012:assumed-role/marketingadminrole/",
    "sso-reader": "234567890123:assumed-role/AWSReservedSSO_Reader_0123456789abcdef/saanvi",
}


def reached(sts, world, profile):
    """The ARN of the credentials that botocore gets for a profile; its questions for MFA codes are answered."""
    session = botocore.session.Session(profile=profile)
    chain = session.get_component("credential_provider")

    def code(prompt):
        serial = prompt.removeprefix("Enter MFA code for ").rstrip(": ")
        return world.unused_code(serial, sts.clock())

    chain.get_provider("assume-role")._prompter = code
    found = session.get_credentials()
    assert found is not None
    credentials = found.get_frozen_credentials()
    caller = client(sts, credentials.access_key, credentials.secret_key, credentials.token)
    return caller.get_caller_identity()["Arn"]


@pytest.fixture
def everywhere(aws_home, world, monkeypatch):
    """This process is on the demo's instance and in its container, with user1's keys in the environment."""
    _, key_id = config.KEYS["user1"]
    keys = {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": world.keys[key_id].secret}
    for name, value in (aws_home.machine | keys).items():
        monkeypatch.setenv(name, value)


def test_every_profile_is_tried_here():
    assert set(SESSIONS) | {"role-without-mfa"} == set(config.ROLE_PROFILES)


@pytest.mark.parametrize("profile", SESSIONS)
def test_a_profile_reaches_its_role(sts, world, everywhere, profile):
    assert reached(sts, world, profile).startswith(f"arn:aws:sts::{SESSIONS[profile]}")


@pytest.mark.parametrize("profile", config.KEYS)
def test_a_profile_of_keys_is_its_user(sts, world, aws_home, profile):
    assert reached(sts, world, profile) == config.KEYS[profile][0]


def test_role_without_mfa_is_refused_as_on_the_page(sts, world, aws_home):
    with pytest.raises(ClientError) as caught:
        reached(sts, world, "role-without-mfa")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"


def test_a_chain_is_three_calls_each_signed_with_the_keys_of_the_previous_one(sts, world, aws_home):
    reached(sts, world, "workload")
    roles = [call.params["RoleArn"] for call in sts.calls[:3]]
    assert roles == [config.HUB, config.LANDING, config.WORKLOAD]
    assert [call.arn.split(":")[-1].split("/")[1] for call in sts.calls[:3]] == ["user1", "hub", "landing"]


@pytest.mark.skipif(AWS is None, reason="the AWS CLI is not installed")
def test_the_real_aws_asks_for_a_code_and_reaches_the_role(sts, world, aws_home):
    code = world.code(config.CLI_USER_MFA, time.time())
    command = [str(AWS), "sts", "get-caller-identity", "--profile", "role-with-mfa", "--output", "json"]
    done = subprocess.run(
        command, input=code, env=aws_home.environment, start_new_session=True, capture_output=True, text=True
    )
    assert (done.returncode, "Enter MFA code" in done.stderr) == (0, True)
    assert json.loads(done.stdout)["Arn"].startswith(f"arn:aws:sts::{SESSIONS['role-with-mfa']}")
    assert sts.actions == ["AssumeRole", "GetCallerIdentity"]


def test_only_the_owner_may_read_the_files(aws_home):
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (aws_home.path / ".aws").rglob("*")}
    assert {mode for name, mode in modes.items() if name in ("config", "credentials", "web-identity")} == {0o600}
    assert modes["sso"] == modes["cache"] == 0o700


def test_nothing_outside_the_folder_is_written(tmp_path, world):
    before = set(tmp_path.iterdir())
    files = config.build(tmp_path / "one", "http://127.0.0.1:1", world, 1_700_000_000)
    assert set(tmp_path.iterdir()) - before == {tmp_path / "one"}
    assert all(str(path).startswith(str(tmp_path / "one")) for path in (files.config, files.credentials))
    assert "endpoint_url = http://127.0.0.1:1\n" in files.config.read_text()


def test_the_time_is_an_argument(tmp_path, sts, world):
    sts.clock = Clock(1_700_000_000)
    files = config.build(tmp_path / "one", sts.url, world, sts.clock())
    caller = client(sts, "AKIAUNUSED0000000000", "x")
    given = caller.assume_role_with_web_identity(
        RoleArn=config.WEB, RoleSessionName="job", WebIdentityToken=files.web_identity.read_text()
    )
    assert given["Credentials"]["Expiration"].timestamp() == 1_700_003_600


def test_it_runs_as_a_separate_process(tmp_path):
    environment = stripped(os.environ)
    command = [sys.executable, "-m", "assume.demo", str(tmp_path / "by hand")]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[1],
    ) as demo:
        assert demo.stdin is not None
        assert demo.stdout is not None
        lines = [demo.stdout.readline() for _ in range(6)]
        demo.stdin.write("\n")
        demo.stdin.flush()
        codes = [demo.stdout.readline().split() for _ in range(2)]
        demo.stdin.close()
        assert demo.wait(10) == 0
    assert lines[0] == f"export HOME='{tmp_path / 'by hand'}'\n"
    assert all(line.startswith("export ") for line in lines)
    assert [(len(code), serial) for code, serial in codes] == [(6, config.SAANVI_MFA), (6, config.CLI_USER_MFA)]
