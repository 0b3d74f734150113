"""The add-on settings, through a fresh ``Addon`` each time: an old one may answer with old values."""

from __future__ import annotations

import contextlib
import os
from typing import Iterable, Iterator, Mapping

from ..errors import StorageFailed
from ..storage import file_system, settings_mirror
from . import files
from .own_addon import AddonGone, own_addon

_TORN = b".torn"


class KodiSettings:
    """A backend for the mirror. Every method raises StorageFailed."""

    def read(self, names: Iterable[str]) -> dict[str, str]:
        """The value of each name, or an empty string."""
        with _known_to_kodi():
            addon = own_addon()
            return {name: addon.getSetting(name) for name in names}

    def write(self, values: Mapping[str, str]) -> None:
        """Writes in the order of ``values``, without a promise that it holds. The file becomes the owner's alone."""
        with _known_to_kodi():
            addon = own_addon()
            for name, value in values.items():
                addon.setSetting(name, value)
        with contextlib.suppress(OSError):  # FAT, CIFS, Android; or Kodi could not make it
            os.chmod(files.settings(), 0o600)

    def is_torn(self) -> bool:
        """Whether the file of the settings lacks its end."""
        try:
            with open(files.settings(), "rb") as file:
                return settings_mirror.is_torn(file.read())
        except OSError:  # there is none yet, or the write will tell
            return False

    def set_aside(self) -> None:
        """Renames the file of the settings, so that a new one is begun."""
        with file_system.translate_errors():
            os.replace(files.settings(), files.settings() + _TORN)
            file_system.sync_folder(files.local_data_folder())


@contextlib.contextmanager
def _known_to_kodi() -> Iterator[None]:
    try:
        yield
    except AddonGone as error:
        raise StorageFailed("Kodi does not know the add-on any more") from error
