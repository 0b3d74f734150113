"""The sign-in dialog: draws screens, reports presses."""

from __future__ import annotations

import xbmcgui

from ..screen import Button, Screen
from . import texts

CODE, ADDRESS, MESSAGE, PROGRESS, TIME_LEFT = 100, 101, 102, 103, 105
BUTTONS = (110, 111)
XML = "script-simkl-connect.xml"
_LEAVING = (xbmcgui.ACTION_NAV_BACK, xbmcgui.ACTION_PREVIOUS_MENU, xbmcgui.ACTION_STOP)


class SignInDialog(xbmcgui.WindowXMLDialog):
    """Draw with :meth:`draw`; :meth:`take_press` gives what the viewer pressed.

    Kodi calls the ``on…`` methods while the script waits on its monitor, on the same thread.
    """

    def __init__(self, *_xml: str) -> None:
        super().__init__()  # type: ignore[call-arg]  # Kodi's __new__ has taken the arguments
        self._drawn: Screen | None = None
        self._press: Button | None = None
        self._ready = False

    def onInit(self) -> None:  # noqa: N802  # Kodi's name
        """Called again when the skin is reloaded: everything is to be drawn anew."""
        self._drawn = None
        self._ready = True

    def onClick(self, control_id: int) -> None:  # noqa: N802  # Kodi's name
        """A press of OK, a tap or a click on a button."""
        if self._drawn is not None and control_id in BUTTONS:
            position = BUTTONS.index(control_id)
            if position < len(self._drawn.buttons):
                self._press = self._drawn.buttons[position]

    def onAction(self, action: xbmcgui.Action) -> None:  # noqa: N802  # Kodi's name
        """Back means the last button, Cancel or Close."""
        if action.getId() in _LEAVING:
            self._press = self._drawn.buttons[-1] if self._drawn is not None else Button.CANCEL

    def take_press(self) -> Button | None:
        """The button pressed since the last call, or None."""
        press, self._press = self._press, None
        return press

    def draw(self, screen: Screen) -> None:
        """Changes on screen only what differs from the last screen."""
        last = self._drawn
        if not self._ready or screen == last:
            return
        self._drawn = screen
        if last is None or last.code != screen.code:
            self._label(CODE).setLabel(screen.code)
        if last is None or last.address != screen.address:
            self._label(ADDRESS).setLabel(screen.address)
        if last is None or last.time_left != screen.time_left:
            self._label(TIME_LEFT).setLabel(screen.time_left)
        if last is None or last.progress != screen.progress:
            progress = self.getControl(PROGRESS)
            assert isinstance(progress, xbmcgui.ControlProgress)
            progress.setPercent(screen.progress)
        self._label(MESSAGE).setLabel(texts.message(screen))
        if last is None or last.phase is not screen.phase:
            self._enter_phase(screen)

    def _enter_phase(self, screen: Screen) -> None:
        self.setProperty("phase", screen.phase.value)
        for position, control_id in enumerate(BUTTONS):
            button = self.getControl(control_id)
            assert isinstance(button, xbmcgui.ControlButton)
            used = position < len(screen.buttons)
            button.setVisible(used)
            if used:
                button.setLabel(texts.text(texts.BUTTONS[screen.buttons[position]]))
        self.setFocusId(BUTTONS[0])

    def _label(self, control_id: int) -> xbmcgui.ControlLabel:
        control = self.getControl(control_id)
        assert isinstance(control, xbmcgui.ControlLabel)
        return control
