"""Calls of STS: the checks of a reply, and the limit for the time of a whole chain."""

import threading
import time

import pytest

from assume.aws.deadline import Deadline
from assume.simulator import faults

from ..botocore.both import failed, said
from ..botocore.rows import BASE, ROLE


@pytest.mark.parametrize(
    ("texts", "what"),
    [({"SecretAccessKey": ""}, "secret access key"), ({"AccessKeyId": "short"}, "the access key id is not valid"),
     ({"SessionToken": "a b"}, "session token"), ({"Expiration": "soon"}, "not STS"),
     ({"Expiration": "2001-01-01T00:00:00Z"}, "have ended by this machine's clock")],
)  # fmt: skip
def test_a_reply_without_valid_credentials_is_reported_and_not_stored(both, texts, what):
    both.write(ROLE + BASE)
    both.plain.faults = lambda _: faults.spoil(**texts)
    for fast in (True, False):
        assert what in said(both.ours("p", both.here, fast=fast))
    both.plain.faults = None
    assert len(both.ours("p", both.here).calls) == 1, "nothing of it was stored"


def test_the_largest_session_token_passes(both):
    both.write(ROLE + BASE)
    both.plain.faults = lambda _: faults.spoil(SessionToken="t/+=" * 8000)
    with pytest.raises(AssertionError):  # the world knows no such session; it came through whole
        both.ours("p", both.here)


def test_a_whole_chain_ends_in_time_with_the_reason(both, monkeypatch):
    monkeypatch.setattr("assume.aws.deadline.Deadline.__init__", _hurried(Deadline.__init__))
    both.write(ROLE + BASE)
    never = threading.Event()
    both.plain.faults = lambda _: faults.hang(never)
    started = time.monotonic()
    refused = both.ours("p", both.here)
    never.set()
    assert failed(refused) == "Unreachable"
    assert "no answer from AWS within 0.5 s" in said(refused)
    assert time.monotonic() - started < 5


def test_a_reply_of_one_byte_at_a_time_ends_in_time_too(both, monkeypatch):
    monkeypatch.setattr("assume.aws.deadline.Deadline.__init__", _hurried(Deadline.__init__))
    both.write(ROLE + BASE)
    both.plain.faults = lambda _: faults.drip(0.02)
    started = time.monotonic()
    assert "no answer from AWS within 0.5 s" in said(both.ours("p", both.here))
    assert time.monotonic() - started < 5


def _hurried(real):
    def init(self, _left_s=0.0):
        real(self, 0.5)

    return init


def test_a_redirect_to_http_is_not_followed(both):
    both.write(ROLE + BASE)
    both.plain.faults = lambda _: faults.redirect("http://127.0.0.1:9/")
    for fast in (True, False):
        assert both.ours("p", both.here, fast=fast).error is not None
    assert ("127.0.0.1", 9) not in both.dialled
