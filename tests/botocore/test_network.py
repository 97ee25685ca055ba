"""Differential table, network: proxies, certificate bundles, retries, each by file and by variable."""

import time

import botocore.httpsession
import certifi
import pytest
import trustme

from assume.aws import endpoint
from assume.simulator import faults
from assume.simulator.sts import serve

from .both import failed, said
from .rows import BASE, ROLE

REGIONAL = f"{ROLE}region = us-west-2\n{BASE}"


@pytest.fixture
def proxy(both, made_up_authority):
    """A proxy on loopback that answers for every host."""
    with serve(both.world, time.time, tunnel=made_up_authority[1]) as running:
        yield running


def through(proxy, both, env):
    """The tunnels and calls that the proxy saw, as a pair for botocore and a pair for us."""
    seen = []
    for asked in (both.botocore, both.ours):
        proxy.calls.clear()
        proxy.tunnels.clear()
        outcome = asked("p", env | {"AWS_CA_BUNDLE": str(both.bundle)})
        assert outcome.error is None, outcome.error
        seen.append((list(proxy.tunnels), [(call.host, call.region, call.params["RoleArn"]) for call in proxy.calls]))
    return seen


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
def test_https_proxy(proxy, both, name):
    both.write(REGIONAL)
    theirs, ours = through(proxy, both, {name: proxy.url})
    assert theirs[0] == ["sts.us-west-2.amazonaws.com:443"]
    assert ours == theirs


def test_a_proxy_that_the_system_knows_and_no_variable_is_used_too(proxy, both, monkeypatch):
    monkeypatch.setattr(endpoint, "_is_proxied", lambda _: False)
    monkeypatch.setattr(endpoint, "SYSTEM_PROXIES", True)
    both.write(REGIONAL)
    theirs, ours = through(proxy, both, {"HTTPS_PROXY": proxy.url})
    assert ours == theirs
    assert len(ours[1]) == 1


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy"])
def test_http_proxy(proxy, both, name):
    both.write(REGIONAL)
    theirs, ours = through(proxy, both, {name: proxy.url, "AWS_ENDPOINT_URL": "http://sts.example.com"})
    assert theirs[1][0][0] == "sts.example.com"
    assert ours == theirs


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy(proxy, both, name):
    both.write(REGIONAL)
    theirs, ours = through(proxy, both, {"HTTPS_PROXY": proxy.url, name: ".amazonaws.com"})
    assert theirs == ours == ([], [])
    assert len(both.tls.calls) == 1


