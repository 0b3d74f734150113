"""What the service does when there is something to do: sign-ins, and keeping a connection good.

It is loaded when it is first needed, and has a thread while there is something to do: an idle service takes next to
nothing.
"""

from __future__ import annotations

import logging
import os
import random
import time
from typing import TYPE_CHECKING

import xbmcaddon

from .. import clock
from ..auth.authorizer import Authorizer, NotConfigured
from ..auth.pending_sign_in import PendingSignIn
from ..auth.token_refresher import Notice, TokenRefresher
from ..errors import Problem, describe_exception
from ..http.messages import ClientInfo, checked_base_url
from ..http.rate_limit import Pace
from ..http.worker import Exchange
from ..loop import Loop
from ..storage.journal import Journal
from ..ui.commands import AUTHORIZE, CANCEL, SIGN_OUT
from ..ui.view import View
from . import ADDON_ID, files, ipc, preferences
from .log_handler import log_to_kodi
from .notifications import notify, notify_connected
from .proxy import proxy
from .settings import Settings
from .system import hold_screensaver, is_enabled

if TYPE_CHECKING:
    from ..http.session import Transport
    from ..http.trust import Trust

API_URL = "https://api.simkl.com"
CLOSING = 0.3
"""Seconds that Kodi is held up at the most for a request that does not end."""
LONGEST_WAIT = 1.0
"""Seconds between two looks at the clock while a code is out: a device that wakes from sleep is not told so."""

_log = logging.getLogger(__name__)


class Engine:
    """:meth:`handle` and :meth:`close` belong to the service's thread. ``platform`` is what Simkl is told of it."""

    def __init__(self, platform: str, trust: Trust) -> None:
        log_to_kodi()
        self._platform = platform
        self._trust = trust
        self._loop = Loop(self._advance, self._seconds_to_wait, self._ended)
        self._settings = Settings()
        self._base_url = _base_url()
        self._pace = Pace(clock.now)
        self._keeper = TokenRefresher(
            store=self._settings,
            client_id=preferences.client_id,
            open_exchange=self._open_exchange,
            notify=notify,
            clock=clock.now,
            wall_clock=time.time,
            jitter=random.random,
        )
        self._authorizer = Authorizer(
            store=self._settings,
            client_id=self._configured_client_id,
            open_exchange=self._open_exchange,
            publish=self._publish,
            stored=self._keeper.look_again,
            finished=notify_connected,
            resumption=PendingSignIn(Journal(files.sign_in()), clock.now, time.time, clock.boot_id()),
            clock=clock.now,
            jitter=random.random,
        )
        self._loop.call(self._begin)

    @property
    def alive(self) -> bool:
        """False once a mistake of ours has ended it."""
        return not self._loop.stopped

    def look(self) -> None:
        """Looks whether there is something to do."""
        self._loop.call(lambda: None)

    def handle(self, command: str, request: str) -> None:
        """Does what the screen asks for."""
        _log.debug("command: %s", command)
        if command == AUTHORIZE:
            self._loop.call(lambda: self._authorizer.authorize(request))
        elif command == CANCEL:
            self._loop.call(self._authorizer.cancel)
        elif command == SIGN_OUT:
            self._loop.call(lambda: self._sign_out(request))

    def close(self) -> None:
        """Ends everything, whatever is in flight."""
        self._loop.stop(3 * CLOSING)

    def _begin(self) -> None:
        if self._settings.mend():
            notify(Notice.SETTINGS_LOST)
        self._authorizer.resume()

    def _ended(self, mistake: Exception | None) -> None:
        if isinstance(mistake, RuntimeError) and not is_enabled():
            _log.info("the add-on is disabled or being replaced")
        elif mistake is not None:
            _log.error("a mistake in the add-on: %s", describe_exception(mistake))
        self._authorizer.close(CLOSING)
        self._keeper.close(CLOSING)
        ipc.withdraw()

    def _advance(self) -> None:
        self._settings.advance()
        self._authorizer.advance()
        if not self._authorizer.in_flight:
            self._keeper.advance()

    def _seconds_to_wait(self) -> float | None:
        signing_in = self._authorizer.seconds_to_wait()
        waits = [self._settings.seconds_to_wait(), signing_in]
        if signing_in is not None:
            waits.append(LONGEST_WAIT)
        if not self._authorizer.in_flight:
            waits.append(self._keeper.seconds_to_wait())
        planned = [wait for wait in waits if wait is not None]
        return min(planned) if planned else None

    def _sign_out(self, request: str) -> None:
        self._authorizer.reset(request)
        self._keeper.sign_out()

    def _publish(self, view: View) -> None:
        ipc.publish(view.to_json())
        if not view.user_code:
            hold_screensaver(False)  # for a dialog that was killed and could not let it go

    def _configured_client_id(self) -> str:
        """Raises NotConfigured."""
        client_id = preferences.client_id()
        if not client_id:
            raise NotConfigured(Problem.CLIENT_ID_MISSING)
        if not self._base_url:
            raise NotConfigured(Problem.API_URL_REFUSED)
        return client_id

    def _open_exchange(self, client_id: str) -> Exchange:
        version = xbmcaddon.Addon(ADDON_ID).getAddonInfo("version")
        user_agent = f"simkl-connect/{version} ({self._platform})"
        identity = ClientInfo(self._base_url, client_id, version, user_agent, proxy())

        def open_transport() -> Transport:
            from ..http.session import Transport  # on the exchange's thread: loading it takes time

            return Transport(identity, self._trust)

        return Exchange(open_transport, self._pace, clock.now, self._loop.wake)


def _base_url() -> str:
    """Where Simkl is; empty where SIMKL_API_URL names a place that no token may be sent to."""
    try:
        return checked_base_url(os.environ.get("SIMKL_API_URL") or API_URL)
    except ValueError as error:
        _log.error("SIMKL_API_URL: %s", error)
        return ""
