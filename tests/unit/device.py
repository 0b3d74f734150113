"""A device with everything on it but Kodi, and the networks it can be on: words of a server, or a simulated Simkl.

Only the clock stands still until it is moved.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Callable, Protocol

from counting_worker import CountingWorker
from fakes import FakeClock, FakeStore, MemoryDatabase, environment
from flow_cases import CLIENT_ID, DEVICE, PIN, TOKEN_BODY, FlowCase, account, answer
from simkl_connect.auth.authorizer import Authorizer, NotConfigured
from simkl_connect.auth.device_flow import GRANT_TYPE
from simkl_connect.auth.pending_sign_in import PendingSignIn
from simkl_connect.auth.token_refresher import Notice, TokenRefresher
from simkl_connect.errors import ConnectionFailed, Problem
from simkl_connect.http.messages import ClientInfo, Request, Response
from simkl_connect.http.session import Session
from simkl_connect.http.worker import POSTS_APART
from simkl_connect.models import Token
from simkl_connect.ui.view import View
from simkl_simulator import Fault, Simulator

REFRESHED = answer({**TOKEN_BODY, "access_token": "simkl_at_2", "refresh_token": None})
WEEK = 7 * 86400.0
LONGEST = 30.0
"""Seconds that a request may take."""


@dataclass(frozen=True, eq=False)
class Ask:
    """One of the requests that the add-on makes, in one of the flows. ``path``: how its path begins."""

    name: str
    case: FlowCase
    path: str

    def __str__(self) -> str:
        return f"{self.name}-{self.case.name}"


ASKS = [
    Ask("code", PIN, "/oauth/pin"),
    Ask("poll", PIN, "/oauth/pin/"),
    Ask("name", PIN, "/users/settings"),
    Ask("code", DEVICE, "/oauth2/device"),
    Ask("poll", DEVICE, "/oauth2/token"),
    Ask("name", DEVICE, "/users/settings"),
    Ask("refresh", DEVICE, "/oauth2/token"),
    Ask("revoke", DEVICE, "/oauth2/revoke"),
]


class Line(Protocol):
    """What a worker sends through."""

    def send(self, request: Request) -> Response:
        """Raises ConnectionFailed."""

    def interrupt(self) -> None:
        """Ends the request in flight."""

    def close(self) -> None:
        """Ends everything."""


class Network:
    """What a device is connected to. ``hangs``: tells whether a request is under way that is never answered."""

    def __init__(self) -> None:
        self.requests: list[tuple[float, Request]] = []
        self.clock = FakeClock()
        self.sending: list[Request] = []
        self.hangs: Callable[[], bool] = lambda: False

    def __enter__(self) -> Network:
        return self

    def __exit__(self, *_error: object) -> None:
        """Nothing is open."""

    def open(self) -> Line:
        """The line of a worker."""
        raise NotImplementedError

    def approve(self) -> None:
        """The user presses Allow."""
        raise NotImplementedError

    @property
    def secrets(self) -> set[str]:
        """What no log line may hold, so far: every code, token and verifier that was sent or received."""
        sent: set[str] = set()
        for _, request in self.requests:
            form = request.form or {}
            sent |= {form[name] for name in ("device_code", "code_verifier", "refresh_token", "token") if name in form}
            if request.path.startswith("/oauth/pin/"):
                sent.add(request.path.rpartition("/")[2])
            if request.bearer is not None:
                sent.add(request.bearer.reveal())
        return sent


@dataclass
class _Watched:
    """A line whose traffic the network knows of."""

    network: Network
    line: Line

    def send(self, request: Request) -> Response:
        self.network.requests.append((self.network.clock(), request))
        self.network.sending.append(request)
        try:
            return self.line.send(request)
        finally:
            self.network.sending.remove(request)

    def interrupt(self) -> None:
        self.line.interrupt()

    def close(self) -> None:
        self.line.close()


class Words(Network):
    """A server that says what its flow's documents say, and once or more what it is told to say instead."""

    def __init__(self, case: FlowCase) -> None:
        super().__init__()
        self.case = case
        self.allowed = False
        self._strikes: list[tuple[Ask, Response | ConnectionFailed]] = []

    def strike(self, ask: Ask, reply: Response | ConnectionFailed, times: int = 1) -> None:
        """The next requests of this kind get ``reply``."""
        self._strikes += [(ask, reply)] * times

    def approve(self) -> None:
        self.allowed = True

    def open(self) -> Line:
        return _Watched(self, self)

    def send(self, request: Request) -> Response:
        kind = kind_of(request)
        for strike in self._strikes:
            if strike[0].name == kind and request.path.startswith(strike[0].path):
                self._strikes.remove(strike)
                if isinstance(strike[1], ConnectionFailed):
                    raise strike[1]
                return strike[1]
        return self._say(kind, request)

    def _say(self, kind: str, request: Request) -> Response:
        said = {
            "code": self.case.issued(),
            "poll": self.case.granted if self.allowed else self.case.pending,
            "name": account("Ada"),
            "refresh": REFRESHED,
            "revoke": Response(200),
        }
        flow_path = "/oauth/pin" if self.case is PIN else "/oauth2/"
        if kind == "code" and not request.path.startswith(flow_path):
            return (DEVICE if self.case is PIN else PIN).client_refused
        return said[kind]

    def interrupt(self) -> None:
        """Nothing takes time here."""

    def close(self) -> None:
        """Nothing is open."""


