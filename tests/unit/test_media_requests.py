"""What is asked of Simkl's scrobble, history and search endpoints, and what their answers mean."""

from __future__ import annotations

import json

import pytest
from chances import steady
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.api.history import (
    HistoryAnswer,
    Watch,
    add_request,
    read_history,
    remove_request,
    watched_at_text,
)
from simkl_connect.api.scrobble import (
    AlreadyWatched,
    InsufficientScope,
    Malformed,
    NotFound,
    RateLocked,
    Scrobbled,
    read_scrobble,
    scrobble_request,
)
from simkl_connect.api.search import Found, file_request, read_search, words_request
from simkl_connect.auth.events import GrantEnded
from simkl_connect.errors import PermanentError, TransientError
from simkl_connect.http.messages import Request, Response
from simkl_connect.media import Episode, Media, Movie, Show
from simkl_connect.models import Secret, Token

TOKEN = Token(Secret("t"), client_id="app")
SHOW = Show("Harbour Lights", 2009, {"tvdb": "1111"})
FILM = Movie("Night Ferry", 1998, {"imdb": "tt1234567"})
NOWHERE = Movie("Nowhere")
SPECIAL = Episode(SHOW, 0, 1, "Fog", {"tvdb": "901"})


def answer(status: int, body: object, html: bool = False) -> Response:
    return Response(status, {"content-type": "text/html" if html else "application/json"}, json.dumps(body).encode())


def test_a_film_is_scrobbled_with_all_that_is_known() -> None:
    request = scrobble_request("start", FILM, 12.5, TOKEN)
    body = {"progress": 12.5, "movie": {"title": "Night Ferry", "year": 1998, "ids": {"imdb": "tt1234567"}}}
    assert request == Request("POST", "/scrobble/start", "app", json=body, bearer=TOKEN.access_token)


def test_an_episode_is_scrobbled_by_its_show_and_its_own_id() -> None:
    assert scrobble_request("pause", SPECIAL, 1.0, TOKEN).json == {
        "progress": 1.0,
        "show": {"title": "Harbour Lights", "year": 2009, "ids": {"tvdb": "1111"}},
        "episode": {"season": 0, "number": 1, "ids": {"tvdb": "901"}},
    }


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (answer(201, {"action": "start"}), Scrobbled),
        (answer(409, {"error": "already_watched"}), AlreadyWatched),
        (answer(404, {"error": "id_err"}), NotFound),
        (answer(400, {"error": "RATE_LIMIT"}), RateLocked),
        (answer(400, {"error": "rate_limit"}), RateLocked),
        (answer(400, {"error": "empty_field"}), Malformed),
        (answer(403, {"error": "insufficient_scope"}), InsufficientScope),
        (answer(403, {"error": "forbidden"}), TransientError),
        (answer(401, {"error": "user_token_failed"}), GrantEnded),
        (answer(401, "", html=True), TransientError),
        (answer(404, "", html=True), TransientError),
        (answer(201, {"error": "rate_limit"}), TransientError),
        (answer(201, []), TransientError),
        (answer(200, "", html=True), TransientError),
        (answer(503, {}), TransientError),
        (answer(412, {"error": "client_id_failed"}), PermanentError),
    ],
)
def test_what_an_answer_means(response: Response, kind: type) -> None:
    assert isinstance(read_scrobble(response), kind)


@pytest.mark.parametrize(("action", "watched"), [("scrobble", True), ("start", False), (7, False)])
def test_only_the_action_scrobble_is_watched(action: object, watched: bool) -> None:
    assert read_scrobble(answer(201, {"action": action})) == Scrobbled(watched)


def test_a_batch_names_each_episode_and_never_a_whole_show() -> None:
    watches = [
        Watch(FILM, 1_700_000_000.0),
        Watch(Episode(SHOW, 1, 2), 5.0),
        Watch(SPECIAL),
        Watch(Episode(SHOW, 1, 3), 6.0),
    ]
    assert add_request(watches, TOKEN).json == {
        "movies": [
            {"title": "Night Ferry", "year": 1998, "ids": {"imdb": "tt1234567"}, "watched_at": "2023-11-14T22:13:20Z"}
        ],
        "shows": [
            {
                "title": "Harbour Lights",
                "year": 2009,
                "ids": {"tvdb": "1111"},
                "use_tvdb_anime_seasons": True,
                "seasons": [
                    {
                        "number": 1,
                        "episodes": [
                            {"number": 2, "watched_at": "1970-01-01T00:00:05Z"},
                            {"number": 3, "watched_at": "1970-01-01T00:00:06Z"},
                        ],
                    },
                    {
                        "number": 0,
                        "episodes": [{"number": 1, "ids": {"tvdb": "901"}, "watched_at": "1970-01-01T00:00:01Z"}],
                    },
                ],
            }
        ],
    }


ANIME_FILM = Movie("", None, {"imdb": "tt7000303"}, is_anime=True)


def test_an_anime_film_is_scrobbled_without_an_episode_and_kept_as_its_only_one() -> None:
    assert scrobble_request("stop", ANIME_FILM, 90.0, TOKEN).json == {
        "progress": 90.0,
        "anime": {"ids": {"imdb": "tt7000303"}},
    }
    at = "2023-11-14T22:13:20Z"
    only = [{"number": 1, "episodes": [{"number": 1, "watched_at": at}]}]
    film = {"ids": {"imdb": "tt7000303"}, "watched_at": at, "seasons": only}
    assert add_request([Watch(ANIME_FILM, 1.7e9)], TOKEN).json == {"anime": [film]}


