"""One HTTP request over a socket that is connected already: what `http.client` does, without the 70 modules it loads.

In: a socket and the bytes of a request. Out: a Reply. It raises TimeoutError, another OSError, or ValueError if what
came is not a whole HTTP reply; by then the other end may have the request.
"""

from assume.errors import Unreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    import _socket

LARGEST = 1 << 20  # bytes of a reply's body; a real one has about 2,000
HEAD_LARGEST = 1 << 16
CHUNK = 1 << 16
CODINGS = ("", "identity")


class Reply:
    """A whole reply. `headers` are by their names in lower case; `is_last`: the other end closes the connection."""

    __slots__ = ("body", "headers", "is_last", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes, is_last: bool) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.is_last = is_last


def exchange(line: "_socket.socket", request: bytes) -> Reply:
    """Sends `request` and reads the reply."""
    line.sendall(request)
    incoming = _Incoming(line)
    version, status, headers = _head(incoming.until(b"\r\n\r\n"))
    is_last = version != "HTTP/1.1" or "close" in headers.get("connection", "").lower()
    length = headers.get("content-length", "")
    if headers.get("transfer-encoding", "").lower() not in CODINGS:
        body = _chunks(incoming, headers["transfer-encoding"])
    elif length:
        body = incoming.exactly(_number(length, 10))
    else:
        body, is_last = incoming.rest(), True
    return Reply(status, headers, body, is_last or bool(incoming.content))


class _Incoming:
    """What has arrived and was not used yet."""

    def __init__(self, line: "_socket.socket") -> None:
        self.line = line
        self.content = b""

    def until(self, mark: bytes) -> bytes:
        """The bytes in front of `mark`."""
        while mark not in self.content:
            if len(self.content) > HEAD_LARGEST:
                raise ValueError("a line or the head of the reply does not end")
            self._more()
        found, _, self.content = self.content.partition(mark)
        return found

    def exactly(self, count: int) -> bytes:
        """The next `count` bytes."""
        if count > LARGEST:
            raise _too_large()
        parts, missing = [self.content], count - len(self.content)
        while missing > 0:
            parts.append(self._received())
            missing -= len(parts[-1])
        whole = b"".join(parts)
        self.content = whole[count:]
        return whole[:count]

    def rest(self) -> bytes:
        """Everything up to the end of the connection."""
        parts, size = [self.content], len(self.content)
        while part := self.line.recv(CHUNK):
            parts.append(part)
            size += len(part)
            if size > LARGEST:
                raise _too_large()
        self.content = b""
        return b"".join(parts)

    def _more(self) -> None:
        self.content += self._received()

    def _received(self) -> bytes:
        part = self.line.recv(CHUNK)
        if not part:
            raise ConnectionError("the connection was closed inside the reply")
        return part


def _head(head: bytes) -> tuple[str, int, dict[str, str]]:
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, rest = first.partition(" ")
    status = rest[:3]
    if version not in ("HTTP/1.0", "HTTP/1.1") or len(status) != 3 or rest[3:4] not in ("", " "):
        raise ValueError("this is not a reply of HTTP/1")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise ValueError("a header without a name")
        headers[name.lower()] = value.strip()
    number = _number(status, 10)
    if number < 200:
        raise ValueError("an interim reply, which nobody asked for")
    return version, number, headers


def _chunks(incoming: _Incoming, coding: str) -> bytes:
    if coding.lower() != "chunked":
        raise ValueError("an unknown transfer coding")
    body = b""
    while size := _number(incoming.until(b"\r\n").partition(b";")[0].decode("latin-1").strip(), 16):
        body += incoming.exactly(size)
        if len(body) > LARGEST:
            raise _too_large()
        if incoming.exactly(2) != b"\r\n":
            raise ValueError("a chunk is longer than its size")
    while incoming.until(b"\r\n"):  # trailers
        pass
    return body


def _number(text: str, base: int) -> int:
    """Digits alone: `int` would take a sign, spaces and underscores too."""
    if not (text.isascii() and text.isalnum()):
        raise ValueError("not a number")
    return int(text, base)


def _too_large() -> Unreachable:
    return Unreachable("the reply has more than a megabyte, which STS never sends", "check the endpoint and the proxy")
