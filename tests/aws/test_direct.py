"""The direct call: the request that botocore would send, byte for byte; what it does not understand is botocore's."""

import functools
from typing import Any
from unittest import mock

import pytest
import time_machine
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from assume.aws import client, connection, direct
from assume.aws.deadline import Deadline
from assume.aws.endpoint import target
from assume.aws.sts import Sts
from assume.aws.wire import Reply
from assume.errors import ConfigError, Refused
from assume.profiles.chain import STATIC, Chain, Hop, Source

ARN = "arn:aws:iam::123456789012:role/r1"
KEYS = ("AKIAALICEALICEALICE1", "of-nobody/but+the-tests", "")
SETTINGS = [
    {"region": "eu-west-1"},
    {"region": ""},
    {"region": "us-gov-west-1"},
    {"region": "us-west-2", "endpoint": "http://127.0.0.1:4566"},
    {"region": "ap-southeast-2", "endpoint": "https://sts.example.com"},
]
SIGNED = ("authorization", "x-amz-date", "x-amz-security-token", "content-type", "content-length")
GIVEN = "".join(f"<{name}>{text}</{name}>" for name, text in (
    ("AccessKeyId", "ASIAIOSFODNN7EXAMPLE"), ("SecretAccessKey", "a/b+c"), ("SessionToken", "t/+="),
    ("Expiration", "2099-01-01T00:00:00Z")))  # fmt: skip
GIVEN = f"<Credentials>{GIVEN}</Credentials>"
ROLE_USER = f"<AssumedRoleUser><Arn>{ARN}/me</Arn></AssumedRoleUser>"


def result(action, inner=GIVEN):
    inner += ROLE_USER if action.startswith("AssumeRole") else ""
    return f'<{action}Response xmlns="u"><{action}Result>{inner}</{action}Result></{action}Response>'.encode()


def refusal(code, message="why"):
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
    return f"<ErrorResponse>{error}<RequestId>1</RequestId></ErrorResponse>".encode()


class Line(connection.Connection):
    """A connection that records the requests, and replies as it is told."""

    def __init__(self, place, reply=None):
        assert place is not None
        self.target = place
        self.requests = []
        self.reply = reply
        self.is_left = False

    def exchange(self, request):
        self.requests.append(request)
        if isinstance(self.reply, Exception):
            raise self.reply
        action = request.partition(b"Action=")[2].partition(b"&")[0].decode()
        return self.reply or Reply(200, {}, result(action), False)

    def leave(self):
        self.is_left = True


@functools.cache
def session(region, endpoint):
    profile = {"region": region, "endpoint_url": endpoint}
    profile = {name: value for name, value in profile.items() if value}
    return client.Session({"profiles": {"p": profile}, "services": {}, "sso_sessions": {}}, "p")


@functools.cache
def through_botocore(number):
    """Calls through botocore; the requests that it would send are added to the list."""
    chosen, requests = SETTINGS[number], list[Any]()
    made = Sts(lambda: session(chosen["region"], chosen.get("endpoint", "")), chain(number), Deadline(), None)
    clients = made._made()
    clients.ready_for_code()
    for each in (clients._usual, clients._once):
        each.meta.events.register_first("before-send.sts.*", lambda request, **_: _kept(request, requests))
    return made, requests


def _kept(request, requests):
    requests.append(request)
    action = (request.body if isinstance(request.body, str) else request.body.decode()).split("=")[1].split("&")[0]
    hand = client.Hand()
    hand.holds = direct.Handed(Reply(200, {}, result(action), False))
    return hand.send(request)


def chain(number):
    made = Chain("p", Source(STATIC, "base", "x", KEYS), [])
    made.settings = list(SETTINGS[number].items())
    return made


def directly(number, reply=None):
    line = Line(target(SETTINGS[number]), reply)

    def nobody():
        raise AssertionError("botocore is not needed")

    return Sts(nobody, chain(number), Deadline(), line), line


def words(least=0):
    return st.one_of(st.text(min_size=least, max_size=30), st.sampled_from(["me@example.com", "a b", "42", "x"]))


@st.composite
def hops(draw):
    made = Hop("p", draw(st.one_of(st.just(ARN), words())))
    made.session_name = draw(st.one_of(st.just(""), words()))
    made.external_id = draw(st.one_of(st.none(), words()))
    made.duration_s = draw(st.one_of(st.none(), st.integers(0, 50_000)))
    made.mfa_serial = draw(st.one_of(st.just("arn:aws:iam::123456789012:mfa/alice"), words(1)))
    made.policy = draw(st.one_of(st.just(""), st.just('{"Version": "2012-10-17"}'), words()))
    made.policy_arns = tuple(draw(st.lists(st.one_of(st.just(ARN), words()), max_size=3)))
    made.tags = tuple(draw(st.lists(st.tuples(words(), words()), max_size=3)))
    made.transitive_tags = tuple(draw(st.lists(words(), max_size=3)))
    made.source_identity = draw(st.one_of(st.just(""), words()))
    return made


def keys():
    plain = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="/"), min_size=1)
    any_sign = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1)
    return st.tuples(plain, any_sign, st.one_of(st.just(""), any_sign))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, len(SETTINGS) - 1), hops(), keys(), st.sampled_from(["", "123456"]), words(),
       st.sampled_from(["assume", "assume", "session", "web"]))  # fmt: skip
