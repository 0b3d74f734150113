"""Draws screens into the sign-in's window."""

from __future__ import annotations

import os

import xbmcaddon
import xbmcgui
import xbmcvfs

from ..ui.screen import Screen
from . import lettering, qr, texts
from .dialog import BUTTONS, SignInDialog
from .pictures import Pictures
from .system import hold_screensaver
from .texts import Texts

MEDIA = os.path.join("resources", "skins", "Default", "media", "simkl-connect")
PROGRESS, PROGRESS_IN_HURRY = 103, 106
"""The bar as it usually is, and in the last minute."""
WINDOW_IDS = range(13000, 13100)
"""Those that Kodi gives to windows of scripts."""


class Painter:
    """Call :meth:`draw` again and again; it changes on screen only what differs.

    ``addon`` has texts and letters, ``pictures`` are those of a code, ``with_qr`` says whether there is to be a QR code
    among them.
    """

    def __init__(self, dialog: SignInDialog, addon: xbmcaddon.Addon, pictures: Pictures, with_qr: bool) -> None:
        self._dialog = dialog
        self._media = os.path.join(xbmcvfs.translatePath(addon.getAddonInfo("path")), MEDIA)
        self._pictures = pictures
        self._with_qr = with_qr
        self._text = Texts(addon)
        self._window_id = _find(dialog)
        self._drawn: Screen | None = None
        self._qr_is_due = False

    def draw(self, screen: Screen) -> None:
        """A QR code takes its time: it follows at the next call, when the code can be read already."""
        last = self._drawn
        if self._qr_is_due:
            self._draw_qr(screen)
        if screen == last:
            return
        put = self._dialog.put
        if last is None or last.code != screen.code:
            self._draw_code(screen)
        put("message", self._text.message(screen))
        put("time_left", screen.time_left)
        put("hurry", "true" if screen.hurry else "")
        if last is None or last.phase is not screen.phase or last.buttons != screen.buttons:
            self._enter_phase(screen)
        if last is None or last.progress != screen.progress:
            self._draw_progress(screen)
        self._drawn = screen

    def clear(self) -> None:
        """Leaves no picture of a code behind."""
        self._pictures.clear()
        hold_screensaver(False)

    def _draw_code(self, screen: Screen) -> None:
        self._pictures.clear()
        hold_screensaver(bool(screen.code))  # over a code that is being copied
        self._draw_line("code", screen.code)
        self._draw_line("address", screen.address, "text")
        self._dialog.put("qr", "")
        self._qr_is_due = self._with_qr and bool(screen.code)
        self._dialog.put("beside_qr", "true" if self._qr_is_due else "")

    def _draw_line(self, name: str, text: str, letters: str = "") -> None:
        picture = self._pictures.add(lettering.draw(text, os.path.join(self._media, letters or name)))
        self._dialog.put(f"{name}_picture", picture)
        self._dialog.put(f"{name}_without_picture", "" if picture else text)
        self._dialog.put(name, text)

    def _draw_qr(self, screen: Screen) -> None:
        self._qr_is_due = False
        path = self._pictures.add(qr.draw(screen.whole_address)) if screen.code else ""
        self._dialog.put("qr", path)
        self._dialog.put("beside_qr", "true" if path else "")

    def _enter_phase(self, screen: Screen) -> None:
        labels = [self._text(texts.BUTTONS[button]) for button in screen.buttons]
        self._dialog.put("first_button", labels[0])
        self._dialog.put("second_button", labels[1] if len(labels) > 1 else "")
        self._dialog.put("sign", screen.sign)
        self._dialog.put("phase", screen.phase.value)
        self._dialog.setFocusId(BUTTONS[0])

    def _draw_progress(self, screen: Screen) -> None:
        """By a fresh object for the window: an older one remembers controls that a reload of the skin has freed. It has
        to be there as long as its controls: they lose their own when it goes.
        """
        try:
            window = xbmcgui.Window(self._window_id)
            for control_id in (PROGRESS, PROGRESS_IN_HURRY) if screen.hurry else (PROGRESS,):
                progress = window.getControl(control_id)
                assert isinstance(progress, xbmcgui.ControlProgress)
                progress.setPercent(screen.progress)
        except RuntimeError:  # the skin is being reloaded
            return


def _find(dialog: SignInDialog) -> int:
    """The window's id, which Kodi does not tell; 0 if the window is gone already."""
    mark = os.urandom(8).hex()
    dialog.put("mark", mark)
    for window_id in WINDOW_IDS:
        try:
            if xbmcgui.Window(window_id).getProperty("mark") == mark:
                return window_id
        except RuntimeError:  # no window has this id
            continue
    return 0
