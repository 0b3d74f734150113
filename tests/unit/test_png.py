from __future__ import annotations

import io

import pytest
from PIL import Image
from simkl_connect.kodi import png


def test_what_is_encoded_is_what_others_and_we_read() -> None:
    lines = [bytes([0b10000000]), bytes([0b01000000])]
    content = png.encode(png.Picture(3, 1, png.GREY, lines))
    image = Image.open(io.BytesIO(content))
    assert (image.size, [image.getpixel((x, x)) for x in range(2)]) == ((3, 2), [255, 255])
    assert image.getpixel((2, 0)) == 0
    again = png.decode(content)
    assert (again.width, again.bits, again.kind, again.lines) == (3, 1, png.GREY, lines)


def test_a_picture_with_filtered_lines_is_refused() -> None:
    content = io.BytesIO()
    Image.linear_gradient("L").save(content, "PNG")
    with pytest.raises(ValueError, match="plain"):
        png.decode(content.getvalue())


def test_what_is_no_png_is_refused() -> None:
    with pytest.raises(ValueError, match="PNG"):
        png.decode(b"<html>")
