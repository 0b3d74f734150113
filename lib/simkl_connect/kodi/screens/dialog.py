"""Fills the sign-in's window with what the service shows, and sends back what is pressed, until somebody leaves."""

from __future__ import annotations

import xbmc
import xbmcaddon
import xbmcgui

from ... import clock
from ...auth.phases import Phase
from ...ui.service_client import ServiceClient
from ...ui.view import CONNECTED_STAYS, Button, Screen, View, screen_of
from .. import files, ipc, preferences, texts
from ..system import hold_screensaver
from ..texts import Texts
from . import pictures
from .pictures import Pictures
from .window import BUTTONS, SignInWindow

TICK = 0.1
"""Seconds between two looks at the service and at the remote control; Kodi delivers presses no faster."""
TICK_WITHOUT_CODE = 0.02
"""Seconds, while a code is being fetched."""
FIRST_TICK = 0.001
"""Seconds; long enough for Kodi to deliver what was pressed while this was loaded. 0 would mean "for ever"."""
PROGRESS, PROGRESS_LAST_MINUTE = 103, 106
"""The bar as it usually is, and in the last minute."""
CODE_SLOTS, ADDRESS_SLOTS = 16, 24
"""How many pictures of letters the skin file has room for. Longer addresses are drawn with a font of Kodi's."""
CODE_AT_FULL_SIZE = 9
"""Letters; longer codes are drawn smaller."""
ADDRESS_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-./:_")
"""Those that have pictures; a code has no others than there are (:func:`~simkl_connect.api.parsing.read_user_code`)."""


def present(window: SignInWindow, request: str, addon: xbmcaddon.Addon, monitor: xbmc.Monitor) -> bool:
    """Until somebody leaves, the account is connected, another dialog has taken over, or Kodi or the service ends.

    True: the account was connected. ``request`` is what the service was asked by, and the name of this dialog.
    ``addon`` and ``monitor`` were made before the window opened: later Kodi may not know the add-on any more, and it
    signals its abort only once.
    """
    if not ipc.owns_dialog(request):  # a press a little later has opened another one: the pictures are that one's
        return False
    client = ServiceClient(request, ipc.send, lambda: View.from_json(ipc.published()), clock.now)
    painter = Painter(window, addon, Pictures(files.data_folder()), preferences.show_qr(addon) and pictures.can_draw())
    try:
        return _follow(client, window, painter, request, monitor)
    finally:
        if ipc.owns_dialog(request) or not ipc.is_dialog_claimed():
            painter.clear()


def _follow(client: ServiceClient, window: SignInWindow, painter: Painter, request: str, monitor: xbmc.Monitor) -> bool:
    screen = screen_of(View(phase=Phase.STARTING.value), clock.now())  # what the window has shown since it opened
    phase: Phase | None = None
    closes_at: float | None = None
    wait = FIRST_TICK
    while not monitor.waitForAbort(wait) and ipc.owns_dialog(request):
        button = _pressed(window, screen)
        if button is Button.CANCEL:
            client.cancel()
        now = clock.now()
        if button in (Button.CANCEL, Button.CLOSE) or (closes_at is not None and now > closes_at):
            return screen.phase is Phase.CONNECTED
        if button is not None:
            client.authorize(ipc.new_request())
        screen = screen_of(client.view(), now)
        painter.draw(screen)
        if screen.phase is not phase:
            phase = screen.phase
            closes_at = now + CONNECTED_STAYS if screen.closes_itself else None
        wait = TICK_WITHOUT_CODE if phase is Phase.STARTING else TICK
    return False


def _pressed(window: SignInWindow, screen: Screen) -> Button | None:
    """What was pressed on ``screen``. If something else has closed the window, the sign-in goes on without it."""
    if not window.is_open:
        return Button.CLOSE
    index = window.take_press()
    return screen.buttons[index] if index is not None and index < len(screen.buttons) else None


class Painter:
    """Draws screens into the window. :meth:`draw` is called at every tick and changes only what differs.

    ``addon`` has the texts; ``with_qr`` says whether a code is to be shown as a QR code too.
    """

    def __init__(self, window: SignInWindow, addon: xbmcaddon.Addon, shown: Pictures, with_qr: bool) -> None:
        self._window = window
        self._pictures = shown
        self._with_qr = with_qr
        self._text = Texts(addon)
        self._drawn: Screen | None = None
        self._qr_is_due = False

    def draw(self, screen: Screen) -> None:
        """A QR code takes its time: it follows at the next call, when the code can be read already."""
        last = self._drawn
        if self._qr_is_due:
            self._draw_qr(screen)
        if screen == last:
            return
        put = self._window.put
        if last is None or last.code != screen.code:
            self._draw_code(screen)
        put("message", self._text.message(screen))
        put("time_left", screen.time_left)
        put("last_minute", "true" if screen.last_minute else "")
        if last is None or (last.phase, last.buttons) != (screen.phase, screen.buttons):
            self._enter_phase(screen)
        if last is None or (last.progress, last.last_minute) != (screen.progress, screen.last_minute):
            self._draw_progress(screen)
        self._drawn = screen

    def clear(self) -> None:
        """Leaves no picture of a code behind."""
        self._pictures.clear()
        hold_screensaver(False)

    def _draw_code(self, screen: Screen) -> None:
        put = self._window.put
        self._pictures.clear()
        hold_screensaver(bool(screen.code))  # over a code that is being copied
        self._draw_letters("code", screen.code, CODE_SLOTS)
        in_letters = len(screen.address) <= ADDRESS_SLOTS and ADDRESS_LETTERS.issuperset(screen.address)
        self._draw_letters("address", screen.address if in_letters else "", ADDRESS_SLOTS)
        put("address", screen.address)
        put("address_in_font", "" if in_letters else screen.address)
        put("long_code", "true" if len(screen.code) > CODE_AT_FULL_SIZE else "")
        put("qr", "")
        self._qr_is_due = self._with_qr and bool(screen.code)
        put("beside_qr", "true" if self._qr_is_due else "")

    def _draw_letters(self, name: str, text: str, slots: int) -> None:
        """Kodi's fonts are too small for a television, or soft: each letter is a picture, named by its code point."""
        self._window.put(name, text)
        for slot in range(slots):
            self._window.put(f"{name}_{slot}", f"{ord(text[slot]):02x}" if slot < len(text) else "")

    def _draw_qr(self, screen: Screen) -> None:
        self._qr_is_due = False
        path = self._pictures.add(pictures.qr_picture(screen.whole_address)) if screen.code else ""
        self._window.put("qr", path)
        self._window.put("beside_qr", "true" if path else "")

    def _enter_phase(self, screen: Screen) -> None:
        labels = [self._text(texts.BUTTONS[button]) for button in screen.buttons]
        self._window.put("first_button", labels[0])
        self._window.put("second_button", labels[1] if len(labels) > 1 else "")
        self._window.put("sign", screen.sign)
        self._window.put("phase", screen.phase.value)
        self._window.setFocusId(BUTTONS[0])

    def _draw_progress(self, screen: Screen) -> None:
        """Through a new window object each time: an older one keeps controls that a reload of the skin has freed. The
        variable keeps it alive: with it go the controls that it has given.
        """
        try:
            window = xbmcgui.Window(self._window.id)
            for control_id in (PROGRESS, PROGRESS_LAST_MINUTE) if screen.last_minute else (PROGRESS,):
                progress = window.getControl(control_id)
                assert isinstance(progress, xbmcgui.ControlProgress)
                progress.setPercent(screen.progress)
        except RuntimeError:  # the skin is being reloaded
            return
