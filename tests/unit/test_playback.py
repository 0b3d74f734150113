from __future__ import annotations

import itertools
from typing import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.scrobbling.playback import (
    Aborted,
    Action,
    Event,
    Paused,
    Phase,
    Playback,
    Report,
    Resumed,
    Sampled,
    Sought,
    Started,
    Stopped,
)

A, B = "/films/a.mkv", "/films/b.mkv"
LENGTH = 1000.0
START, PAUSE, STOP, WATCHED = Action.START, Action.PAUSE, Action.STOP, Action.WATCHED


def at(percent: float, file: str = A) -> Sampled:
    return Sampled(file, percent * LENGTH / 100, LENGTH)


def reports(*events: Event, seconds: float = 1.0) -> list[Report]:
    """What is reported when the events come ``seconds`` apart."""
    state, now = Playback(), 0.0
    found: list[Report] = []
    for event in events:
        state, new = state.advance(event, now)
        found += new
        now += seconds
    return found


def told(*events: Event, seconds: float = 1.0) -> list[tuple[Action, float]]:
    return [(report.action, report.progress) for report in reports(*events, seconds=seconds)]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param([Started(A), at(0), at(40), Stopped()], [(START, 0), (STOP, 40)], id="stopped at 40 %"),
        pytest.param([Started(A), at(0), at(80), Stopped()], [(START, 0), (WATCHED, 80)], id="stopped at 80 %"),
        pytest.param(
            [Started(A), at(0), Sampled(A, 799.999, LENGTH), Stopped()],
            [(START, 0), (STOP, 79.99)],
            id="just below 80 % is not rounded up",
        ),
        pytest.param(
            [Started(A), at(1), Sought(A), at(85), Stopped()],
            [(START, 1), (START, 85), (WATCHED, 85)],
            id="jumped to 85 % and stopped",
        ),
        pytest.param(
            [Started(A), at(1), at(95), Sought(A), at(10), Stopped()],
            [(START, 1), (START, 10), (STOP, 10)],
            id="back from 95 % to 10 % and stopped",
        ),
        pytest.param(
            [Started(A), at(1), at(93), Sampled(A, 0.0, 1e-06), Stopped()],
            [(START, 1), (WATCHED, 93)],
            id="0.0 of 0.000001 at the stop",
        ),
        pytest.param(
            [Started(A), at(1), at(95), Started(B), at(0, B)],
            [(START, 1), (WATCHED, 95), (START, 0)],
            id="another video opened over it at 95 %",
        ),
        pytest.param(
            [Started(A), at(1), at(40), Started(B), at(0, B)],
            [(START, 1), (STOP, 40), (START, 0)],
            id="another video opened over it at 40 %",
        ),
        pytest.param([Started(A), at(1), at(93), Aborted()], [(START, 1), (WATCHED, 93)], id="Kodi quits at 93 %"),
        pytest.param([Started(A), at(1), at(50), Aborted()], [(START, 1)], id="Kodi quits at 50 %"),
        pytest.param(
            [Started(A), at(1), Paused(A), Resumed(B), Started(B), at(0, B)],
            [(START, 1), (PAUSE, 1), (STOP, 1), (START, 0)],
            id="a stray Resumed while another video opens",
        ),
        pytest.param([Started(A), at(1), Resumed(A)], [(START, 1)], id="Resumed while it plays"),
        pytest.param(
            [Started(A), at(2), Paused(A), at(2), Resumed(A), Paused(A), Stopped()],
            [(START, 2), (PAUSE, 2), (START, 2), (PAUSE, 2), (STOP, 2)],
            id="pause, resume, pause, stop",
        ),
        pytest.param([Started(A), *[at(90, B)] * 40, Stopped()], [], id="samples of another file"),
        pytest.param(
            [Started(A), Sampled(A, -0.1, LENGTH), Stopped()], [(START, 0), (STOP, 0)], id="position -0.1 at the start"
        ),
        pytest.param(
            [Started(A), at(49), Started(A), Sampled(A, 1.8e16, LENGTH), at(50), Stopped()],
            [(START, 49), (STOP, 50)],
            id="a stack's second part, 1.8e16 for a moment",
        ),
        pytest.param(
            [Started(A), at(90), Started(A), at(91), Stopped()], [(START, 90), (WATCHED, 91)], id="a stack's last part"
        ),
        pytest.param(
            [Started(A), at(95), Started(A), at(5), Stopped()],
            [(START, 95), (WATCHED, 95), (START, 5), (STOP, 5)],
            id="opened over itself at 95 %",
        ),
        pytest.param(
            [Started(A), at(1), Sought(A), at(95), Started(A), at(0), Stopped()],
            [(START, 1), (START, 95), (WATCHED, 95), (START, 0), (STOP, 0)],
            id="opened over itself at 95 %, some time after a jump",
        ),
        pytest.param(
            [Started(A), at(90), Started(A), at(91), Sought(A), at(10), Stopped()],
            [(START, 90), (START, 10), (STOP, 10)],
            id="a jump back within a stack's last part",
        ),
        pytest.param(
            [Started(A), at(10), Paused(A), Started(A), Paused(A)],
            [(START, 10), (PAUSE, 10), (START, 10), (PAUSE, 10)],
            id="opened over itself while paused",
        ),
        pytest.param([Started(A), Started(B), at(5, B)], [(START, 5)], id="another video before a length was known"),
        pytest.param([Started(A), Aborted(), at(90)], [], id="Kodi quits before a length is known"),
        pytest.param(
            [Started(A), at(95), Paused(A), Aborted()],
            [(START, 95), (PAUSE, 95), (WATCHED, 95)],
            id="Kodi quits while paused at 95 %",
        ),
        pytest.param(
            [Started(A), at(95), Paused(A), Sought(A), Started(A), at(10), Stopped()],
            [(START, 95), (PAUSE, 95), (START, 95), (STOP, 10)],
            id="a jump back into a stack's first part while paused",
        ),
        pytest.param([Started(A), at(1), Paused(B)], [(START, 1)], id="Paused of another file"),
        pytest.param([Started(A), at(1), Sought(B), at(30)], [(START, 1)], id="Sought of another file"),
        pytest.param(
            [Started(A), at(1), Paused(A), Sought(A), at(30), Resumed(A)],
            [(START, 1), (PAUSE, 1), (START, 30)],
            id="a jump while paused",
        ),
        pytest.param([Started(A), Paused(A), Resumed(A), at(5)], [(START, 5)], id="paused and resumed at once"),
        pytest.param(
            [Started(A), at(95), Sought(A), Started(A), at(10), Stopped()],
            [(START, 95), (START, 10), (STOP, 10)],
            id="a jump back into a stack's first part",
        ),
        pytest.param([Started(A), Paused(A), at(5), Resumed(A)], [(PAUSE, 5), (START, 5)], id="paused at once"),
        pytest.param(
            [Started(A), at(49), Sampled(A, 1.8e16, LENGTH), Stopped()],
            [(START, 49), (STOP, 49)],
            id="1.8e16 as the last sample",
        ),
        pytest.param([Started(A), Stopped()], [], id="never a length, stopped at once"),
        pytest.param([Stopped(), Paused(A), at(90), Aborted()], [], id="nothing plays"),
        pytest.param(
            [Started(A), at(90), Stopped(), Stopped(), Aborted()], [(START, 90), (WATCHED, 90)], id="two ends"
        ),
    ],
)
def test_what_is_reported(events: Sequence[Event], expected: list[tuple[Action, float]]) -> None:
    assert told(*events) == expected


