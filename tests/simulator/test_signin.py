"""AWS Sign-In of the simulator: the proof on each call is checked, with the standard library alone."""

import base64
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assume.simulator import p256

from .test_metadata import ask

crypto = pytest.importorskip("awscrt.crypto")  # an extra: the AWS CRT signs


@settings(max_examples=5)
@given(st.binary(max_size=100))
def test_a_signature_of_the_aws_crt_is_valid_and_no_other(message):
    key = crypto.EC.new_generate(crypto.ECType.P_256)
    x, y = (int.from_bytes(part, "big") for part in key.get_public_coords())
    der = key.sign(hashlib.sha256(message).digest())
    signature = crypto.EC.decode_der_signature_to_padded_pair(der, pad_to=32)
    assert p256.is_signed(message, signature, (x, y))
    assert not p256.is_signed(message + b"x", signature, (x, y))
    assert not p256.is_signed(message, signature[:-1] + bytes([signature[-1] ^ 1]), (x, y))
    assert not p256.is_signed(message, signature, (x, y + 1))
    assert not p256.is_signed(message, signature[:63], (x, y))
    assert not p256.is_signed(message, bytes(64), (x, y))


@pytest.mark.parametrize("proof", ["", "a.b", "e30.e30.e30"])
def test_a_call_without_a_valid_proof_is_refused(sts, proof):
    body = json.dumps({"grantType": "refresh_token", "refreshToken": "x"}).encode()
    status, text = ask(sts, "/v1/token", "POST", body, DPoP=proof)
    assert (status, json.loads(text)["error"]) == (403, "invalid_request")


def test_a_page_with_a_wrong_parameter_is_never_redirected(sts):
    assert ask(sts, "/v1/authorize?response_type=code")[0] == 400
    assert ask(sts, f"/v1/authorize?{base64.b64encode(b'x').decode()}")[0] == 400
