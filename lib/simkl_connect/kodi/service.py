"""The service: waits for commands, and has its engine do what they say. Idle it is a few kilobytes that sleep."""

from __future__ import annotations

import os
import time

import xbmc
import xbmcaddon

from ..auth import upkeep
from ..ui.commands import AUTHORIZE
from . import ADDON_ID, files, ipc, settings_file
from .log import log
from .system import is_enabled, platform

TYPE_CHECKING = False  # that of ``typing`` would be loaded for nothing else
if TYPE_CHECKING:
    from ..http.trust import Trust
    from .engine import Engine


FIRST_WAIT = 6.0
"""Seconds. Kodi says stop once, to the monitors there are. Five seconds later it raises SystemExit in the Python that
goes on, but not while it waits: a service that came too late to hear it wakes up for this."""
LAST_WAIT = 1.0
"""Seconds in which Kodi says stop to an add-on that it has forgotten, if it has not said so before."""


class Service(xbmc.Monitor):
    """Kodi's monitor, which hears commands and the end."""

    def __init__(self) -> None:
        super().__init__()
        self._engine: Engine | None = None
        self._trust: Trust | None = None
        self._platform = platform()  # now, when nobody waits for it

    def run(self) -> None:
        """Returns when Kodi ends, or ends the add-on."""
        log("service started")
        ipc.publish(ipc.IDLE)
        try:
            if is_enabled():  # still: while this was loaded, no monitor was there to hear a stop
                self._serve()
            self.waitForAbort(LAST_WAIT)  # Kodi crashes if it says stop to a service that is just ending by itself
        finally:
            self.close()
            log("service ended")

    def _serve(self) -> None:
        """Returns when Kodi says stop, or has forgotten the add-on, which it does a little before."""
        try:
            if _has_begun_something():
                self._running_engine()
            if self.waitForAbort(FIRST_WAIT):
                return
            while not self.waitForAbort(upkeep.LOOK_EVERY):
                if _has_begun_something():
                    self._running_engine().look()
        except RuntimeError:  # of an add-on that is disabled or being replaced
            if not self.waitForAbort(LAST_WAIT) and is_enabled():
                raise

    def close(self) -> None:
        """Ends what is under way."""
        if self._engine is not None:
            self._engine.close()
        ipc.withdraw()

    def onNotification(self, sender: str, method: str, data: str) -> None:  # noqa: N802  # Kodi's name
        """Called by Kodi within ``waitForAbort``."""
        command = ipc.received(sender, method, data)
        if command is not None:
            if command[0] == AUTHORIZE:
                self._shared_trust().load_ahead()  # beside the engine
            self._running_engine().handle(*command)

    def _shared_trust(self) -> Trust:
        if self._trust is None:
            from ..http.trust import Trust

            self._trust = Trust()
        return self._trust

    def _running_engine(self) -> Engine:
        if self._engine is not None and not self._engine.alive:
            self._engine.close()
            self._engine = None
        if self._engine is None:
            from .engine import Engine  # here, because most of the time nobody needs it

            self._engine = Engine(self._platform, self._shared_trust())
        return self._engine


def _has_begun_something() -> bool:
    """Whether there is something to finish, to mend or to keep good."""
    left_behind = any(os.path.exists(path) for path in (files.unsaved(), files.sign_in()))
    return left_behind or settings_file.looks_torn(files.settings()) or _needs_upkeep()


def _needs_upkeep() -> bool:
    """By a look at the settings that costs nothing; the engine looks closer."""
    setting = xbmcaddon.Addon(ADDON_ID).getSetting
    if not setting("access_token"):
        return False
    expires_at = setting("token_expires_at")
    return upkeep.is_needed(float(expires_at) if expires_at.isdigit() else None, setting("account_name"), time.time())


def run() -> None:
    """What ``service.py`` calls."""
    Service().run()
