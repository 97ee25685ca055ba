"""HTTP/1.1 on 127.0.0.1: receives requests, sends replies, and injects faults into them.

Each connection has a thread and is kept alive. The TLS handshake runs in that
thread, so that a client that stalls in it holds up no other client. CONNECT makes
this a proxy that answers for every host itself, with the certificates of `tunnel`.
That is how a client that calls sts.us-west-2.amazonaws.com ends up here.
"""

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from assume.simulator.faults import Fault
from assume.simulator.replies import Reply, text_reply
from assume.simulator.requests import Request

MOST_BODY = 1024 * 1024
NO_LINGER = struct.pack("ii", 1, 0)  # closing then sends a reset
Answer = Callable[[Request], tuple[Reply, Fault | None]]


class Server(ThreadingHTTPServer):
    """The listening server; `answer` is called for every request."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(
        self,
        answer: Answer,
        clock: Callable[[], float],
        tls: ssl.SSLContext | None,
        tunnel: ssl.SSLContext | None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.clock = clock
        self.tls = tls
        self.tunnel = tunnel
        self.tunnels: list[str] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, object]:
        """Accepts a connection and counts it."""
        connection, address = super().get_request()
        self.connections += 1
        self._open.add(connection)
        return connection, address

    def secured(self, connection: socket.socket, context: ssl.SSLContext) -> ssl.SSLSocket:
        """Wraps the connection in TLS; the result replaces it."""
        self._open.discard(connection)
        made = context.wrap_socket(connection, server_side=True)
        self._open.add(made)
        return made

    def forget(self, connection: socket.socket) -> None:
        """Closes a connection that has ended."""
        self._open.discard(connection)
        connection.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignores errors of a connection: a client may leave, or reject our certificate."""

    def stop(self) -> None:
        """Stops listening and closes every open connection."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it had ended already


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Makes the TLS handshake, if the server speaks TLS."""
        if self.server.tls is not None:
            self.request = self.server.secured(self.request, self.server.tls)
        super().setup()

    def finish(self) -> None:
        """Closes the connection; with TLS it is another socket than the one that the server accepted."""
        super().finish()
        self.server.forget(self.connection)

    def do_CONNECT(self) -> None:
        """Answers from now on as the host that the client asked the proxy for."""
        if self.server.tunnel is None:
            self._send(text_reply("no proxy here", 405), None)
            return
        self.server.tunnels.append(self.path)
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.request = self.server.secured(self.connection, self.server.tunnel)
        super().setup()
        self.close_connection = False

    def do_POST(self) -> None:
        """Reads a request of any method, and sends the answer to it."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > MOST_BODY:
            self.close_connection = True
            self._send(text_reply("a Content-Length is required", 411), None)
            return
        body = self.rfile.read(int(length))
        target = urlsplit(self.path)
        headers = tuple((name.lower(), value.strip()) for name, value in self.headers.items())
        request = Request(self.command, target.path or "/", target.query, headers, body)
        self._send(*self.server.answer(request))

    do_GET = do_PUT = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Prints nothing: `Sts` records the calls."""

    def _send(self, reply: Reply, fault: Fault | None) -> None:
        head = [
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
            f"Date: {formatdate(self.server.clock(), usegmt=True)}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(reply.body)}",
            *(f"{name}: {value}" for name, value in reply.headers.items()),
        ]
        raw = "\r\n".join([*head, "", ""]).encode("latin-1") + reply.body
        if fault is None:
            self.wfile.write(raw)
        else:
            self._send_badly(raw, len(reply.body), fault)

    def _send_badly(self, raw: bytes, body_size: int, fault: Fault) -> None:
        match fault.kind:
            case "hang":
                if self._hang(fault):
                    self.wfile.write(raw)
            case "drip":
                for byte in raw:
                    self.wfile.write(bytes([byte]))
                    if self.server.stopping.wait(fault.every_s):
                        return
            case "cut":
                self.wfile.write(raw[: len(raw) - body_size // 2])
                self._reset()
            case "close_before_reply":
                self.close_connection = True
            case _:
                self.wfile.write(raw)

    def _hang(self, fault: Fault) -> bool:
        """Waits for the fault's event. False if the server was stopped first."""
        if fault.reached is not None:
            fault.reached.set()
        while fault.until is not None and not fault.until.wait(0.05):
            if self.server.stopping.is_set():
                self.close_connection = True
                return False
        return True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.close_connection = True
        socket.close(self.connection.detach())
