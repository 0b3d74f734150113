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

TOLD = "notices"
"""The value with what was told on which occasion."""

_log = logging.getLogger(__name__)


class Notices:
    """One thread; raises nothing."""

    def __init__(self, database: Database, notify: Callable[[Notification], None]) -> None:
        self._database = database
        self._notify = notify
        self._told: dict[str, object] = {}
        try:
            self._told.update(to_object(database.read(TOLD)))
        except StorageFailed as failed:
            _log.warning("notices: %s", failed)

    def tell_once(self, notice: Notice, occasion: str, videos: int = 1) -> None:
        """Tells it, unless it was told on this occasion."""
        if self._told.get(notice.name) != occasion:
            self._told[notice.name] = occasion
            self._write()
            self._notify(Notification(notice, "", videos))

    def forget(self, notice: Notice) -> None:
        """The trouble is over: the next one is news."""
        if self._told.pop(notice.name, None) is not None:
            self._write()

    def _write(self) -> None:
        try:
            self._database.write({TOLD: json.dumps(self._told) if self._told else ""})
        except StorageFailed as failed:
            _log.warning("notices: %s", failed)
