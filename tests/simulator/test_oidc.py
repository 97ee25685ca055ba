"""The sign-in of the simulated Identity Center: clients, codes with PKCE, devices, refresh tokens; the pages."""

import time
import urllib.error
import urllib.request
from urllib.parse import parse_qsl, urlencode, urlsplit

import botocore.config
import botocore.session
import pytest
from botocore import UNSIGNED

from assume.demo.config import SSO_START
from assume.simulator.center import APPROVE, DENY
from assume.simulator.oidc import ACCESS, CODE, DEVICE, REFRESH, challenge_of

from .clients import MODELS, Clock, refused

REDIRECT = "http://127.0.0.1/oauth/callback"
HERE = "http://127.0.0.1:5/oauth/callback"
VERIFIER = "v" * 43
REGISTERED = {
    "clientName": "n", "clientType": "public", "grantTypes": [CODE, REFRESH], "redirectUris": [REDIRECT],
    "issuerUrl": SSO_START, "scopes": [ACCESS],
}  # fmt: skip


def service(sts, name):
    """botocore's client for one of the services beside STS."""
    session = botocore.session.Session()
    session.register_component("data_loader", MODELS)
    config = botocore.config.Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
    return session.create_client(name, region_name="us-west-2", endpoint_url=sts.url, config=config)


@pytest.fixture
def oidc(sts):
    return service(sts, "sso-oidc")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def page(url, data=None):
    """Status, text and redirect of a page; `data` is the form that is sent."""
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(url, urlencode(data).encode() if data else None, timeout=20) as reply:
            return reply.status, reply.read().decode(), ""
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers.get("Location", "")


def asked(client, **changed):
    """The query of /authorize."""
    fields = {
        "response_type": "code", "client_id": client["clientId"], "redirect_uri": HERE, "state": "s",
        "code_challenge_method": "S256", "code_challenge": challenge_of(VERIFIER), "scopes": ACCESS,
    }  # fmt: skip
    return {name: value for name, value in (fields | changed).items() if value}


def code_for(sts, client):
    """An authorization code, as the redirect brings it."""
    sts.world.center.browser = APPROVE
    status, _, to = page(f"{sts.url}/authorize?{urlencode(asked(client))}")
    given = dict(parse_qsl(urlsplit(to).query))
    assert (status, to.partition("?")[0], given["state"]) == (302, HERE, "s")
    return given["code"]


def exchange(oidc, client, code, **changed):
    known = {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}
    fields = {"grantType": CODE, "code": code, "redirectUri": HERE, "codeVerifier": VERIFIER} | known
    return oidc.create_token(**(fields | changed))


def test_a_code_with_its_verifier_buys_a_token_that_the_portal_takes(sts, oidc):
    client = oidc.register_client(**REGISTERED)
    assert client["clientSecretExpiresAt"] - time.time() > 80 * 86400
    token = exchange(oidc, client, code_for(sts, client))
    portal = service(sts, "sso")
    assert portal.list_accounts(accessToken=token["accessToken"])["accountList"][0]["accountName"]
    assert token["refreshToken"]
    assert [visit.action for visit in sts.visits] == [
        "sso register", "sso authorize page", "sso token", "sso accounts",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [{"codeVerifier": "w" * 43}, {"codeVerifier": "v" * 42}, {"redirectUri": HERE + "/x"}, {"code": "other"}],
)
def test_a_wrong_verifier_redirect_or_code_is_refused_and_the_code_is_used_up(sts, oidc, changed):
    client = oidc.register_client(**REGISTERED)
    code = code_for(sts, client)
    fields = {"grantType": CODE, "redirectUri": HERE, "codeVerifier": VERIFIER, "code": code} | changed
    fields |= {name: client[name] for name in ("clientId", "clientSecret")}
    assert refused(oidc.create_token, **fields)[:2] == (400, "InvalidGrantException")
    if "code" not in changed:
        assert refused(oidc.create_token, **(fields | {"codeVerifier": VERIFIER, "redirectUri": HERE}))[0] == 400


def test_a_code_works_once(sts, oidc):
    client = oidc.register_client(**REGISTERED)
    code = code_for(sts, client)
    exchange(oidc, client, code)
    with pytest.raises(oidc.exceptions.InvalidGrantException):
        exchange(oidc, client, code)


