"""What a press starts. The sign-in's window comes first; what fills it is loaded once the service is on its way."""

from __future__ import annotations

from time import monotonic

import xbmc
import xbmcaddon
import xbmcvfs

from ..ui.commands import AUTHORIZE, SIGN_OUT
from . import ADDON_ID, DIALOG_XML, ipc, texts
from .dialog import SignInDialog
from .system import is_enabled

PATIENCE, LOOK_EVERY = 0.5, 0.02
"""Seconds that the service is given to load, and between two looks whether it has."""
SERVICE_ENDS_WITHIN, REST_ENDS_WITHIN = 6.0, 0.5
"""Seconds from a disabled add-on to the last word of its service, which Kodi ends after five, and from there to its
end.
"""


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
    """Starts a sign-in and shows it; where a dialog is open already, that one shows it. True: it came to its end."""
    request = ipc.new_request()
    ipc.send(AUTHORIZE, request)
    if ipc.is_dialog_claimed() and xbmc.getCondVisibility(f"Window.IsActive({DIALOG_XML})"):
        return False
    addon = xbmcaddon.Addon(ADDON_ID)
    dialog = SignInDialog(DIALOG_XML, xbmcvfs.translatePath(addon.getAddonInfo("path")), "Default", "1080i")
    for name, value in (
        ("skin", xbmc.getSkinDir()),
        ("phase", "starting"),
        ("sign", "starting"),
        ("message", addon.getLocalizedString(texts.STARTING)),
        ("first_button", addon.getLocalizedString(texts.CANCEL)),
    ):
        dialog.put(name, value)
    ipc.claim_dialog(request)  # of several presses at once, each has found no dialog yet
    monitor = xbmc.Monitor()
    dialog.show()
    try:
        _give_way(request, dialog, monitor)
        from .presenter import present

        return present(dialog, request, addon, monitor)
    finally:
        ipc.release_dialog(request)
        _close(dialog, monitor)


def _give_way(request: str, dialog: SignInDialog, monitor: xbmc.Monitor) -> None:
    """Loads nothing while the service loads its engine: only one Python runs at a time, and the service has the longer
    way to a code.
    """
    patient_until = monotonic() + PATIENCE
    while monotonic() < patient_until and not dialog.is_pressed and request not in ipc.published():
        if monitor.waitForAbort(LOOK_EVERY):
            return


def _close(dialog: SignInDialog, monitor: xbmc.Monitor) -> None:
    """Not while Kodi stops the service of an add-on that it has disabled: it does nothing else until that has ended.
    Closing a window waits for Kodi, and keeps every other Python waiting meanwhile, the service as well.
    """
    if not is_enabled():
        patient_until = monotonic() + SERVICE_ENDS_WITHIN
        while ipc.published() and monotonic() < patient_until and not monitor.waitForAbort(LOOK_EVERY):
            continue
        monitor.waitForAbort(REST_ENDS_WITHIN)
    dialog.close()
