"""The picture of the QR code, drawn on the device: a file that only this user may read, deleted with the code it shows.

Kodi keeps a picture in memory by its path, whatever the file holds by then: each one gets a name of its own.
"""

from __future__ import annotations

import importlib.util
import io
import os

import xbmc

from ..log import log

SIDE = 555
"""Pixels, and units of the skin file (1920 by 1080) on each side of control 104, which shows the picture unscaled."""
MODULE_SIZES = (15, 9)
"""Pixels of a module. Multiples of 3: its edges are on whole pixels at 720, 1080 and 2160 lines; odd ones, as is the
number of modules: then so are the margins on both sides of the picture. Smaller ones are not read from a sofa."""
QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004, section 9.1)."""
CORRECTIONS = ("M", "L")
"""The levels of error correction, the better one first; with the other a code for a long address has fewer modules."""

_PREFIX, _SUFFIX = "shown-", ".png"


def can_draw() -> bool:
    """Whether Kodi's module for QR codes is installed."""
    return importlib.util.find_spec("pyqrcode") is not None


def qr_picture(text: str) -> bytes:
    """A PNG of ``text``, black on white; empty if it is too long to be read from a sofa, or the module is missing."""
    file = io.BytesIO()
    try:
        import pyqrcode  # type: ignore[import-untyped]  # here: optional, and the code can be read before it is loaded

        for correction in CORRECTIONS:
            code = pyqrcode.create(text, error=correction)
            size = _module_size(len(code.code))
            if size:
                code.png(file, scale=size, quiet_zone=QUIET_ZONE)
                break
    except ImportError:
        return b""
    except ValueError:  # longer than any QR code
        return b""
    return file.getvalue()


def _module_size(modules: int) -> int:
    """Pixels for each of ``modules`` on a side; 0 if they would be too small."""
    return next((size for size in MODULE_SIZES if (modules + 2 * QUIET_ZONE) * size <= SIDE), 0)


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
