from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simkl_connect.activity.reasons import Reason
from simkl_connect.identification.exclusions import Preferences, is_excluded
from simkl_connect.identification.file_names import (
    AskSimkl,
    Judged,
    as_number,
    as_year,
    base_name,
    count_namesakes,
    judge,
    read_name,
    with_part,
)
from simkl_connect.identification.identify import (
    Identified,
    PlayingItem,
    Skipped,
    hint_subject,
    identify,
    is_same_video,
    media_title,
    paths_of,
    shown_title,
)
from simkl_connect.media import Episode, Movie, Show

ON = Preferences()
PLUGIN = "plugin://plugin.video.films/?play=7"
SHOW = {"title": "Harbour Lights", "year": 2009, "uniqueid": {"tvdb": "1111", "tmdb": "2222", "anidb": "33"}}
EPISODE = {
    "id": 4,
    "type": "episode",
    "title": "Fog",
    "showtitle": "Harbour Lights",
    "season": 1,
    "episode": 4,
    "year": 2010,
    "tvshowid": 2,
    "file": "/tv/x.mkv",
    "uniqueid": {"tvdb": "901", "tmdb": "801"},
}
FILM = {"id": 3, "type": "movie", "title": "Night Ferry", "year": 1998, "file": "/films/n.mkv", "season": -1}
TAG = {"type": "movie", "title": "Night Ferry", "year": 1998, "season": -1, "episode": -1, "mediapath": PLUGIN}


def of(item: dict[str, Any], **more: Any) -> Identified | Skipped | AskSimkl:
    preferences = more.pop("preferences", ON)
    return identify(PlayingItem(item, **{"file": item.get("file", "http://127.0.0.1/v.mp4"), **more}), preferences)


def movie(**ids: str) -> Identified:
    return Identified((Movie("Night Ferry", 1998, ids),))


HINT = json.dumps(
    {"tmdb_type": "episode", "tmdb_id": "2190", "imdb_id": "tt0121955", "tvdb_id": "", "season": "1", "episode": "2"}
)
HINTED = Episode(Show("", None, {"tmdb": "2190", "imdb": "tt0121955"}), 1, 2)
IMDB = {"uniqueid": {"imdb": "tt1234567"}}
TAGGED = {"type": "episode", "showtitle": "Ferry", "uniqueid": {"tvshow.tmdb": "5"}}
NAMELESS = {"type": "unknown", "season": -1, "episode": -1, "label": "Volcano", "title": ""}


