from __future__ import annotations

import json
import time
from typing import Callable

import pytest
from scrobbling_device import (
    OFFLINE,
    Device,
    episode,
    film,
    numbers_sent,
    progress,
    reply,
    taken,
    updated,
)
from simkl_connect.errors import PermanentError, Problem, TransientError
from simkl_connect.http.messages import Request
from simkl_connect.identification.exclusions import Preferences
from simkl_connect.identification.identify import PlayingItem
from simkl_connect.models import Account, Secret, Token
from simkl_connect.scrobbling.callbacks import Notice

LOCKED = reply(400, {"error": "RATE_LIMIT"})


@pytest.fixture
def device() -> Device:
    return Device()


def test_a_film_to_the_end_is_start_and_stop(device: Device) -> None:
    device.play(film(), 0.0)
    device.answer_all()
    assert device.said == ("watching", "")
    device.scrobbler.sampled("/films/1.mkv", 2600.0, 2700.0)
    device.scrobbler.stopped()
    assert device.said == ("waiting", "")
    assert len(device.outbox()) == 1
    (stop,) = device.answer_all()
    assert (stop.path, progress(stop)) == ("/scrobble/stop", 96.29)
    assert device.said == ("watched", "")
    assert device.outbox() == []
    assert [one.notice for one in device.notifications] == [Notice.MARKED]


def test_a_stop_at_40_percent_is_a_stop_and_no_mark(device: Device) -> None:
    device.play(film(), 0.0)
    device.answer_all()
    device.scrobbler.sampled("/films/1.mkv", 1080.0, 2700.0)
    device.scrobbler.stopped()
    (stop,) = device.answer_all()
    assert (stop.path, progress(stop)) == ("/scrobble/stop", 40.0)
    assert device.said == ("paused", "")


@pytest.mark.parametrize(
    ("preferences", "length", "expected"),
    [
        pytest.param(Preferences(), 150.0, ("skipped", "too_short"), id="150 s, setting 5 minutes"),
        pytest.param(Preferences(minimum=120.0), 150.0, ("waiting", ""), id="150 s, setting 2 minutes"),
        pytest.param(Preferences(excluded=("/films/",)), 2700.0, ("skipped", "excluded"), id="excluded folder"),
    ],
)
def test_what_is_left_alone(device: Device, preferences: Preferences, length: float, expected: tuple[str, str]) -> None:
    device.preferences = preferences
    device.watch(film(), length=length)
    assert device.said == expected
    assert bool(device.worker.submitted) is (expected[0] == "waiting")


def test_with_scrobbling_off_neither_the_play_nor_its_library_change_says_anything(device: Device) -> None:
    device.preferences = Preferences(scrobble=False)
    device.library["movie", 1] = film()
    device.play(film(), 0.0, 95.0)
    device.scrobbler.library_updated(updated("movie", 1, 1))
    device.scrobbler.stopped()
    device.wait(5.0)
    assert device.worker.submitted == []
    assert device.database.queued == {}


@pytest.mark.parametrize("reason", ["not_signed_in", "read_only"])
def test_without_the_right_to_write_nothing_is_kept(device: Device, reason: str) -> None:
    if reason == "read_only":
        device.tokens.stored = Token(Secret("t"), expires_at=9e9, scope="media:read", client_id="app")
    else:
        device.tokens.stored, device.tokens.owner, device.tokens.since = None, Account(""), None
    device.watch(film())
    assert device.said == ("skipped", reason)
    assert device.outbox() == []
    assert device.worker.submitted == []


def test_a_length_that_never_comes_is_no_mark(device: Device) -> None:
    device.play(film())
    for second in range(60):
        device.wait(1.0)
        device.scrobbler.sampled("/films/1.mkv", float(second), 0.0)
        device.answer_all()
    assert [request.path for request, _ in device.worker.submitted] == ["/scrobble/start"]
    device.scrobbler.stopped()
    assert [request.path for request in device.answer_all()] == ["/scrobble/stop"]
    assert device.said == ("skipped", "no_length")
    assert device.outbox() == []


def test_four_episodes_one_after_the_other_are_four_marks_in_order(device: Device) -> None:
    for number in (1, 2, 3, 4):
        device.play(episode(number), 0.0, 95.0)
        device.answer_all()
    device.scrobbler.stopped()
    device.answer_all()
    stops = [request for request, _ in device.worker.submitted if request.path == "/scrobble/stop"]
    assert [one.json["episode"]["number"] for one in stops if isinstance(one.json, dict)] == [1, 2, 3, 4]
    marked = [one for one in device.notifications if one.notice is Notice.MARKED]
    assert [(one.videos, one.title) for one in marked] == [(4, "Harbour Lights S01E01")], "told over a video"


def test_two_videos_behind_one_address_are_two(device: Device) -> None:
    for number in (1, 2):
        device.play(episode(number, file="http://127.0.0.1:48701/stream"), 0.0, 95.0)
    device.scrobbler.stopped()
    assert [one["media"]["episode"]["number"] for one in device.outbox()] == [1, 2]


