"""How often Simkl may be asked, counted for all of Kodi's Python interpreters together, in a small SQLite file.

The service and every other add-on have an interpreter each, and share nothing but files. SQLite's locks hold between
connections of one process too. Times are those of a clock that all of them share and that never jumps.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import sqlite3
import time
import weakref
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
IN_FLIGHT = 5.0
"""Seconds that a request counts which has no answer yet: nobody waits longer for one that was killed."""
_LONGEST_LOCK = 0.1
"""Seconds to wait for another interpreter's lock. A statement holds it for a millisecond, more on a busy device."""
_LOCKED_AGAIN, _LOCKED_FOR = 0.05, 3.0
"""Seconds after which a locked file is tried again, and after which its lock is taken for one that never goes."""
_LEFT_ALONE = 60.0
"""Seconds that a file which can't be used is left alone."""
_NO_LATER = 2 * IN_FLIGHT
"""Seconds from now; a request that counts until later is from before the machine was restarted. Not ``IN_FLIGHT``: the
row of another interpreter can be newer than the own look at the clock."""
_SHORTEST_WAIT = 0.01
_log = logging.getLogger(__name__)

_CREATE = "CREATE TABLE IF NOT EXISTS request (id INTEGER PRIMARY KEY, kind TEXT, until REAL)"
_COUNTS = "kind = ? AND typeof(until) = 'real' AND until > ? AND until <= ?"
_PASS = f"INSERT INTO request (kind, until) SELECT ?, ? WHERE (SELECT count(*) FROM request WHERE {_COUNTS}) < ?"  # noqa: S608
"""One statement, which locks the file before it counts: no Python runs while the lock is held."""
_OLDEST = f"SELECT until FROM request WHERE {_COUNTS} ORDER BY until DESC LIMIT 1 OFFSET ?"  # noqa: S608
_END = "UPDATE request SET until = ? WHERE id = ?"
_CLEAN = "DELETE FROM request WHERE typeof(until) <> 'real' OR until <= ? OR until > ?"


class SharedLimits:
    """Where the file can't be used, the requests of this object count, and no others. For one thread at a time.

    ``clock`` gives seconds, the same in every interpreter. Nothing is raised.
    """

    def __init__(self, path: bytes, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._file_from: float | None = None
        """When the file may be used (again); not known before the first use."""
        self._locked_since: float | None = None
        self._memory: sqlite3.Connection | None = None
        self._last: tuple[str, int] | None = None
        """Kind and row of the request that was let pass last."""

    def reserve(self, method: str) -> float:
        """0, and the request counts from now on; or the seconds after which to ask again, five at the most."""
        kind = READS if method in ("GET", "HEAD") else WRITES
        return self._use(lambda connection: self._count(connection, kind))

    def answered(self) -> None:
        """The request that was let pass last has its answer, or will have none."""
        last, self._last = self._last, None
        if last is not None:
            kind, row = last
            while self._use(lambda connection: self._end(connection, kind, row)):
                time.sleep(_LOCKED_AGAIN)

    def _count(self, connection: sqlite3.Connection, kind: str) -> float:
        now, allowed = self._clock(), _AT_ONCE[kind]
        counting = (kind, now, now + _NO_LATER)
        inserted = connection.execute(_PASS, (kind, now + IN_FLIGHT, *counting, allowed))
        if inserted.rowcount > 0:
            self._last = kind, inserted.lastrowid or 0
            return 0.0
        oldest = connection.execute(_OLDEST, (*counting, allowed - 1)).fetchone()
        left = oldest[0] - now if oldest is not None else 0.0
        return min(max(_SHORTEST_WAIT, left), IN_FLIGHT)

    def _end(self, connection: sqlite3.Connection, kind: str, row: int) -> float:
        now = self._clock()
        connection.execute(_END, (now + _COUNTS_FOR[kind], row))
        connection.execute(_CLEAN, (now, now + _NO_LATER))
        return 0.0

    def _use(self, work: Callable[[sqlite3.Connection], float]) -> float:
        """What ``work`` gives; where the file is locked, a short time after which to try again."""
        if self._file_from is None:
            self._file_from = 0.0 if file_system.has_locks(os.path.dirname(self._path)) else math.inf
        if self._clock() >= self._file_from:
            try:
                result = _with_file(self._path, work)
                self._locked_since = None
                return result
            except StorageFailed as failed:
                if self._may_try_again(failed):
                    return _LOCKED_AGAIN
        if self._memory is None:
            self._memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            weakref.finalize(self, self._memory.close)
            self._memory.execute(_CREATE)
        return work(self._memory)

    def _may_try_again(self, failed: StorageFailed) -> bool:
        now = self._clock()
        if "locked" in str(failed):  # SQLITE_BUSY
            self._locked_since = now if self._locked_since is None else self._locked_since
            if now - self._locked_since < _LOCKED_FOR:
                return True
        _log.warning("only the own requests count for a while: %s", failed)
        self._locked_since, self._file_from = None, now + _LEFT_ALONE
        if isinstance(failed, Unusable):  # torn by a power cut
            with contextlib.suppress(OSError):
                os.unlink(self._path)
        return False


def _with_file(path: bytes, work: Callable[[sqlite3.Connection], float]) -> float:
    """Opens and closes it: an open file could not be deleted with the add-on on Windows.

    What a power cut takes counts no more, so nothing is synced. Raises StorageFailed.
    """
    with file_system.translate_errors():
        file_system.create_private(path)
    with Translation():
        connection = sqlite3.connect(path, timeout=_LONGEST_LOCK, isolation_level=None)
        with contextlib.closing(connection):
            for pragma in ("journal_mode=TRUNCATE", "synchronous=OFF"):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            connection.execute(_CREATE)
            return work(connection)
