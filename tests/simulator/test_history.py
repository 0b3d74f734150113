"""POST /sync/history and /sync/history/remove."""

from __future__ import annotations

from typing import Any

import pytest
from simkl_simulator import Simulator

from .calling import Viewer

WHEN = "2024-05-06T07:08:09Z"
MISSING: dict[str, Any] = {"title": "The Missing", "year": 2014, "ids": {"tvdb": 300202}}
SERIES: dict[str, Any] = {"ids": {"tvdb": 600301}}


def season(number: int, *episodes: int, **more: Any) -> dict[str, Any]:
    """A season of a history body."""
    return {"number": number, "episodes": [{"number": one, **more} for one in episodes]}


def numbers(simkl: Simulator) -> list[tuple[int | None, int | None]]:
    return [(mark.season, mark.number) for mark in simkl.watched()]


def test_a_film_is_marked_with_its_time(viewer: Viewer, simkl: Simulator) -> None:
    film = {"ids": {"imdb": "tt90000101"}, "watched_at": WHEN}
    answer = viewer.post("/sync/history", {"movies": [film]})
    added = answer.json()["added"]
    assert (answer.status_code, added["movies"], added["shows"], added["episodes"]) == (201, 1, 0, 0)
    assert added["statuses"] == [
        {"request": film, "response": {"status": "completed", "simkl_type": "movie", "anime_type": None}}
    ]
    assert simkl.watched() == [("movie", "The Quiet Orchard", 2011, None, None, WHEN)]


def test_listed_episodes_are_marked_alone(viewer: Viewer, simkl: Simulator) -> None:
    show = {**MISSING, "seasons": [season(1, 2, 3, watched_at=WHEN), season(2, 1)]}
    added = viewer.post("/sync/history", {"shows": [show]}).json()["added"]
    assert (added["shows"], added["episodes"]) == (1, 3)
    assert numbers(simkl) == [(1, 2), (1, 3), (2, 1)]
    assert [mark.watched_at for mark in simkl.watched()] == [WHEN, WHEN, "2026-09-21T14:13:26Z"]


@pytest.mark.parametrize(
    ("shape", "count"),
    [
        ({}, 10),
        ({"seasons": []}, 10),
        ({"seasons": [{"number": 1}]}, 6),
        ({"seasons": [{"number": 1, "episodes": []}]}, 6),
        ({"episodes": [{"number": 2}]}, 1),
        ({"seasons": [{"number": 2}]}, 4),
        ({"seasons": [{"number": 0}]}, 1),
    ],
    ids=[
        "all that aired",
        "no seasons",
        "a season",
        "no episodes",
        "the first season's",
        "a running season",
        "specials",
    ],
)
def test_the_shape_is_the_meaning(viewer: Viewer, simkl: Simulator, shape: dict[str, Any], count: int) -> None:
    viewer.post("/sync/history", {"shows": [{"title": "The Long Field", **shape}]})
    assert len(simkl.watched()) == count


@pytest.mark.parametrize("when", ["2024-05-06 07:08:09", "2024-05-06T07:08:09", "2024-05-06T07:08:09.5Z", "", 5])
def test_a_malformed_time_refuses_the_whole_batch(viewer: Viewer, simkl: Simulator, when: object) -> None:
    films = [{"title": "The Quiet Orchard"}, {"title": "A Map of Salt", "watched_at": when}]
    answer = viewer.post("/sync/history", {"movies": films})
    assert (answer.status_code, answer.json()["error"]) == (400, "wrong_parameter")
    assert simkl.watched() == []


@pytest.mark.parametrize(
    "body",
    [
        {"films": []},
        {"movies": {}},
        {"movies": ["The Quiet Orchard"]},
        {"movies": [{"title": "The Quiet Orchard", "episodes": []}]},
        {"movies": [{"title": "The Quiet Orchard", "to": "completed"}]},
        {"movies": [{"title": "The Quiet Orchard", "status": "seen"}]},
        {"movies": [{"title": "The Quiet Orchard", "rating": 11}]},
        {"shows": [{**MISSING, "seasons": [{"episodes": [{"number": 1}]}]}]},
        {"shows": [{**MISSING, "seasons": [{"number": 1, "episodes": [{"season": 1, "number": 1}]}]}]},
        {"shows": [{**MISSING, "use_tvdb_anime_seasons": "yes"}]},
        {"episodes": [{"ids": {"tmdb": 1}}]},
        {"episodes": [{}]},
    ],
    ids=[
        "an unknown list",
        "no list",
        "a name",
        "a film's episodes",
        "a field of another call",
        "an unknown status",
        "eleven of ten",
        "no season number",
        "a season within a season",
        "a flag as text",
        "an episode's tmdb id",
        "an episode of nothing",
    ],
)
def test_a_wrong_body_is_refused(viewer: Viewer, body: dict[str, Any]) -> None:
    assert viewer.post("/sync/history", body).status_code == 400


def test_what_was_not_found_is_sent_back(viewer: Viewer, simkl: Simulator) -> None:
    film, anime, episode = {"title": "Nobody's Film"}, {"ids": {"mal": 1}}, {"ids": {"tvdb": 1}}
    show = {**MISSING, "seasons": [season(1, 1, 99)]}
    body = {"movies": [film], "shows": [show], "anime": [anime], "episodes": [episode]}
    answer = viewer.post("/sync/history", body)
    assert answer.status_code == 201
    assert answer.json()["not_found"] == {
        "movies": [film],
        "shows": [{**MISSING, "seasons": [season(1, 99)]}, anime],
        "episodes": [episode],
    }
    assert numbers(simkl) == [(1, 1)]


