"""Draws everything: ``python -m art``."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

from PIL import Image
from real_kodi.paths import PROJECT

from . import pen, signs

RESOURCES = PROJECT / "resources"
MEDIA = RESOURCES / "skins/Default/media/simkl-connect"
"""A folder of its own name: textures of the same name in the running skin come first."""

CAPITALS, SMALL, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
LETTERS = {
    "code": (f"{CAPITALS}{SMALL}{DIGITS}-", (216, 384), 256, 288),
    "text": (f"{SMALL}{DIGITS}-./:_", (90, 180), 108, 130),
}
"""By folder: characters, size of a picture, height of a capital, and baseline. In pixels, twice the units of the skin
file: sharp on 2160 lines, smooth on fewer. Files are named by code point, since not every file system tells "a" from
"A"."""
LARGE_SIGN, SMALL_SIGN, MARK = 320, 88, 120
ROUNDED, CORNER = (72, 72), 18
"""Pixels of the ground of cards and buttons, which the skin file stretches inside its borders, and their radius."""
LEVELS = 8
"""Shades of transparency; on edges two pixels wide more are not seen, and cost bytes."""

INK, NIGHT, SLATE = "#0e1318", "#18242d", "#26303a"
WHITE, MINT = "#f2f5f7", "#5ee0c0"
ICON, FANART = 512, (1920, 1080)


def main() -> int:
    """Draw into the work tree what its sources say, and nothing else."""
    shutil.rmtree(MEDIA, ignore_errors=True)
    for folder, (characters, size, capital, baseline) in LETTERS.items():
        for character in characters:
            mask = pen.letter(character, size, capital, baseline)
            write_white(mask, MEDIA / folder / f"{ord(character):02x}.png")
    for sources, thickness, pixels in (
        (signs.LARGE, signs.PEN, LARGE_SIGN),
        (signs.SMALL, signs.BOLD, SMALL_SIGN),
        ({"mark": signs.MARK}, signs.BOLD, MARK),
    ):
        for name, source in sources.items():
            write_white(pen.outline(source, thickness, pixels), MEDIA / f"{name}.png")
    write_white(pen.rounded(ROUNDED, CORNER, pen.SOFT), MEDIA / "rounded.png")
    write_white(Image.new("L", (8, 8), 255), MEDIA / "plain.png")
    save(icon(), RESOURCES / "icon.png")
    save(fanart(), RESOURCES / "fanart.png")
    return 0


def write_white(mask: Image.Image, path: Path) -> None:
    """A white picture that is as opaque as ``mask`` ("L") is bright; the skin file colours it."""
    step = 255 / (LEVELS - 1)
    picture = mask.point([round(value / step) for value in range(256)])
    indexed = Image.frombytes("P", mask.size, picture.tobytes())
    indexed.putpalette(b"\xff" * 3 * LEVELS)
    path.parent.mkdir(parents=True, exist_ok=True)
    opacities = bytes(round(index * step) for index in range(LEVELS))
    indexed.save(path, "PNG", optimize=True, transparency=opacities, bits=4)


def icon() -> Image.Image:
    """A television that shows a code, and the phone it is entered on."""
    picture = slope((ICON, ICON), NIGHT, INK)
    size, corner = round(ICON * 0.72), (round(ICON * 0.13), round(ICON * 0.135))
    for source, colour in ((signs.TELEVISION, WHITE), (signs.CODE, MINT)):
        picture.paste(colour, corner, pen.outline(source, signs.BOLD, size, 0))
    left, top, width, height = (round(part * size / 100) for part in signs.PHONE)
    picture.paste(MINT, (corner[0] + left, corner[1] + top), pen.rounded((width, height), size * 0.09))
    picture.paste(INK, corner, pen.outline(signs.BUTTON, 5, size, 0))
    return picture


def fanart() -> Image.Image:
    """A wall of characters, one code among them lit; quiet enough for text to stand on it."""
    picture = slope(FANART, NIGHT, INK)
    chance = random.Random(5)
    step, capital = 120, 58
    for row in range(FANART[1] // step):
        for column in range(FANART[0] // step):
            lit = row == 4 and 9 <= column < 14
            character = "5G6JA"[column - 9] if lit else chance.choice(CAPITALS + DIGITS)
            colour = MINT if lit else mixed(NIGHT, SLATE, 0.25 + 0.75 * column / 16)
            mask = pen.letter(character, (step, step), capital, (step + capital) / 2, 0)
            picture.paste(colour, (column * step, row * step), mask)
    return picture


def slope(size: tuple[int, int], top: str, bottom: str) -> Image.Image:
    """A colour that turns into another from top to bottom."""
    picture = Image.new("RGB", size, top)
    picture.paste(bottom, mask=Image.linear_gradient("L").resize(size))
    return picture


def mixed(first: str, second: str, part: float) -> str:
    """``first`` with ``part`` (0 to 1) of ``second``."""
    pairs = [(int(first[i : i + 2], 16), int(second[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)


def save(picture: Image.Image, path: Path) -> None:
    """A PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, "PNG", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
