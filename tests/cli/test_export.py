"""`export`: the role as text, each format read by its real reader."""

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import botocore.session
import dotenv
import pytest

from assume import arguments

from ..simulator.clients import MODELS, client
from .test_use import switch

NAMES = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ACCOUNT_ID", "AWS_PROFILE", "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_CREDENTIAL_EXPIRATION", "AWS_SESSION_EXPIRATION", "ASSUME_PROFILE", "ASSUMED_ROLE_ARN", "ASSUME_EXPIRES",
    "ASSUME_KEY_ID", "ASSUME_EXPORTED",
]  # fmt: skip
KEYS_AND_REGION = [*NAMES[:3], "AWS_REGION", "AWS_DEFAULT_REGION"]
NASTY = "it's ‘$(touch PWN)’ `x` \\ é"


@pytest.fixture
def nasty(program):
    """A profile whose name is hard to quote."""
    quoted = NASTY.replace("\\", "\\\\").replace('"', '\\"')
    program.write(
        f'[profile "{quoted}"]\nrole_arn = arn:aws:iam::123456789012:role/hub\nsource_profile = user1\n'
        "region = us-west-2\nendpoint_url = {sts}\n"
    )
    return program


def exported(program, form, *options):
    done = program("export", NASTY, "--format", form, *options)
    assert done.status == 0, done.err
    return done.out


def test_every_variable_but_the_record_of_earlier_values_is_exported(nasty):
    found = json.loads(exported(nasty, "json", "--export", "both"))
    assert list(found) == NAMES
    assert found["AWS_PROFILE"] == NASTY


@pytest.mark.parametrize("form", ["dotenv", "env-file", "json"])
def test_a_file_for_elsewhere_has_keys_and_region_alone(program, form):
    def names(*options, **env):
        text = program("export", "marketingadmin", "--format", form, *options, **env).out
        return list(json.loads(text)) if form == "json" else [line.split("=")[0] for line in text.splitlines()]

    assert names() == KEYS_AND_REGION
    assert names(ASSUME_EXPORT="profile") == KEYS_AND_REGION
    assert names("--export", "both") == NAMES
    of_keys = (*NAMES[:4], "AWS_CREDENTIAL_EXPIRATION", "AWS_SESSION_EXPIRATION", "ASSUME_KEY_ID")
    assert names("--export", "profile") == [name for name in NAMES if name not in of_keys]


def test_a_file_for_elsewhere_works_where_the_profile_does_not_exist(program, tmp_path):
    found = program("export", "marketingadmin", "--format", "json").json
    none = {"AWS_CONFIG_FILE": str(tmp_path / "none"), "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none")}
    code = "import boto3; print(boto3.Session().get_credentials().access_key)"
    done = subprocess.run(
        [sys.executable, "-c", code], env={**found, **none, "HOME": str(tmp_path)}, capture_output=True, text=True
    )
    assert (done.stdout.strip(), done.stderr) == (found["AWS_ACCESS_KEY_ID"], "")


def test_dotenv(nasty):
    expected = json.loads(exported(nasty, "json"))
    assert dotenv.dotenv_values(stream=io.StringIO(exported(nasty, "dotenv"))) == expected


def test_an_env_file_as_docker_reads_it(nasty):
    lines = exported(nasty, "env-file").splitlines()
    assert dict(line.split("=", 1) for line in lines) == json.loads(exported(nasty, "json"))


