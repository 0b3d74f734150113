"""The QR code, drawn on the device: no web service ever sees the code in it."""

from __future__ import annotations

from . import png

SIDE = 558
"""Pixels; as many as units of the skin file (1920 by 1080) on each side of control 104. Twice as many would look no
better but on 2160 lines, and Kodi keeps a dozen megabytes for them.
"""
STEP = 3
"""Pixels: modules are a multiple of it, so that their edges fall between pixels at 720, 1080 and 2160 lines alike."""
SMALLEST_MODULE = 6
"""Pixels. A code with smaller ones is not shown: no camera reads it from a sofa."""
QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004, section 9.1)."""

_DIGITS = bytes.maketrans(b"\0\1", b"01")


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
    return picture(modules, size) if size >= SMALLEST_MODULE else b""


def module_size(modules: int) -> int:
    """Pixels of one module of a code with so many on a side."""
    return SIDE // (modules + 2 * QUIET_ZONE) // STEP * STEP


def picture(modules: list[list[int]], size: int) -> bytes:
    """A picture of :data:`SIDE` pixels, one bit each, the code in its middle."""
    margin = (SIDE - len(modules) * size) // 2 // STEP * STEP
    white = _packed(b"\1" * SIDE)
    lines = [white] * margin
    for row in modules:
        dots = b"\1" * margin + b"".join((b"\0" if dark else b"\1") * size for dark in row)
        lines += [_packed(dots.ljust(SIDE, b"\1"))] * size
    lines += [white] * (SIDE - len(lines))
    return png.encode(png.Picture(SIDE, 1, png.GREY, lines))


def _packed(pixels: bytes) -> bytes:
    """Eight pixels a byte, the first in its highest bit."""
    whole = pixels + bytes(-len(pixels) % 8)
    return int(whole.translate(_DIGITS), 2).to_bytes(len(whole) // 8, "big")
