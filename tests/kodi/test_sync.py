"""Kodi's library and Simkl are brought together in a real Kodi: asked, by itself, undone, and cut off."""

from __future__ import annotations

import json
import os
import random
import time
from typing import Any, Mapping, Sequence

import pytest
from conftest import Boot
from real_kodi import navigation
from real_kodi.addon import QUESTION, Addon
from real_kodi.collection import Collection
from real_kodi.library import Episode, EpisodeFile, Film, Library, Show
from real_kodi.player import Player
from real_kodi.scanned import scanned
from simkl_simulator import Simulator

KILLS = int(os.environ.get("KILLS", "3"))
"""How many moments of a run are tried at random; ``make kills`` tries many."""

HERE, THERE, BOTH = (
    Film("Seven Lanterns", 2023, {"imdb": "tt90000105"}),
    Film("A Map of Salt", 2016, {"imdb": "tt90000106"}),
    Film("The Quiet Orchard", 2011, {"imdb": "tt90000101"}),
)
UNKNOWN = Film("Nobody's Film", 1999, {"imdb": "tt0000999"})
EPISODES = [Episode(1, number, f"Part {number}", {"tvdb": str(5203001 + number)}) for number in range(1, 7)]
SHOW = Show("Harbour Lights", 2009, {"tvdb": "300203"}, [EpisodeFile([episode]) for episode in EPISODES])
LONG = Show(
    "Copper Street",
    1987,
    {"tvdb": "300205"},
    [EpisodeFile([Episode(season, number, f"{season}-{number}")]) for season in (1, 2, 3) for number in range(1, 23)],
)
LIBRARY = Library(films=(HERE, THERE, BOTH, UNKNOWN), shows=(SHOW,))
LONG_LIBRARY = Library(films=(HERE,), shows=(LONG,))
WATCHED_HERE = (HERE, BOTH, UNKNOWN, EPISODES[0], EPISODES[1])
MENU, MESSAGE = "selectdialog", "okdialog"
MADRID = {"locale.timezonecountry": "Spain", "locale.timezone": "Europe/Madrid"}
UNION = {
    "Seven Lanterns": 1,
    "A Map of Salt": 1,
    "The Quiet Orchard": 1,
    "Nobody's Film": 1,
    **{f"Part {number}": int(number in (1, 2, 4, 5)) for number in range(1, 7)},
}


