"""Whatever STS or the network does: the switch ends in time, reports the reason, and changes nothing."""

import os
import socket
import threading
import time
from unittest import mock

import pytest

from assume.aws import connection, deadline
from assume.aws.deadline import Deadline
from assume.cold import resolve
from assume.demo.config import HUB, LANDING, MARKETING, WORKLOAD
from assume.errors import AssumeError, Refused, Unreachable
from assume.simulator import faults
from assume.store import lock, record

from . import figures
from .ground import asked, own_environment

CHAIN = [HUB, LANDING, WORKLOAD]
SHORT_S = 1.0  # in place of 30
FOREVER_S = 60.0  # far more than SHORT_S, less than any fault lasts that only a deadline ends
NEVER = threading.Event()  # a hanging answer waits for it

FAULTS = {
    # what goes wrong: the fault, the error, words of it, whether it is tried again
    "throttled": (faults.throttle(), Unreachable, "throttled by STS", True),
    "500": (faults.refuse(500, "InternalFailure", "oh"), Unreachable, "STS failed", True),
    "503": (faults.refuse(503, "ServiceUnavailable", "later"), Unreachable, "STS failed", True),
    "refused": (faults.refuse(403, "AccessDenied", "no"), Refused, "STS refused role/", False),
    "expired": (faults.refuse(403, "ExpiredToken", "old"), Refused, "the credentials that signed", False),
    "region disabled": (faults.refuse(403, "RegionDisabledException", "off"), Refused, "STS is off in that", False),
    "cut in half": (faults.cut(), Unreachable, "nothing was changed", True),
    "closed without a word": (faults.close_before_reply(), Unreachable, "it closed the connection", True),
    "a page in place of XML": (faults.html(), Unreachable, "unexpected answer: not STS", None),
    "no credentials in a 200": (faults.no_credentials(), Unreachable, "unexpected answer: not STS", False),
    "ten megabytes": (faults.huge(), Unreachable, "more than a megabyte", False),
    "a redirect": (faults.redirect("http://127.0.0.1:1/"), Unreachable, "unexpected answer: not STS", False),
    "hangs": (faults.hang(NEVER), Unreachable, "no answer from AWS within", None),
    "a byte a second": (faults.drip(0.05), Unreachable, "no answer from AWS within", None),
    "ended already": (
        faults.spoil(Expiration="2020-01-01T00:00:00Z"),
        Unreachable,
        "have ended by this",
        False,
    ),
    "an invalid expiry": (faults.spoil(Expiration="soon"), Unreachable, "unexpected answer: not STS", False),
    "an invalid key": (faults.spoil(AccessKeyId="A"), AssumeError, "the access key id is not valid", False),
    "a secret with a blank": (faults.spoil(SecretAccessKey="a b"), AssumeError, "secret access key holds", False),
    "no session token": (faults.spoil(SessionToken=""), AssumeError, "the session token is empty", False),
    "a session token that is code": (faults.spoil(SessionToken="x'; touch PWN; '"), AssumeError, "session", False),
}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Removes botocore's pause before a retry."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


def pace(ground):
    """Seconds, from what a chain of three takes now: a deadline that ends no healthy call, and the time until an error.

    botocore makes the calls here, as it does after a fault. On a quiet machine the deadline is SHORT_S.
    """
    with mock.patch.object(connection, "dialled", lambda *_: None):
        ground.take("workload", "--no-cache")  # imports botocore
        started_at = time.monotonic()
        ground.take("workload", "--no-cache")
        took_s = time.monotonic() - started_at
    deadline_s = min(max(SHORT_S, 10 * took_s), FOREVER_S)
    return deadline_s, deadline_s + 5 + 20 * took_s


def failing(arn, fault):
    """The fault, but only for calls for one role."""
    return lambda call: fault if call.params.get("RoleArn") == arn else None


def check_unchanged(ground, profile, hops, name):
    """The switch fails in time with the right message; environment and store are as before, byte for byte."""
    fault, error, words, again = FAULTS[name]
    ground.sts.faults = None
    deadline_s, bound_s = pace(ground)
    ground.sts.faults = failing(hops[-1], fault)
    before, called = ground.stored(), len(ground.sts.calls)
    environment = dict(ground.environment)
    started_at = time.monotonic()
    with pytest.raises(error) as caught:
        ground.take(profile, deadline=Deadline(deadline_s))
    took_s = time.monotonic() - started_at
    assert took_s < bound_s
    assert words in str(caught.value)
    assert isinstance(caught.value, AssumeError)
    assert caught.value.status == 1
    assert environment == ground.environment
    after = {file: content for file, content in ground.stored().items() if not file.endswith(record.LOCK)}
    assert {file: after.get(file) for file in before if not file.endswith(record.LOCK)} == {
        file: content for file, content in before.items() if not file.endswith(record.LOCK)
    }
    new = [file for file in after if file not in before and file.endswith((record.ENTRY, record.POINTER))]
    assert len(new) == len(hops) - 1, "the hops before the fault are stored, and nothing else"
    calls = [call.params["RoleArn"] for call in ground.sts.calls[called:]]
    assert calls[: len(hops)] == hops
    if again is not None:
        assert (len(calls) > len(hops)) is again, calls
    return took_s


@pytest.mark.parametrize("name", FAULTS)
def test_one_hop(ground, clock, name):
    check_unchanged(ground, "marketingadmin", [MARKETING], name)
    ground.sts.faults = None
    assert ground.take("marketingadmin").credentials.key_id, "the next switch succeeds"


