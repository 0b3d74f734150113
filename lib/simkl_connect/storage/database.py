"""What must not be lost, in one SQLite file: values by name, and ordered queues.

``journal_mode=TRUNCATE`` with ``synchronous=FULL`` fsyncs each commit before it returns and leaves no old page behind.
``DELETE`` would need the folder's fsync, which SMB and FUSE refuse; ``PERSIST`` and ``WAL`` keep deleted secrets.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from typing import Iterable, Iterator, Mapping

from ..errors import StorageFailed
from . import file_system
from .sqlite_errors import Translation, Unusable

_MIGRATIONS = (
    (
        "CREATE TABLE value (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE TABLE queued (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, item TEXT NOT NULL)",
    ),
)
"""Step n leads from schema version n to n + 1; ``PRAGMA user_version`` is the version of a file."""
_COLUMNS = {"value": ["name", "value"], "queued": ["id", "kind", "item"]}
"""What the last step leads to, by table."""
_JOURNAL = b"-journal"
"""Ending of the name of SQLite's own second file."""
_LONGEST_LOCK = 2.0
"""Seconds to wait for another connection's lock."""


class Database:
    """Any thread may use it. Every method raises :class:`StorageFailed`, with the cause in words.

    When a method that changes something returns, the change survives a power cut. A file that can't be opened is tried
    again by each call. One that is damaged, or of a newer version, is renamed and a new one begun: see ``set_aside``.
    """

    def __init__(self, path: str | bytes) -> None:
        self.set_aside = False
        """Whether a file was renamed because it could not be used."""
        self._path = path.encode("utf-8", "surrogateescape") if isinstance(path, str) else path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._in_transaction = False
        with contextlib.suppress(StorageFailed), self._use():
            pass

    @property
    def is_missing(self) -> bool:
        """Whether nothing was ever stored: there is no file, or an empty one."""
        try:
            return os.stat(self._path).st_size == 0
        except FileNotFoundError:
            return True
        except OSError:
            return False

    def read(self, name: str) -> str:
        """The value, or an empty string."""
        return self._values("SELECT name, value FROM value WHERE name = ?", _storable(name)).get(name, "")

    def values(self) -> dict[str, str]:
        """All values by name."""
        return self._values("SELECT name, value FROM value")

    def write(self, values: Mapping[str, str]) -> None:
        """Writes all of ``values`` or none; an empty string deletes. Lone surrogates become question marks."""
        with self.transaction(), self._use() as connection:
            connection.executemany("DELETE FROM value WHERE name = ?", [(_storable(name),) for name in values])
            kept = [(_storable(name), _storable(value)) for name, value in values.items() if value]
            connection.executemany("INSERT OR REPLACE INTO value VALUES (?, ?)", kept)

    def push(self, kind: str, item: str) -> int:
        """Appends to the queue ``kind``; returns the row's id, which is never used again."""
        row = (_storable(kind), _storable(item))
        with self.transaction(), self._use() as connection:
            return int(connection.execute("INSERT INTO queued (kind, item) VALUES (?, ?)", row).lastrowid or 0)

    def rows(self, kind: str) -> list[tuple[int, str]]:
        """Id and item of each row in the queue ``kind``, in order."""
        query = "SELECT id, item FROM queued WHERE kind = ? ORDER BY id"
        with self._use() as connection:
            found = connection.execute(query, (_storable(kind),)).fetchall()
        return [(row_id, item) for row_id, item in found if isinstance(item, str)]

    def replace(self, row_id: int, item: str) -> None:
        """Changes a row in its place; does nothing if it is gone."""
        with self.transaction(), self._use() as connection:
            connection.execute("UPDATE queued SET item = ? WHERE id = ?", (_storable(item), row_id))

    def remove(self, row_ids: Iterable[int]) -> None:
        """Removes rows of any queue."""
        with self.transaction(), self._use() as connection:
            connection.executemany("DELETE FROM queued WHERE id = ?", [(row_id,) for row_id in row_ids])

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """One commit for all that is done within; nothing of it if an exception leaves it. Others wait meanwhile."""
        with self._use() as connection:
            if self._in_transaction:
                yield
                return
            connection.execute("BEGIN IMMEDIATE")
            self._in_transaction = True
            try:
                yield
                connection.execute("COMMIT")
            finally:
                self._in_transaction = False
                if self._connection is not None and connection.in_transaction:
                    self.close()  # SQLite rolls back

    def close(self) -> None:
        """Closes the file; the next use opens it again."""
        with self._lock:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def _values(self, query: str, *parameters: str) -> dict[str, str]:
        with self._use() as connection:
            found = connection.execute(query, parameters).fetchall()
        return {name: value for name, value in found if isinstance(name, str) and isinstance(value, str)}

    @contextlib.contextmanager
    def _use(self) -> Iterator[sqlite3.Connection]:
        with self._lock, Translation(self.close):  # closed after an error: the next use looks at the file anew
            if self._connection is None and self._in_transaction:
                raise StorageFailed("the transaction has failed")
            self._connection = self._connection or self._open()
            yield self._connection

    def _open(self) -> sqlite3.Connection:
        with file_system.translate_errors():
            if any(os.path.lexists(path) and not os.path.isfile(path) for path in (self._path, self._path + _JOURNAL)):
                self._put_aside()
            try:
                return _connect(self._path)
            except Unusable:
                self._put_aside()
                return _connect(self._path)

    def _put_aside(self) -> None:
        number = 1
        while os.path.lexists(self._path + b".unusable-%d" % number):
            number += 1
        for ending in (b"", _JOURNAL):  # a journal left alone is deleted by SQLite, not rolled back into the new file
            if os.path.lexists(self._path + ending):
                os.rename(self._path + ending, self._path + b".unusable-%d" % number + ending)
        self.set_aside = True


def _connect(path: bytes) -> sqlite3.Connection:
    """Opens and prepares the file. Without locks where there are none: nobody but the service writes to it."""
    file_system.create_private(path)
    database, is_uri = path, False
    if not file_system.has_locks(os.path.dirname(path)):
        escaped = path.replace(b"%", b"%25").replace(b"?", b"%3f").replace(b"#", b"%23")
        database, is_uri = b"file:" + escaped + b"?vfs=unix-none", True
    with contextlib.ExitStack() as unless_ready:
        with Translation(unless_ready.close):
            connection = sqlite3.connect(
                database, timeout=_LONGEST_LOCK, isolation_level=None, check_same_thread=False, uri=is_uri
            )
            unless_ready.callback(connection.close)
            _prepare(connection)
        unless_ready.pop_all()
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Sets the connection up, brings the schema up to date and looks for damage. Writes only if the schema is old."""
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    for pragma in (
        "journal_mode=TRUNCATE",
        "synchronous=FULL",
        "fullfsync=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    version = _number(connection, "PRAGMA user_version")
    foreign = version == 0 and _number(connection, "SELECT count(*) FROM sqlite_master") > 0
    if foreign or not 0 <= version <= len(_MIGRATIONS):
        raise Unusable(f"schema version {version}")
    if version < len(_MIGRATIONS):
        connection.execute("BEGIN IMMEDIATE")
        version = _number(connection, "PRAGMA user_version")  # another one may have been faster
        for statement in [statement for step in _MIGRATIONS[version:] for statement in step]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")
        connection.execute("COMMIT")
    for table, columns in _COLUMNS.items():
        if [column[1] for column in connection.execute(f"PRAGMA table_info({table})")] != columns:
            raise Unusable(f"table {table}")
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise Unusable("damaged")


def _number(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
