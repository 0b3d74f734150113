"""What the service has stored, for a script to look at: nothing is written, and no file made."""

from __future__ import annotations

import contextlib
import sqlite3

from ..errors import StorageFailed

_LONGEST_LOCK = 2.0
"""Seconds to wait for the service to finish a transaction."""
_WAYS = (b"?mode=ro", b"?mode=ro&vfs=unix-none")
"""The second is for shares that can't lock, see :mod:`~simkl_connect.storage.database`."""


class Reader:
    """The file is open only within a call. Every method raises StorageFailed, also where there is no file."""

    def __init__(self, path: bytes) -> None:
        self._uri = b"file:" + path.replace(b"%", b"%25").replace(b"?", b"%3f").replace(b"#", b"%23")

    def read(self, name: str) -> str:
        """The value, or an empty string."""
        found = self._all("SELECT value FROM value WHERE name = ?", name)
        return found[0] if found else ""

    def rows(self, kind: str) -> list[str]:
        """The items in the queue ``kind``, in order."""
        return self._all("SELECT item FROM queued WHERE kind = ? ORDER BY id", kind)

    def _all(self, query: str, name: str) -> list[str]:
        failure: Exception | None = None
        for way in _WAYS:
            try:
                return _texts(self._uri + way, query, name)
            except Exception as error:
                if type(error).__module__ != "sqlite3":  # by name: see Database
                    raise
                failure = failure or error
        raise StorageFailed(str(failure)) from failure


def _texts(uri: bytes, query: str, name: str) -> list[str]:
    connection = sqlite3.connect(uri, timeout=_LONGEST_LOCK, isolation_level=None, uri=True)
    with contextlib.closing(connection):
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        return [text for (text,) in connection.execute(query, (name,)) if isinstance(text, str)]
