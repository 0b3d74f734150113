"""The harness itself, with a real Kodi and a throw-away add-on."""

from __future__ import annotations

import base64
import io
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from real_kodi import navigation
from real_kodi.dependencies import QR_MODULE, stand_ins
from real_kodi.display import VirtualDisplay
from real_kodi.kodi import Kodi, KodiError
from real_kodi.ports import Lease
from real_kodi.profile import ESTOUCHY, ESTUARY, Setup
from real_kodi.throw_away import ADDON_ID, write_throw_away
from real_kodi.waiting import SLOWNESS, wait_for

TESTS = Path(__file__).resolve().parents[1]
CREDENTIALS = struct.Struct("3i")
"""Process, user and group id of who listens on a socket."""


@pytest.fixture(scope="module")
def addon(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_throw_away(tmp_path_factory.mktemp("addon"))


def setup(addon: Path, **options: Any) -> Setup:
    return Setup(zips=[addon], addon_id=ADDON_ID, **options)


class Watched:
    """A process by a descriptor of its own: once it has ended, its number and its display may be another's."""

    def __init__(self, pid: int) -> None:
        self._descriptor = os.pidfd_open(pid)

    def ended(self) -> bool:
        return bool(select.select([self._descriptor], [], [], 0)[0])

    def close(self) -> None:
        os.close(self._descriptor)


def run_script(kodi: Kodi, argument: str) -> str:
    """Have the add-on's script do something; what came of it."""
    kodi.builtin(f"RunScript({ADDON_ID},{argument})")
    return kodi.wait_for(lambda: kodi.property("script"), "the script")


def test_boots_does_what_it_is_told_and_quits(addon: Path) -> None:
    with Kodi(setup(addon), wait_for_service=True) as kodi:
        assert kodi.boot_seconds < 20 * SLOWNESS
        assert navigation.focused(kodi) == "Movies"
        kodi.press("down")
        kodi.wait_for(lambda: navigation.focused(kodi) == "TV shows", "the next menu item")
        kodi.action("up")
        kodi.wait_for(lambda: navigation.focused(kodi) == "Movies", "the first menu item")
        assert run_script(kodi, "hello") == "hello"
        kodi.wait_for(lambda: kodi.python_runs() == 1, "the script to end and the service to stay")
        assert kodi.quit() < 5 * SLOWNESS
        assert not kodi.alive


def test_nothing_is_left_behind(addon: Path) -> None:
    with ExitStack() as stack:
        with pytest.raises(RuntimeError, match="a test fails"), Kodi(setup(addon)) as kodi:
            home = kodi.profile.home
            processes = [stack.enter_context(closing(Watched(pid))) for pid in (kodi.pid, server_of(kodi.pid))]
            assert home.exists()
            assert not any(process.ended() for process in processes)
            raise RuntimeError("a test fails")
        assert all(process.ended() for process in processes)
        assert not home.exists()


def server_of(pid: int) -> int:
    """The process id of the X server that a Kodi draws on."""
    variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    number = next(value[len(b"DISPLAY=:") :] for value in variables if value.startswith(b"DISPLAY=:"))
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(f"/tmp/.X11-unix/X{number.decode()}")
        credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, CREDENTIALS.size)
    server: int = CREDENTIALS.unpack(credentials)[0]
    return server


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_test_run_that_is_ended_takes_kodi_along(addon: Path, tmp_path: Path, how: signal.Signals) -> None:
    program = (
        "import signal, sys; from real_kodi.kodi import Kodi, Setup\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background job ignores it
        f"with Kodi(Setup(zips=[{str(addon)!r}])) as kodi: print(kodi.pid, flush=True); sys.stdin.read()"
    )
    errors = tmp_path / "errors.txt"
    with errors.open("wb") as said, subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        env={**os.environ, "PYTHONPATH": str(TESTS), "TMPDIR": str(tmp_path)},
    ) as run:
        assert run.stdout is not None
        announced = run.stdout.readline()
        assert announced, errors.read_text()
        pid = int(announced)
        with closing(Watched(pid)) as kodi, closing(Watched(server_of(pid))) as server:
            run.send_signal(how)
            run.wait(timeout=20)
            wait_for(kodi.ended, "Kodi to be gone")
            wait_for(server.ended, "its Xvfb to be gone")


def test_two_at_once(addon: Path) -> None:
    with Kodi(setup(addon)) as first, Kodi(setup(addon, skin=ESTOUCHY)) as second:
        assert run_script(first, "hello") == "hello"
        assert second.property("script") == ""
        assert second.label("Skin.CurrentTheme") is not None
        first.kill()
        assert run_script(second, "hello") == "hello"


