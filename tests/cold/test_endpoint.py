"""The endpoint's answers, as SDKs and strangers get them. Real clients and the process: see test_serve."""

import hmac
import http.client
import json
import socket
import threading
import time

import pytest
from botocore.utils import ContainerMetadataFetcher

from assume.cold.endpoint import Endpoint
from assume.credentials import Credentials
from assume.errors import Refused

ROLE = "arn:aws:iam::123456789012:role/r"
KEYS = Credentials("ASIAONE", "secret", "token", 1_700_000_000, 0, "arn:aws:sts::123456789012:assumed-role/r/me")


@pytest.fixture
def endpoint():
    made = Endpoint("right", ROLE, lambda: KEYS)
    threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def raw(endpoint, text: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", endpoint.server_port), timeout=10) as connection:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_it_is_on_loopback_alone(endpoint):
    assert endpoint.server_address[0] == "127.0.0.1"


def test_botocore_reads_the_answer(endpoint):
    found = ContainerMetadataFetcher().retrieve_full_uri(endpoint.url, {"Authorization": "right"})
    assert found == {
        "AccessKeyId": "ASIAONE", "SecretAccessKey": "secret", "Token": "token", "RoleArn": ROLE,
        "Expiration": "2023-11-14T22:13:20Z", "AccountId": "123456789012",
    }  # fmt: skip


def test_a_reason_is_passed_on(endpoint):
    def refused() -> Credentials:
        raise Refused("STS refused", "ask")

    endpoint.credentials = refused
    answer = raw(endpoint, b"GET /credentials HTTP/1.1\r\nHost: localhost:%d\r\nAuthorization: right\r\n\r\n"
                 % endpoint.server_port)  # fmt: skip
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"code": "Refused", "message": "assume: STS refused\n  ask"}


@pytest.mark.parametrize(
    "head",
    [
        b"GET /credentials HTTP/1.1\r\nHost: {here}\r\n",
        b"GET /credentials HTTP/1.1\r\nAuthorization: right\r\n",
        b"GET /credentials HTTP/1.1\r\nHost: {here}\r\nHost: {here}\r\nAuthorization: right\r\n",
        b"GET /credentials HTTP/1.1\r\nHost: {here}\r\nHost: evil\r\nAuthorization: right\r\n",
        b"GET http://{here}/credentials HTTP/1.1\r\nHost: evil\r\nAuthorization: right\r\n",
        b"GET /credentials HTTP/1.1\r\nHost: {here}.evil\r\nAuthorization: right\r\n",
        b"GET /credentials HTTP/1.1\r\nHost: {here}\r\nAuthorization: wrong\r\n",
        b"junk\r\n",
    ],
)
def test_no_other_request_gets_anything(endpoint, head):
    here = b"127.0.0.1:%d" % endpoint.server_port
    answer = raw(endpoint, head.replace(b"{here}", here) + b"\r\n")
    assert b"secret" not in answer
    assert b" 403 " in answer[:20] or b"400" in answer


def test_tokens_are_compared_in_constant_time(endpoint, monkeypatch):
    compared = []

    def compare(given, right):
        compared.append((given, right))
        return False

    monkeypatch.setattr(hmac, "compare_digest", compare)
    raw(endpoint, b"GET / HTTP/1.1\r\nHost: evil\r\n\r\n")
    raw(endpoint, b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: \xe9\r\n\r\n")
    assert compared == [(b"", b"right"), (b"\xe9", b"right")]


def test_a_slow_client_does_not_hold_up_the_others(endpoint):
    with socket.create_connection(("127.0.0.1", endpoint.server_port)) as slow:
        slow.sendall(b"GET /cred")
        started = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", endpoint.server_port, timeout=10)
        connection.request("GET", "/credentials", headers={"Authorization": "right"})
        assert connection.getresponse().status == 200
        assert time.monotonic() - started < 5
