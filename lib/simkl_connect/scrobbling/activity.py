"""What the user can see: the activity property of the last video, and a row for each of the last hundred."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Callable, Mapping, Sequence

from ..errors import StorageFailed
from ..media import Media, Movie
from .identify import media_title
from .media_json import dump_media, to_object
from .reasons import Reason, Status

if TYPE_CHECKING:
    from ..storage.database import Database

KIND = "activity"
KEPT = 100
"""Rows."""

_MOST_UNKNOWN = 20

_log = logging.getLogger(__name__)


def add_unknown(database: Database, media: Sequence[Media], now: float) -> None:
    """Rows for marks of the library that Simkl does not know: one each for the last ones, and one for the others.

    Raises StorageFailed.
    """
    others, last = media[:-_MOST_UNKNOWN], media[-_MOST_UNKNOWN:]
    with database.transaction():
        if others:
            title = f"{media_title([others[0]])} … ({len(others)})"
            database.push(KIND, json.dumps(_unknown(title, others[0], now)))
        for one in last:
            database.push(KIND, json.dumps({**_unknown(media_title([one]), one, now), "media": [dump_media(one)]}))
        database.remove([row for row, _ in database.rows(KIND)[:-KEPT]])


def _unknown(title: str, one: Media, now: float) -> dict[str, object]:
    reason = Reason.UNKNOWN_MOVIE if isinstance(one, Movie) else Reason.UNKNOWN_EPISODE
    return {"title": title, "at": now, "status": Status.FAILED.value, "reason": reason.value}


class Activity:
    """Rows are begun at once and changed by :meth:`advance`: the end of a video has more urgent things to write."""

    def __init__(
        self,
        database: Database,
        publish: Callable[[Mapping[str, object]], None],
        wall_clock: Callable[[], float],
        waiting: Callable[[], int],
    ) -> None:
        self._database = database
        self._publish = publish
        self._wall_clock = wall_clock
        self._waiting = waiting
        self._last = 0
        self._shown: dict[str, object] = {"title": "", "status": "", "reason": ""}
        self._published: dict[str, object] = {}
        self._changes: dict[int, dict[str, object]] = {}

    def begin(self, title: str) -> int:
        """A new row, of which the property speaks from now on; 0 if it could not be written."""
        self._last = 0
        self._shown = {"title": title, "status": "", "reason": ""}
        try:
            with self._database.transaction():
                self._last = self._database.push(KIND, json.dumps({"title": title, "at": self._wall_clock()}))
                self._database.remove([row for row, _ in self._database.rows(KIND)[:-KEPT]])
        except StorageFailed as failed:
            _log.warning("activity: %s", failed)
            self._last = 0
        return self._last

    def change(
        self,
        row: int,
        status: Status,
        reason: Reason | None = None,
        progress: float | None = None,
        media: Sequence[Media] = (),
        title: str = "",
    ) -> None:
        """What became of the video; ``progress`` in percent. Nothing that is left out changes."""
        said: dict[str, object] = {"status": status.value, "reason": reason.value if reason is not None else ""}
        named: dict[str, object] = {"title": title} if title else {}
        if row == self._last:
            self._shown = {**self._shown, **said, **named}
        if row:
            more: dict[str, object] = {} if progress is None else {"progress": progress}
            if media:
                more["media"] = [dump_media(one) for one in media]
            self._changes.setdefault(row, {}).update({**said, **named, **more, "at": self._wall_clock()})

    def advance(self) -> None:
        """Publishes and writes what has changed."""
        shown = {**self._shown, "waiting": self._waiting()}
        if shown != self._published:
            self._published = shown
            self._publish(dict(shown))
        if not self._changes:
            return
        changes, self._changes = self._changes, {}
        try:
            with self._database.transaction():
                for row, item in self._database.rows(KIND):
                    if row in changes:
                        self._database.replace(row, json.dumps({**to_object(item), **changes[row]}))
        except StorageFailed as failed:
            _log.warning("activity: %s", failed)

    @property
    def is_changed(self) -> bool:
        """Whether :meth:`advance` has something to do."""
        return bool(self._changes) or {**self._shown, "waiting": self._waiting()} != self._published