@pytest.mark.parametrize(
    ("item", "more", "expected"),
    [
        pytest.param(
            {**FILM, "uniqueid": {"imdb": "tt1234567", "tmdb": "55"}},
            {},
            movie(imdb="tt1234567", tmdb="55"),
            id="library film",
        ),
        pytest.param({**FILM, "uniqueid": {"imdb": "55", "tmdb": "0", "tvdb": ""}}, {}, movie(), id="imdb without tt"),
        pytest.param({**FILM, "imdbnumber": "603"}, {}, movie(), id="a bare imdbnumber proves nothing"),
        pytest.param({**FILM, "uniqueid": {"anidb": "1", "mal": "2", "sonarr": "3"}}, {}, movie(), id="unknown keys"),
        pytest.param(
            EPISODE,
            {"show": SHOW},
            Identified(
                (Episode(Show("Harbour Lights", 2009, {"tvdb": "1111", "tmdb": "2222"}), 1, 4, "Fog", {"tvdb": "901"}),)
            ),
            id="library episode: the show's ids, not the episode's",
        ),
        pytest.param(
            {**EPISODE, "episode": 0, "file": "/tv/Harbour Lights S01E00.mkv"},
            {"show": SHOW},
            AskSimkl("Harbour Lights S01E00.mkv", "harbour lights", 1, (0,)),
            id="an episode with the number 0 is no film",
        ),
        pytest.param(
            {**EPISODE, "season": -1, "episode": -1},
            {"show": SHOW},
            Skipped(Reason.NAME_SAYS_TOO_LITTLE),
            id="nor is one without",
        ),
        pytest.param(
            {**EPISODE, "season": 0, "episode": "S1", "uniqueid": {}},
            {"show": {"title": "Harbour Lights", "year": 2009}},
            Identified((Episode(Show("Harbour Lights", 2009), 0, 1, "Fog"),)),
            id="a special labelled S1",
        ),
        pytest.param(
            {**EPISODE, "uniqueid": {}, "showtitle": "The Missing"},
            {"show": {"title": "The Missing", "year": 2014}},
            Identified((Episode(Show("The Missing", 2014), 1, 4, "Fog"),)),
            id="the show's year decides",
        ),
        pytest.param(
            {**EPISODE, "uniqueid": {}, "showtitle": "The Missing"},
            {"show": {"title": "The Missing"}},
            AskSimkl("The Missing S01E04.mkv", "the missing", 1, (4,)),
            id="neither year nor ids: unsure",
        ),
        pytest.param(
            {**TAG, "uniqueid": {"imdb": "tt1234567"}, "title": "Night Ferry (trailer)"},
            {},
            Skipped(Reason.TRAILER),
            id="plug-in trailer by its title",
        ),
        pytest.param(
            {**TAG, "uniqueid": {"imdb": "tt1234567"}, "customproperties": {"Script.Trakt.Exclude": "1"}},
            {},
            Skipped(Reason.TRAILER),
            id="plug-in's own exclusion",
        ),
        pytest.param(
            {"type": "unknown", "label": "n"},
            {"file": "/films/Night Ferry (1998)-trailer.mkv"},
            Skipped(Reason.TRAILER),
        ),
        pytest.param({**TAG, "uniqueid": {"unknown": "tt1234567"}}, {}, movie(imdb="tt1234567"), id="setIMDBNumber"),
        pytest.param({**TAG, "showtitle": ""}, {}, movie(), id="type movie, empty showtitle"),
        pytest.param({**TAG, "showtitle": "Night Ferry"}, {}, movie(), id="type movie, showtitle is the title"),
        pytest.param(
            {**TAG, "year": 0},
            {"trakt_ids": '{"imdb": "tt7", "tmdb": 55}'},
            Identified((Movie("Night Ferry", None, {"tmdb": "55"}),)),
            id="film by script.trakt.ids",
        ),
        pytest.param({**TAG, "year": 0}, {"trakt_ids": "[]"}, Skipped(Reason.NAME_SAYS_TOO_LITTLE), id="a bare title"),
        pytest.param(
            {
                **TAG,
                "type": "episode",
                "showtitle": "Ferry",
                "season": 0,
                "episode": 2,
                "uniqueid": {"tvshow.tmdb": "5", "tmdb": "9", "tvdb": "8"},
            },
            {},
            Identified((Episode(Show("Ferry", None, {"tmdb": "5"}), 0, 2, "Night Ferry"),)),
            id="plug-in episode: tvshow ids alone are the show's",
        ),
        pytest.param(
            {**TAG, "type": "episode", "showtitle": "Ferry", "season": 1, "episode": 2, "uniqueid": {"tmdb": "9"}},
            {"trakt_ids": '{"tvdb": 71}'},
            Identified((Episode(Show("Ferry", None, {"tvdb": "71"}), 1, 2, "Night Ferry"),)),
            id="plug-in episode by script.trakt.ids",
        ),
        pytest.param(
            {**TAG, "showtitle": "Ferry"}, {}, Skipped(Reason.NAME_SAYS_TOO_LITTLE), id="type movie, a show's"
        ),
        pytest.param({**TAG, "title": "", **IMDB}, {}, Skipped(Reason.NAME_SAYS_TOO_LITTLE), id="ids without a title"),
        pytest.param(
            {**TAG, "year": 0, **IMDB},
            {},
            Identified((Movie("Night Ferry", None, {"imdb": "tt1234567"}),)),
            id="ids, no year",
        ),
        pytest.param({**TAG, **IMDB, "customproperties": {"x": "true"}}, {}, movie(imdb="tt1234567"), id="a property"),
        pytest.param(
            {**TAG, **IMDB}, {"trakt_ids": '{"tmdb": 55}'}, movie(imdb="tt1234567"), id="a film's own ids win"
        ),
        pytest.param(TAG, {"trakt_ids": '{"tmdb": 55}'}, movie(tmdb="55"), id="script.trakt.ids beside title and year"),
        pytest.param(
            {**TAG, **TAGGED, "season": 1, "episode": 2},
            {"trakt_ids": '{"tvdb": 71}'},
            Identified((Episode(Show("Ferry", None, {"tmdb": "5"}), 1, 2, "Night Ferry"),)),
            id="a show's own ids win",
        ),
        *(
            pytest.param({**TAG, **TAGGED, **numbers}, {}, Skipped(Reason.NAME_SAYS_TOO_LITTLE), id=f"half: {numbers}")
            for numbers in (
                {"season": -1, "episode": 2},
                {"season": 1, "episode": 0},
                {"season": 1, "episode": 2, "showtitle": ""},
            )
        ),
        *(
            pytest.param(
                {**NAMELESS, **item},
                {"player_info": HINT, "file": file},
                Identified((HINTED,)),
                id=f"TMDbHelper, {file}",
            )
            for item, file in (
                ({"mediapath": PLUGIN}, "/films/x.mp4"),
                ({}, "http://h/x.mp4"),
                ({}, "HTTPS://h/x.mp4"),
            )
        ),
        pytest.param(
            {**TAG, "type": "episode", "showtitle": "Ferry", "season": 3, "episode": 2},
            {"player_info": HINT},
            AskSimkl("Ferry S03E02.mkv", "ferry", 3, (2,)),
            id="TMDbHelper's property speaks of another episode",
        ),
        pytest.param(
            {"type": "unknown", "label": "Salt.mkv", "season": -1},
            {"file": "/films/Salt.mkv", "player_info": HINT},
            Skipped(Reason.NAME_SAYS_TOO_LITTLE),
            id="a loose file, the property still there",
        ),
        pytest.param(
            {"type": "unknown"},
            {"file": "smb://u:p@nas/tv/Some.Show.S02E03.720p.mkv"},
            AskSimkl("Some.Show.S02E03.720p.mkv", "some show", 2, (3,)),
            id="loose file: its name alone",
        ),
        pytest.param(
            {"type": "unknown"},
            {"file": "/tv/The Missing (2014)/Season 1/The.Missing.1x01.mkv"},
            AskSimkl("The.Missing (2014) 1x01.mkv", "the missing", 1, (1,), (2014,)),
            id="the folder's year",
        ),
        pytest.param(
            {"type": "unknown"},
            {"file": "/films/Night Ferry (1998)/Night Ferry.mkv"},
            AskSimkl("Night Ferry (1998).mkv", "night ferry", years=(1998,)),
            id="a film's folder's year",
        ),
        *(
            pytest.param(
                {"type": "unknown"},
                {"file": file},
                Skipped(Reason.NAME_SAYS_TOO_LITTLE),
                id=f"no year of its own: {file}",
            )
            for file in ("/films/Ferries (1998)/Night Ferry.mkv", "/films/Night Ferry (1998)/a/b/Night Ferry.mkv")
        ),
        pytest.param(
            {"type": "unknown"},
            {"file": "/tv/S01E02.mkv"},
            Skipped(Reason.NAME_SAYS_TOO_LITTLE),
            id="a loose file: numbers without a show",
        ),
        pytest.param(
            {"type": "channel", "id": 9, "file": "pvr://channels/tv/1"}, {}, Skipped(Reason.LIVE_TV), id="live TV"
        ),
        pytest.param({"file": "pvr://recordings/tv/1.pvr"}, {}, Skipped(Reason.RECORDING), id="recording"),
        pytest.param(
            {
                "type": "channel",
                "id": 9,
                "file": "pvr://channels/tv/1",
                "showtitle": "Ferry",
                "season": 1,
                "episode": 2,
                "uniqueid": {"tvshow.tmdb": "5"},
            },
            {"preferences": Preferences(pvr=True)},
            Identified((Episode(Show("Ferry", None, {"tmdb": "5"}), 1, 2),), live=True),
            id="live TV, setting on",
        ),
        pytest.param(
            {**FILM, "type": "channel", "file": "http://h/1"}, {}, Skipped(Reason.LIVE_TV), id="live TV by its type"
        ),
        pytest.param({**FILM, "file": "pvr://channels/tv/1"}, {}, Skipped(Reason.LIVE_TV), id="live TV by its address"),
        pytest.param(
            {**FILM, "file": "pvr://recordings/tv/1.pvr"},
            {"preferences": Preferences(pvr=True)},
            movie(),
            id="setting on",
        ),
        pytest.param(
            {"type": "channel", "title": "Night/Ferry", "year": 1998},
            {"preferences": Preferences(pvr=True)},
            AskSimkl("Night Ferry (1998).mkv", "night ferry", years=(1998,)),
            id="a film on live TV",
        ),
        pytest.param({"type": "song"}, {}, Skipped(Reason.MUSIC), id="music"),
        pytest.param({"type": "musicvideo"}, {}, Skipped(Reason.MUSIC), id="a music video"),
        pytest.param({**TAG, "label": "Night Ferry (trailer)"}, {}, Skipped(Reason.TRAILER), id="trailer by its label"),
        pytest.param({"type": "unknown"}, {"file": "/films/Night Ferry (1998).iso"}, Skipped(Reason.DISC), id="a disc"),
        pytest.param({**FILM, "file": "/films/n.iso"}, {}, movie(), id="a disc in the library"),
        pytest.param(
            {**FILM, "file": "smb://u:p@NAS/kids/x.mkv"},
            {"preferences": Preferences(excluded=("smb://nas/kids/",))},
            Skipped(Reason.EXCLUDED),
            id="excluded folder",
        ),
        pytest.param({}, {"file": ""}, Skipped(Reason.NAME_SAYS_TOO_LITTLE), id="nothing at all"),
    ],
)
def test_what_plays(item: dict[str, Any], more: dict[str, Any], expected: object) -> None:
    assert of(item, **more) == expected


