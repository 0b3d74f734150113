"""Sends the add-on's log lines to Kodi's log."""

from __future__ import annotations

import logging

import xbmc

from . import ADDON_ID

_LEVELS = {
    logging.DEBUG: xbmc.LOGDEBUG,
    logging.INFO: xbmc.LOGINFO,
    logging.WARNING: xbmc.LOGWARNING,
    logging.ERROR: xbmc.LOGERROR,
}


class KodiHandler(logging.Handler):
    """Writes each record as one line that starts with the add-on's id."""

    def emit(self, record: logging.LogRecord) -> None:
        """Kodi adds time and thread itself."""
        xbmc.log(f"[{ADDON_ID}] {record.getMessage()}", _LEVELS.get(record.levelno, xbmc.LOGINFO))


def log_to_kodi() -> None:
    """Call once in each interpreter; every module then logs with ``logging.getLogger(__name__)``."""
    root = logging.getLogger("simkl_connect")
    root.handlers = [KodiHandler()]
    root.setLevel(logging.DEBUG)
    root.propagate = False