def test_no_two_kodis_get_a_port_in_common() -> None:
    with ExitStack() as stack:
        leases = [stack.enter_context(closing(Lease())) for _ in range(200)]
        ports = [port for lease in leases for port in (lease.ports.web, lease.ports.tcp, lease.ports.event)]
        assert len(set(ports)) == 600


def test_a_screenshot_has_every_pixel(addon: Path, tmp_path: Path) -> None:
    with Kodi(setup(addon, width=1920, height=1080)) as kodi:
        assert len(kodi.still_picture().getcolors(1 << 24) or []) > 100
        path = kodi.screenshot(tmp_path / "home.png")
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.size == (1920, 1080)


def test_a_window_on_a_screen_that_is_there(addon: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(VirtualDisplay(1600, 1000, tmp_path / "xvfb.txt")) as desktop:
        monkeypatch.setenv("DISPLAY", desktop.environment["DISPLAY"])
        with Kodi(setup(addon, width=1280, height=720), on_screen=True) as kodi:
            assert kodi.still_picture().size == (1280, 720)
        assert desktop.picture().size == (1600, 1000)


def test_settings_are_there_at_the_first_start_and_seen_on_the_disk(addon: Path) -> None:
    with Kodi(setup(addon, addon_settings={"colour": "blue"})) as kodi:
        kodi.wait_for(lambda: kodi.property("service") == "blue", "the service to read the setting")
        run_script(kodi, "colour")
        kodi.wait_for(lambda: kodi.setting_file()["colour"] == "green", "the setting to be written")
        kodi.restart()
        kodi.wait_for(lambda: kodi.property("service") == "green", "the service to read the setting")
        assert "Stopping the application" in kodi.log(previous=True)


@pytest.mark.parametrize("skin", [ESTUARY, ESTOUCHY])
def test_finds_a_button_in_the_settings_as_a_person_does(addon: Path, skin: str) -> None:
    with Kodi(setup(addon, skin=skin)) as kodi:
        navigation.open_settings(kodi)
        navigation.press(kodi, "Cancel")
        navigation.wait_until_closed(kodi, navigation.ADDON_SETTINGS)
        navigation.open_settings(kodi)
        navigation.press(kodi, "Say hello")
        navigation.wait_until_closed(kodi, navigation.ADDON_SETTINGS)
        kodi.wait_for(lambda: kodi.property("script") == "hello", "the button's script")


def test_a_button_that_is_not_there(addon: Path) -> None:
    with Kodi(setup(addon)) as kodi:
        navigation.open_settings(kodi)
        with pytest.raises(navigation.NotFound, match=r"'No such thing'.*Wake up"):
            navigation.move_to(kodi, "No such thing")


def test_hears_what_kodi_announces(addon: Path) -> None:
    with Kodi(setup(addon)) as kodi:
        kodi.builtin('NotifyAll(me,news,{"for": "ü"})')
        kodi.wait_for(lambda: [n for n in kodi.notifications() if n.method == "Other.news"], "the announcement")
        news = next(n for n in kodi.notifications() if n.method == "Other.news")
        assert (news.sender, news.data) == ("me", {"for": "ü"})


def test_an_error_shows_the_end_of_the_log(addon: Path) -> None:
    with Kodi(setup(addon)) as kodi:
        with pytest.raises(TimeoutError, match=r"(?s)pigs to fly; last seen: .*Home.*kodi\.log"):
            kodi.wait_for(lambda: False, "pigs to fly", timeout=0.2)
        kodi.kill()
        with pytest.raises(KodiError, match=r"(?s)exit code 137.*the end of kodi\.log"):
            kodi.label("System.Time")
        kodi.restart()
        assert run_script(kodi, "hello") == "hello"


def test_another_language_and_debug_logging(addon: Path) -> None:
    with Kodi(setup(addon, language="resource.language.de_de", debug=True)) as kodi:
        assert navigation.focused(kodi) == "Filme"
        assert " debug <general>: " in kodi.log()


def test_modules_of_kodis_repository(addon: Path) -> None:
    with Kodi(setup(addon, folders=stand_ins())) as kodi:
        assert run_script(kodi, "requests").startswith("2.31.0 ")
        kodi.rpc("Settings.GetSettings")
        kodi.builtin("ClearProperty(script,home)")
        kodi.wait_for(lambda: not kodi.property("script"), "the property to be cleared")
        png = base64.b64decode(run_script(kodi, "qr"))
        with Image.open(io.BytesIO(png)) as picture:
            assert picture.format == "PNG"


def test_without_the_qr_module(addon: Path) -> None:
    assert QR_MODULE not in [folder.name for folder in stand_ins(with_qr=False)]
    with Kodi(setup(addon, folders=stand_ins(with_qr=False))) as kodi:
        assert run_script(kodi, "qr") == "ImportError"
