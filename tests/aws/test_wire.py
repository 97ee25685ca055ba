"""One HTTP reply read from a socket: whole, or an error that is not a reply."""

import socket
import threading

import pytest

from assume.aws import wire
from assume.errors import Unreachable

BODY = b"<a>\r\n\r\n</a>"
CHUNKS = b"3;x=y\r\n<a>\r\n008\r\n\r\n\r\n</a>\r\n0\r\nT: v\r\n\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(BODY)
WHOLE = [
    # the reply, and whether the connection ends with it
    (b"HTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n" + BODY, False),
    (b"HTTP/1.1 200\r\ncontent-length:%d\r\nX-Empty:\r\n\r\n" % len(BODY) + BODY, False),
    (b"HTTP/1.1 200 OK\r\nConnection: Close\r\n" + LENGTH + b"\r\n" + BODY, True),
    (b"HTTP/1.0 200 OK\r\n" + LENGTH + b"\r\n" + BODY, True),
    (b"HTTP/1.1 200 OK\r\n\r\n" + BODY, True),
    (b"HTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n" + BODY + b"more", True),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS, False),
]  # fmt: skip
BROKEN = [
    b"",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nshort",
    b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\n0123456789",
    b"HTTP/1.1 OK\r\n\r\n",
    b"HTTP/1.1 2000 OK\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/2 200\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n folded: x\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
    b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20_000,
]


def replied(content, step=1 << 16):
    """What `exchange` makes of a server that sends `content` in pieces, then closes."""
    ours, theirs = socket.socketpair()
    received = []

    def serve():
        received.append(theirs.recv(100))
        try:
            for at in range(0, len(content), step):
                theirs.sendall(content[at : at + step])
            theirs.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # we have heard enough

    server = threading.Thread(target=serve)
    server.start()
    ours.settimeout(5)
    try:
        return wire.exchange(ours, b"request")
    finally:
        ours.close()
        server.join(5)
        theirs.close()
        assert received == [b"request"]


@pytest.mark.parametrize(("content", "is_last"), WHOLE)
@pytest.mark.parametrize("step", [1, 7, 1 << 16])
def test_a_whole_reply(content, is_last, step):
    reply = replied(content, step)
    assert (reply.status, reply.body) == (200, BODY)
    assert reply.is_last == is_last or (step < 8 and content.endswith(b"more")), "the rest may not have arrived yet"


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_reply(content):
    with pytest.raises((OSError, ValueError)):
        replied(content)


@pytest.mark.parametrize(
    "head", [b"Content-Length: 2000000\r\n\r\n", b"\r\n", b"Transfer-Encoding: chunked\r\n\r\nFFFFF\r\n"]
)
def test_a_huge_body_is_not_read_to_its_end(head):
    content = b"x" * (wire.LARGEST - 1) + b"\r\nFFFFF\r\n" + b"x" * wire.LARGEST
    with pytest.raises(Unreachable, match="more than a megabyte"):
        replied(b"HTTP/1.1 200 OK\r\n" + head + content)


def test_headers_are_found_by_their_names_in_lower_case():
    reply = replied(b"HTTP/1.1 403 Forbidden\r\nDATE:  now \r\nContent-Length: 0\r\n\r\n")
    assert (reply.status, reply.headers) == (403, {"date": "now", "content-length": "0"})


def test_a_server_that_says_nothing_is_left():
    ours, theirs = socket.socketpair()
    ours.settimeout(0.05)
    with ours, theirs, pytest.raises(TimeoutError):
        wire.exchange(ours, b"request")
