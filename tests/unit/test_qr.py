from __future__ import annotations

import io
import sys

import pytest
from PIL import Image
from simkl_connect.kodi import qr

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