def test_a_file_with_two_episodes_is_both() -> None:
    rows = [
        {"episodeid": 5, "episode": 5, "file": "/tv/x.mkv", "uniqueid": {"tvdb": "902"}, "title": "Rain"},
        {"episodeid": 4, "episode": 4, "season": 1, "file": "/tv/x.mkv"},
        {"episodeid": 6, "episode": 6, "season": 1, "file": "/tv/y.mkv"},
        {"episodeid": 7, "episode": 7, "season": 0, "file": "/tv/x.mkv"},
        7,
    ]
    found = of(EPISODE, show=SHOW, season=rows)
    assert isinstance(found, Identified)
    numbers = [(one.number, one.ids) for one in found.media if isinstance(one, Episode)]
    assert numbers == [(4, {"tvdb": "901"}), (5, {"tvdb": "902"})]


def test_episodes_whose_files_are_not_known_are_not_in_one() -> None:
    found = of({**EPISODE, "file": ""}, show=SHOW, season=[{"episodeid": 5, "episode": 5, "file": ""}])
    assert isinstance(found, Identified)
    assert len(found.media) == 1


@pytest.mark.parametrize(
    ("item", "title"),
    [
        ({"showtitle": "Harbour Lights", "season": 0, "episode": 4, "title": "Fog"}, "Harbour Lights S00E04"),
        ({"showtitle": "Harbour Lights", "season": -1, "episode": 4, "title": "Fog"}, "Fog"),
        ({"showtitle": "Harbour Lights", "season": 1, "episode": 0, "title": "Fog"}, "Fog"),
        ({"showtitle": "", "season": 1, "episode": 4, "title": "Fog", "label": "4. Fog"}, "Fog"),
        ({"label": "4. Fog"}, "4. Fog"),
        ({}, "fog.mkv"),
    ],
)
def test_what_the_user_is_told_a_video_is_called(item: dict[str, Any], title: str) -> None:
    assert shown_title(PlayingItem(item, "/tv/fog.mkv")) == title


