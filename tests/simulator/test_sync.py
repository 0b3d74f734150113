"""GET /sync/activities, /sync/all-items and /sync/playback."""

from __future__ import annotations

from typing import Any

import pytest
from simkl_simulator import Account, ManualClock, Simulator

from .calling import Viewer

WHEN = "2024-05-06T07:08:09Z"
FULL = {"extended": "full", "episode_watched_at": "yes"}


@pytest.fixture
def filled(viewer: Viewer, simkl: Simulator) -> Viewer:
    """A viewer with a film, a completed show, a running one and an anime."""
    simkl.preset_watched("The Quiet Orchard", watched_at=WHEN)
    simkl.preset_watched("Paper Boats", watched_at=WHEN)
    simkl.preset_watched("The Missing", 2, 3, year=2014, watched_at=WHEN)
    simkl.preset_watched("Hoshi no Umi: Second Cour", 1, 3, watched_at=WHEN)
    return viewer


def by_title(items: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {item["show"]["title"]: item for item in items}


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_activities_of_an_empty_account_are_null(viewer: Viewer, method: str) -> None:
    body = viewer.send(method, "/sync/activities").json()
    names = {"all", "rated_at", "playback", "plantowatch", "completed", "dropped", "removed_from_list"}
    assert (body["all"], body["settings"]) == (None, {"all": None})
    assert body["movies"] == dict.fromkeys(names)
    assert body["tv_shows"] == body["anime"] == dict.fromkeys({*names, "watching", "hold"})


def test_a_change_moves_its_own_activities(viewer: Viewer, simkl: Simulator) -> None:
    simkl.preset_watched("The Missing", 1, 1, year=2014)
    body = viewer.get("/sync/activities").json()
    assert body["all"] == body["tv_shows"]["all"] == body["tv_shows"]["watching"] == "2026-09-21T14:13:25Z"
    assert (body["movies"]["all"], body["tv_shows"]["removed_from_list"]) == (None, None)


def test_two_changes_in_one_second_are_both_seen(viewer: Viewer, simkl: Simulator) -> None:
    simkl.preset_watched("The Missing", 1, 1, year=2014)
    simkl.preset_watched("The Missing", 1, 2, year=2014)
    assert viewer.get("/sync/activities").json()["all"] == "2026-09-21T14:13:26Z"


def test_removal_moves_its_activity_and_no_delta_shows_it(filled: Viewer, simkl: Simulator) -> None:
    before = filled.get("/sync/activities").json()
    simkl.preset_unwatched("Paper Boats")
    after = filled.get("/sync/activities").json()
    assert before["tv_shows"]["removed_from_list"] is None
    assert after["all"] == after["tv_shows"]["removed_from_list"]
    assert filled.items(date_from=after["all"]) is None


@pytest.mark.parametrize(("kind", "empty"), [("", None), ("/shows", {})])
def test_an_empty_library(viewer: Viewer, kind: str, empty: object) -> None:
    assert viewer.items(kind) == empty


def test_ids_are_text_but_for_simkls_own(filled: Viewer) -> None:
    (item,) = filled.items("/movies")["movies"]
    assert (item["status"], item["last_watched_at"], item["user_rating"]) == ("completed", WHEN, None)
    assert item["movie"] == {
        "title": "The Quiet Orchard",
        "year": 2011,
        "ids": {"simkl": 101, "slug": "the-quiet-orchard", "imdb": "tt90000101", "tmdb": "500101"},
    }


def test_a_running_show_lists_what_was_watched(filled: Viewer) -> None:
    item = by_title(filled.items("/shows", **FULL)["shows"])["The Missing"]
    assert (item["watched_episodes_count"], item["total_episodes_count"]) == (1, 16)
    assert item["seasons"] == [{"number": 2, "episodes": [{"number": 3, "watched_at": WHEN}]}]


@pytest.mark.parametrize(
    ("query", "count"),
    [({}, 0), ({"include_all_episodes": "original"}, 4), ({"include_all_episodes": "yes"}, 6)],
    ids=["nothing", "recorded ones", "invented ones"],
)
def test_a_completed_show_lists_episodes_only_if_asked(
    viewer: Viewer, simkl: Simulator, query: dict[str, str], count: int
) -> None:
    for number in range(1, 5):
        simkl.preset_watched("The Missing", 1, number, year=2003, watched_at=f"2024-01-0{number}T00:00:00Z")
    simkl.preset_status("The Missing", "completed", year=2003)
    (item,) = viewer.items("/shows", **FULL, **query)["shows"]
    episodes = [episode for season in item.get("seasons", []) for episode in season["episodes"]]
    assert ("seasons" in item, len(episodes)) == (count > 0, count)
    if count:
        last = f"2024-01-0{min(count, 4)}T00:00:00Z"
        assert episodes[-1]["watched_at"] == last


def test_a_mark_without_a_date_has_none(viewer: Viewer, simkl: Simulator) -> None:
    simkl.preset_watched("The Missing", 1, 1, year=2014, watched_at="1970-01-01T00:00:01Z")
    (item,) = viewer.items("/shows", **FULL)["shows"]
    assert (item["last_watched_at"], item["seasons"][0]["episodes"][0]["watched_at"]) == (None, None)


def test_times_and_tvdb_ids_come_if_asked(filled: Viewer) -> None:
    plain = by_title(filled.items("/shows", extended="full")["shows"])["The Missing"]
    told = by_title(filled.items("/shows", extended="full", episode_tvdb_id="yes")["shows"])["The Missing"]
    assert plain["seasons"][0]["episodes"] == [{"number": 3}]
    assert told["seasons"][0]["episodes"] == [{"number": 3, "ids": {"tvdb": "5202010"}}]


def test_anime_is_called_a_show_and_numbered_by_cour(filled: Viewer) -> None:
    (item,) = filled.items("/anime", extended="full_anime_seasons")["anime"]
    assert (item["show"]["ids"]["simkl"], item["anime_type"]) == (302, "tv")
    assert item["seasons"] == [{"number": 1, "episodes": [{"number": 3, "tvdb": {"season": 2, "episode": 3}}]}]


def test_ids_alone(filled: Viewer) -> None:
    assert filled.items("/movies", extended="simkl_ids_only") == {"movies": [{"movie": {"ids": {"simkl": 101}}}]}


def test_a_delta_holds_what_changed_since(filled: Viewer, simkl: Simulator, clock: ManualClock) -> None:
    clock.advance(60)
    simkl.preset_watched("A Map of Salt")
    since = filled.get("/sync/activities").json()["movies"]["completed"]
    assert [item["movie"]["title"] for item in filled.items(date_from=since)["movies"]] == ["A Map of Salt"]


@pytest.mark.parametrize("query", [{"date_from": "yesterday"}, {"extended": "all"}, {"include_all_episodes": "1"}])
def test_unknown_values_are_refused(viewer: Viewer, query: dict[str, str]) -> None:
    assert viewer.get("/sync/all-items", query=dict(query)).json()["error"] == "wrong_parameter"


@pytest.mark.parametrize(
    ("paths", "polls"),
    [
        (["/sync/activities", "/sync/all-items/shows", "/sync/all-items/movies", "/sync/all-items/anime"], 0),
        (["/sync/activities", "/sync/all-items", "/sync/activities", "/sync/all-items"], 0),
        (["/sync/all-items"], 1),
        (["/sync/activities", "/sync/all-items", "/sync/all-items"], 1),
    ],
    ids=["each kind once", "asked again", "not asked", "asked once for two"],
)
def test_pulls_without_reading_the_activities_are_counted(
    viewer: Viewer, simkl: Simulator, paths: list[str], polls: int
) -> None:
    for path in paths:
        viewer.get(path)
    assert simkl.ungated_polls == polls


def test_saved_positions_are_listed_and_dropped(viewer: Viewer, simkl: Simulator) -> None:
    viewer.scrobble("pause", 30.5, movie={"title": "A Map of Salt"})
    viewer.scrobble("pause", 20, show={"title": "The Missing", "year": 2014}, episode={"season": 1, "number": 2})
    film, episode = viewer.get("/sync/playback").json()
    assert (film["type"], film["progress"], film["movie"]["ids"]["simkl"]) == ("movie", 30.5, 106)
    assert (episode["type"], episode["episode"]) == ("episode", {"season": 1, "episode": 2})
    assert viewer.get("/sync/playback/movies").json() == [film]
    assert [viewer.send("DELETE", f"/sync/playback/{film['id']}").status_code for _ in range(2)] == [204, 404]
    assert [session.id for session in simkl.sessions()] == [episode["id"]]


def test_positions_of_watched_items_are_hidden(viewer: Viewer) -> None:
    viewer.scrobble("stop", 90, movie={"title": "A Map of Salt"})
    viewer.scrobble("pause", 30, movie={"title": "A Map of Salt"})
    assert viewer.get("/sync/playback").json() == []
    assert len(viewer.get("/sync/playback", query={"hide_watched": "false"}).json()) == 1


def test_accounts_are_apart(filled: Viewer, simkl: Simulator) -> None:
    other = Account("Grace", 7)
    simkl.preset_watched("Seven Lanterns", account=other)
    assert [mark.title for mark in simkl.watched(other)] == ["Seven Lanterns"]
    assert "Seven Lanterns" not in {mark.title for mark in simkl.watched()}


@pytest.mark.parametrize(
    ("title", "numbers"), [("Nobody's Show", ()), ("The Missing", ()), ("Ödland", (9,)), ("Ödland", (1, 9))]
)
def test_what_does_not_exist_cannot_be_preset(simkl: Simulator, title: str, numbers: tuple[int, ...]) -> None:
    with pytest.raises(LookupError):
        simkl.preset_watched(title, *numbers)
