"""The answer of a browser: a server on 127.0.0.1 that serves one redirect, and shows in the tab how it ended.

    with Callback("/oauth/callback") as callback:
        callback.url                   where the browser is to be redirected; the port is the system's choice
        answer = callback.wait(600)    its fields; None when the time is up
        callback.show("Signed in", "You can close this tab.")

Only a GET for that path, to this host, counts; others get 404 and are forgotten. A browser also opens connections on
which it sends nothing: they hold up nobody.
"""

import html
import selectors
import socket
import time
from typing import Self
from urllib.parse import parse_qsl, urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

LARGEST = 16384  # bytes of a request's head
SEND_S = 5.0
STEP_S = 0.2  # Windows delivers Ctrl-C no sooner than this
HEAD = (
    "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {size}\r\nConnection: close\r\n"
    "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\r\n"
)
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>{title} - assume</title>
<style>body {{ font: 1.1em/1.5 sans-serif; max-width: 32em; margin: 18vh auto; padding: 0 1em; }}</style></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


class Callback:
    """A server for one answer. It listens from the start; `close`, or the end of the block, ends it."""

    def __init__(self, path: str) -> None:
        """Raises OSError if nothing can listen on 127.0.0.1."""
        self._path = path
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._listener.bind(("127.0.0.1", 0))
            self._listener.listen(64)
            self._listener.setblocking(False)
        except OSError:
            self._listener.close()
            raise
        self._heads: dict[socket.socket, bytes] = {}
        self._asking: socket.socket | None = None
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}{path}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None"
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends every connection, and listens no longer."""
        for connection in (*self._heads, self._asking, self._listener):
            if connection is not None:
                connection.close()
        self._heads.clear()
        self._asking = None

    def wait(self, limit_s: float) -> "dict[str, str] | None":
        """The fields of the redirect's query; None after `limit_s`. From then on nobody else is served."""
        until = time.monotonic() + limit_s
        while (left_s := until - time.monotonic()) > 0:
            for connection in self._ready(min(left_s, STEP_S)):
                if connection is self._listener:
                    self._accept()
                elif (fields := self._fields(connection)) is not None:
                    self._listener.close()
                    return fields
        return None

    def show(self, title: str, text: str, is_good: bool = True) -> None:
        """Sends the page to the tab that brought the answer."""
        if self._asking is not None:
            self._send(self._asking, "200 OK" if is_good else "400 Bad Request", title, text)
            self._asking = None

    def _ready(self, seconds: float) -> "list[socket.socket]":
        with selectors.DefaultSelector() as selector:
            for connection in (self._listener, *self._heads):
                selector.register(connection, selectors.EVENT_READ)
            return [key.fileobj for key, _ in selector.select(seconds) if isinstance(key.fileobj, socket.socket)]

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        connection.setblocking(False)
        if len(self._heads) >= 64:  # somebody plays with the port: the oldest has waited long enough
            oldest = next(iter(self._heads))
            del self._heads[oldest]
            oldest.close()
        self._heads[connection] = b""

    def _fields(self, connection: socket.socket) -> "dict[str, str] | None":
        """What a connection has sent, if it is the redirect; else None, and it is answered or goes on."""
        try:
            more = connection.recv(LARGEST)
        except BlockingIOError:
            return None
        except OSError:
            more = b""
        head = self._heads.pop(connection) + more
        if b"\r\n\r\n" not in head:
            if more and len(head) < LARGEST:
                self._heads[connection] = head
            else:
                connection.close()
            return None
        words, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, _, rest = words.partition(" ")
        target = urlsplit(rest.rpartition(" ")[0])
        hosts = [line[5:].strip() for line in lines if line[:5].lower() == "host:"]
        is_ours = hosts == [f"127.0.0.1:{self.port}"] and target.path == self._path and method == "GET"
        fields = dict(parse_qsl(target.query, keep_blank_values=True))
        if not is_ours or not fields.keys() & {"code", "error"}:
            self._send(connection, "404 Not Found", "Nothing here", "assume waits for the answer of a sign-in.")
            return None
        self._asking = connection
        return fields

    @staticmethod
    def _send(connection: socket.socket, status: str, title: str, text: str) -> None:
        page = PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
        try:
            connection.settimeout(SEND_S)
            connection.sendall(HEAD.format(status=status, size=len(page)).encode() + page)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the tab was closed; the answer has come all the same
        finally:
            connection.close()