@example(0, Hop("p", ARN), KEYS, "", "me", "assume")
def test_the_request_is_the_one_that_botocore_sends(number, hop, keys, code, name, call):
    """Also: what botocore refuses before any call is not sent."""

    def asked(sts):
        with mock.patch("assume.aws.web_identity.read", lambda _: name):
            if call == "assume":
                return sts.assume(hop, keys, code, name)
            return sts.session(name, keys, "123456") if call == "session" else sts.assume_with_web_identity(hop, name)

    ours, line = directly(number)
    reference, requests = through_botocore(number)
    requests.clear()
    with time_machine.travel("2026-11-26T09:30:00Z", tick=False):
        try:
            wanted = asked(reference)
        except ConfigError as error:
            wanted = error
        try:
            found = asked(ours)
        except ConfigError as error:  # it turned to botocore, which is not there
            found = error
    if isinstance(wanted, ConfigError) or not requests:
        assert line.requests == [], "botocore refused"
        return
    assert (found.keys, found.expires_at, found.arn) == (wanted.keys, wanted.expires_at, wanted.arn)
    (theirs,) = requests
    head, _, body = line.requests[0].partition(b"\r\n\r\n")
    assert body == (theirs.body if isinstance(theirs.body, bytes) else theirs.body.encode())
    first, *lines = head.decode().split("\r\n")
    headers = dict(each.split(": ", 1) for each in lines)
    expected = {name.lower(): value for name, value in theirs.headers.items()}
    expected = {name: value.decode() if isinstance(value, bytes) else value for name, value in expected.items()}
    assert (first, theirs.method, theirs.url.count("/")) == ("POST / HTTP/1.1", "POST", 3)
    assert {name: headers.get(name) for name in SIGNED} == {name: expected.get(name) for name in SIGNED}


@pytest.mark.parametrize("code", sorted(direct.FINAL))
def test_a_final_refusal_is_explained_without_botocore(code):
    sts, line = directly(0, Reply(403, {"date": "Thu, 26 Nov 2026 09:30:00 GMT"}, refusal(code), False))
    with (
        time_machine.travel("2026-11-26T09:30:00Z"),
        pytest.raises(Refused, match="STS refused role/r1: why") as caught,
    ):
        sts.assume(Hop("p", ARN), KEYS, "", "me")
    assert (caught.value.code, caught.value.profile, line.is_left) == (code, "p", False)


@pytest.mark.parametrize("code", sorted(direct.FINAL))
def test_both_ways_explain_a_refusal_with_the_same_words(code):
    reply = Reply(403, {"date": "Thu, 26 Nov 2026 12:30:00 GMT"}, refusal(code, "a &lt; b "), False)
    said = []
    for instead in (direct.call, lambda *_: direct.Handed(reply)):
        # a session of its own: botocore keeps the first credentials that a session has
        own = session.__wrapped__("eu-west-1", "")
        sts = Sts(lambda own=own: own, chain(0), Deadline(), Line(target(SETTINGS[0]), reply))  # type: ignore[misc]
        with (
            mock.patch.object(direct, "call", instead),
            time_machine.travel("2026-11-26T09:30:00Z", tick=False),
            pytest.raises(Refused) as caught,
        ):
            sts.assume(Hop("p", ARN), KEYS, "", "me")
        said.append((type(caught.value), str(caught.value), caught.value.code))
    assert said[0] == said[1]
    assert "clock is 3 h behind" in said[0][1]


HANDED = [
    Reply(400, {}, refusal("Throttling"), False),
    Reply(400, {}, refusal("IDPCommunicationError"), False),
    Reply(400, {}, refusal("NeverHeardOf"), False),
    Reply(503, {}, refusal("AccessDenied"), False),
    Reply(403, {}, b"<html>", False),
    Reply(403, {}, b"<Other><Error><Code>AccessDenied</Code></Error></Other>", False),
    Reply(307, {"location": "http://h/"}, b"", False),
    Reply(200, {}, b"<!DOCTYPE html><html></html>", False),
    Reply(200, {}, b"", False),
    Reply(200, {}, result("AssumeRole", ""), False),
    Reply(200, {}, result("GetSessionToken"), False),
    Reply(200, {}, result("AssumeRole", GIVEN.replace("2099-01-01T00:00:00Z", "soon")), False),
    Reply(200, {}, result("AssumeRole", GIVEN + GIVEN), False),
    TimeoutError("timed out"),
    ConnectionResetError("reset"),
    ValueError("not HTTP"),
]


@pytest.mark.parametrize("came", HANDED)
def test_what_is_unusual_is_handed_to_botocore_and_the_connection_left(came):
    line = Line(target(SETTINGS[0]), came)
    handed = direct.call(line, "assume_role", {"RoleArn": ARN, "RoleSessionName": "me"}, KEYS)
    assert isinstance(handed, direct.Handed)
    assert (handed.error if isinstance(came, Exception) else handed.reply) is came
    assert line.is_left or isinstance(came, Exception), "the connection itself sees a broken exchange"
    assert len(line.requests) == 1


def test_without_a_connection_nothing_is_handed_over():
    line = mock.Mock(target=target(SETTINGS[0]), exchange=lambda _: None)
    assert direct.call(line, "assume_role", {"RoleArn": ARN, "RoleSessionName": "me"}, KEYS) is None


def test_a_key_that_no_header_can_carry_is_not_sent():
    line = Line(target(SETTINGS[0]))
    assert direct.call(line, "assume_role", {"RoleArn": ARN, "RoleSessionName": "me"}, ("K\u00e4", "s", "")) is None
    assert line.requests == []
