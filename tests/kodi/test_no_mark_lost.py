"""Kodi is killed around the end of a video: its mark reaches Simkl, once."""

from __future__ import annotations

import os
import random
import threading
import time
from contextlib import suppress
from http.client import HTTPException

from conftest import Boot
from real_kodi.addon import Addon
from real_kodi.collection import Collection
from real_kodi.kodi import KodiError
from real_kodi.library import Episode, EpisodeFile, Library, Show
from real_kodi.player import Player
from real_kodi.scanned import scanned
from simkl_simulator import Simulator
from test_scrobbling import wait_until_watched_on_disk

KILLS = int(os.environ.get("KILLS", "3"))
"""How many moments are tried; ``make kills`` tries many."""
BEFORE, AFTER = 0.1, 2.0
"""Seconds around the moment in which Kodi is told to stop: the callback, the disk and Simkl's answer lie in them."""
WHAT_WAITS_IS_SENT = 3.0
"""Seconds from a start of the service."""
COPPER_STREET = Show(
    "Copper Street",
    1987,
    {"tvdb": "300205"},
    tuple(EpisodeFile([Episode(season, number, f"{season} {number}")]) for season in (1, 2) for number in range(1, 23)),
)
LIBRARY = Library(shows=(COPPER_STREET,))


def test_a_kill_around_the_end_of_a_video_loses_no_mark_and_makes_no_second_one(boot: Boot, simkl: Simulator) -> None:
    addon = boot(simkl.url, "v2", library=scanned(LIBRARY))
    addon.sign_in(simkl)
    addon.decline_sync()
    marks: list[tuple[int | None, int | None]] = []
    for kill, episode in zip(range(KILLS), COPPER_STREET.episodes):
        moment = random.Random(kill).uniform(-BEFORE, AFTER)  # no secret
        watch_and_be_killed(addon, episode, moment)
        marks.append((episode.season, episode.number))
        whereabouts = where_the_mark_is(addon, simkl, marks)
        print(f"killed {moment * 1000:.0f} ms after the stop, with the mark {whereabouts}")
        addon.kodi.restart()
        addon.kodi.wait_for(lambda: addon.state, "the service to run: a video from before is not watched")
        addon.kodi.wait_for(
            lambda: [(mark.season, mark.number) for mark in simkl.watched()] == marks, f"{marks} on Simkl", 30.0
        )
        addon.kodi.wait_for(lambda: not addon.rows("outbox"), "nothing to wait", 10.0)
    sent = len(simkl.requests)
    addon.kodi.restart()
    addon.kodi.wait_for(lambda: addon.state, "the service to run")
    time.sleep(WHAT_WAITS_IS_SENT)
    assert [one.path for one in simkl.requests[sent:]] == []


def watch_and_be_killed(addon: Addon, episode: Episode, moment: float) -> None:
    """``moment``: seconds after the stop."""
    kodi, player = addon.kodi, Player(addon.kodi)
    playing = player.play(Collection(kodi).find(episode).item)
    player.seek(93)
    wait_until_watched_on_disk(addon)
    killer = threading.Timer(BEFORE + moment, kodi.kill)
    killer.start()
    time.sleep(BEFORE)
    with suppress(OSError, HTTPException, KodiError):  # it may be gone already, or go before it answers
        kodi.rpc("Player.Stop", playerid=playing.player)
    killer.join()


def where_the_mark_is(addon: Addon, simkl: Simulator, marks: list[tuple[int | None, int | None]]) -> str:
    if marks[-1] in [(mark.season, mark.number) for mark in simkl.watched()]:
        return "on Simkl" if not addon.rows("outbox") else "on Simkl, and not known to be"
    return "in the outbox" if addon.rows("outbox") else "in the open session"
