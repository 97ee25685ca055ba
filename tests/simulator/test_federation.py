"""The federation endpoint: which sessions it signs in, how long its links and consoles last, what it refuses."""

import json
import urllib.error
import urllib.parse
import urllib.request

import pytest

from assume.demo.config import HUB, LANDING, MARKETING
from assume.simulator.federation import LINK_S

from .clients import Clock, client, client_of, client_with

NAMES = ("sessionId", "sessionKey", "sessionToken")
PAGE = "https://us-west-2.console.aws.amazon.com/s3/home?region=us-west-2"


class Browser:
    """Follows redirects and keeps cookies."""

    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def get(self, path, method="GET", **query):
        """Status and body of a page."""
        request = urllib.request.Request(f"{self.url}{path}?{urllib.parse.urlencode(query)}", method=method)
        try:
            with self.opener.open(request, timeout=60) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def sign_in(self, session, **query):
        """The reply to getSigninToken for `session`, a dict or a text."""
        text = session if isinstance(session, str) else json.dumps(session)
        return self.get("/federation", Action="getSigninToken", Session=text, **query)


@pytest.fixture
def browser(sts):
    return Browser(sts.url)


def as_json(reply):
    given = reply["Credentials"]
    return dict(zip(NAMES, (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]), strict=True))


def role(sts, world, arn=MARKETING, **asked):
    key = next(key.id for key in world.keys.values() if key.user_arn.endswith("/user1"))
    return client_of(sts, world, key).assume_role(RoleArn=arn, RoleSessionName="me", **asked)


def test_a_roles_credentials_lead_to_its_console(browser, sts, world):
    status, body = browser.sign_in(as_json(role(sts, world)), SessionDuration=43200)
    assert status == 200
    token = json.loads(body)["SigninToken"]
    status, page = browser.get("/federation", Action="login", Destination=PAGE, SigninToken=token)
    assert (status, "assumed-role/marketingadminrole/me" in page, PAGE in page) == (200, True, True)
    assert Browser(sts.url).get("/console")[0] == 403, "without the cookie nobody is signed in"
    assert not any(token in str(visit) for visit in sts.visits)


@pytest.mark.parametrize(
    ("change", "query", "why"),
    [
        (lambda keys: "no JSON", {}, "not JSON"),
        (lambda keys: keys | {"sessionKey": "x"}, {}, "not valid"),
        (lambda keys: {**keys, "region": "x"}, {}, "nothing else"),
        (lambda keys: {"sessionId": keys["sessionId"]}, {}, "nothing else"),
        (lambda keys: keys | {"sessionToken": 1}, {}, "as texts"),
        (lambda keys: keys, {"SessionDuration": 899}, "between 900 and 43200"),
        (lambda keys: keys, {"SessionDuration": 43201}, "between 900 and 43200"),
        (lambda keys: keys, {"SessionDuration": "1h"}, "between 900 and 43200"),
        (lambda keys: keys, {"Destination": PAGE}, "unknown parameters"),
    ],
)
def test_a_wrong_request_is_refused(browser, sts, world, change, query, why):
    status, body = browser.sign_in(change(as_json(role(sts, world))), **query)
    assert (status, why in body) == (400, True), body


def test_a_chained_role_signs_in_without_a_duration_alone(browser, sts, world):
    chained = client_with(sts, role(sts, world, HUB)).assume_role(RoleArn=LANDING, RoleSessionName="me")
    assert browser.sign_in(as_json(chained))[0] == 200
    for seconds in (900, 3600, 7200):
        assert browser.sign_in(as_json(chained), SessionDuration=seconds)[0] == 400


def test_a_users_own_session_and_an_expired_role_do_not_sign_in(browser, sts, world):
    key = next(iter(world.keys.values()))
    given = client(sts, key.id, key.secret).get_session_token()
    assert browser.sign_in(as_json(given))[0] == 400
    keys = as_json(role(sts, world))
    sts.clock = Clock(sts.now() + 3601)
    assert browser.sign_in(keys)[0] == 400


def test_a_link_ends_after_fifteen_minutes_and_leads_to_its_partitions_console_alone(browser, sts, world):
    sts.clock = clock = Clock(sts.now())
    token = json.loads(browser.sign_in(as_json(role(sts, world)))[1])["SigninToken"]
    for page in ("https://example.com/", "http://console.aws.amazon.com/", "https://console.amazonaws.cn/", ""):
        assert browser.get("/federation", Action="login", Destination=page, SigninToken=token)[0] == 400
    clock.advance(LINK_S - 1)
    assert browser.get("/federation", Action="login", Destination=PAGE, SigninToken=token)[0] == 200
    clock.advance(1)
    assert browser.get("/federation", Action="login", Destination=PAGE, SigninToken=token)[0] == 400
    clock.advance(3600)
    assert browser.get("/console")[0] == 403, "the console ends with the credentials"


def test_other_requests_are_refused(browser):
    assert browser.get("/federation", Action="nothing")[0] == 400
    assert browser.get("/federation", method="POST", Action="login")[0] == 400
