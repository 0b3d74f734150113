from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from simkl_connect.kodi import lettering

LETTERS = Path(__file__).parents[2] / "resources/skins/Default/media/simkl-connect/code"


def opacity(picture: bytes | Path) -> Image.Image:
    """How opaque each pixel is."""
    return Image.open(io.BytesIO(picture) if isinstance(picture, bytes) else picture).convert("RGBA").getchannel("A")


@pytest.mark.parametrize("text", ["5G6JA", "ABCD-EFGH", "WWWW-MMMM", "I"])
def test_the_letters_stand_side_by_side_as_they_are(text: str) -> None:
    line = opacity(lettering.draw(text, str(LETTERS)))
    left = 0
    for letter in text:
        alone = opacity(LETTERS / f"{ord(letter):02x}.png")
        assert line.crop((left, 0, left + alone.width, alone.height)).tobytes() == alone.tobytes()
        left += alone.width
    assert line.size == (left, alone.height)


@pytest.mark.parametrize("text", ["ab", "ÄÖ", ""])
def test_what_it_has_no_letters_for_is_not_drawn(text: str) -> None:
    assert lettering.draw(text, str(LETTERS)) == b""


@pytest.mark.parametrize("folder", ["code", "text"])
def test_every_letter_can_stand_beside_every_other(folder: str) -> None:
    files = sorted((LETTERS.parent / folder).glob("*.png"))
    everything = "".join(chr(int(file.stem, 16)) for file in files)
    line = opacity(lettering.draw(everything, str(LETTERS.parent / folder)))
    assert line.width == sum(opacity(file).width for file in files)
