"""The simulated STS: serves a world on loopback, and records every call.

    with serve(world, clock=time.time) as sts:
        sts.url     its address
        sts.calls   the calls to STS so far; sts.visits: the calls to the services beside it
        sts.faults  set it to make calls fail (see faults)

The steps of a call: injected fault, signature, parameters, action. An exception in
the simulator is a 500 for the client, and is raised again when `serve` ends.
"""

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from assume.simulator import actions, authorize, federation, metadata, oidc, parameters, portal, signin, sigv4
from assume.simulator.calls import Call, CallFile
from assume.simulator.faults import Fault, Faults, spoiled
from assume.simulator.replies import Refused, Reply, refusal, result
from assume.simulator.requests import Request
from assume.simulator.server import Server
from assume.simulator.world import World

VERSION = "2011-06-15"
FORM = "application/x-www-form-urlencoded"
BESIDE = (federation, metadata, oidc, authorize, portal, signin)  # beside STS, told apart by method and path
Clock = Callable[[], float]


class Sts:
    """A running simulator, for tests. They may replace `clock` and `faults` at any time."""

    def __init__(self, world: World, clock: Clock, file: CallFile | None = None) -> None:
        self.world = world
        self.clock = clock
        self.faults: Faults | None = None
        self.calls: list[Call] = []
        self.visits: list[Call] = []
        self.errors: list[Exception] = []
        self.url = ""
        self._file = file
        self._server: Server | None = None

    @property
    def connections(self) -> int:
        """The number of connections so far."""
        return self._server.connections if self._server else 0

    @property
    def tunnels(self) -> list[str]:
        """The HOST:PORT of every CONNECT so far."""
        return self._server.tunnels if self._server else []

    @property
    def actions(self) -> list[str]:
        """The names of the calls so far."""
        return [call.action for call in self.calls]

    def now(self) -> float:
        """The time (epoch seconds) by the present clock."""
        return self.clock()

    def start(self, tls: ssl.SSLContext | None, tunnel: ssl.SSLContext | None) -> None:
        """Listens on a free port."""
        self._server = Server(self.answer, self.now, tls, tunnel)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Closes every connection, and raises the first exception of the simulator, if there was one."""
        if self._server is not None:
            self._server.stop()
        if self.errors:
            raise self.errors[0]

    def answer(self, request: Request) -> tuple[Reply, Fault | None]:
        """The reply to a request, and the fault to inject when it is sent."""
        now = self.clock()
        visit, service = _visit_of(request)
        call = replace(visit or _call_of(request), at=now, host=request.host)
        fault = self.faults(call) if self.faults else None
        try:
            reply, arn = self._reply(call, request, fault, service)
        except Exception as error:
            self.errors.append(error)
            reply, arn = refusal(500, "InternalFailure", repr(error)), None
        if fault and fault.texts:
            reply = spoiled(reply, fault.texts)
        kind = fault.kind if fault else None
        done = replace(call, arn=arn, status=reply.status, code=reply.code, fault=kind)
        (self.visits if visit else self.calls).append(done)
        if self._file is not None:
            self._file.append(done)
        return reply, fault

    def _reply(
        self, call: Call, request: Request, fault: Fault | None, service: ModuleType | None
    ) -> tuple[Reply, str | None]:
        if fault and fault.instead:
            return fault.instead, None
        if service is not None:
            reply: Reply = service.answer(call, request, self.world)
            return reply, None
        return _act(call, request, self.world)


@contextmanager
def serve(
    world: World,
    clock: Clock = time.time,
    tls: ssl.SSLContext | None = None,
    *,
    tunnel: ssl.SSLContext | None = None,
    faults: Faults | None = None,
    file: Path | None = None,
) -> Iterator[Sts]:
    """Serves `world` on 127.0.0.1, with the time of `clock` (epoch seconds).

    `tls`: serves TLS with this context. `tunnel`: is also a proxy (CONNECT) that
    answers for every host, with this context. `file`: every call is appended to
    it, one JSON object a line.
    """
    sts = Sts(world, clock, CallFile(file) if file else None)
    sts.faults = faults
    sts.start(tls, tunnel)
    try:
        yield sts
    finally:
        sts.stop()


def _visit_of(request: Request) -> tuple[Call | None, ModuleType | None]:
    """The request as a Call and the service beside STS that answers it; (None, None) if it is for STS."""
    for service in BESIDE:
        if (visit := service.visit_of(request)) is not None:
            return visit, service
    return None, None


def _call_of(request: Request) -> Call:
    """The request as a Call; nothing in it has been checked."""
    try:
        params = parameters.flat(request.body)
    except Refused:
        params = {}
    action = params.pop("Action", "")
    params.pop("Version", None)
    try:
        claimed = sigv4.claim(request)
    except Refused:
        return Call(action, params)
    return Call(action, params, claimed.key_id, region=claimed.region)


def _act(call: Call, request: Request, world: World) -> tuple[Reply, str | None]:
    """Carries out a call: the reply, and the caller's ARN once the signature is verified."""
    who = None
    try:
        _check_form(request)
        if call.action in actions.UNSIGNED:
            given = parameters.checked(call.action, dict(call.params))
            fields = actions.UNSIGNED[call.action](actions.Invocation(world, given, call.at))
        elif call.action in actions.SIGNED:
            who = sigv4.caller(request, world, call.at)
            given = parameters.checked(call.action, dict(call.params))
            fields = actions.SIGNED[call.action](actions.Invocation(world, given, call.at), who)
        else:
            message = f"Could not find operation {call.action} for version {VERSION}"
            raise Refused(400, "InvalidAction", message)
    except Refused as no:
        return refusal(no.status, no.code, no.message), who.arn if who else None
    return result(call.action, fields), who.arn if who else None


def _check_form(request: Request) -> None:
    kind = (request.header("content-type") or "").partition(";")[0].strip()
    if (request.method, request.path, kind) != ("POST", "/", FORM):
        message = f"STS is POST / with {FORM}, not {request.method} {request.path} with {kind!r}"
        raise Refused(400, "MalformedInput", message)
    if parameters.flat(request.body).get("Version") != VERSION:
        raise Refused(400, "InvalidAction", f"The Version of STS is {VERSION}")
