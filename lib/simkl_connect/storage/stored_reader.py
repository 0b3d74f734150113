"""The stored sign-in as other interpreters read it, while the service may be writing it."""

from __future__ import annotations

import contextlib
import sqlite3
from urllib.parse import quote

from ..errors import StorageFailed
from .sqlite_errors import Translation
from .stored import NAMES
from .token_store import BEGUN

LONGEST_LOCK = 1.0
"""Seconds to wait while the service writes."""


def read_sign_in(path: bytes) -> dict[str, str]:
    """The values of :data:`~simkl_connect.storage.stored.NAMES` in the database at ``path``, at one moment.

    Raises StorageFailed where there is none that holds the truth. Nothing is written: only the service may repair it.
    """
    with Translation(lambda: None):
        uri = f"file:{quote(path)}?mode=ro"
        connection = sqlite3.connect(uri, timeout=LONGEST_LOCK, isolation_level=None, uri=True)
        with contextlib.closing(connection):
            connection.text_factory = lambda text: text.decode("utf-8", "replace")
            names = (*NAMES, BEGUN)
            wanted = ",".join("?" * len(names))
            rows = connection.execute(f"SELECT name, value FROM value WHERE name IN ({wanted})", names).fetchall()  # noqa: S608
    found = {name: value for name, value in rows if isinstance(value, str)}
    if BEGUN not in found:
        raise StorageFailed("nothing was stored yet")
    return found
