"""Bad answers: invalid replies and invalid credentials never reach the shell; nothing is changed."""

import pytest

from assume.simulator import faults

from .test_bad_input import refused


def test_an_unreachable_sts(program):
    said = refused(program, "marketingadmin", AWS_ENDPOINT_URL_STS="http://127.0.0.1:9", AWS_MAX_ATTEMPTS="1")
    assert said.startswith("assume: marketingadmin: role/marketingadminrole: STS was not reached: http://127.0.0.1:9")
    assert "check the network, the proxy, and `region` or `endpoint_url`; nothing was changed" in said


@pytest.mark.parametrize("fault", [faults.html(), faults.no_credentials(), faults.cut()])
def test_a_reply_that_is_not_from_sts(program, sts, monkeypatch, fault):
    monkeypatch.setattr("time.sleep", lambda _: None)
    sts.faults = lambda _: fault
    said = refused(program, "marketingadmin")
    assert "nothing was changed" in said


@pytest.mark.parametrize("text", ["'; touch PWN; '", "tok\n export X=1", "tök", "t t", "t" * 40000])
def test_an_invalid_session_token_never_reaches_the_shell(program, sts, text):
    sts.faults = lambda _: faults.spoil(SessionToken=text)
    said = refused(program, "marketingadmin")
    assert "the session token holds " in said or "the session token is longer than" in said
    assert "PWN" not in said


def test_an_invalid_access_key_id_never_reaches_the_shell(program, sts):
    sts.faults = lambda _: faults.spoil(AccessKeyId="A;touch PWN")
    assert "the access key id is not valid" in refused(program, "marketingadmin")


def test_credentials_that_have_expired_by_this_clock(program, sts):
    sts.faults = lambda _: faults.spoil(Expiration="2001-01-01T00:00:00Z")
    said = refused(program, "marketingadmin")
    assert "have ended by this machine's clock\n  set the clock" in said
    assert len(sts.calls) == 1
