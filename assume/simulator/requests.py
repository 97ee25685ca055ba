"""A request as it came in, before anything in it is believed."""

from dataclasses import dataclass
from urllib.parse import unquote


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request. `headers`: names in lower case, in the order of the wire."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, of several the first; None if it is not there."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def host(self) -> str:
        """Which host was asked for, without the port."""
        return (self.header("host") or "").rsplit(":", 1)[0]

    def queried(self) -> dict[str, str]:
        """The query's parameters, decoded; `+` stays as it is."""
        pairs = (pair.partition("=") for pair in self.query.split("&") if pair)
        return {unquote(name): unquote(value) for name, _, value in pairs}