class Wire(Network):
    """Real connections to a simulated Simkl, where one request meets with something."""

    def __init__(self, case: FlowCase) -> None:
        super().__init__()
        self.simkl = Simulator({CLIENT_ID: "v1" if case is PIN else "v2"}, rate_limits=False, clock=self.clock)
        self.planned: tuple[Ask, Fault | str, bool] | None = None

    def __enter__(self) -> Network:
        self.simkl.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.simkl.close()

    def strike(self, ask: Ask, fault: Fault | str, endless: bool = False) -> None:
        """The next request of this kind gets ``fault``, or goes to that address; ``endless``: until it is ended."""
        self.planned = (ask, fault, endless)

    def approve(self) -> None:
        self.simkl.approve(self.simkl.codes()[-1])

    def open(self) -> Line:
        return _Watched(self, _Fork(self))

    @property
    def secrets(self) -> set[str]:
        tokens = {token for issued in self.simkl.issued for token in (issued.access, issued.refresh) if token}
        return super().secrets | tokens


class _Fork:
    """Two lines: to where Simkl is, and to where one request goes astray."""

    def __init__(self, network: Wire) -> None:
        self._network = network
        self._good = _session(network.simkl.url)
        self._astray: Session | None = None

    def send(self, request: Request) -> Response:
        network = self._network
        if network.planned is None or network.planned[0].name != kind_of(request):
            return self._good.send(request)
        (ask, fault, endless), network.planned = network.planned, None
        seen = len(network.simkl.requests)
        if isinstance(fault, str):
            self._astray = _session(fault)
        else:
            network.simkl.fault(ask.path, fault)
        if endless:
            network.hangs = lambda: isinstance(fault, str) or len(network.simkl.requests) > seen
        try:
            return (self._astray or self._good).send(request)
        finally:
            network.hangs = lambda: False
            if self._astray is not None:
                self._astray.close()
                self._astray = None

    def interrupt(self) -> None:
        self._good.interrupt()
        if self._astray is not None:
            self._astray.interrupt()

    def close(self) -> None:
        self._good.close()
        if self._astray is not None:
            self._astray.close()


def _session(url: str) -> Session:
    return Session(ClientInfo(url, "1.2.3", "simkl-connect/1.2.3 (Kodi 20.1; Linux)"), proxy=lambda: "")


