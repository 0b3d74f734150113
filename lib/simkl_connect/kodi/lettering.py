"""Writes a line with pictures of letters, into one picture: Kodi's fonts are too small for a television, or soft."""

from __future__ import annotations

import os

from . import png


def draw(text: str, folder: str) -> bytes:
    """A PNG of ``text``, as high as the letters in ``folder`` and as wide as they are together.

    The letters are files of the same height and colours, named by their code point in hexadecimal; a pixel has four
    bits, and their widths are even. Empty if there is no text, or a letter without a picture.
    """
    if not text:
        return b""
    letters = []
    for letter in text:
        try:
            with open(os.path.join(folder, f"{ord(letter):02x}.png"), "rb") as file:
                letters.append(png.decode(file.read()))
        except OSError:  # no such letter, as a rule
            return b""
    lines = [b"".join(pieces) for pieces in zip(*(letter.lines for letter in letters))]
    first = letters[0]
    width = sum(letter.width for letter in letters)
    return png.encode(png.Picture(width, first.bits, first.kind, lines, first.colours))
