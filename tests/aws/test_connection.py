"""Our own connection to STS: used in the plain case, left to botocore in any unusual one."""

import socket
import subprocess
import sys
import threading
import time

import pytest

from assume.aws import connection
from assume.aws.connection import guess
from assume.simulator import faults

from ..botocore.both import said

SETTINGS = [
    # settings of the chain                                   where botocore will most likely call
    ({}, (True, "sts.amazonaws.com", 443)),
    ({"region": "aws-global"}, (True, "sts.amazonaws.com", 443)),
    ({"region": "eu-west-1"}, (True, "sts.eu-west-1.amazonaws.com", 443)),
    ({"region": "cn-north-1"}, None),
    ({"region": "eu-west-1", "use_fips_endpoint": "true"}, None),
    ({"region": "eu-west-1", "use_dualstack_endpoint": "true"}, None),
    ({"region": "eu-west-1", "sts_regional_endpoints": "legacy"}, None),
    ({"endpoint": "http://127.0.0.1:4566"}, (False, "127.0.0.1", 4566)),
    ({"endpoint": "https://sts.example.com/path"}, (True, "sts.example.com", 443)),
    ({"endpoint": "http://sts.example.com"}, (False, "sts.example.com", 80)),
    ({"endpoint": "http://me@sts.example.com"}, None),
    ({"endpoint": "http://[::1]:4566"}, None),
    ({"endpoint": "sts.example.com"}, None),
]  # fmt: skip
ROLE = "[profile p]\nrole_arn = <r1>\nsource_profile = base\n[profile base]\n<alice>\n"
REGIONAL = ROLE.replace("source_profile", "region = eu-west-1\nsource_profile")


@pytest.mark.parametrize(("settings", "target"), SETTINGS)
def test_where_sts_most_likely_is(settings, target):
    assert guess(settings) == target


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


@pytest.mark.parametrize("name", connection.PROXIES)
def test_with_any_proxy_variable_botocore_uses_its_own_connection(both, name):
    both.write(ROLE)
    reached = both.ours("p", both.here | {name: "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1"})
    assert (reached.error, reached.by_own_connection) == (None, 0)


@pytest.mark.parametrize("setting", ["use_fips_endpoint = true", "use_dualstack_endpoint = true"])
def test_a_host_that_was_not_guessed_is_called_by_botocore(both, setting, monkeypatch):
    both.write(REGIONAL.replace("region", f"{setting}\nregion"))
    monkeypatch.setattr(connection, "guess", lambda _: (True, "sts.eu-west-1.amazonaws.com", 443))
    reached = both.ours("p", {"AWS_CA_BUNDLE": str(both.bundle)})
    assert (reached.error, reached.by_own_connection) == (None, 0)
    assert reached.last.where not in ("", "https://sts.eu-west-1.amazonaws.com")


def test_after_a_failed_dial_botocore_uses_its_own_connection(both, monkeypatch):
    both.write(ROLE)
    monkeypatch.setattr(connection, "guess", lambda _: (False, "127.0.0.1", 9))
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
def test_a_connection_that_was_closed_while_the_code_was_typed_is_not_used(both, tls, monkeypatch):
    both.write(REGIONAL.replace("<r1>", "<wants-mfa>\nmfa_serial = <serial>"))
    sts = both.tls if tls else both.plain
    dialled, dial, code = threading.Event(), connection.Connection._dial, both._code

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

    monkeypatch.setattr(connection.Connection, "_dial", dial_and_tell)
    monkeypatch.setattr(both, "_code", close_and_answer)
    reached = both.ours("p", {"AWS_CA_BUNDLE": str(both.bundle)} if tls else both.here)
    assert (reached.error, reached.by_own_connection) == (None, 0)
    assert [call.action for call in reached.calls] == ["GetSessionToken", "AssumeRole"]


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
builtins.__import__ = watched
for tls in (False, True):
    connection.Connection(tls, "localhost", 9, "")._thread.join(10)
print(*seen)
"""


def test_the_thread_that_dials_imports_nothing():
    # two threads that import at once may see a half-loaded module, and then the dial dies with a traceback
    ran = subprocess.run([sys.executable, "-c", IMPORTS_OF_THE_THREAD], capture_output=True, text=True, timeout=60)
    assert (ran.stdout.strip(), ran.stderr) == ("", "")
