"""What a press starts: the sign-in screen, signing out, the account's question."""

from __future__ import annotations

import os
import time
import uuid
from typing import Sequence

import xbmc
import xbmcaddon
import xbmcgui
import xbmcvfs

from .. import clock
from ..screen import CONNECTED_STAYS, Button, screen_of
from ..sign_in import Phase
from ..viewer import Command, Viewer
from . import ADDON_ID, DIALOG_XML, channel, texts
from .dialog import SignInDialog
from .log import log_to_kodi
from .settings import Settings

TICK = 0.05
"""Seconds between two looks at the service and at the remote control."""


def main(arguments: Sequence[str]) -> None:
    """``arguments`` as in ``RunScript(script.simkl.connect,authorize)``: the command, or nothing.

    ``settings`` behind ``authorize``: the settings page was left for it, and is wanted back afterwards.
    """
    log_to_kodi()
    command = arguments[1] if len(arguments) > 1 else ""
    if command == Command.SIGN_OUT.value:
        sign_out()
    elif command == Command.AUTHORIZE.value or Settings().token() is None:
        connected = sign_in()
        if connected and "settings" in arguments:
            xbmc.executebuiltin(f"Addon.OpenSettings({ADDON_ID})")
    else:
        show_account()


def sign_in() -> bool:
    """Starts a sign-in and shows it; where a dialog is open already, that one shows it. True: it came to its end."""
    viewer = Viewer(channel.send, channel.published, clock.now, lambda: uuid.uuid4().hex)
    viewer.authorize()
    if xbmc.getCondVisibility(f"Window.IsActive({DIALOG_XML})"):
        return False
    path = xbmcvfs.translatePath(xbmcaddon.Addon(ADDON_ID).getAddonInfo("path"))
    dialog = SignInDialog(DIALOG_XML, os.path.normpath(path), "Default", "1080i", show_qr=Settings().show_qr())
    name = uuid.uuid4().hex
    channel.claim_dialog(name)  # of several presses at once, each has found no dialog yet
    dialog.show()
    try:
        return _follow(viewer, dialog, name)
    finally:
        dialog.close()


def _follow(viewer: Viewer, dialog: SignInDialog, name: str) -> bool:
    """Until somebody leaves, or has seen that the account is connected, or another dialog has taken over.

    True: the account was connected.
    """
    monitor = xbmc.Monitor()
    phase: Phase | None = None
    closes_at: float | None = None
    while True:
        now = clock.now()
        screen = screen_of(viewer.view(), now)
        dialog.draw(screen)
        if screen.phase is not phase:
            phase = screen.phase
            closes_at = now + CONNECTED_STAYS if screen.closes_itself else None
        press = dialog.take_press()
        if press is Button.CANCEL:
            viewer.cancel()
        if press in (Button.CANCEL, Button.CLOSE) or (closes_at is not None and now > closes_at):
            return screen.phase is Phase.CONNECTED
        if press is not None:
            viewer.authorize()
        if monitor.waitForAbort(TICK) or not channel.owns_dialog(name):
            return False


def sign_out() -> None:
    """Asks once, then has the service forget the account."""
    if xbmcgui.Dialog().yesno(_name(), texts.text(texts.SIGN_OUT_QUESTION)):
        channel.send(Command.SIGN_OUT, uuid.uuid4().hex)


def show_account() -> None:
    """Who is connected and since when, and what can be done about it."""
    settings = Settings()
    lines = [texts.connected_as(settings.account().name)]
    connected_at = settings.connected_at()
    if connected_at is not None:
        date = time.strftime(xbmc.getRegion("dateshort"), time.localtime(connected_at))
        lines.append(texts.text(texts.CONNECTED_SINCE).format(date=date))
    choice = xbmcgui.Dialog().yesnocustom(
        heading=_name(),
        message="\n".join(lines),
        customlabel=texts.text(texts.SIGN_OUT),
        nolabel=texts.text(texts.BUTTONS[Button.CLOSE]),
        yeslabel=texts.text(texts.SWITCH_ACCOUNT),
    )
    if choice == 1:
        sign_in()
    elif choice == 2:
        sign_out()


def _name() -> str:
    return xbmcaddon.Addon(ADDON_ID).getAddonInfo("name")
