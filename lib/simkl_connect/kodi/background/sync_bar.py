"""Kodi's bar in the corner, for a sync that the user has asked for."""

from __future__ import annotations

import xbmcgui

from ...sync.run import Progress
from .. import texts
from ..own_addon import addon_name
from ..texts import Texts


class SyncBar:
    """One bar at a time, on the service's thread."""

    def __init__(self) -> None:
        self._bar: xbmcgui.DialogProgressBG | None = None
        self._texts: dict[str, str] = {}
        self._shown: tuple[int, str] = (0, "")

    def show(self, progress: Progress) -> None:
        """Opens the bar, or moves it. With a video over it nobody wants one: the caller closes it meanwhile."""
        if self._bar is None:
            text = Texts()
            self._texts = {status: text(number) for status, number in texts.SYNC_PROGRESS.items()}
            self._bar, self._shown = xbmcgui.DialogProgressBG(), (0, "")
            self._bar.create(addon_name(), "")
        done = progress.sent + progress.written
        percent = min(100, 100 * done // progress.planned) if progress.planned else 0
        message = self._texts.get(progress.status, "").format(sent=progress.sent, written=progress.written)
        if self._shown != (percent, message):
            self._shown = percent, message
            self._bar.update(percent, message=message)

    def close(self) -> None:
        """Closes it, if it is open."""
        bar, self._bar = self._bar, None
        if bar is not None:
            bar.close()
