"""Kodi's on-screen keyboard. It holds up the script until it is closed: somebody else has to see that it must go."""

from __future__ import annotations

import threading
from typing import Callable

import xbmc
import xbmcgui

LOOK_EVERY = 0.1
"""Seconds."""
_WINDOWS = ("virtualkeyboard", "numericinput")


def ask_words(heading: str, proposed: str, is_wanted: Callable[[], bool]) -> str:
    """What was entered; empty if nothing was, or as soon as it is not ``is_wanted`` any more."""
    with _Guard(is_wanted):
        return xbmcgui.Dialog().input(heading, proposed).strip()


def ask_number(heading: str, proposed: int, is_wanted: Callable[[], bool]) -> int | None:
    """A number from 0 on; None if none was entered."""
    with _Guard(is_wanted):
        entered = xbmcgui.Dialog().numeric(0, heading, str(proposed))
    return int(entered) if entered.isdecimal() and len(entered) < 6 else None


class _Guard:
    """Closes the keyboard from a second thread."""

    def __init__(self, is_wanted: Callable[[], bool]) -> None:
        self._is_wanted = is_wanted
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="simkl-connect-keyboard", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            if not self._is_wanted():
                for window in _WINDOWS:
                    xbmc.executebuiltin(f"Dialog.Close({window},true)")
                return
