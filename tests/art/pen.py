"""Draws outlines with a round pen: the one tool behind the letters, the signs, the icon and the fanart.

A drawing is a text of strokes. Coordinates are ``x,y``, y downwards; a stroke is the path of the pen's centre::

    M x,y      put the pen down here
    L x,y      a straight line
    H x,y      a quarter of an ellipse that leaves horizontally and arrives vertically
    V x,y      the same, leaving vertically and arriving horizontally
    C x,y x,y x,y   a cubic Bezier curve: two control points, the end
    O x,y rx,ry     a whole ellipse around x,y
    D x,y r    a dot
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Iterator, List, Tuple

from PIL import Image, ImageDraw, ImageFilter

Point = Tuple[float, float]
Stroke = List[Point]

OVERSAMPLING = 8
"""Pixels drawn for one pixel kept, in each direction."""

ROUNDNESS = 0.5815
"""How far the handles of a quarter reach towards its corner: 0.5523 is an ellipse, more is squarer."""

_COMMAND = re.compile(r"([A-Z])([^A-Z]*)")
_CURVE_STEPS = 48
_ELLIPSE_STEPS = 160


@dataclass(frozen=True)
class Dot:
    """A filled circle."""

    centre: Point
    radius: float


@dataclass(frozen=True)
class Drawing:
    """Parsed strokes, in the units of their source."""

    strokes: tuple[Stroke, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Sheet:
    """What a drawing is put on: ``size`` in pixels, ``scale`` in pixels per unit, ``origin`` the pixel of 0,0.

    ``blur`` is the radius in pixels by which edges are softened, so that the picture can be drawn at half and at a
    third of its size without steps in its edges.
    """

    size: tuple[int, int]
    scale: float
    origin: Point
    blur: float = 0.0


def parse(source: str) -> Drawing:
    """The drawing that ``source`` describes."""
    strokes: list[Stroke] = []
    dots: list[Dot] = []
    for letter, rest in _COMMAND.findall(source):
        numbers = [float(number) for number in re.split(r"[,\s]+", rest.strip())]
        if letter == "D":
            dots.append(Dot((numbers[0], numbers[1]), numbers[2]))
        elif letter == "O":
            strokes.append(_ellipse(numbers))
        elif letter == "M":
            strokes.append([(numbers[0], numbers[1])])
        else:
            strokes[-1].extend(_continue(letter, strokes[-1][-1], numbers))
    return Drawing(tuple(strokes), tuple(dots))


def ink(drawing: Drawing, width: float, sheet: Sheet) -> Image.Image:
    """A mask ("L"): 255 where the pen, ``width`` units thick, has been."""
    scale = sheet.scale * OVERSAMPLING
    image = Image.new("L", (sheet.size[0] * OVERSAMPLING, sheet.size[1] * OVERSAMPLING))
    draw = ImageDraw.Draw(image)

    def place(point: Point) -> Point:
        return (point[0] * scale + sheet.origin[0] * OVERSAMPLING, point[1] * scale + sheet.origin[1] * OVERSAMPLING)

    for stroke in drawing.strokes:
        points = [place(point) for point in stroke]
        draw.line(points, fill=255, width=round(width * scale))
        for point in points:
            _disc(draw, point, width * scale / 2)
    for dot in drawing.dots:
        _disc(draw, place(dot.centre), dot.radius * scale)
    small = image.resize(sheet.size, Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(sheet.blur)) if sheet.blur else small


def rounded(size: tuple[int, int], radius: float, blur: float = 0.0) -> Image.Image:
    """A mask of a rectangle that fills ``size``, its corners rounded."""
    large = (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING)
    image = Image.new("L", large)
    ImageDraw.Draw(image).rounded_rectangle((0, 0, large[0] - 1, large[1] - 1), radius * OVERSAMPLING, fill=255)
    small = image.resize(size, Image.Resampling.BOX)
    return small.filter(ImageFilter.GaussianBlur(blur)) if blur else small


def _continue(letter: str, start: Point, numbers: list[float]) -> Iterator[Point]:
    end = (numbers[-2], numbers[-1])
    if letter == "L":
        return iter([end])
    if letter == "H":
        first = (start[0] + ROUNDNESS * (end[0] - start[0]), start[1])
        second = (end[0], end[1] - ROUNDNESS * (end[1] - start[1]))
    elif letter == "V":
        first = (start[0], start[1] + ROUNDNESS * (end[1] - start[1]))
        second = (end[0] - ROUNDNESS * (end[0] - start[0]), end[1])
    elif letter == "C":
        first, second = (numbers[0], numbers[1]), (numbers[2], numbers[3])
    else:
        raise ValueError(f"no such stroke: {letter}")
    return _curve(start, first, second, end)


def _curve(start: Point, first: Point, second: Point, end: Point) -> Iterator[Point]:
    for step in range(1, _CURVE_STEPS + 1):
        t = step / _CURVE_STEPS
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        points = (start, first, second, end)
        yield (
            sum(weight * point[0] for weight, point in zip(weights, points)),
            sum(weight * point[1] for weight, point in zip(weights, points)),
        )


def _ellipse(numbers: list[float]) -> Stroke:
    x, y, across, down = numbers
    angles = [2 * math.pi * step / _ELLIPSE_STEPS for step in range(_ELLIPSE_STEPS + 1)]
    return [(x + across * math.cos(angle), y + down * math.sin(angle)) for angle in angles]


def _disc(draw: ImageDraw.ImageDraw, centre: Point, radius: float) -> None:
    draw.ellipse((centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius), fill=255)