def test_a_file_with_two_episodes_is_called_by_both() -> None:
    show = Show("Harbour Lights", 2009)
    assert media_title((Episode(show, 1, 4), Episode(show, 1, 5))) == "Harbour Lights S01E04E05"


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ({}, True),
        ({"id": 5}, False),
        ({"showtitle": "Ferry"}, False),
        ({"title": "Rain"}, False),
        ({"season": 2}, False),
        ({"episode": 5}, False),
        ({"customproperties": {"original_listitem_url": "plugin://b"}}, False),
        ({"id": None, "showtitle": "", "title": "", "season": None, "episode": None, "customproperties": []}, True),
    ],
)
def test_two_items_with_one_file_are_one_video_unless_they_disagree(other: dict[str, Any], is_same: bool) -> None:
    item = {**EPISODE, "customproperties": {"original_listitem_url": "plugin://a"}}
    one, two = PlayingItem(item), PlayingItem({**item, **other})
    assert (is_same_video(one, two), is_same_video(two, one)) == (is_same, is_same)


def test_every_address_of_a_video_counts() -> None:
    item = {"file": "a", "mediapath": "b", "dynpath": "c", "customproperties": {"original_listitem_url": "d"}}
    assert sorted(paths_of(PlayingItem(item, "e"))) == ["a", "b", "c", "d", "e"]
    assert paths_of(PlayingItem({"file": "", "mediapath": 7}, "e")) == ["e"]


