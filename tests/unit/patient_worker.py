"""A real worker for tests with a real network, by a clock of its own."""

from __future__ import annotations

from typing import Callable

from fakes import FakeClock
from simkl_connect.http.session import Session
from simkl_connect.http.worker import POSTS_APART, Worker


class PatientWorker(Worker):
    """Its second between two POSTs takes no time, and a request may take as long as the machine needs."""

    def __init__(self, open_session: Callable[[], Session]) -> None:
        self._own_clock = FakeClock()
        super().__init__(open_session, self._own_clock, lambda: None)

    def advance(self) -> None:
        planned = self.seconds_to_wait()
        if planned is not None and planned <= 1.01 * POSTS_APART:  # not the limit of a request under way
            self._own_clock.advance(planned)
        super().advance()