def test_a_code_expires(sts, oidc):
    clock = sts.clock = Clock(time.time())
    client = oidc.register_client(**REGISTERED)
    code = code_for(sts, client)
    clock.advance(600)
    with pytest.raises(oidc.exceptions.ExpiredTokenException):
        exchange(oidc, client, code)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"clientType": "confidential"}, "InvalidClientMetadataException"),
        ({"scopes": ["sso:everything"]}, "InvalidScopeException"),
        ({"redirectUris": ["https://example.com/"]}, "InvalidRedirectUriException"),
        ({"grantTypes": ["password"]}, "UnsupportedGrantTypeException"),
        ({"issuerUrl": "https://other.awsapps.com/start"}, "InvalidRequestException"),
        ({"redirectUris": []}, "InvalidRequestException"),
    ],
)
def test_a_client_that_asks_for_the_wrong_thing_is_not_registered(oidc, changed, code):
    assert refused(oidc.register_client, **(REGISTERED | changed))[:2] == (400, code)


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "other"}, {"redirect_uri": "http://127.0.0.1:5/other"}, {"code_challenge_method": "plain"},
        {"code_challenge": "short"}, {"state": ""}, {"scopes": "openid"}, {"response_type": "token"},
        {"redirect_uri": "https://example.com/oauth/callback"},
    ],
)  # fmt: skip
def test_a_wrong_authorization_gets_a_page_and_no_redirect(sts, oidc, changed):
    sts.world.center.browser = APPROVE
    client = oidc.register_client(**REGISTERED)
    status, text, to = page(f"{sts.url}/authorize?{urlencode(asked(client, **changed))}")
    assert (status, to) == (400, "")
    assert "cannot go on" in text
    assert sts.world.center.codes == {}


def test_the_page_has_two_buttons_and_the_answer_is_sent_to_the_client(sts, oidc):
    client = oidc.register_client(**REGISTERED)
    status, text, _ = page(f"{sts.url}/authorize?{urlencode(asked(client))}")
    assert (status, "Allow access" in text, "Deny access" in text, sts.world.center.codes) == (200, True, True, {})
    _, _, to = page(f"{sts.url}/authorize", asked(client) | {"answer": DENY})
    assert "error=access_denied" in to and "state=s" in to and "code=" not in to
    _, _, to = page(f"{sts.url}/authorize", asked(client) | {"answer": APPROVE})
    assert dict(parse_qsl(urlsplit(to).query))["code"] in sts.world.center.codes


def started(oidc, **changed):
    client = oidc.register_client(clientName="n", clientType="public", **changed)
    known = {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}
    device = oidc.start_device_authorization(startUrl=SSO_START, **known)
    return device, lambda: oidc.create_token(grantType=DEVICE, deviceCode=device["deviceCode"], **known)


def test_a_device_waits_has_to_slow_down_and_gets_its_token(sts, oidc):
    clock = sts.clock = Clock(time.time())
    device, poll = started(oidc, scopes=[ACCESS])
    assert (device["interval"], device["expiresIn"]) == (1, 600)
    assert refused(poll)[:2] == (400, "AuthorizationPendingException")
    assert refused(poll)[:2] == (400, "SlowDownException")
    clock.advance(1)
    assert refused(poll)[:2] == (400, "SlowDownException")  # the interval is longer now
    clock.advance(100)
    assert page(device["verificationUriComplete"])[0] == 200
    assert page(device["verificationUri"], {"user_code": device["userCode"].lower(), "answer": APPROVE})[0] == 200
    assert "refreshToken" in poll()
    clock.advance(100)
    assert refused(poll)[:2] == (400, "InvalidGrantException")


def test_a_device_is_denied_or_its_code_expires(sts, oidc):
    clock = sts.clock = Clock(time.time())
    device, poll = started(oidc)
    page(device["verificationUri"], {"user_code": device["userCode"], "answer": DENY})
    assert refused(poll)[:2] == (400, "AccessDeniedException")
    device, poll = started(oidc)
    clock.advance(600)
    assert refused(poll)[:2] == (400, "ExpiredTokenException")
    assert page(device["verificationUriComplete"])[0] == 400


def test_without_the_scope_there_is_no_refresh_token(sts, oidc):
    sts.world.center.browser = APPROVE
    device, poll = started(oidc)
    page(device["verificationUriComplete"])
    assert "refreshToken" not in poll()


def test_a_device_needs_the_right_start_url_and_client(sts, oidc):
    client = oidc.register_client(**REGISTERED)
    known = {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}
    assert refused(oidc.start_device_authorization, startUrl=SSO_START, **known)[1] == "UnauthorizedClientException"
    client = oidc.register_client(clientName="n", clientType="public")
    known = {"clientId": client["clientId"], "clientSecret": client["clientSecret"]}
    wrong = {"startUrl": "https://other.awsapps.com/start"}
    assert refused(oidc.start_device_authorization, **known, **wrong)[1] == "InvalidRequestException"
    known["clientSecret"] = "guessed"
    assert refused(oidc.start_device_authorization, startUrl=SSO_START, **known)[:2] == (401, "InvalidClientException")


def test_a_refresh_token_works_once_and_not_after_a_revocation(sts, oidc):
    client = oidc.register_client(**REGISTERED)
    token = exchange(oidc, client, code_for(sts, client))
    known = {"clientId": client["clientId"], "clientSecret": client["clientSecret"], "grantType": REFRESH}
    again = oidc.create_token(refreshToken=token["refreshToken"], **known)
    assert refused(oidc.create_token, refreshToken=token["refreshToken"], **known)[1] == "InvalidGrantException"
    sts.world.machine.revoke("saanvi")
    assert refused(oidc.create_token, refreshToken=again["refreshToken"], **known)[1] == "InvalidGrantException"
