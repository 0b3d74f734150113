"""The dialog's side of the conversation with the service: asks for a sign-in and follows it, whoever started it."""

from __future__ import annotations

from typing import Callable

from ..auth.phases import Phase
from ..errors import Problem
from .commands import AUTHORIZE, CANCEL
from .view import IDLE, View

ASK_EVERY = 1.0
"""Seconds between two requests that are not answered: while the service is starting, it receives none."""
SILENT_AFTER = 5.0
"""Seconds without an answer after which the service is taken to be absent."""
GONE_AFTER = 3.0
"""Seconds after which a service that no longer shows the sign-in is taken to have lost it."""


class ServiceClient:
    """Follows one sign-in through what the service publishes, from now on; ``request`` has just been sent.

    ``send`` takes a command and a request id; ``read`` gives the published view, or None if there is none.
    """

    def __init__(
        self,
        request: str,
        send: Callable[[str, str], None],
        read: Callable[[], View | None],
        clock: Callable[[], float],
    ) -> None:
        self._send = send
        self._read = read
        self._clock = clock
        self._last: View | None = None
        self._seen_at = self._asked_at = 0.0
        self._follow(request)

    def authorize(self, request: str) -> None:
        """Asks for another sign-in; one that is running is joined."""
        self._follow(request)
        self._send(AUTHORIZE, request)

    def cancel(self) -> None:
        """Ends the sign-in."""
        self._send(CANCEL, self._request)

    def view(self) -> View:
        """What to show now. A service that does not answer, or has gone, is a failure with a sentence of its own."""
        now, view = self._clock(), self._read()
        if view is not None and view.phase != IDLE and (self._last is not None or view.request == self._request):
            self._last, self._seen_at = view, now
            return view
        if self._last is not None:
            return self._last if now - self._seen_at <= GONE_AFTER else self._failed(Problem.SERVICE_GONE)
        if now - self._asked_since > SILENT_AFTER:
            return self._failed(Problem.SERVICE_SILENT)
        if now - self._asked_at >= ASK_EVERY:
            self._asked_at = now
            self._send(AUTHORIZE, self._request)
        return View(request=self._request, phase=Phase.STARTING.value)

    def _follow(self, request: str) -> None:
        self._request = request
        self._asked_since = self._asked_at = self._clock()
        self._last = None

    def _failed(self, problem: Problem) -> View:
        return View(request=self._request, phase=Phase.FAILED.value, problem=problem.value)
