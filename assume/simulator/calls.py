"""The record of what was asked: one Call for every request, and a file of them if wanted."""

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

SECRET = ("TokenCode", "WebIdentityToken")  # what a file must not hold


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `params`: the flat form as sent, without Action and Version.

    `key_id`: of whoever claims to have signed it; `arn`: who it was, once that
    is proved. `status` is 0 and `code` empty while it is not answered; `code`
    stays empty where all went well. `region`: what was signed for, `host`:
    where it went. `fault`: what was made to go wrong.
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
    """Appends calls to a file, one JSON object a line, without codes and identities."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def append(self, call: Call) -> None:
        """Writes one line."""
        fields = asdict(call)
        fields["params"] = {name: "…" if name in SECRET else value for name, value in call.params.items()}
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(fields) + "\n")