def test_the_parts_of_a_stack_are_one_video(device: Device) -> None:
    stack = episode(1, file="stack:///tv/a.mkv , /tv/b.mkv")
    device.play(stack, 0.0, 50.0)
    device.answer_all()
    device.play(stack, 51.0, 95.0)
    device.scrobbler.stopped()
    assert [request.path for request in device.answer_all()] == ["/scrobble/stop"]


@pytest.mark.parametrize(
    ("percent", "expected"),
    [(95.0, ["/scrobble/stop", "/scrobble/start"]), (40.0, ["/scrobble/stop", "/scrobble/start"])],
)
def test_another_video_opened_over_it(device: Device, percent: float, expected: list[str]) -> None:
    device.play(episode(1), 0.0, percent)
    device.answer(taken(device.worker.send()))
    device.play(film(), 0.0)
    sent = device.answer_all()
    assert [request.path for request in sent] == expected
    assert progress(sent[0]) == percent


def test_a_stop_answered_409_is_success_and_quiet(device: Device) -> None:
    device.watch(film())
    device.answer(taken(device.worker.send())) if len(device.worker.waiting) > 1 else None
    device.answer(reply(409, {"error": "already_watched"}))
    assert device.said == ("watched", "")
    assert device.outbox() == []


def test_kodi_quits_at_93_percent_and_the_mark_is_sent_at_the_next_start_once(device: Device) -> None:
    device.play(episode(1), 0.0, 93.0)
    device.answer_all()
    before = len(device.worker.submitted)
    device.scrobbler.close(0.5)
    assert len(device.worker.submitted) == before
    device.wall.advance(3600.0)
    device.restart()
    (sent,) = device.answer_all()
    assert numbers_sent(sent) == [(1, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(device.wall.now - 3600.0)))]
    device.restart()
    assert device.answer_all() == []


def test_a_kill_at_93_percent_loses_nothing(device: Device) -> None:
    device.play(episode(1), 0.0, 50.0, 93.0)
    device.restart()
    assert [number for number, _ in numbers_sent(device.answer_all()[0])] == [1]
    device.restart()
    assert device.answer_all() == []


def test_a_kill_after_going_back_to_the_start_marks_nothing(device: Device) -> None:
    device.play(episode(1), 0.0, 93.0, 5.0)
    device.restart()
    assert device.answer_all() == []


def test_a_kill_between_the_mark_and_its_answer_sends_it_once_more_and_no_other(device: Device) -> None:
    device.watch(episode(1))
    device.restart()
    assert [request.path for request in device.answer_all()] == ["/sync/history"]
    assert device.outbox() == []


def test_three_days_offline_are_five_marks_with_their_times_in_one_request(device: Device) -> None:
    times = []
    for number in (1, 2, 3, 4, 5):
        device.watch(episode(number))
        times.append((number, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(device.wall.now))))
        while device.worker.waiting:
            device.answer(OFFLINE)
        device.wait(12 * 3600.0)
        while device.worker.waiting:
            device.answer(OFFLINE)
    assert device.said == ("waiting", "offline")
    assert device.activity[-1]["waiting"] == 5
    device.restart()
    (sent,) = device.answer_all()
    assert numbers_sent(sent) == times
    assert [one.notice for one in device.notifications].count(Notice.WAITING) == 1


def test_a_hundred_marks_need_two_requests(device: Device) -> None:
    device.tokens.stored = None
    for number in range(1, 101):
        device.watch(episode(number))
    assert device.said == ("waiting", "sign_in_ended")
    device.tokens.stored = Token(Secret("t2"), client_id="app")
    sent = device.answer_all()
    assert [request.path for request in sent] == ["/sync/history"] * 2
    assert sorted(number for request in sent for number, _ in numbers_sent(request)) == list(range(1, 101))
    assert device.outbox() == []


def test_while_a_batch_is_on_its_way_the_next_is_not_waited_for_by_the_clock(device: Device) -> None:
    device.tokens.stored = None
    for number in range(1, 61):
        device.watch(episode(number))
    device.tokens.stored = Token(Secret("t2"), client_id="app")
    device.wait()
    device.worker.send()
    device.wait()
    assert device.scrobbler.seconds_to_wait() is None


def test_a_stop_that_simkl_took_for_a_pause_goes_to_the_history(device: Device) -> None:
    device.play(film(), 0.0, 95.0)
    device.answer_all()
    device.scrobbler.stopped()
    device.answer(reply(201, {"action": "pause"}))
    assert [request.path for request in device.answer_all()] == ["/sync/history"]


def test_what_is_not_urgent_is_written_after_the_callback(device: Device) -> None:
    device.play(film(), 0.0)
    device.wait()
    begun = device.database.commits
    device.scrobbler.paused("/films/1.mkv")
    device.wait()
    assert (device.database.commits, device.said) == (begun, ("paused", ""))
    device.wait(0.5)
    assert device.database.commits == begun + 2
    assert "paused" in device.database.rows("activity")[0][1]


