"""The record of the requests: one Call for each, and on request a file of them."""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

SECRET = ("TokenCode", "WebIdentityToken")  # never written to the file


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `params`: the flat form as sent, without Action and Version.

    `key_id`: the key that the signature names; `arn`: the caller, once the
    signature has been verified. `status` is 0 until the call is answered; `code`:
    AWS's error code, empty if the call succeeded. `region`: the one in the
    signature; `host`: the one that the client asked for. `at`: epoch seconds.
    `fault`: the kind of the injected fault, if there was one.
    """

    action: str
    params: Mapping[str, str] = field(default_factory=dict)
    key_id: str | None = None
    arn: str | None = None
    status: int = 0
    code: str = ""
    region: str | None = None
    host: str = ""
    at: float = 0.0
    fault: str | None = None


class CallFile:
    """Appends calls to a file, one JSON object a line, without MFA codes and web identity tokens."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def append(self, call: Call) -> None:
        """Writes one line."""
        fields = asdict(call)
        fields["params"] = {name: "…" if name in SECRET else value for name, value in call.params.items()}
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields) + "\n")
