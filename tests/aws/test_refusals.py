"""Errors of AWS and botocore as our own: which hop failed, why, what to do, and never a secret."""

import email.utils
import time
from typing import Any

import botocore.exceptions as aws
import pytest
from botocore.parsers import ResponseParserError

from assume.aws.refusals import explained, source_failed, unusable
from assume.errors import (
    AssumeError,
    ConfigError,
    NoTerminal,
    Refused,
    SourceError,
    Unreachable,
    WrongCode,
    WrongDevice,
)
from assume.profiles.chain import Hop

ARN = "arn:aws:iam::123456789012:role/r"


def hop(**fields):
    made = Hop("p", ARN)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def of_sts(code, message="why", date="", of=None, chained=False):
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPHeaders": {"date": date or email.utils.formatdate(usegmt=True)}},
    }
    return explained(aws.ClientError(response, "AssumeRole"), of or hop(), "role/r", chained)


@pytest.mark.parametrize(
    ("code", "cure"),
    [("InvalidClientTokenId", "`aws configure` sets a new one"), ("SignatureDoesNotMatch",
        "its secret access key is wrong"),
     ("ExpiredToken", "renew the source"), ("ExpiredTokenException", "have it written again"),
     ("InvalidIdentityToken", "not one that this role trusts"),
     ("RegionDisabledException", "choose another `region`")],
)  # fmt: skip
def test_each_code_has_its_cure(code, cure):
    error = of_sts(code)
    assert isinstance(error, Refused)
    assert str(error).startswith("assume: p: STS refused role/r: why\n  ")
    assert (cure in error.cure, error.code) == (True, code)


@pytest.mark.parametrize(
    "code", ["Throttling", "ThrottlingException", "RequestLimitExceeded", "503", "InternalFailure"]
)
def test_a_passing_failure_is_not_a_refusal(code):
    error = of_sts(code)
    assert isinstance(error, Unreachable)
    assert error.cure == "try again in a moment"


def test_codes_and_devices():
    wrong = of_sts("AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. ")
    foreign = of_sts("AccessDenied", "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify …")
    assert (type(wrong), type(foreign)) == (WrongCode, WrongDevice)
    assert "wait for the next one, at most 30 s" in wrong.cure


@pytest.mark.parametrize(
    ("fields", "likeliest", "not_said"),
    [({}, "if the role wants an external ID: add", "correct `external_id`"),
     ({"external_id": "x"}, "if its external ID is another one: correct `external_id`", "add `external_id"),
     ({"mfa_serial": "S"}, "if the role wants an external ID", "wants MFA"), ({},
         "if the role wants MFA: add `mfa_serial", "root")],
)  # fmt: skip
def test_access_denied_lists_the_reasons_that_the_profile_leaves_open(fields, likeliest, not_said):
    error = of_sts("AccessDenied", of=hop(**fields))
    assert likeliest in error.cure
    assert not_said not in error.cure
    assert error.cure.splitlines()[-1].endswith("ask an administrator")


@pytest.mark.parametrize(
    ("off_s", "size"),
    [(7200, "2 h ahead of"), (-7200, "2 h behind"), (600, "10 min ahead of"), (-1200, "20 min behind")],
)
def test_a_wrong_clock_is_named_before_any_other_reason(off_s, size):
    error = of_sts("SignatureDoesNotMatch", date=email.utils.formatdate(time.time() - off_s, usegmt=True))
    assert f"this machine's clock is {size} AWS's" in error.what
    assert error.cure.startswith("set the clock")


@pytest.mark.parametrize("reply", ["no date", "rubbish", "a minute ago"])
def test_a_right_clock_is_not_blamed(reply):
    date = {"no date": "", "a minute ago": email.utils.formatdate(time.time() - 60, usegmt=True)}.get(reply, reply)
    assert "clock" not in str(of_sts("SignatureDoesNotMatch", date=date))


def test_durations():
    message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    assert of_sts("ValidationError", message).cure == "make duration_seconds (or --duration) less"
    assert "at most 3600" in of_sts("ValidationError", message, chained=True).cure


NETWORK = [
    (aws.EndpointConnectionError(endpoint_url="https://h/"), "STS was not reached: https://h/: no connection"),
    (aws.ConnectTimeoutError(endpoint_url="https://h/"), "https://h/: it does not answer"),
    (aws.ReadTimeoutError(endpoint_url="https://h/"), "it took the request and does not answer"),
    (aws.ConnectionClosedError(endpoint_url="https://h/"), "it closed the connection"),
    (aws.SSLError(endpoint_url="https://h/", error=OSError("x")), "the certificate of https://h/ is not trusted"),
    (aws.ProxyConnectionError(proxy_url="http://p/", error=OSError("x")), "the proxy does not answer"),
    (OSError("x"), "STS was not reached"),
    (KeyError("Credentials"), "unexpected answer: not STS, or a truncated reply"),
    (ResponseParserError("<AccessKeyId>CANARY</AccessKeyId>"), "unexpected answer: not STS, or a truncated reply"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "said"), NETWORK)
