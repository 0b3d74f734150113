"""The service: the owner of the sign-in, driven by Kodi's monitor."""

from __future__ import annotations

import logging
import os
import random
import time
from typing import TYPE_CHECKING

import xbmc
import xbmcaddon

from .. import clock
from ..authorizer import Authorizer, NotConfigured
from ..exchange import Exchange
from ..journal import Journal
from ..keeper import Keeper, Notice
from ..pace import Pace
from ..problems import Problem
from ..resumption import Resumption
from ..view import View
from ..viewer import Command
from ..wire import Identity, checked_base_url
from . import ADDON_ID, channel
from .log import log_to_kodi
from .notifications import notify, notify_connected
from .settings import Settings, data_folder
from .system import hold_screensaver, proxy, user_agent

if TYPE_CHECKING:
    from ..transport import Transport

SIGN_IN_JOURNAL = "sign-in.json"
API_URL = "https://api.simkl.com"
TICK = 0.1
"""Seconds. Kodi wakes a waiting monitor this often anyway, so a shorter wait costs nothing more."""
TICK_IN_FLIGHT = 0.02
"""Seconds, while an answer may arrive at any moment."""
CLOSING = 0.3
"""Seconds that Kodi is held up at the most for a request that does not end."""

_log = logging.getLogger(__name__)


class Service(xbmc.Monitor):
    """Takes commands from scripts; keeps the sign-in going and the connection good."""

    def __init__(self) -> None:
        super().__init__()
        self._settings = Settings()
        self._base_url = _base_url()
        self._pace = Pace(clock.now)
        self._keeper = Keeper(
            store=self._settings,
            client_id=self._settings.client_id,
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
            resumption=Resumption(
                Journal(os.path.join(data_folder(), SIGN_IN_JOURNAL)), clock.now, time.time, clock.boot_id()
            ),
            clock=clock.now,
            jitter=random.random,
        )

    def run(self) -> None:
        """Returns when Kodi ends, or ends the add-on."""
        _log.info("service started")
        try:
            if self._settings.mend():
                notify(Notice.SETTINGS_LOST)
            self._authorizer.resume()
            while not self.waitForAbort(self._tick()):
                self._settings.advance()
                self._authorizer.advance()
                if not self._authorizer.in_flight:
                    self._keeper.advance()
        finally:
            self._authorizer.close(CLOSING)
            self._keeper.close(CLOSING)
            channel.withdraw()
            _log.info("service ended")

    def onNotification(self, sender: str, method: str, data: str) -> None:  # noqa: N802  # Kodi's name
        """Called by Kodi within ``waitForAbort``."""
        command = channel.received(sender, method, data)
        if command is None:
            return
        _log.debug("command: %s", command[0].value)
        if command[0] is Command.AUTHORIZE:
            self._authorizer.authorize(command[1])
        elif command[0] is Command.CANCEL:
            self._authorizer.cancel()
        else:
            self._authorizer.reset(command[1])
            self._keeper.sign_out()

    def _publish(self, view: View) -> None:
        channel.publish(view)
        if not view.user_code:
            hold_screensaver(False)  # for a dialog that was killed and could not let it go

    def _tick(self) -> float:
        if self._authorizer.in_flight or self._keeper.in_flight:
            return TICK_IN_FLIGHT
        planned = self._authorizer.seconds_to_wait()
        return TICK if planned is None else min(TICK, max(0.001, planned))  # Kodi takes 0 for "for ever"

    def _configured_client_id(self) -> str:
        """Raises NotConfigured."""
        client_id = self._settings.client_id()
        if not client_id:
            raise NotConfigured(Problem.CLIENT_ID_MISSING)
        if not self._base_url:
            raise NotConfigured(Problem.API_URL_REFUSED)
        return client_id

    def _open_exchange(self, client_id: str) -> Exchange:
        version = xbmcaddon.Addon(ADDON_ID).getAddonInfo("version")
        identity = Identity(self._base_url, client_id, version, user_agent(version), proxy())

        def open_transport() -> Transport:
            from ..transport import Transport  # on the exchange's thread: importing requests takes time

            return Transport(identity)

        return Exchange(open_transport, self._pace, clock.now)


def _base_url() -> str:
    """Where Simkl is; empty where SIMKL_API_URL names a place that no token may be sent to."""
    try:
        return checked_base_url(os.environ.get("SIMKL_API_URL") or API_URL)
    except ValueError as error:
        _log.error("SIMKL_API_URL: %s", error)
        return ""


def run() -> None:
    """What ``service.py`` calls."""
    log_to_kodi()
    try:
        Service().run()
    except RuntimeError:  # Kodi forgets a disabled or replaced add-on a little before it says stop
        if xbmc.getCondVisibility(f"System.AddonIsEnabled({ADDON_ID})"):
            raise
        _log.info("the add-on is disabled or being replaced")
