"""Writes the text for a bug report into the add-on's folder."""

from __future__ import annotations

import os
import platform
import sys

import xbmc
import xbmcaddon

from ...ui.activity_view import Page
from ...ui.bug_report import text_of
from .. import files, preferences
from ..system import platform as kodi_and_platform

NAME = "bug-report.txt"
SWITCHES = (
    "scrobble",
    "scrobble_minimum",
    "scrobble_pvr",
    "scrobble_marks",
    "notify_scrobbles",
    "show_qr",
    "sync_to_simkl",
    "sync_to_kodi",
)
"""Settings whose values are on, off or a number; of the others, only how many there are is told."""


def write(page: Page, addon: xbmcaddon.Addon) -> str:
    """The path of the text, as the user finds it; empty if it could not be written."""
    versions = {
        "Simkl Connect": addon.getAddonInfo("version"),
        "Kodi": xbmc.getInfoLabel("System.BuildVersion"),
        "System": f"{kodi_and_platform().rpartition('; ')[2]}, {platform.machine()}",
        "Python": ".".join(map(str, sys.version_info[:3])),
        "Skin": xbmc.getSkinDir(),
        "Language": xbmc.getLanguage(xbmc.ENGLISH_NAME),
    }
    settings = {name: _plain(addon.getSetting(name)) for name in SWITCHES}
    settings["client_id"] = "own" if addon.getSetting("client_id").strip() else "packaged"
    settings["excluded folders"] = str(len(preferences.watching().excluded))
    path = os.path.join(files.local_data_folder(), NAME.encode())
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text_of(page, versions, settings))
    except OSError:  # a full or read-only disk
        return ""
    return os.path.join(files.data_folder(), NAME)


def _plain(value: str) -> str:
    """On, off or a number; anything else is not passed on."""
    return {"true": "on", "false": "off"}.get(value, value if value.isdecimal() and len(value) < 6 else "?")