READERS = {
    "bash": ["bash", "-c", "eval \"$1\"; env -0", "bash"],
    "zsh": ["zsh", "-fc", "eval \"$1\"; env -0", "zsh"],
    "fish": ["fish", "--no-config", "-c", "printf %s $argv[1] | source; env -0"],
    "powershell": [os.environ.get("ASSUME_TEST_PWSH", "pwsh"), "-NoProfile", "-NonInteractive", "-Command", "-"],
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("form", ["bash", "zsh", "fish"])
def test_a_real_shell_reads_it(nasty, tmp_path, form):
    if shutil.which(READERS[form][0]) is None:
        pytest.skip(f"no {form} here")
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(
        [*READERS[form], exported(nasty, form)], env=env, capture_output=True, cwd=tmp_path, check=True
    )
    found = dict(line.split("=", 1) for line in done.stdout.decode().split("\0") if line)
    expected = json.loads(exported(nasty, "json", "--export", "both"))
    assert {name: found.get(name) for name in NAMES} == expected
    assert not list(tmp_path.glob("PWN"))


@pytest.mark.once
def test_a_real_powershell_reads_it(nasty, tmp_path):
    if shutil.which(READERS["powershell"][0]) is None:
        pytest.skip("no PowerShell here")
    script = exported(nasty, "powershell")
    assert script.isascii()
    file = tmp_path / "role.ps1"
    file.write_text(script + f'& "{sys.executable}" -c "import os, json; print(json.dumps(dict(os.environ)))"\n')
    words = [READERS["powershell"][0], "-NoProfile", "-NonInteractive", "-File", str(file)]
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run(words, env=env, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert {name: found.get(name) for name in NAMES} == json.loads(exported(nasty, "json", "--export", "both"))
    assert not list(tmp_path.glob("PWN"))


def test_a_value_that_cmd_cannot_quote_is_refused_with_another_way(program):
    program.write('[profile "50%"]\nrole_arn = arn:aws:iam::123456789012:role/hub\nsource_profile = user1\n'
                  "region = us-west-2\nendpoint_url = {sts}\n")  # fmt: skip
    done = program("export", "50%", "--format", "cmd")
    assert (done.status, done.out) == (1, "")
    assert "use another --format" in done.err
    plain = program("export", "marketingadmin", "--format", "cmd").out
    found = dict(line[5:-1].split("=", 1) for line in plain.splitlines())
    assert found == program("export", "marketingadmin", "--format", "json", "--export", "both").json


@pytest.mark.once
def test_boto3_takes_it_as_a_credential_process(program, sts, monkeypatch):
    command = f"{Path(sys.executable).parent / 'assume'} export workload --format process"
    program.write(f"[profile by-process]\ncredential_process = {command}\nregion = us-west-2\nendpoint_url = {{sts}}\n")
    for name, value in program.home.environment.items():
        monkeypatch.setenv(name, value)
    session = botocore.session.Session(profile="by-process")
    session.register_component("data_loader", MODELS)
    credentials = session.get_credentials()
    assert credentials is not None
    assert credentials.method == "custom-process"
    frozen = credentials.get_frozen_credentials()
    arn = client(sts, frozen.access_key, frozen.secret_key, frozen.token).get_caller_identity()["Arn"]
    assert arn.startswith("arn:aws:sts::128716708097:assumed-role/workload/")


def test_process_has_an_expiration_for_a_role_but_not_for_keys(program):
    role = program("export", "marketingadmin", "--format", "process").json
    assert role["Version"] == 1
    assert role["Expiration"].endswith("Z")
    keys = program("export", "user1", "--format", "process").json
    assert set(keys) == {"Version", "AccessKeyId", "SecretAccessKey"}


def test_a_guarded_profile_refuses_a_process_without_yes(program):
    done = program("export", "prod", "--format", "process")
    assert (done.status, done.out, program.asked) == (1, "", [])
    assert "give --yes in the credential_process line if you mean it" in done.err
    assert program("export", "prod", "--format", "process", "--yes").status == 0


def test_a_guarded_profile_asks_for_the_other_formats(program):
    program.answers = ["prod"]
    assert program("export", "prod", "--format", "json").status == 0
    assert len(program.asked) == 1


def test_secrets_are_not_shown_on_a_terminal_without_force(program, monkeypatch):
    monkeypatch.setattr("assume.terminal.show.is_terminal", lambda handle: handle == 1)
    done = program("export", "marketingadmin", "--format", "bash")
    assert (done.status, done.out) == (1, "")
    assert "secrets are not shown on a terminal\n  send them to a program, or add --force" in done.err
    assert program("export", "marketingadmin", "--format", "bash", "--force").status == 0


def test_a_format_has_to_be_named(program):
    for words in ([], ["--format", "yaml"]):
        done = program("export", "marketingadmin", *words)
        assert (done.status, done.out) == (2, "")
        assert "--format bash|zsh|fish" in done.err
    assert program("export", "--format", "json").status == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_reported(program):
    words = [sys.executable, "-m", "assume", "export", "marketingadmin", "--format", "json"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            words, env=program.home.environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "assume: the output cannot be written: No space left on device\n")


def test_a_profile_that_fails_exports_nothing(program):
    for form in arguments.FORMATS:
        done = program("export", "role-without-mfa", "--format", form)
        assert (done.status, done.out) == (1, "")


def test_minus_is_the_role_of_this_shell(program):
    have, state = switch(program, {}, "", "marketingadmin", "--session-name", "me")
    found = program("export", "--state", state, "-", "--format", "json", **have).json
    assert found["AWS_ACCESS_KEY_ID"] == have["AWS_ACCESS_KEY_ID"]
    done = program("export", "-", "--format", "json")
    assert (done.status, "this shell has not taken a role itself" in done.err) == (2, True)


def test_keys_or_profile_alone(program):
    keys = program("export", "marketingadmin", "--format", "json", "--export", "keys").json
    assert "AWS_PROFILE" not in keys
    profile = program("export", "marketingadmin", "--format", "json", "--export", "profile").json
    assert profile["AWS_PROFILE"] == "marketingadmin"
    assert not [name for name in profile if "KEY" in name or "TOKEN" in name]
