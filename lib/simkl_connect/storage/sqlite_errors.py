"""SQLite's errors as ours."""

from __future__ import annotations

from types import TracebackType
from typing import Callable

from ..errors import StorageFailed


class Unusable(StorageFailed):
    """The file is no database of ours, or of a version that this add-on does not know."""


class Translation:
    """Turns SQLite's exceptions into StorageFailed, after ``failed`` was called.

    By name and not by class: up to Python 3.10, C code raises the classes of whichever sub-interpreter has loaded the
    module last (measured on 3.9.2 with other modules), and each of Kodi's add-ons runs in its own.
    """

    def __init__(self, failed: Callable[[], object] = bool) -> None:
        self._failed = failed

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None or type(error).__module__ != "sqlite3":
            return
        self._failed()
        damaged = type(error).__name__ == "DatabaseError"  # SQLITE_CORRUPT, SQLITE_NOTADB; the others are subclasses
        raise (Unusable if damaged else StorageFailed)(str(error)) from error
