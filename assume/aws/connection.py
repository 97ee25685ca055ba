"""One connection to STS, dialled in a thread while botocore is imported.

TCP and TLS take two round trips, importing botocore 70 ms: both happen at the same time. botocore still makes,
signs and parses every request; its `before-send` event hands the finished request over to `send`. In any unusual
case (a proxy, another host than was guessed, a failed dial, a retry), `send` returns None, and botocore uses its
own connection. `seams` lists everything that we change in botocore.
"""

import threading

from assume.aws import authorities
from assume.errors import Unreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator, Mapping
    from http.client import HTTPConnection
    from typing import Any

    from assume.profiles.chain import Chain
    from assume.profiles.config import Config

CONNECT_S = 5
READ_S = 15
LARGEST = 1 << 20  # bytes of a reply; a real one has about 2,000
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


def guess(settings: "Mapping[str, str]") -> "tuple[bool, str, int] | None":
    """(TLS, host, port) that botocore will most likely call; None if that cannot be told from the settings."""
    if settings.get("sts_regional_endpoints") == "legacy" or settings.get("use_fips_endpoint"):
        return None
    endpoint = settings.get("endpoint", "")
    if endpoint:
        scheme, _, rest = endpoint.partition("://")
        host, _, port = rest.partition("/")[0].partition(":")
        if scheme not in ("http", "https") or not host or "@" in host or "[" in host:
            return None
        return scheme == "https", host, int(port) if port.isdigit() else (443 if scheme == "https" else 80)
    region = settings.get("region", "")
    if settings.get("use_dualstack_endpoint") or region.startswith(("cn-", "us-iso", "eu-iso")):
        return None
    return True, f"sts.{region}.amazonaws.com" if region and region != "aws-global" else "sts.amazonaws.com", 443


def dialled(chain: "Chain", config: "Config", base: "Mapping[str, str]") -> "Connection | None":
    """A connection that is being made to the most likely address of STS; None in any unusual case."""
    target = guess(dict(chain.settings))
    if target is None or not (chain.hops or chain.serial) or any(base.get(name) for name in PROXIES):
        return None
    trusted = authorities.bundle(base, config.profile(chain.profile) or {}) if target[0] else ""
    return Connection(*target, trusted) if trusted or not target[0] else None


class Connection:
    """A connection, made in the background. `sent` counts the requests that went over it."""

    def __init__(self, tls: bool, host: str, port: int, ca_bundle: str) -> None:
        self.tls, self.host, self.port, self.ca_bundle = tls, host, port, ca_bundle
        self.sent = 0
        self._spent = False
        self._socket: socket.socket | None = None
        self._http: HTTPConnection | None = None
        _import(tls)
        self._thread = threading.Thread(target=self._dial, daemon=True)
        self._thread.start()

    def _dial(self) -> None:
        import socket

        try:
            line = socket.create_connection((self.host, self.port), CONNECT_S)
            line.settimeout(READ_S)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                line = authorities.context(self.ca_bundle).wrap_socket(line, server_hostname=self.host)
            self._socket = line
        except (OSError, ValueError):
            self._spent = True  # botocore will meet the same failure, and explain it

    def send(self, request: "Any", **_: "Any") -> "Any":
        """botocore's `before-send`: the response, or None to let botocore use its own connection.

        `request` is a botocore AWSPreparedRequest. Raises botocore's own connection errors, so that botocore decides
        about a retry.
        """
        from http.client import HTTPConnection, HTTPException

        from botocore.awsrequest import AWSResponse
        from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
        from botocore.utils import get_environ_proxies

        if not self._serves(request.url) or get_environ_proxies(request.url):
            return None
        self._thread.join(2 * CONNECT_S)
        if self._spent or self._socket is None:
            return None
        if self._http is None:
            self._http = HTTPConnection(self.host, self.port)
            self._http.default_port = 443 if self.tls else 80  # the signed Host header has no default port
            self._http.auto_open = 0  # a connection that it opens itself would lack TLS
            self._http.sock = self._socket
        if self._http.sock is None or not _is_open(self._http.sock):
            self._spent = True
            return None
        headers = {_text(name): _text(value) for name, value in request.headers.items()}
        path = request.url.partition("://")[2].partition("/")[2]
        try:
            self._http.request(request.method, "/" + path, request.body, headers)
            response = self._http.getresponse()
            content = response.read(LARGEST + 1)
        except TimeoutError as error:
            self._spent = True
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from None
        except (OSError, HTTPException) as error:
            self._spent = True
            raise ConnectionClosedError(endpoint_url=request.url, error=error, request=request) from None
        if len(content) > LARGEST:
            self._spent = True
            raise Unreachable(
                f"{self.host} sent more than a megabyte, which STS never does", "check the endpoint and the proxy"
            )
        self.sent += 1
        if response.status >= 500 or response.status == 429:
            self._spent = True  # botocore retries over its own connection
        return AWSResponse(request.url, response.status, dict(response.getheaders()), _Read(content))  # type: ignore[arg-type]

    def _serves(self, url: str) -> bool:
        scheme, _, rest = url.partition("://")
        host, _, port = rest.partition("/")[0].partition(":")
        asked = (scheme == "https", host, int(port) if port.isdigit() else (443 if scheme == "https" else 80))
        return asked == (self.tls, self.host, self.port)


def _import(tls: bool) -> None:
    """Imports all that the thread needs: two threads that import at once may see a half-loaded module."""
    import encodings.idna  # noqa: F401
    import socket  # noqa: F401

    if tls:
        import ssl  # noqa: F401


class _Read:
    """A body that is in memory already, as botocore's `raw`."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def stream(self) -> "Iterator[bytes]":
        yield self.content


def _is_open(line: "socket.socket") -> bool:
    """False if STS closed the connection while a code was typed: a code is sent once, so the line must be good."""
    import ssl

    line.settimeout(0)
    try:
        line.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):  # with TLS, all that came so far were session tickets
        return True
    except OSError:
        return False
    finally:
        line.settimeout(READ_S)
    return False


def _text(value: "str | bytes") -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