@pytest.mark.parametrize(
    ("item", "subject"),
    [
        ({"showtitle": "Harbour Lights", "title": "Fog", "label": "x"}, "Harbour Lights"),
        ({"showtitle": "", "title": "Fog", "label": "x"}, "Fog"),
        ({"label": "x"}, "x"),
    ],
)
def test_an_add_ons_hint_is_about_the_show_or_else_the_title(item: dict[str, Any], subject: str) -> None:
    assert hint_subject(PlayingItem(item)) == subject


@pytest.mark.parametrize(
    ("file", "folder", "is_in"),
    [
        ("smb://u:p@nas/kids/x.mkv", "smb://nas/kids/", True),
        ("SMB://NAS/Kids/x.mkv", "smb://nas/kids", True),
        ("smb://nas/kids2/x.mkv", "smb://nas/kids", False),
        ("/tv/Kids/x.mkv", "/tv/kids/", False),
        ("C:\\Kids\\x.mkv", "c:\\kids\\", True),
        ("stack:///kids/a.mkv , /kids/b.mkv", "/kids", True),
        ("plugin://plugin.video.a/?x=1", "plugin.video.a", True),
        ("plugin://plugin.video.ab/?x=1", "plugin.video.a", False),
        ("zip://smb%3a%2f%2fu%3ap%40nas%2fkids%2fa.zip/x.mkv", "smb://nas/kids/", True),
        ("/tv/x.mkv", "", False),
        ("/tv/x.mkv", "/", False),
    ],
)
def test_excluded_folders(file: str, folder: str, is_in: bool) -> None:
    assert is_excluded([file], [folder]) is is_in


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("stack:///films/a cd1.avi , /films/a cd2.avi", "a cd1.avi"),
        ("http://u:p@host/secret/a%20b.mkv?token=1|Auth=2", "a b.mkv"),
        ("http://host/stream", ""),
        *((f"{scheme}://nas/films/a #1?.mkv", "a #1?.mkv") for scheme in ("smb", "nfs", "sftp", "ftp")),
        ("C:\\films\\a.mkv", "a.mkv"),
        ("", ""),
    ],
)
def test_only_a_files_own_name_leaves(path: str, name: str) -> None:
    assert base_name(path) == name
    assert (read_name(path) is not None) is bool(name)


@pytest.mark.parametrize(
    ("name", "season", "numbers"),
    [
        ("Show.S01E04E05.mkv", 1, (4, 5)),
        ("Show S01E04-E06.mkv", 1, (4, 5, 6)),
        ("Show S01E04-05.1080p.mkv", 1, (4, 5)),
        ("Show.S01E01-10bit.mkv", 1, (1,)),
        ("Show.S01E01-5.1.mkv", 1, (1,)),
        ("Show.S01E05-720p.mkv", 1, (5,)),
        ("Show.S01E01-99.mkv", 1, (1,)),
        ("Show 1x04.mkv", 1, (4,)),
        ("Show S00E01.mkv", 0, (1,)),
        ("Show S01E04E06.mkv", 1, (4, 6)),
        ("Show S01E04E04.mkv", 1, (4,)),
        ("Film 1920x1080.mkv", None, ()),
    ],
)
def test_numbers_in_a_name(name: str, season: int | None, numbers: tuple[int, ...]) -> None:
    read = read_name(name)
    assert read is not None
    assert (read.season, read.numbers) == (season, numbers)


