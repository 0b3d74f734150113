"""What Simkl says of the user's lists, and what it may say instead."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chances import json_values, responses, steady
from flow_cases import answer
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.api.all_items import (
    Activities,
    read_activities,
    read_entries,
    read_names,
)
from simkl_connect.errors import Problem, TransientError
from simkl_connect.http.messages import Response
from simkl_connect.sync.titles import FILM, Entry


def show(**more: Any) -> dict[str, Any]:
    ids = {"simkl": 7, "tvdb": "11", "slug": "show"}
    return {"status": "watching", "show": {"title": "Show", "year": 2001, "ids": ids}, **more}


def season(number: int, *episodes: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"number": number, "episodes": list(episodes)}]


WATCHED = "2024-01-01T00:00:00Z"
SHOW = Entry("show", 7, False, "Show", 2001, {"tvdb": "11"}, {})
EPISODE = {"number": 2, "watched_at": WATCHED}
CASES: dict[str, tuple[str, dict[str, Any], Entry]] = {
    "episodes": ("shows", show(seasons=season(1, EPISODE)), SHOW._replace(watched={100_002: 1704067200})),
    "no date": ("shows", show(seasons=season(1, {"number": 2})), SHOW._replace(watched={100_002: 0})),
    "planned, without episodes": ("shows", show(), SHOW),
    "completed, without the key": ("shows", show(status="completed"), SHOW._replace(is_complete_unlisted=True)),
    "special": (
        "shows",
        show(seasons=season(0, {**EPISODE, "ids": {"tvdb": "77"}})),
        SHOW._replace(watched={-77: 1704067200}),
    ),
    "special without an id": ("shows", show(seasons=season(0, EPISODE)), SHOW),
    "anime by TVDB's numbers": (
        "anime",
        show(seasons=season(1, {**EPISODE, "tvdb": {"season": 3, "episode": 14}})),
        SHOW._replace(is_anime=True, watched={300_014: 1704067200}),
    ),
    "anime without them": ("anime", show(seasons=season(1, EPISODE)), SHOW._replace(is_anime=True, unplaced=1)),
    "film": (
        "movies",
        {"status": "completed", "last_watched_at": WATCHED, "movie": {"title": "Film", "ids": {"simkl_id": "8"}}},
        Entry("movie", 8, False, "Film", None, {}, {FILM: 1704067200}),
    ),
    "film that is planned": (
        "movies",
        {"status": "plantowatch", "last_watched_at": None, "movie": {"title": "Film", "ids": {"simkl": 8}}},
        Entry("movie", 8, False, "Film", None, {}, {}),
    ),
    "anime film": (
        "anime",
        show(anime_type="movie", status="completed", seasons=season(1, {"number": 1})),
        Entry("movie", 7, True, "Show", 2001, {"tvdb": "11"}, {FILM: 0}),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_item_is_read(name: str) -> None:
    group, item, entry = CASES[name]
    assert read_entries(answer({group: [item]})) == [entry]


@pytest.mark.parametrize("body", [None, {}, [], {"shows": []}, {"shows": None}, {"shows": [5, {}, {"show": {}}]}])
def test_nothing_is_nothing(body: object) -> None:
    assert read_entries(answer(body)) == []


def test_a_list_that_is_torn_anywhere_is_none() -> None:
    whole = answer({"shows": [show(seasons=season(1, EPISODE))], "movies": []}).body
    for length in range(len(whole)):
        found = read_entries(Response(200, {}, whole[:length]))
        assert isinstance(found, TransientError) and found.problem is Problem.BAD_ANSWER


def test_an_answer_of_600_kb_that_is_cut_off_in_the_middle_is_none() -> None:
    seasons = season(1, *({"number": n, "watched_at": WATCHED} for n in range(1, 11)))
    body = answer({"shows": [show(seasons=seasons)] * 1000}).body
    assert len(body) > 600_000 and len(read_entries(Response(200, {}, body))) == 1000  # type: ignore[arg-type]
    assert isinstance(read_entries(Response(200, {}, body[: len(body) // 2])), TransientError)


def test_an_error_with_status_200_is_no_empty_list() -> None:
    assert isinstance(read_entries(answer({"error": "server_busy"})), TransientError)


def test_spaces_make_no_difference() -> None:
    body = json.dumps({"shows": [show(), show()], "movies": []}, indent=2).encode()
    assert read_entries(Response(200, {}, body)) == [SHOW, SHOW]


def test_names_tell_what_is_still_on_a_list() -> None:
    body = {"shows": [{"show": {"ids": {"simkl": 7}}}], "movies": [{"movie": {"ids": {"simkl": 8}}}]}
    assert read_names(answer(body)) == {("show", 7), ("movie", 8)}


def test_activities() -> None:
    body = {"all": "b", "tv_shows": {"removed_from_list": "a"}, "anime": {}, "movies": {"removed_from_list": None}}
    assert read_activities(answer(body)) == Activities("b", "a  ")


def test_activities_of_an_account_that_never_did_anything() -> None:
    assert read_activities(answer({"all": None})) == Activities("", "  ")


@given(st.recursive(json_values, lambda inner: st.fixed_dictionaries({"shows": st.lists(inner)})))
@steady(200)
def test_any_list_is_read_without_an_exception(body: object) -> None:
    read_entries(answer(body))


@given(
    st.dictionaries(st.sampled_from(["status", "show", "seasons", "anime_type", "watched_episodes_count"]), json_values)
)
@steady(200)
def test_any_item_is_read_without_an_exception(item: dict[str, Any]) -> None:
    read_entries(answer({"anime": [show(**item)], "shows": [show(**item)]}))


@given(responses)
@steady(200)
def test_any_response_is_read_without_an_exception(response: Response) -> None:
    read_entries(response)
    read_names(response)
    read_activities(response)
