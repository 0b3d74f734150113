from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Callable, Iterator

import pytest
from simkl_simulator import ManualClock, Simulator

from .calling import DeviceCaller, PinCaller, Viewer

CLIENTS = {"id-v1": "v1", "other-v1": "v1", "id-v2": "v2", "other-v2": "v2"}
MakeSimulator = Callable[..., Simulator]

START = 1_790_000_000.0
"""Unix seconds when a simulator starts: 2026-09-21 14:13:20 UTC."""


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make_simkl(clock: ManualClock) -> Iterator[MakeSimulator]:
    """Starts simulators with the usual clients and the hand-turned clock; closes them in the end."""
    with ExitStack() as running:

        def make(**changes: Any) -> Simulator:
            return running.enter_context(Simulator(**{"clients": CLIENTS, "clock": clock, "utc_now": START, **changes}))

        yield make


@pytest.fixture
def simkl(make_simkl: MakeSimulator) -> Simulator:
    return make_simkl()


@pytest.fixture
def v1(simkl: Simulator) -> Iterator[PinCaller]:
    caller = PinCaller(simkl, "id-v1")
    with caller.session:
        yield caller


@pytest.fixture
def v2(simkl: Simulator, clock: ManualClock) -> Iterator[DeviceCaller]:
    caller = DeviceCaller(simkl, "id-v2", clock)
    with caller.session:
        yield caller


@pytest.fixture
def viewer(simkl: Simulator, v1: PinCaller, clock: ManualClock) -> Iterator[Viewer]:
    caller = Viewer(simkl, "id-v1", clock, v1.signed_in(clock))
    with caller.session:
        yield caller
