"""A video that is watched: how soon Simkl hears of it, how soon its mark is on the disk, and what that costs."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import NamedTuple

from real_kodi.addon import Addon
from real_kodi.collection import Collection
from real_kodi.kodi import Kodi
from real_kodi.library import Episode, EpisodeFile, Film, Library, Show
from real_kodi.player import Player
from simkl_simulator import Simulator, silent_listener

from . import procfs
from .lab import ROUND_TRIP, Lab, database, restart, until
from .report import MS, PERCENT, SECONDS, Row, at_most_more

START_WITHIN, ON_DISK_WITHIN, CALLBACK, QUIT_MORE = 1.0, 0.02, 0.005, 0.5
"""Seconds."""
CPU_MORE = 0.005
"""Of one core."""
SETTLING = 5.0
"""Seconds from the start of a video until it is taken to run evenly."""
_ON_DISK = "end of a video → mark on disk; floor: a plain commit"
APART = 1.5
"""Seconds between a mark and the next video: one POST a second is what Simkl takes."""
ENDS = ("onPlayBackStopped", "onPlayBackEnded")
EPISODES = tuple(Episode(1, number, f"Part {number}") for number in range(1, 23))
FILM = Film("Seven Lanterns", 2023, {"imdb": "tt9000105", "tmdb": "500105"})
LIBRARY = Library(
    (FILM,),
    (Show("Copper Street", 1987, {"tvdb": "300205"}, tuple(EpisodeFile([one]) for one in EPISODES)),),
)
TIMED = """
import functools, json, sqlite3, time
from simkl_connect.kodi.background.player import WatchedPlayer

commits = []
plain = sqlite3.connect({log!r} + ".db", isolation_level=None)
for statement in ("PRAGMA journal_mode=TRUNCATE", "PRAGMA synchronous=FULL", "CREATE TABLE plain (at)"):
    plain.execute(statement).fetchall()

class Connection(sqlite3.Connection):
    def execute(self, statement, *parameters):
        result = super().execute(statement, *parameters)
        if statement == "COMMIT":
            commits.append(time.monotonic())
        return result

def timed(name, method):
    def call(self, *parameters):
        del commits[:]
        began = time.monotonic()
        method(self, *parameters)
        ended = time.monotonic()
        plain.execute("INSERT INTO plain VALUES (0)")
        disk = time.monotonic() - ended
        with open({log!r}, "a") as log:
            log.write(json.dumps([name, ended - began, [at - began for at in commits], disk]) + "\\n")
    return call

sqlite3.connect = functools.partial(sqlite3.connect, factory=Connection)
for name in [name for name in vars(WatchedPlayer) if name.startswith("on")]:
    setattr(WatchedPlayer, name, timed(name, getattr(WatchedPlayer, name)))