ASKED = AskSimkl("Show S01E02.mkv", "show", 1, (2,))
NUMBERS: list[tuple[int, ...]] = [(2,), (2, 3)]
FILM_ASKED = AskSimkl("Film 2014.mkv", "film", years=(2014,))
SHOW_ANSWER = {"title": "Show", "year": 2014, "ids": {"simkl": 7, "slug": "show"}}
FILM_ANSWER = {"type": "movie", "movie": {"title": "Film", "year": 2014, "ids": {"simkl": 9}}}


def episode_answer(season: object, number: object, **more: object) -> dict[str, Any]:
    return {"type": "episode", "show": SHOW_ANSWER, "episode": {"season": season, "episode": number, **more}}


@pytest.mark.parametrize(
    ("asked", "answer", "expected"),
    [
        pytest.param(ASKED, episode_answer(1, 3), Reason.UNKNOWN_EPISODE, id="another episode"),
        pytest.param(ASKED, [], Reason.UNKNOWN_SHOW, id="not known"),
        pytest.param(ASKED, None, Reason.UNKNOWN_SHOW, id="null"),
        pytest.param(ASKED, FILM_ANSWER, Reason.UNKNOWN_SHOW, id="a film for an episode"),
        pytest.param(ASKED, {**episode_answer(1, 2), "type": "x"}, Reason.UNKNOWN_SHOW, id="neither film nor episode"),
        pytest.param(ASKED, {**episode_answer(1, 2), "show": None}, Reason.UNKNOWN_SHOW, id="an episode of no show"),
        pytest.param(ASKED, {**episode_answer(1, 2), "episode": None}, Reason.UNKNOWN_SHOW, id="a show alone"),
        pytest.param(FILM_ASKED, {"type": "movie"}, Reason.NAME_SAYS_TOO_LITTLE, id="a film without a title"),
        pytest.param(FILM_ASKED, episode_answer(1, 2), Reason.NAME_SAYS_TOO_LITTLE, id="an episode for a film"),
        pytest.param(FILM_ASKED, {**FILM_ANSWER, "type": "x"}, Reason.NAME_SAYS_TOO_LITTLE, id="no film for a film"),
        pytest.param(ASKED._replace(years=(2003,)), episode_answer(1, 2), Reason.NAMESAKES, id="another year's show"),
        pytest.param(AskSimkl("Film.mkv", "film"), FILM_ANSWER, Reason.NAME_SAYS_TOO_LITTLE, id="film without a year"),
        pytest.param(
            AskSimkl("Film 1998.mkv", "film", years=(1998,)), FILM_ANSWER, Reason.NAME_SAYS_TOO_LITTLE, id="other year"
        ),
    ],
)
def test_an_answer_that_does_not_agree_with_the_name_is_not_taken(
    asked: AskSimkl, answer: object, expected: Reason
) -> None:
    assert judge(asked, answer) is expected


def test_an_answer_that_agrees_is_taken_with_simkls_own_id() -> None:
    show = Show("Show", 2014, {"simkl": "7"})
    found = judge(ASKED._replace(numbers=(2, 3), years=(2014,)), episode_answer(1, "2"))
    assert found == ((Episode(show, 1, 2), Episode(show, 1, 3)), "", False)
    assert judge(ASKED, episode_answer(1, 2)) == ((Episode(show, 1, 2),), "Show", False)
    assert judge(ASKED._replace(season=0), episode_answer(0, 2)) == ((Episode(show, 0, 2),), "Show", False)
    assert judge(FILM_ASKED, FILM_ANSWER) == (
        (Movie("Film", 2014, {"simkl": "9"}),),
        "",
        False,
    )


@pytest.mark.parametrize("multipart", [1, "1"])
def test_a_file_of_which_the_name_says_one_episode_may_hold_more(multipart: object) -> None:
    several = [judge(ASKED._replace(numbers=numbers), episode_answer(1, 2, multipart=multipart)) for numbers in NUMBERS]
    assert [isinstance(one, Judged) and one.more for one in several] == [True, False]


SEVERAL = tuple(Episode(Show("Show", 2014, {"simkl": "7"}), 1, number) for number in range(1, 13))


