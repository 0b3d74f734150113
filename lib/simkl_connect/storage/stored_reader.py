"""The stored sign-in as other interpreters read it, while the service may be writing it."""

from __future__ import annotations

import contextlib

from ..errors import StorageFailed
from .reader import open_read_only
from .sqlite_errors import Translation
from .stored import NAMES
from .token_store import BEGUN

LONGEST_LOCK = 1.0
"""Seconds to wait while the service writes."""


def read_sign_in(path: bytes) -> dict[str, str]:
    """The values of :data:`~simkl_connect.storage.stored.NAMES` in the database at ``path``, at one moment.

    Raises StorageFailed where there is none that holds the truth. Nothing is written: only the service may repair it.
    """
    names = (*NAMES, BEGUN)
    query = f"SELECT name, value FROM value WHERE name IN ({','.join('?' * len(names))})"  # noqa: S608
    with Translation(), contextlib.closing(open_read_only(path, LONGEST_LOCK)) as connection:
        rows = connection.execute(query, names).fetchall()
    found = {name: value for name, value in rows if isinstance(value, str)}
    if BEGUN not in found:
        raise StorageFailed("nothing was stored yet")
    return found
