"""The add-on itself, as Kodi has it."""

from __future__ import annotations

import xbmcaddon

from . import ADDON_ID


class AddonGone(RuntimeError):
    """Kodi has forgotten the add-on, which it does a little before it says stop: it is disabled or being replaced."""


def own_addon() -> xbmcaddon.Addon:
    """A fresh one each time: an old one may answer with old settings. Raises AddonGone.

    Kodi writes an EXCEPTION into its log where it refuses, even if that is caught.
    """
    try:
        return xbmcaddon.Addon(ADDON_ID)
    except RuntimeError as error:
        raise AddonGone from error


def addon_name() -> str:
    """The heading of its dialogs. Raises AddonGone."""
    return own_addon().getAddonInfo("name")
