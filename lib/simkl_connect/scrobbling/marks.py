"""Marks that the user makes by hand in Kodi's library, told from the echo of a play, of the sync, and of a scan."""

from __future__ import annotations

import logging
from typing import Callable, Iterable, Mapping, NamedTuple

from ..delivery.outbox import Entry
from ..environment import Environment
from ..identification.decisions import Decisions
from ..identification.descriptions import media_key
from ..identification.identify import Identified
from ..identification.subjects import dump_origin, origin_of
from ..json_values import as_number
from ..media import Media
from ..sync import dates
from .callbacks import Callbacks
from .session import read_record

SETTLE = 2.5
"""Seconds without another mark after which they are sent: a whole show comes as one change for each episode."""
AFTER_A_PLAY = 10.0
"""Seconds after a video's end in which a change of its row is the play's own."""
ECHO_WITHIN = 60.0
"""Seconds in which a change that we wrote comes back."""
AT_ONCE = 20
"""Rows that are looked up in one turn, so that a whole show does not hold up the service."""
RECENT = 86400.0
"""Seconds within which a row's date is that of the mark; the exact time is then our own."""
CLOSE_WITHIN = 1.0
"""Seconds for that at the end; Kodi kills a service that takes five."""

_log = logging.getLogger(__name__)


class Update(NamedTuple):
    """A library row whose playcount has changed by one change alone, outside of scans."""

    kind: str
    row: int
    playcount: int


def read_update(data: object) -> Update | None:
    """``VideoLibrary.OnUpdate``'s data, if a film or episode got a playcount; None for all else."""
    if not isinstance(data, dict) or data.get("transaction") or data.get("added"):
        return None
    item = data.get("item")
    kind, row = (item.get("type"), as_number(item.get("id"))) if isinstance(item, dict) else (None, None)
    playcount = as_number(data.get("playcount"))
    if kind not in ("movie", "episode") or not row or playcount is None:
        return None
    return Update(kind, row, playcount)


class Marks:
    """``keep`` gets what was marked, and for a single video where it is from. One thread."""

    def __init__(
        self,
        environment: Environment,
        callbacks: Callbacks,
        decisions: Decisions,
        owner: Callable[[], str],
        keep: Callable[[list[Entry], Mapping[str, object]], None],
    ) -> None:
        self._environment = environment
        self._callbacks = callbacks
        self._decisions = decisions
        self._owner = owner
        self._keep = keep
        self._played: dict[tuple[str, int], float] = {}
        self._echoes: dict[Update, float] = {}
        self._waiting: dict[tuple[str, int], float] = {}
        self._found: dict[str, Entry] = {}
        self._origins: list[Mapping[str, object]] = []
        self._due = 0.0
        self._has_record = bool(read_record(environment.database))
        self._others: set[tuple[str, int]] = set()

    def plays_already(self, keys: Iterable[tuple[str, int]]) -> None:
        """These rows' video began before the service did.

        Without a record of it, that was in another profile: Kodi plays on, and at the end changes the row in this one.
        """
        self._others = set() if self._has_record else set(keys)

    def played(self, keys: Iterable[tuple[str, int]]) -> None:
        """These rows play, or have just stopped to: their changes are the play's. So is what played already."""
        until = self._environment.clock() + AFTER_A_PLAY
        self._played.update(dict.fromkeys((*keys, *self._others), until))
        self._others = set()

    def expect_echo(self, kind: str, row: int, playcount: int) -> None:
        """This change is ours: it was just written into the library."""
        now = self._environment.clock()
        self._echoes = {update: until for update, until in self._echoes.items() if until > now}
        self._echoes[Update(kind, row, playcount)] = now + ECHO_WITHIN

    def update(self, data: object, playing: Iterable[tuple[str, int]] = ()) -> None:
        """A ``VideoLibrary.OnUpdate`` has come; ``playing``: the rows of the video that is open."""
        now, update = self._environment.clock(), read_update(data)
        if update is None or not update.playcount or not self._callbacks.preferences().marks:
            return
        key = (update.kind, update.row)
        if self._echoes.pop(update, 0.0) > now or key in {*playing, *self._others} or self._played.get(key, 0.0) > now:
            return
        if self._owner():
            self._waiting[key] = self._environment.wall_clock()
            self._due = now + SETTLE

    def advance(self) -> None:
        """Looks up what was marked once no more comes, some rows at a time."""
        if not self._waiting or self._environment.clock() < self._due:
            return
        for key in list(self._waiting)[:AT_ONCE]:
            self._look_up(key, self._waiting.pop(key))
        if not self._waiting:
            self._flush()

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do."""
        return max(0.0, self._due - self._environment.clock()) if self._waiting else None

    def close(self) -> None:
        """Keeps what waits, without waiting for more, as far as it can be looked up in :data:`CLOSE_WITHIN`."""
        until = self._environment.clock() + CLOSE_WITHIN
        for key, at in list(self._waiting.items()):
            self._look_up(key, at)
            if self._environment.clock() >= until:
                break
        self._waiting.clear()
        self._flush()

    def _look_up(self, key: tuple[str, int], at: float) -> None:
        playing = self._callbacks.look_up(*key)
        if playing is None:
            return
        outcome = self._decisions.identify(playing)
        if not isinstance(outcome, Identified):
            _log.info("a mark made by hand is left alone: %s", getattr(outcome, "reason", "unsure"))
            return
        watched_at = _watched_at(playing.item.get("lastplayed"), at)
        if not self._found.keys() >= set(map(media_key, outcome.media)):
            self._origins.append(dump_origin(origin_of(playing)))
        for one in outcome.media:
            self._found.setdefault(media_key(one), self._entry(one, watched_at))

    def _entry(self, media: Media, watched_at: float | None) -> Entry:
        return Entry(media, watched_at, self._owner())

    def _flush(self) -> None:
        found, origins, self._found, self._origins = self._found, self._origins, {}, []
        if found and self._owner():
            self._keep(list(found.values()), origins[0] if len(origins) == 1 else {})


def _watched_at(last_played: object, at: float) -> float | None:
    """When it was watched that was marked ``at`` a Unix time; None if the row has no date.

    Add-ons that bring marks from elsewhere give a row its old date.
    """
    told = dates.from_kodi(last_played)
    if told and at - told > RECENT:
        return float(told)
    return at if told or last_played is None else None
