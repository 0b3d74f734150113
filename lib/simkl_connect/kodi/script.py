"""What a press starts. The window opens first; what fills it is loaded once the service is on its way to a code."""

from __future__ import annotations

from time import monotonic

import xbmc
import xbmcaddon
import xbmcvfs

from ..ui.commands import AUTHORIZE, SIGN_OUT
from . import ADDON_ID, DIALOG_XML, ipc, texts
from .system import is_window_active
from .window import SignInWindow

PATIENCE, LOOK_EVERY = 0.5, 0.02
"""Seconds that the service is given to load, and between two looks whether it has."""
SERVICE_ENDS_WITHIN = 0.4
"""Seconds from the last word of the service (:func:`ipc.withdraw`) until Kodi has freed its interpreter."""


def main(arguments: list[str]) -> None:
    """``arguments`` as in ``RunScript(script.simkl.connect,authorize)``: the command, or nothing.

    ``settings`` behind ``authorize``: the settings page was left for it, and is wanted back afterwards.
    """
    command = arguments[1] if len(arguments) > 1 else ""
    if command == AUTHORIZE:
        connected = sign_in()
        if connected and "settings" in arguments:
            xbmc.executebuiltin(f"Addon.OpenSettings({ADDON_ID})")
        return
    from . import account  # here, and in sign_in, because what is not needed for a window comes after it

    if command == SIGN_OUT:
        account.sign_out()
    elif not account.is_connected() or account.show():
        sign_in()


def sign_in() -> bool:
    """Starts a sign-in and shows it; a dialog that is open already does so itself. True: the account was connected."""
    request = ipc.new_request()
    ipc.send(AUTHORIZE, request)
    if ipc.is_dialog_claimed() and is_window_active():
        return False
    addon = xbmcaddon.Addon(ADDON_ID)
    window = SignInWindow(DIALOG_XML, xbmcvfs.translatePath(addon.getAddonInfo("path")), "Default", "1080i")
    for name, value in (
        ("skin", xbmc.getSkinDir()),
        ("phase", "starting"),
        ("sign", "starting"),
        ("message", addon.getLocalizedString(texts.STARTING)),
        ("first_button", addon.getLocalizedString(texts.CANCEL)),
    ):
        window.put(name, value)
    ipc.claim_dialog(request)  # after several presses at once, each script has found no dialog yet
    monitor = xbmc.Monitor()
    window.show()
    try:
        _give_way(request, window, monitor)
        from .dialog import present

        return present(window, request, addon, monitor)
    finally:
        _close(request, window, monitor)


def _give_way(request: str, window: SignInWindow, monitor: xbmc.Monitor) -> None:
    """Loads nothing while the service loads its modules: only one Python runs at a time, and the service has the longer
    way to a code.
    """
    patient_until = monotonic() + PATIENCE
    while monotonic() < patient_until and not window.is_pressed and request not in ipc.published():
        if monitor.waitForAbort(LOOK_EVERY):
            return


def _close(request: str, window: SignInWindow, monitor: xbmc.Monitor) -> None:
    """Closes the window; if the service is ending, only once it has ended.

    ``close`` waits for Kodi's main thread and keeps Python's lock meanwhile. That thread may be waiting for whoever
    stops the service of a disabled add-on, and the service needs Python's lock to end: Kodi would hang for good. If
    Kodi stops this script, it serves the window while it waits, so that the window can close at once.
    """
    if not ipc.is_dialog_claimed():
        monitor.waitForAbort(SERVICE_ENDS_WITHIN)
    ipc.release_dialog(request)
    window.close()
