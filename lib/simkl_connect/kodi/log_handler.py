"""Sends what the add-on's modules log to Kodi's log."""

from __future__ import annotations

import logging

import xbmc

from .log import log

_LEVELS = {
    logging.DEBUG: xbmc.LOGDEBUG,
    logging.INFO: xbmc.LOGINFO,
    logging.WARNING: xbmc.LOGWARNING,
    logging.ERROR: xbmc.LOGERROR,
}


class KodiHandler(logging.Handler):
    """Writes each record as one line."""

    def emit(self, record: logging.LogRecord) -> None:
        """Called by ``logging``."""
        log(record.getMessage(), _LEVELS.get(record.levelno, xbmc.LOGINFO))


def log_to_kodi() -> None:
    """Call once in each interpreter; every module then logs with ``logging.getLogger(__name__)``."""
    root = logging.getLogger("simkl_connect")
    root.handlers = [KodiHandler()]
    root.setLevel(logging.DEBUG)
    root.propagate = False