def test_that_a_video_counts_as_watched_is_on_the_disk_at_once(device: Device) -> None:
    device.play(film(), 0.0, 79.9)
    assert "session" not in device.database.values
    device.scrobbler.sampled("/films/1.mkv", 2160.0, 2700.0)
    assert '"watched": true' in device.database.values["session"]
    device.scrobbler.sampled("/films/1.mkv", 270.0, 2700.0)
    assert '"watched": false' in device.database.values["session"]


def test_the_open_session_is_written_once_a_minute_and_taken_away_when_it_was_left(device: Device) -> None:
    device.play(film(), 85.0)
    device.wait(59.0)
    first = device.database.values["session"]
    device.wait(2.0)
    assert device.database.values["session"] != first
    device.scrobbler.sampled("/films/1.mkv", 270.0, 2700.0)
    device.scrobbler.stopped()
    device.wait(0.5)
    assert "session" not in device.database.values


def test_a_marked_session_is_forgotten_with_the_same_commit(device: Device) -> None:
    device.play(film(), 0.0, 95.0)
    assert device.database.values["session"]
    device.scrobbler.stopped()
    assert "session" not in device.database.values


def test_marks_of_another_account_are_kept_and_not_sent(device: Device) -> None:
    device.tokens.stored = None
    device.watch(film())
    device.tokens.stored, device.tokens.owner = Token(Secret("t2"), client_id="app"), Account("Bob", "2")
    assert device.answer_all() == []
    assert device.scrobbler.waiting() == 0
    device.tokens.owner = Account("Ada", "1")
    assert len(device.answer_all()) == 1


@pytest.mark.parametrize("percent", [40.0, 95.0])
def test_a_video_that_runs_while_another_account_is_connected_stays_the_first_ones(
    device: Device, percent: float
) -> None:
    device.play(film(), 0.0)
    device.answer_all()
    device.tokens.stored, device.tokens.owner = Token(Secret("t2"), client_id="app"), Account("Bob", "2")
    device.scrobbler.sampled("/films/1.mkv", percent * 27.0, 2700.0)
    device.scrobbler.paused("/films/1.mkv")
    device.scrobbler.stopped()
    assert device.answer_all() == []
    assert [one["owner"] for one in device.outbox()] == ["1"] * (percent > 80)
    device.tokens.owner = Account("Ada", "1")
    assert [request.path for request in device.answer_all()] == ["/sync/history"] * (percent > 80)


def test_a_video_that_ends_after_a_sign_out_is_not_marked(device: Device) -> None:
    device.play(film(), 0.0, 95.0)
    device.answer_all()
    device.tokens.stored, device.tokens.owner, device.tokens.since = None, Account(""), None
    device.scrobbler.stopped()
    assert device.said == ("skipped", "not_signed_in")
    assert device.outbox() == []


def test_marks_made_before_the_account_is_known_stay_with_its_sign_in(device: Device) -> None:
    device.tokens.owner = Account("")
    device.watch(film())
    while device.worker.waiting:
        device.answer(OFFLINE)
    device.tokens.owner = Account("Ada", "1")
    assert device.scrobbler.waiting() == 1
    device.tokens.since = 77.0
    assert device.scrobbler.waiting() == 0


def test_a_401_asks_for_a_new_token_once_and_waits_for_it(device: Device) -> None:
    device.watch(film())
    while device.worker.waiting:
        device.answer(reply(401, {"error": "user_token_failed"}))
    assert set(device.rejected) == {Secret("t1")}
    device.wait(60.0)
    assert device.worker.waiting == []
    device.tokens.stored = Token(Secret("t2"), client_id="app")
    assert [request.path for request in device.answer_all()] == ["/sync/history"]


def test_a_web_page_with_401_is_not_simkls_word(device: Device) -> None:
    device.watch(film())
    while device.worker.waiting:
        device.answer(reply(401, "<html>", content_type="text/html"))
    assert device.rejected == []
    assert device.scrobbler.waiting() == 1


def test_a_412_is_waited_out_and_drops_nothing(device: Device) -> None:
    device.watch(film())
    while device.worker.waiting:
        device.answer(reply(412, {"error": "client_id_failed"}))
    assert device.said == ("waiting", "client_id_refused")
    device.scrobbler.retry_now()
    device.wait(600.0)
    assert device.worker.waiting == []
    device.wait(301.0)
    assert device.asked() == ["/sync/history"]


def test_retries_come_after_10_seconds_then_doubled_up_to_15_minutes(device: Device) -> None:
    device.tokens.stored = None
    device.watch(film())
    device.tokens.stored = Token(Secret("t2"), client_id="app")
    device.wait()
    waits = []
    for _ in range(9):
        device.answer(OFFLINE)
        device.wait(1.0)
        waits.append(device.scrobbler.seconds_to_wait())
        device.wait(waits[-1] or 0.0)
    assert waits == [9.0, 19.0, 39.0, 79.0, 159.0, 319.0, 639.0, 899.0, 899.0]


def test_waking_up_ends_our_own_wait_but_not_simkls(device: Device) -> None:
    device.tokens.stored = None
    device.watch(film())
    device.tokens.stored = Token(Secret("t2"), client_id="app")
    device.wait()
    device.answer(OFFLINE)
    device.scrobbler.retry_now()
    device.wait()
    device.answer(reply(429, {"error": "rate_limit"}, retry_after="3600"))
    device.scrobbler.retry_now()
    device.wait(3599.0)
    assert device.worker.waiting == []
    device.wait(1.0)
    assert device.asked() == ["/sync/history"]


