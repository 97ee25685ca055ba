"""The server for one redirect: what counts as the answer, what does not, and the page."""

import socket
import threading
import urllib.error
import urllib.request

import pytest

from assume.login.callback import LARGEST, Callback


@pytest.fixture
def callback():
    with Callback("/oauth/callback") as made:
        yield made


def sent(callback, text):
    """A connection on which `text` was sent."""
    connection = socket.create_connection(("127.0.0.1", callback.port), timeout=20)
    connection.sendall(text.encode())
    return connection


def request(callback, path="/oauth/callback?code=c&state=s", method="GET", host=None):
    return f"{method} {path} HTTP/1.1\r\nHost: {host or f'127.0.0.1:{callback.port}'}\r\n\r\n"


def everything(connection):
    """What comes until the other side closes."""
    content = b""
    while more := connection.recv(65536):
        content += more
    connection.close()
    return content.decode()


def test_the_answer_gets_a_page_and_nobody_else_is_served(callback):
    ours = sent(callback, request(callback))
    assert callback.wait(20) == {"code": "c", "state": "s"}
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", callback.port), timeout=20)
    callback.show("Signed <in>", "You & I")
    head, _, body = everything(ours).partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 200 OK\r\n")
    assert "Cache-Control: no-store" in head and "default-src 'none'" in head
    assert "<h1>Signed &lt;in&gt;</h1><p>You &amp; I</p>" in body


def test_it_listens_on_127_0_0_1_and_on_a_port_of_the_systems_choice(callback):
    with Callback("/x") as other:
        assert other.port != callback.port
        assert other.url == f"http://127.0.0.1:{other.port}/x"
        assert other._listener.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "how",
    [{"path": "/favicon.ico"}, {"path": "/oauth/callback"}, {"path": "/oauth/callback/x?code=c&state=s"},
     {"method": "POST"}, {"host": "evil.example:80"}, {"host": "localhost"}, {"method": "HEAD"}],
)  # fmt: skip
def test_other_requests_are_not_the_answer(callback, how):
    other = sent(callback, request(callback, **how))
    ours = sent(callback, request(callback))
    assert callback.wait(20) == {"code": "c", "state": "s"}
    assert everything(other).startswith("HTTP/1.1 404 ")
    callback.show("Signed in", "", is_good=False)
    assert everything(ours).startswith("HTTP/1.1 400 ")


def test_silent_slow_and_endless_connections_hold_nobody_up(callback):
    silent = [socket.create_connection(("127.0.0.1", callback.port), timeout=20) for _ in range(40)]
    endless = sent(callback, "GET /" + "x" * LARGEST)
    whole = request(callback)
    slow = sent(callback, whole[:30])
    threading.Timer(0.2, lambda: slow.sendall(whole[30:].encode())).start()
    assert callback.wait(20) == {"code": "c", "state": "s"}
    for connection in (*silent, endless, slow):
        connection.close()


def test_a_denial_is_an_answer(callback):
    sent(callback, request(callback, "/oauth/callback?error=access_denied&state=s&error_description=a+b%0A"))
    assert callback.wait(20) == {"error": "access_denied", "state": "s", "error_description": "a b\n"}


def test_the_time_is_up(callback):
    assert callback.wait(0.1) is None
    callback.show("nobody", "sees it")


def test_a_tab_that_was_closed_is_no_trouble(callback):
    sent(callback, request(callback)).close()
    assert callback.wait(20) is not None
    callback.show("Signed in", "x" * 1_000_000)


def test_an_ordinary_client_reads_the_page(callback):
    pages = []
    thread = threading.Thread(
        target=lambda: pages.append(urllib.request.urlopen(f"{callback.url}?code=%C3%A9&state=s", timeout=20).read())
    )
    thread.start()
    assert callback.wait(20) == {"code": "é", "state": "s"}
    callback.show("Signed in", "Zoë")
    thread.join(20)
    assert "Zoë" in pages[0].decode()