SILENT = [Sampled(A, float(second), 0.0) for second in range(3000)]


def test_a_length_is_waited_for_30_seconds_and_taken_later_too() -> None:
    assert told(Started(A), *SILENT[:29]) == []
    assert told(Started(A), *SILENT[:29], at(3)) == [(START, 3)]
    assert told(Started(A), *SILENT[:30], at(3)) == [(START, 0), (START, 3)]


def test_the_wait_for_a_length_begins_with_each_video() -> None:
    assert told(Started(B), Stopped(), Started(A), Sampled(A, 0.0, 0.0), at(3), seconds=20.0) == [(START, 3)]


def test_a_length_that_never_comes_is_start_and_stop_without_a_mark() -> None:
    assert told(Started(A), *SILENT, Paused(A), Resumed(A), Stopped()) == [(START, 0), (STOP, 0)]


def test_small_seeks_add_up_to_a_large_one() -> None:
    assert told(Started(A), at(0), Sought(A), at(3), Sought(A), at(6)) == [(START, 0)]
    assert told(Started(A), at(0), Sought(A), at(3), Sought(A), at(6), Sought(A), at(9)) == [(START, 0), (START, 9)]


def test_a_small_seek_long_after_the_start_is_no_large_one() -> None:
    assert told(Started(A), at(50), Sought(A), at(72), seconds=100.0) == [(START, 50)]


def test_a_stalled_stream_is_no_seek() -> None:
    assert told(Started(A), at(0), at(0), at(0), seconds=60.0) == [(START, 0)]


