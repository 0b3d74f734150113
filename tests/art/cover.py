"""The add-on's icon and fanart."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image

from . import face, media, pen, signs
from .pen import Sheet

INK, NIGHT, SLATE = "#0e1318", "#18242d", "#26303a"
WHITE, MINT = "#f2f5f7", "#5ee0c0"

ICON = 512
FANART = (1920, 1080)

_TELEVISION = "M 20,12 L 80,12 H 92,24 L 92,29 M 53,72 L 20,72 H 8,60 L 8,24 V 20,12 M 30,90 L 53,90"
_CODE = "D 27,42 5.5 D 42,42 5.5 D 57,42 5.5"
_PHONE = (66.0, 42.0, 34.0, 56.0)
"""Left, top, width and height, on the same field of 100 by 100."""
_BUTTON = "M 79,88 L 87,88"


def write_icon(path: Path) -> None:
    """A television that shows a code, and the phone it is entered on."""
    picture = _slope((ICON, ICON), NIGHT, INK)
    _draw_mark(picture, ICON * 0.72, (ICON * 0.13, ICON * 0.135))
    _save(picture, path)


def write_fanart(path: Path) -> None:
    """A wall of characters, one code among them lit; quiet enough for text to stand on it."""
    picture = _slope(FANART, NIGHT, INK)
    chance = random.Random(5)
    step, height = 120, 58
    letters = [*face.CAPITALS, *face.DIGITS]
    for row in range(FANART[1] // step):
        for column in range(FANART[0] // step):
            lit = row == 4 and 9 <= column < 14
            character = "5G6JA"[column - 9] if lit else chance.choice(letters)
            colour = MINT if lit else _mixed(NIGHT, SLATE, 0.25 + 0.75 * column / 16)
            _put_letter(picture, character, height, colour, (column * step + step / 2, row * step + step / 2))
    _save(picture, path)


def _draw_mark(picture: Image.Image, size: float, corner: tuple[float, float]) -> None:
    sheet = Sheet(picture.size, size / 100, corner)
    for source, thickness, colour in ((_TELEVISION, signs.BOLD, WHITE), (_CODE, signs.BOLD, MINT)):
        picture.paste(colour, mask=pen.ink(pen.parse(source), thickness, sheet))
    left, top, width, height = (part * size / 100 for part in _PHONE)
    phone = pen.rounded((round(width), round(height)), size * 0.09)
    picture.paste(MINT, (round(corner[0] + left), round(corner[1] + top)), phone)
    picture.paste(INK, mask=pen.ink(pen.parse(_BUTTON), 5, sheet))


def _put_letter(picture: Image.Image, character: str, height: float, colour: str, centre: tuple[float, float]) -> None:
    mask = media.letter(face.CODE[character], face.CODE_BEARING, height)
    scale = height / (face.BASELINE - face.TOP)
    middle = (50 - face.ASCENT) * scale
    picture.paste(colour, (round(centre[0] - mask.width / 2), round(centre[1] - middle)), mask)


def _slope(size: tuple[int, int], top: str, bottom: str) -> Image.Image:
    """A colour that turns into another from top to bottom."""
    mask = Image.linear_gradient("L").resize(size)
    picture = Image.new("RGB", size, top)
    picture.paste(bottom, mask=mask)
    return picture


def _mixed(first: str, second: str, part: float) -> str:
    """``first`` with ``part`` (0 to 1) of ``second``."""
    pairs = [(int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def _save(picture: Image.Image, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "PNG", optimize=True)
