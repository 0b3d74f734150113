"""Kodi's library is read in pages, and nothing in it is believed."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from chances import json_values, steady
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.sync import library
from simkl_connect.sync.library import Call, Library, LibraryUnreadable, Reading, read_library
from simkl_connect.sync.plan import Reason
from simkl_connect.sync.titles import FILM, Row, Title

SHOW = {"tvshowid": 4, "title": "Show", "year": 2001, "uniqueid": {"tvdb": "11", "imdb": "361", "sonarr": "x"}}


def episode(row_id: int, **more: Any) -> dict[str, Any]:
    marks = {"season": 1, "episode": 2, "tvshowid": 4, "playcount": 1, "lastplayed": "", "file": "/tv/a.mkv"}
    return {"episodeid": row_id, **marks, **more}


def movie(row_id: int, **more: Any) -> dict[str, Any]:
    mark = {"playcount": 1, "lastplayed": "", "file": "/films/a.mkv"}
    return {"movieid": row_id, "title": "Film", "year": 1999, "uniqueid": {"tmdb": "5"}, **mark, **more}


class Kodi:
    """Answers from lists; specials apart, as their filter asks."""

    def __init__(self, shows: list[Any] = (), movies: list[Any] = (), episodes: list[Any] = ()) -> None:  # type: ignore[assignment]
        self.lists = {
            "GetTVShows": ("tvshows", shows),
            "GetMovies": ("movies", movies),
            "GetEpisodes": ("episodes", episodes),
        }
        self.calls: list[Call] = []

    def answer(self, call: Call) -> object:
        self.calls.append(call)
        method, parameters = call
        key, items = self.lists[method.partition(".")[2]]
        chosen = [item for item in items if self._is_wanted(item, parameters)]
        limits: Any = parameters["limits"]
        page = chosen[limits["start"] : limits["end"]]
        return {key: page, "limits": limits} if page else {"limits": limits}

    def _is_wanted(self, item: Any, parameters: dict[str, Any]) -> bool:
        if "tvshowid" in parameters and item["tvshowid"] != parameters["tvshowid"]:
            return False
        is_special = isinstance(item, dict) and item.get("season") == 0
        operator = parameters.get("filter", {}).get("operator")
        return operator is None or is_special == (operator == "is")


def run(reading: Reading, answer: Callable[[Call], object]) -> Library:
    call = next(reading)
    while True:
        try:
            call = reading.send(answer(call))
        except StopIteration as ended:
            read = ended.value
            assert isinstance(read, Library)
            return read


def read(kodi: Kodi, is_excluded: Callable[[str, Title], bool] = lambda _file, _title: False) -> Library:
    return run(read_library(is_excluded), kodi.answer)


def test_films_and_shows_with_their_rows() -> None:
    kodi = Kodi([SHOW], [movie(1, playcount=0)], [episode(9), episode(10, season=0, uniqueid={"tvdb": "77"})])
    assert read(kodi).titles == [
        Title("show", "Show", 2001, {"tvdb": "11"}, [Row(9, 100_002, 1, 0, file=2), Row(10, -77, 1, 0, 2, 2)]),
        Title("movie", "Film", 1999, {"tmdb": "5"}, [Row(1, FILM, 0, 0, file=1)]),
    ]


def test_a_large_library_comes_in_pages() -> None:
    kodi = Kodi([SHOW], [], [episode(n, episode=n) for n in range(1, 1202)])
    assert len(read(kodi).titles[0].rows) == 1201
    assert len(kodi.calls) == 1 + 1 + 2 + 1


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        (episode(9, season=-1), Reason.NO_NUMBER),
        (episode(9, episode=None), Reason.NO_NUMBER),
        (episode(9, season=0), Reason.SPECIAL),
        (episode(9, season=0, uniqueid={"tvdb": "0"}), Reason.SPECIAL),
        (episode(9, tvshowid=5), Reason.NO_IDS),
        (episode(9, file="/private/a.mkv"), Reason.EXCLUDED),
    ],
    ids=["no season", "no number", "special without an id", "special with id 0", "no show", "excluded"],
)
def test_what_cannot_be_compared_is_left_alone_with_a_reason(odd: dict[str, Any], reason: Reason) -> None:
    found = read(Kodi([SHOW], [], [odd]), lambda file, _title: file.startswith("/private/"))
    assert found.titles[0].rows == [] and [left.reason for left in found.left] == [reason]


def test_an_excluded_film_is_not_there() -> None:
    assert read(Kodi([], [movie(1)]), lambda _file, _title: True).titles == []


def test_a_row_that_two_pages_show_counts_once() -> None:
    assert len(read(Kodi([SHOW], [], [episode(9), episode(9)])).titles[0].rows) == 1


def test_of_some_titles_only_their_own_episodes_are_read() -> None:
    kodi = Kodi([SHOW, {**SHOW, "tvshowid": 5, "title": "Other"}], [movie(1)], [episode(9), episode(10, tvshowid=5)])
    reading = read_library(
        lambda _file, _title: False, lambda titles: [title for title in titles if title.title == "Other"]
    )
    assert [(title.title, len(title.rows)) for title in run(reading, kodi.answer).titles] == [("Other", 1)]
    assert [call[1].get("tvshowid") for call in kodi.calls if call[0].endswith("GetEpisodes")] == [5]


def test_an_error_of_kodis_is_no_empty_library() -> None:
    with pytest.raises(LibraryUnreadable):
        run(read_library(lambda _file, _title: False), lambda _: None)


@given(st.data())
@steady(200)
def test_any_answer_is_read_without_an_exception(data: Any) -> None:
    items = st.lists(
        st.one_of(json_values, st.dictionaries(st.sampled_from([*episode(1), *movie(1)]), json_values)), max_size=3
    )
    keys = ["tvshows", "movies", "episodes"]
    run(
        read_library(lambda _file, _title: False),
        lambda _: {key: data.draw(st.one_of(json_values, items)) for key in keys},
    )


def test_pages_end_at_some_time() -> None:
    library_page = {"tvshows": [SHOW] * library.PAGE, "movies": [], "episodes": []}
    with pytest.raises(library.LibraryUnreadable):
        run(read_library(lambda _file, _title: False), lambda _: library_page)
