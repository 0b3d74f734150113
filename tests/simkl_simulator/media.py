"""The part of the server's memory that is about watching: the catalogue, everybody's library, what was scrobbled."""

from __future__ import annotations

import math
import time
from typing import Callable, Iterable, Mapping, NamedTuple

from .catalogue import Catalogue, Title
from .library import FILM, STATUSES, Item, Library, Session, Watched, item_of, to_text
from .model import Account


class ScrobbleEvent(NamedTuple):
    """One scrobble with a valid token and body, as it was received.

    ``time``: seconds of the simulator's clock. ``item``: what was matched, None if nothing was. ``progress``: percent.
    ``status``: of the answer; ``action``: what the answer said, empty if it refused.
    """

    time: float
    path: str
    item: Item | None
    progress: float
    status: int
    action: str
    body: Mapping[str, object]


class Media:
    """Everything about watching. Guarded by the state's lock, as the state itself.

    ``clock``: the server's seconds, ``utc_now``: the Unix time that its current reading stands for.
    """

    def __init__(self, catalogue: Catalogue, clock: Callable[[], float], utc_now: float | None = None) -> None:
        self.catalogue = catalogue
        self.events: list[ScrobbleEvent] = []
        self.ungated_polls = 0
        self._clock = clock
        self._offset = (time.time() if utc_now is None else utc_now) - clock()
        self._locked_until = -math.inf
        self._libraries: dict[int, Library] = {}

    @property
    def now(self) -> float:
        """Unix seconds."""
        return self._clock() + self._offset

    def library(self, account: Account) -> Library:
        """What this account has watched."""
        return self._libraries.setdefault(account.id, Library())

    # The write lock

    @property
    def locked(self) -> bool:
        """Whether another write of the same user is still under way."""
        return self._clock() < self._locked_until

    def hold_lock(self, seconds: float) -> None:
        """Let every write fail for so long; 0 ends it."""
        self._locked_until = self._clock() + seconds

    # What tests look at

    def watched(self, account: Account) -> list[Watched]:
        """All marks, sorted by kind, title, year, season and number."""
        entries = self.library(account).entries.values()
        marks = [(entry.title, key, at) for entry in entries for key, at in entry.marks.items()]
        marks.sort(key=lambda mark: (mark[0].kind, mark[0].title, mark[0].year, mark[1]))
        return [Watched(title.kind, title.title, title.year, *_numbers(key), at) for title, key, at in marks]

    def sessions(self, account: Account) -> list[Session]:
        """Running and saved playbacks, oldest first."""
        now = self.now
        return [
            Session(play.id, play.action, item_of(play.target), play.progress_at(now), to_text(play.at))
            for play in self.library(account).running(now)
        ]

    def statuses(self, account: Account) -> dict[tuple[str, int], str]:
        """The list of each title, by its name and year."""
        entries = self.library(account).entries.values()
        return {(entry.title.title, entry.title.year): entry.status for entry in entries}

    # What tests arrange

    def preset_watched(self, account: Account, title: Title, keys: Iterable[tuple[int, int]], at: str | None) -> None:
        """As if marked on another device."""
        library = self.library(account)
        library.mark(title, keys, at or to_text(self.now), library.new_stamp(self.now))

    def preset_unwatched(self, account: Account, title: Title, keys: Iterable[tuple[int, int]] | None) -> None:
        """As if taken away on the site, the whole title if ``keys`` is None."""
        library = self.library(account)
        library.unmark(title, keys, library.new_stamp(self.now))

    def preset_status(self, account: Account, title: Title, status: str) -> None:
        """As if filed under a list on the site."""
        if status not in STATUSES:
            raise ValueError(f"a list is one of {STATUSES}, not {status!r}")
        library = self.library(account)
        library.put(title, status, library.new_stamp(self.now))


def _numbers(key: tuple[int, int]) -> tuple[int | None, int | None]:
    return (None, None) if key == FILM else key


def keys_of(title: Title, season: int | None, number: int | None) -> list[tuple[int, int]]:
    """Marks of a film, of one episode, a season or all that has aired. Raises LookupError for unknown episodes."""
    if title.is_film:
        return [FILM]
    if season is None:
        return [episode.key for episode in title.aired]
    keys = [e.key for e in title.episodes if e.season == season and (e.number == number if number else e.aired)]
    if not keys:
        raise LookupError(f"{title.title} ({title.year}) has no season {season}, episode {number}")
    return keys
