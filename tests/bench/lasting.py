"""The add-on without Kodi, as long as one likes: everything real but the clock, the settings and the screen."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Callable, Mapping

from simkl_connect.auth.authorizer import Authorizer
from simkl_connect.auth.pending_sign_in import PendingSignIn
from simkl_connect.auth.token_refresher import Notice, TokenRefresher
from simkl_connect.http.messages import ClientInfo
from simkl_connect.http.rate_limit import Pace
from simkl_connect.http.session import Transport
from simkl_connect.http.trust import Trust
from simkl_connect.http.worker import Exchange
from simkl_connect.storage.durable import write_whole
from simkl_connect.storage.journal import Journal
from simkl_connect.storage.ledger import Ledger
from simkl_connect.storage.token_store import Store
from simkl_connect.ui.view import View
from simkl_simulator import ManualClock

TICK = 0.05
"""Simulated seconds that pass while an answer is awaited for :data:`PAUSE`."""
PAUSE = 0.001
"""Real seconds."""
LONGEST_STEP = 5.0
"""Simulated seconds at once, while nothing is awaited."""


class _SettingsFile:
    """The settings: a JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, str] = {}

    def read(self, name: str) -> str:
        return self._values.get(name, "")

    def write(self, values: Mapping[str, str]) -> None:
        self._values.update(values)
        write_whole(str(self._path), json.dumps(self._values).encode())


class Device:
    """A service's life. ``url`` and ``client_id`` may be changed; ``wall_clock_ahead`` is in seconds."""

    def __init__(self, folder: Path, clock: ManualClock, url: str, client_id: str, jitter: Callable[[], float]) -> None:
        self.clock = clock
        self.url = url
        self.client_id = client_id
        self.wall_clock_ahead = 0.0
        self.view = View()
        self.notices: dict[Notice, int] = {}
        self._pace = Pace(clock)
        self._trust = Trust()
        settings = _SettingsFile(folder / "settings.json")
        self.store = Store(Ledger(Journal(str(folder / "unsaved.json")), settings, clock), self._wall_clock)
        self._keeper = TokenRefresher(
            self.store, lambda: self.client_id, self._open, self._notify, clock, self._wall_clock, jitter
        )
        self.authorizer = Authorizer(
            store=self.store,
            client_id=lambda: self.client_id,
            open_exchange=self._open,
            publish=self._show,
            stored=self._keeper.look_again,
            finished=lambda name: None,
            resumption=PendingSignIn(Journal(str(folder / "sign-in.json")), clock, self._wall_clock, "boot"),
            clock=clock,
            jitter=jitter,
        )
        self.authorizer.resume()

    def step(self) -> None:
        """One turn of the service; then time passes, as much as there is to wait."""
        self.store.advance()
        self.authorizer.advance()
        if not self.authorizer.in_flight:
            self._keeper.advance()
        if self.authorizer.in_flight or self._keeper.in_flight:
            time.sleep(PAUSE)
            self.clock.advance(TICK)
            return
        planned = self.authorizer.seconds_to_wait()
        self.clock.advance(min(LONGEST_STEP, max(0.01, planned if planned is not None else LONGEST_STEP)))

    def step_until(self, condition: Callable[[], bool], longest: float) -> bool:
        """Whether it came true within so many simulated seconds."""
        deadline = self.clock() + longest
        while not condition() and self.clock() < deadline:
            self.step()
        return condition()

    def sign_out(self, request: str) -> None:
        """As the service does it."""
        self.authorizer.reset(request)
        self._keeper.sign_out()

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self.authorizer.in_flight or self._keeper.in_flight

    def close(self) -> None:
        """As when Kodi ends."""
        self.authorizer.close(1.0)
        self._keeper.close(1.0)

    def _open(self, client_id: str) -> Exchange:
        identity = ClientInfo(self.url, client_id, "1.0.0", "simkl-connect/1.0.0 (soak)")
        return Exchange(lambda: Transport(identity, self._trust), self._pace, self.clock, lambda: None)

    def _notify(self, notice: Notice) -> None:
        self.notices[notice] = self.notices.get(notice, 0) + 1

    def _show(self, view: View) -> None:
        self.view = view

    def _wall_clock(self) -> float:
        return self.clock() + self.wall_clock_ahead
