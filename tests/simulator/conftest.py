from __future__ import annotations

from contextlib import ExitStack
from typing import Any, Callable, Iterator

import pytest
from simkl_simulator import ManualClock, Simulator

from .calling import DeviceCaller, PinCaller

CLIENTS = {"id-v1": "v1", "other-v1": "v1", "id-v2": "v2", "other-v2": "v2"}
MakeSimulator = Callable[..., Simulator]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def make_simkl(clock: ManualClock) -> Iterator[MakeSimulator]:
    """Starts simulators with the usual clients and the hand-turned clock; closes them in the end."""
    with ExitStack() as running:

        def make(**changes: Any) -> Simulator:
            return running.enter_context(Simulator(**{"clients": CLIENTS, "clock": clock, **changes}))

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
