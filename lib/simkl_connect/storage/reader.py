"""What the service has stored, for a script to look at: nothing is written, and no file made."""

from __future__ import annotations

import contextlib
import sqlite3
from urllib.parse import quote

from ..errors import StorageFailed
from .sqlite_errors import Translation

_LONGEST_LOCK = 2.0
"""Seconds to wait for the service to finish a transaction."""


def open_read_only(path: bytes, longest_lock: float, with_locks: bool = True) -> sqlite3.Connection:
    """``with_locks``: not on shares that have none, see :mod:`~simkl_connect.storage.database`."""
    uri = f"file:{quote(path)}?mode=ro{'' if with_locks else '&vfs=unix-none'}"
    connection = sqlite3.connect(uri, timeout=longest_lock, isolation_level=None, uri=True)
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    return connection


class Reader:
    """The file is open only within a call. Every method raises StorageFailed, also where there is no file."""

    def __init__(self, path: bytes) -> None:
        self._path = path

    def read(self, name: str) -> str:
        """The value, or an empty string."""
        found = self._all("SELECT value FROM value WHERE name = ?", name)
        return found[0] if found else ""

    def rows(self, kind: str) -> list[str]:
        """The items in the queue ``kind``, in order."""
        return self._all("SELECT item FROM queued WHERE kind = ? ORDER BY id", kind)

    def _all(self, query: str, name: str) -> list[str]:
        try:
            return self._texts(query, name)
        except StorageFailed:
            with contextlib.suppress(StorageFailed):
                return self._texts(query, name, with_locks=False)
            raise

    def _texts(self, query: str, name: str, with_locks: bool = True) -> list[str]:
        with Translation(), contextlib.closing(open_read_only(self._path, _LONGEST_LOCK, with_locks)) as connection:
            return [text for (text,) in connection.execute(query, (name,)) if isinstance(text, str)]
