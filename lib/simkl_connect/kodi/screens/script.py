"""What a press starts. The window opens first; what fills it is loaded once the service is on its way to a code.

Therefore the imports within functions: what a window does not need comes after it.
"""

from __future__ import annotations

from time import monotonic

import xbmc
import xbmcvfs

from ...ui.commands import AUTHORIZE, SIGN_OUT, STATUS, SYNC
from .. import ADDON_ID, DIALOG_XML, PAGE_XML, ipc, texts
from ..own_addon import own_addon
from ..system import is_still_enabled, is_window_active, wait_for_main_thread
from .window import PropertyWindow, SignInWindow

PATIENCE, LOOK_EVERY = 0.5, 0.02
"""Seconds that the service is given to load, and between two looks whether it has."""


def main(arguments: list[str]) -> None:
    """``arguments`` as in ``RunScript(script.simkl.connect,authorize)``: the command, or nothing.

    ``settings`` behind ``authorize``: the settings page was left for it, and is wanted back afterwards. Behind
    ``sync``: ``now`` asks nothing, ``undo`` takes back what the last sync set in the library.
    """
    command, options = "".join(arguments[1:2]), arguments[2:]
    if command not in (AUTHORIZE, STATUS, SIGN_OUT, SYNC):
        command = _ask_for_command()
    if command == AUTHORIZE:
        _authorize(options)
    elif command == STATUS:
        show_activity()
    elif command == SIGN_OUT:
        from . import account

        account.sign_out()
    elif command == SYNC:
        _sync(options)


def _ask_for_command() -> str:
    from . import account

    return account.show() if account.is_connected() else AUTHORIZE


def _authorize(options: list[str]) -> None:
    if sign_in():
        from . import sync_screen

        sync_screen.offer()
        if "settings" in options:
            xbmc.executebuiltin(f"Addon.OpenSettings({ADDON_ID})")


def _sync(options: list[str]) -> None:
    from . import account, sync_screen

    if "undo" in options:
        sync_screen.undo()
    elif account.is_connected() or sign_in():
        sync_screen.bring_together(asks="now" not in options)


def sign_in() -> bool:
    """Starts a sign-in and shows it; a dialog that is open already does so itself. True: the account was connected."""
    request = ipc.new_request()
    ipc.send(AUTHORIZE, request)
    if ipc.is_dialog_claimed() and is_window_active():
        return False
    if not is_still_enabled():  # disabled since the press
        return False
    addon = own_addon()
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
        _close(request, window)


def show_activity() -> None:
    """Opens the activity page and follows it. One that is open already stays."""
    if ipc.is_dialog_claimed() and is_window_active(PAGE_XML):
        return
    if not is_still_enabled():
        return
    from .page_window import PageWindow

    addon = own_addon()
    window = PageWindow(PAGE_XML, xbmcvfs.translatePath(addon.getAddonInfo("path")), "Default", "1080i")
    window.put("skin", xbmc.getSkinDir())
    window.put("heading", addon.getLocalizedString(texts.ACTIVITY))
    request = ipc.new_request()
    ipc.claim_dialog(request)
    monitor = xbmc.Monitor()
    window.show()
    try:
        from .activity_page import present

        present(window, request, addon, monitor)
    finally:
        _close(request, window)


def _give_way(request: str, window: SignInWindow, monitor: xbmc.Monitor) -> None:
    """Loads nothing while the service loads its modules: only one Python runs at a time, and the service has the longer
    way to a code.
    """
    patient_until = monotonic() + PATIENCE
    while monotonic() < patient_until and not window.is_pressed and request not in ipc.published():
        if monitor.waitForAbort(LOOK_EVERY):
            return


def _close(request: str, window: PropertyWindow) -> None:
    """Closes the window; if Kodi is stopping the service, only once that has ended.

    ``close`` waits for Kodi's main thread and keeps Python's lock meanwhile. The main thread needs the lock on Kodi's
    scripts in each round. Whoever stops the service of a disabled add-on has that lock until it has ended, and for that
    it needs Python's: Kodi would hang for good (measured on Kodi 20.1).
    """
    ipc.release_dialog(request)
    wait_for_main_thread()
    window.close()
