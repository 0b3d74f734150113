"""What happens to one request: answered, delayed or spoilt, and always logged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from .faults import Fault, Wire
from .messages import Request, RequestRecord, Response
from .routes import respond
from .state import State

Play = Callable[[Wire], None]
CONTROL = "/_simulator/"
"""Requests below this path are the test's own hands: neither logged, delayed nor spoilt."""


@dataclass
class _Planned:
    """A fault waiting for its requests."""

    prefix: str
    fault: Fault
    left: int
    handled: bool


class Exchange:
    """Decides what is played in answer to a request. Thread-safe, under the state's lock.

    ``latency``: seconds before each answer. ``on_request`` is told of each logged request, in the connection's thread.
    """

    def __init__(self, state: State, latency: float, on_request: Callable[[RequestRecord], None] | None) -> None:
        self._state = state
        self._latency = latency
        self._on_request = on_request
        self._faults: list[_Planned] = []
        self._delays: dict[str, float] = {}
        self._log: list[RequestRecord] = []

    @property
    def log(self) -> list[RequestRecord]:
        """All requests so far, oldest first."""
        with self._state.lock:
            return list(self._log)

    def plan_fault(self, prefix: str, fault: Fault, times: int, handled: bool) -> None:
        """See Simulator.fault."""
        with self._state.lock:
            self._faults.append(_Planned(prefix, fault, times, handled))

    def end_faults(self) -> None:
        """See Simulator.end_faults."""
        with self._state.lock:
            self._faults.clear()

    def plan_delay(self, prefix: str, seconds: float) -> None:
        """See Simulator.delay."""
        with self._state.lock:
            self._delays[prefix] = seconds

    def __call__(self, request: Request, connection: int) -> tuple[Play, float]:
        """What to play for this request, and after how many seconds."""
        if request.path.startswith(CONTROL):
            return _writes(respond(self._state, request)), 0.0
        with self._state.lock:
            play, status, outcome = self._decide(request)
            record = self._record(request, connection, status, outcome)
            self._log.append(record)
            delay = self._latency + sum(s for prefix, s in self._delays.items() if request.path.startswith(prefix))
        if self._on_request is not None:
            self._on_request(record)
        return play, delay

    def _decide(self, request: Request) -> tuple[Play, int, str]:
        planned = next((p for p in self._faults if p.left > 0 and request.path.startswith(p.prefix)), None)
        if planned is None:
            response = respond(self._state, request)
            return _writes(response), response.status, response.outcome
        planned.left -= 1
        if planned.handled:
            respond(self._state, request)
        return planned.fault.play, planned.fault.logged_status, f"fault:{type(planned.fault).__name__}"

    def _record(self, request: Request, connection: int, status: int, outcome: str) -> RequestRecord:
        return RequestRecord(
            self._state.clock(),
            connection,
            request.method,
            request.path,
            request.query,
            request.headers,
            request.form() or {},
            request.body,
            status,
            outcome,
        )


def _writes(response: Response) -> Play:
    def play(wire: Wire) -> None:
        wire.answer(response)

    return play
