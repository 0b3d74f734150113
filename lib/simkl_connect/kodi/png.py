"""The few kinds of PNG that are drawn on the device: lines of packed pixels, plainly one after the other."""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
GREY = 0
_HEADER = ">IIBBBBB"
_PLAIN = b"\0"
"""The filter of a line that is as it is."""


class Picture:
    """``bits`` a pixel, of which each line has so many bytes that ``width`` pixels fit.

    ``colours`` are the chunks between header and data: palette and transparency, where there are any.
    """

    def __init__(self, width: int, bits: int, kind: int, lines: list[bytes], colours: bytes = b"") -> None:
        self.width = width
        self.bits = bits
        self.kind = kind
        self.lines = lines
        self.colours = colours


def encode(picture: Picture) -> bytes:
    """The file. Compressed in haste: it lives for minutes, on a device that has little to spare."""
    header = struct.pack(_HEADER, picture.width, len(picture.lines), picture.bits, picture.kind, 0, 0, 0)
    data = zlib.compress(b"".join(_PLAIN + line for line in picture.lines), 1)
    return SIGNATURE + _chunk(b"IHDR", header) + picture.colours + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def decode(content: bytes) -> Picture:
    """A file whose lines are plain, as the add-on's own letters are. Raises ValueError if it is none."""
    if not content.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    width, height, bits, kind = 0, 0, 0, 0
    data = colours = b""
    position = len(SIGNATURE)
    while position < len(content):
        (length,) = struct.unpack_from(">I", content, position)
        whole = content[position : position + length + 12]
        name, inside = whole[4:8], whole[8:-4]
        if name == b"IHDR":
            width, height, bits, kind = struct.unpack_from(">IIBB", inside)
        elif name == b"IDAT":
            data += inside
        elif name != b"IEND":
            colours += whole
        position += length + 12
    pixels = zlib.decompress(data)
    step = len(pixels) // height
    if any(pixels[start : start + 1] != _PLAIN for start in range(0, len(pixels), step)):
        raise ValueError("not a PNG of plain lines")
    lines = [pixels[start + 1 : start + step] for start in range(0, len(pixels), step)]
    return Picture(width, bits, kind, lines, colours)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
