"""Each injected fault, as botocore sees it."""

import socket
import threading
import time

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.parsers import ResponseParserError

from assume.demo.config import KEYS, MARKETING, SAANVI_MFA
from assume.simulator import faults
from assume.simulator.calls import Call

from .clients import client_of, refused

_, KEY = KEYS["user1"]
ROLE = {"RoleArn": MARKETING, "RoleSessionName": "me"}
PATIENCE_S = 100
TWICE = {"retries": {"total_max_attempts": 2, "mode": "standard"}}


@pytest.fixture
def user1(sts, world):
    return client_of(sts, world, KEY)


@pytest.fixture
def stubborn(sts, world):
    """A client that tries twice."""
    return client_of(sts, world, KEY, **TWICE)


def always(fault):
    return lambda _: fault


def test_without_a_fault_the_call_succeeds(sts, user1):
    sts.faults = always(None)
    user1.assume_role(**ROLE)
    assert sts.calls[0].fault is None


def test_the_faults_function_receives_the_call_before_it_is_answered(sts, user1):
    seen: list[Call] = []
    sts.faults = seen.append
    user1.assume_role(**ROLE)
    (call,) = seen
    assert (call.action, call.params["RoleArn"], call.key_id, call.status) == ("AssumeRole", MARKETING, KEY, 0)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (faults.throttle(), (400, "Throttling", "Rate exceeded")),
        (faults.refuse(503, "ServiceUnavailable", "later"), (503, "ServiceUnavailable", "later")),
        (
            faults.refuse(403, "RegionDisabledException", "STS is not activated in this region"),
            (403, "RegionDisabledException", "STS is not activated in this region"),
        ),
    ],
)
def test_an_error_has_the_code_and_message_of_aws(sts, user1, fault, told):
    sts.faults = always(fault)
    assert refused(user1.assume_role, **ROLE) == told
    assert (sts.calls[0].status, sts.calls[0].code, sts.calls[0].fault) == (*told[:2], "refuse")


@pytest.mark.parametrize(
    "fault", [faults.throttle(), faults.refuse(500, "InternalFailure", "oh"), faults.close_before_reply()]
)
def test_the_retry_of_botocore_succeeds(sts, stubborn, fault):
    sts.faults = faults.first(1, fault)
    stubborn.assume_role(**ROLE)
    assert [call.fault for call in sts.calls] == [fault.kind, None]


def test_first_can_be_followed_by_other_faults(sts, user1):
    sts.faults = faults.first(1, faults.throttle(), then=always(faults.refuse(403, "AccessDenied", "no")))
    assert [refused(user1.assume_role, **ROLE)[1] for _ in range(3)] == ["Throttling", "AccessDenied", "AccessDenied"]


def test_a_hanging_answer_waits_for_the_test(sts, world):
    until, reached, got = threading.Event(), threading.Event(), []
    sts.faults = always(faults.hang(until, reached))
    patient = client_of(sts, world, KEY, read_timeout=PATIENCE_S)
    waiting = threading.Thread(target=lambda: got.append(patient.assume_role(**ROLE)))
    waiting.start()
    assert reached.wait(PATIENCE_S)
    assert (len(sts.calls), got) == (1, [])
    until.set()
    waiting.join(PATIENCE_S)
    assert got[0]["Credentials"]["AccessKeyId"] in world.sessions


def test_a_hanging_answer_is_a_timeout_for_an_impatient_client(sts, world):
    until = threading.Event()
    sts.faults = always(faults.hang(until))
    with pytest.raises(ReadTimeoutError):
        client_of(sts, world, KEY, read_timeout=0.5).assume_role(**ROLE)
    until.set()


def test_an_answer_can_be_sent_byte_by_byte(sts, user1):
    sts.faults = always(faults.drip(0.0001))
    started_at = time.monotonic()
    user1.assume_role(**ROLE)
    assert time.monotonic() - started_at > 0.1  # more than a thousand bytes, with a pause after each


def test_a_body_can_be_cut_off(sts, user1):
    sts.faults = always(faults.cut())
    with pytest.raises((ConnectionClosedError, ResponseParserError, OSError)):
        user1.assume_role(**ROLE)


def test_a_cut_body_ends_in_a_reset(sts):
    sts.faults = always(faults.cut())
    with socket.create_connection(("127.0.0.1", int(sts.url.rsplit(":", 1)[1])), timeout=100) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
        reply = connection.makefile("rb")
        length = next(int(line.split()[1]) for line in iter(reply.readline, b"\r\n") if line.startswith(b"Content-L"))
        with pytest.raises(ConnectionResetError):
            reply.read(length)


def test_a_connection_can_be_closed_without_a_reply(sts, user1):
    sts.faults = always(faults.close_before_reply())
    with pytest.raises(ConnectionClosedError):
        user1.assume_role(**ROLE)


def test_a_captive_portal_answers_with_a_page(sts, user1):
    sts.faults = always(faults.html())
    reply = None
    with pytest.raises((KeyError, ResponseParserError)):
        reply = user1.assume_role(**ROLE)["Credentials"]
    assert reply is None
    assert (sts.calls[0].status, sts.calls[0].fault) == (200, "html")


def test_a_reply_can_lack_its_credentials(sts, user1):
    sts.faults = always(faults.no_credentials())
    assert set(user1.assume_role(**ROLE)) == {"ResponseMetadata"}


def test_a_reply_can_be_huge(sts, world):
    sts.faults = always(faults.huge())
    with pytest.raises(ResponseParserError) as caught:
        client_of(sts, world, KEY).assume_role(**ROLE)
    assert len(str(caught.value)) > faults.HUGE_BYTES


def test_a_redirect_leads_elsewhere(sts, user1):
    sts.faults = always(faults.redirect("http://127.0.0.1:1/"))
    with pytest.raises((ClientError, ResponseParserError)):
        user1.assume_role(**ROLE)
    assert [(call.status, call.fault) for call in sts.calls] == [(307, "redirect")]


@pytest.mark.parametrize("text", ["$(touch x)", "a'b\"c", "line\nbreak", "a&b<c>", ""])
def test_a_reply_can_contain_any_text(sts, user1, text):
    sts.faults = always(faults.spoil(SessionToken=text, AccessKeyId=f"ASIA{text}"))
    given = user1.assume_role(**ROLE)["Credentials"]
    assert (given["SessionToken"], given["AccessKeyId"]) == (text, f"ASIA{text}")


def test_a_reply_can_hold_credentials_that_have_expired(sts, user1):
    sts.faults = always(faults.spoil(Expiration="2020-01-01T00:00:00Z"))
    assert user1.assume_role(**ROLE)["Credentials"]["Expiration"].year == 2020


@pytest.mark.parametrize(
    ("fault", "is_used_up"),
    [
        (faults.throttle(), False),
        (faults.html(), False),
        (faults.cut(), True),
        (faults.close_before_reply(), True),
    ],
    ids=lambda value: getattr(value, "kind", value),
)
def test_a_code_is_used_up_only_if_the_call_was_carried_out(sts, world, fault, is_used_up):
    code = world.code(SAANVI_MFA, sts.clock())
    sts.faults = faults.first(1, fault)
    saanvi = client_of(sts, world, KEYS["default"][1])
    parameters = {"SerialNumber": SAANVI_MFA, "TokenCode": code}
    with pytest.raises((ClientError, KeyError, ConnectionClosedError, ResponseParserError, OSError)):
        saanvi.get_session_token(**parameters)["Credentials"]
    if is_used_up:
        assert refused(saanvi.get_session_token, **parameters)[1] == "AccessDenied"
    else:
        saanvi.get_session_token(**parameters)
