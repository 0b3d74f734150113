"""What the user has set, on the add-on's settings page or in Kodi's environment."""

from __future__ import annotations

import logging
import os
import re
from contextlib import suppress

import xbmcaddon

from ..http.messages import checked_base_url
from ..identification.exclusions import Preferences
from . import files
from .own_addon import AddonGone, own_addon

API_URL = "https://api.simkl.com"
PACKAGED_CLIENT_ID = os.path.join(b"resources", b"client_id.txt")
"""Written into the zip at build time from SIMKL_CLIENT_ID."""
SYNC_TO_SIMKL, SYNC_TO_KODI = "sync_to_simkl", "sync_to_kodi"
EXCLUDE_FOLDERS = tuple(f"exclude_folder_{number}" for number in range(1, 6))
_log = logging.getLogger(__name__)


def api_url() -> str:
    """Where Simkl is; empty where SIMKL_API_URL names a place that no token may be sent to."""
    other = os.environ.get("SIMKL_API_URL")
    try:
        return checked_base_url(other) if other else API_URL
    except ValueError as error:
        _log.error("SIMKL_API_URL: %s", error)
        return ""


def client_id() -> str:
    """The user's own client id, else the packaged one, else an empty string. Raises AddonGone."""
    return own_addon().getSetting("client_id").strip() or _packaged_client_id()


def show_qr(addon: xbmcaddon.Addon) -> bool:
    """Whether the sign-in screen is to have a QR code."""
    return addon.getSetting("show_qr") != "false"


def watching() -> Preferences:
    """What is to become of the videos that are watched. Raises AddonGone."""
    setting = own_addon().getSetting
    minutes = setting("scrobble_minimum")
    folders = (setting(name).strip() for name in EXCLUDE_FOLDERS)
    return Preferences(
        scrobble=setting("scrobble") != "false",
        minimum=60.0 * int(minutes) if re.fullmatch(r"[0-9]{1,3}", minutes) else Preferences().minimum,
        pvr=setting("scrobble_pvr") == "true",
        excluded=tuple(folder for folder in folders if folder),
        marks=setting("scrobble_marks") != "false",
        notify=setting("notify_scrobbles") != "false",
    )


class LastKnown:
    """:func:`watching`, and what it was last once Kodi has forgotten the add-on: the end of a video comes then."""

    def __init__(self) -> None:
        self._preferences = Preferences()

    def __call__(self) -> Preferences:
        """Raises nothing."""
        with suppress(AddonGone):
            self._preferences = watching()
        return self._preferences


def exclude_folder(folder: str) -> bool:
    """Writes it into the first setting for an excluded folder that is free; false if none is. Raises AddonGone."""
    addon = own_addon()
    free = next((name for name in EXCLUDE_FOLDERS if not addon.getSetting(name).strip()), None)
    if free is not None:
        addon.setSetting(free, folder)
    return free is not None and addon.getSetting(free) == folder


def syncing() -> tuple[bool, bool]:
    """Whether marks are to be carried to Simkl, and whether into the library. Raises AddonGone."""
    setting = own_addon().getSetting
    return setting(SYNC_TO_SIMKL) == "true", setting(SYNC_TO_KODI) == "true"


def _packaged_client_id() -> str:
    path = os.path.join(files.local_path(own_addon().getAddonInfo("path")), PACKAGED_CLIENT_ID)
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:  # built without one
        return ""
