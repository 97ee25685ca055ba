"""Settings that botocore or STS would refuse: named by file and line, before any call, and never quoted."""

import pytest

from assume import arguments
from assume.cold.settings import check, is_url
from assume.errors import ConfigError
from assume.profiles.config import Config
from assume.profiles.plan import plan

from ..profiles.plans import BASE, ROLE

CANARY = "hunter2 canary"
MACHINE = "[profile p]\n"
SSO = "[profile p]\nsso_session = s\nsso_account_id = 1\nsso_role_name = R\n"
SESSION = "[sso-session s]\nsso_start_url = u\nsso_region = r\n"
LINE = "(config file, line 4)"
CASES = {
    "an endpoint": (f"{ROLE}endpoint_url = {CANARY}\n", f"its endpoint_url {LINE} is not a URL\n  it looks like"),
    "of a service": (
        f"{ROLE}services = s\n[services s]\nsts =\n  endpoint_url = {CANARY}\n",
        "the endpoint_url of its services (config file, line 6) is not a URL",
    ),
    "retries": (f"{ROLE}retry_mode = often\n", f"its retry_mode {LINE} is not valid\n  it has to be legacy, standard"),
    "attempts": (f"{ROLE}max_attempts = often\n", f"its max_attempts {LINE} is not valid\n  it has to be a number"),
    "external id": (f"{ROLE}external_id = {CANARY}\n", f"its external_id {LINE} is not valid\n  2 to 1224 characters"),
    "session name": (f"{ROLE}role_session_name = {CANARY}\n", f"its role_session_name {LINE} is not valid\n  2 to 64"),
    "identity": (f"{ROLE}source_identity = {CANARY}\n", f"its source_identity {LINE} is not valid"),
    "device": (f"{ROLE}mfa_serial = hunter2\n", f"its mfa_serial {LINE} is not an MFA device\n  it looks like"),
    "metadata": (f"{MACHINE}ec2_metadata_service_endpoint = {CANARY}\n", "endpoint (config file, line 2) is not valid"),
    "its mode": (f"{MACHINE}ec2_metadata_service_endpoint_mode = {CANARY}\n", "it has to be IPv4 or IPv6"),
    "its timeout": (f"{MACHINE}metadata_service_timeout = {CANARY}\n", "it has to be a number of seconds"),
    "also of SSO": (f"{SSO}metadata_service_timeout = {CANARY}\n{SESSION}", "it has to be a number of seconds"),
    "no command": (f"{MACHINE}credential_process =\n", "its credential_process (config file, line 2) is empty"),
    "half a command": (
        f"{MACHINE}credential_process = '{CANARY}\n",
        "(config file, line 2) is not a valid command line",
    ),
    "no role": (
        "[profile p]\nsso_account_id = 1\nsso_session = s\n" + SESSION,
        "it lacks sso_role_name\n  add it to [pro",
    ),
    "no url": (f"{SSO}[sso-session s]\n", "it lacks sso_start_url, sso_region\n  add them to its [sso-session …]"),
    "two urls": (
        f"{SSO}sso_start_url = {CANARY}\n{SESSION}",
        "its sso_start_url (config file, line 5) is not that of its [sso-session …] section",
    ),
}


def checked(text, base=None):
    base = {"HOME": "/home/me"} | (base or {})
    config, options = Config(text, ""), arguments.read(["p"])
    assert options is not None
    check(plan(config, options, base), config, base)


@pytest.mark.parametrize("name", CASES)
def test_a_setting_that_cannot_be_right_is_named_and_not_quoted(name):
    text, said = CASES[name]
    with pytest.raises(ConfigError) as caught:
        checked(text + BASE)
    assert said in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_variable_that_comes_before_the_setting_is_named():
    for variable in ("AWS_ENDPOINT_URL_STS", "AWS_RETRY_MODE", "AWS_MAX_ATTEMPTS"):
        with pytest.raises(ConfigError, match=f"p: {variable} is not") as caught:
            checked(ROLE + BASE, {variable: CANARY})
        assert "hunter2" not in str(caught.value)
    checked(f"{ROLE}retry_mode = often\n{BASE}", {"AWS_RETRY_MODE": "standard"})


@pytest.mark.parametrize(
    "text",
    [
        ROLE + "endpoint_url = http://127.0.0.1:4566/\nretry_mode = adaptive\nmax_attempts = 3\n" + BASE,
        ROLE + "external_id = a:b/c\nrole_session_name = me@x\nmfa_serial = GAHT12345678\n" + BASE,
        MACHINE + "ec2_metadata_service_endpoint = http://[fd00:ec2::254]\nec2_metadata_service_endpoint_mode = IPv6\n",
        SSO + SESSION,
        SSO.replace("sso_session = s\n", "sso_start_url = u\nsso_region = r\n"),
        MACHINE + "credential_process = prints 'a b'\n",
        # botocore does not look at these here
        ROLE + "metadata_service_timeout = x\n" + BASE,
        MACHINE + "endpoint_url = x\nretry_mode = x\n",
    ],
)
def test_what_botocore_takes_is_left_alone(text):
    checked(text)


def test_urls():
    for good in (
        "http://h",
        "HTTPS://h.example.:8443/x?y",
        "http://a_b:1",
        "https://u:p@h",
        "http://[::1]:80",
        "http://h:",
    ):
        assert is_url(good), good
    for bad in (
        "",
        "h",
        "h:80",
        "ftp://h",
        "http://",
        "http://a b",
        "http://-a",
        "http://a..b",
        "http://h:x",
        "http://h:99999",
    ):
        assert not is_url(bad), bad