def test_a_missing_proxy_is_reported(both):
    both.write(REGIONAL)
    env = {"HTTPS_PROXY": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    assert failed(both.botocore("p", env)) == "ProxyConnectionError"
    assert "the proxy does not answer\n  check HTTPS_PROXY" in said(both.ours("p", env))


def test_ca_bundle_by_variable_and_by_file(both):
    for lines, env in (("", {"AWS_CA_BUNDLE": str(both.bundle)}), ("ca_bundle = <bundle>\n", {})):
        both.write(REGIONAL.replace("region", lines + "region"))
        theirs = both.botocore("p", env)
        assert theirs.error is None
        for fast in (True, False):
            ours = both.ours("p", env, "--no-cache", fast=fast)
            assert (ours.essence, ours.by_own_connection) == (theirs.essence, int(fast))


def test_the_variable_beats_the_file(both, tmp_path):
    other = tmp_path / "empty.pem"
    other.write_text("")
    both.write(REGIONAL.replace("region", "ca_bundle = <bundle>\nregion"))
    env = {"AWS_CA_BUNDLE": str(other), "AWS_MAX_ATTEMPTS": "1"}
    assert both.botocore("p", env).error is not None
    assert both.ours("p", env).essence == ("error",)


OTHER = "<home>/other.pem"  # another authority's certificate
TRUSTS = [
    # the profile's line, variables, whether botocore trusts the server; the authority of the server is <bundle>
    ("", {}, False),
    ("", {"SSL_CERT_FILE": "<bundle>"}, False),  # the system's authorities are not botocore's
    ("", {"REQUESTS_CA_BUNDLE": "<bundle>"}, True),
    ("", {"REQUESTS_CA_BUNDLE": OTHER, "SSL_CERT_FILE": "<bundle>"}, False),  # a pin
    ("", {"AWS_CA_BUNDLE": OTHER, "SSL_CERT_FILE": "<bundle>"}, False),
    ("ca_bundle = <home>/other.pem\n", {"SSL_CERT_FILE": "<bundle>"}, False),
    ("ca_bundle = <home>/other.pem\n", {"REQUESTS_CA_BUNDLE": "<bundle>"}, False),
    ("ca_bundle = <bundle>\n", {"REQUESTS_CA_BUNDLE": OTHER}, True),
    ("", {"AWS_CA_BUNDLE": "<bundle>", "REQUESTS_CA_BUNDLE": OTHER}, True),
    ("ca_bundle = <bundle>\n", {"AWS_CA_BUNDLE": ""}, False),
    ("ca_bundle =\n", {"REQUESTS_CA_BUNDLE": "<bundle>"}, False),
    ("", {"REQUESTS_CA_BUNDLE": ""}, False),
    ("", {"REQUESTS_CA_BUNDLE": " "}, False),
    ("ca_bundle = ~/both/authority.pem\n", {}, False),  # not expanded
    ("", {"REQUESTS_CA_BUNDLE": "<home>"}, False),
    ("", {"CURL_CA_BUNDLE": "<bundle>"}, False),
    ("", {"SSL_CERT_DIR": "<home>"}, False),
]


@pytest.mark.parametrize(("line", "env", "trusted"), TRUSTS)
def test_the_same_authorities_as_botocore_for_every_setting(both, line, env, trusted):
    trustme.CA().cert_pem.write_to_path(str(both.home / "other.pem"))
    both.write(REGIONAL.replace("region", line + "region", 1))
    env = {"AWS_MAX_ATTEMPTS": "1"} | {name: both.filled(value) for name, value in env.items()}
    theirs = both.botocore("p", env)
    assert (theirs.error is None) == trusted, theirs.error
    for fast in (True, False):
        ours = both.ours("p", env, "--no-cache", fast=fast)
        assert (ours.essence, ours.by_own_connection) == (theirs.essence, int(fast and trusted)), ours


SSO_BASE = """
[profile base]
{0}sso_start_url = https://example.awsapps.com/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = Reader
"""


@pytest.mark.parametrize(
    ("own", "of_source", "reached"),
    [("ca_bundle = <bundle>\n", "", True), ("", "ca_bundle = <bundle>\n", False),
     ("ca_bundle = <bundle>\n", "services = dead\n", True), ("ca_bundle = <bundle>\nservices = dead\n", "", False)],
)  # fmt: skip
def test_the_portal_is_called_with_the_settings_of_the_profile_that_is_asked_for(both, own, of_source, reached):
    both.sign_in("https://example.awsapps.com/start")
    dead = "[services dead]\nsso =\n  endpoint_url = http://127.0.0.1:9\n"
    both.write(f"{ROLE}{own}region = us-west-2\n{SSO_BASE.format(of_source)}{dead}")
    theirs = both.botocore("p", {"AWS_MAX_ATTEMPTS": "1"})
    assert (theirs.error is None) == reached, theirs.error
    assert both.ours("p", {"AWS_MAX_ATTEMPTS": "1"}, "--no-cache").essence == theirs.essence


def test_an_instance_beside_the_container_variables_of_another_program(both):
    both.write("[profile p]\nrole_arn = <r1>\ncredential_source = Ec2InstanceMetadata\n")
    env = both.here | both.machine | {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://of-another-program/keys"}
    theirs = both.botocore("p", env)
    assert theirs.error is None
    assert both.ours("p", env, "--no-cache").essence == theirs.essence


def test_without_a_setting_the_authorities_are_certifis_if_it_is_installed(both, monkeypatch):
    monkeypatch.setattr(certifi, "where", lambda: str(both.bundle))
    monkeypatch.setattr(botocore.httpsession, "where", certifi.where)
    both.write(REGIONAL)
    theirs, ours = both.botocore("p", {}), both.ours("p", {})
    assert (ours.essence, ours.by_own_connection, theirs.error) == (theirs.essence, 0, None), "botocore goes on"


def test_the_sources_bundle_is_not_the_profiles(both):
    both.write(REGIONAL + "ca_bundle = <bundle>\n")
    env = {"AWS_MAX_ATTEMPTS": "1"}
    assert failed(both.botocore("p", env)) == "SSLError"
    assert "the certificate of https://sts.us-west-2.amazonaws.com/ is not trusted" in said(both.ours("p", env))


RETRIES = [
    # the profile's lines, variables, how many calls
    ("", {}, 3),
    ("max_attempts = 2\n", {}, 2),
    ("", {"AWS_MAX_ATTEMPTS": "2"}, 2),
    ("max_attempts = 4\n", {"AWS_MAX_ATTEMPTS": "2"}, 2),
    ("max_attempts = 1\n", {}, 1),
    ("retry_mode = legacy\n", {}, 5),
    ("", {"AWS_RETRY_MODE": "legacy"}, 5),
    ("retry_mode = legacy\n", {"AWS_RETRY_MODE": "standard"}, 3),
]


@pytest.mark.parametrize(("lines", "env", "count"), RETRIES)
def test_retries(both, monkeypatch, lines, env, count):
    monkeypatch.setattr("time.sleep", lambda _: None)
    both.write(REGIONAL.replace("region", lines + "region"))
    both.plain.faults = lambda _: faults.throttle()
    theirs, ours = both.botocore("p", both.here | env), both.ours("p", both.here | env)
    assert len(ours.calls) == len(theirs.calls) == count
    assert "throttled by STS\n  try again in a moment" in said(ours)


@pytest.mark.parametrize("setting", ["max_attempts = 0", "max_attempts = many", "retry_mode = often"])
def test_invalid_retry_settings(both, setting):
    both.write(REGIONAL.replace("region", f"{setting}\nregion"))
    assert both.botocore("p", both.here).error is not None
    assert said(both.ours("p", both.here)).startswith("assume: p: ")


@pytest.mark.parametrize(("session", "call"), [("on", "GetSessionToken"), ("off", "AssumeRole")])
def test_a_call_with_a_code_is_sent_once_whatever_the_settings(both, session, call):
    """*Differs, because* a second try would be a second use of the code."""
    both.write(f"{ROLE}mfa_serial = <serial>\nmfa_session = {session}\nmax_attempts = 5\n{BASE}")
    both.plain.faults = lambda _: faults.throttle()
    assert [made.action for made in both.ours("p", both.here).calls] == [call]
