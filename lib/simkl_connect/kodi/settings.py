"""The add-on's settings as the place where things are remembered."""

from __future__ import annotations

import time
from typing import Mapping

import xbmcaddon

from .. import clock
from ..errors import StorageFailed
from ..storage.journal import Journal
from ..storage.ledger import Ledger
from ..storage.token_store import Store
from . import ADDON_ID, files, settings_file


class Settings(Store):
    """A store in the add-on's settings."""

    def __init__(self) -> None:
        super().__init__(Ledger(Journal(files.unsaved()), _KodiSettings(), clock.now), time.time)

    def mend(self) -> bool:
        """Puts a torn settings.xml right; true if what was in it is lost, and not owed by the journal either."""
        path = files.settings()
        try:
            return settings_file.looks_torn(path) and settings_file.mend(path) and self.token() is None
        except OSError:  # it is told when something is to be saved
            return False


class _KodiSettings:
    """Reads and writes through a fresh ``Addon`` each time: an old one may answer with old values."""

    def read(self, name: str) -> str:
        return xbmcaddon.Addon(ADDON_ID).getSetting(name)

    def write(self, values: Mapping[str, str]) -> None:
        try:
            try:
                self._write(values)
            except (StorageFailed, SyntaxError):
                settings_file.mend(files.settings())  # a torn file is the one cause that does not pass by itself
                raise
        except RuntimeError as error:  # the add-on is disabled or being replaced
            raise StorageFailed("Kodi does not know the add-on any more") from error
        except (OSError, SyntaxError) as error:  # SyntaxError: the file is no XML
            raise StorageFailed(f"settings.xml: {type(error).__name__}") from error

    def _write(self, values: Mapping[str, str]) -> None:
        addon = xbmcaddon.Addon(ADDON_ID)
        for name, value in values.items():
            addon.setSetting(name, value)
        written = xbmcaddon.Addon(ADDON_ID)
        self._check(values, {name: written.getSetting(name) for name in values}, "Kodi")
        self._check(values, settings_file.settle(files.settings()), "settings.xml")

    def _check(self, wanted: Mapping[str, str], found: Mapping[str, str], where: str) -> None:
        lost = [name for name, value in wanted.items() if found.get(name, "") != value]
        if lost:
            raise StorageFailed(f"{where} did not keep {', '.join(sorted(lost))}")
