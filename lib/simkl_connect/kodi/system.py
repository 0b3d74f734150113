"""What Kodi and the machine say of themselves.

``xbmc.getCondVisibility`` and ``getInfoLabel`` wait until Kodi's main thread is between two frames. While that thread
stops a script or service, it is not: they return when Kodi has given up after five seconds. Whatever may run at such a
moment asks by JSON-RPC, which is answered meanwhile.
"""

from __future__ import annotations

import xbmc

from ..json_values import as_number, as_object
from . import ADDON_ID, DIALOG_XML
from .json_rpc import call

_PLATFORMS = ("Android", "TVOS", "IOS", "OSX", "UWP", "Windows", "Linux")
"""Kodi's System.Platform conditions; Android is also Linux, UWP also Windows, so the narrower stands first."""


def platform() -> str:
    """Kodi's version and what it runs on, as in ``Kodi 20.1; Linux``. The answer takes a frame or two."""
    kodi = xbmc.getInfoLabel("System.BuildVersion").split(" ")[0] or "unknown"
    known = (name for name in _PLATFORMS if xbmc.getCondVisibility(f"System.Platform.{name}"))
    return f"Kodi {kodi}; {next(known, 'unknown')}"


def is_enabled() -> bool:
    """Whether Kodi has the add-on. It forgets one that is disabled or replaced a little before it says stop."""
    return bool(xbmc.getCondVisibility(f"System.AddonIsEnabled({ADDON_ID})"))


def is_still_enabled() -> bool:
    """The same for a script: other Python goes on while Kodi answers. The service would wait for itself if Kodi is just
    disabling the add-on.
    """
    details = call("Addons.GetAddonDetails", {"addonid": ADDON_ID, "properties": ["enabled"]})
    return as_object(details.get("addon")).get("enabled") is True


def condition(name: str) -> bool:
    """Whether a condition of Kodi's holds."""
    return call("XBMC.GetInfoBooleans", {"booleans": [name]}).get(name) is True


def is_window_active(xml: str = DIALOG_XML) -> bool:
    """Whether a window of this skin file, that of the sign-in, is on the screen."""
    return condition(f"Window.IsActive({xml})")


def selected_place(list_id: int) -> int:
    """The place of the row that has the focus in a list of the active window, or had it last. A ``ControlList`` knows
    it only if it has been given the rows itself.
    """
    label = f"Container({list_id}).CurrentItem"
    return (as_number(call("XBMC.GetInfoLabels", {"labels": [label]}).get(label)) or 1) - 1


def wait_for_main_thread() -> None:
    """Until Kodi's main thread has gone round its loop, or serves us while it stops us; other Python goes on meanwhile.

    It answers at one place in the loop: between two answers it has been everywhere.
    """
    for _ in range(2):
        is_window_active()


def hold_screensaver(hold: bool) -> None:
    """Keeps screensaver and display sleep away, or lets them go."""
    xbmc.executebuiltin(f"InhibitScreensaver({'true' if hold else 'false'})")
