"""The sign-in screen in a real Kodi: measured, photographed, operated by keys."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import stat
import subprocess
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from art import scenes
from art.scenes import DEVICE_CODE, PIN_CODE, Stage
from PIL import Image
from real_kodi import ink
from real_kodi.addon import Addon
from real_kodi.dependencies import stand_ins
from real_kodi.kodi import Kodi
from real_kodi.profile import Setup
from real_kodi.waiting import SLOWNESS
from simkl_simulator import Simulator

PINS = scenes.PIN_APP
ADDRESS, CODE, TIME, QR = (90, 240, 1210, 350), (90, 460, 1210, 660), (1640, 812, 1860, 900), (1257, 81, 1812, 636)
ANYWHERE_IN_LINE = (0, 460, 1920, 640)
"""Where things are on a screen of 1920 by 1080."""
BAR = 798
"""The line in its middle."""
BESIDE_QR, ALONE = 648, 960
"""The middle of the code."""


@contextmanager
def staged(addon_zip: Path, client_id: str = PINS, with_qr: bool = True, **options: Any) -> Iterator[Stage]:
    simulator = Simulator({PINS: "v1", scenes.DEVICE_APP: "v2"}, interval=1, rate_limits=False)
    settings = {"client_id": client_id, **options.pop("settings", {})}
    setup = Setup(zips=[addon_zip], folders=stand_ins(with_qr=with_qr), debug=True, addon_settings=settings, **options)
    with simulator as simkl, Kodi(setup, {"SIMKL_API_URL": simkl.url}, wait_for_service=True) as kodi:
        yield Stage(Addon(kodi), simkl)


@pytest.fixture(scope="module")
def shared(addon_zip: Path) -> Iterator[Stage]:
    with staged(addon_zip) as stage:
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """The Kodi that all tests share, 1280 by 720, its dialog closed before and after."""
    yield shared
    if shared.kodi.alive and shared.addon.dialog_is_open:
        shared.leave()


def pictures(stage: Stage) -> list[Path]:
    return sorted(stage.kodi.profile.addon_data().glob("shown-*"))


def whole_address(stage: Stage) -> str:
    return str(stage.addon.state["verification_uri_complete"])


def percent_left(stage: Stage) -> float:
    state = stage.addon.state
    left: float = state["deadline"] - time.clock_gettime(time.CLOCK_BOOTTIME)
    return 100.0 * left / float(state["expires_in"])


def errors(kodi: Kodi) -> list[str]:
    return [line for line in kodi.log().splitlines() if " error <" in line or "Traceback" in line]


# --- what is on it


@pytest.mark.parametrize("code", [PIN_CODE, DEVICE_CODE])
def test_a_phone_reads_the_address_with_the_code_from_a_small_screen(stage: Stage, code: str, tmp_path: Path) -> None:
    stage.give_code(code)
    stage.open("waiting")
    shown = stage.kodi.wait_for(lambda: ink.qr_text(stage.kodi.picture(), tmp_path), "a QR code that can be read")
    assert shown == whole_address(stage)
    assert code in shown
    picture = stage.kodi.still_picture()
    assert len(ink.colours(picture, ink.at(picture, QR))) == 2, "an edge of the QR code is blurred"


@pytest.mark.parametrize("code", [PIN_CODE, DEVICE_CODE, "WWWW-MMMM"])
def test_code_and_address_are_large_and_in_their_place(stage: Stage, code: str) -> None:
    stage.give_code(code)
    stage.open("waiting")
    check_letters(stage, code)


def test_they_are_as_large_on_a_larger_screen(addon_zip: Path, tmp_path: Path) -> None:
    with staged(addon_zip, width=1920, height=1080) as stage:
        stage.give_code(DEVICE_CODE)
        stage.open("waiting")
        check_letters(stage, DEVICE_CODE)
        shown = stage.kodi.wait_for(lambda: ink.qr_text(stage.kodi.picture(), tmp_path), "a QR code that can be read")
        assert shown == whole_address(stage)
        picture = stage.kodi.still_picture()
        assert len(ink.colours(picture, ink.at(picture, QR))) == 2


def check_letters(stage: Stage, code: str) -> None:
    picture = stage.kodi.picture()
    letters = ink.letters(picture, ink.WHITE, ink.at(picture, CODE))
    assert len(letters) == len(code)
    whole = [height for height, letter in zip(ink.heights(letters), code) if letter != "-"]
    assert min(whole) >= 0.08 * picture.height
    middle = (letters[0][0] + letters[-1][2]) / 2
    assert middle == pytest.approx(picture.height / 1080 * BESIDE_QR, abs=0.005 * picture.width)
    address = ink.letters(picture, ink.MINT, ink.at(picture, ADDRESS))
    assert len(address) == len("simkl.com/pin")
    assert ink.heights(address)["simkl.com/pin".index("k")] >= 0.04 * picture.height


def test_the_letters_read_as_text_too(stage: Stage) -> None:
    stage.give_code(DEVICE_CODE)
    stage.open("waiting")
    shown = stage.addon.shown
    assert (shown.code, shown.address, shown.first_button) == (DEVICE_CODE, "simkl.com/pin", "Cancel")
    assert stage.kodi.boolean("Control.IsVisible(100)")


@pytest.mark.parametrize("code", ["ab12c", "A1-B2-C3-D4-E5-F"])
def test_a_code_of_another_kind_is_shown_nevertheless(stage: Stage, code: str) -> None:
    stage.give_code(code)
    stage.open("waiting")
    picture = stage.kodi.picture()
    letters = ink.letters(picture, ink.WHITE, ink.at(picture, CODE))
    assert len(letters) == len(code)
    assert letters[-1][2] < ink.at(picture, QR)[0]


# --- the files of the pictures


def test_the_picture_is_private_and_gone_with_the_code(stage: Stage) -> None:
    left_behind = stage.kodi.profile.addon_data() / "shown-by-an-earlier-run.png"
    left_behind.write_bytes(b"")
    stage.give_code(PIN_CODE)
    stage.open("waiting")
    stage.kodi.wait_for(lambda: len(pictures(stage)) == 1, "the picture of the QR code")
    assert left_behind not in pictures(stage)
    assert {stat.S_IMODE(picture.stat().st_mode) for picture in pictures(stage)} == {0o600}
    stage.leave()
    stage.kodi.wait_for(lambda: not pictures(stage), "the pictures to be deleted")
    assert cached_by_kodi(stage) == []


def cached_by_kodi(stage: Stage) -> list[str]:
    """Kodi keeps small copies of pictures from elsewhere; it must have none of this one."""
    userdata = stage.kodi.profile.userdata
    copies = [str(path) for path in (userdata / "Thumbnails").rglob("*.*")]
    with closing(sqlite3.connect(max((userdata / "Database").glob("Textures*.db")))) as database:
        known = [url for (url,) in database.execute("SELECT url FROM texture")]
    return [name for name in [*copies, *known] if "shown-" in name or "addon_data" in name]


def test_without_the_module_or_by_choice_there_is_none_and_the_code_moves_to_the_middle(
    addon_zip: Path, tmp_path: Path
) -> None:
    with staged(addon_zip, with_qr=False) as stage:
        check_no_picture(stage, tmp_path)
    with staged(addon_zip, settings={"show_qr": "false"}) as stage:
        check_no_picture(stage, tmp_path)


def check_no_picture(stage: Stage, folder: Path) -> None:
    stage.give_code(PIN_CODE)
    stage.open("waiting")
    picture = stage.kodi.picture()
    assert (pictures(stage), ink.qr_text(picture, folder)) == ([], "")
    letters = ink.letters(picture, ink.WHITE, ink.at(picture, ANYWHERE_IN_LINE))
    middle = (letters[0][0] + letters[-1][2]) / 2
    assert middle == pytest.approx(picture.height / 1080 * ALONE, abs=0.005 * picture.width)


# --- time


def test_the_bar_goes_by_the_clock(stage: Stage) -> None:
    stage.give_code(PIN_CODE, expires_in=70)
    stage.open("waiting")
    seen = []
    for _ in range(5):
        before, picture, after = percent_left(stage), stage.kodi.picture(), percent_left(stage)
        bar = 100 * ink.length(picture, ink.MINT, round(BAR / 1.5)) / (1728 / 1.5)
        assert after - 0.5 <= bar <= before + 0.5 * SLOWNESS
        assert after - 1.5 <= float(stage.addon.shown.progress) <= before + 1.5 * SLOWNESS
        seen.append(bar)
    assert seen == sorted(seen, reverse=True)
    assert seen[0] > seen[-1]


def test_the_last_minute_has_a_shape_of_its_own(stage: Stage) -> None:
    stage.give_code(PIN_CODE, expires_in=60 + 2.5 * SLOWNESS)
    stage.open("waiting")
    usual = stage.kodi.picture()
    stage.kodi.wait_for(lambda: stage.addon.shown.time_left.startswith("0:5"), "the last minute")
    time.sleep(scenes.SETTLED)
    last = stage.kodi.picture()
    assert height_of_the_time(last) > 1.3 * height_of_the_time(usual)
    assert ink.length(usual, ink.AMBER, round(BAR / 1.5)) == 0
    edge = round((BAR + 8) / 1.5)
    assert ink.length(last, ink.AMBER, edge) > ink.length(usual, ink.MINT, edge) == 0, "the bar is not thicker"


def height_of_the_time(picture: Image.Image) -> int:
    return max(ink.heights(ink.letters(picture, (242, 245, 247), ink.at(picture, TIME))))


def test_a_new_code_is_another_and_the_only_one_polled(stage: Stage, tmp_path: Path) -> None:
    scenes.expired(stage)
    assert pictures(stage) == []
    before = len(stage.simkl.requests)
    stage.kodi.press("select")
    stage.wait_for("waiting")
    code = stage.addon.shown.code
    assert code not in ("", PIN_CODE)
    shown = stage.kodi.wait_for(lambda: ink.qr_text(stage.kodi.picture(), tmp_path), "a QR code that can be read")
    assert shown.endswith(code)
    stage.kodi.wait_for(lambda: len(stage.simkl.requests) >= before + 3, "two polls")
    assert {request.path for request in stage.simkl.requests[before + 1 :]} == {f"/oauth/pin/{code}"}


# --- keys

OK, BACK, STOP, MENU = "select", "back", "stop", "start"
CLOSES: list[tuple[Callable[[Stage], None], str]] = [
    (scenes.waiting_pin, OK),
    (scenes.waiting_pin, BACK),
    (scenes.waiting_pin, STOP),
    (scenes.waiting_pin, MENU),
    (scenes.retrying, BACK),
    (scenes.starting, OK),
    (scenes.expired, BACK),
    (scenes.expired, STOP),
]


@pytest.mark.parametrize(("scene", "key"), CLOSES, ids=lambda value: getattr(value, "__name__", value))
def test_a_key_that_leaves(stage: Stage, scene: Callable[[Stage], None], key: str) -> None:
    scene(stage)
    stage.kodi.press(key)
    stage.addon.wait_until_dialog_closed(2.0)


def test_the_second_button_is_one_arrow_away(stage: Stage) -> None:
    scenes.expired(stage)
    stage.kodi.press("right")
    stage.kodi.wait_for(lambda: stage.kodi.label("System.CurrentControl") == "Close", "the second button")
    stage.kodi.press("select")
    stage.addon.wait_until_dialog_closed(2.0)


@pytest.mark.parametrize("key", ["mymusic", "title", "info", "display", "up", "down", "left", "right", "play"])
def test_a_key_that_does_nothing(stage: Stage, key: str) -> None:
    if not stage.addon.dialog_is_open:
        scenes.waiting_pin(stage)
    stage.kodi.press(key)
    time.sleep(0.3)
    assert stage.addon.shown.code == PIN_CODE
    assert stage.kodi.label("System.CurrentControlID") == "110"


HARMLESS = [
    *("up", "down", "left", "right", "pageplus", "pageminus", "info", "title", "display", "mymusic"),
    *("play", "pause", "skipplus", "skipminus", "forward", "reverse", "volumeplus", "volumeminus", "mute"),
    *("zero", "one", "nine"),
]


@pytest.mark.parametrize("scene", [scenes.waiting_pin, scenes.expired])
def test_hammering_does_no_harm(stage: Stage, scene: Callable[[Stage], None]) -> None:
    scene(stage)
    known = len(errors(stage.kodi))
    chance = random.Random(20)
    until = time.monotonic() + 10
    while time.monotonic() < until:
        stage.kodi.press(chance.choice(HARMLESS))
    assert stage.kodi.label("System.CurrentControlID") in ("110", "111")
    stage.leave()
    assert errors(stage.kodi)[known:] == []


def test_a_click_presses_a_button(stage: Stage) -> None:
    scenes.waiting_pin(stage)
    click(stage, 640, 650)
    stage.addon.wait_until_dialog_closed(2.0)


def click(stage: Stage, x: int, y: int) -> None:
    """With a mouse, at a pixel of the screen."""
    variables = dict(
        pair.split("=", 1) for pair in Path(f"/proc/{stage.kodi.pid}/environ").read_text().split("\0") if "=" in pair
    )
    environment = {**os.environ, "DISPLAY": variables["DISPLAY"]}
    for words in (("mousemove", "300", "300"), ("mousemove", str(x), str(y)), ("click", "1")):
        subprocess.run(["xdotool", *words], env=environment, check=True)
        time.sleep(0.2)


# --- ends


def test_denied_connected_and_read_only(addon_zip: Path) -> None:
    with staged(addon_zip, scenes.DEVICE_APP) as stage:
        scenes.denied(stage)
        assert stage.addon.shown.first_button == "Try again"
        stage.give_code(DEVICE_CODE, path=scenes.DEVICE)
        stage.kodi.press("select")
        stage.wait_for("waiting")
        stage.leave()
        scenes.read_only(stage)
        shown = stage.addon.shown
        assert shown.message.startswith("Connected")
        assert "read-only" in shown.message
        assert (shown.first_button, shown.second_button) == ("Try again", "Close")
        time.sleep(6)
        assert stage.addon.dialog_is_open, "it has closed before the reason could be read"
        stage.leave()
        scenes.connected(stage)
        assert stage.addon.shown.second_button == ""
        stage.addon.wait_until_dialog_closed(8.0)
        assert errors_of_the_add_on(stage.kodi) == []


def errors_of_the_add_on(kodi: Kodi) -> list[str]:
    return [line for line in errors(kodi) if "simkl" in line.lower() or "Traceback" in line]


@pytest.mark.parametrize("moment", [0.0, 0.1, 0.3, 0.6, 0.95])
def test_a_reload_of_the_skin_closes_the_dialog_and_a_press_brings_the_code_back(stage: Stage, moment: float) -> None:
    """Kodi frees the controls of its windows then; who touches one has no Kodi any more."""
    stage.give_code(PIN_CODE)
    stage.addon.run("authorize")
    stage.wait_for("waiting")
    later = time.monotonic() + moment
    stage.kodi.wait_for(lambda: time.monotonic() >= later, "the moment")
    stage.kodi.builtin("ReloadSkin()")
    stage.addon.wait_until_dialog_closed()
    stage.kodi.wait_for(lambda: not pictures(stage), "the pictures to be deleted")
    assert json.loads(stage.kodi.property("script.simkl.connect.state"))["phase"] == "waiting"
    stage.open("waiting")
    assert stage.addon.shown.code == PIN_CODE
