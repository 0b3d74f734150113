"""The sign-in dialog: draws screens, reports presses.

Texts reach the skin file as properties of the window, so that it alone decides where they stand; code, address and time
are drawn by :class:`Lettering` into the boxes of their labels.
"""

from __future__ import annotations

import logging
import os
import uuid

import xbmc
import xbmcaddon
import xbmcgui
import xbmcvfs

from ..screen import Button, Screen
from . import ADDON_ID, DIALOG_XML, texts
from .lettering import Lettering
from .qr import QrPictures
from .settings import data_folder

XML = DIALOG_XML
MEDIA = os.path.join("resources", "skins", "Default", "media", "simkl-connect")
CODE, ADDRESS, TIME_LEFT = 100, 101, 105
CODE_LETTERS, ADDRESS_LETTERS, TIME_LETTERS = range(200, 216), range(220, 260), range(260, 265)
PROGRESS = (103, 106)
"""The bar as it usually is, and in the last minute."""
BUTTONS = (110, 111)
WINDOW_IDS = range(13000, 13100)
"""Those that Kodi gives to windows of scripts."""

_log = logging.getLogger(__name__)
_LEAVING = (xbmcgui.ACTION_NAV_BACK, xbmcgui.ACTION_PREVIOUS_MENU, xbmcgui.ACTION_STOP)


class SignInDialog(xbmcgui.WindowXMLDialog):
    """Draw with :meth:`draw`; :meth:`take_press` gives what the viewer pressed.

    Kodi calls the ``on…`` methods while the script waits on its monitor, on the same thread.
    """

    def __init__(self, *_xml: str, show_qr: bool = True) -> None:
        super().__init__()  # type: ignore[call-arg]  # Kodi's __new__ has taken the arguments
        self._media = os.path.join(xbmcvfs.translatePath(xbmcaddon.Addon(ADDON_ID).getAddonInfo("path")), MEDIA)
        self._show_qr = show_qr
        self._qr_pictures = QrPictures(data_folder())
        self._properties: dict[str, str] = {}
        self._drawn: Screen | None = None
        self._press: Button | None = None
        self._awake = False
        self._id: int | None = None

    def onInit(self) -> None:  # noqa: N802  # Kodi's name
        """Called again when the skin is reloaded: everything is to be drawn anew."""
        large, small = os.path.join(self._media, "code"), os.path.join(self._media, "text")
        self._code = Lettering(CODE, CODE_LETTERS, large)
        self._address = Lettering(ADDRESS, ADDRESS_LETTERS, small)
        self._time_left = Lettering(TIME_LEFT, TIME_LETTERS, small, to_the_right=True)
        self._properties.clear()
        self._set("skin", xbmc.getSkinDir())
        self._drawn = None
        self._id = self._find_id()

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
        """The button pressed since the last call, or None.

        CLOSE where something else has closed the dialog: a reload of the skin does, and ``Dialog.Close(all)``.
        """
        if self._id is not None and not xbmc.getCondVisibility(f"Window.IsActive({DIALOG_XML})"):
            return Button.CLOSE
        press, self._press = self._press, None
        return press

    def close(self) -> None:
        """Leaves no picture of a code behind."""
        super().close()
        self._qr_pictures.clear()
        self._keep_awake(False)

    def draw(self, screen: Screen) -> None:
        """Changes on screen only what differs from the last screen."""
        if self._id is None or screen == self._drawn:
            return
        try:
            self._draw(screen, xbmcgui.Window(self._id))
        except RuntimeError as error:  # the skin is being reloaded: no control is there
            _log.debug("not drawn: %s", error)
            return
        self._drawn = screen

    def _draw(self, screen: Screen, window: xbmcgui.Window) -> None:
        """``window`` is this one, fresh: its own ``getControl`` gives, once the skin has been reloaded, what was there
        before, and touching that ends Kodi.
        """
        last = self._drawn
        if last is None or last.code != screen.code:
            self._draw_code(screen, window)
        if last is None or last.progress != screen.progress:
            for control_id in PROGRESS:
                progress = window.getControl(control_id)
                assert isinstance(progress, xbmcgui.ControlProgress)
                progress.setPercent(screen.progress)
        if last is None or last.time_left != screen.time_left:
            self._set("time_left", screen.time_left)
            self._time_left.write(window, screen.time_left)
        self._set("hurry", "true" if screen.hurry else "")
        self._set("message", texts.message(screen))
        self._set("code", screen.code)
        if last is None or (last.phase, last.buttons) != (screen.phase, screen.buttons):
            self._enter_phase(screen)

    def _draw_code(self, screen: Screen, window: xbmcgui.Window) -> None:
        self._keep_awake(bool(screen.code))
        self._set("qr", self._qr_pictures.make(screen.whole_address if self._show_qr else ""))
        self._set("code_without_pictures", "" if self._code.write(window, screen.code) else screen.code)
        self._set("address", screen.address)
        self._set("address_without_pictures", "" if self._address.write(window, screen.address) else screen.address)

    def _enter_phase(self, screen: Screen) -> None:
        labels = [texts.text(texts.BUTTONS[button]) for button in screen.buttons]
        self._set("first_button", labels[0])
        self._set("second_button", labels[1] if len(labels) > 1 else "")
        self._set("sign", screen.sign)
        self._set("phase", screen.phase.value)
        self.setFocusId(BUTTONS[0])

    def _set(self, name: str, value: str) -> None:
        if self._properties.get(name) != value:
            self._properties[name] = value
            self.setProperty(name, value)

    def _keep_awake(self, awake: bool) -> None:
        """No screensaver over a code that is being copied."""
        if self._awake is not awake:
            self._awake = awake
            xbmc.executebuiltin(f"InhibitScreensaver({str(awake).lower()})")

    def _find_id(self) -> int | None:
        """This window's id, which Kodi does not tell."""
        mark = uuid.uuid4().hex
        self.setProperty("mark", mark)
        for window_id in WINDOW_IDS:
            try:
                if xbmcgui.Window(window_id).getProperty("mark") == mark:
                    return window_id
            except RuntimeError:  # no window has this id
                pass
        return None