def test_a_live_event_that_gets_through_sends_what_waits(device: Device) -> None:
    device.watch(film(1))
    while device.worker.waiting:
        device.answer(OFFLINE)
    device.play(film(2), 0.0)
    assert device.asked() == ["/scrobble/start"]
    assert [request.path for request in device.answer_all()] == ["/scrobble/start", "/sync/history"]


def test_nothing_live_is_sent_late(device: Device) -> None:
    device.play(film(), 0.0)
    assert device.asked() == ["/scrobble/start"]
    device.wait(10.0)
    assert device.asked() == []


def test_rapid_changes_are_one_event(device: Device) -> None:
    device.play(film(), 10.0)
    for _ in range(5):
        device.scrobbler.paused("/films/1.mkv")
        device.scrobbler.resumed("/films/1.mkv")
    device.scrobbler.paused("/films/1.mkv")
    assert device.asked() == ["/scrobble/pause"]


def said_of_the_play(requests: list[Request]) -> list[tuple[str, float]]:
    """The end of each path, and the percent."""
    return [(one.path.rpartition("/")[2], progress(one)) for one in requests]


def test_a_stop_that_did_not_get_through_is_made_good_before_another_start(device: Device) -> None:
    device.play(film(1), 78.0)
    device.answer_all()
    device.scrobbler.stopped()
    device.answer(TransientError(Problem.TIMEOUT, "ReadTimeout"))
    device.play(film(2), 1.0)
    assert said_of_the_play(device.answer_all()) == [("stop", 78.0), ("start", 1.0)]
    device.play(film(3), 0.0)
    assert said_of_the_play(device.answer_all()) == [("stop", 1.0), ("start", 0.0)]


@pytest.mark.parametrize(
    ("hours", "account", "expected"),
    [(0.1, "1", [("stop", 78.0), ("start", 0.0)]), (5.0, "1", [("start", 0.0)]), (0.1, "2", [("start", 0.0)])],
    ids=["soon", "when Simkl has given up", "by somebody else"],
)
@pytest.mark.parametrize("is_quit", [False, True], ids=["power cut", "quit"])
def test_a_video_that_a_power_cut_or_a_quit_left_open_is_stopped_before_another_start(
    device: Device, hours: float, account: str, is_quit: bool, expected: list[tuple[str, float]]
) -> None:
    device.play(film(1), 78.0)
    device.answer_all()
    if is_quit:
        device.scrobbler.close(0.5)
    else:
        device.wait(1.0)
    device.wall.advance(hours * 3600.0)
    device.tokens.owner, device.tokens.since = Account("", account), None
    device.restart()
    device.play(film(2), 0.0)
    assert said_of_the_play(device.answer_all()) == expected


def set_to(device: Device, **values: object) -> None:
    device.preferences = device.preferences._replace(**values)  # type: ignore[arg-type]
    device.scrobbler.settings_changed()
    device.wait()


