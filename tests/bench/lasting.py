"""The add-on without Kodi, as long as one likes: everything real but the clock, the settings and the screen."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Callable

from simkl_connect.auth.authorizer import Authorizer
from simkl_connect.auth.pending_sign_in import PendingSignIn
from simkl_connect.auth.token_refresher import Notice, TokenRefresher
from simkl_connect.environment import Environment
from simkl_connect.http.messages import ClientInfo, Request, Response
from simkl_connect.http.session import Session
from simkl_connect.http.worker import Worker
from simkl_connect.identification.exclusions import Preferences
from simkl_connect.scrobbling.callbacks import Callbacks
from simkl_connect.scrobbling.scrobbler import Scrobbler
from simkl_connect.storage.database import Database
from simkl_connect.storage.token_store import TokenStore
from simkl_connect.ui.view import View
from simkl_simulator import ManualClock

TICK = 0.05
"""Simulated seconds that pass while an answer is awaited for :data:`PAUSE`."""
PAUSE = 0.001
"""Real seconds."""
LONGEST_STEP = 5.0
"""Simulated seconds at once, while nothing is awaited."""


class _Line:
    """A session to wherever the device's ``url`` leads at the moment."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._url = ""
        self._session: Session | None = None

    def send(self, request: Request) -> Response:
        if self._session is None or self._url != self._device.url:
            self.close()
            self._url = self._device.url
            self._session = Session(ClientInfo(self._url, "1.0.0", "simkl-connect/1.0.0 (soak)"), lambda: "")
        return self._session.send(request)

    def interrupt(self) -> None:
        if self._session is not None:
            self._session.interrupt()

    def close(self) -> None:
        if self._session is not None:
            self._session.close()


class Device:
    """A service's life. ``url`` and ``client_id`` may be changed; ``wall_clock_ahead`` is in seconds."""

    def __init__(self, folder: Path, clock: ManualClock, url: str, client_id: str, jitter: Callable[[], float]) -> None:
        self.clock = clock
        self.url = url
        self.client_id = client_id
        self.wall_clock_ahead = 0.0
        self.view = View()
        self.notices: dict[Notice, int] = {}
        self._database = Database(str(folder / "simkl.db"))
        self.store = TokenStore(self._database, self._wall_clock, clock)
        self._worker = Worker(lambda: _Line(self), clock, lambda: None)  # type: ignore[arg-type,return-value]
        shared = Environment(clock, self._wall_clock, jitter, self._worker, self._database, self.store)
        self._refresher = TokenRefresher(shared, lambda: self.client_id, self._notify)
        self.authorizer = Authorizer(
            shared,
            PendingSignIn(self._database, clock, self._wall_clock, "boot"),
            client_id=lambda: self.client_id,
            publish=self._show,
            stored=self._refresher.look_again,
            finished=lambda name: None,
        )
        self.scrobbler = Scrobbler(
            shared,
            Callbacks(
                preferences=Preferences,
                look_up=lambda kind, row: None,
                publish_activity=lambda activity: None,
                notify=lambda notification: None,
                grant_rejected=self._refresher.grant_rejected,
            ),
        )
        self._tasks = (self._worker, self.authorizer, self._refresher, self.scrobbler, self.store)
        self.authorizer.resume()

    def step(self) -> None:
        """One turn of the service; then time passes, as much as there is to wait."""
        for task in self._tasks:
            task.advance()
        if self.busy:
            time.sleep(PAUSE)
            self.clock.advance(TICK)
            return
        planned = [wait for wait in (task.seconds_to_wait() for task in self._tasks) if wait is not None]
        self.clock.advance(min(LONGEST_STEP, max(0.01, min(planned, default=LONGEST_STEP))))

    def step_until(self, condition: Callable[[], bool], longest: float) -> bool:
        """Whether it came true within so many simulated seconds."""
        deadline = self.clock() + longest
        while not condition() and self.clock() < deadline:
            self.step()
        return condition()

    def sign_out(self, request: str) -> None:
        """As the service does it."""
        self.authorizer.reset(request)
        self._refresher.sign_out()

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._worker.is_busy

    def close(self) -> None:
        """As when Kodi ends."""
        for task in reversed(self._tasks):
            task.close(1.0)
        self._database.close()

    def kill(self) -> None:
        """As when the power goes: nothing more is written."""
        self._worker.close(1.0)
        self._database.close()

    def _notify(self, notice: Notice) -> None:
        self.notices[notice] = self.notices.get(notice, 0) + 1

    def _show(self, view: View) -> None:
        self.view = view

    def _wall_clock(self) -> float:
        return self.clock() + self.wall_clock_ahead