def test_the_network(error, said):
    found = explained(error, hop(), "role/r")
    assert isinstance(found, Unreachable)
    assert said in str(found)
    assert found.cure
    assert "CANARY" not in str(found)


SETTINGS = [  # the values may be a mistyped line of the files: they are not quoted
    (aws.NoRegionError(), "a custom endpoint needs a region\n  add `region"),
    (ValueError("Invalid endpoint: https://sts..amazonaws.com"),
        "its region is empty or not a region name\n  correct `region`"),
    (ValueError("Invalid endpoint: host.example"), "its endpoint_url is not a URL\n  it looks like https://HOST"),
    (ValueError("invalid literal for int() with base 10: 'many'"), "its settings: ValueError\n  correct that setting"),
    (aws.InvalidRetryModeError(provided_retry_mode="often", valid_modes=["x"]), 'provided to "mode": "…" must be'),
]  # fmt: skip


@pytest.mark.parametrize(("error", "said"), SETTINGS)
def test_settings_that_make_a_client_impossible(error, said):
    found = unusable(error, "q")
    assert isinstance(found, ConfigError)
    assert str(found).startswith("assume: q: ")
    assert said in str(found)
    assert found.cure


def test_parameters_that_botocore_refuses():
    said = str(explained(aws.ParamValidationError(report="Invalid length\n for\x1b x"), hop(), "role/r"))
    assert said.startswith("assume: p: role/r: Parameter validation failed: Invalid length for\\x1b x\n  ")


def test_a_missing_ca_bundle_is_not_reported_as_an_untrusted_certificate():
    error = aws.SSLError(endpoint_url="https://h/", error=FileNotFoundError(2, "No such file or directory"))
    assert "the file of certificates does not exist\n  correct AWS_CA_BUNDLE or ca_bundle" in str(
        explained(error, hop(), "x")
    )


def test_our_own_error_passes_and_gets_its_profile():
    own = NoTerminal("x", "y")
    assert explained(own, hop(), "role/r") is own
    assert own.profile == "p"
    assert source_failed(own, "SSO", "other") is own
    assert own.profile == "p"


SOURCES = [
    (aws.UnauthorizedSSOTokenError(), "SSO", "run `assume login q`"),
    (aws.SSOTokenLoadError(error_msg="x"), "SSO", "run `assume login q`"),
    (aws.TokenRetrievalError(provider="x", error_msg="y"), "SSO", "run `assume login q`"),
    (FileNotFoundError(2, "x", "/nowhere"), "credential_process", "names a program that does not exist"),
    (PermissionError(13, "Permission denied", "/nowhere"), "credential_process", "cannot be run: Permission denied"),
    (aws.InvalidConfigError(error_msg="CANARY"), "SSO", "incomplete, or contradict each other"),
    (aws.InvalidIMDSEndpointError(endpoint="CANARY"), "the machine", "endpoint: …"),
    (aws.CredentialRetrievalError(provider="x", error_msg="a\x1bb"), "x", "a\\x1bb"),
    (RuntimeError("… are still expired."), "credential_process", "returned expired credentials"),
    (ResponseParserError("CANARY"), "SSO", "returned nothing that can be read as credentials"),
    (ValueError("CANARY"), "credential_process", "returned nothing that can be read as credentials"),
]  # fmt: skip


@pytest.mark.parametrize(("error", "kind", "said"), SOURCES)
def test_sources(error, kind, said):
    found = source_failed(error, kind, "q")
    assert isinstance(found, SourceError)
    assert str(found).startswith("assume: q: ")
    assert said in str(found)
    assert found.cure
    assert "CANARY" not in str(found)


def test_every_error_has_a_line_and_a_cure_two_spaces_in():
    error: AssumeError = Refused("what", ("one", "two"), "p")
    assert str(error) == "assume: p: what\n  one\n  two"
    assert str(AssumeError("what")) == "assume: what"


def test_an_error_escapes_its_own_texts():
    error = AssumeError("a\x1b]0;x\x07", "b\nassume: all is well", "c\n\u202ed")
    assert str(error) == "assume: c\\n\\u202ed: a\\x1b]0;x\\x07\n  b\\nassume: all is well"


def test_a_wrong_region_is_named_and_not_the_secret_key():
    error = of_sts("SignatureDoesNotMatch", "Credential should be scoped to a valid region. ")
    assert error.cure == "correct `region`: AWS's regions are written like us-east-1"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ForbiddenException", "q: its role Reader is not assigned to you in account 1"),
        ("TooManyRequestsException", "q: SSO: throttled by AWS\n  try again"),
        ("InvalidRequestException", "q: SSO: what AWS says\n  correct the profile"),
    ],
)
def test_what_the_portal_of_identity_center_refuses(code, said):
    error = aws.ClientError({"Error": {"Code": code, "Message": "what AWS says"}}, "GetRoleCredentials")
    assert said in str(source_failed(error, "SSO", "q", identity="session url 1 Reader"))