class Home:
    """A Kodi in Madrid, and its user, who is signed in and has watched something on each side."""

    def __init__(self, addon: Addon, simkl: Simulator, watched: Sequence[Film | Episode] = WATCHED_HERE) -> None:
        self.addon, self.kodi, self.simkl = addon, addon.kodi, simkl
        self.collection, self.player = Collection(addon.kodi), Player(addon.kodi)
        for video in watched:
            self.collection.mark(self.collection.find(video), playcount=1, lastplayed="2024-07-02 21:00:00")
        self.before = self.marks
        addon.sign_in(simkl)
        addon.kodi.press("back")
        addon.wait_until_dialog_closed()
        navigation.wait_for_window(self.kodi, QUESTION)

    @property
    def news(self) -> Mapping[str, Any]:
        text = self.kodi.property("script.simkl.connect.sync")
        news: Mapping[str, Any] = json.loads(text) if text else {}
        return news

    @property
    def marks(self) -> dict[str, tuple[int, str]]:
        """Playcount and date of everything in the library, by title."""
        rows = [*self.collection.films(), *self.collection.episodes()]
        return {row["title"]: (row["playcount"], row["lastplayed"]) for row in rows}

    @property
    def playcounts(self) -> dict[str, int]:
        return {title: count for title, (count, _) in self.marks.items()}

    @property
    def menu(self) -> list[tuple[str, str]]:
        items = [f"Container(6).ListItemAbsolute({number})" for number in range(4)]
        labels = self.kodi.labels(*(f"{item}.{name}" for item in items for name in ("Label", "Label2")))
        return [(labels[f"{item}.Label"], labels[f"{item}.Label2"]) for item in items]

    def asked_of_simkl(self, prefix: str = "/sync/") -> list[str]:
        return [request.path for request in self.simkl.requests if request.path.startswith(prefix)]

    def wait_for(self, status: str, timeout: float = 30.0) -> Mapping[str, Any]:
        self.kodi.wait_for(lambda: self.news.get("status") == status, f"the status {status}", timeout)
        return self.news

    def say_no(self) -> None:
        self.addon.decline_sync()
        self.addon.wait_until_script_ended()

    def say_yes(self) -> None:
        navigation.press(self.kodi, "Yes")
        navigation.wait_until_closed(self.kodi, QUESTION)

    def open_menu(self) -> None:
        """The offer is accepted, and both sides are compared."""
        self.say_yes()
        navigation.wait_for_window(self.kodi, MENU)

    def press_in_menu(self, *lines: int) -> None:
        """Press OK on lines of the menu, which stands there again after each but Start."""
        for line in lines:
            self.kodi.wait_for(lambda: len(self.menu[3][0]) > 0, "the menu")
            while self.kodi.label("Container(6).CurrentItem") != str(line + 1):
                self.kodi.press("down")
                self.kodi.catch_up()
            self.kodi.press("select")
            self.kodi.catch_up()

    def sync(self) -> Mapping[str, Any]:
        """Without a question, to its end."""
        at = self.news.get("request")
        self.addon.run("sync,now")
        self.kodi.wait_for(lambda: self.news.get("request") != at, "the run to begin")
        return self.wait_for("done")

    def undo(self) -> None:
        before = self.news
        self.addon.run("sync,undo")
        navigation.wait_for_window(self.kodi, QUESTION)
        self.say_yes()
        self.kodi.wait_for(lambda: self.news != before, "the undo to begin")
        self.wait_for("done")


@pytest.fixture
def home(boot: Boot, simkl: Simulator) -> Home:
    simkl.preset_watched(THERE.title, watched_at="2023-07-01T20:00:00Z")
    simkl.preset_watched(BOTH.title, watched_at="2023-07-01T20:00:00Z")
    simkl.preset_watched(SHOW.title, 1, 4, watched_at="2023-12-01T20:00:00Z")
    simkl.preset_watched(SHOW.title, 1, 5, watched_at="2023-12-01T20:00:00Z")
    return Home(boot(simkl.url, "v2", library=scanned(LIBRARY), kodi_settings=MADRID), simkl)


def test_the_first_sync_shows_what_it_would_do_and_goes_both_ways(home: Home) -> None:
    home.open_menu()
    assert home.menu == [
        ("Start", ""),
        ("Mark on Simkl: Yes", "Episodes: 2, films: 2"),
        ("Mark in Kodi's library: Yes", "Episodes: 2, films: 1"),
        ("Show all titles", "Left alone: 0"),
    ]
    home.press_in_menu(0)
    news = home.wait_for("done")
    assert (news["sent"], news["written"], news["left_alone"]) == (3, 3, 1)
    assert home.playcounts == UNION
    assert home.marks[THERE.title] == (1, "2023-07-01 22:00:00")
    assert home.marks["Part 4"] == (1, "2023-12-01 21:00:00")
    assert home.marks[HERE.title] == home.before[HERE.title]
    dates = {(mark.title, mark.number): mark.watched_at for mark in home.simkl.watched()}
    assert dates["Seven Lanterns", None] == dates["Harbour Lights", 1] == "2024-07-02T19:00:00Z"
    assert len(dates) == 7
    assert (home.addon.settings["sync_to_simkl"], home.addon.settings["sync_to_kodi"]) == ("true", "true")


def test_what_simkl_does_not_know_is_on_the_activity_page_and_not_sent_again(home: Home) -> None:
    home.say_no()
    home.sync()
    home.sync()
    rows = [json.loads(text) for text in home.addon.rows("activity")]
    assert [(row["title"], row["status"], row["reason"]) for row in rows] == [
        (UNKNOWN.title, "failed", "unknown_movie")
    ]
    assert home.asked_of_simkl("/sync/history") == ["/sync/history"]


