"""Writes with pictures of letters, one image control a letter: Kodi's fonts are too small for a television, or soft."""

from __future__ import annotations

import os
import struct
from functools import lru_cache
from typing import NamedTuple, Sequence

import xbmcgui

_UP_TO_SIZE = 16
"""Bytes in a PNG before its width and height."""


class Spot(NamedTuple):
    """A picture and the place it takes, in units of the skin file."""

    picture: str
    x: int
    y: int
    width: int
    height: int


class Lettering:
    """One line of letters in the box of a label whose own text is transparent.

    ``controls`` are the ids of the image controls, ``folder`` has the pictures: as high as the line and as wide as each
    letter takes, named by the letter's code point in hexadecimal. The line is centred, or ends at the right edge.
    """

    def __init__(self, label: int, controls: Sequence[int], folder: str, to_the_right: bool = False) -> None:
        self._label = label
        self._controls = controls
        self._folder = folder
        self._to_the_right = to_the_right
        self._shown: dict[int, Spot | None] = {}

    def write(self, window: xbmcgui.Window, text: str) -> bool:
        """Shows ``text``. False, and nothing is shown, if it is too long or has a letter without a picture."""
        spots = self._spots(window.getControl(self._label), text) if 0 < len(text) <= len(self._controls) else []
        for position, control_id in enumerate(self._controls):
            spot = spots[position] if position < len(spots) else None
            if self._shown.get(control_id) != spot:
                _put(window.getControl(control_id), spot)
                self._shown[control_id] = spot
        return len(spots) == len(text)

    def _spots(self, box: xbmcgui.Control, text: str) -> list[Spot]:
        pictures = [os.path.join(self._folder, f"{ord(letter):02x}.png") for letter in text]
        try:
            shapes = [_shape(picture) for picture in pictures]
        except OSError:  # no such letter
            return []
        height = min(float(box.getHeight()), box.getWidth() / sum(shapes))
        y = box.getY() + (box.getHeight() - height) / 2
        x = box.getX() + (box.getWidth() - height * sum(shapes)) / (1 if self._to_the_right else 2)
        spots = []
        for picture, shape in zip(pictures, shapes):
            spots.append(Spot(picture, round(x), round(y), round(height * shape), round(height)))
            x += height * shape
        return spots


def _put(image: xbmcgui.Control, spot: Spot | None) -> None:
    assert isinstance(image, xbmcgui.ControlImage)
    if spot:
        image.setPosition(spot.x, spot.y)
        image.setWidth(spot.width)
        image.setHeight(spot.height)
        image.setImage(spot.picture)
    image.setVisible(spot is not None)


@lru_cache(maxsize=None)
def _shape(picture: str) -> float:
    """The width of a PNG, in heights."""
    with open(picture, "rb") as file:
        width, height = struct.unpack(">II", file.read(_UP_TO_SIZE + 8)[_UP_TO_SIZE:])
    return float(width / height)
