"""The direct call over our own connection: used in the plain case, left to botocore in any unusual one."""

import socket
import subprocess
import sys
import threading
import time

import pytest

from assume.aws import connection, endpoint
from assume.aws.endpoint import Target
from assume.simulator import faults

from ..botocore.both import said

ROLE = "[profile p]\nrole_arn = <r1>\nsource_profile = base\n[profile base]\n<alice>\n"
PROXIES = "HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy Https_Proxy".split()
REGIONAL = ROLE.replace("source_profile", "region = eu-west-1\nsource_profile")


def test_plain_http_uses_our_own_connection(both):
    both.write(ROLE)
    reached = both.ours("p", both.here)
    assert (len(reached.calls), reached.by_own_connection) == (1, 1)


def test_tls_uses_our_own_connection_and_is_signed_for_its_host_without_a_port(both):
    both.write(REGIONAL)
    reached = both.ours("p", {"AWS_CA_BUNDLE": str(both.bundle)})
    assert (reached.error, reached.by_own_connection) == (None, 1)
    assert reached.last.where == "https://sts.eu-west-1.amazonaws.com"
    assert both.dialled == [("sts.eu-west-1.amazonaws.com", 443)]


def test_all_hops_of_a_chain_go_over_one_connection(both):
    chain = "".join(f"[profile c{n}]\nrole_arn = <r{n}>\nsource_profile = c{n - 1}\n" for n in range(1, 6))
    both.write(chain + "[profile c0]\n<alice>\n")
    before = both.plain.connections
    reached = both.ours("c5", both.here)
    assert (reached.by_own_connection, both.plain.connections - before) == (5, 1)


def test_an_untrusted_certificate_is_refused_on_either_connection(both):
    both.write(REGIONAL)
    for fast in (True, False):
        refused = both.ours("p", {"AWS_MAX_ATTEMPTS": "1"}, fast=fast)
        assert "certificate" in said(refused)
        assert "AWS_CA_BUNDLE" in said(refused)
        assert refused.by_own_connection == 0


@pytest.mark.parametrize("name", PROXIES)
def test_with_any_proxy_variable_botocore_uses_its_own_connection(both, name):
    both.write(ROLE)
    reached = both.ours("p", both.here | {name: "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"})
    assert (reached.error, reached.by_own_connection) == (None, 0)


@pytest.mark.parametrize("setting", ["use_fips_endpoint = true", "use_dualstack_endpoint = true"])
def test_another_kind_of_endpoint_is_called_by_botocore(both, setting):
    both.write(REGIONAL.replace("region", f"{setting}\nregion"))
    reached = both.ours("p", {"AWS_CA_BUNDLE": str(both.bundle)})
    assert (reached.error, reached.by_own_connection) == (None, 0)
    assert reached.last.where not in ("", "https://sts.eu-west-1.amazonaws.com")


def test_after_a_failed_dial_botocore_uses_its_own_connection(both, monkeypatch):
    both.write(ROLE)
    monkeypatch.setattr(endpoint, "target", lambda _: Target(False, "127.0.0.1", 9, "us-east-1"))
    reached = both.ours("p", both.here)
    assert (reached.error, reached.by_own_connection) == (None, 0)