"""
"""Goes into the service before it runs: how long each of the player's callbacks takes, when each commit in it is over,
and how long a commit takes that does nothing else, just afterwards."""


class Callback(NamedTuple):
    """One that was called: seconds, those from its begin to the end of each commit, and those of a plain commit."""

    name: str
    taken: float
    commits: list[float]
    disk: float


def measure(lab: Lab) -> list[Row]:
    """The rows."""
    return [*_moments(lab), _cpu(lab), _quit(lab)]


def _moments(lab: Lab) -> list[Row]:
    log = lab.folder / "callbacks.txt"
    starts: list[float] = []
    with lab.simkl(interval=1) as simkl, lab.ours(
        simkl.url, library=LIBRARY, before_run=TIMED.format(log=str(log))
    ) as kodi:
        _sign_in(kodi, simkl)
        for episode in EPISODES[: lab.times(22, 4)]:
            starts.append(_watch(kodi, simkl, episode))
    callbacks = [Callback(*json.loads(line)) for line in log.read_text().splitlines()]
    on_disk = [one.commits[0] for one in callbacks if one.name in ENDS]
    disk, slowest = median(one.disk for one in callbacks), max(one.disk for one in callbacks)
    names = sorted({one.name for one in callbacks})
    by_name = {name: [one.taken for one in callbacks if one.name == name] for name in names}
    return [
        at_most_more("video begins → start at Simkl, worst", max(starts), ROUND_TRIP, MS, START_WITHIN, len(starts)),
        at_most_more(f"{_ON_DISK}, median", median(on_disk), disk, MS, ON_DISK_WITHIN, len(on_disk)),
        at_most_more(f"{_ON_DISK}, worst", max(on_disk), slowest, MS, ON_DISK_WITHIN, len(on_disk)),
        *(
            at_most_more(f"{name}, the callback; floor: a plain commit", median(taken), disk, MS, CALLBACK, len(taken))
            for name, taken in by_name.items()
        ),
    ]


def _sign_in(kodi: Kodi, simkl: Simulator) -> None:
    addon = Addon(kodi)
    addon.sign_in(simkl)
    kodi.press("back")
    addon.decline_sync()


def _watch(kodi: Kodi, simkl: Simulator, episode: Episode) -> float:
    """From its start over a pause to its end; seconds from its begin until Simkl has heard of it."""
    player, said, heard = Player(kodi), len(kodi.notifications()), len(simkl.requests)
    player.play(Collection(kodi).find(episode).item)
    began = next(note.at for note in kodi.notifications()[said:] if note.method == "Player.OnAVStart")

    def start() -> float:
        return next((one.time for one in simkl.requests[heard:] if one.path == "/scrobble/start"), 0.0)

    arrived, _ = until(start, "the start at Simkl", pause=0.01)
    player.pause()
    player.go_on()
    player.seek(90)
    if episode.number % 2:
        player.stop()
    else:
        player.play_out()
    kodi.wait_for(lambda: len(simkl.watched()) == episode.number, "the mark on Simkl", 20.0)
    time.sleep(APART)
    return arrived - began


def _cpu(lab: Lab) -> Row:
    floors: list[float] = []
    ours: list[float] = []
    seconds = 10.0 if lab.short else 60.0
    with ExitStack() as stack:
        simkl = stack.enter_context(lab.simkl(interval=1))
        empty, full = stack.enter_context(lab.floor(LIBRARY)), stack.enter_context(lab.ours(simkl.url, library=LIBRARY))
        _sign_in(full, simkl)
        for kodi in (empty, full):
            kodi.quit()
        for _ in range(lab.times(3, 1)):
            for kodi, used in ((empty, floors), (full, ours)):
                restart(kodi)
                Player(kodi).play(Collection(kodi).find(FILM).item)
                time.sleep(SETTLING)
                before = procfs.python_cpu(kodi.pid)
                time.sleep(seconds)
                used.append((procfs.python_cpu(kodi.pid) - before) / seconds)
                kodi.quit()
    what = "a video plays: part of a core, threads that run Python; floor: a service that does nothing"
    return at_most_more(what, median(ours), median(floors), PERCENT, CPU_MORE, len(ours))


def _quit(lab: Lab) -> Row:
    """With a network that answers nothing, not even a SYN."""
    floors: list[float] = []
    ours: list[float] = []
    with ExitStack() as stack:
        simkl = stack.enter_context(lab.simkl(interval=1))
        dead = stack.enter_context(silent_listener(accepts=False)).https
        bare, full = stack.enter_context(lab.bare(LIBRARY)), stack.enter_context(lab.ours(simkl.url, library=LIBRARY))
        _sign_in(full, simkl)
        for kodi in (bare, full):
            kodi.quit()
        for episode in EPISODES[: lab.times(5, 2)]:
            restart(bare)
            _bring_to_93(bare, episode)
            floors.append(bare.quit())
            restart(full, lab.environment(dead))
            _bring_to_93(full, episode)
            ours.append(full.quit())
            if _marks(database(full)) != len(ours):
                raise TimeoutError("a mark is not on the disk")
    what = "quit in mid-play, no answer to SYN, the mark on disk"
    return at_most_more(what, median(ours), median(floors), SECONDS, QUIT_MORE, len(ours))


def _bring_to_93(kodi: Kodi, episode: Episode) -> None:
    player = Player(kodi)
    player.play(Collection(kodi).find(episode).item)
    player.seek(93)
    time.sleep(2.0)


def _marks(file: Path) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute("SELECT count(*) FROM queued WHERE kind = 'outbox'").fetchone()[0])