class TestNotWantedAnyMore:
    """A video that plays, and that Simkl goes on counting by itself."""

    @pytest.mark.parametrize(("percent", "stopped_at"), [(40.0, 40.0), (79.99, 79.99), (80.0, 79.99), (95.0, 79.99)])
    @pytest.mark.parametrize(
        ("unwant", "reason"),
        [
            pytest.param(lambda device: device.act("never", what="folder"), "excluded", id="folder, on the page"),
            pytest.param(lambda device: set_to(device, excluded=("/films/",)), "excluded", id="folder, by a setting"),
            pytest.param(lambda device: set_to(device, scrobble=False), "switched_off", id="scrobbling off"),
            pytest.param(lambda device: set_to(device, minimum=3600.0), "too_short", id="too short"),
        ],
    )
    def test_it_is_stopped_at_simkl_at_once_and_never_marked(
        self, device: Device, unwant: Callable[[Device], None], reason: str, percent: float, stopped_at: float
    ) -> None:
        device.play(film(), 0.0, percent)
        device.answer_all()
        unwant(device)
        assert device.said == ("skipped", reason)
        assert said_of_the_play(device.answer_all()) == [("stop", stopped_at)]
        device.scrobbler.paused("/films/1.mkv")
        device.scrobbler.stopped()
        device.restart()
        assert (device.answer_all(), device.outbox()) == ([], [])

    def test_what_simkl_has_not_heard_of_is_not_mentioned(self, device: Device) -> None:
        device.play(film(), 1.0)
        set_to(device, scrobble=False)
        assert device.asked() == []

    def test_a_start_on_its_way_is_followed_by_a_stop(self, device: Device) -> None:
        device.play(film(), 1.0)
        start = device.worker.send()
        set_to(device, scrobble=False)
        device.answer(taken(start))
        assert said_of_the_play(device.answer_all()) == [("stop", 1.0)]

    def test_a_stop_that_does_not_get_through_is_made_good_before_another_start(self, device: Device) -> None:
        device.play(film(), 85.0)
        device.answer_all()
        device.act("never", what="folder")
        device.answer(TransientError(Problem.TIMEOUT, "ReadTimeout"))
        device.preferences = Preferences()
        device.play(film(2), 0.0)
        assert said_of_the_play(device.answer_all()) == [("stop", 79.99), ("start", 0.0)]

    def test_kodi_that_quits_in_the_same_moment_does_not_mark_it_at_the_next_start(self, device: Device) -> None:
        device.play(film(), 0.0, 95.0)
        device.answer_all()
        device.scrobbler.act("never", {"row": device.rows()[-1][0], "what": "folder"})
        device.scrobbler.close(0.5)
        device.restart()
        device.wait()
        assert device.outbox() == []

    def test_wanted_again_it_is_reported_and_marked(self, device: Device) -> None:
        device.play(film(), 10.0)
        device.answer_all()
        for scrobble in (False, True):
            set_to(device, scrobble=scrobble)
        assert said_of_the_play(device.answer_all()) == [("start", 10.0)]
        device.scrobbler.sampled("/films/1.mkv", 2600.0, 2700.0)
        device.scrobbler.stopped()
        assert said_of_the_play(device.answer_all()) == [("stop", 96.29)]

    def test_a_length_that_is_known_late_and_too_short_ends_what_was_begun(self, device: Device) -> None:
        device.play(film())
        for _ in range(40):
            device.wait(1.0)
            device.scrobbler.sampled("/films/1.mkv", 40.0, 0.0)
            device.answer_all()
        device.scrobbler.sampled("/films/1.mkv", 45.0, 150.0)
        assert device.said == ("skipped", "too_short")
        assert said_of_the_play(device.answer_all()) == [("stop", 30.0)]

    def test_other_settings_change_nothing(self, device: Device) -> None:
        device.play(film(), 85.0)
        device.answer_all()
        device.tokens.stored = Token(Secret("t2"), expires_at=9e9, scope="media:read media:write", client_id="app")
        set_to(device, notify=False)
        assert device.answer_all() == []
        device.scrobbler.stopped()
        assert len(device.outbox()) == 1


def test_after_a_lock_simkl_is_told_how_things_stand(device: Device) -> None:
    device.play(film(), 0.0)
    device.answer(LOCKED)
    assert device.asked() == []
    device.scrobbler.sampled("/films/1.mkv", 270.0, 2700.0)
    device.wait(20.0)
    (start,) = device.answer_all()
    assert (start.path, progress(start)) == ("/scrobble/start", 10.0)


def test_unknown_episodes_are_tried_by_each_id_then_by_title_and_year_then_given_up(device: Device) -> None:
    playing = PlayingItem(
        {**episode(1).item}, "/tv/1x1.mkv", {"title": "H", "year": 2009, "uniqueid": {"tvdb": "1", "imdb": "tt77777"}}
    )
    device.watch(playing)
    device.answer(taken(device.worker.send())) if len(device.worker.waiting) > 1 else None
    device.answer(reply(404, {"error": "id_err"}))
    described = []
    device.wait()
    while device.worker.waiting:
        sent = device.worker.send()
        assert isinstance(sent.json, dict)
        (show,) = sent.json["shows"]
        described.append((show.get("ids"), show["title"], show.get("year")))
        device.answer(reply(201, {"added": {}, "not_found": {"movies": [], "shows": [show], "episodes": []}}))
        device.wait()
    assert described == [
        ({"tvdb": "1", "imdb": "tt77777"}, "H", 2009),
        ({"tvdb": "1"}, "H", 2009),
        ({"imdb": "tt77777"}, "H", 2009),
        (None, "H", 2009),
    ]
    assert device.said == ("failed", "unknown_episode")
    assert device.outbox()[0]["failed"] == "unknown_episode"
    assert device.notifications[-1].notice is Notice.FAILED


def test_one_mark_that_simkl_refuses_does_not_hold_up_the_others(device: Device) -> None:
    device.tokens.stored = None
    for number in range(1, 21):
        device.watch(episode(number))
    device.tokens.stored = Token(Secret("t2"), client_id="app")
    device.wait()
    for _ in range(60):
        if not device.worker.waiting:
            break
        sent = device.worker.send()
        bad = any(number == 7 for number, _ in numbers_sent(sent))
        device.answer(reply(400, {"error": "wrong_parameter"}) if bad else taken(sent))
        device.wait()
    assert [(one["media"]["episode"]["number"], one.get("failed")) for one in device.outbox()] == [
        (7, "unknown_episode")
    ]


def test_a_video_watched_twice_within_its_length_is_one_mark(device: Device) -> None:
    device.watch(film())
    device.answer_all()
    device.watch(film())
    device.answer_all()
    device.wait(2700.0)
    device.watch(film())
    device.answer_all()
    stops = [request for request, _ in device.worker.submitted if request.path == "/scrobble/stop"]
    assert len(stops) == 2


