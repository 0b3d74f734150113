"""The add-on settings as a mirror of what is stored.

Kodi drops what is written while the add-on's settings page is open and is then left with Back, so what was written is
read back, and written again until it holds. A kill in mid-write leaves the file of the settings torn: from then on Kodi
neither reads nor writes them, without a word, until the file is gone.
"""

from __future__ import annotations

import logging
from typing import Callable, Iterable, Mapping, Protocol

from ..errors import StorageFailed
from .backoff import Backoff
from .database import Database
from .token_store import TokenStore

CHOICES = (
    "client_id",
    "show_qr",
    "scrobble",
    "scrobble_minimum",
    "scrobble_pvr",
    *(f"exclude_folder_{number}" for number in range(1, 6)),
    "scrobble_marks",
    "notify_scrobbles",
    "sync_to_simkl",
    "sync_to_kodi",
)
"""What the user sets. It is kept in the database as well, for the day the file of the settings is torn."""
_CHOICE = "choice."
_RESTORE = "choices_to_restore"

_log = logging.getLogger(__name__)


class Backend(Protocol):
    """The settings themselves. Every method raises StorageFailed."""

    def read(self, names: Iterable[str]) -> dict[str, str]:
        """The value of each name, or an empty string."""

    def write(self, values: Mapping[str, str]) -> None:
        """Writes in the order of ``values``, without a promise that it holds."""

    def is_torn(self) -> bool:
        """Whether the file of the settings lacks its end."""

    def set_aside(self) -> None:
        """Renames the file of the settings, so that a new one is begun."""


class SettingsMirror:
    """A task of one thread. ``clock`` gives seconds."""

    def __init__(
        self, token_store: TokenStore, database: Database, backend: Backend, clock: Callable[[], float]
    ) -> None:
        self._token_store = token_store
        self._database = database
        self._backend = backend
        self._backoff = Backoff(clock)
        self._seen: dict[str, str] = {}
        """What the settings had to hold when they were compared last."""
        self._changed = True

    def look_again(self) -> None:
        """The settings have changed: compares them at the next :meth:`advance`."""
        self._changed = True

    def advance(self) -> None:
        """Writes what differs, if something may have changed or an attempt is due."""
        wanted = self._token_store.settings()
        if not wanted or not (self._changed or self._backoff.is_due or wanted != self._seen):
            return
        may_write = self._backoff.is_due or self._backoff.seconds_to_wait() is None or wanted != self._seen
        try:
            self._settle(wanted, may_write)
        except StorageFailed as failed:
            _log.warning("settings not written yet: %s", failed)
            if may_write:  # or else our own writes, which Kodi reports as changes, would put it off for ever
                self._backoff.failed()
        else:
            self._backoff.succeeded()
        self._seen, self._changed = wanted, False

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do; None: the settings hold all."""
        wanted = self._token_store.settings()
        return 0.0 if wanted and (self._changed or wanted != self._seen) else self._backoff.seconds_to_wait()

    def close(self, timeout: float) -> None:
        """Leaves what is not written to the next start."""

    def _settle(self, wanted: dict[str, str], may_write: bool) -> None:
        """Raises StorageFailed if the settings do not hold ``wanted``."""
        if self._backend.is_torn():
            self._database.write({_RESTORE: "1"})
            self._backend.set_aside()
            _log.warning("the settings were torn, and are begun anew")
        restore = bool(self._database.read(_RESTORE))
        if restore:  # Kodi may still know what its file does not hold any more, so all is written
            differing = {**self._kept_choices(), **wanted}
        else:
            if self._changed:
                self._keep_choices()
            differing = self._differing(wanted)
        if differing and may_write:
            self._backend.write(differing)
            differing = self._differing(differing)
        if differing or self._backend.is_torn():
            raise StorageFailed(f"Kodi did not keep {', '.join(sorted(differing)) or 'the file'}")
        if restore:
            self._database.write({_RESTORE: ""})

    def _differing(self, wanted: Mapping[str, str]) -> dict[str, str]:
        found = self._backend.read(wanted)
        return {name: value for name, value in wanted.items() if found[name] != value}

    def _keep_choices(self) -> None:
        chosen, kept = self._backend.read(CHOICES), self._database.values()
        changed = {_CHOICE + name: value for name, value in chosen.items() if kept.get(_CHOICE + name, "") != value}
        if changed:
            self._database.write(changed)

    def _kept_choices(self) -> dict[str, str]:
        kept = self._database.values()
        choices = {name: kept.get(_CHOICE + name, "") for name in CHOICES}
        return {name: value for name, value in choices.items() if value and value.isprintable()}


def is_torn(content: bytes) -> bool:
    """Whether the file of Kodi's add-on settings lacks its end, or is a block that was never filled."""
    end = content.rstrip()
    empty = end.endswith(b"/>") and b"<setting " not in end
    return b"\0" in content or not (empty or end.endswith(b"</settings>"))
