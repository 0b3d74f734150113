"""What can be measured on a picture of the screen."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Tuple

from PIL import Image, ImageChops

Colour = Tuple[int, int, int]
Box = Tuple[int, int, int, int]

WHITE, MINT, AMBER, TRACK = (255, 255, 255), (94, 224, 192), (255, 194, 75), (38, 48, 58)
"""The code, the address and the bar, the bar in the last minute, what the bar has left behind."""


def at(picture: Image.Image, box: Box) -> Box:
    """``box`` in pixels of ``picture``; given for 1920 by 1080."""
    scale = picture.height / 1080
    return (round(box[0] * scale), round(box[1] * scale), round(box[2] * scale), round(box[3] * scale))


def letters(picture: Image.Image, colour: Colour, box: Box) -> list[Box]:
    """The boxes around everything of ``colour`` in ``box``, split where a column of pixels has none of it."""
    left, top = box[:2]
    mask = _mask(picture.crop(box), colour)
    columns = [mask.crop((x, 0, x + 1, mask.height)).getbbox() is not None for x in range(mask.width)]
    starts = [x for x, inked in enumerate(columns) if inked and not (x and columns[x - 1])]
    ends = [x + 1 for x, inked in enumerate(columns) if inked and not (x + 1 < len(columns) and columns[x + 1])]
    found = []
    for start, end in zip(starts, ends):
        inked = mask.crop((start, 0, end, mask.height)).getbbox()
        assert inked is not None
        found.append((left + start, top + inked[1], left + end, top + inked[3]))
    return found


def heights(boxes: list[Box]) -> list[int]:
    """In pixels."""
    return [bottom - top for _, top, _, bottom in boxes]


def length(picture: Image.Image, colour: Colour, y: int, tolerance: int = 3) -> int:
    """How many pixels on the line ``y`` are of ``colour``."""
    line = picture.crop((0, y, picture.width, y + 1))
    return _mask(line, colour, tolerance).histogram()[255]


def colours(picture: Image.Image, box: Box) -> set[Colour]:
    """Every colour in ``box``."""
    found = picture.crop(box).getcolors(1 << 24) or []
    return {colour for _, colour in found}  # type: ignore[misc]  # RGB


def qr_text(picture: Image.Image, folder: Path) -> str:
    """What a phone reads on the screen; empty if it finds no QR code."""
    path = folder / "screen.png"
    picture.save(path)
    command = ["zbarimg", "--quiet", "--raw", "--nodbus", "-S*.disable", "-Sqrcode.enable", str(path)]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def _mask(picture: Image.Image, colour: Colour, tolerance: int = 60) -> Image.Image:
    """255 where ``picture`` has ``colour``; edges that are half the background count if ``tolerance`` is large."""
    difference = ImageChops.difference(picture, Image.new("RGB", picture.size, colour))
    channels = [channel.point(lambda value: 255 if value <= tolerance else 0) for channel in difference.split()]
    return ImageChops.multiply(ImageChops.multiply(channels[0], channels[1]), channels[2])
