"""POST /scrobble/start, /scrobble/pause and /scrobble/stop."""

from __future__ import annotations

from typing import Any

import pytest
from simkl_simulator import ApiError, Item, ManualClock, ResetBefore, Simulator

from .calling import DeviceCaller, Viewer

ORCHARD = {"movie": {"title": "The Quiet Orchard", "year": 2011}}
MISSING = {"show": {"title": "The Missing", "year": 2014}, "episode": {"season": 1, "number": 1}}
ORCHARD_ITEM = Item("movie", "The Quiet Orchard", 2011, None, None)
MISSING_ITEM = Item("show", "The Missing", 2014, 1, 1)
SERIES = {"tvdb": 600301}


def test_a_stop_from_eighty_percent_on_marks_as_watched(viewer: Viewer, simkl: Simulator) -> None:
    answer = viewer.scrobble("stop", 80, **MISSING)
    assert (answer.status_code, answer.json()["action"]) == (201, "scrobble")
    assert [mark[:5] for mark in simkl.watched()] == [MISSING_ITEM]


def test_a_mark_has_the_time_of_the_stop(viewer: Viewer, simkl: Simulator) -> None:
    viewer.scrobble("stop", 100, **ORCHARD)
    assert simkl.watched()[0].watched_at == "2026-09-21T14:13:26Z"


@pytest.mark.parametrize(
    ("action", "progress"), [("start", 95), ("pause", 95), ("stop", 79.99)], ids=["start", "pause", "early stop"]
)
def test_nothing_else_marks_as_watched(viewer: Viewer, simkl: Simulator, action: str, progress: float) -> None:
    assert viewer.scrobble(action, progress, **ORCHARD).status_code == 201
    assert simkl.watched() == []


def test_an_early_stop_is_saved_like_a_pause(viewer: Viewer, simkl: Simulator) -> None:
    body = viewer.scrobble("stop", 40.25, **MISSING).json()
    assert (body["action"], body["progress"]) == ("pause", 40.25)
    assert [(s.id, s.action, s.item, s.progress) for s in simkl.sessions()] == [
        (body["id"], "pause", MISSING_ITEM, 40.25)
    ]


def test_an_answer_shows_what_was_matched(viewer: Viewer) -> None:
    body = viewer.scrobble("start", 1, **MISSING).json()
    assert (body["id"], body["action"]) == (0, "start")
    assert (body["show"]["title"], body["show"]["year"], body["show"]["ids"]["simkl"]) == ("The Missing", 2014, 202)
    assert body["show"]["ids"]["tvdb"] == "300202"
    assert body["episode"] == {"season": 1, "number": 1}


def test_a_name_alone_credits_a_namesake(viewer: Viewer, simkl: Simulator) -> None:
    viewer.scrobble("stop", 90, show={"title": "The Missing"}, episode={"season": 1, "number": 1})
    assert simkl.watched()[0].year == 2003


def test_a_running_playback_moves_on_by_itself_and_ends_without_a_mark(
    viewer: Viewer, simkl: Simulator, clock: ManualClock
) -> None:
    viewer.scrobble("start", 50, **MISSING)
    clock.advance(45 * 60 * 0.25)
    assert [s.progress for s in simkl.sessions()] == [75]
    clock.advance(45 * 60 * 0.25)
    assert simkl.sessions() == []
    assert simkl.watched() == []


@pytest.mark.parametrize(
    ("minutes", "watched"), [(30, []), (37, [MISSING_ITEM])], ids=["before eighty percent", "past eighty percent"]
)
def test_the_start_of_another_item_ends_the_one_before(
    viewer: Viewer, simkl: Simulator, clock: ManualClock, minutes: int, watched: list[Item]
) -> None:
    viewer.scrobble("start", 0, **MISSING)
    clock.advance(minutes * 60)
    viewer.scrobble("start", 0, **ORCHARD)
    assert [s.item for s in simkl.sessions()] == [ORCHARD_ITEM]
    assert [mark[:5] for mark in simkl.watched()] == watched


def test_a_show_has_one_playback(viewer: Viewer, simkl: Simulator) -> None:
    viewer.scrobble("pause", 30, **MISSING)
    viewer.scrobble("pause", 10, **{**MISSING, "episode": {"season": 1, "number": 2}})
    assert [s.item.number for s in simkl.sessions()] == [2]


@pytest.mark.parametrize("action", ["stop", "pause"])
def test_a_second_stop_within_the_hour_is_refused(viewer: Viewer, clock: ManualClock, action: str) -> None:
    viewer.scrobble("stop", 95, **ORCHARD)
    clock.advance(3598)
    answer = viewer.scrobble(action, 95, **ORCHARD)
    assert (answer.status_code, answer.json()["error"]) == (409, "already_watched")
    assert answer.json()["watched_at"] == "2026-09-21T14:13:26Z"
    assert answer.json()["expires_at"] == "2026-09-21T15:13:26Z"
    assert viewer.scrobble(action, 95, **ORCHARD).status_code == 201


