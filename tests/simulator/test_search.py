"""POST /search/file, GET /search/*, and the pages of titles."""

from __future__ import annotations

import pytest
from simkl_simulator import DOUBLE_FILE, Simulator, large_catalogue

from .calling import Changes, Viewer


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("The.Missing.2014.S01E02.720p.mkv", (202, 1, 2)),
        ("The Missing (2014) 1x01.mp4", (202, 1, 1)),
        ("/films/series/The Missing S01E02.mkv", (201, 1, 2)),
        ("C:\\Harbour Lights s00e02.avi", (203, 0, 2)),
    ],
    ids=["dots and a year", "a year in brackets", "no year: a namesake", "a special"],
)
def test_an_episode_is_found_by_its_file(viewer: Viewer, name: str, found: tuple[int, int, int]) -> None:
    body = viewer.post("/search/file", {"file": name}).json()
    episode = body["episode"]
    assert (body["type"], body["show"]["ids"]["simkl"], episode["season"], episode["episode"]) == ("episode", *found)
    assert episode["multipart"] == 0


def test_a_double_file_tells_its_parts(viewer: Viewer) -> None:
    first = viewer.post("/search/file", {"file": DOUBLE_FILE}).json()["episode"]
    second = viewer.post("/search/file", {"file": DOUBLE_FILE, "part": 2}).json()["episode"]
    assert [(e["season"], e["episode"], e["multipart"]) for e in (first, second)] == [(2, 1, 1), (2, 2, 0)]
    assert viewer.post("/search/file", {"file": DOUBLE_FILE, "part": 3}).json() == []


@pytest.mark.parametrize(
    ("name", "kind", "number"),
    [("Night.Ferry.2019.1080p.mkv", "movie", 103), ("Night Ferry.mkv", "movie", 102), ("Copper Street", "show", 205)],
)
def test_a_title_is_found_by_its_file(viewer: Viewer, name: str, kind: str, number: int) -> None:
    body = viewer.post("/search/file", {"file": name}).json()
    assert (body["type"], body[kind]["ids"]["simkl"]) == (kind, number)


@pytest.mark.parametrize("name", ["Nobody's Film (2020).mkv", "Nobody's Show S01E01.mkv", "The Missing S01E77.mkv"])
def test_an_unknown_file_finds_nothing(viewer: Viewer, name: str) -> None:
    answer = viewer.post("/search/file", {"file": name})
    assert (answer.status_code, answer.json()) == (200, [])


@pytest.mark.parametrize(
    ("body", "error"),
    [({}, "empty_field"), ({"file": " "}, "empty_field"), ({"file": "a", "part": "x"}, "wrong_parameter")],
)
def test_a_wrong_file_request_is_refused(viewer: Viewer, body: dict[str, str], error: str) -> None:
    assert viewer.post("/search/file", body).json()["error"] == error


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/search/tv?q=missing", [201, 202]),
        ("/search/movie?q=FERRY", [102, 103]),
        ("/search/anime?q=cour", [302]),
        ("/search/tv?q=nobody", []),
        ("/search/id?imdb=tt80000202", [202]),
        ("/search/id?tmdb=500101&type=movie", [101]),
        ("/search/id?tmdb=500101&type=tv", []),
        ("/search/id?mal=40301", [301]),
        ("/search/id?imdb=tt1", []),
    ],
)
def test_titles_are_found(viewer: Viewer, path: str, found: list[int]) -> None:
    assert [title["ids"]["simkl_id"] for title in viewer.get(path).json()] == found


@pytest.mark.parametrize(
    "path", ["/search/tv", "/search/id", "/search/id?tmdb=500101", "/search/id?imdb=tt1&type=film"]
)
def test_a_search_for_nothing_is_refused(viewer: Viewer, path: str) -> None:
    assert viewer.get(path).status_code == 400


def test_pages_need_no_token_and_have_no_limit(viewer: Viewer, simkl: Simulator) -> None:
    simkl.exhaust_quota(60)
    nobody: Changes = {"Authorization": None}
    assert viewer.get("/tv/202", headers=nobody).json()["title"] == "The Missing"
    episodes = viewer.get("/tv/episodes/203", headers=nobody).json()
    assert [one["type"] for one in episodes].count("special") == 2
    assert (len(episodes), episodes[2]["ids"]["tvdb"]) == (30, "5203002")


@pytest.mark.parametrize("path", ["/movies/202", "/anime/1", "/tv/episodes/999"])
def test_an_unknown_page_is_an_empty_list(viewer: Viewer, path: str) -> None:
    answer = viewer.get(path)
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_large_catalogue_is_made_to_measure() -> None:
    catalogue = large_catalogue(shows=3, episodes=25, films=2)
    assert [title.title for title in catalogue.titles][2:4] == ["Show 00003", "Film 00001"]
    assert [episode.key for episode in catalogue.named("Show 00002").episodes][::12] == [(1, 1), (2, 3), (3, 5)]
