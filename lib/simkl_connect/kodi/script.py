"""What a press starts: the sign-in screen, signing out, the account's question."""

from __future__ import annotations

import os
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
from . import ADDON_ID, channel, texts
from .dialog import XML, SignInDialog
from .log import log_to_kodi
from .settings import Settings

TICK = 0.05
"""Seconds between two looks at the service and at the remote control."""


def main(arguments: Sequence[str]) -> None:
    """``arguments`` as in ``RunScript(script.simkl.connect,authorize)``: the command, or nothing."""
    log_to_kodi()
    command = arguments[1] if len(arguments) > 1 else ""
    if command == Command.SIGN_OUT.value:
        sign_out()
    elif command == Command.AUTHORIZE.value or Settings().token() is None:
        sign_in()
    else:
        show_account()


def sign_in() -> None:
    """Starts a sign-in and shows it; where a dialog is open already, that one shows it."""
    viewer = Viewer(channel.send, channel.published, clock.now, lambda: uuid.uuid4().hex)
    viewer.authorize()
    if xbmc.getCondVisibility(f"Window.IsActive({XML})"):
        return
    path = xbmcvfs.translatePath(xbmcaddon.Addon(ADDON_ID).getAddonInfo("path"))
    dialog = SignInDialog(XML, os.path.normpath(path), "Default", "1080i")
    name = uuid.uuid4().hex
    channel.claim_dialog(name)  # of several presses at once, each has found no dialog yet
    dialog.show()
    try:
        _follow(viewer, dialog, name)
    finally:
        dialog.close()


def _follow(viewer: Viewer, dialog: SignInDialog, name: str) -> None:
    """Until somebody leaves, or has seen that the account is connected, or another dialog has taken over."""
    monitor = xbmc.Monitor()
    connected_at: float | None = None
    while True:
        now = clock.now()
        screen = screen_of(viewer.view(), now)
        dialog.draw(screen)
        if screen.phase is not Phase.CONNECTED:
            connected_at = None
        elif connected_at is None:
            connected_at = now
        elif now - connected_at > CONNECTED_STAYS:
            return
        press = dialog.take_press()
        if press is Button.CANCEL:
            viewer.cancel()
        if press in (Button.CANCEL, Button.CLOSE):
            return
        if press is not None:
            viewer.authorize()
        if monitor.waitForAbort(TICK) or not channel.owns_dialog(name):
            return


def sign_out() -> None:
    """Asks once, then has the service forget the account."""
    if xbmcgui.Dialog().yesno(_name(), texts.text(texts.SIGN_OUT_QUESTION)):
        channel.send(Command.SIGN_OUT, uuid.uuid4().hex)


def show_account() -> None:
    """Who is connected, and what can be done about it."""
    choice = xbmcgui.Dialog().yesnocustom(
        heading=_name(),
        message=texts.connected_as(Settings().account().name),
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
