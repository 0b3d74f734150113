from __future__ import annotations

import pytest
from chances import STEADY
from fakes import FakeClock
from flow_cases import FLOWS, FlowCase
from hypothesis import settings

settings.register_profile("steady", STEADY)
settings.load_profile("steady")


@pytest.fixture(params=FLOWS, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> FlowCase:
    flow_case: FlowCase = request.param
    return flow_case


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
