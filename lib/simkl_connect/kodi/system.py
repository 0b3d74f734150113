"""What Kodi and the machine say of themselves.

``xbmc.getCondVisibility`` and ``getInfoLabel`` wait until Kodi's main thread is between two frames. While that thread
stops a script or service, it is not: they return when Kodi has given up after five seconds. Whatever may run at such a
moment asks by JSON-RPC, which is answered meanwhile.
"""

from __future__ import annotations

import re

import xbmc

from . import ADDON_ID, DIALOG_XML

_PLATFORMS = ("Android", "TVOS", "IOS", "OSX", "UWP", "Windows", "Linux")
"""Kodi's System.Platform conditions; Android is also Linux, UWP also Windows, so the narrower stands first."""
_LABEL = re.compile(r'"([1-9]\d{0,5})"')
_ASK_WINDOW = '{"jsonrpc":"2.0","id":1,"method":"XBMC.GetInfoBooleans","params":{"booleans":["Window.IsActive(XML)"]}}'
_ASK_PLACE = '{"jsonrpc":"2.0","id":1,"method":"XBMC.GetInfoLabels","params":{"labels":["Container(ID).CurrentItem"]}}'
_ASK_DETAILS = (
    '{"jsonrpc":"2.0","id":1,"method":"Addons.GetAddonDetails",'
    f'"params":{{"addonid":"{ADDON_ID}","properties":["enabled"]}}}}'
)


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
    return '"enabled":true' in xbmc.executeJSONRPC(_ASK_DETAILS).replace(" ", "")


def is_window_active(xml: str = DIALOG_XML) -> bool:
    """Whether a window of this skin file, that of the sign-in, is on the screen."""
    return "true" in xbmc.executeJSONRPC(_ASK_WINDOW.replace("XML", xml))


def selected_place(list_id: int) -> int:
    """The place of the row that has the focus in a list of the active window, or had it last. A ``ControlList`` knows
    it only if it has been given the rows itself.
    """
    found = _LABEL.search(xbmc.executeJSONRPC(_ASK_PLACE.replace("ID", str(list_id))))
    return int(found.group(1)) - 1 if found else 0


def wait_for_main_thread() -> None:
    """Until Kodi's main thread has gone round its loop, or serves us while it stops us; other Python goes on meanwhile.

    It answers at one place in the loop: between two answers it has been everywhere.
    """
    for _ in range(2):
        is_window_active()


def hold_screensaver(hold: bool) -> None:
    """Keeps screensaver and display sleep away, or lets them go."""
    xbmc.executebuiltin(f"InhibitScreensaver({'true' if hold else 'false'})")
