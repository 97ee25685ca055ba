"""Credentials of instance and container: only from addresses that SDKs accept, without delay, never by a proxy."""

import socket
import threading
import time
from urllib.parse import urlsplit

import pytest

from assume.errors import SourceError
from assume.simulator import faults

INSTANCE = ("--credential-source", "Ec2InstanceMetadata")
CONTAINER = ("--credential-source", "EcsContainer")


@pytest.fixture
def machine(ground, clock):
    """A Ground on the demo's instance and in its container; a test may change `machine.environment`."""
    ground.environment |= ground.home.machine
    return ground


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Removes botocore's pause before a retry."""
    monkeypatch.setattr("botocore.utils.ContainerMetadataFetcher.SLEEP_TIME", 0)


@pytest.fixture
def trap():
    """An address that answers nothing; `trap.seen` has the first bytes of each connection."""
    with Trap() as trap:
        yield trap


class Trap:
    def __init__(self):
        self.seen: list[bytes] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                try:
                    self.seen.append(connection.recv(1000))
                except OSError:
                    self.seen.append(b"")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.close()


def visits(ground):
    return [visit.action for visit in ground.sts.visits]


@pytest.mark.parametrize(
    ("words", "asked"),
    [(INSTANCE, ["instance session", "instance role", "instance credentials"]), (CONTAINER, ["container credentials"])],
)
def test_each_endpoint_provides_credentials(machine, words, asked):
    assert machine.take(*words).credentials.session_token
    assert visits(machine) == asked


def test_no_endpoint_is_asked_for_a_profile_that_does_not_use_it(machine):
    machine.take("marketingadmin")
    machine.take("user1")
    assert visits(machine) == []


@pytest.mark.parametrize("value", ["true", "TRUE", "True"])
def test_disabled_metadata_is_not_asked(machine, value):
    machine.environment["AWS_EC2_METADATA_DISABLED"] = value
    with pytest.raises(SourceError, match="AWS_EC2_METADATA_DISABLED=true"):
        machine.take(*INSTANCE)
    assert visits(machine) == []


@pytest.mark.parametrize("words", [INSTANCE, CONTAINER], ids=lambda words: words[1])
@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_metadata_requests_do_not_use_a_proxy(machine, trap, words, name):
    machine.environment[name] = trap.url
    assert machine.take(*words).credentials.session_token
    assert trap.seen == []


def test_calls_to_sts_still_use_the_proxy(machine, trap):
    machine.environment["HTTPS_PROXY"] = trap.url
    machine.configure("on-instance", endpoint_url="https://sts.example.com")
    with pytest.raises(Exception, match="proxy"):
        machine.take("on-instance")
    assert visits(machine)[-1] == "instance credentials"
    assert trap.seen[0].startswith(b"CONNECT sts.example.com:443")


NOT_ALLOWED = [
    "http://example.com/creds",
    "http://10.0.0.1/creds",
    "http://169.254.169.254/creds",
    "http://169.254.170.2.example.com/creds",
    "http://127.0.0.1.example.com/creds",
    "http://localhost.example.com/creds",
    "http://169.254.170.2@example.com/creds",
    "http://[::ffff:10.0.0.1]/creds",
    "http://2130706433/creds",
    "http:///creds",
    "file:///etc/passwd",
    "ftp://example.com/creds",
    "example.com/creds",
    "http://exa\nmple.com/creds",
]


@pytest.mark.parametrize("url", NOT_ALLOWED)
def test_a_container_address_that_no_sdk_accepts_is_refused_without_a_request(machine, monkeypatch, url):
    called = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *words, **_: called.extend(words))
    machine.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url
    with pytest.raises(SourceError) as caught:
        machine.take(*CONTAINER)
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in str(caught.value)
    assert "\n\n" not in str(caught.value)
    assert called == []


@pytest.mark.parametrize("path", ["@example.com/x", ".example.com/x", ":80@example.com/", "x", "\\@example.com/"])
def test_a_relative_address_must_be_a_path(machine, monkeypatch, path):
    """It is appended to the container's address; a text that is not a path could change the host."""
    called = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *words, **_: called.extend(words))
    machine.environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = path
    with pytest.raises(SourceError, match="AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"):
        machine.take(*CONTAINER)
    assert called == []


@pytest.mark.parametrize(
    "url", ["http://169.254.170.2/creds", "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1/credentials",
            "https://example.com/creds", "http://localhost:1/creds", "http://[::1]:1/creds", "http://127.1.2.3:1/creds"],
)  # fmt: skip
def test_the_addresses_that_sdks_accept_are_called(machine, monkeypatch, url):
    called = []

    def resolved(host, *_, **__):
        called.append(host)
        raise socket.gaierror(-2, "not here")

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    machine.environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url
    with pytest.raises(SourceError):
        machine.take(*CONTAINER)
    assert set(called) == {urlsplit(url).hostname}


@pytest.mark.parametrize("words", [INSTANCE, CONTAINER], ids=lambda words: words[1])
def test_an_endpoint_that_does_not_answer_is_soon_given_up(machine, words):
    """A full backlog: connections are neither accepted nor refused, as for 169.254.169.254 outside of AWS."""
    server = socket.create_server(("127.0.0.1", 0), backlog=0)
    address = server.getsockname()
    waiting = []
    for _ in range(3):  # until the kernel accepts no more
        one = socket.socket()
        one.setblocking(False)
        one.connect_ex(address)
        waiting.append(one)
    url = f"http://127.0.0.1:{address[1]}"
    machine.environment |= {
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": url,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/creds",
    }
    started_at = time.monotonic()
    with pytest.raises(SourceError):
        machine.take(*words)
    assert time.monotonic() - started_at < 30, "one second for each request; the kernel would try for two minutes"
    for one in (*waiting, server):
        one.close()


def test_a_redirect_is_not_followed(machine, trap):
    machine.sts.faults = lambda _: faults.redirect(trap.url)
    for words in (INSTANCE, CONTAINER):
        with pytest.raises(SourceError):
            machine.take(*words)
    assert trap.seen == []
