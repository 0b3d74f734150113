"""What Kodi and the machine say of themselves.

``xbmc.getCondVisibility`` and ``getInfoLabel`` wait until Kodi's main thread is between two frames. While that thread
stops a script or service, it is not: they return when Kodi has given up after five seconds. Whatever may run at such a
moment asks by JSON-RPC, which is answered meanwhile.
"""

from __future__ import annotations

import xbmc

from . import ADDON_ID, DIALOG_XML

_PLATFORMS = ("Android", "TVOS", "IOS", "OSX", "UWP", "Windows", "Linux")
"""Kodi's System.Platform conditions; Android is also Linux, UWP also Windows, so the narrower stands first."""
_IS_ACTIVE = f"Window.IsActive({DIALOG_XML})"
_ASK = f'{{"jsonrpc":"2.0","id":1,"method":"XBMC.GetInfoBooleans","params":{{"booleans":["{_IS_ACTIVE}"]}}}}'


def platform() -> str:
    """Kodi's version and what it runs on, as in ``Kodi 20.1; Linux``. The answer takes a frame or two."""
    kodi = xbmc.getInfoLabel("System.BuildVersion").split(" ")[0] or "unknown"
    known = (name for name in _PLATFORMS if xbmc.getCondVisibility(f"System.Platform.{name}"))
    return f"Kodi {kodi}; {next(known, 'unknown')}"


def is_enabled() -> bool:
    """Whether Kodi has the add-on. It forgets one that is disabled or replaced a little before it says stop."""
    return bool(xbmc.getCondVisibility(f"System.AddonIsEnabled({ADDON_ID})"))


def is_window_active() -> bool:
    """Whether a sign-in's window is on the screen."""
    return "true" in xbmc.executeJSONRPC(_ASK)


def hold_screensaver(hold: bool) -> None:
    """Keeps screensaver and display sleep away, or lets them go."""
    xbmc.executebuiltin(f"InhibitScreensaver({'true' if hold else 'false'})")
