"""The QR picture, drawn on the device: no web service ever sees the code in it.

Kodi keeps a picture under its path, whatever the file holds by then: each one gets a name of its own. It is read from
the disk where it is shown, so that it can be deleted afterwards.
"""

from __future__ import annotations

import logging
import os
import struct
import uuid
import zlib
from contextlib import suppress

SIDE = 1116
"""Pixels; twice as many as units of the skin file (1920 by 1080) on each side of control 104."""
STEP = 6
"""Pixels: modules are a multiple of it, so that their edges fall between pixels at 720, 1080 and 2160 lines alike."""
SMALLEST_MODULE = 12
"""Pixels. A code with smaller ones is not shown: no camera reads it from a sofa."""
QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004, section 9.1)."""

_PREFIX, _SUFFIX = "qr-", ".png"
_DIGITS = bytes.maketrans(b"\0\1", b"01")
_log = logging.getLogger(__name__)


class QrPictures:
    """At most one picture at a time, in ``folder``; what earlier runs have left there is deleted."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.clear()

    def make(self, text: str) -> str:
        """The path of a picture of ``text``, or an empty string: without one, a sign-in takes some typing."""
        self.clear()
        picture = draw(text) if text else b""
        if not picture:
            return ""
        path = os.path.join(self._folder, f"{_PREFIX}{uuid.uuid4().hex}{_SUFFIX}")
        try:
            os.makedirs(self._folder, exist_ok=True)
            _write_private(path, picture)
        except OSError as error:  # a full or read-only disk
            _log.warning("no QR picture: %s", error.strerror)
            self.clear()
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
                with suppress(OSError):  # a read-only disk
                    os.remove(os.path.join(self._folder, name))


def draw(text: str) -> bytes:
    """A PNG of ``text``; empty if Kodi's module is not installed or the text is too long."""
    try:
        import pyqrcode  # type: ignore[import-untyped]
    except ImportError:
        return b""
    try:
        modules = pyqrcode.create(text, error="M").code
    except ValueError:  # longer than any QR code
        return b""
    size = module_size(len(modules))
    return png(modules, size) if size >= SMALLEST_MODULE else b""


def module_size(modules: int) -> int:
    """Pixels of one module of a code with so many on a side."""
    return SIDE // (modules + 2 * QUIET_ZONE) // STEP * STEP


def png(modules: list[list[int]], size: int) -> bytes:
    """A picture of :data:`SIDE` pixels, one bit each, the code in its middle."""
    margin = (SIDE - len(modules) * size) // 2 // STEP * STEP
    white = b"\1" * SIDE
    lines = [white] * margin
    for row in modules:
        dots = b"\1" * margin + b"".join((b"\0" if dark else b"\1") * size for dark in row)
        lines += [dots.ljust(SIDE, b"\1")] * size
    lines += [white] * (SIDE - len(lines))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 1, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + _packed(line) for line in lines), 9)
    chunks = ((b"IHDR", header), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _packed(pixels: bytes) -> bytes:
    """Eight pixels a byte, the first in its highest bit."""
    whole = pixels + bytes(-len(pixels) % 8)
    return int(whole.translate(_DIGITS), 2).to_bytes(len(whole) // 8, "big")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _write_private(path: str, data: bytes) -> None:
    """Only this user may read what holds a code."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
