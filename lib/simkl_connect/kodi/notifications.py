"""What the user is told without a dialog."""

from __future__ import annotations

import xbmcaddon
import xbmcgui

from ..keeper import Notice
from . import ADDON_ID, texts

SHOWN_FOR = 8000
"""Milliseconds."""


def notify(notice: Notice) -> None:
    """Shows ``notice`` in Kodi's own style, with the add-on's icon."""
    addon = xbmcaddon.Addon(ADDON_ID)
    message = texts.text(texts.NOTICES[notice])
    xbmcgui.Dialog().notification(addon.getAddonInfo("name"), message, addon.getAddonInfo("icon"), SHOWN_FOR)
