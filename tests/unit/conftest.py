from __future__ import annotations

from typing import Iterator

import pytest
from chances import STEADY
from fakes import FakeClock
from flow_cases import FLOWS, FlowCase
from hypothesis import settings
from simkl_connect.storage.database import Database

settings.register_profile("steady", STEADY)
settings.load_profile("steady")


@pytest.fixture(params=FLOWS, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest) -> FlowCase:
    flow_case: FlowCase = request.param
    return flow_case


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(autouse=True)
def _no_database_stays_open(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test opens is closed at its end: Python 3.13 warns of what is let go open."""
    opened: list[Database] = []

    make = Database.__init__

    def noted(database: Database, path: str | bytes) -> None:
        opened.append(database)
        make(database, path)

    monkeypatch.setattr(Database, "__init__", noted)
    yield
    for database in opened:
        database.close()
