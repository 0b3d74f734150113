"""The service: waits for commands, and has its engine do what they say. Idle it is a few kilobytes that sleep."""

from __future__ import annotations

import os
import time

import xbmc
import xbmcaddon

from .. import upkeep
from . import ADDON_ID, channel, files, settings_file

TYPE_CHECKING = False  # that of ``typing`` would be loaded for nothing else
if TYPE_CHECKING:
    from .engine import Engine


class Service(xbmc.Monitor):
    """Kodi's monitor, which hears commands and the end."""

    def __init__(self) -> None:
        super().__init__()
        self._engine: Engine | None = None

    def run(self) -> None:
        """Returns when Kodi ends, or ends the add-on."""
        _log("service started")
        channel.publish(channel.IDLE)
        try:
            if _has_begun_something():
                self._running_engine()
            while not self.waitForAbort(upkeep.LOOK_EVERY):
                if _needs_upkeep():
                    self._running_engine().look()
        finally:
            self.close()
            _log("service ended")

    def close(self) -> None:
        """Ends what is under way."""
        if self._engine is not None:
            self._engine.close()
        channel.withdraw()

    def onNotification(self, sender: str, method: str, data: str) -> None:  # noqa: N802  # Kodi's name
        """Called by Kodi within ``waitForAbort``."""
        command = channel.received(sender, method, data)
        if command is not None:
            self._running_engine().handle(*command)

    def _running_engine(self) -> Engine:
        if self._engine is not None and not self._engine.alive:
            self._engine.close()
            self._engine = None
        if self._engine is None:
            from .engine import Engine  # here, because most of the time nobody needs it

            self._engine = Engine()
        return self._engine


def _has_begun_something() -> bool:
    """Whether there is something to finish, to mend or to keep good."""
    left_behind = any(os.path.exists(path) for path in (files.unsaved(), files.sign_in()))
    return left_behind or settings_file.looks_torn(files.settings()) or _needs_upkeep()


def _needs_upkeep() -> bool:
    """By a look at the settings that costs nothing; the engine looks closer."""
    if not _is_enabled():  # Kodi reports an ``Addon`` that it refuses as an error, caught or not
        return False
    setting = xbmcaddon.Addon(ADDON_ID).getSetting
    if not setting("access_token"):
        return False
    expires_at = setting("token_expires_at")
    return upkeep.is_needed(float(expires_at) if expires_at.isdigit() else None, setting("account_name"), time.time())


def _is_enabled() -> bool:
    return bool(xbmc.getCondVisibility(f"System.AddonIsEnabled({ADDON_ID})"))


def _log(line: str) -> None:
    xbmc.log(f"[{ADDON_ID}] {line}", xbmc.LOGINFO)


def run() -> None:
    """What ``service.py`` calls."""
    try:
        Service().run()
    except RuntimeError:  # Kodi forgets a disabled or replaced add-on a little before it says stop
        if _is_enabled():
            raise
        _log("the add-on is disabled or being replaced")
