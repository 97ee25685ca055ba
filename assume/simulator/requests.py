"""An HTTP request as it was received; nothing in it has been checked."""

from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. `headers`: in the order in which they were sent, names in lower case."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of the first header of this name; None if there is no such header."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def host(self) -> str:
        """The host that the client asked for, without the port."""
        return (self.header("host") or "").rsplit(":", 1)[0]

    def queried(self) -> dict[str, str]:
        """The parameters of the query, decoded; `+` stays a `+`."""
        pairs = (pair.partition("=") for pair in self.query.split("&") if pair)
        return {unquote(name): unquote(value) for name, _, value in pairs}
