"""The textures of the sign-in screen: white on nothing, coloured by the skin file, soft enough to be drawn smaller.

Files are named by what they show; letters by their code point in hexadecimal, since not every file system tells "a"
from "A". Sizes are about twice those on a screen of 1920 by 1080: sharp on four times as many pixels, smooth on fewer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Mapping

from PIL import Image

from . import face, pen, signs
from .pen import Drawing, Sheet
from .png import write_white

CODE_HEIGHT = 216
"""Pixels from the top of a capital's ink to the baseline's, for the letters of the code."""

ADDRESS_HEIGHT = 93
"""The same for the address."""

LARGE_SIGN, SMALL_SIGN, MARK = 320, 88, 120
"""Pixels, in both directions."""

ROUNDED = (72, 72)
"""Pixels of the ground of cards and buttons. The skin file stretches what is inside its borders, so that one small
texture serves all sizes: Kodi keeps four bytes for each pixel. A border has as many units on screen as pixels here."""
CORNER = 18
"""Pixels; the radius of its corners."""

SOFT = 0.7
"""Radius in pixels by which edges are softened."""


def write_media(folder: Path) -> None:
    """Draw every texture into ``folder``."""
    _write_letters(folder / "code", face.CODE, face.CODE_BEARING, CODE_HEIGHT)
    _write_letters(folder / "text", face.ADDRESS, face.ADDRESS_BEARING, ADDRESS_HEIGHT)
    _write_signs(folder, signs.LARGE, signs.PEN, LARGE_SIGN)
    _write_signs(folder, signs.SMALL, signs.BOLD, SMALL_SIGN)
    _write_signs(folder, {"mark": signs.MARK}, signs.BOLD, MARK)
    write_white(pen.rounded(ROUNDED, CORNER, SOFT), folder / "rounded.png")
    write_white(Image.new("L", (8, 8), 255), folder / "plain.png")


def letter(source: str, bearing: float, height: float, tabular: bool = False) -> Image.Image:
    """The mask of one letter, as wide as the letter advances the line, which is even, so that two pixels a byte can be
    put side by side; ``height`` as in :data:`CODE_HEIGHT`.

    ``bearing``: free space on each side, in units of the face. ``tabular``: as wide as every digit.
    """
    drawing = pen.parse(source)
    scale = height / (face.BASELINE - face.TOP)
    left, right = _extent(drawing)
    room = max(face.FIGURE + face.PEN, right - left) if tabular else right - left
    before = (room - (right - left)) / 2 + bearing
    size = (2 * round((room + 2 * bearing) * scale / 2), round((face.DESCENT - face.ASCENT) * scale))
    sheet = Sheet(size, scale, ((before - left) * scale, -face.ASCENT * scale), SOFT)
    return pen.ink(drawing, face.PEN, sheet)


def _extent(drawing: Drawing) -> tuple[float, float]:
    """Where the ink of a letter begins and ends, from left to right."""
    half = face.PEN / 2
    left = [point[0] - half for stroke in drawing.strokes for point in stroke]
    right = [point[0] + half for stroke in drawing.strokes for point in stroke]
    left += [dot.centre[0] - dot.radius for dot in drawing.dots]
    right += [dot.centre[0] + dot.radius for dot in drawing.dots]
    return min(left), max(right)


def _write_letters(folder: Path, sources: Mapping[str, str], bearing: float, height: float) -> None:
    for character, source in sources.items():
        mask = letter(source, bearing, height, tabular=character.isdigit())
        write_white(mask, folder / f"{ord(character):02x}.png", plain=True)


def _write_signs(folder: Path, sources: Mapping[str, str], thickness: float, size: int) -> None:
    for name, source in sources.items():
        sheet = Sheet((size, size), size / 100, (0.0, 0.0), SOFT)
        write_white(pen.ink(pen.parse(source), thickness, sheet), folder / f"{name}.png")