def test_a_start_that_is_answered_after_the_end_leaves_nothing_to_be_stopped(device: Device) -> None:
    device.play(film(), 0.0, 95.0)
    start = device.worker.send()
    device.scrobbler.stopped()
    device.answer(taken(start))
    device.answer_all()
    device.play(film(2), 0.0)
    assert device.asked() == ["/scrobble/start"]


@pytest.mark.parametrize("wrong", [600.0, 1_420_070_400.0, 2_500_000_000.0])
def test_the_time_of_a_clock_that_was_not_set_is_no_date(device: Device, wrong: float) -> None:
    right, device.wall.now = device.wall.now, wrong
    device.watch(film())
    while device.worker.waiting:
        device.answer(OFFLINE)
    device.wall.now = right
    device.wait(20.0)
    request = device.worker.send().json
    assert isinstance(request, dict) and request["movies"][0]["watched_at"] == "1970-01-01T00:00:01Z"


def test_a_full_disk_loses_no_mark_while_the_service_runs(device: Device) -> None:
    device.play(film(), 0.0, 95.0)
    device.answer_all()
    device.database.full = True
    device.scrobbler.stopped()
    assert device.said == ("waiting", "storage")
    device.answer(OFFLINE)
    device.database.full = False
    device.wait(10.0)
    assert len(device.outbox()) == 1


def test_what_the_page_is_to_say_survives_a_disk_that_refuses_it(device: Device) -> None:
    device.play(film(), 0.0, 95.0)
    device.wait(1.0)
    device.database.full = True
    device.scrobbler.stopped()
    device.answer_all()
    device.wait(1.0)
    device.database.full = False
    device.wait(10.0)
    assert (device.row["status"], device.row["owner"]) == ("watched", "1")


