"""The simulator as a server: connections, TLS, the proxy for every host, many clients, the end."""

import json
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
import trustme
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, SSLError
from botocore.parsers import ResponseParserError

from assume.demo.config import KEYS, MARKETING
from assume.simulator import faults
from assume.simulator.sts import Sts, serve

from .clients import client_of, refused

_, KEY = KEYS["user1"]


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def certificates(authority, tmp_path):
    """A file with the authority's certificate, for AWS_CA_BUNDLE."""
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


def context(authority, *names):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(made)
    return made


def test_one_connection_serves_many_calls(sts, world):
    caller = client_of(sts, world, KEY)
    for _ in range(5):
        caller.get_caller_identity()
    assert (len(sts.calls), sts.connections) == (5, 1)
    assert sts.actions == ["GetCallerIdentity"] * 5


def test_a_connection_stays_open_after_a_refusal(sts, world):
    caller = client_of(sts, world, KEY)
    refused(caller.assume_role, RoleArn=MARKETING + "-not", RoleSessionName="me")
    caller.get_caller_identity()
    assert sts.connections == 1


def test_two_hundred_clients_at_once_are_all_answered(sts, world):
    ready = threading.Barrier(200)
    request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def ask(_):
        ready.wait(100)
        with socket.create_connection(("127.0.0.1", int(sts.url.rsplit(":", 1)[1])), timeout=100) as connection:
            connection.sendall(request)
            return connection.makefile("rb").readline()

    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(ask, range(200)))
    assert answers == [b"HTTP/1.1 400 Bad Request\r\n"] * 200
    assert (len(sts.calls), sts.connections) == (200, 200)


def test_a_client_that_stalls_holds_up_no_other(sts, world):
    with socket.create_connection(("127.0.0.1", int(sts.url.rsplit(":", 1)[1]))):
        client_of(sts, world, KEY).get_caller_identity()


def test_tls_works_only_for_clients_that_trust_the_certificate(world, authority, certificates, monkeypatch):
    with serve(world, time.time, context(authority, "127.0.0.1")) as sts:
        assert sts.url.startswith("https://127.0.0.1:")
        with pytest.raises(SSLError):
            client_of(sts, world, KEY).get_caller_identity()
        monkeypatch.setenv("AWS_CA_BUNDLE", certificates)
        client_of(sts, world, KEY).get_caller_identity()
        sts.faults = lambda _: faults.cut()
        with pytest.raises((ConnectionClosedError, ResponseParserError, OSError)):
            client_of(sts, world, KEY).get_caller_identity()
    assert [call.fault for call in sts.calls] == [None, "cut"]


@pytest.mark.parametrize(
    ("region", "host"),
    [("us-west-2", "sts.us-west-2.amazonaws.com"), ("cn-north-1", "sts.cn-north-1.amazonaws.com.cn")],
)
def test_as_a_proxy_it_answers_for_every_host(world, authority, certificates, monkeypatch, region, host):
    monkeypatch.setenv("AWS_CA_BUNDLE", certificates)
    with serve(world, time.time, tunnel=context(authority, host)) as sts:
        monkeypatch.setenv("HTTPS_PROXY", sts.url)
        monkeypatch.setenv("NO_PROXY", "")
        keys = {"aws_access_key_id": KEY, "aws_secret_access_key": world.keys[KEY].secret}
        caller = boto3.session.Session().client("sts", region_name=region, **keys)
        caller.get_caller_identity()
        caller.get_caller_identity()
        assert sts.tunnels == [f"{host}:443"]
        assert [(call.host, call.region, call.status) for call in sts.calls] == [(host, region, 200)] * 2


def test_behind_a_proxy_the_signature_must_be_for_the_region_of_the_host(world, authority, certificates, monkeypatch):
    monkeypatch.setenv("AWS_CA_BUNDLE", certificates)
    host = "sts.eu-west-1.amazonaws.com"
    with serve(world, time.time, tunnel=context(authority, host)) as sts:
        caller = boto3.session.Session().client(
            "sts",
            region_name="us-east-1",
            endpoint_url=f"https://{host}",
            aws_access_key_id=KEY,
            aws_secret_access_key=world.keys[KEY].secret,
            config=Config(proxies={"https": sts.url}, retries={"total_max_attempts": 1}),
        )
        assert refused(caller.get_caller_identity)[1] == "SignatureDoesNotMatch"


def test_it_is_a_proxy_only_on_request(sts):
    with socket.create_connection(("127.0.0.1", int(sts.url.rsplit(":", 1)[1])), timeout=100) as connection:
        connection.sendall(b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n")
        assert connection.makefile("rb").readline() == b"HTTP/1.1 405 Method Not Allowed\r\n"


def test_after_its_end_connections_are_refused(world):
    with serve(world, time.time) as sts:
        caller = client_of(sts, world, KEY)
        caller.get_caller_identity()
    with pytest.raises(EndpointConnectionError):
        caller.get_caller_identity()


def test_it_ends_while_an_answer_hangs(world):
    reached = threading.Event()
    with serve(world, time.time, faults=lambda _: faults.hang(threading.Event(), reached)) as sts:
        port = int(sts.url.rsplit(":", 1)[1])
        connection = socket.create_connection(("127.0.0.1", port), timeout=100)
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        assert reached.wait(100)
    with connection:
        assert connection.recv(1) == b""
    assert len(sts.calls) == 1


def test_an_exception_in_the_simulator_reaches_the_client_and_the_test(world):
    sts = Sts(world, time.time)
    sts.start(None, None)
    caller = client_of(sts, world, KEY)
    world.caller = lambda _: 1 / 0
    assert refused(caller.get_caller_identity)[:2] == (500, "InternalFailure")
    with pytest.raises(ZeroDivisionError):
        sts.stop()


def test_calls_can_be_kept_in_a_file_without_codes(world, tmp_path):
    with serve(world, time.time, file=tmp_path / "calls") as sts:
        caller = client_of(sts, world, KEY)
        caller.get_caller_identity()
        serial = {"SerialNumber": "GAHT12345678", "TokenCode": "123456"}
        refused(caller.assume_role, RoleArn=MARKETING, RoleSessionName="me", **serial)
    first, second = map(json.loads, (tmp_path / "calls").read_text().splitlines())
    assert (first["action"], first["arn"], first["status"]) == ("GetCallerIdentity", KEYS["user1"][0], 200)
    assert (second["params"]["RoleSessionName"], second["params"]["TokenCode"]) == ("me", "…")
    assert second["code"] == "AccessDenied"
