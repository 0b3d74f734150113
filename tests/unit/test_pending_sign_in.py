"""A sign-in taken up after a restart: its deadline is neither stretched nor skipped by a wrong clock."""

from __future__ import annotations

import pytest
from fakes import FakeClock, MemoryDatabase
from flow_cases import NOW
from simkl_connect.auth.flow_choice import FlowChoice
from simkl_connect.auth.pending_sign_in import PendingSignIn
from simkl_connect.auth.phases import Phase
from simkl_connect.auth.state_machine import SignIn
from simkl_connect.models import DeviceAuthorization, Secret

CODE = DeviceAuthorization(
    Secret("BDWP-HQPK"),
    "https://simkl.com/pin",
    Secret("https://simkl.com/pin?user_code=BDWP-HQPK"),
    900.0,
    5.0,
    Secret("d"),
)


@pytest.fixture
def database() -> MemoryDatabase:
    return MemoryDatabase()


def pending(database: MemoryDatabase, clock: FakeClock, wall_clock: FakeClock, boot_id: str) -> PendingSignIn:
    return PendingSignIn(database, clock, wall_clock, boot_id)  # type: ignore[arg-type]


def remember(database: MemoryDatabase, left: float = 600.0, boot_id: str = "boot 1") -> None:
    state = SignIn(phase=Phase.WAITING, authorization=CODE, interval=10.0, due=5.0, deadline=1000.0 + left)
    choice = FlowChoice("client-id", "device", Secret("verifier"))
    pending(database, FakeClock(1000.0), FakeClock(NOW), boot_id).remember("r1", choice, state)


def recall(database: MemoryDatabase, now: float, wall: float, boot_id: str) -> SignIn:
    recalled = pending(database, FakeClock(now), FakeClock(wall), boot_id).recall()
    assert recalled is not None
    return recalled[2]


def test_everything_that_polling_needs_is_recalled(database: MemoryDatabase) -> None:
    remember(database)
    recalled = pending(database, FakeClock(1060.0), FakeClock(NOW + 60), "boot 1").recall()
    assert recalled is not None
    request, choice, state = recalled
    assert (request, choice.client_id, choice.flow.name, choice.flow.verifier) == (
        "r1",
        "client-id",
        "device",
        Secret("verifier"),
    )
    assert (state.phase, state.interval, state.due, state.deadline) == (Phase.WAITING, 10.0, 1070.0, 1600.0)
    assert state.authorization is not None
    assert (state.authorization.user_code, state.authorization.device_code) == (CODE.user_code, CODE.device_code)


@pytest.mark.parametrize("wall", [0.0, NOW - 1e9, NOW + 1e9])
def test_within_one_boot_the_wall_clock_does_not_matter(database: MemoryDatabase, wall: float) -> None:
    remember(database, left=600.0)
    assert recall(database, 1100.0, wall, "boot 1").deadline == 1600.0


def test_after_a_new_boot_the_wall_clock_tells_the_time_left(database: MemoryDatabase) -> None:
    remember(database, left=600.0)
    assert recall(database, 20.0, NOW + 100.0, "boot 2").deadline == 520.0


def test_a_clock_that_starts_in_1970_gives_the_code_no_more_than_its_life(database: MemoryDatabase) -> None:
    remember(database, left=600.0)
    assert recall(database, 20.0, 0.0, "boot 2").deadline == 920.0


@pytest.mark.parametrize("boot_id", ["boot 1", "boot 2", ""])
def test_a_code_whose_time_seems_over_is_polled_once_more(database: MemoryDatabase, boot_id: str) -> None:
    remember(database, left=600.0)
    state = recall(database, 5000.0, NOW + 5000.0, boot_id)
    assert state.deadline is not None
    assert state.due < state.deadline <= state.due + 5.0


def test_an_unknown_boot_is_never_the_same_one(database: MemoryDatabase) -> None:
    remember(database, left=600.0, boot_id="")
    assert recall(database, 20.0, NOW + 100.0, "").deadline == 520.0


@pytest.mark.parametrize("values", [{"sign_in.request": "r1"}, {"sign_in.user_code": "5G6JA"}])
def test_what_another_version_wrote_is_forgotten(database: MemoryDatabase, values: dict[str, str]) -> None:
    database.write(values)
    assert pending(database, FakeClock(), FakeClock(), "boot").recall() is None
    assert database.values == {}


@pytest.mark.parametrize("interval", ["nan", "inf", "-5", "", "soon"])
def test_an_odd_interval_is_replaced_by_the_documented_one(database: MemoryDatabase, interval: str) -> None:
    remember(database)
    database.values["sign_in.interval"] = interval
    assert recall(database, 1060.0, NOW + 60, "boot 1").interval == 5.0


def test_a_disk_that_refuses_does_not_end_the_sign_in(database: MemoryDatabase) -> None:
    database.full = True
    remember(database)
    assert database.values == {}
