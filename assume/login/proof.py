"""The key of one console sign-in, and the proof (DPoP, RFC 9449) on each call that the caller has that key.

In: the URL of a call. Out: its DPoP header; the key as a PEM text for the token's file. The key needs the AWS CRT, an
extra of botocore's.
"""

import base64
import hashlib
import json
import textwrap
import time
import uuid
from importlib import import_module

import botocore.compat

from assume.aws import login
from assume.errors import SourceError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Key:
    """A new key of the curve P-256. Raises SourceError without the AWS CRT."""

    def __init__(self, profile: str) -> None:
        curve = getattr(botocore.compat, "EC", None)
        if curve is None:
            raise SourceError(login.LACKS_CRT, login.install_line(), profile)
        self._crypto: Any = import_module(curve.__module__)
        self._key: Any = curve.new_generate(self._crypto.ECType.P_256)

    def prove(self, params: "Any", **_: object) -> None:
        """Adds the proof to a call, as a handler of botocore's `before-call`."""
        x, y = self._key.get_public_coords()
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": {"kty": "EC", "crv": "P-256", "x": _text(x), "y": _text(y)}}
        claims = {"htm": "POST", "htu": params["url"], "iat": int(time.time()), "jti": str(uuid.uuid4())}
        signed = ".".join(_text(json.dumps(part, separators=(",", ":")).encode()) for part in (head, claims))
        signature = self._key.sign(hashlib.sha256(signed.encode()).digest())
        pair = self._crypto.EC.decode_der_signature_to_padded_pair(signature, pad_to=32)
        params["headers"]["DPoP"] = f"{signed}.{_text(pair)}"

    def pem(self) -> str:
        """The private key, as the AWS CLI stores it."""
        text = base64.b64encode(self._key.export_key(self._crypto.ECExportFormat.SEC1)).decode()
        lines = textwrap.fill(text, width=64)
        return f"-----BEGIN EC PRIVATE KEY-----\n{lines}\n-----END EC PRIVATE KEY-----\n"


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
