"""What one account has watched: its marks, lists, activity times and running playbacks. Times are Unix seconds here."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Iterable, NamedTuple, Optional, Tuple

from .catalogue import ANIME, MOVIE, SHOW, Episode, Title

FILM = (0, 0)
"""Season and number under which a film's mark is kept."""

UNKNOWN_DATE = "1970-01-01T00:00:01Z"
"""Simkl's way to say: watched, but nobody knows when."""

GROUPS = {SHOW: "tv_shows", ANIME: "anime", MOVIE: "movies"}
"""A kind's name in the activities."""

STATUSES = ("plantowatch", "watching", "completed", "hold", "dropped")

Target = Tuple[Title, Optional[Episode]]
"""What is watched: a film, or an episode of a title."""


class Item(NamedTuple):
    """What tests see of a film or an episode; ``season`` and ``number`` are None for a film."""

    kind: str
    title: str
    year: int
    season: int | None
    number: int | None


class Watched(NamedTuple):
    """One mark in an account's history. ``watched_at`` as it was sent, UTC."""

    kind: str
    title: str
    year: int
    season: int | None
    number: int | None
    watched_at: str


class Session(NamedTuple):
    """A running ("start") or a saved ("pause") playback. ``progress``: percent by now. ``at``: UTC of its event."""

    id: int
    action: str
    item: Item
    progress: float
    at: str


@dataclass
class Playback:
    """Where somebody is in a film or an episode. While it runs, the server moves on by the title's runtime."""

    id: int
    action: str
    target: Target
    progress: float
    at: float

    def progress_at(self, now: float) -> float:
        """Percent, at most 100."""
        running = (now - self.at) / (self.target[0].runtime * 60) * 100 if self.action == "start" else 0.0
        return min(100.0, self.progress + running)

    def expired(self, now: float) -> bool:
        """Whether a running playback has reached its end; that marks nothing as watched."""
        return self.action == "start" and self.progress_at(now) >= 100


@dataclass
class Entry:
    """A title on an account's lists. ``marks``: season and number to the time of watching."""

    title: Title
    status: str
    changed: float
    rating: int | None = None
    marks: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def last_watched_at(self) -> str | None:
        """None if no mark has a known date."""
        return max((at for at in self.marks.values() if at != UNKNOWN_DATE), default=None)

    def status_by_marks(self) -> str:
        """Completed once everything that has aired is marked."""
        done = self.title.is_film or all(episode.key in self.marks for episode in self.title.aired)
        return "completed" if done else "watching"


class Library:
    """One account's side of Simkl."""

    def __init__(self) -> None:
        self.entries: dict[int, Entry] = {}
        self.playbacks: dict[int, Playback] = {}
        self.stopped: dict[tuple[int, int, int], float] = {}
        self.activities: dict[tuple[str, str], float] = {}
        self.gates: set[object] = set()
        self._ids = itertools.count(1 << 40)
        self._stamp = 0.0

    def new_stamp(self, now: float) -> float:
        """The time of one change, in whole seconds, and later than any before: no change hides behind another."""
        self._stamp = max(float(int(now)), self._stamp + 1)
        return self._stamp

    def new_id(self) -> int:
        """The number of a playback or of a scrobble; beyond 32 bits, as Simkl's are."""
        return next(self._ids)

    def touch(self, kind: str, name: str, stamp: float) -> None:
        """Note in the activities that something changed."""
        self.activities[GROUPS[kind], name] = stamp

    def mark(self, title: Title, keys: Iterable[tuple[int, int]], watched_at: str, stamp: float) -> int:
        """Mark films or episodes as watched; how many were not before. A repeat keeps the first date."""
        keys = list(keys)
        if not keys:
            return 0
        entry = self.entries.setdefault(title.simkl, Entry(title, "watching", stamp))
        before = len(entry.marks)
        for key in keys:
            entry.marks.setdefault(key, watched_at)
        new = len(entry.marks) - before
        if new:
            self.put(title, entry.status_by_marks(), stamp)
        return new

    def unmark(self, title: Title, keys: Iterable[tuple[int, int]] | None, stamp: float) -> int:
        """Take marks away, all of them if ``keys`` is None; how many there were. The last one takes the title along."""
        entry = self.entries.get(title.simkl)
        if entry is None:
            return 0
        gone = set(entry.marks) if keys is None else set(keys) & set(entry.marks)
        for key in gone:
            del entry.marks[key]
        if keys is None or not entry.marks:
            del self.entries[title.simkl]
            self.touch(title.kind, "removed_from_list", stamp)
        elif gone:
            self.put(title, entry.status_by_marks(), stamp)
        return len(gone)

    def put(self, title: Title, status: str, stamp: float) -> None:
        """File a title under a list. Films know no "watching" and no "hold": they are completed then."""
        if title.kind == MOVIE and status in ("watching", "hold"):
            status = "completed"
        entry = self.entries.setdefault(title.simkl, Entry(title, status, stamp))
        entry.status, entry.changed = status, stamp
        self.touch(title.kind, status, stamp)

    def rate(self, title: Title, rating: int, stamp: float) -> None:
        """Give a title on a list its rating."""
        self.entries[title.simkl].rating = rating
        self.touch(title.kind, "rated_at", stamp)

    def watched(self, target: Target) -> bool:
        """Whether it has a mark."""
        entry = self.entries.get(target[0].simkl)
        return entry is not None and key_of(target) in entry.marks

    def play(self, action: str, target: Target, progress: float, now: float) -> Playback:
        """The title's only playback from here on. Another title's running one ends by itself: watched from 80 % on."""
        for other in list(self.playbacks.values()):
            if other.expired(now):
                del self.playbacks[other.target[0].simkl]
            elif action == "start" and other.action == "start" and other.target != target:
                self._supersede(other, now)
        playback = Playback(self.new_id(), action, target, progress, now)
        self.playbacks[target[0].simkl] = playback
        return playback

    def _supersede(self, playback: Playback, now: float) -> None:
        del self.playbacks[playback.target[0].simkl]
        if playback.progress_at(now) >= 80:
            self.mark(playback.target[0], [key_of(playback.target)], to_text(now), self.new_stamp(now))

    def running(self, now: float) -> list[Playback]:
        """All playbacks that have not run out, oldest first."""
        return sorted((p for p in self.playbacks.values() if not p.expired(now)), key=lambda playback: playback.id)


def key_of(target: Target) -> tuple[int, int]:
    """Season and number of a mark."""
    title, episode = target
    return FILM if title.is_film or episode is None else episode.key


def item_of(target: Target) -> Item:
    """How tests see it."""
    title, episode = target
    numbers = (None, None) if title.is_film or episode is None else episode.key
    return Item(title.kind, title.title, title.year, *numbers)


def to_text(unix: float) -> str:
    """Simkl's way to write a time: UTC, whole seconds."""
    return datetime.fromtimestamp(int(unix), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> float:
    """Unix seconds of ``YYYY-MM-DDTHH:MM:SSZ``. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
