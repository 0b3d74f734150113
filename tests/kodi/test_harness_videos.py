"""The harness's videos, library and player, with a real Kodi."""

from __future__ import annotations

from pathlib import Path
from typing import Iterator

import pytest
from real_kodi.collection import Collection, file_item
from real_kodi.kodi import Kodi
from real_kodi.library import EXAMPLE, Episode, Film, Library
from real_kodi.player import Player
from real_kodi.profile import ScannedLibrary, Setup
from real_kodi.scanned import scan, scanned
from real_kodi.video_plugin import PluginVideo, write_video_plugin
from real_kodi.waiting import SLOWNESS

FILMS = {film.title: film for film in EXAMPLE.films}
EPISODES = {(episode.season, episode.number): episode for episode in EXAMPLE.shows[0].episodes}


@pytest.fixture(scope="module")
def library() -> ScannedLibrary:
    return scanned(EXAMPLE)


@pytest.fixture
def kodi(library: ScannedLibrary, tmp_path: Path) -> Iterator[Kodi]:
    with Kodi(Setup(library=library, zips=[write_video_plugin(tmp_path)])) as kodi:
        yield kodi


@pytest.mark.parametrize(
    ("percentage", "plays"), [pytest.param(85, 0, id="left early"), pytest.param(95, 1, id="seen to the end")]
)
def test_a_film_is_played_and_counted(kodi: Kodi, percentage: float, plays: int) -> None:
    player, collection = Player(kodi), Collection(kodi)
    film = collection.find(FILMS["Die Brücke"])
    assert player.play(film.item).total == 600
    assert player.pause().paused
    assert player.seek(percentage).percentage == pytest.approx(percentage, abs=0.5)
    assert not player.go_on().paused
    player.stop()
    kodi.wait_for(lambda: collection.details(film)["lastplayed"], "the library to know")
    assert collection.playcount(film) == plays


def test_a_playlist_goes_on_by_itself_and_when_told(kodi: Kodi) -> None:
    player, collection = Player(kodi), Collection(kodi)
    entries = [collection.find(EPISODES[1, number]) for number in (1, 2)]
    assert player.play_list([entry.item for entry in entries]).item["title"] == "Øne"
    assert player.next().item["title"] == "Two"
    assert player.previous().item["title"] == "Øne"
    player.play_out()
    assert player.wait_until_playing("S01E02.mkv").position == 1
    kodi.wait_for(lambda: collection.playcount(entries[0]) == 1, "the first to be counted")
    assert collection.playcount(entries[1]) == 0


def test_another_video_is_opened_over_one_that_runs(kodi: Kodi, library: ScannedLibrary) -> None:
    player, collection = Player(kodi), Collection(kodi)
    player.play(collection.find(EPISODES[0, 1]).item)
    file = library.media / FILMS["Short Film"].files[0]
    assert player.play(file_item(file)).file == str(file)
    assert kodi.quit() < 10 * SLOWNESS


def test_the_library_is_what_was_written(kodi: Kodi) -> None:
    collection = Collection(kodi)
    films, shows = collection.films(), collection.shows()
    assert {(film["title"], film["year"]) for film in films} == {(film.title, film.year) for film in EXAMPLE.films}
    assert {show["title"]: show.get("uniqueid", {}) for show in shows} == {
        show.title: show.ids for show in EXAMPLE.shows
    }
    found = {(entry["season"], entry["episode"]): entry for entry in collection.episodes() if entry["tvshowid"] == 1}
    assert {place: (entry["title"], entry["uniqueid"]) for place, entry in found.items()} == {
        place: (episode.title, episode.ids) for place, episode in EPISODES.items()
    }
    assert found[1, 4]["file"] == found[1, 5]["file"]


def test_a_stack_is_one_film(kodi: Kodi) -> None:
    player, collection = Player(kodi), Collection(kodi)
    playing = player.play(collection.find(FILMS["Two Discs"]).item)
    assert (playing.file.count("-part"), playing.total) == (2, 600)
    assert player.seek(75).time == pytest.approx(450, abs=5)


def test_marks_are_set_by_hand(kodi: Kodi) -> None:
    collection = Collection(kodi)
    wanted: list[Film | Episode] = [FILMS["Short Film"], EPISODES[1, 5]]
    for entry in map(collection.find, wanted):
        collection.mark(entry, playcount=2)
        assert collection.playcount(entry) == 2


@pytest.mark.parametrize("by", ["setInfo", "InfoTagVideo"])
def test_a_plug_ins_video_carries_its_tags(kodi: Kodi, library: ScannedLibrary, by: str) -> None:
    tags = {"title": "A", "tvshowtitle": "Ö", "season": 0, "episode": 3, "year": 2001, "mediatype": "episode"}
    video = PluginVideo(
        library.media / FILMS["Short Film"].files[0],
        info=tags,
        ids={"tmdb": "5", "tvshow.tmdb": "7"},
        properties={"script.trakt.exclude": "true"},
        home={"script.trakt.ids": '{"tmdb": 7}'},
        by=by,
    )
    playing = Player(kodi).play(file_item(video.url))
    names = {"tvshowtitle": "showtitle", "mediatype": "type"}
    assert {name: playing.item[names.get(name, name)] for name in tags} == tags
    assert playing.item["uniqueid"] == video.ids
    assert playing.item["customproperties"]["script.trakt.exclude"] == "true"
    assert playing.item["mediapath"] == video.url
    assert kodi.property("script.trakt.ids") == '{"tmdb": 7}'


def test_a_plug_ins_video_without_tags_plays_in_another_player(kodi: Kodi, library: ScannedLibrary) -> None:
    video = PluginVideo(library.media / FILMS["Short Film"].files[0], label="Only a label")
    player = Player(kodi)
    playing = player.play(file_item(video.url))
    assert (playing.player, playing.item["label"]) == (0, "Only a label")
    assert player.seek(50).percentage == pytest.approx(50, abs=3)
    player.stop()


def test_a_file_added_later_is_found(tmp_path: Path) -> None:
    late = Film("Late", 2020, {"imdb": "tt0000020"})
    own = scanned(Library(films=EXAMPLE.films[:1]), cache=tmp_path)
    with Kodi(Setup(library=own)) as kodi:
        late.write(own.media)
        scan(kodi)
        assert Collection(kodi).details(Collection(kodi).find(late))["uniqueid"] == late.ids
