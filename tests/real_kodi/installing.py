"""An add-on's zip installed as a person does it: add-on browser, "Install from zip file", the file."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import navigation
from .kodi import Kodi
from .rpc import RpcError

_BROWSER = "addonbrowser"
_WARNING = "yesnodialog"
_FILES = "filebrowser"
_HOME = "[Home folder]"


def install(kodi: Kodi, path: Path, addon_id: str, version: str, timeout: float = 30.0) -> None:
    """Install the zip at ``path``, or update to it; returns when Kodi has ``version`` of the add-on.

    The texts on screen have to be English.
    """
    copy = kodi.profile.home / path.name  # which the file browser offers first
    shutil.copyfile(path, copy)
    kodi.builtin("ActivateWindow(AddonBrowser,addons://,return)")
    navigation.wait_for_window(kodi, _BROWSER)
    navigation.press(kodi, "Install from zip file")
    kodi.wait_for(lambda: any(kodi.booleans(*map(_is_active, (_WARNING, _FILES))).values()), "the next step")
    if kodi.boolean(_is_active(_WARNING)):  # Kodi 19: "will not auto-update"
        navigation.wait_for_window(kodi, _WARNING)
        navigation.press(kodi, "Yes")
    navigation.wait_for_window(kodi, _FILES)
    navigation.press(kodi, _HOME)
    kodi.wait_for(lambda: navigation.focused(kodi) != _HOME, "the files of the home folder")
    navigation.press(kodi, copy.name)
    navigation.wait_until_closed(kodi, _FILES)
    kodi.wait_for(lambda: installed_version(kodi, addon_id) == version, f"{addon_id} {version}", timeout)
    kodi.wait_for(lambda: _go_home(kodi), "the home screen")


def _go_home(kodi: Kodi) -> bool:
    """Whether Kodi is there; it refuses to go while it shows that it is busy."""
    kodi.builtin("ActivateWindow(home)")
    kodi.catch_up()
    return kodi.boolean(_is_active("home"))


def installed_version(kodi: Kodi, addon_id: str) -> str:
    """The version that Kodi has installed and enabled; empty if it has none."""
    try:
        details = kodi.rpc("Addons.GetAddonDetails", addonid=addon_id, properties=["version", "enabled"])["addon"]
    except RpcError:
        return ""
    return str(details["version"]) if details["enabled"] else ""


def _is_active(window: str) -> str:
    return f"Window.IsActive({window})"
