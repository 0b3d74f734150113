from __future__ import annotations

import io
import stat
import sys
from pathlib import Path

import pytest
from PIL import Image
from simkl_connect.kodi import qr
from simkl_connect.kodi.qr import QrPictures

PIN = "https://simkl.com/pin/5G6JA"
DEVICE = "https://simkl.com/pin?user_code=BDWP-HQPK"


@pytest.mark.parametrize("text", [PIN, DEVICE, "https://simkl.com/" + "x" * 182])
def test_modules_are_large_whole_and_surrounded_by_white(text: str) -> None:
    picture = Image.open(io.BytesIO(qr.draw(text)))
    assert (picture.mode, picture.size) == ("1", (qr.SIDE, qr.SIDE))
    left, top, right, bottom = picture.point(lambda value: 255 - value).getbbox() or (0, 0, 0, 0)
    first_row = picture.crop((left, top, right, top + 1))
    module = next(x for x in range(right - left) if first_row.getpixel((x, 0))) // 7  # a finder pattern is 7 wide
    assert module >= qr.SMALLEST_MODULE
    assert (module % qr.STEP, left % qr.STEP, top % qr.STEP, (right - left) % module) == (0, 0, 0, 0)
    assert min(left, top, qr.SIDE - right, qr.SIDE - bottom) >= qr.QUIET_ZONE * module


@pytest.mark.parametrize("length", [700, 5000])
def test_what_no_camera_could_read_is_left_out(length: int) -> None:
    assert qr.draw("x" * length) == b""


def test_without_kodis_module_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyqrcode", None)
    assert qr.draw(PIN) == b""


def test_each_picture_has_its_own_name_and_there_is_one_at_a_time(tmp_path: Path) -> None:
    pictures = QrPictures(str(tmp_path / "not" / "there" / "yet"))
    first = Path(pictures.make(PIN))
    second = Path(pictures.make(PIN))
    assert first != second
    assert (first.exists(), second.exists()) == (False, True)
    assert stat.S_IMODE(second.stat().st_mode) == 0o600
    assert pictures.make("") == ""
    assert not second.exists()


def test_what_an_earlier_run_left_is_deleted_and_nothing_else(tmp_path: Path) -> None:
    for name in ("qr-1.png", "settings.xml", "qr-code.txt"):
        (tmp_path / name).touch()
    QrPictures(str(tmp_path))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["qr-code.txt", "settings.xml"]


def test_a_full_disk_costs_the_picture_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write(path: str, data: bytes) -> None:
        Path(path).write_bytes(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(qr, "_write_private", write)
    assert QrPictures(str(tmp_path)).make(PIN) == ""
    assert list(tmp_path.iterdir()) == []
