"""Kodi's library and Simkl are brought together in a real Kodi: asked, by itself, undone, and cut off."""

from __future__ import annotations

import json
import os
import random
import time
from typing import Any, Mapping

import pytest
from conftest import Boot
from real_kodi import navigation
from real_kodi.addon import Addon
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
EPISODES = [Episode(1, number, f"Part {number}", {"tvdb": str(5203001 + number)}) for number in range(1, 11)]
SHOW = Show("Harbour Lights", 2009, {"tvdb": "300203"}, [EpisodeFile([episode]) for episode in EPISODES])
LIBRARY = Library(films=(HERE, THERE, BOTH, UNKNOWN), shows=(SHOW,))
WATCHED_HERE = (HERE, BOTH, UNKNOWN, EPISODES[0], EPISODES[1])
QUESTION, MENU = "yesnodialog", "selectdialog"
WHEN = "2024-01-02 21:00:00"


class Home:
    """A Kodi with films and a show, and its user: signed in, with something watched on each side."""

    def __init__(self, addon: Addon, simkl: Simulator) -> None:
        self.addon, self.kodi, self.simkl = addon, addon.kodi, simkl
        self.collection, self.player = Collection(addon.kodi), Player(addon.kodi)
        for video in WATCHED_HERE:
            self.collection.mark(self.collection.find(video), playcount=1, lastplayed=WHEN)
        simkl.preset_watched(THERE.title)
        simkl.preset_watched(BOTH.title, watched_at="2023-07-01T20:00:00Z")
        simkl.preset_watched(SHOW.title, 1, 4, watched_at="2023-07-01T20:00:00Z")
        simkl.preset_watched(SHOW.title, 1, 5)
        addon.run("authorize")
        simkl.approve(addon.wait_for_code())
        addon.wait_for_setting("account_name")
        addon.kodi.press("back")
        addon.wait_until_dialog_closed()
        navigation.wait_for_window(self.kodi, QUESTION)

    @property
    def news(self) -> Mapping[str, Any]:
        text = self.kodi.property("script.simkl.connect.sync")
        news: Mapping[str, Any] = json.loads(text) if text else {}
        return news

    @property
    def playcounts(self) -> dict[str, int]:
        rows = [*self.collection.films(), *self.collection.episodes()]
        return {row["title"]: row["playcount"] for row in rows}

    @property
    def menu(self) -> list[tuple[str, str]]:
        items = [f"Container(6).ListItemAbsolute({number})" for number in range(4)]
        labels = self.kodi.labels(*(f"{item}.{name}" for item in items for name in ("Label", "Label2")))
        return [(labels[f"{item}.Label"], labels[f"{item}.Label2"]) for item in items]

    def wait_for(self, status: str, timeout: float = 30.0) -> Mapping[str, Any]:
        self.kodi.wait_for(lambda: self.news.get("status") == status, f"the status {status}", timeout)
        return self.news

    def say_no(self) -> None:
        self.kodi.press("back")
        navigation.wait_until_closed(self.kodi, QUESTION)

    def open_menu(self) -> None:
        """The offer is accepted, and both sides are compared."""
        navigation.press(self.kodi, "Yes")
        self.wait_for("asking")
        navigation.wait_for_window(self.kodi, MENU)


@pytest.fixture
def home(boot: Boot, simkl: Simulator) -> Home:
    return Home(boot(simkl.url, "v2", library=scanned(LIBRARY), width=1920, height=1080), simkl)


def test_trial(home: Home) -> None:
    time.sleep(1)
    home.kodi.screenshot("/tmp/sync-offer.png")
    home.open_menu()
    time.sleep(1.5)
    home.kodi.screenshot("/tmp/sync-menu.png")
    home.kodi.press("up")
    home.kodi.press("select")
    time.sleep(1.5)
    home.kodi.screenshot("/tmp/sync-titles.png")
    home.kodi.press("back")
    time.sleep(1.5)
    home.kodi.press("down")
    print(home.menu)
    home.kodi.press("select")
    for _ in range(30):
        print(home.news)
        if home.news.get("status")=="writing": home.kodi.screenshot("/tmp/sync-bar.png")
        if home.news.get("status")=="done": break
        time.sleep(0.2)
    time.sleep(1)
    home.kodi.screenshot("/tmp/sync-done.png")
    print(home.playcounts, home.simkl.watched())
    print(home.addon.settings)
    print([r.path for r in home.simkl.requests])
    print(home.kodi.log()[-6000:])
    assert 0
