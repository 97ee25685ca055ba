"""Failures of the connection: certificates, files of certificates, and whether anything has left this machine."""

import datetime as dt
import ssl
import time
from typing import Any

import botocore.exceptions as aws
import pytest
import trustme

from assume.aws import network
from assume.errors import NotSent
from assume.simulator.sts import serve

from ..botocore.both import said

REGIONAL = "[profile p]\nrole_arn = <r1>\nregion = eu-west-1\nsource_profile = base\n[profile base]\n<alice>\n"
HOST = "https://sts.eu-west-1.amazonaws.com/"
DAY = dt.timedelta(days=1)


def certified(both, monkeypatch, tmp_path, names=("sts.eu-west-1.amazonaws.com",), starts=-2, ends=2):
    """Our answer where STS has a certificate of a trusted authority for `names`, valid between two days from now."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    now = dt.datetime.now(dt.UTC)
    made = authority.issue_cert(*names, not_before=now + starts * DAY, not_after=now + ends * DAY)
    made.configure_cert(context)
    both.write(REGIONAL)
    with serve(both.world, tls=context) as sts:
        monkeypatch.setattr(both, "tls", sts)
        env = {"AWS_CA_BUNDLE": str(tmp_path / "authority.pem"), "AWS_MAX_ATTEMPTS": "1"}
        return both.ours("p", env)


def test_a_valid_certificate_is_accepted(both, monkeypatch, tmp_path):
    assert certified(both, monkeypatch, tmp_path).error is None


@pytest.mark.parametrize(
    ("starts", "ends", "reason"), [(1, 2, "is not yet valid"), (-2, -1, "has expired")], ids=["too early", "too late"]
)
def test_a_certificate_out_of_its_time_is_blamed_on_the_clock(both, monkeypatch, tmp_path, starts, ends, reason):
    text = said(certified(both, monkeypatch, tmp_path, starts=starts, ends=ends))
    assert f"the certificate of {HOST} {reason}\n  if this machine's clock is wrong, set it: it says " in text
    assert time.strftime("%Y-%m-%d", time.gmtime()) in text
    assert "AWS_CA_BUNDLE" not in text


def test_a_certificate_for_another_host_is_blamed_on_what_answers_in_place_of_aws(both, monkeypatch, tmp_path):
    text = said(certified(both, monkeypatch, tmp_path, names=("login.hotel.example",)))
    assert f"the certificate of {HOST} is for another host\n  " in text
    assert "captive portal" in text
    assert "AWS_CA_BUNDLE" not in text


@pytest.mark.parametrize("by", ["AWS_CA_BUNDLE", "ca_bundle"])
def test_a_ca_bundle_that_does_not_exist_is_named(both, tmp_path, by):
    path = str(tmp_path / "nosuch.pem")
    both.write(REGIONAL.replace("region", f"ca_bundle = {path}\nregion", 1) if by == "ca_bundle" else REGIONAL)
    text = said(both.ours("p", {"AWS_MAX_ATTEMPTS": "1"} | ({by: path} if by == "AWS_CA_BUNDLE" else {})))
    assert text == (f"assume: p: the file of certificates {path} does not exist\n  correct AWS_CA_BUNDLE or ca_bundle")


def test_a_ca_bundle_without_certificates_is_named(both, tmp_path):
    path = tmp_path / "empty.pem"
    path.write_text("nothing\n")
    both.write(REGIONAL)
    text = said(both.ours("p", {"AWS_MAX_ATTEMPTS": "1", "AWS_CA_BUNDLE": str(path)}))
    assert text == (
        f"assume: p: the file of certificates {path} cannot be used: it holds no certificate\n"
        "  correct AWS_CA_BUNDLE or ca_bundle"
    )


ADDRESS: dict[str, Any] = {"endpoint_url": "https://h/"}
FAILURES = [
    # error, whether nothing of the request has left this machine
    (aws.EndpointConnectionError(**ADDRESS), True),
    (aws.ConnectTimeoutError(**ADDRESS), True),
    (aws.ProxyConnectionError(proxy_url="http://p/", error=OSError("x")), True),
    (aws.SSLError(**ADDRESS, error=ssl.SSLCertVerificationError(1, "certificate verify failed")), True),
    (aws.ReadTimeoutError(**ADDRESS), False),
    (aws.ConnectionClosedError(**ADDRESS), False),
    (aws.HTTPClientError(error=OSError("x")), False),
    (OSError("x"), False),
]


@pytest.mark.parametrize(("error", "is_unsent"), FAILURES, ids=lambda value: type(value).__name__)
def test_what_was_not_sent_is_told_from_what_may_have_been(error, is_unsent):
    assert isinstance(network.failure(error, "role/r", "p"), NotSent) == is_unsent


def test_an_error_about_something_else_is_left_to_others():
    assert network.failure(KeyError("Credentials"), "role/r", "p") is None


def test_an_address_is_shown_without_what_may_be_a_secret_in_it():
    error = aws.EndpointConnectionError(endpoint_url="https://me:canary@host:1/sts?key=canary", error="x")
    found = network.failure(error, "role/r", "p", "")
    assert "https://host:1/sts: no connection" in str(found)
    assert "canary" not in str(found)