def test_a_disk_that_refuses_is_not_tried_at_every_turn(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    device.database.full = True
    device.watch(film())
    device.wait(1.0)
    tried: list[None] = []
    monkeypatch.setattr(device.scrobbler._submitter._outbox, "_save", lambda: tried.append(None))
    for _ in range(100):
        device.wait(0.1)
    assert len(tried) == 1


def test_the_end_of_a_video_is_one_commit(device: Device) -> None:
    device.play(film(), 0.0, 95.0)
    device.answer_all()
    before = device.database.commits
    device.scrobbler.stopped()
    assert device.database.commits == before + 1


@pytest.mark.parametrize("kept", [True, False])
def test_marks_can_be_dropped_at_a_sign_out(device: Device, kept: bool) -> None:
    device.tokens.stored = None
    device.watch(film())
    assert device.scrobbler.waiting() == 1
    if not kept:
        device.scrobbler.drop_waiting()
    assert len(device.outbox()) == int(kept)
    assert device.said == (("waiting", "sign_in_ended") if kept else ("skipped", "not_signed_in"))


def test_a_mark_that_was_not_sent_yet_when_it_is_dropped_never_is(device: Device) -> None:
    device.watch(film())
    device.scrobbler.drop_waiting()
    assert "/scrobble/stop" not in [request.path for request in device.answer_all()]


def test_kept_marks_go_out_after_the_accounts_next_sign_in(device: Device) -> None:
    device.tokens.owner = Account("")
    device.watch(film())
    while device.worker.waiting:
        device.answer(OFFLINE)
    device.tokens.owner = Account("Ada", "1")
    device.wait()
    device.tokens.stored, device.tokens.owner, device.tokens.since = None, Account(""), None
    device.wait(3600.0)
    device.tokens.stored, device.tokens.since = Token(Secret("t2"), client_id="app"), 4000.0
    device.tokens.owner = Account("Ada", "1")
    device.scrobbler.retry_now()
    assert [request.path for request in device.answer_all()] == ["/sync/history"]


def test_a_double_file_is_two_marks_with_one_time(device: Device) -> None:
    first = episode(4, file="/tv/45.mkv")
    rows = [
        {"episodeid": 104, "episode": 4, "file": "/tv/45.mkv"},
        {"episodeid": 105, "episode": 5, "file": "/tv/45.mkv"},
    ]
    device.watch(first._replace(season=rows))
    assert [one["media"]["episode"]["number"] for one in device.outbox()] == [4, 5]
    assert len({one["watched_at"] for one in device.outbox()}) == 1


def test_a_loose_file_is_asked_for_and_then_scrobbled(device: Device) -> None:
    loose = PlayingItem({"type": "unknown", "label": "x"}, "smb://u:p@nas/tv/Harbour Lights S01E02.mkv")
    device.play(loose, 10.0)
    device.wait()
    request = device.worker.send()
    assert (request.path, request.json) == ("/search/file", {"file": "Harbour Lights S01E02.mkv"})
    show = {"title": "Harbour Lights", "year": 2009, "ids": {"simkl": 203}}
    device.answer(reply(200, {"type": "episode", "show": show, "episode": {"season": 1, "episode": 2}}))
    assert device.answer(reply(200, [{"title": "Harbour Lights"}])).query == {"q": "Harbour Lights"}
    device.answer(reply(200, None))
    (start,) = device.answer_all()
    assert isinstance(start.json, dict)
    assert start.json["show"]["ids"] == {"simkl": "203"}


def test_a_loose_file_of_a_name_that_two_shows_have_is_left_alone(device: Device) -> None:
    device.play(PlayingItem({"type": "unknown"}, "/tv/The Missing 1x01.mkv"), 10.0)
    device.wait()
    show = {"title": "The Missing", "year": 2003, "ids": {"simkl": 201}}
    device.answer(reply(200, {"type": "episode", "show": show, "episode": {"season": 1, "episode": 1}}))
    device.answer(reply(200, [{"title": "The Missing"}, {"title": "The Missing"}]))
    assert device.said == ("skipped", "namesakes")
    assert device.worker.waiting == []


def test_a_loose_file_watched_offline_is_asked_for_later(device: Device) -> None:
    device.watch(PlayingItem({"type": "unknown"}, "/films/Film 1 (2001).mkv"))
    while device.worker.waiting:
        device.answer(OFFLINE)
    device.restart()
    device.wait()
    device.answer(reply(200, {"type": "movie", "movie": {"title": "Film 1", "year": 2001, "ids": {"simkl": 5}}}))
    assert [request.path for request in device.answer_all()] == ["/sync/history"]
    assert device.outbox() == []


def test_late_tags_are_taken(device: Device) -> None:
    nameless = PlayingItem({"type": "unknown", "mediapath": "plugin://a/"}, "http://h/v")
    device.play(nameless, 5.0)
    assert device.said == ("skipped", "name_says_too_little")
    device.scrobbler.described(
        PlayingItem({**nameless.item, "type": "movie", "title": "Film", "year": 2001}, "http://h/v")
    )
    assert device.asked() == ["/scrobble/start"]


def test_another_add_ons_hint_is_not_believed_for_a_second_video(device: Device) -> None:
    hint = json.dumps({"tmdb_type": "episode", "imdb_id": "tt0121955", "season": 1, "episode": 2})
    nameless = {"type": "unknown", "season": -1, "mediapath": "plugin://a/", "label": "Volcano"}
    device.play(PlayingItem(nameless, "http://h/1", player_info=hint), 5.0)
    assert device.said == ("watching", "")
    device.play(PlayingItem({**nameless, "label": "Salt"}, "http://h/2", player_info=hint), 5.0)
    assert device.said == ("skipped", "name_says_too_little")


class TestMarksByHand:
    """In the library, by the user or by others."""

    @pytest.fixture(autouse=True)
    def _library(self, device: Device) -> None:
        for number in range(1, 11):
            device.library["episode", 100 + number] = episode(number)
        device.library["movie", 1] = film()

    def test_a_whole_show_is_one_request(self, device: Device) -> None:
        device.scrobbler.library_updated(updated("tvshow", 7, 1))
        for number in range(1, 11):
            device.scrobbler.library_updated(updated("episode", 100 + number, 1))
            device.scrobbler.library_updated(updated("episode", 100 + number))
            device.wait(0.1)
        device.wait(2.0)
        assert device.asked() == []
        device.wait(1.0)
        (sent,) = device.answer_all()
        assert [number for number, _ in numbers_sent(sent)] == list(range(1, 11))
        assert device.notifications == []

    def test_our_own_play_is_one_mark(self, device: Device) -> None:
        device.play(episode(1), 0.0, 95.0)
        device.answer_all()
        device.scrobbler.library_updated(updated("episode", 101, 1))
        device.scrobbler.library_updated(updated("episode", 101))
        device.scrobbler.stopped()
        device.scrobbler.library_updated(updated("episode", 101, 1))
        device.wait(5.0)
        assert [request.path for request in device.answer_all()] == ["/scrobble/stop"]

    @pytest.mark.parametrize(
        "began_here", [False, True], ids=["in another profile", "before this service was restarted"]
    )
    def test_a_video_that_played_already_is_a_mark_where_it_began(self, device: Device, began_here: bool) -> None:
        if began_here:
            device.play(episode(1), 0.0, 50.0)
            device.wait(1.0)
        device.restart()
        device.scrobbler.marks.plays_already({("episode", 101)})
        device.scrobbler.library_updated(updated("episode", 101, 1))
        device.scrobbler.stopped()
        device.scrobbler.library_updated(updated("episode", 101, 1))
        device.wait(5.0)
        assert len(device.outbox()) == int(began_here)
        device.wait(10.0)
        device.scrobbler.library_updated(updated("episode", 101, 1))
        device.wait(120.0)
        assert len(device.outbox()) == 1, "marked by hand later"

    def test_what_kodi_calls_watched_at_50_percent_is_none(self, device: Device) -> None:
        device.play(episode(1), 0.0, 50.0)
        device.scrobbler.stopped()
        device.scrobbler.library_updated(updated("episode", 101, 1))
        device.wait(5.0)
        assert device.outbox() == []

    def test_the_change_of_a_video_that_was_replaced_is_its_plays(self, device: Device) -> None:
        device.play(episode(1), 0.0, 95.0)
        device.play(film(), 0.0)
        device.scrobbler.library_updated(updated("episode", 101, 1))
        device.wait(5.0)
        assert "/sync/history" not in [request.path for request in device.answer_all()]

    def test_a_double_file_whose_first_row_alone_is_announced_is_both_once(self, device: Device) -> None:
        rows = [{"episodeid": n, "episode": n - 100, "file": "/tv/45.mkv"} for n in (104, 105)]
        for number in (4, 5):
            device.library["episode", 100 + number] = episode(number, file="/tv/45.mkv")._replace(season=rows)
        device.scrobbler.library_updated(updated("episode", 104, 1))
        device.wait(3.0)
        (sent,) = device.answer_all()
        assert [number for number, _ in numbers_sent(sent)] == [4, 5]
        device.wait(120.0)
        for row in (104, 105, 106):
            device.scrobbler.library_updated(updated("episode", row, 1))
        device.wait(3.0)
        (sent,) = device.answer_all()
        assert [number for number, _ in numbers_sent(sent)] == [4, 5, 6]

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(updated("movie", 1, 0, transaction=True), id="a scan that resets"),
            pytest.param(updated("movie", 1, 1, transaction=True), id="a scan"),
            pytest.param(updated("movie", 1, 1, added=True), id="a new film"),
            pytest.param(updated("movie", 1, 0), id="a mark taken away"),
            pytest.param(updated("movie", 1), id="no playcount"),
            pytest.param(updated("movie", 99, 1), id="a row that is gone"),
            pytest.param(updated("movie", -1, 1), id="no library row"),
            pytest.param("no object", id="no object"),
            pytest.param({"item": [], "playcount": {}}, id="odd"),
        ],
    )
    def test_what_is_no_mark(self, device: Device, data: object) -> None:
        for _ in range(40):
            device.scrobbler.library_updated(data)
        device.wait(5.0)
        assert device.worker.submitted == []
        assert device.outbox() == []

    def test_the_syncs_own_change_is_no_mark_and_the_users_next_one_is(self, device: Device) -> None:
        device.scrobbler.marks.expect_echo("movie", 1, 1)
        device.scrobbler.library_updated(updated("movie", 1, 1))
        device.wait(5.0)
        assert device.outbox() == []
        device.scrobbler.library_updated(updated("movie", 1, 1))
        device.wait(5.0)
        assert len(device.outbox()) == 1

    def test_with_the_setting_off_they_are_left_alone(self, device: Device) -> None:
        device.preferences = Preferences(marks=False)
        device.scrobbler.library_updated(updated("movie", 1, 1))
        device.wait(5.0)
        assert device.outbox() == []

    def test_a_mark_without_a_date_is_sent_as_date_unknown(self, device: Device) -> None:
        playing = film()
        device.library["movie", 1] = PlayingItem({**playing.item, "lastplayed": ""})
        device.scrobbler.library_updated(updated("movie", 1, 1))
        device.wait(5.0)
        (sent,) = device.answer_all()
        assert isinstance(sent.json, dict)
        assert sent.json["movies"][0]["watched_at"] == "1970-01-01T00:00:01Z"

    def test_a_mark_that_others_bring_with_its_old_date_keeps_it(self, device: Device) -> None:
        date = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(1_300_000_000))
        device.library["movie", 1] = PlayingItem({**film().item, "lastplayed": date})
        device.scrobbler.library_updated(updated("movie", 1, 1))
        device.wait(5.0)
        (sent,) = device.answer_all()
        assert isinstance(sent.json, dict)
        assert sent.json["movies"][0]["watched_at"] == "2011-03-13T07:06:40Z"

    def test_what_was_marked_just_before_the_end_is_kept(self, device: Device) -> None:
        device.scrobbler.library_updated(updated("movie", 1, 1))
        device.scrobbler.close(0.5)
        assert len(device.outbox()) == 1


