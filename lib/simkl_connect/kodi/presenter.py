"""Shows a sign-in in its window until somebody leaves."""

from __future__ import annotations

import xbmc

from .. import clock
from ..phases import Phase
from ..screen import CONNECTED_STAYS, Button, Screen, screen_of
from ..view import View
from ..viewer import Viewer
from . import channel, files, preferences
from .dialog import SignInDialog
from .log import log_to_kodi
from .painter import Painter
from .pictures import Pictures

TICK = 0.1
"""Seconds between two looks at the service and at the remote control; Kodi brings presses no faster."""
TICK_AT_THE_START = 0.02
"""Seconds, while the viewer looks forward to a code."""


def present(dialog: SignInDialog, request: str, folder: str) -> bool:
    """Until somebody leaves, or has seen that the account is connected, or another dialog has taken over.

    True: the account was connected. ``request`` is what the service was asked by, and the name of this dialog;
    ``folder`` the add-on's own.
    """
    log_to_kodi()
    if not channel.owns_dialog(request):  # another press has come a little later: the pictures are that one's
        return False
    viewer = Viewer(request, channel.send, lambda: View.from_json(channel.published()), clock.now)
    painter = Painter(dialog, folder, Pictures(files.data_folder()), preferences.show_qr)
    try:
        return _follow(viewer, dialog, painter, request)
    finally:
        if channel.owns_dialog(request):
            painter.clear()


def _follow(viewer: Viewer, dialog: SignInDialog, painter: Painter, name: str) -> bool:
    monitor = xbmc.Monitor()
    phase: Phase | None = None
    closes_at: float | None = None
    while True:
        now = clock.now()
        screen = screen_of(viewer.view(), now)
        painter.draw(screen)
        if screen.phase is not phase:
            phase = screen.phase
            closes_at = now + CONNECTED_STAYS if screen.closes_itself else None
        if monitor.waitForAbort(TICK_AT_THE_START if phase is Phase.STARTING else TICK):
            return False
        if not channel.owns_dialog(name):
            return False
        button = _pressed(dialog, screen)
        if button is Button.CANCEL:
            viewer.cancel()
        if button in (Button.CANCEL, Button.CLOSE) or (closes_at is not None and clock.now() > closes_at):
            return screen.phase is Phase.CONNECTED
        if button is not None:
            viewer.authorize(channel.new_request())


def _pressed(dialog: SignInDialog, screen: Screen) -> Button | None:
    """What was pressed on ``screen``. A window that something else has closed goes, and the sign-in goes on."""
    if not dialog.is_open:
        return Button.CLOSE
    place = dialog.take_press()
    return screen.buttons[place] if place is not None and place < len(screen.buttons) else None
