"""Signature Version 4: AWS's published test cases, which botocore's signer passes too."""

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import time_machine

from assume.aws import sigv4

AT, SCOPE = "20150830T123600Z", "AKIDEXAMPLE/20150830/us-east-1/service/aws4_request"
KEYS = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "")
TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7"
    "mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d"
    "+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA=="
)
FORM = "application/x-www-form-urlencoded"
VECTORS = [
    # name in AWS's suite, method, headers, body, signature
    ("get-vanilla", "GET", {}, b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    ("get-header-value-trim", "GET", {"my-header1": " value1", "my-header2": ' "a   b   c"'}, b"",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    ("post-vanilla", "POST", {}, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ("post-header-key-sort", "POST", {"my-header1": "value1"}, b"",
     "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
    ("post-header-value-case", "POST", {"my-header1": "VALUE1"}, b"",
     "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d"),
    ("post-sts-header-before", "POST", {"x-amz-security-token": TOKEN}, b"",
     "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
    ("post-x-www-form-urlencoded", "POST", {"content-type": FORM}, b"Param1=value1",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
    ("post-x-www-form-urlencoded-parameters", "POST", {"content-type": f"{FORM}; charset=utf8"}, b"Param1=value1",
     "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "method", "headers", "body", "signature"), VECTORS)
def test_a_published_case(name, method, headers, body, signature):
    signed = {"host": "example.amazonaws.com", "x-amz-date": AT, **headers}
    names = ";".join(sorted(signed))
    found = sigv4.authorization(method, "/", signed, body, KEYS, "us-east-1", "service")
    assert found == f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders={names}, Signature={signature}"
    assert found == botocores(method, headers, body)


def botocores(method, headers, body):
    """The header's value by botocore's signer."""
    request = botocore.awsrequest.AWSRequest(method, "https://example.amazonaws.com/", dict(headers), body)
    keys = botocore.credentials.Credentials(KEYS[0], KEYS[1], headers.get("x-amz-security-token"))
    with time_machine.travel("2015-08-30T12:36:00Z", tick=False):
        botocore.auth.SigV4Auth(keys, "service", "us-east-1").add_auth(request)
    return request.headers["Authorization"]


def test_an_instant():
    assert sigv4.stamp(1440938160.9) == AT
