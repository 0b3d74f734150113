"""The window of the sign-in: properties go in, presses come out.

It opens before anything else is loaded, so that a press of Authorize is answered at once: nothing is imported here but
what Kodi brings along.
"""

from __future__ import annotations

import xbmc
import xbmcgui

from . import DIALOG_XML

BUTTONS = (110, 111)
LAST = -1
"""The place of the button that Back means: Cancel or Close."""

_LEAVING = (xbmcgui.ACTION_NAV_BACK, xbmcgui.ACTION_PREVIOUS_MENU, xbmcgui.ACTION_STOP)


class SignInDialog(xbmcgui.WindowXMLDialog):
    """Its texts and pictures are properties of the window, so that the skin file alone decides where they stand.

    Nothing but the bar is drawn by way of a control: Kodi frees its controls when the skin is reloaded, and a call that
    waits for Kodi's lock meanwhile ends in freed memory. Properties stay.

    Kodi calls the ``on…`` methods while the script waits on its monitor, on the same thread.
    """

    def __init__(self, *_xml: str) -> None:
        super().__init__()  # type: ignore[call-arg]  # Kodi's __new__ has taken the arguments
        self._shown: dict[str, str] = {}
        self._pressed: int | None = None

    def onClick(self, control_id: int) -> None:  # noqa: N802  # Kodi's name
        """A press of OK, a tap or a click on a button."""
        if control_id in BUTTONS:
            self._pressed = BUTTONS.index(control_id)

    def onAction(self, action: xbmcgui.Action) -> None:  # noqa: N802  # Kodi's name
        """Back, Stop and their like."""
        if action.getId() in _LEAVING:
            self._pressed = LAST

    @property
    def is_open(self) -> bool:
        """False once something else has closed the window: a reload of the skin does, and ``Dialog.Close(all)``."""
        return bool(xbmc.getCondVisibility(f"Window.IsActive({DIALOG_XML})"))

    @property
    def is_pressed(self) -> bool:
        """Whether :meth:`take_press` has something to give."""
        return self._pressed is not None

    def take_press(self) -> int | None:
        """The place of the button pressed since the last call, or None."""
        pressed, self._pressed = self._pressed, None
        return pressed

    def put(self, name: str, value: str) -> None:
        """Sets a property of the window; one that is set already costs nothing."""
        if self._shown.get(name, "") != value:
            self._shown[name] = value
            self.setProperty(name, value)
