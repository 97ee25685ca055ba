"""One connection to STS, dialled in a thread while the rest is imported and a code is typed.

Only in the plain case (`endpoint`): then `direct` sends its requests over it. Else botocore makes the calls, over a
connection of its own. The authorities that are trusted are those that botocore trusts.
"""

import _socket
import threading

from assume.aws import authorities, endpoint, wire

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from assume.aws.endpoint import Target
    from assume.profiles.chain import Chain
    from assume.profiles.config import Config

CONNECT_S = 5
WAIT_S = 10  # for the whole connection: after that botocore tries
READ_S = 15


def dialled(chain: "Chain", config: "Config", base: "Mapping[str, str]") -> "Connection | None":
    """A connection that is being made for the calls of `chain`; None in any unusual case, or if there are no calls."""
    found = endpoint.plain(chain, config, base)
    if found is None:
        return None
    trusted = authorities.bundle(base, config.profile(chain.profile) or {}) if found.tls else ""
    return pool.taken(found, trusted) if trusted or not found.tls else None


class Pool:
    """Open connections that nobody uses now, in a process that gets many roles: to dial takes two or three round trips.

    Before `keep`, which a single switch has no need of, each chain has a new connection.
    """

    def __init__(self) -> None:
        self._idle: dict[tuple[bool, str, int, str], list[Connection]] = {}
        self._lock = threading.Lock()
        self._is_kept = False

    def keep(self) -> None:
        """From now on, until `drop`, connections are used again, by any thread."""
        self._is_kept = True

    def drop(self) -> None:
        """Leaves every idle connection, and keeps no others."""
        self._is_kept = False
        with self._lock:
            self._idle.clear()

    def taken(self, place: "Target", ca_bundle: str) -> "Connection":
        """An idle connection to that place, else a new one."""
        with self._lock:
            idle = self._idle.get((place.tls, place.host, place.port, ca_bundle))
            found = idle.pop() if idle else None
        if found is None:
            return Connection(place, ca_bundle)
        found.target = place  # whose region may be another one
        return found

    def given(self, connection: "Connection | None") -> None:
        """Keeps a connection for the next one who needs it, if it is still good."""
        if connection is None or not connection.is_idle or not self._is_kept:
            return
        place = connection.target
        with self._lock:
            key = (place.tls, place.host, place.port, connection.ca_bundle)
            self._idle.setdefault(key, []).append(connection)


class Connection:
    """A connection, made in the background. `sent` counts the requests that were answered over it."""

    def __init__(self, place: "Target", ca_bundle: str) -> None:
        self.target = place
        self.ca_bundle = ca_bundle
        self.sent = 0
        self._spent = False  # there was a failure: botocore goes on
        self._is_closed = False  # by the other end, in order
        self._line: _socket.socket | None = None  # without TLS
        self._socket: _socket.socket | None = None  # ready for requests
        self._dial()

    @property
    def is_idle(self) -> bool:
        """Whether a request was answered over it, and another one can be sent."""
        return bool(self.sent) and not self._spent and self._socket is not None

    def _dial(self) -> None:
        """Starts to connect. Two threads that import at once may see a half-loaded module: all imports are here."""
        self._connecting = threading.Thread(target=self._connect, daemon=True)
        self._connecting.start()
        if self.target.tls:
            import ssl  # noqa: F401  # this takes as long as a TCP connect
        self._thread = threading.Thread(target=self._secure, daemon=True)
        self._thread.start()

    def _connect(self) -> None:
        try:
            line = reached((self.target.host, self.target.port))
            line.settimeout(READ_S)
            line.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
            self._line = line
        except (OSError, ValueError):
            self._spent = True  # botocore will meet the same failure, and explain it

    def _secure(self) -> None:
        """Reads the authorities while TCP connects, then makes the TLS connection, if there is to be one."""
        try:
            context = authorities.context(self.ca_bundle) if self.target.tls else None
            self._connecting.join()
            if self._line is not None and context is not None:
                host = self.target.host.encode()
                self._line = context.wrap_socket(self._line, server_hostname=host)  # type: ignore[arg-type]
            self._socket = self._line
        except (OSError, ValueError):
            self._spent = True  # the same here

    def exchange(self, request: bytes) -> wire.Reply | None:
        """The reply; None if there is no connection, so that nothing was sent.

        Raises OSError or ValueError if the reply is missing or broken: STS may have received the request.
        """
        self._thread.join(WAIT_S)
        if self._socket is not None and not _is_open(self._socket, self.target.tls):
            self._close()  # STS does so while a code is typed
        if self._is_closed:
            self._is_closed = False
            self._dial()
            self._thread.join(WAIT_S)
        if self._spent or self._socket is None:
            return None
        try:
            reply = wire.exchange(self._socket, request)
        except BaseException:
            self._spent = True
            raise
        self.sent += 1
        if reply.is_last:
            self._close()
        return reply

    def _close(self) -> None:
        """The other end has closed the connection: the next request goes over a new one."""
        if self._socket is not None:
            self._socket.close()
        self._line, self._socket, self._is_closed = None, None, True

    def leave(self) -> None:
        """No more requests over this connection: botocore retries over its own."""
        self._spent = True


def reached(address: tuple[str, int]) -> "_socket.socket":
    """A TCP connection, like `socket.create_connection`. Raises OSError.

    The module `socket` is not used: its import takes half as long as the start of Python. The host is
    handed over as bytes, since a text would be encoded with a codec whose import takes as long.
    """
    failure = OSError("the host has no address")
    for family, kind, protocol, _, place in _socket.getaddrinfo(
        address[0].encode(), address[1], 0, _socket.SOCK_STREAM
    ):
        line = _socket.socket(family, kind, protocol)
        try:
            line.settimeout(CONNECT_S)
            line.connect(place)
        except OSError as error:
            line.close()
            failure = error
        else:
            return line
    raise failure


def _is_open(line: "_socket.socket", tls: bool) -> bool:
    """False if STS has closed the connection: a code is sent once, so the line must be good."""
    waits: tuple[type[Exception], ...] = (BlockingIOError,)
    if tls:
        from ssl import SSLWantReadError

        waits = (BlockingIOError, SSLWantReadError)  # all that came so far were session tickets
    try:
        line.settimeout(0)
        line.recv(1)
    except waits:
        return True
    except OSError:
        return False
    finally:
        line.settimeout(READ_S)
    return False


pool = Pool()