def test_watching_again_keeps_the_first_date(viewer: Viewer, simkl: Simulator) -> None:
    simkl.preset_watched("The Quiet Orchard", watched_at="2020-01-02T03:04:05Z")
    assert viewer.scrobble("stop", 95, **ORCHARD).json()["action"] == "scrobble"
    assert [mark.watched_at for mark in simkl.watched()] == ["2020-01-02T03:04:05Z"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "empty_field"),
        ({"progress": 1}, "empty_field"),
        (ORCHARD, "empty_field"),
        ({"progress": 1, "movie": {}}, "empty_field"),
        ({"progress": 1, "movie": {"year": 2011}}, "empty_field"),
        ({"progress": 1, "show": MISSING["show"]}, "empty_field"),
        ({"progress": 1, **MISSING, "episode": {"season": 1}}, "empty_field"),
        ({"progress": 1, **MISSING, "episode": {"number": 1}}, "empty_field"),
        ({"progress": 1, "anime": {"ids": SERIES}}, "empty_field"),
        ({"progress": 1, **MISSING, **ORCHARD}, "wrong_parameter"),
        ({"progress": 1, **ORCHARD, "episode": MISSING["episode"]}, "wrong_parameter"),
        ({"progress": "1", **ORCHARD}, "wrong_parameter"),
        ({"progress": -0.01, **ORCHARD}, "wrong_parameter"),
        ({"progress": 100.01, **ORCHARD}, "wrong_parameter"),
        ({"progress": 33.333, **ORCHARD}, "wrong_parameter"),
        ({"progress": 1, "movie": "The Quiet Orchard"}, "wrong_parameter"),
        ({"progress": 1, "movie": {"ids": {"slug": "the-quiet-orchard"}}}, "wrong_parameter"),
        ({"progress": 1, **MISSING, "episode": {"ids": {"imdb": "tt1"}}}, "wrong_parameter"),
        ({"progress": 1, **MISSING, "episode": {"season": 1, "number": -1}}, "wrong_parameter"),
        ({"progress": 1, **ORCHARD, "watched_at": "2026-01-01T00:00:00Z"}, "wrong_parameter"),
    ],
    ids=[
        "nothing",
        "no item",
        "no progress",
        "an empty film",
        "a year alone",
        "a show without an episode",
        "no number",
        "no season",
        "an anime without an episode",
        "two items",
        "a film with an episode",
        "progress as text",
        "below zero",
        "beyond the end",
        "three decimals",
        "a name for an object",
        "a slug",
        "an episode's imdb id",
        "a negative number",
        "a time",
    ],
)
def test_a_wrong_body_is_refused(viewer: Viewer, simkl: Simulator, body: dict[str, Any], error: str) -> None:
    answer = viewer.post("/scrobble/stop", body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert simkl.scrobbles == []


@pytest.mark.parametrize(
    "item",
    [
        {"movie": {"title": "Nobody's Film"}},
        {**MISSING, "episode": {"season": 1, "number": 9}},
        {"show": {"ids": {"tmdb": 700301}}, "episode": {"season": 1, "number": 13}},
        {"movie": {"ids": {"imdb": "tt7000303"}}},
    ],
    ids=["title", "episode", "a number of TMDB's merged season", "an anime film as a movie"],
)
def test_what_simkl_does_not_know_is_not_found(viewer: Viewer, simkl: Simulator, item: dict[str, Any]) -> None:
    answer = viewer.scrobble("stop", 90, **item)
    assert (answer.status_code, answer.json()["error"]) == (404, "id_err")
    assert (simkl.watched(), simkl.scrobbles[0].item, simkl.scrobbles[0].status) == ([], None, 404)


@pytest.mark.parametrize(
    ("item", "credited"),
    [
        ({"show": {"ids": SERIES}, "episode": {"season": 2, "number": 3}}, (302, 1, 3)),
        ({"anime": {"ids": {"mal": 40302}}, "episode": {"number": 3}}, (302, 1, 3)),
        ({"anime": {"ids": {**SERIES, "mal": "40301"}}, "episode": {"season": 2, "number": 3}}, (301, 1, 3)),
        ({"show": {"ids": SERIES}, "episode": {"season": 1, "number": 1, "ids": {"tvdb": 5301015}}}, (302, 1, 3)),
    ],
    ids=["TVDB's numbers", "a cour's own", "mixed: the wrong cour", "the episode's id wins"],
)
def test_anime_is_mapped(viewer: Viewer, item: dict[str, Any], credited: tuple[int, int, int]) -> None:
    body = viewer.scrobble("stop", 90, **item).json()
    episode = body["episode"]
    assert (body["anime"]["ids"]["simkl"], episode["season"], episode["number"]) == credited
    assert (episode["tvdb_season"], episode["tvdb_number"]) == (credited[0] - 300, 3)


def test_an_anime_film_needs_no_episode(viewer: Viewer, simkl: Simulator) -> None:
    viewer.scrobble("stop", 90, anime={"ids": {"mal": 40303}})
    assert [mark[:5] for mark in simkl.watched()] == [("anime", "Hoshi no Umi: The Film", 2022, None, None)]


def test_a_title_can_become_unknown(viewer: Viewer, simkl: Simulator) -> None:
    simkl.hide_title("The Missing", year=2014)
    body = viewer.scrobble("start", 5, **MISSING).json()
    assert body["show"]["year"] == 2003


def test_a_write_waits_for_the_one_before(viewer: Viewer, simkl: Simulator) -> None:
    simkl.hold_write_lock(seconds=2)
    answer = viewer.scrobble("stop", 90, **ORCHARD)
    assert (answer.status_code, answer.json()["error"]) == (400, "RATE_LIMIT")
    assert simkl.watched() == []
    assert viewer.scrobble("stop", 90, **ORCHARD).status_code == 201


def test_a_lock_can_be_released(viewer: Viewer, simkl: Simulator) -> None:
    simkl.hold_write_lock()
    simkl.release_write_lock()
    assert viewer.scrobble("stop", 90, **ORCHARD).status_code == 201


@pytest.mark.parametrize("path", ["/scrobble/start", "/sync/history", "/sync/history/remove"])
def test_a_token_for_reading_writes_nothing(v2: DeviceCaller, simkl: Simulator, clock: ManualClock, path: str) -> None:
    token = v2.signed_in({"scope": "media:read"})["access_token"]
    reader = Viewer(simkl, "id-v2", clock, token)
    with reader.session:
        answer = reader.post(path, {"progress": 1, **ORCHARD})
        assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
        assert reader.get("/sync/activities").status_code == 200


def test_events_are_kept_in_their_order(viewer: Viewer, simkl: Simulator, clock: ManualClock) -> None:
    viewer.scrobble("start", 0, **MISSING)
    clock.advance(60)
    viewer.scrobble("pause", 2.2, **MISSING)
    viewer.scrobble("stop", 99, **ORCHARD)
    first, *others = simkl.scrobbles
    assert first[1:6] == ("/scrobble/start", MISSING_ITEM, 0, 201, "start")
    assert [(event.time - first.time, event.item, event.action) for event in others] == [
        (61, MISSING_ITEM, "pause"),
        (62, ORCHARD_ITEM, "scrobble"),
    ]


@pytest.mark.parametrize(
    ("status", "error", "seconds"),
    [(429, "rate_limit", 3), (429, "user_limit_exceeded", 7200), (401, "user_token_failed", None)],
)
def test_an_error_of_the_api_strikes_on_demand(
    viewer: Viewer, simkl: Simulator, status: int, error: str, seconds: int | None
) -> None:
    simkl.fault("/scrobble/", ApiError(status, error, seconds))
    answer = viewer.scrobble("stop", 90, **ORCHARD)
    assert (answer.status_code, answer.json()["error"], answer.json()["code"]) == (status, error, status)
    assert answer.headers.get("Retry-After") == (None if seconds is None else str(seconds))
    assert simkl.watched() == []


def test_a_lost_answer_leaves_its_mark(viewer: Viewer, simkl: Simulator) -> None:
    simkl.fault("/scrobble/stop", ResetBefore(), handled=True)
    with pytest.raises(OSError):
        viewer.scrobble("stop", 90, **ORCHARD)
    assert len(simkl.watched()) == 1
    assert viewer.scrobble("stop", 90, **ORCHARD).status_code == 409


@pytest.mark.parametrize("path", ["/scrobble/stop", "/sync/history", "/sync/all-items", "/search/file"])
@pytest.mark.parametrize(
    ("query", "headers", "error"),
    [
        ({"client_id": None}, {}, "client_id_failed"),
        ({"app-name": None}, {}, "missing_parameter"),
        ({}, {"Authorization": None}, "user_token_required"),
        ({}, {"Authorization": "Bearer 0"}, "user_token_failed"),
    ],
    ids=["client", "app", "no token", "a wrong token"],
)
def test_what_every_request_needs(viewer: Viewer, path: str, query: Any, headers: Any, error: str) -> None:
    method = "GET" if path == "/sync/all-items" else "POST"
    assert viewer.send(method, path, query, headers, json={}).json()["error"] == error


def test_the_quota_counts_for_watching(viewer: Viewer, simkl: Simulator) -> None:
    simkl.exhaust_quota(60)
    assert viewer.scrobble("stop", 90, **ORCHARD).json()["error"] == "user_limit_exceeded"