def test_an_empty_batch_is_fine(viewer: Viewer) -> None:
    answer = viewer.post("/sync/history", {})
    assert answer.status_code == 201
    assert answer.json() == {
        "added": {"movies": 0, "shows": 0, "episodes": 0, "statuses": []},
        "not_found": {"movies": [], "shows": [], "episodes": []},
    }


def test_a_repeat_counts_nothing_and_keeps_the_first_time(viewer: Viewer, simkl: Simulator) -> None:
    film = {"title": "The Quiet Orchard", "watched_at": WHEN}
    viewer.post("/sync/history", {"movies": [film]})
    again = {**film, "watched_at": "2025-01-01T00:00:00Z"}
    assert viewer.post("/sync/history", {"movies": [again]}).json()["added"]["movies"] == 0
    assert simkl.watched()[0].watched_at == WHEN


def test_the_last_episode_completes_a_show_and_a_status_may_say_otherwise(viewer: Viewer, simkl: Simulator) -> None:
    viewer.post("/sync/history", {"shows": [{**MISSING, "seasons": [{"number": 1}]}]})
    assert simkl.statuses() == {("The Missing", 2014): "watching"}
    viewer.post("/sync/history", {"shows": [{**MISSING, "seasons": [{"number": 2}]}]})
    assert simkl.statuses() == {("The Missing", 2014): "completed"}
    viewer.post("/sync/history", {"shows": [{**MISSING, "status": "hold"}]})
    assert simkl.statuses() == {("The Missing", 2014): "hold"}


@pytest.mark.parametrize(
    ("name", "item", "credited"),
    [
        ("shows", {**SERIES, "use_tvdb_anime_seasons": True, "seasons": [season(2, 3)]}, "Hoshi no Umi: Second Cour"),
        ("shows", {**SERIES, "seasons": [season(2, 3)]}, "Hoshi no Umi"),
        ("anime", {"ids": {"mal": 40302}, "episodes": [{"number": 3}]}, "Hoshi no Umi: Second Cour"),
        ("shows", {**SERIES, "seasons": [season(1, 1, ids={"tvdb": 5301015})]}, "Hoshi no Umi: Second Cour"),
    ],
    ids=["with the flag", "without it: the wrong cour", "a cour's own", "the episode's id wins"],
)
def test_anime_is_mapped(viewer: Viewer, simkl: Simulator, name: str, item: dict[str, Any], credited: str) -> None:
    viewer.post("/sync/history", {name: [item]})
    assert [mark.title for mark in simkl.watched()] == [credited]
    assert numbers(simkl) == [(1, 3)]


def test_a_whole_anime_season_is_its_cour(viewer: Viewer, simkl: Simulator) -> None:
    item = {**SERIES, "use_tvdb_anime_seasons": True, "seasons": [{"number": 2}]}
    viewer.post("/sync/history", {"shows": [item]})
    assert {mark.title for mark in simkl.watched()} == {"Hoshi no Umi: Second Cour"}
    assert len(simkl.watched()) == 12


def test_an_episode_may_come_by_its_id_alone(viewer: Viewer, simkl: Simulator) -> None:
    body = {"episodes": [{"ids": {"tvdb": 5202001}, "watched_at": WHEN}]}
    assert viewer.post("/sync/history", body).json()["added"]["episodes"] == 1
    assert simkl.watched() == [("show", "The Missing", 2014, 1, 2, WHEN)]


def test_removing_takes_the_listed_marks_away(viewer: Viewer, simkl: Simulator) -> None:
    simkl.preset_watched("The Missing", 1, year=2014)
    body = {"shows": [{**MISSING, "seasons": [season(1, 1, 2, 3, 4, 5, 6)]}]}
    answer = viewer.post("/sync/history/remove", body).json()
    assert answer == {"deleted": {"movies": 0, "shows": 1, "episodes": 6}, "not_found": {"movies": [], "shows": []}}
    assert numbers(simkl) == [(1, 7), (1, 8)]


@pytest.mark.parametrize(
    "item",
    [{"seasons": [season(1, 1)]}, {"seasons": [{"number": 1}]}, {}],
    ids=["the last episode", "the season", "the show"],
)
def test_a_title_with_nothing_more_leaves_the_library(viewer: Viewer, simkl: Simulator, item: dict[str, Any]) -> None:
    simkl.preset_watched("The Missing", 1, 1, year=2014)
    viewer.post("/sync/history/remove", {"shows": [{**MISSING, **item}]})
    assert (simkl.watched(), simkl.statuses()) == ([], {})


def test_removing_a_film_takes_it_off_its_list(viewer: Viewer, simkl: Simulator) -> None:
    simkl.preset_watched("The Quiet Orchard")
    film = {"movies": [{"title": "The Quiet Orchard"}, {"title": "Nobody's Film"}]}
    answer = viewer.post("/sync/history/remove", film).json()
    assert (answer["deleted"]["movies"], answer["not_found"]["movies"]) == (1, [{"title": "Nobody's Film"}])
    assert simkl.statuses() == {}


def test_removing_passes_over_anime(viewer: Viewer, simkl: Simulator) -> None:
    simkl.preset_watched("Hoshi no Umi", 1, 1)
    answer = viewer.post("/sync/history/remove", {"anime": [{"ids": {"mal": 40301}}, {"ids": {"mal": 1}}]}).json()
    assert (answer["deleted"]["episodes"], answer["not_found"]["shows"]) == (0, [])
    assert len(simkl.watched()) == 1


@pytest.mark.parametrize("path", ["/sync/history", "/sync/history/remove"])
def test_a_write_waits_for_the_one_before(viewer: Viewer, simkl: Simulator, path: str) -> None:
    simkl.hold_write_lock()
    assert viewer.post(path, {}).json()["error"] == "RATE_LIMIT"
