"""Rows of Kodi's library that the user has unmarked by hand: the sync leaves them as they are.

What was agreed tells that too, but only of rows that a sync has seen marked on both sides. Kodi announces a change by
hand, and none when its database is filled again.
"""

from __future__ import annotations

import json
import logging
from typing import Callable, Iterable

from ..errors import StorageFailed
from ..storage.database import Database
from .titles import MOVIE, SHOW, is_number

UNMARKED = "sync_unmarked"
"""Name of the value in the database."""
KEPT = 20_000
"""Rows; the oldest are dropped."""
SETTLE = 2.5
"""Seconds without another change after which they are written: a whole show comes as one for each episode."""

_log = logging.getLogger(__name__)


class Unmarked:
    """Belongs to one thread and raises nothing: what can't be written holds until the service ends.

    Rows go by kind of title and id. ``clock`` gives seconds.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._write_at: float | None = None
        try:
            self._rows = dict.fromkeys(_rows(database.read(UNMARKED)))
        except StorageFailed as failed:
            _log.warning("unmarked rows: %s", failed)
            self._rows = {}

    def __contains__(self, row: object) -> bool:
        return row in self._rows

    def note(self, kind: str, row_id: int, playcount: int) -> None:
        """Kodi has announced this count for a row."""
        self.forget([(kind, row_id)])
        if not playcount:
            self._rows[kind, row_id] = None
            self._write_at = self._clock() + SETTLE

    def forget(self, rows: Iterable[tuple[str, int]]) -> None:
        """They have left the library, or are marked again."""
        for row in rows:
            if row in self._rows:
                del self._rows[row]
                self._write_at = self._clock() + SETTLE

    def advance(self, is_last: bool = False) -> None:
        """Writes what has changed some time ago."""
        if self._write_at is None or (self._clock() < self._write_at and not is_last):
            return
        for row in list(self._rows)[:-KEPT]:
            del self._rows[row]
        self._write_at = None
        try:
            self._database.write({UNMARKED: json.dumps(list(self._rows)) if self._rows else ""})
        except StorageFailed as failed:
            _log.warning("unmarked rows: %s", failed)


def _rows(text: str) -> Iterable[tuple[str, int]]:
    try:
        loaded = json.loads(text or "[]")
    except (ValueError, RecursionError):
        return
    for pair in loaded if isinstance(loaded, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and pair[0] in (MOVIE, SHOW) and is_number(pair[1]):
            yield pair[0], pair[1]