def test_odd_rows_on_the_disk_are_passed_over(device: Device) -> None:
    for item in ("", "[]", "{", '{"owner": 5}', '{"owner": "1", "media": {"movie": {}}}', '{"owner":"1","media":7}'):
        device.database.push("outbox", item)
    for recent in ("[]", f'{{"1 movie a": 1{"0" * 400}}}', '{"1 movie a": NaN}'):
        session = '{"watched": true, "media": [7], "owner": "1", "at": 1}'
        device.database.write({"session": session, "recent_marks": recent})
        device.restart()
        device.wait()
        assert device.worker.submitted == []


def test_nothing_planned_means_no_waking_up(device: Device) -> None:
    device.wait()
    assert device.scrobbler.seconds_to_wait() is None
    device.watch(film())
    device.answer_all()
    device.wait(1.0)
    assert device.scrobbler.seconds_to_wait() is None


@pytest.mark.parametrize(
    "failure",
    [OFFLINE, PermanentError(Problem.INTERNAL, "KeyError"), TransientError(Problem.SERVER_TROUBLE, "HTTP 503"), LOCKED],
    ids=["offline", "our mistake", "503", "locked"],
)
def test_no_failure_loses_a_mark(device: Device, failure: TransientError) -> None:
    device.watch(film())
    for _ in range(5):
        while device.worker.waiting:
            device.answer(failure)
        device.wait(901.0)
    assert device.scrobbler.waiting() == 1
    device.answer_all()
    assert device.scrobbler.waiting() == 0