class Ear(logging.Handler):
    """Hears every log line that is not kept from the root logger, as Kodi's log would; a ``with`` long."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def __enter__(self) -> Ear:
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self)
        root.setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_error: object) -> None:
        logging.getLogger().removeHandler(self)
        logging.getLogger().setLevel(self._level)


def kind_of(request: Request) -> str:
    """Which of the five it is: ``code``, ``poll``, ``name``, ``refresh`` or ``revoke``."""
    if request.path == "/oauth2/token":
        return "poll" if (request.form or {}).get("grant_type") == GRANT_TYPE else "refresh"
    names = {"/oauth/pin": "code", "/oauth2/device": "code", "/oauth2/revoke": "revoke", "/users/settings": "name"}
    return names.get(request.path, "poll")


@dataclass
class Device:
    """The add-on without Kodi, wired as the service wires it."""

    network: Network
    worked_last: str
    store: FakeStore = field(default_factory=FakeStore)
    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    views: list[View] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.missing: Problem | None = None
        self.answers = threading.Event()
        self._impatient = False
        self.clock = self.network.clock
        self.wall = FakeClock(time.time())  # the clock that a sign-in counts a token's life by
        self.store.flows[CLIENT_ID] = self.worked_last
        self.worker = CountingWorker(self.network.open, self.clock, self.answers.set)  # type: ignore[arg-type]
        shared = environment(self.clock, self.worker, self.store, self.database, self.wall)
        self.refresher = TokenRefresher(shared, lambda: CLIENT_ID, self.notices.append)
        self.authorizer = Authorizer(
            shared,
            PendingSignIn(self.database, self.clock, self.wall, "boot"),  # type: ignore[arg-type]
            client_id=self._client_id,
            publish=self.views.append,
            stored=self.refresher.look_again,
            finished=self.finished.append,
        )

    def _client_id(self) -> str:
        if self.missing is not None:
            raise NotConfigured(self.missing)
        return CLIENT_ID

    @property
    def view(self) -> View:
        return self.views[-1]

    @property
    def token(self) -> Token | None:
        return self.store.stored

    def paths(self, kind: str) -> list[float]:
        """When requests of this kind were sent."""
        return [at for at, request in self.network.requests if kind_of(request) == kind]

    def run(self, until: Callable[[], bool]) -> None:
        """Lives on until it has come to that."""
        give_up_at = time.monotonic() + 60.0
        while not until():
            assert time.monotonic() < give_up_at, f"it never came to that: {self.view}"
            self._live()

    def _live(self) -> None:
        all_answered, submitted = not self.worker.is_busy, self.worker.submitted
        for task in (self.worker, self.authorizer, self.refresher):
            task.advance()
        planned = [task.seconds_to_wait() for task in (self.worker, self.authorizer, self.refresher)]
        all_answered = all_answered and self.worker.submitted == submitted
        if self.network.sending:
            if self.network.hangs() and not self._impatient:
                self._pass(LONGEST + 1)
                self._impatient = True
            self._wait_for_an_answer(0.0005)
        elif all_answered or (self.worker.is_busy and 0.0 < (planned[0] or 0.0) <= 1.01 * POSTS_APART):
            self._pass(max(0.001, min((seconds for seconds in planned if seconds is not None), default=30.0)))
        elif self.worker.is_busy:
            self._wait_for_an_answer(0.00005)  # the thread is about to take it up

    def _wait_for_an_answer(self, seconds: float) -> None:
        self.answers.wait(seconds)
        self.answers.clear()

    def _pass(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.wall.advance(seconds)

    def sign_in(self) -> None:
        """From the button to a named account."""
        self.authorizer.authorize("before")
        self.run(lambda: self.view.phase == "waiting")
        self.network.approve()
        self.run(lambda: bool(self.finished))

    def close(self) -> None:
        assert self.worker.close(5.0), "a thread is left"
