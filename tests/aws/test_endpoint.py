"""Where STS is called, and what is plain: never another host or region than botocore's, never a setting overlooked."""

import botocore.configprovider
import pytest

from assume.aws import client, endpoint
from assume.aws.endpoint import NOT_EMPTY, UNUSUAL, target
from assume.profiles.config import Config
from assume.regions import REGIONS

from ..profiles.plans import BASE, ROLE, planned

SETTINGS = [
    # settings of the chain, and (TLS, host, port, signing region); None: botocore's to resolve
    ({}, (True, "sts.amazonaws.com", 443, "us-east-1")),
    ({"region": "aws-global"}, (True, "sts.amazonaws.com", 443, "us-east-1")),
    ({"region": "eu-west-1"}, (True, "sts.eu-west-1.amazonaws.com", 443, "eu-west-1")),
    ({"region": "us-gov-west-1"}, (True, "sts.us-gov-west-1.amazonaws.com", 443, "us-gov-west-1")),
    ({"region": "eu-west-1", "sts_regional_endpoints": "regional"},
     (True, "sts.eu-west-1.amazonaws.com", 443, "eu-west-1")),
    ({"region": "eu-west-1", "use_fips_endpoint": "true"}, None),
    ({"region": "eu-west-1", "use_dualstack_endpoint": "true"}, None),
    ({"region": "eu-west-1", "sts_regional_endpoints": "legacy"}, None),
    ({"region": "eu-west-1", "sts_regional_endpoints": "local"}, None),
    *[({"region": region}, None) for region in (
        "cn-north-1", "us-iso-east-1", "us-isob-west-1", "eu-isoe-west-1", "eusc-de-east-1", "us_east_1", "us-east",
        "us-east-1 ", "US-EAST-1", "us-east-x", "us-eäst-1", "moon-east-1", "a", "us.evil.example/-x-1", "-us-east-1")],
    *[({"region": "us-west-2", "endpoint": url}, found) for url, found in (
        ("http://127.0.0.1:4566", (False, "127.0.0.1", 4566, "us-west-2")),
        ("https://sts.example.com", (True, "sts.example.com", 443, "us-west-2")),
        ("https://sts.example.com/", (True, "sts.example.com", 443, "us-west-2")),
        ("http://sts.example.com", (False, "sts.example.com", 80, "us-west-2")),
        ("https://sts.example.com/path", None), ("https://h.example.com?a=b", None), ("http://me@h.example.com", None),
        ("http://[::1]:4566", None), ("sts.example.com", None), ("ftp://sts.example.com", None), ("https://", None),
        ("https://h:0", None), ("https://h:65536", None), ("https://h:4a", None), ("https://sts.exämple.com", None),
        ("https://STS.example.com", None), ("https://a b", None))],
    ({"endpoint": "http://127.0.0.1:4566"}, None),  # without a region: botocore refuses
    ({"region": "aws-global", "endpoint": "http://127.0.0.1:4566"}, None),
]  # fmt: skip
HARMLESS = """
    account_id_endpoint_mode config_file credentials_file csm_client_id csm_host csm_port ec2_metadata_service_endpoint
    ec2_metadata_service_endpoint_mode ec2_metadata_v1_disabled ignore_configured_endpoint_urls imds_use_ipv6
    metadata_service_num_attempts metadata_service_timeout profile s3_disable_express_session_auth
""".split()


def parts(found):
    return found and (found.tls, found.host, found.port, found.region)


@pytest.mark.parametrize(("settings", "expected"), SETTINGS)
def test_where_sts_is_called(settings, expected):
    assert parts(target(settings)) == expected


def botocores(settings):
    """(URL, signing region) of a client of botocore; None if it refuses to make one."""
    names = {"endpoint": "endpoint_url"}
    profile = {names.get(name, name): value for name, value in settings.items()}
    session = client.Session({"profiles": {"p": profile}, "services": {}, "sso_sessions": {}}, "p")
    sent = []
    try:
        made, _, signer = client.clients(session)
        signer.swap(("K" * 20, "S", ""))
        made.meta.events.register("before-send.sts.*", lambda request, **_: sent.append(request))
        made.meta.events.register("before-send.sts.*", lambda **_: (_ for _ in ()).throw(InterruptedError))
        made.get_session_token()
    except InterruptedError:
        return sent[0].url, sent[0].headers["Authorization"].decode().split("/")[2]
    except Exception:
        return None
    return None


