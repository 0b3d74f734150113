"""Time that jumps or stands still: a code's life is the server's, whatever clock and sleep make of it here."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, Iterator

import pytest
from conftest import CLIENT_IDS, Boot
from real_kodi.addon import Addon
from real_kodi.waiting import SLOWNESS
from simkl_simulator import Simulator

FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
"""Debian's libfaketime, for programs with threads."""
LIFE = 10.0
"""Seconds that a code lives: longer than it takes to be shown, on a busy machine too."""
ON_ITS_WAY = 0.3
"""Seconds that a poll may take to the server; one that was not due any more would come a second late."""


@pytest.fixture
def simkl() -> Iterator[Simulator]:
    """A Simkl whose codes do not live long."""
    clients = {client_id: flow for flow, client_id in CLIENT_IDS.items()}
    with Simulator(clients, interval=1, expires_in=LIFE) as simulator:
        yield simulator


@contextmanager
def asleep(addon: Addon) -> Iterator[None]:
    """Kodi stands still, as in a sleep of the machine; the server's time goes on."""
    os.kill(addon.kodi.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(addon.kodi.pid, signal.SIGCONT)


class WallClock:
    """The time of day that one Kodi sees (libfaketime); what counts the seconds is left alone, as by a real jump."""

    def __init__(self, folder: Path) -> None:
        self._offset = folder / "offset"
        self.jump("+0")
        self.environment = {
            "LD_PRELOAD": str(FAKETIME),
            "FAKETIME_TIMESTAMP_FILE": str(self._offset),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def jump(self, offset: str) -> None:
        """``offset`` from the real time, as ``+400d``."""
        draft = self._offset.with_suffix(".new")  # it is read at any moment
        draft.write_text(offset)
        draft.rename(self._offset)


def deadline(simkl: Simulator) -> float:
    """Of the one code that is out, on the clock of tests and simulator."""
    return simkl.requests[0].time + LIFE


def reached(moment: float) -> Callable[[], bool]:
    return lambda: time.monotonic() >= moment


def last_poll(simkl: Simulator) -> float:
    return simkl.requests[-1].time


def test_a_code_that_has_run_out_in_a_sleep_is_not_asked_for_again(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url)
    addon.run("authorize")
    addon.wait_for_code()
    with asleep(addon):
        addon.kodi.wait_for(reached(deadline(simkl) + 1.0), "the code to run out", LIFE + 2.0)
    addon.wait_for_message("This code is no longer valid")
    assert addon.shown.phase == "expired"
    assert last_poll(simkl) < deadline(simkl)


def test_a_short_sleep_neither_ends_the_sign_in_nor_stretches_it(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url, "v2")
    addon.run("authorize")
    addon.wait_for_code()
    with asleep(addon):
        addon.kodi.wait_for(reached(deadline(simkl) - LIFE / 3), "some of the code's life to pass", LIFE)
    awake = time.monotonic()
    addon.kodi.wait_for(lambda: last_poll(simkl) > awake, "the polls to go on")
    addon.wait_for_phase("expired")
    assert -1.5 < time.monotonic() - deadline(simkl) < 1.5 * SLOWNESS
    assert last_poll(simkl) < deadline(simkl) + ON_ITS_WAY


@pytest.mark.parametrize("offset", ["+400d", "-400d"])
def test_a_clock_that_jumps_changes_nothing(boot: Boot, simkl: Simulator, tmp_path: Path, offset: str) -> None:
    wall_clock = WallClock(tmp_path)
    addon = boot(simkl.url, "v2", environment=wall_clock.environment)
    year = addon.kodi.label("System.Date(yyyy)")
    addon.run("authorize")
    addon.wait_for_code()
    wall_clock.jump(offset)
    addon.kodi.wait_for(lambda: addon.kodi.label("System.Date(yyyy)") != year, "Kodi to see the jump")
    jumped = time.monotonic()
    addon.kodi.wait_for(lambda: last_poll(simkl) > jumped, "the polls to go on")
    addon.wait_for_phase("expired")
    assert -1.5 < time.monotonic() - deadline(simkl) < 1.5 * SLOWNESS
    addon.wait_for_message("This code is no longer valid")
    addon.kodi.press("select")
    simkl.approve(addon.wait_for_code())
    addon.wait_for_setting("account_name", "Ada")
