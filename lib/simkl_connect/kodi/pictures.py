"""Pictures that show a code: files that only this user may read, deleted with what they show.

Kodi keeps a picture under its path, whatever the file holds by then: each one gets a name of its own. It is read from
the disk where it is shown, so that it can be deleted afterwards.
"""

from __future__ import annotations

import os

import xbmc

from .log import log

_PREFIX, _SUFFIX = "shown-", ".png"


class Pictures:
    """Those on the screen, in ``folder``; what earlier runs have left there is deleted."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.clear()

    def add(self, picture: bytes) -> str:
        """The path of a new file with ``picture``; empty if there is no picture, or no room for it."""
        if not picture:
            return ""
        path = os.path.join(self._folder, f"{_PREFIX}{os.urandom(8).hex()}{_SUFFIX}")
        try:
            os.makedirs(self._folder, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(picture)
        except OSError as error:  # a full or read-only disk
            log(f"no picture: {error.strerror}", xbmc.LOGWARNING)
            _remove(path)
            return ""
        return path

    def clear(self) -> None:
        """Deletes every picture."""
        try:
            names = os.listdir(self._folder)
        except OSError:  # no folder yet
            return
        for name in names:
            if name.startswith(_PREFIX) and name.endswith(_SUFFIX):
                _remove(os.path.join(self._folder, name))


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:  # never written, or on a disk that has become read-only
        return
