"""Choosing a title by hand: what is searched for, what the answers offer, what is sent, where a QR code leads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.api.search import (
    ANIME,
    MOVIE,
    TV,
    Found,
    FoundTitle,
    ListedEpisode,
    episodes_request,
    found_titles,
    listed_episodes,
)
from simkl_connect.http.messages import Request
from simkl_connect.media import Episode, Media, Movie, Show
from simkl_connect.ui import links
from simkl_connect.ui.activity_view import Video
from simkl_connect.ui.title_choice import Guess, cleaned, guess_of, in_order, kinds, media_of, place_of, seasons

SHOW = FoundTitle(TV, "The Missing", 2014, "202")


@pytest.mark.parametrize(
    ("title", "guess"),
    [
        ("The.Missing.2014.S02E03.1080p.WEB-DL.x264-GRP.mkv", Guess("The Missing", 2, 3)),
        ("Harbour Lights - 1x02 - Two.avi", Guess("Harbour Lights", 1, 2)),
        ("[Group] Hoshi no Umi [1080p].mkv", Guess("Hoshi no Umi")),
        ("1917.2019.2160p.mkv", Guess("1917")),
        ("Blade.Runner.2049.2017.mkv", Guess("Blade Runner 2049")),
        ("Night Ferry (1998)", Guess("Night Ferry")),
        ("2012", Guess("2012")),
        ("Dr. No", Guess("Dr. No")),
        ("9-1-1", Guess("9-1-1")),
        ("Web Therapy", Guess("Web Therapy")),
        ("S01E01.mkv", Guess("S01E01", 1, 1)),
        ("七つの灯籠.mkv", Guess("七つの灯籠")),
    ],
)
def test_the_search_begins_with_what_a_name_says(title: str, guess: Guess) -> None:
    assert guess_of(Video(1, title)) == guess


@pytest.mark.parametrize(
    ("media", "guess"),
    [
        (Movie("Night Ferry", 1998), Guess("Night Ferry")),
        (Episode(Show("Harbour Lights"), 2, 5), Guess("Harbour Lights", 2, 5)),
        (Movie("", None, {"imdb": "tt1"}), Guess("A b")),
    ],
)
def test_what_is_known_comes_before_the_name(media: Media, guess: Guess) -> None:
    assert guess_of(Video(1, "A.b", media=(media,))) == guess


@given(st.text(min_size=1, max_size=80).filter(str.strip))
def test_something_is_always_proposed(title: str) -> None:
    assert cleaned(title)


def test_episodes_are_sought_among_shows_first_and_others_among_films() -> None:
    assert kinds(Guess("x", 1, 1))[0] == TV
    assert kinds(Guess("x"))[0] == MOVIE
    assert set(kinds(Guess("x"))) == {MOVIE, TV, ANIME}


def test_exact_titles_come_first_and_the_rest_stays_in_order() -> None:
    found = [
        FoundTitle(TV, name, None, str(number)) for number, name in enumerate(["Missing You", "the missing!", "M"])
    ]
    assert [one.title for one in in_order("The Missing", found)] == ["the missing!", "Missing You", "M"]


def test_the_titles_of_an_answer() -> None:
    rows = [
        {"title": "The Missing", "year": 2014, "ids": {"simkl_id": 202, "slug": "the-missing"}},
        {"title": "Twice", "year": "2003", "ids": {"simkl": "201"}},
        {"title": "Twice", "ids": {"simkl_id": 201}},
        {"title": "[B]Bold[/B]", "year": 1, "ids": {"simkl_id": 5}},
        *({"title": "No id"}, {"title": "", "ids": {"simkl_id": 6}}, {"title": 5}, "row", None),
        {"title": "Odd id", "ids": {"simkl_id": "../7"}},
    ]
    assert found_titles(TV, Found(rows)) == [
        SHOW,
        FoundTitle(TV, "Twice", 2003, "201"),
        FoundTitle(TV, "Bold", None, "5"),
    ]


def test_the_episodes_of_a_show() -> None:
    rows = [
        {"season": 1, "episode": 2, "title": "Two", "type": "episode"},
        {"season": 1, "episode": 1, "title": "One", "type": "episode"},
        {"episode": 1, "title": "Before", "type": "special"},
        {"season": 1, "episode": 2, "title": "Again"},
        *({"season": 1}, {"season": -1, "episode": 1, "type": "special"}, {"season": 1, "episode": 0}, 7),
    ]
    episodes = listed_episodes(Found(rows))
    assert episodes == [ListedEpisode(0, 1, "Before"), ListedEpisode(1, 1, "One"), ListedEpisode(1, 2, "Two")]
    assert seasons(episodes) == [1, 0]


def test_an_animes_episodes_are_one_season() -> None:
    assert listed_episodes(Found([{"episode": 1}])) == [ListedEpisode(1, 1)]


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.floats(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "year", "ids", "simkl_id", "season", "episode", "type"]), inner)
    ),
)


@given(odd)
def test_whatever_simkl_answers_is_survived(body: object) -> None:
    for title in found_titles(MOVIE, Found(body)):
        assert title.title
        assert title.simkl.isdecimal()
    for episode in listed_episodes(Found(body)):
        assert episode.number > 0


def test_the_episodes_are_asked_for_without_a_token() -> None:
    request = episodes_request(SHOW, "app")
    assert (request.method, request.path, request.client_id) == ("GET", "/tv/episodes/202", "app")
    assert request.bearer is Request("GET", "", "").bearer is None


def test_a_choice_is_sent_by_simkls_own_id_alone() -> None:
    assert media_of(FoundTitle(MOVIE, "Night Ferry", 1998, "102"), None) == Movie("Night Ferry", 1998, {"simkl": "102"})
    show = Show("The Missing", 2014, {"simkl": "202"})
    assert media_of(SHOW, ListedEpisode(2, 3, "T")) == Episode(show, 2, 3, "T")


@pytest.mark.parametrize(("wanted", "place"), [(None, 0), (3, 1), (7, 0)])
def test_a_list_begins_at_the_guess(wanted: int | None, place: int) -> None:
    assert place_of(wanted, [1, 3]) == place


@pytest.mark.parametrize(
    ("media", "query"),
    [
        (Movie("A", 1998, {"imdb": "tt9", "tmdb": "5"}), "type=movie&imdb=tt9"),
        (Episode(Show("B", None, {"tmdb": "5"}), 1, 1), "type=show&tmdb=5"),
        (Episode(Show("B", None, {"tvdb": "5", "simkl": "202"}), 1, 1), "type=show&simkl=202"),
        (Movie("Änglarnas & väg", 2007), "type=movie&title=%C3%84nglarnas+%26+v%C3%A4g&year=2007"),
        (Movie("A"), "type=movie&title=A"),
    ],
)
def test_a_titles_page_is_found_by_the_best_id(media: Media, query: str) -> None:
    assert links.title_address(media) == f"https://api.simkl.com/redirect?to=Simkl&{query}"