def test_a_second_run_asks_simkl_once_and_its_own_marks_are_nobodys(home: Home) -> None:
    home.say_no()
    home.sync()
    time.sleep(4.0)  # a mark by hand would be sent by now
    asked = home.asked_of_simkl()
    assert asked.count("/sync/history") == 1
    home.sync()
    assert home.asked_of_simkl() == [*asked, "/sync/activities"]


def test_undo_puts_back_what_the_last_sync_set_and_nothing_else(home: Home) -> None:
    home.say_no()
    home.sync()
    home.undo()
    assert home.marks == home.before
    home.sync()
    assert home.marks == home.before


def test_nothing_is_done_after_a_no_to_the_preview(home: Home) -> None:
    home.open_menu()
    home.kodi.press("back")
    home.wait_for("cancelled")
    assert home.marks == home.before
    assert home.asked_of_simkl("/sync/history") == []
    assert "true" not in (home.addon.settings.get("sync_to_simkl"), home.addon.settings.get("sync_to_kodi"))


def test_a_direction_that_is_switched_off_is_left_alone(home: Home) -> None:
    home.open_menu()
    home.press_in_menu(1, 0)
    home.wait_for("done")
    assert home.asked_of_simkl("/sync/history") == []
    assert home.playcounts == UNION
    assert (home.addon.settings["sync_to_simkl"], home.addon.settings["sync_to_kodi"]) == ("false", "true")


def test_the_offer_is_made_once(home: Home) -> None:
    home.say_no()
    home.addon.run("authorize")
    home.simkl.approve(home.addon.wait_for_code())
    home.addon.wait_for_phase("connected")
    home.kodi.press("back")
    home.addon.wait_until_script_ended()
    assert home.asked_of_simkl() == []


def test_an_excluded_folder_is_left_alone(boot: Boot, simkl: Simulator) -> None:
    library = scanned(LIBRARY)
    settings = {"exclude_folder_1": str(library.media / "films" / "Seven Lanterns (2023)")}
    home = Home(boot(simkl.url, "v2", library=library, settings=settings), simkl)
    home.say_no()
    home.sync()
    assert HERE.title not in [mark.title for mark in simkl.watched()]
    assert BOTH.title in [mark.title for mark in simkl.watched()]


def test_a_video_that_plays_puts_it_off(home: Home) -> None:
    home.say_no()
    home.player.play(home.collection.find(EPISODES[5]).item)
    home.addon.run("sync")
    navigation.wait_for_window(home.kodi, MESSAGE)
    home.kodi.press("select")
    home.addon.wait_until_script_ended()
    home.addon.run("sync,now")
    home.addon.wait_until_script_ended()
    assert home.asked_of_simkl() == []
    home.player.stop()
    home.wait_for("done")
    assert home.playcounts == UNION


@pytest.mark.parametrize("moment", range(KILLS))
def test_after_a_kill_in_mid_run_the_next_run_completes_and_undo_is_right(
    boot: Boot, simkl: Simulator, moment: int
) -> None:
    simkl.preset_watched(LONG.title, watched_at="2023-12-01T20:00:00Z")
    simkl.preset_unwatched(LONG.title, 1, 1)
    seen = LONG.episodes[:3]
    home = Home(boot(simkl.url, "v2", library=scanned(LONG_LIBRARY)), simkl, [HERE, *seen])
    home.say_no()
    home.addon.run("sync,now")
    home.kodi.wait_for(home.asked_of_simkl, "the first request")
    time.sleep(random.Random(moment).uniform(0.0, 2.0))  # no secret; the run takes a second and a half
    print("killed while", home.news)
    home.kodi.kill()
    home.kodi.restart()
    home.kodi.wait_for(lambda: home.addon.state, "the service to run")
    home.sync()
    assert set(home.playcounts.values()) == {1}
    marks = [(mark.title, mark.season, mark.number) for mark in simkl.watched()]
    assert (HERE.title, None, None) in marks
    assert (LONG.title, 1, 1) in marks
    home.undo()
    assert home.marks == home.before
