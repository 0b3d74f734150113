"""Hours in front of the television, by a clock that is turned by hand, and a referee that knows what was watched."""

from __future__ import annotations

import datetime
import gc
import logging
import random
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from simkl_connect.identification.identify import PlayingItem
from simkl_simulator import Drip, Hang, Item, ManualClock, Simulator, Watched, large_catalogue
from simkl_simulator.catalogue import Catalogue

from .growth import Growth
from .lasting import Device
from .report import COUNT
from .soak_pure import FAULTS
from .trend import Series

CLIENT_ID = "client-id-v2"
NOWHERE = "http://127.0.0.1:9"
"""Where nobody listens: the network is gone."""
SHOWS, EPISODES, FILMS = 60, 30, 600
TOO_SHORT = 240.0
"""Seconds: a trailer's."""
WATCHED = 80.0
"""Percent from which on Simkl takes a video for watched."""
APART = 150.0
"""Seconds between the referee's time and Simkl's: a kill costs a minute, a live mark that failed comes by history."""
ARRIVES_IN = 6 * 3600.0
"""Seconds for everything that waits, once the network is there for good."""
SAMPLES = 24
_FAULTS = [fault for fault in FAULTS if not isinstance(fault, (Hang, Drip))]
"""Those leave a thread in the simulator, which would look like growth."""
STARTS_WITHIN = 120.0
"""Seconds for the sign-in."""


class Video(NamedTuple):
    """What Kodi says of it, what Simkl should, and its length in seconds."""

    playing: PlayingItem
    item: Item
    length: float


