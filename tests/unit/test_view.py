from __future__ import annotations

import json
from pathlib import Path

import pytest
from simkl_connect.auth.phases import Phase
from simkl_connect.errors import Problem
from simkl_connect.ui.view import BUTTONS, Button, View, screen_of

MEDIA = Path(__file__).parents[2] / "resources/skins/Default/media/simkl-connect"
WAITING = View(
    phase="waiting", user_code="5G6JA", verification_uri="https://simkl.com/pin", expires_in=900.0, deadline=1000.0
)


@pytest.mark.parametrize(
    ("now", "progress", "time_left"),
    [
        (100.0, 100.0, "15:00"),
        (550.0, 50.0, "7:30"),
        (999.5, 0.1, "0:01"),
        (1000.0, 0.0, "0:00"),
        (2000.0, 0.0, "0:00"),
    ],
)
def test_the_bar_and_the_time_run_out_with_the_code(now: float, progress: float, time_left: str) -> None:
    screen = screen_of(WAITING, now)
    assert (screen.progress, screen.time_left) == (progress, time_left)


def test_a_clock_behind_the_code_shows_no_more_than_all_of_it() -> None:
    assert screen_of(WAITING, -500.0).progress == 100.0


def test_the_address_is_shown_as_one_types_it() -> None:
    assert screen_of(WAITING, 0.0).address == "simkl.com/pin"


def test_without_a_code_no_time_is_shown() -> None:
    assert screen_of(View(phase="starting"), 0.0).time_left == ""


def test_the_qr_code_gets_the_address_with_the_code() -> None:
    assert screen_of(View(phase="waiting", verification_uri_complete="https://x/1"), 0.0).whole_address == "https://x/1"


@pytest.mark.parametrize(("now", "last_minute"), [(100.0, False), (939.0, False), (940.0, True), (1000.0, True)])
def test_the_last_minute_is_told_apart(now: float, last_minute: bool) -> None:
    assert screen_of(WAITING, now).last_minute is last_minute


def test_without_a_code_there_is_no_last_minute() -> None:
    assert not screen_of(View(phase="expired"), 0.0).last_minute


def test_every_phase_has_a_sign_that_is_drawn() -> None:
    drawn = {path.stem for path in MEDIA.glob("*.png")}
    assert {screen_of(View(phase=phase.value), 0.0).sign for phase in Phase} <= drawn


def test_connected_closes_by_itself() -> None:
    assert [phase for phase in Phase if screen_of(View(phase=phase.value), 0.0).closes_itself] == [Phase.CONNECTED]


def test_connected_with_less_than_asked_for_stays_and_can_be_tried_again() -> None:
    screen = screen_of(View(phase="connected", problem="read_only"), 0.0)
    assert not screen.closes_itself
    assert screen.buttons == (Button.TRY_AGAIN, Button.CLOSE)
    assert screen.sign == "read_only"
    assert (MEDIA / "read_only.png").exists()


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_a_way_on_and_a_way_out(phase: Phase) -> None:
    assert 1 <= len(BUTTONS[phase]) <= 2
    assert BUTTONS[phase][-1] in (Button.CANCEL, Button.CLOSE)


@pytest.mark.parametrize("problem", Problem)
def test_a_view_survives_the_way_through_the_property(problem: Problem) -> None:
    view = View(request="r1", phase="failed", problem=problem.value)
    assert View.from_json(view.to_json()) == view


def test_what_a_later_version_adds_is_passed_over() -> None:
    assert View.from_json('{"phase":"waiting","request":"r1","mood":"good"}') == View(request="r1", phase="waiting")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"phase":"confused"}', '{"phase":5}', '{"from":"another version"}']
)
def test_what_is_no_view_is_none(text: str) -> None:
    assert View.from_json(text) is None


ODD = ["x", 5, None, True, [], {}, -1.0, 1e300]
FIELDS = [name for name in View._fields if name != "phase"]


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [*ODD, float("nan"), float("inf")], ids=repr)
def test_whatever_stands_in_a_view_can_be_drawn(name: str, value: object) -> None:
    view = View.from_json(json.dumps({**WAITING._asdict(), name: value}))
    assert view is not None
    screen = screen_of(view, 0.0)
    assert 0.0 <= screen.progress <= 100.0


def test_a_value_of_the_wrong_kind_counts_as_missing() -> None:
    text = json.dumps({"phase": "waiting", "user_code": 5, "problem": "unknown", "deadline": "soon", "expires_in": -1})
    assert View.from_json(text) == View(phase="waiting")


def test_a_nesting_without_end_is_no_view() -> None:
    assert View.from_json("[" * 100_000) is None