def test_an_anime_film_is_removed_as_a_show_and_missed_as_one() -> None:
    removed = remove_request([ANIME_FILM], TOKEN).json
    assert removed == {
        "shows": [{"ids": {"imdb": "tt7000303"}, "seasons": [{"number": 1, "episodes": [{"number": 1}]}]}]
    }
    echo = not_found(shows=[{"ids": {"imdb": "tt7000303"}}])
    assert read_history(echo, [ANIME_FILM]) == HistoryAnswer((ANIME_FILM,))


@pytest.mark.parametrize(("ids", "flagged"), [({"tvdb": "1"}, True), ({}, True), ({"simkl": "302"}, False)])
def test_numbers_are_tvdbs_but_where_simkls_own_id_names_the_cour(ids: dict[str, str], flagged: bool) -> None:
    episode = Episode(Show("Hoshi no Umi", 2020, ids), 1, 3)
    for request in (add_request([Watch(episode)], TOKEN), remove_request([episode], TOKEN)):
        assert isinstance(request.json, dict)
        assert request.json["shows"][0].get("use_tvdb_anime_seasons", False) is flagged


MEDIA = st.one_of(
    st.builds(Movie, st.text(max_size=5), st.none() | st.integers(1900, 2100), is_anime=st.booleans()),
    st.builds(
        Episode,
        st.builds(Show, st.text(max_size=2), st.none() | st.integers(1900, 2100)),
        st.integers(0, 3),
        st.integers(1, 9),
    ),
)


@steady(100)
@given(st.lists(MEDIA, max_size=20))
def test_no_request_can_mean_a_whole_show_or_season(media: list[Media]) -> None:
    requests = [add_request([Watch(one) for one in media], TOKEN), *(remove_request([one], TOKEN) for one in media)]
    for request in requests:
        assert isinstance(request.json, dict)
        for show in [*request.json.get("shows", []), *request.json.get("anime", [])]:
            assert show["seasons"]
            assert all(season["episodes"] for season in show["seasons"])
            assert all("number" in one for season in show["seasons"] for one in season["episodes"])


def test_exactly_one_episode_is_removed() -> None:
    request = remove_request([Episode(SHOW, 1, 2)], TOKEN)
    assert request.path == "/sync/history/remove"
    assert request.json == {
        "shows": [
            {
                "title": "Harbour Lights",
                "year": 2009,
                "ids": {"tvdb": "1111"},
                "use_tvdb_anime_seasons": True,
                "seasons": [{"number": 1, "episodes": [{"number": 2}]}],
            }
        ]
    }


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (1_700_000_000.9, "2023-11-14T22:13:20Z"),
        (None, "1970-01-01T00:00:01Z"),
        (-5.0, "1970-01-01T00:00:01Z"),
        (float("nan"), "1970-01-01T00:00:01Z"),
        (1e300, "1970-01-01T00:00:01Z"),
    ],
)
def test_times_are_utc_to_the_second(at: float | None, text: str) -> None:
    assert watched_at_text(at) == text


FIRST, SECOND = Episode(SHOW, 1, 1), Episode(SHOW, 2, 2)
SENT = (FILM, NOWHERE, FIRST, SECOND, SPECIAL)


def not_found(**lists: object) -> Response:
    return answer(201, {"added": {}, "not_found": lists})


@pytest.mark.parametrize(
    ("response", "missing"),
    [
        pytest.param(not_found(movies=[], shows=[]), (), id="all found"),
        pytest.param(answer(201, {"added": {}}), (), id="no not_found"),
        pytest.param(answer(201, {}), SENT, id="an empty object"),
        pytest.param(not_found(movies=[{"ids": {"imdb": "tt1234567"}, "title": "?"}]), (FILM,), id="a film by its id"),
        pytest.param(not_found(movies=[{"title": "Nowhere"}]), (NOWHERE,), id="a film by its title"),
        pytest.param(not_found(shows=[{"ids": {"tvdb": 1111}}]), (FIRST, SECOND, SPECIAL), id="a whole show"),
        pytest.param(
            not_found(shows=[{"ids": {"tvdb": "1111"}, "seasons": [{"number": 2, "episodes": [{"number": 2}]}]}]),
            (SECOND,),
            id="one episode",
        ),
        pytest.param(
            not_found(shows=[{"ids": {"tvdb": "1111"}, "seasons": [{"number": 0}]}]), (SPECIAL,), id="a season"
        ),
        pytest.param(not_found(episodes=[{"ids": {"tvdb": "901"}}]), (SPECIAL,), id="an episode by its own id"),
        pytest.param(not_found(movies=[7], shows="x", episodes=[{"ids": []}]), (), id="odd"),
    ],
)
def test_what_simkl_does_not_know(response: Response, missing: tuple[Media, ...]) -> None:
    assert read_history(response, SENT) == HistoryAnswer(missing)


def test_searches() -> None:
    assert file_request("a.mkv", TOKEN).json == {"file": "a.mkv"}
    request = words_request("tv", "Harbour & Lights", TOKEN)
    assert (request.method, request.path, request.query) == ("GET", "/search/tv", {"q": "Harbour & Lights"})


def test_words_are_searched_without_what_no_url_can_hold() -> None:
    assert words_request("tv", "Harbour \ud83dLights", TOKEN).query == {"q": "Harbour Lights"}


@pytest.mark.parametrize("body", [[], None, {"type": "movie"}])
def test_a_search_answer_is_handed_on(body: object) -> None:
    assert read_search(answer(200, body)) == Found(body)


@pytest.mark.parametrize(
    "response", [answer(200, {"error": "x"}), Response(200, {}, b"{"), answer(200, "", html=True), answer(500, [])]
)
def test_a_failed_search_is_no_answer(response: Response) -> None:
    assert isinstance(read_search(response), TransientError)
