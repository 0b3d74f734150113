"""Every file that the add-on writes, but for the pictures on the screen.

Paths are UTF-8 bytes: Kodi's are UTF-8, while its Python may have been started in the C locale and then refuses
a ``str`` with letters beyond ASCII. On Windows, Python takes UTF-8 bytes for paths too (PEP 529).
"""

from __future__ import annotations

import os

import xbmcvfs

from . import ADDON_ID


def local_path(special: str) -> bytes:
    """A ``special://`` or plain path of Kodi's as the functions of ``os`` take it in every locale."""
    return xbmcvfs.translatePath(special).encode("utf-8", "surrogateescape")


def data_folder() -> str:
    """Where they all are, as Kodi takes it."""
    return xbmcvfs.translatePath(f"special://profile/addon_data/{ADDON_ID}")


def local_data_folder() -> bytes:
    """Where they all are."""
    return local_path(f"special://profile/addon_data/{ADDON_ID}")


def database() -> bytes:
    """What must not be lost."""
    return os.path.join(local_data_folder(), b"simkl.db")


def limits() -> bytes:
    """How often Simkl was asked within the last seconds, by all add-ons."""
    return os.path.join(local_data_folder(), b"limits.db")


def settings() -> bytes:
    """The settings, which Kodi writes."""
    return os.path.join(local_data_folder(), b"settings.xml")