def test_a_large_seek_is_reported_once() -> None:
    assert told(Started(A), at(0), Sought(A), at(30), at(30), at(30), seconds=60.0) == [(START, 0), (START, 30)]


def test_live_tv_tuned_in_late_is_not_watched() -> None:
    assert told(Started(A, live=True), at(50), at(99), Stopped()) == [(START, 50), (STOP, 79.99)]
    assert told(Started(A, live=True), at(49), at(99), Stopped()) == [(START, 49), (WATCHED, 99)]


FILES = st.sampled_from([A, B])
NUMBERS = st.sampled_from([0.0, 1e-06, -0.1, 1.8e16, -5.0, float("nan"), float("inf")]) | st.floats(0, 1100)
EVENTS = st.one_of(
    st.builds(Started, FILES, st.just(False)),
    st.builds(Sampled, FILES, NUMBERS, st.just(LENGTH) | NUMBERS),
    st.builds(at, st.floats(0, 100), FILES),
    st.builds(Paused, FILES),
    st.builds(Resumed, FILES),
    st.builds(Sought, FILES),
    st.just(Stopped()),
    st.just(Aborted()),
)
PLAYS = st.builds(lambda file, percent: [Started(file), at(percent, file)], FILES, st.floats(0, 100))
SOME_EVENTS = st.lists(PLAYS | EVENTS.map(lambda event: [event]), max_size=30).map(
    lambda parts: list(itertools.chain(*parts))
)
"""Any in any order, among them some videos that begin as they should."""


def good(event: Event, file: str) -> bool:
    return (
        isinstance(event, Sampled)
        and event.file == file
        and 1 <= event.length <= 1e6
        and -1 <= event.position <= event.length + 60
    )


def referee(events: Sequence[Event]) -> list[str]:
    """The files that must be marked, in order, by splitting at the ends. No file starts anew here."""
    marks, file, share = [], "", 0.0
    for event in events:
        ends = isinstance(event, (Stopped, Aborted)) or (isinstance(event, Started) and event.file != file)
        if ends:
            marks += [file] * (share >= 0.8)
            file, share = event.file if isinstance(event, Started) else "", 0.0
        elif file and good(event, file):
            assert isinstance(event, Sampled)
            share = min(event.position, event.length) / event.length
    return marks


def without_restarts(events: Sequence[Event]) -> list[Event]:
    """Without a ``Started`` of the file that plays already."""
    kept: list[Event] = []
    file = ""
    for event in events:
        if isinstance(event, Started):
            if event.file == file:
                continue
            file = event.file
        elif isinstance(event, (Stopped, Aborted)):
            file = ""
        kept.append(event)
    return kept


@given(SOME_EVENTS, st.floats(0, 100))
def test_in_any_order_a_mark_comes_exactly_where_80_percent_was_reached_at_the_end(
    events: list[Event], seconds: float
) -> None:
    state, now, marked = Playback(), 0.0, []
    for event in without_restarts(events):
        file = state.file
        state, new = state.advance(event, now)
        marked += [file for report in new if report.action is WATCHED]
        now += seconds
    assert marked == referee(without_restarts(events))


@given(SOME_EVENTS, st.floats(-100, 100))
def test_in_any_order_and_by_any_clock_a_session_is_marked_once_at_most_and_nothing_follows_its_end(
    events: list[Event], seconds: float
) -> None:
    found = reports(*events, seconds=seconds)
    ended = [report.session for report in found if report.action in (WATCHED, STOP)]
    assert len(ended) == len(set(ended))
    for session in ended:
        own = [report.action for report in found if report.session == session]
        assert own[-1] in (WATCHED, STOP)
        assert own[0] in (START, PAUSE)


@given(SOME_EVENTS)
def test_there_are_never_more_marks_than_starts(events: list[Event]) -> None:
    marks = [report for report in reports(*events) if report.action is WATCHED]
    assert len(marks) <= sum(isinstance(event, Started) for event in events)


@given(SOME_EVENTS)
def test_progress_is_a_percentage_that_says_watched_only_where_it_is(events: list[Event]) -> None:
    for report in reports(*events):
        assert 0 <= report.progress <= 100
        assert round(report.progress, 2) == report.progress
        assert report.action is not STOP or report.progress < 80
        assert report.action is not WATCHED or report.progress >= 80


def test_idle_is_where_it_ends() -> None:
    state, _ = Playback().advance(Started(A), 0.0)
    assert state.advance(Stopped(), 1.0)[0].phase is Phase.IDLE
