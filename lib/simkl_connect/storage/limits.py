"""How often Simkl may be asked, counted for all of Kodi's Python interpreters together, in a small SQLite file.

The service and every other add-on have an interpreter each, and share nothing but files. SQLite's locks hold between
connections of one process too. Times are those of a clock that all of them share and that never jumps.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import Callable

from ..errors import StorageFailed
from . import file_system
from .sqlite_errors import Translation, Unusable

READS, WRITES = "GET", "POST"
_AT_ONCE = {READS: 10, WRITES: 1}
"""Requests of a kind that may count at a moment (api.simkl.org, "rate-limits": 10 GET and 1 POST a second)."""
_COUNTS_FOR = {READS: 1.0, WRITES: 1.1}
"""Seconds that a request counts from its answer on, because it reaches Simkl at an unknown moment before that. A tenth
more for a POST, because networks are uneven."""
IN_FLIGHT = 2.0
"""Seconds that a request counts which has no answer yet: nobody waits longer for one that was killed."""
_LONGEST_LOCK = 0.1
"""Seconds to wait for another interpreter's lock, which is held for less than a millisecond."""
_LEFT_ALONE = 60.0
"""Seconds that a file which can't be used is left alone."""
_SHORTEST_WAIT = 0.01


class SharedLimits:
    """Where the file can't be used, the requests of this object count, and no others. For one thread at a time.

    ``clock`` gives seconds, the same in every interpreter. Nothing is raised.
    """

    def __init__(self, path: bytes, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._file_from = 0.0
        self._memory: sqlite3.Connection | None = None
        self._last: tuple[str, int] | None = None
        """Kind and row of the request that was let pass last."""

    def reserve(self, method: str) -> float:
        """0, and the request counts from now on; or the seconds after which to ask again, two at the most."""
        kind = READS if method in ("GET", "HEAD") else WRITES
        now = self._clock()
        return self._in_transaction(lambda connection: self._count(connection, kind, now))

    def answered(self) -> None:
        """The request that was let pass last has its answer, or will have none."""
        last, self._last = self._last, None
        if last is not None:
            kind, row = last
            until = self._clock() + _COUNTS_FOR[kind]
            self._in_transaction(lambda connection: _end(connection, row, until))

    def _count(self, connection: sqlite3.Connection, kind: str, now: float) -> float:
        odd = "typeof(until) <> 'real' OR until <= ? OR until > ?"  # the latter: from before the machine was restarted
        connection.execute(f"DELETE FROM request WHERE {odd}", (now, now + IN_FLIGHT))  # noqa: S608
        query = "SELECT until FROM request WHERE kind = ? ORDER BY until DESC LIMIT ?"
        counting = connection.execute(query, (kind, _AT_ONCE[kind])).fetchall()
        if len(counting) == _AT_ONCE[kind]:
            return max(_SHORTEST_WAIT, float(counting[-1][0]) - now)
        row = connection.execute("INSERT INTO request (kind, until) VALUES (?, ?)", (kind, now + IN_FLIGHT)).lastrowid
        self._last = kind, row or 0
        return 0.0

    def _in_transaction(self, work: Callable[[sqlite3.Connection], float]) -> float:
        if self._clock() >= self._file_from:
            try:
                return _with_file(self._path, work)
            except (StorageFailed, OSError) as failed:
                self._file_from = self._clock() + _LEFT_ALONE
                if isinstance(failed, Unusable):  # torn by a power cut
                    with contextlib.suppress(OSError):
                        os.unlink(self._path)
        if self._memory is None:
            self._memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        return _transaction(self._memory, work)


def _with_file(path: bytes, work: Callable[[sqlite3.Connection], float]) -> float:
    """Opens and closes it: an open file could not be deleted with the add-on on Windows.

    What a power cut takes counts no more, so nothing is synced. Raises StorageFailed, OSError.
    """
    file_system.create_private(path)
    with Translation(lambda: None):
        connection = sqlite3.connect(path, timeout=_LONGEST_LOCK, isolation_level=None)
        with contextlib.closing(connection):
            for pragma in ("journal_mode=TRUNCATE", "synchronous=OFF"):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            return _transaction(connection, work)


def _transaction(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], float]) -> float:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("CREATE TABLE IF NOT EXISTS request (id INTEGER PRIMARY KEY, kind TEXT, until REAL)")
    result = work(connection)
    connection.execute("COMMIT")
    return result


def _end(connection: sqlite3.Connection, row: int, until: float) -> float:
    connection.execute("UPDATE request SET until = ? WHERE id = ?", (until, row))
    return 0.0
