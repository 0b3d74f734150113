from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest
from PIL import Image
from simkl_connect.kodi.screens import pictures
from simkl_connect.kodi.screens.pictures import Pictures


def test_each_picture_has_a_name_of_its_own_and_is_for_its_owner_alone(tmp_path: Path) -> None:
    shown = Pictures(str(tmp_path / "not" / "there" / "yet"))
    first, second = Path(shown.add(b"one")), Path(shown.add(b"two"))
    assert (first.read_bytes(), second.read_bytes()) == (b"one", b"two")
    assert stat.S_IMODE(second.stat().st_mode) == 0o600


def test_clearing_deletes_them_all(tmp_path: Path) -> None:
    shown = Pictures(str(tmp_path))
    shown.add(b"one")
    shown.add(b"two")
    shown.clear()
    assert list(tmp_path.iterdir()) == []


def test_no_picture_is_no_file(tmp_path: Path) -> None:
    assert Pictures(str(tmp_path)).add(b"") == ""
    assert list(tmp_path.iterdir()) == []


def test_what_an_earlier_run_left_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    for name in ("shown-1.png", "settings.xml", "shown-code.txt"):
        (tmp_path / name).touch()
    Pictures(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["settings.xml", "shown-code.txt"]


def test_a_full_disk_costs_the_picture_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Pictures(str(tmp_path))
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(os, "open", lambda *_arguments: full)
    assert shown.add(b"x") == ""
    assert list(tmp_path.iterdir()) == []


PIN = "https://simkl.com/pin/5G6JA"
DEVICE = "https://simkl.com/pin?user_code=BDWP-HQPK"


@pytest.mark.parametrize("text", [PIN, DEVICE, "https://simkl.com/" + "x" * 209], ids=["pin", "device", "the longest"])
def test_modules_are_large_whole_and_surrounded_by_white(text: str) -> None:
    picture = Image.open(io.BytesIO(pictures.qr_picture(text))).convert("L")
    left, top, right, _bottom = picture.point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    assert (picture.width, left, left) == (picture.height, top, picture.width - right)
    assert {value for _, value in picture.getcolors() or ()} == {0, 255}
    module = next(x for x in range(picture.width) if picture.getpixel((left + x, top))) // 7  # a finder pattern has 7
    assert module in pictures.MODULE_SIZES
    assert left == pictures.QUIET_ZONE * module
    margin = pictures.SIDE - picture.width
    assert margin % 6 == 0, "Kodi halves it: an edge of the picture would be between two pixels at 720 lines"
    assert margin >= 0


def test_the_codes_that_simkl_gives_have_the_largest_modules() -> None:
    sizes = [Image.open(io.BytesIO(pictures.qr_picture(text))).width for text in (PIN, DEVICE)]
    assert sizes == [pictures.SIDE, pictures.SIDE]


@pytest.mark.parametrize("length", [700, 5000])
def test_what_no_camera_could_read_is_left_out(length: int) -> None:
    assert pictures.qr_picture("x" * length) == b""


def test_without_kodis_module_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyqrcode", None)
    assert pictures.qr_picture(PIN) == b""
    assert not pictures.can_draw()
