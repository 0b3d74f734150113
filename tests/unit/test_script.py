"""What a press does before the screen is filled."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Callable

import pytest
from fake_kodi import FakeKodi
from fakes import FakeClock
from simkl_connect.kodi import ipc as channel
from simkl_connect.kodi.screens import script
from simkl_connect.ui.view import View

REQUEST = "r1"


class Window:
    is_pressed = False


class Monitor:
    """Counts the waits; ``happens`` is called in each, and says whether Kodi ends."""

    def __init__(self, clock: FakeClock, happens: Callable[[int], object] = lambda _wait: None) -> None:
        self._clock = clock
        self._happens = happens
        self.waits = 0

    def waitForAbort(self, seconds: float) -> bool:  # noqa: N802  # Kodi's name
        self.waits += 1
        self._clock.advance(seconds)
        return self._happens(self.waits) is True


@pytest.fixture(autouse=True)
def kodi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKodi:
    kodi = FakeKodi(tmp_path)
    kodi.install(monkeypatch)
    channel.publish(View().to_json())
    return kodi


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock(0.0)
    monkeypatch.setattr(script, "monotonic", clock)
    return clock


def give_way(monitor: Monitor, window: Window | None = None) -> None:
    script._give_way(REQUEST, window or Window(), monitor)  # type: ignore[arg-type]


def test_nothing_is_loaded_until_the_service_has_taken_the_press(clock: FakeClock) -> None:
    def take(wait: int) -> None:
        if wait == 3:
            channel.publish(f'{{"request":"{REQUEST}","phase":"starting"}}')

    monitor = Monitor(clock, take)
    give_way(monitor)
    assert monitor.waits == 3


def test_a_service_that_says_nothing_is_not_waited_for_long(clock: FakeClock) -> None:
    give_way(Monitor(clock))
    assert clock.now == pytest.approx(script.PATIENCE, abs=script.LOOK_EVERY)


def test_a_press_of_a_button_is_answered_at_once(clock: FakeClock) -> None:
    window = Window()

    def press(wait: int) -> None:
        window.is_pressed = wait == 2

    monitor = Monitor(clock, press)
    give_way(monitor, window)
    assert monitor.waits == 2


def test_a_kodi_that_ends_is_not_held_up(clock: FakeClock) -> None:
    monitor = Monitor(clock, lambda _wait: True)
    give_way(monitor)
    assert monitor.waits == 1


@pytest.mark.parametrize(("claimed_by", "left"), [(REQUEST, False), ("r2", True)], ids=["its own", "another's"])
def test_a_window_is_closed_after_a_round_of_kodis_main_thread_and_releases_its_claim(
    kodi: FakeKodi, monkeypatch: pytest.MonkeyPatch, claimed_by: str, left: bool
) -> None:
    channel.claim_dialog(claimed_by)
    done: list[str] = []
    monkeypatch.setattr("simkl_connect.kodi.system.is_window_active", lambda: done.append("answer"))
    script._close(REQUEST, SimpleNamespace(close=lambda: done.append("close")))  # type: ignore[arg-type]
    assert done == ["answer", "answer", "close"]
    assert channel.is_dialog_claimed() is left


def test_an_add_on_that_is_disabled_opens_no_window(kodi: FakeKodi) -> None:
    kodi.disabled = True
    assert not script.sign_in()


def test_a_press_opens_the_window_gives_way_fills_it_and_closes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    window = SimpleNamespace(put=lambda *_: None, show=lambda: done.append("show"))
    dialog = SimpleNamespace(present=lambda *_: done.append("present"))
    monkeypatch.setattr(script, "SignInWindow", lambda *_: window)
    monkeypatch.setattr(script, "_give_way", lambda *_: done.append("give way"))
    monkeypatch.setattr(script, "_close", lambda *_: done.append("close"))
    monkeypatch.setitem(sys.modules, "simkl_connect.kodi.screens.dialog", dialog)  # type: ignore[arg-type]
    script.sign_in()
    assert done == ["show", "give way", "present", "close"]
