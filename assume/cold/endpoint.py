"""A container-credentials endpoint on loopback: what SDKs ask for credentials, again and again, while a command runs.

In: a function that returns credentials; out: an HTTP server on 127.0.0.1, on a port that the system picks. A request
is answered only if its Host header names this server, so that no web page reaches it under a name of its own (DNS
rebinding), and if it carries the authorization that the command alone was given.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

import hmac
import json
import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from assume.credentials import Credentials, instant
from assume.errors import AssumeError
from assume.terminal import show

PATH = "/credentials"
CONNECTION_S = 10  # the longest that a client may take to send its request


class Endpoint(ThreadingHTTPServer):
    """The server. `credentials()` returns the credentials to hand out; if it cannot, it raises AssumeError with why.

    `role_arn` is part of the answer; `authorization` is what a request has to carry.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, authorization: str, role_arn: str, credentials: Callable[[], Credentials]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.authorization = authorization.encode()
        self.role_arn = role_arn
        self.credentials = credentials

    def server_bind(self) -> None:
        """Binds, without looking up the name of this machine, which may take seconds."""
        socket.socket.bind(self.socket, self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    @property
    def url(self) -> str:
        """The value of AWS_CONTAINER_CREDENTIALS_FULL_URI."""
        return f"http://127.0.0.1:{self.server_port}{PATH}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignores errors of a connection: a client may leave."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Endpoint
    timeout = CONNECTION_S
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "assume"
    sys_version = ""

    def parse_request(self) -> bool:
        """Refuses a request that this command has not made, before anything else of it counts."""
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host", [])
        known = (f"127.0.0.1:{self.server.server_port}", f"localhost:{self.server.server_port}")
        given = self.headers.get("Authorization", "").encode("latin-1", "replace")
        is_right = hmac.compare_digest(given, self.server.authorization)
        if len(hosts) != 1 or hosts[0].lower() not in known or not is_right:
            self._send(403, {"code": "AccessDenied", "message": "not for you"})
            return False
        if self.command != "GET":
            self._send(405, {"code": "MethodNotAllowed", "message": "GET alone is answered"})
            return False
        return True

    def do_GET(self) -> None:
        """Answers with credentials, or with the reason why it has no credentials."""
        if self.path.partition("?")[0] != PATH:
            self._send(404, {"code": "NotFound", "message": f"the path is {PATH}"})
            return
        try:
            credentials = self.server.credentials()
        except AssumeError as error:
            self._send(503, {"code": type(error).__name__, "message": str(error)})
            return
        document = {
            "AccessKeyId": credentials.key_id,
            "SecretAccessKey": credentials.secret,
            "Token": credentials.session_token,
            "Expiration": instant(credentials.expires_at or 0),
            "RoleArn": self.server.role_arn,
            "AccountId": show.account(credentials.arn or self.server.role_arn),
        }
        self._send(200, {name: value for name, value in document.items() if value})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Prints nothing."""

    def _send(self, status: int, document: dict[str, str]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if status != 200:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
