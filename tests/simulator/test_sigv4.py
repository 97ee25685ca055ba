"""The simulator checks every part of Signature Version 4."""

import hashlib
import http.client
import time

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from assume.demo.config import KEYS, MARKETING
from assume.simulator.sigv4 import region_of_host

from .clients import Clock, client, client_of, refused

USER1, KEY = KEYS["user1"]
BODY = b"Action=GetCallerIdentity&Version=2011-06-15"
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class Raw:
    """Sends requests that botocore would not send: signed by botocore's signer, then changed."""

    def __init__(self, sts, world):
        self.sts = sts
        self.credentials = Credentials(KEY, world.keys[KEY].secret)

    def signed(self, service="sts", region="us-east-1", headers=FORM, path="/", signer=SigV4Auth):
        request = AWSRequest("POST", self.sts.url + path, headers=dict(headers), data=BODY)
        signer(self.credentials, service, region).add_auth(request)
        return request

    def send(self, request, body=BODY, method="POST"):
        connection = http.client.HTTPConnection(self.sts.url.removeprefix("http://"))
        path = request.url.removeprefix(self.sts.url)
        connection.request(method, path, body, dict(request.headers.items()))
        status = connection.getresponse().status
        connection.close()
        return status, self.sts.calls[-1].code


@pytest.fixture
def raw(sts, world):
    return Raw(sts, world)


def test_a_users_key_is_known(sts, world):
    identity = client_of(sts, world, KEY).get_caller_identity()
    assert (identity["Arn"], identity["Account"]) == (USER1, "123456789012")
    assert identity["UserId"].startswith("AIDA")


def test_a_call_is_recorded_with_its_caller_and_region(sts, world):
    client_of(sts, world, KEY).get_caller_identity()
    (call,) = sts.calls
    assert (call.action, dict(call.params), call.key_id, call.arn) == ("GetCallerIdentity", {}, KEY, USER1)
    assert (call.status, call.code, call.region, call.host, call.fault) == (200, "", "us-east-1", "127.0.0.1", None)


def test_an_unknown_key_is_refused(sts):
    told = refused(client(sts, "AKIAUNKNOWNUNKNOWN00", "x" * 40).get_caller_identity)
    assert told == (403, "InvalidClientTokenId", "The security token included in the request is invalid.")
    assert (sts.calls[0].key_id, sts.calls[0].arn) == ("AKIAUNKNOWNUNKNOWN00", None)


def test_a_deleted_key_is_refused(sts, world):
    caller = client_of(sts, world, KEY)
    world.forget_key(KEY)
    assert refused(caller.get_caller_identity)[1] == "InvalidClientTokenId"


def test_a_wrong_secret_is_refused(sts, world):
    secret = world.keys[KEY].secret
    status, code, message = refused(client(sts, KEY, secret[:-1] + "!").get_caller_identity)
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert message.startswith("The request signature we calculated does not match")


@pytest.mark.parametrize("given", [None, "other"], ids=["no session token", "another session token"])
def test_a_temporary_key_without_its_session_token_is_refused(sts, world, given):
    session = world.role_session(world.roles[MARKETING], "here", time.time(), 3600)
    assert refused(client(sts, session.key_id, session.secret, given).get_caller_identity)[:2] == (
        403,
        "InvalidClientTokenId",
    )
    assert client_of(sts, world, session.key_id).get_caller_identity()["Arn"] == session.arn


def test_a_long_term_key_with_a_session_token_is_refused(sts, world):
    caller = client(sts, KEY, world.keys[KEY].secret, "something")
    assert refused(caller.get_caller_identity)[1] == "InvalidClientTokenId"


def test_a_session_expires(sts, world):
    clock = sts.clock = Clock(time.time())
    session = world.role_session(world.roles[MARKETING], "here", clock.at - 3000, 3600)
    caller = client_of(sts, world, session.key_id)
    caller.get_caller_identity()
    clock.at = session.expires_at
    told = refused(caller.get_caller_identity)
    assert told == (403, "ExpiredToken", "The security token included in the request is expired")


@pytest.mark.parametrize("off", [-890, 890])
def test_a_clock_may_be_off_by_a_quarter_of_an_hour(sts, world, off):
    sts.clock = Clock(time.time() + off)
    client_of(sts, world, KEY).get_caller_identity()


@pytest.mark.parametrize(("off", "said"), [(-910, "Signature not yet current"), (910, "Signature expired")])
def test_a_clock_may_not_be_off_by_more(sts, world, off, said):
    sts.clock = Clock(time.time() + off)
    status, code, message = refused(client_of(sts, world, KEY).get_caller_identity)
    assert (status, code) == (403, "SignatureDoesNotMatch")
    assert message.startswith(said)


