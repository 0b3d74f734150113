"""Settings that must not be lost: the journal first, then the settings, and again until they hold.

Kodi drops what is written while the add-on's settings page is open and is then left with Back; it writes without
fsync; and a device can lose its power at any moment. What is owed to the settings therefore stays in the journal
until it has been read back from them, and from the disk.
"""

from __future__ import annotations

import logging
import threading
from typing import Callable, Mapping, Protocol

from ..errors import StorageFailed
from .journal import Journal

RETRY_EVERY = 2.0
"""Seconds."""

_log = logging.getLogger(__name__)


class Backend(Protocol):
    """The settings themselves."""

    def read(self, name: str) -> str:
        """The value, or an empty string."""

    def write(self, values: Mapping[str, str]) -> None:
        """When it returns, ``values`` are on the disk. Raises :class:`StorageFailed`."""


class Ledger:
    """Only :meth:`note` and :meth:`strike` may be called from other threads. ``clock`` gives seconds."""

    def __init__(self, journal: Journal, backend: Backend, clock: Callable[[], float]) -> None:
        self._journal = journal
        self._backend = backend
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: dict[str, str] = {}
        self._owed = journal.read()
        self._journaled = bool(self._owed)
        self._retry_at = clock()

    def read(self, name: str) -> str:
        """What the setting is, or will be."""
        return self._owed[name] if name in self._owed else self._backend.read(name)

    def note(self, values: Mapping[str, str], wanted: Callable[[], bool] = lambda: True) -> None:
        """Journals ``values`` where they have just been learnt; :meth:`write` follows on the owner's thread.

        ``wanted`` is asked once nothing else can come in between. Raises no error: write tries again.
        """
        with self._lock:
            if wanted():
                self._noted.update(values)
                self._put_down()

    def strike(self, values: Mapping[str, str]) -> None:
        """Takes a note back."""
        with self._lock:
            self._noted = {name: value for name, value in self._noted.items() if values.get(name) != value}
            self._put_down()

    def write(self, values: Mapping[str, str]) -> None:
        """Writes ``values``. Raises :class:`StorageFailed` if neither journal nor settings took them.

        Even then they are known to :meth:`read`, and tried again, as long as the add-on runs.
        """
        with self._lock:
            self._noted = {name: value for name, value in self._noted.items() if name not in values}
            self._owed.update(values)
            self._put_down()
        failure = self._settle()
        if failure is not None and not self._journaled:
            raise failure

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` tries again; None: nothing is owed."""
        return max(0.0, self._retry_at - self._clock()) if self._owed else None

    def advance(self) -> None:
        """Tries again what is owed."""
        if self._owed and self._clock() >= self._retry_at:
            self._settle()

    def _settle(self) -> StorageFailed | None:
        self._retry_at = self._clock() + RETRY_EVERY
        try:
            self._backend.write(self._owed)
        except StorageFailed as failed:
            _log.warning("settings not written yet: %s", failed)
            return failed
        with self._lock:
            self._owed.clear()
            self._put_down()
        return None

    def _put_down(self) -> None:
        """The journal holds what is noted and owed, and is gone when that is nothing."""
        pending = {**self._owed, **self._noted}
        try:
            if pending:
                self._journal.write(pending)
            else:
                self._journal.remove()
            self._journaled = bool(pending)
        except OSError as error:
            _log.error("journal: %s", error.strerror or type(error).__name__)
            self._journaled = False
