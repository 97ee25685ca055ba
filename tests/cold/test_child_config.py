"""The config file of a command with an endpoint: the role's settings, and nothing that leads to credentials."""

import botocore.configloader
import pytest

from assume.cold.child_config import text
from assume.profiles.config import Config

CONFIG = """
[default]
aws_access_key_id = AKIADEFAULT
aws_secret_access_key = s
[profile a b]
role_arn = arn:aws:iam::123456789012:role/r
source_profile = default
mfa_serial = arn
external_id = 1
assume_confirm = yes
region = eu-west-1
output = yaml
services = local
s3 =
    addressing_style = path
    max_concurrent_requests = 4
[services local]
sts =
    endpoint_url = http://127.0.0.1:1
[profile other]
sso_session = x
credential_process = y
"""
CONFIG = CONFIG.replace("[profile a b]", "[profile 'a b']")


@pytest.fixture
def read(tmp_path):
    def loaded(*words: str, config: str = CONFIG, credentials: str = ""):
        path = tmp_path / "config"
        path.write_text(text(Config(config, credentials), *words))
        return botocore.configloader.load_config(str(path))

    return loaded


SETTINGS = {
    "region": "eu-west-1",
    "output": "yaml",
    "services": "local",
    "s3": {"addressing_style": "path", "max_concurrent_requests": "4"},
}


def test_botocore_reads_the_settings_of_the_profile_under_both_names(read):
    found = read("a b", "a b", "eu-west-1")
    assert found["profiles"] == {"default": SETTINGS, "a b": SETTINGS}
    assert found["services"] == {"local": {"sts": {"endpoint_url": "http://127.0.0.1:1"}}}


def test_a_role_without_a_profile_has_the_default_alone(read):
    assert read("a b", "", "us-east-1")["profiles"] == {"default": {**SETTINGS, "region": "us-east-1"}}


def test_no_profile_at_all(read):
    assert read("")["profiles"] == {"default": {}}


@pytest.mark.parametrize("name", ["default", "other"])
def test_nothing_leads_to_credentials(read, name):
    found = read(name, name, credentials="[other]\naws_access_key_id = AKIA\naws_secret_access_key = canary\n")
    assert found["profiles"] == {"default": {}} | ({} if name == "default" else {name: {}})


@pytest.mark.parametrize("name", ["it's", 'a "quoted" name', "a$(touch PWN)", "ünï", "a\\b"])
def test_any_name(read, name):
    from shlex import quote

    found = read(name, name, config=f"[profile {quote(name)}]\nregion = eu-west-1\n")
    assert found["profiles"][name] == {"region": "eu-west-1"}