@pytest.mark.parametrize("fault", [faults.throttle(), faults.refuse(503, "ServiceUnavailable", "busy")])
def test_a_passing_failure_is_retried(both, fault, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    both.write(ROLE)
    both.plain.faults = faults.first(2, fault)
    reached = both.ours("p", both.here)
    assert (reached.error, len(reached.calls)) == (None, 3)


@pytest.mark.parametrize("fault", [faults.close_before_reply(), faults.cut()])
def test_after_a_broken_reply_botocore_retries_over_its_own_connection(both, fault, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    both.write(ROLE)
    both.plain.faults = faults.first(1, fault)
    reached = both.ours("p", both.here)
    assert (reached.error, len(reached.calls), reached.by_own_connection) == (None, 2, 0)


@pytest.mark.parametrize(
    "fault",
    [faults.throttle(), faults.refuse(503, "x", "y"), faults.close_before_reply(), faults.cut(), faults.html()],
    ids=lambda fault: fault.kind,
)
def test_a_call_with_a_code_is_never_repeated(both, fault):
    both.write(ROLE.replace("<r1>", "<wants-mfa>\nmfa_serial = <serial>\nmfa_session = off\nmax_attempts = 5"))
    both.plain.faults = lambda _: fault
    reached = both.ours("p", both.here)
    assert reached.error is not None
    assert [call.action for call in reached.calls] == ["AssumeRole"]


def test_a_reply_of_ten_megabytes_is_not_read_to_its_end(both):
    both.write(ROLE)
    both.plain.faults = faults.first(9, faults.huge())
    assert "more than a megabyte" in said(both.ours("p", both.here))


def test_a_server_that_never_answers_is_left(both, monkeypatch):
    monkeypatch.setattr(connection, "READ_S", 0.1)
    never = threading.Event()
    both.write(ROLE)
    both.plain.faults = faults.first(1, faults.hang(never))
    monkeypatch.setattr("time.sleep", lambda _: None)
    reached = both.ours("p", both.here)
    never.set()
    assert (reached.error, len(reached.calls), reached.by_own_connection) == (None, 2, 0)


@pytest.mark.parametrize("tls", [False, True])
def test_a_connection_that_was_closed_while_the_code_was_typed_is_dialled_again(both, tls, monkeypatch):
    both.write(REGIONAL.replace("<r1>", "<wants-mfa>\nmfa_serial = <serial>"))
    sts = both.tls if tls else both.plain
    dialled, dial, code = threading.Event(), connection.Connection._secure, both._code

    def dial_and_tell(self):
        dial(self)
        dialled.set()

    def close_and_answer(wording):
        assert dialled.wait(5)
        until_at = time.monotonic() + 5  # the other end may be a moment behind
        while not sts._server._open and time.monotonic() < until_at:
            threading.Event().wait(0.005)
        for line in list(sts._server._open):
            line.shutdown(socket.SHUT_RDWR)
        return code(wording)

    monkeypatch.setattr(connection.Connection, "_secure", dial_and_tell)
    monkeypatch.setattr(both, "_code", close_and_answer)
    reached = both.ours("p", {"AWS_CA_BUNDLE": str(both.bundle)} if tls else both.here)
    assert (reached.error, reached.by_own_connection, len(both.dialled)) == (None, 2, 2)
    assert [call.action for call in reached.calls] == ["GetSessionToken", "AssumeRole"]


def test_a_server_that_closes_after_each_reply_is_dialled_for_each_request():
    server = socket.create_server(("127.0.0.1", 0))
    reply = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"

    def serve():
        for _ in range(2):
            line, _ = server.accept()
            with line:
                line.recv(100)
                line.sendall(reply)

    serving = threading.Thread(target=serve)
    serving.start()
    ours = connection.Connection(Target(False, "127.0.0.1", server.getsockname()[1], "us-east-1"), "")
    replies = [ours.exchange(b"request") for _ in range(2)]
    serving.join(5)
    server.close()
    assert [reply and reply.body for reply in replies] == [b"ok", b"ok"]
    assert ours.exchange(b"request") is None, "nobody listens any more: botocore goes on"


def test_the_systems_own_authorities_are_not_trusted_where_botocore_does_not(both):
    both.write(REGIONAL)
    reached = both.ours("p", {"SSL_CERT_FILE": str(both.bundle), "AWS_MAX_ATTEMPTS": "1"})
    assert (reached.by_own_connection, reached.calls) == (0, ())
    assert "is not trusted" in said(reached)


def test_requests_own_variable_is_trusted_as_by_botocore(both):
    both.write(REGIONAL)
    reached = both.ours("p", {"REQUESTS_CA_BUNDLE": str(both.bundle)})
    assert (reached.error, reached.by_own_connection) == (None, 1)
    assert both.botocore("p", {"REQUESTS_CA_BUNDLE": str(both.bundle)}).error is None


def test_nothing_is_dialled_for_keys_alone(both):
    both.write("[profile p]\n<alice>\n")
    reached = both.ours("p", both.here)
    assert (reached.identity, both.dialled) == ("arn:aws:iam::123456789012:user/alice", [])


def test_calls_with_a_code_use_our_own_connection_too(both):
    both.write(ROLE.replace("<r1>", "<wants-mfa>").replace("source_profile", "mfa_serial = <serial>\nsource_profile"))
    reached = both.ours("p", both.here)
    assert [call.action for call in reached.calls] == ["GetSessionToken", "AssumeRole"]
    assert (reached.error, reached.by_own_connection) == (None, 2)


IMPORTS_OF_THE_THREAD = """
import builtins, sys, threading
real, seen = builtins.__import__, []
def watched(name, *rest, **more):
    if threading.current_thread() is not threading.main_thread() and name not in sys.modules:
        seen.append(name)
    return real(name, *rest, **more)
from assume.aws import connection
from assume.aws.endpoint import Target
builtins.__import__ = watched
for tls in (False, True):
    connection.Connection(Target(tls, "localhost", 9, ""), "")._thread.join(10)
print(*seen)
"""


def test_the_thread_that_dials_imports_nothing():
    # two threads that import at once may see a half-loaded module, and then the dial dies with a traceback
    ran = subprocess.run([sys.executable, "-c", IMPORTS_OF_THE_THREAD], capture_output=True, text=True, timeout=60)
    assert (ran.stdout.strip(), ran.stderr) == ("", "")


def test_a_pool_gives_an_idle_connection_to_the_same_place_alone():
    class Idle(connection.Connection):
        def __init__(self, place, ca_bundle):
            self.target, self.ca_bundle, self.sent = place, ca_bundle, 1
            self._spent = self._is_closed = False
            self._socket = socket.socket()

    def made(host="h", bundle="b", region="r"):
        return Idle(Target(False, host, 80, region), bundle)

    pool = connection.Pool()
    pool.given(made())
    assert pool._idle == {}, "not before `keep`"
    pool.keep()
    kept = made()
    pool.given(kept)
    assert pool.taken(Target(False, "h", 80, "other"), "b") is kept
    assert kept.target.region == "other"
    for place, bundle in ((Target(True, "h", 80, "r"), "b"), (Target(False, "x", 80, "r"), "b")):
        pool.given(made())
        assert not isinstance(pool.taken(place, bundle), Idle)
    spent = made()
    spent.leave()
    pool.drop()
    pool.keep()
    pool.given(spent)
    pool.given(None)
    assert pool._idle == {}
    pool.given(made())
    pool.drop()
    assert pool._idle == {}
