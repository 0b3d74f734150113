"""Every file that the add-on writes, but for the pictures on the screen."""

from __future__ import annotations

import os

import xbmcvfs

from . import ADDON_ID


def data_folder() -> str:
    """Where they all are."""
    return xbmcvfs.translatePath(f"special://profile/addon_data/{ADDON_ID}")


def settings() -> str:
    """The settings, which Kodi writes."""
    return os.path.join(data_folder(), "settings.xml")


def unsaved() -> str:
    """The journal of what is still owed to the settings."""
    return os.path.join(data_folder(), "unsaved.json")


def sign_in() -> str:
    """What is needed to take up a sign-in after a restart."""
    return os.path.join(data_folder(), "sign-in.json")