@pytest.mark.parametrize(
    ("answer", "numbers"),
    [
        pytest.param(episode_answer(1, 3), [2, 3], id="the next episode"),
        pytest.param(episode_answer(1, 5), [2], id="another episode"),
        pytest.param(episode_answer(2, 3), [2], id="another season"),
        pytest.param({**episode_answer(1, 3), "show": FILM_ANSWER["movie"]}, [2], id="another show"),
        pytest.param({**episode_answer(1, 3), "show": None}, [2], id="no show"),
        pytest.param({**episode_answer(1, 3), "episode": None}, [2], id="no episode"),
        pytest.param(FILM_ANSWER, [2], id="a film"),
        pytest.param([], [2], id="nothing"),
    ],
)
def test_a_further_part_of_a_file_is_the_next_episode_or_none(answer: object, numbers: list[int]) -> None:
    found = with_part(Judged(SEVERAL[1:2], more=True), answer)
    assert ([one.number for one in found.media if isinstance(one, Episode)], found.more) == (numbers, False)


@pytest.mark.parametrize("multipart", [1, "1"])
def test_a_file_holds_twelve_parts_at_most(multipart: object) -> None:
    assert with_part(Judged(SEVERAL[:11], more=True), episode_answer(1, 12, multipart=multipart)).media == SEVERAL
    assert with_part(Judged(SEVERAL[:11]), episode_answer(1, 12, multipart=multipart)).more
    full = Judged(SEVERAL, more=True)
    assert with_part(full, episode_answer(1, 13, multipart=multipart)) == full._replace(more=False)


def test_a_film_has_no_further_part() -> None:
    film = Judged((Movie("Film", 2014),), more=True)
    assert with_part(film, episode_answer(1, 1)) == film._replace(more=False)


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), (0, 0), ("5", 5), (" S01 ", 1), (True, None), (-1, None), (100_000, None), (1.0, None), ("x", None)],
)
def test_a_number_of_an_episode(value: object, number: int | None) -> None:
    assert as_number(value) == number


def test_a_year_is_one_in_which_there_were_films() -> None:
    assert [as_year(year) for year in (1869, 1870, 2100, 2101, None)] == [None, 1870, 2100, None, None]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"title": 7, "year": 2014}, None),
        ({"title": "", "year": 2014}, None),
        ({"title": "Film", "year": 2014, "ids": []}, {}),
        ({"title": "Film", "year": 2014, "ids": {"simkl": 0}}, {}),
        ({"title": "Film", "year": 2014, "ids": {"simkl_id": 9}}, {"simkl": "9"}),
    ],
)
def test_a_title_of_simkls_needs_words_and_a_whole_number_if_any(said: object, expected: object) -> None:
    found = judge(FILM_ASKED, {"type": "movie", "movie": said})
    assert (found.media[0].ids if isinstance(found, Judged) else None) == expected


def test_namesakes_are_counted_by_the_whole_name() -> None:
    rows = [{"title": "The Missing"}, {"title": "The Missing (2014)"}, {"title": "The Missing Ones"}, {"title": 7}, 7]
    assert count_namesakes("The Missing", rows) == 2


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "id",
    "type",
    "title",
    "showtitle",
    "season",
    "episode",
    "year",
    "uniqueid",
    "file",
    "customproperties",
    "label",
)


@given(
    st.dictionaries(st.sampled_from(FIELDS), ODD | st.sampled_from(["movie", "episode", 1]), max_size=11),
    st.dictionaries(st.sampled_from(FIELDS), ODD),
    st.lists(st.dictionaries(st.sampled_from(FIELDS), ODD), max_size=3),
    st.text(max_size=30),
)
def test_odd_answers_raise_nothing(item: dict[str, Any], show: dict[str, Any], rows: list[Any], text: str) -> None:
    playing = PlayingItem(item, text, show, rows, text, text)
    assert isinstance(identify(playing, Preferences(excluded=(text,))), (Identified, Skipped, AskSimkl))
    assert isinstance(shown_title(playing), str)


@given(ODD)
def test_an_odd_answer_of_simkl_is_not_taken(answer: object) -> None:
    assert isinstance(judge(ASKED, answer), Reason)