@pytest.mark.parametrize("hop", [1, 2, 3])
@pytest.mark.parametrize("name", FAULTS)
def test_each_hop_of_three(ground, clock, name, hop):
    check_unchanged(ground, "workload", CHAIN[:hop], name)
    ground.sts.faults = None
    before = len(ground.sts.calls)
    assert ground.take("workload").credentials.key_id
    assert len(ground.sts.calls) - before == 3 - (hop - 1), "the hops before the fault are not requested again"


@pytest.mark.slow
def test_all_faults_one_after_another(ground, clock):
    """Each fault at each of three hops, all in the same store."""
    slowest_s = 0.0
    for name in FAULTS:
        for hop in (1, 2, 3):
            ground.forget()
            slowest_s = max(slowest_s, check_unchanged(ground, "workload", CHAIN[:hop], name))
    tried = f"{len(FAULTS)} faults at each hop of three, with {SHORT_S:g} s in place of 30"
    seen = f"{slowest_s:.1f} s at most; environment and store unchanged; no code sent twice"
    figures.tell("faults", tried, seen)


def test_the_whole_chain_takes_at_most_thirty_seconds(ground, clock):
    """The limit is for the whole chain, not for each hop: each of three takes half of it, and the third fails."""
    assert deadline.WHOLE_CHAIN_S == 30
    assert Deadline().left_s == 30
    deadline_s, _ = pace(ground)

    def late(_):
        until = threading.Event()
        threading.Timer(deadline_s / 2, until.set).start()
        return faults.hang(until)

    ground.sts.faults = late
    with pytest.raises(Unreachable, match=f"no answer from AWS within {deadline_s:g} s"):
        ground.take("workload", deadline=Deadline(deadline_s))


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("name", [name for name in FAULTS if FAULTS[name][3]])
def test_a_passing_fault_is_retried_and_the_switch_succeeds(ground, clock, name, count):
    ground.sts.faults = faults.first(count, FAULTS[name][0])
    assert ground.take("marketingadmin").credentials.key_id
    assert len(ground.sts.calls) == count + 1


@pytest.mark.parametrize("name", [name for name in FAULTS if FAULTS[name][1] is Unreachable])
def test_stored_credentials_that_are_still_good_are_used_with_a_note(ground, clock, name):
    old = ground.take("marketingadmin")
    clock.shift(3600 - 600)
    ground.sts.faults = failing(MARKETING, FAULTS[name][0])
    taken = ground.take("marketingadmin", deadline=Deadline(SHORT_S))
    assert taken.credentials.keys == old.credentials.keys
    assert "the stored credentials are good for 10m more" in taken.note


@pytest.mark.parametrize("name", ["throttled", "refused", "cut in half", "a page in place of XML", "ended already"])
def test_the_real_program_prints_no_script_and_ends_with_status_1(ground, name):
    ground.sts.faults = failing(MARKETING, FAULTS[name][0])
    done = ground.use("marketingadmin").end()
    assert (done.status, done.out) == (1, b"")
    assert FAULTS[name][2] in done.said
    assert "Traceback" not in done.said


def listening(accept):
    """A port at which `accept(connection)` is called for every connection."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            accept(connection)

    threading.Thread(target=serve, daemon=True).start()
    return server, f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    "accept",
    [
        lambda connection: connection.close(),
        lambda connection: connection.sendall(b"\0" * 100),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n<"),
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000),
        lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"),
        lambda connection: connection.shutdown(socket.SHUT_RD),
    ],
    ids=["closes", "NULs", "less than it says", "headers without end", "SSH", "hears nothing"],
)
def test_a_server_that_does_not_speak_http_is_reported(ground, clock, accept):
    kept = []

    def keep(connection):
        kept.append(connection)
        accept(connection)

    server, url = listening(keep)
    ground.configure("marketingadmin", endpoint_url=url)
    started_at = time.monotonic()
    with pytest.raises(Unreachable):
        ground.take("marketingadmin", deadline=Deadline(SHORT_S))
    assert time.monotonic() - started_at < FOREVER_S
    server.close()


def test_a_refused_connection_is_reported(ground, clock):
    server, url = listening(lambda connection: None)
    server.close()
    ground.configure("marketingadmin", endpoint_url=url)
    with pytest.raises(Unreachable, match="STS was not reached"):
        ground.take("marketingadmin")


def test_waiting_for_locks_counts_in_the_two_seconds_of_a_renewal(ground, monkeypatch):
    """A chain of three has three locks; another process may hold each of them for a moment."""
    now, waits = [100.0], []

    def waited(folder, name, found, say, offer=None, wait_s=0.0):
        waits.append(wait_s)
        now[0] += min(0.45, wait_s)
        return lock.Lock(os.open("/dev/null", os.O_RDWR), f"{folder}/{name}")

    monkeypatch.setattr("assume.cold.attempt.lock.acquire", waited)
    monkeypatch.setattr("assume.cold.attempt.time.monotonic", lambda: now[0])
    spent = Deadline(resolve.RENEWAL_S)
    ground.sts.faults = lambda _: faults.refuse(403, "AccessDenied", "no")
    with own_environment(), pytest.raises(Refused):
        resolve.resolve(asked("workload"), ground.environment, silent=True, deadline=spent)
    assert len(waits) == 3
    assert spent.left_s <= resolve.RENEWAL_S - 3 * 0.45
    assert resolve.RENEWAL_S < 2
