"""What the user is told once, and not again after each start."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Callable

from ..errors import StorageFailed
from ..json_values import to_object
from ..scrobbling.callbacks import Notice, Notification

if TYPE_CHECKING:
    from ..storage.database import Database

NOTIFIED = "notices"
"""The stored value: on which occasion the user was last notified of what."""

_log = logging.getLogger(__name__)


class Notices:
    """One thread; raises nothing."""

    def __init__(self, database: Database, notify: Callable[[Notification], None]) -> None:
        self._database = database
        self._notify = notify
        self._notified: dict[str, object] = {}
        try:
            self._notified.update(to_object(database.read(NOTIFIED)))
        except StorageFailed as failed:
            _log.warning("notices: %s", failed)

    def tell_once(self, notice: Notice, occasion: str, videos: int = 1) -> None:
        """Notifies the user, unless that was done on this occasion."""
        if self._notified.get(notice.name) != occasion:
            self._notified[notice.name] = occasion
            self._write()
            self._notify(Notification(notice, "", videos))

    def forget(self, notice: Notice) -> None:
        """The trouble is over: the next one is news."""
        if self._notified.pop(notice.name, None) is not None:
            self._write()

    def _write(self) -> None:
        try:
            self._database.write({NOTIFIED: json.dumps(self._notified) if self._notified else ""})
        except StorageFailed as failed:
            _log.warning("notices: %s", failed)
