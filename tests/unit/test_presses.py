"""What becomes of presses, with a window, a service and a monitor of a few lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fake_kodi import FakeKodi
from simkl_connect.kodi import ipc
from simkl_connect.kodi.screens import dialog
from simkl_connect.kodi.screens.window import LAST
from simkl_connect.ui.view import View

NAME = "r1"


class Window:
    """``presses`` come one at a wait."""

    is_open = True

    def __init__(self, *presses: int | None) -> None:
        self.presses = list(presses)

    def take_press(self) -> int | None:
        return self.presses.pop(0) if self.presses else None


class ServiceClient:
    def __init__(self, view: View) -> None:
        self.shown = view
        self.asked: list[str] = []

    def view(self) -> View:
        return self.shown

    def authorize(self, _request: str) -> None:
        self.asked.append("authorize")

    def cancel(self) -> None:
        self.asked.append("cancel")


class Painter:
    def draw(self, _screen: Any) -> None:
        pass


class Monitor:
    """Kodi ends after a while."""

    waits = 0

    def waitForAbort(self, _seconds: float) -> bool:  # noqa: N802  # Kodi's name
        self.waits += 1
        return self.waits > 5


@pytest.fixture
def kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKodi:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    ipc.claim_dialog(NAME)
    return kodi


FAILED = View(request=NAME, phase="failed", problem="offline")


def asked(client: ServiceClient, window: Window) -> list[str]:
    dialog._follow(client, window, Painter(), NAME, Monitor())  # type: ignore[arg-type]
    return client.asked


def test_a_press_while_the_window_was_filled_is_meant_for_what_stood_there(kodi: FakeKodi) -> None:
    assert asked(ServiceClient(FAILED), Window(0)) == ["cancel"]


def test_a_press_is_meant_for_the_screen_that_was_drawn(kodi: FakeKodi) -> None:
    assert asked(ServiceClient(FAILED), Window(None, 0)) == ["authorize"]


def test_back_leaves_a_screen_with_two_buttons_and_cancels_nothing(kodi: FakeKodi) -> None:
    assert asked(ServiceClient(FAILED), Window(None, LAST)) == []


def test_a_dialog_that_another_press_has_replaced_leaves_its_pictures_alone(kodi: FakeKodi) -> None:
    kodi.data_folder.mkdir(parents=True)
    picture = kodi.data_folder / "shown-by-the-other.png"
    picture.touch()
    ipc.claim_dialog("r2")
    assert not dialog.present(Window(), NAME, None, Monitor())  # type: ignore[arg-type]
    assert picture.exists()


def test_the_service_that_ends_closes_the_dialog(kodi: FakeKodi) -> None:
    monitor = Monitor()
    ipc.withdraw()
    dialog._follow(ServiceClient(FAILED), Window(), Painter(), NAME, monitor)  # type: ignore[arg-type]
    assert monitor.waits == 1
