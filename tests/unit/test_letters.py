"""Code and address as pictures of letters: what the dialog names is there, and has a place in the skin file."""

from __future__ import annotations

import io
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from fake_kodi import FakeKodi
from PIL import Image
from simkl_connect.kodi.screens import dialog
from simkl_connect.kodi.screens.pictures import Pictures
from simkl_connect.ui.view import View, screen_of

SKIN = Path(__file__).parents[2] / "resources/skins/Default"
XML = (SKIN / "1080i/script-simkl-connect.xml").read_text("utf-8")
MEDIA = SKIN / "media/simkl-connect"
CODE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"


@pytest.fixture
def drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What :func:`draw` puts into the window."""
    FakeKodi(tmp_path).install(monkeypatch)
    monkeypatch.setattr(dialog.Painter, "_draw_progress", lambda *_: None)
    return {}


def draw(drawn: dict[str, str], folder: Path, code: str, uri: str = "https://simkl.com/pin") -> None:
    window = SimpleNamespace(put=drawn.__setitem__, setFocusId=lambda _id: None, id=10000)
    painter = dialog.Painter(window, SimpleNamespace(getLocalizedString=str), Pictures(str(folder)), False)  # type: ignore[arg-type]
    painter.draw(screen_of(View(phase="waiting", user_code=code, verification_uri=uri), 0.0))


def letters(drawn: dict[str, str], name: str, slots: int) -> str:
    return "".join(chr(int(drawn[f"{name}_{slot}"] or "0", 16)) for slot in range(slots)).rstrip("\0")


@pytest.mark.parametrize(
    ("code", "is_long"), [("5G6JA", ""), ("WWWW-MMMM", ""), ("A1-B2-C3-D4", "true"), ("A1-B2-C3-D4-E5-F", "true")]
)
def test_each_letter_of_a_code_has_a_slot(drawn: dict[str, str], tmp_path: Path, code: str, is_long: str) -> None:
    draw(drawn, tmp_path, code)
    assert letters(drawn, "code", dialog.CODE_SLOTS) == drawn["code"] == code
    assert drawn["long_code"] == is_long


@pytest.mark.parametrize(
    ("address", "in_font"), [("simkl.com/pin", False), ("simkl.com/Pin?x", True), ("simkl.com/" + "p" * 20, True)]
)
def test_an_address_that_the_letters_can_not_show_is_set_in_a_font(
    drawn: dict[str, str], tmp_path: Path, address: str, in_font: bool
) -> None:
    draw(drawn, tmp_path, "5G6JA", f"https://{address}")
    assert drawn["address"] == address
    shown = (letters(drawn, "address", dialog.ADDRESS_SLOTS), drawn["address_in_font"])
    assert shown == (("", address) if in_font else (address, ""))


@pytest.mark.parametrize(
    ("folder", "characters"), [("code", CODE_LETTERS), ("text", "".join(sorted(dialog.ADDRESS_LETTERS)))]
)
def test_every_letter_is_there_in_one_size(folder: str, characters: str) -> None:
    pictures = [MEDIA / folder / f"{ord(character):02x}.png" for character in characters]
    contents = [picture.read_bytes() for picture in pictures]
    assert len({Image.open(io.BytesIO(content)).size for content in contents}) == 1
    assert len(set(contents)) == len(characters)


@pytest.mark.parametrize(
    ("name", "folder", "slots"), [("code", "code", dialog.CODE_SLOTS), ("address", "text", dialog.ADDRESS_SLOTS)]
)
def test_the_skin_file_has_a_place_for_each(name: str, folder: str, slots: int) -> None:
    texture = re.compile(rf"\$INFO\[Window\.Property\({name}_(\d+)\),simkl-connect/{folder}/,\.png\]")
    assert [int(slot) for slot in texture.findall(XML)] == list(range(slots))