class Watching:
    """``seed`` makes a run repeatable, as far as threads are. ``events``: what happened how often.

    ``lost``: watched by the referee's book and not on Simkl. ``wrong``: on Simkl and not in the book, or at another
    time.
    """

    def __init__(self, folder: Path, hours: float, seed: int) -> None:
        self._folder = folder
        self._hours = hours
        self._random = random.Random(seed)
        self._clock = ManualClock(time.time() // 1)
        self._catalogue = large_catalogue(SHOWS, EPISODES, FILMS)
        self._videos = _videos(self._catalogue, self._random)
        self._open: Video | None = None
        self._percent = 0.0
        self._book: dict[Item, float] = {}
        self.events = Counter[str]()
        self.lost: list[Item] = []
        self.wrong: list[Item] = []
        self.growth = Growth(
            folder,
            2,  # this one and the simulator's
            (Series("objects of the add-on's classes", COUNT, 20.0), _own_objects),
        )

    def run(self) -> None:
        """All hours, and until everything has arrived."""
        logging.getLogger("simkl_connect").setLevel(logging.CRITICAL)
        with Simulator({CLIENT_ID: "v2"}, interval=5, clock=self._clock, catalogue=self._catalogue) as simkl:
            self._simkl = simkl
            self._device = self._start()
            self._sign_in()
            begun = self._clock()
            for sample in range(1, SAMPLES + 1):
                while self._clock() < begun + sample * self._hours * 3600 / SAMPLES:
                    self._sit_down()
                self._quit()  # no connection is open then
                self.growth.sample(self.events["videos"])
            self._device.url = simkl.url
            self._device.step_until(lambda: not self._device.scrobbler.waiting(), ARRIVES_IN)
            self._compare(simkl.watched())
            self._device.close()

    def _start(self) -> Device:
        return Device(self._folder, self._clock, self._simkl.url, CLIENT_ID, self._random.random)

    def _sign_in(self) -> None:
        self._device.authorizer.authorize("request")
        self._device.step_until(lambda: bool(self._device.view.user_code), STARTS_WITHIN)
        self._simkl.approve(self._device.view.user_code)
        assert self._device.step_until(lambda: self._device.store.account().account_id != "", STARTS_WITHIN)

    def _sit_down(self) -> None:
        """Some videos, each over the one before or after its end; then a pause, a quit, or a power cut."""
        self._device.url = self._random.choice((self._simkl.url, self._simkl.url, NOWHERE))
        for _ in range(self._random.choice((0, 0, 1, 3))):
            self._simkl.fault(self._random.choice(("/scrobble", "/sync")), self._random.choice(_FAULTS), handled=True)
        for _ in range(self._random.randint(1, 4)):
            self._play(self._videos.pop())
            if self._random.random() < 0.5:
                self._stop()
        self._random.choice((self._stop, self._stop, self._stop, self._quit, self._cut_power))()
        self._pass(self._random.uniform(0, 1200))

    def _play(self, video: Video) -> None:
        scrobbler, file, position = self._device.scrobbler, video.playing.file, 0.0
        self.events["videos"] += 1
        if self._open is not None:
            self.events["replaced"] += 1
        self._write_down()
        scrobbler.started(video.playing)
        self._open = video
        for _ in range(self._random.randint(1, 4)):
            if self._random.random() < 0.7:
                position = self._random.choice((0.1, 0.4, 0.78, 0.82, 0.9, 0.97)) * video.length
                scrobbler.sought(file)
                self.events["jumps"] += 1
            for _ in range(self._random.randint(3, 90)):
                position = min(position + 1, video.length)
                self._sample(position)
            self._percent = 100 * position / video.length
            if self._random.random() < 0.3:
                scrobbler.paused(file)
                for _ in range(self._random.randint(1, 300)):
                    self._sample(position)
                scrobbler.resumed(file)
                self.events["pauses"] += 1

    def _sample(self, position: float) -> None:
        assert self._open is not None
        self._device.scrobbler.sampled(self._open.playing.file, position, self._open.length)
        self._pass(1.0)

    def _stop(self) -> None:
        self._write_down()
        self._device.scrobbler.stopped()
        self._pass(self._random.uniform(0, 120))

    def _quit(self) -> None:
        self.events["quits"] += 1
        self._write_down()
        self._device.close()
        self._device = self._start()

    def _cut_power(self) -> None:
        self.events["power cuts"] += 1
        self._write_down()
        self._device.kill()
        self._device = self._start()

    def _write_down(self) -> None:
        """The open video ends now: if it was watched, it goes into the referee's book."""
        video, self._open = self._open, None
        if video is not None and self._percent >= WATCHED and video.length > TOO_SHORT:
            self._book[video.item] = self._clock()

    def _pass(self, seconds: float) -> None:
        until = self._clock() + seconds
        self._device.step_until(lambda: False, until - self._clock())

    def _compare(self, watched: list[Watched]) -> None:
        there = {Item(*one[:5]): _unix(one.watched_at) for one in watched}
        self.events["marks"] = len(self._book)
        self.lost = [item for item in self._book if item not in there]
        self.wrong = [item for item, at in there.items() if abs(at - self._book.get(item, 0.0)) > APART]


def _videos(catalogue: Catalogue, chance: random.Random) -> list[Video]:
    """Every film and episode once, in any order, one in ten too short to count."""
    videos = []
    for title in catalogue.titles:
        about = {"title": title.title, "year": title.year, "uniqueid": dict(title.ids)}
        if title.is_film:
            row = {**about, "id": title.simkl, "type": "movie", "file": f"/films/{title.simkl}.mkv"}
            videos.append(
                (PlayingItem(row, f"/films/{title.simkl}.mkv"), Item("movie", title.title, title.year, None, None))
            )
        for episode in title.episodes:
            file = f"/shows/{episode.simkl}.mkv"
            row = {"id": episode.simkl, "type": "episode", "title": f"Episode {episode.number}", "file": file}
            row |= {"showtitle": title.title, "season": episode.season, "episode": episode.number}
            videos.append((PlayingItem(row, file, about), Item("show", title.title, title.year, *episode.key)))
    chance.shuffle(videos)
    return [Video(*one, TOO_SHORT if chance.random() < 0.1 else chance.uniform(360, 3000)) for one in videos]


def _unix(text: str) -> float:
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp()


def _own_objects() -> float:
    """Not their bytes: the simulated Simkl is in this process too, and what one frees the other is given."""
    return sum(str(type(thing).__module__).startswith("simkl_connect") for thing in gc.get_objects())
