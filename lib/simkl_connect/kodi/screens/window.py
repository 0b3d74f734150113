"""The sign-in's window: properties go in, presses come out.

It opens before anything else is loaded, so that a press of Authorize is answered at once: nothing is imported here but
what Kodi brings along.
"""

from __future__ import annotations

import os

import xbmcgui

from .. import DIALOG_XML
from ..system import is_window_active

BUTTONS = (110, 111)
"""The ids of the two buttons."""
LAST = -1
"""The index of the button that Back means: Cancel or Close."""
WINDOW_IDS = range(13000, 13100)
"""Those that Kodi gives to windows of scripts."""

LEAVING = (xbmcgui.ACTION_NAV_BACK, xbmcgui.ACTION_PREVIOUS_MENU, xbmcgui.ACTION_STOP)
"""Keys that leave a window."""


class PropertyWindow(xbmcgui.WindowXMLDialog):
    """Its texts and pictures are properties of the window, so that the skin file alone decides where they stand.

    Kodi frees the controls of its windows when the skin is reloaded, and a call to one of them ends in freed memory.
    Properties stay.

    Kodi calls the ``on…`` methods while the script waits on its monitor, on the same thread.
    """

    xml = DIALOG_XML
    """The name of its skin file."""

    def __init__(self, *_xml: str) -> None:
        super().__init__()  # type: ignore[call-arg]  # Kodi's __new__ has taken the arguments
        self._shown: dict[str, str] = {}
        self._id = 0

    @property
    def id(self) -> int:
        """Kodi's number for the window, which it does not tell: the window with our mark. 0 if it is not there."""
        if not self._id:
            mark = os.urandom(8).hex()
            self.put("mark", mark)
            self._id = next((number for number in WINDOW_IDS if _property(number, "mark") == mark), 0)
        return self._id

    @property
    def is_open(self) -> bool:
        """False once something else has closed the window: a reload of the skin does, and ``Dialog.Close(all)``."""
        return xbmcgui.getCurrentWindowDialogId() == self.id or is_window_active(self.xml)

    def put(self, name: str, value: str) -> None:
        """Sets a property of the window; one that has this value already costs nothing."""
        if self._shown.get(name, "") != value:
            self._shown[name] = value
            self.setProperty(name, value)


class SignInWindow(PropertyWindow):
    """The sign-in's. Only the bar is drawn through a control."""

    def __init__(self, *_xml: str) -> None:
        super().__init__()
        self._pressed: int | None = None

    def onClick(self, control_id: int) -> None:  # noqa: N802  # Kodi's name
        """A press of OK, a tap or a click on a button."""
        if control_id in BUTTONS:
            self._pressed = BUTTONS.index(control_id)

    def onAction(self, action: xbmcgui.Action) -> None:  # noqa: N802  # Kodi's name
        """Back, Stop and their like."""
        if action.getId() in LEAVING:
            self._pressed = LAST

    @property
    def is_pressed(self) -> bool:
        """Whether :meth:`take_press` has something to give."""
        return self._pressed is not None

    def take_press(self) -> int | None:
        """The index of the button pressed since the last call, or None."""
        pressed, self._pressed = self._pressed, None
        return pressed


def _property(window_id: int, name: str) -> str:
    try:
        return xbmcgui.Window(window_id).getProperty(name)
    except RuntimeError:  # no window has this id
        return ""