def test_the_date_header_has_the_time_of_the_simulators_clock(sts, world):
    sts.clock = Clock(time.time() + 600)
    reply = client_of(sts, world, KEY).get_caller_identity()
    shown = reply["ResponseMetadata"]["HTTPHeaders"]["date"]
    assert shown == time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(sts.clock.at))


def test_a_request_as_botocore_signs_it_passes(raw):
    assert raw.send(raw.signed()) == (200, "")
    assert raw.send(raw.signed(headers=FORM | {"X-Odd": "  two   spaces  "})) == (200, "")


@pytest.mark.parametrize(
    ("service", "region"),
    [("iam", "us-east-1"), ("sts", "nowhere"), ("sts", "aws-global"), ("sts", "US-EAST-1")],
)
def test_the_scope_is_sts_in_a_region(raw, service, region):
    assert raw.send(raw.signed(service, region)) == (403, "SignatureDoesNotMatch")


def test_an_unsigned_call_is_refused(raw):
    request = raw.signed()
    del request.headers["Authorization"]
    assert raw.send(request) == (403, "MissingAuthenticationToken")


@pytest.mark.parametrize("text", ["Bearer x", "AWS4-HMAC-SHA256 Credential=a/b/c/d", "AWS4-HMAC-SHA256"])
def test_a_malformed_authorization_header_is_refused(raw, text):
    request = raw.signed()
    request.headers.replace_header("Authorization", text)
    assert raw.send(request) == (400, "IncompleteSignature")


def test_a_presigned_url_is_refused(raw):
    request = raw.signed(path="/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=" + "0" * 64)
    del request.headers["Authorization"]
    assert raw.send(request) == (403, "MissingAuthenticationToken")


def test_the_body_is_signed(raw):
    changed = BODY.replace(b"GetCallerIdentity", b"GetSessionToken")
    assert raw.send(raw.signed(), changed) == (403, "SignatureDoesNotMatch")


def test_a_wrong_hash_of_the_body_is_refused(raw):
    right, wrong = hashlib.sha256(BODY).hexdigest(), hashlib.sha256(b"").hexdigest()
    assert raw.send(raw.signed(headers=FORM | {"X-Amz-Content-SHA256": right})) == (200, "")
    request = raw.signed(headers=FORM | {"X-Amz-Content-SHA256": right})
    request.headers.replace_header("X-Amz-Content-SHA256", wrong)
    assert raw.send(request) == (400, "XAmzContentSHA256Mismatch")


def test_a_signed_header_cannot_be_changed(raw):
    request = raw.signed(headers=FORM | {"X-Odd": "one"})
    request.headers.replace_header("X-Odd", "two")
    assert raw.send(request) == (403, "SignatureDoesNotMatch")


def test_every_amz_header_is_signed(raw):
    request = raw.signed()
    request.headers["X-Amz-Added-Later"] = "1"
    assert raw.send(request) == (403, "SignatureDoesNotMatch")


def test_the_method_is_signed_and_only_post_is_accepted(raw):
    assert raw.send(raw.signed(), method="PUT") == (400, "MalformedInput")


class Backdated(SigV4Auth):
    """Signs correctly, but with a scope of another day than the request's."""

    def scope(self, request):
        return f"{self.credentials.access_key}/{self.credential_scope(request)}"

    def credential_scope(self, request):
        return "20200101" + super().credential_scope(request)[8:]

    def signature(self, string_to_sign, request):
        request.context["timestamp"] = "20200101T000000Z"
        return super().signature(string_to_sign, request)


def test_a_scope_of_another_day_than_the_request_is_refused(raw):
    assert raw.send(raw.signed(signer=Backdated)) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("text", ["", "yesterday", "20261301T000000Z"])
def test_a_malformed_date_is_refused(raw, text):
    request = raw.signed()
    request.headers.replace_header("X-Amz-Date", text)
    assert raw.send(request) == (400, "IncompleteSignature")


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("sts.amazonaws.com", "us-east-1"),
        ("sts.eu-west-1.amazonaws.com", "eu-west-1"),
        ("sts-fips.us-east-2.amazonaws.com", "us-east-2"),
        ("sts.us-west-2.api.aws", "us-west-2"),
        ("sts.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("127.0.0.1", None),
        ("sts.eu-west-1.amazonaws.com.example.com", None),
    ],
)
def test_the_name_of_an_aws_host_tells_its_region(host, region):
    assert region_of_host(host) == region
