"""Shows a sign-in in its window until somebody leaves."""

from __future__ import annotations

import xbmc
import xbmcaddon

from .. import clock
from ..auth.phases import Phase
from ..ui.screen import CONNECTED_STAYS, Button, Screen, screen_of
from ..ui.service_client import ServiceClient
from ..ui.view import View
from . import files, ipc, preferences
from .dialog import SignInDialog
from .painter import Painter
from .pictures import Pictures

QR_MODULE = "script.module.pyqrcode"
TICK = 0.1
"""Seconds between two looks at the service and at the remote control; Kodi brings presses no faster."""
TICK_AT_THE_START = 0.02
"""Seconds, while the viewer looks forward to a code."""
AT_ONCE = 0.001
"""Seconds; enough for Kodi to bring what was pressed while this was loaded. It takes 0 for "for ever"."""


def present(dialog: SignInDialog, request: str, addon: xbmcaddon.Addon, monitor: xbmc.Monitor) -> bool:
    """Until somebody leaves, or has seen that the account is connected, or another dialog has taken over.

    True: the account was connected. ``request`` is what the service was asked by, and the name of this dialog.
    ``addon`` and ``monitor`` have been there before the window opened: later Kodi may not know the add-on any more, and
    it says stop only once.
    """
    if not ipc.owns_dialog(request):  # another press has come a little later: the pictures are that one's
        return False
    viewer = ServiceClient(request, ipc.send, lambda: View.from_json(ipc.published()), clock.now)
    with_qr = preferences.show_qr(addon) and bool(xbmc.getCondVisibility(f"System.AddonIsEnabled({QR_MODULE})"))
    painter = Painter(dialog, addon, Pictures(files.data_folder()), with_qr)
    try:
        return _follow(viewer, dialog, painter, request, monitor)
    finally:
        if ipc.owns_dialog(request):
            painter.clear()


def _follow(viewer: ServiceClient, dialog: SignInDialog, painter: Painter, name: str, monitor: xbmc.Monitor) -> bool:
    screen = screen_of(View(phase=Phase.STARTING.value), clock.now())  # as the window has been opened
    phase: Phase | None = None
    closes_at: float | None = None
    wait = AT_ONCE
    while not monitor.waitForAbort(wait) and ipc.owns_dialog(name):
        button = _pressed(dialog, screen)
        if button is Button.CANCEL:
            viewer.cancel()
        now = clock.now()
        if button in (Button.CANCEL, Button.CLOSE) or (closes_at is not None and now > closes_at):
            return screen.phase is Phase.CONNECTED
        if button is not None:
            viewer.authorize(ipc.new_request())
        screen = screen_of(viewer.view(), now)
        painter.draw(screen)
        if screen.phase is not phase:
            phase = screen.phase
            closes_at = now + CONNECTED_STAYS if screen.closes_itself else None
        wait = TICK_AT_THE_START if phase is Phase.STARTING else TICK
    return False


def _pressed(dialog: SignInDialog, screen: Screen) -> Button | None:
    """What was pressed on ``screen``. A window that something else has closed goes, and the sign-in goes on."""
    if not dialog.is_open:
        return Button.CLOSE
    place = dialog.take_press()
    return screen.buttons[place] if place is not None and place < len(screen.buttons) else None
