"""Lines in Kodi's log, for what is there before ``logging`` is loaded, or instead of it."""

from __future__ import annotations

import xbmc

from . import ADDON_ID


def log(line: str, level: int = xbmc.LOGINFO) -> None:
    """One that starts with the add-on's id. Kodi adds time and thread itself."""
    xbmc.log(f"[{ADDON_ID}] {line}", level)
