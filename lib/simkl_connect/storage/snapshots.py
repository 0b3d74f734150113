"""A second, read-only look at the database, for scripts: the service alone writes it, at the same time."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import Mapping, NamedTuple, Sequence, Tuple

from ..errors import StorageFailed
from . import file_system
from .reader import open_read_only
from .sqlite_errors import Translation, Unusable

LONGEST_LOCK = 0.05
"""Seconds to wait while the service writes; the next look comes soon."""
_VALUES = "SELECT name, value FROM value WHERE name IN ('account_name', 'account_id', 'connected_at', 'scope')"
_TOKENS = "SELECT count(*) FROM value WHERE name = 'access_token'"
_ROWS = "SELECT id, item FROM queued WHERE kind = ? ORDER BY id"

Rows = Sequence[Tuple[int, str]]
"""Ids and items, as :meth:`Database.rows` gives them."""


class Snapshot(NamedTuple):
    """What is in the file at one moment; no secret is read. ``values``: about the account. ``connected``: whether
    there is a token. Rows are the newest last."""

    values: Mapping[str, str] = {}
    connected: bool = False
    activity: Rows = ()
    outbox: Rows = ()


class Snapshots:
    """Belongs to one thread, and raises nothing: what can't be read now is read later."""

    def __init__(self, path: bytes) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._version = -1

    def read(self) -> Snapshot | None:
        """What is there, if it has changed since the last call that gave something; else None.

        An empty one if there is no file, or one that can't be understood.
        """
        file = self._identity()
        if file != self._file:  # a new one: the other was set aside
            self.close()
            self._file, self._version = file, -1
        try:
            with Translation(self.close):
                return self._read_changed() if file is not None else self._nothing()
        except Unusable:
            return self._nothing()
        except StorageFailed:
            return None

    def close(self) -> None:
        """Closes the file; the next call of :meth:`read` opens it again."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def _nothing(self) -> Snapshot | None:
        if self._version == 0:
            return None
        self._version = 0
        return Snapshot()

    def _read_changed(self) -> Snapshot | None:
        if self._connection is None:
            has_locks = file_system.has_locks(os.path.dirname(self._path))
            self._connection = open_read_only(self._path, LONGEST_LOCK, has_locks)
        connection = self._connection
        version = connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return None
        connection.execute("BEGIN")
        try:
            snapshot = _snapshot(connection)
        finally:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        self._version = version
        return snapshot


def _snapshot(connection: sqlite3.Connection) -> Snapshot:
    found = connection.execute(_VALUES).fetchall()
    values = {name: value for name, value in found if isinstance(name, str) and isinstance(value, str)}
    tokens = connection.execute(_TOKENS).fetchone()[0]
    return Snapshot(values, tokens > 0, _rows(connection, "activity"), _rows(connection, "outbox"))


def _rows(connection: sqlite3.Connection, kind: str) -> Rows:
    return [(row, item) for row, item in connection.execute(_ROWS, (kind,)) if isinstance(item, str)]
