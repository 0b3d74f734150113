"""What the user has set on the add-on's settings page."""

from __future__ import annotations

import os

import xbmcaddon

from . import files
from .own_addon import own_addon

PACKAGED_CLIENT_ID = os.path.join(b"resources", b"client_id.txt")
"""Written into the zip at build time from SIMKL_CLIENT_ID."""


def client_id() -> str:
    """The user's own client id, else the packaged one, else an empty string. Raises AddonGone."""
    return own_addon().getSetting("client_id").strip() or _packaged_client_id()


def show_qr(addon: xbmcaddon.Addon) -> bool:
    """Whether the sign-in screen is to have a QR code."""
    return addon.getSetting("show_qr") != "false"


def _packaged_client_id() -> str:
    path = os.path.join(files.local_path(own_addon().getAddonInfo("path")), PACKAGED_CLIENT_ID)
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:  # built without one
        return ""
