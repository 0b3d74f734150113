"""Writes with pictures of letters, one image control a letter: Kodi's fonts are too small for a television, or soft."""

from __future__ import annotations

import os
import struct
from typing import Sequence

import xbmcgui

_TO_SIZE = 16
"""Bytes in a PNG before its width and height."""


class Lettering:
    """One line of letters in the box of a label, whose own text is invisible.

    ``controls`` are the ids of the image controls, ``folder`` has the pictures: as high as the line and as wide as each
    letter takes, named by the letter's code point in hexadecimal. The line is centred, or ends at the right edge.
    """

    def __init__(
        self, window: xbmcgui.WindowXML, label: int, controls: Sequence[int], folder: str, to_the_right: bool = False
    ) -> None:
        self._window = window
        self._label = label
        self._controls = controls
        self._folder = folder
        self._to_the_right = to_the_right

    def write(self, text: str) -> bool:
        """Shows ``text``. False, and nothing is shown, if it is too long or has a letter without a picture."""
        pictures = [os.path.join(self._folder, f"{ord(letter):02x}.png") for letter in text]
        try:
            sizes = [_size(picture) for picture in pictures]
        except OSError:  # no such letter
            sizes = []
        fits = len(sizes) == len(text) <= len(self._controls)
        self._place(pictures if fits else [], sizes)
        return fits

    def _place(self, pictures: list[str], sizes: list[tuple[int, int]]) -> None:
        box = self._window.getControl(self._label)
        widths = [width * box.getHeight() / height for width, height in sizes]
        shrink = min(1.0, box.getWidth() / sum(widths)) if widths else 1.0
        height = round(box.getHeight() * shrink)
        x = box.getX() + (box.getWidth() - sum(widths) * shrink) / (1 if self._to_the_right else 2)
        for position, control_id in enumerate(self._controls):
            image = self._window.getControl(control_id)
            assert isinstance(image, xbmcgui.ControlImage)
            if position >= len(pictures):
                image.setVisible(False)
                continue
            width = widths[position] * shrink
            image.setPosition(round(x), box.getY() + (box.getHeight() - height) // 2)
            image.setWidth(round(width))
            image.setHeight(height)
            image.setImage(pictures[position])
            image.setVisible(True)
            x += width


def _size(picture: str) -> tuple[int, int]:
    """Width and height of a PNG."""
    with open(picture, "rb") as file:
        head = file.read(_TO_SIZE + 8)
    width, height = struct.unpack(">II", head[_TO_SIZE:])
    return width, height
