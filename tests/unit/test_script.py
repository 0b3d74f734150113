"""What a press does before the screen is filled."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import pytest
from fake_kodi import FakeKodi
from simkl_connect.kodi import channel, script

REQUEST = "r1"


class Window:
    is_pressed = False


class Monitor:
    """Counts the waits; ``happens`` is called in each, and says whether Kodi ends."""

    def __init__(self, happens: Callable[[int], object] = lambda _wait: None) -> None:
        self._happens = happens
        self.waits = 0

    def waitForAbort(self, _seconds: float) -> bool:  # noqa: N802  # Kodi's name
        self.waits += 1
        return self._happens(self.waits) is True


@pytest.fixture(autouse=True)
def kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKodi:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    channel.publish(channel.IDLE)
    return kodi


def waits(monitor: Monitor, window: Window | None = None) -> int:
    script._give_way(REQUEST, window or Window(), monitor)  # type: ignore[arg-type]
    return monitor.waits


def test_nothing_is_loaded_until_the_service_has_taken_the_press() -> None:
    def take(wait: int) -> None:
        if wait == 3:
            channel.publish(f'{{"request":"{REQUEST}","phase":"starting"}}')

    assert waits(Monitor(take)) == 3


def test_a_service_that_says_nothing_is_not_waited_for_long() -> None:
    assert waits(Monitor()) * script.LOOK_EVERY == pytest.approx(script.PATIENCE)


def test_a_press_of_a_button_is_answered_at_once() -> None:
    window = Window()

    def press(wait: int) -> None:
        window.is_pressed = wait == 2

    assert waits(Monitor(press), window) == 2


def test_a_kodi_that_ends_is_not_held_up() -> None:
    assert waits(Monitor(lambda _wait: True)) == 1


class WatchedWindow(Window):
    """Notes how often had been waited when it was closed."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor
        self.closed_after: int | None = None

    def close(self) -> None:
        self.closed_after = self._monitor.waits


@pytest.mark.parametrize("disabled", [False, True])
def test_a_window_stays_open_while_kodi_stops_the_service(kodi: FakeKodi, disabled: bool) -> None:
    kodi.disabled = disabled
    window = WatchedWindow(monitor := Monitor())
    script._close(window, monitor)  # type: ignore[arg-type]
    assert window.closed_after == int(disabled)
