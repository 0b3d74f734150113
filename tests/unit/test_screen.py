from __future__ import annotations

import pytest
from simkl_connect.problems import Problem
from simkl_connect.screen import BUTTONS, Button, screen_of
from simkl_connect.sign_in import Phase
from simkl_connect.view import View

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


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_a_way_on_and_a_way_out(phase: Phase) -> None:
    assert 1 <= len(BUTTONS[phase]) <= 2
    assert BUTTONS[phase][-1] in (Button.CANCEL, Button.CLOSE)


@pytest.mark.parametrize("problem", Problem)
def test_a_view_survives_the_way_through_the_property(problem: Problem) -> None:
    view = View(request="r1", phase="failed", problem=problem.value)
    assert View.from_json(view.to_json()) == view


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"from":"another version"}'])
def test_what_is_no_view_is_none(text: str) -> None:
    assert View.from_json(text) is None