@pytest.mark.once
@pytest.mark.parametrize("region", [*REGIONS, "aws-global", "us-new-9", "mx-central-1"])
def test_botocore_calls_the_same_host_for_the_same_region(region):
    found = target({"region": region})
    theirs = botocores({"region": region})
    assert theirs is not None
    assert found is None or (f"https://{found.host}/", found.region) == theirs
    assert found is not None or theirs[0] != f"https://sts.{region}.amazonaws.com/", "this region is a plain one"


@pytest.mark.parametrize(("settings", "expected"), [pair for pair in SETTINGS if pair[1] is not None])
def test_botocore_calls_the_same_address(settings, expected):
    found = target(settings)
    assert found is not None
    assert botocores(settings) == (f"{'https' if found.tls else 'http'}://{found.authority}/", expected[3])


def test_the_host_header_has_no_usual_port():
    for url, header in (
        ("http://h:80", "h"),
        ("https://h:443", "h"),
        ("https://h:80", "h:80"),
        ("http://h:81", "h:81"),
    ):
        found = target({"region": "eu-west-1", "endpoint": url})
        assert found is not None
        assert found.authority == header


def plain(lines="", env=None):
    text = ROLE + lines + BASE
    return endpoint.plain(planned(text), Config(text, ""), {"HOME": "/h", **(env or {})})


def test_a_plain_profile_is_plain():
    assert parts(plain()) == (True, "sts.amazonaws.com", 443, "us-east-1")
    assert plain("max_attempts = 5\nretry_mode = legacy\ns3 =\n  addressing_style = path\noutput = json\n")
    assert plain(env={"AWS_REQUEST_CHECKSUM_CALCULATION": "when_required", "AWS_PAGER": "", "NO_PROXY": "x"})


@pytest.mark.parametrize("setting", UNUSUAL)
def test_every_unusual_setting_is_left_to_botocore_by_file_and_by_variable(setting):
    assert plain(f"{setting} = odd\n") is None
    variable = UNUSUAL[setting][0]
    assert not variable or plain(env={variable: "odd"}) is None


@pytest.mark.parametrize("setting", NOT_EMPTY)
def test_an_empty_setting_is_left_to_botocore(setting):
    assert plain(f"{setting} =\n") is None
    assert plain(env={NOT_EMPTY[setting]: ""}) is None


def test_every_setting_of_botocore_is_looked_at():
    known = {*UNUSUAL, *NOT_EMPTY, *HARMLESS}
    found = botocore.configprovider.BOTOCORE_DEFAUT_SESSION_VARIABLES
    assert {row[0] or name for name, row in found.items()} - known == set()
    variables = {setting: row[1] for setting, row in ((row[0], row) for row in found.values()) if setting in UNUSUAL}
    assert {setting: UNUSUAL[setting][0] or None for setting in variables} == variables


@pytest.mark.parametrize("name", ["https_proxy", "HTTP_PROXY", "All_Proxy", "ftp_proxy"])
def test_a_proxy_variable_is_left_to_botocore(name):
    assert plain(env={name: "http://127.0.0.1:9"}) is None
    assert plain(env={name: ""})


def test_a_proxy_of_the_system_is_left_to_botocore(monkeypatch):
    monkeypatch.setattr(endpoint, "SYSTEM_PROXIES", True)
    monkeypatch.setattr("urllib.request.getproxies", lambda: {"https": "http://proxy.example.com"})
    assert plain() is None
    monkeypatch.setattr("urllib.request.getproxies", dict)
    assert plain()


def test_nothing_is_called_for_keys_alone():
    text = "[profile p]\n" + BASE.partition("]\n")[2]
    assert endpoint.plain(planned(text), Config(text, ""), {}) is None
