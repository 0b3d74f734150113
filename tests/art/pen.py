"""Draws masks: outlines with a round pen for the signs, and letters of a font.

An outline is a text of strokes on a field of 100 by 100, y downwards; a stroke is the path of the pen's centre::

    M x,y      put the pen down here
    L x,y      a straight line
    H x,y      a quarter of an ellipse that leaves horizontally and arrives vertically
    V x,y      the same, leaving vertically and arriving horizontally
    C x,y x,y x,y   a cubic Bezier curve: two control points, the end
    O x,y rx,ry     a whole ellipse around x,y
    D x,y r    a dot
"""

from __future__ import annotations

import re
from typing import Tuple

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Point = Tuple[float, float]

OVERSAMPLING = 8
"""Pixels drawn for one pixel kept, in each direction."""
ROUNDNESS = 0.5815
"""How far the handles of a quarter reach towards its corner: 0.5523 is an ellipse, more is squarer."""
STEPS = 48
SOFT = 0.7
"""Radius in pixels by which edges are softened: at half and at a third of their size they have no steps."""
FONT = "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Medium.ttf"
"""OFL 1.1; Debian's package fonts-jetbrains-mono. Its 0 is marked, its 1, I and l differ, as do 5 and S, 8 and B."""
CAPITAL = 0.73
"""The height of a capital, in ems of the font."""


def outline(source: str, thickness: float, size: int, soft: float = SOFT) -> Image.Image:
    """The mask ("L") of a drawing, ``size`` pixels in both directions; ``thickness`` of the pen in hundredths of it."""
    large = size * OVERSAMPLING
    image = Image.new("L", (large, large))
    draw = ImageDraw.Draw(image)
    points: list[Point] = []

    def disc(x: float, y: float, rx: float, ry: float) -> tuple[float, float, float, float]:
        return ((x - rx) * large / 100, (y - ry) * large / 100, (x + rx) * large / 100, (y + ry) * large / 100)

    for letter, rest in re.findall(r"([A-Z])([^A-Z]*)", source):
        numbers = [float(number) for number in re.findall(r"[-.\d]+", rest)]
        if letter == "D":
            x, y, radius = numbers
            draw.ellipse(disc(x, y, radius, radius), fill=255)
        elif letter == "O":
            x, y, across, down = numbers
            half = thickness / 2
            box = disc(x, y, across + half, down + half)
            draw.ellipse(box, outline=255, width=round(thickness * large / 100))
        else:
            points = [] if letter == "M" else points[-1:]
            points += _path(letter, points[-1] if points else (0, 0), numbers)
            pixels = [(x * large / 100, y * large / 100) for x, y in points]
            draw.line(pixels, fill=255, width=round(thickness * large / 100))
            for x, y in points:
                draw.ellipse(disc(x, y, thickness / 2, thickness / 2), fill=255)
    return _small(image, (size, size), soft)


def _path(letter: str, start: Point, numbers: list[float]) -> list[Point]:
    end = (numbers[-2], numbers[-1])
    across, down = ROUNDNESS * (end[0] - start[0]), ROUNDNESS * (end[1] - start[1])
    if letter in "ML":
        return [end]
    if letter == "C":
        first, second = (numbers[0], numbers[1]), (numbers[2], numbers[3])
    elif letter == "H":
        first, second = (start[0] + across, start[1]), (end[0], end[1] - down)
    else:
        first, second = (start[0], start[1] + down), (end[0] - across, end[1])
    parts = [step / STEPS for step in range(1, STEPS + 1)]
    weights = [((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3) for t in parts]
    corners = (start, first, second, end)
    return [
        (sum(w * p[0] for w, p in zip(weight, corners)), sum(w * p[1] for w, p in zip(weight, corners)))
        for weight in weights
    ]


def letter(character: str, size: tuple[int, int], capital: float, baseline: float, soft: float = SOFT) -> Image.Image:
    """The mask of one letter in the middle of ``size``; ``capital`` is a capital's height, all in pixels."""
    font = ImageFont.truetype(FONT, round(capital / CAPITAL * OVERSAMPLING))
    image = Image.new("L", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
    place = (image.width / 2, baseline * OVERSAMPLING)
    ImageDraw.Draw(image).text(place, character, fill=255, font=font, anchor="ms", features=["-calt", "zero"])
    return _small(image, size, soft)


def rounded(size: tuple[int, int], radius: float, soft: float = 0.0) -> Image.Image:
    """The mask of a rectangle that fills ``size``, its corners rounded."""
    image = Image.new("L", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING))
    box = (0, 0, image.width - 1, image.height - 1)
    ImageDraw.Draw(image).rounded_rectangle(box, radius * OVERSAMPLING, fill=255)
    return _small(image, size, soft)


def _small(image: Image.Image, size: tuple[int, int], soft: float) -> Image.Image:
    small = image.resize(size, Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(soft)) if soft else small
