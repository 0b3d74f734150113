from __future__ import annotations

from typing import Callable

import pytest
from fakes import FakeClock
from simkl_connect.kodi.background.alarm import Alarm


class Timers:
    """Stands in for ``threading.Timer``. ``running``: the seconds of those that were started and not cancelled."""

    def __init__(self, has_threads: bool = True) -> None:
        self.running: list[float] = []
        self.has_threads = has_threads

    def __call__(self, seconds: float, _wake: Callable[[], None]) -> Timer:
        return Timer(self, seconds)


class Timer:
    daemon = False

    def __init__(self, timers: Timers, seconds: float) -> None:
        self._timers, self._seconds = timers, seconds

    def start(self) -> None:
        if not self._timers.has_threads:
            raise RuntimeError("can't start new thread")
        assert self.daemon, "Kodi would wait for it"
        self._timers.running.append(self._seconds)

    def cancel(self) -> None:
        self._timers.running.remove(self._seconds)


class Loop:
    """In a wait of five seconds."""

    def __init__(self, has_threads: bool = True) -> None:
        self.clock, self.timers = FakeClock(), Timers(has_threads)
        self.alarm = Alarm(lambda: None, self.clock, self.timers)
        self.alarm.wait_begins(5.0)


@pytest.fixture
def loop() -> Loop:
    return Loop()


@pytest.mark.parametrize(
    ("needed", "running"),
    [
        pytest.param([1.0], [1.0], id="earlier than the wait ends"),
        pytest.param([4.9], [], id="hardly earlier"),
        pytest.param([900.0], [], id="later"),
        pytest.param([3.0, 1.0], [1.0], id="then still earlier"),
        pytest.param([1.0, 3.0], [1.0], id="then later"),
    ],
)
def test_it_is_set_for_what_the_wait_would_be_late_for(loop: Loop, needed: list[float], running: list[float]) -> None:
    for seconds in needed:
        loop.alarm.needed_in(seconds)
    assert loop.timers.running == running


def test_it_is_set_again_once_it_has_rung(loop: Loop) -> None:
    loop.alarm.needed_in(1.0)
    loop.clock.advance(1.0)
    loop.timers.running.append(1.0)  # the one that has rung can still be cancelled
    loop.alarm.needed_in(1.0)
    assert loop.timers.running == [1.0, 1.0]


def test_the_loops_own_turn_ends_it(loop: Loop) -> None:
    loop.alarm.needed_in(1.0)
    loop.alarm.wait_begins(1.0)
    assert loop.timers.running == []
    loop.alarm.needed_in(1.0)
    assert loop.timers.running == []


def test_without_a_thread_the_loop_is_late() -> None:
    loop = Loop(has_threads=False)
    loop.alarm.needed_in(1.0)
    loop.alarm.cancel()
    assert loop.timers.running == []
