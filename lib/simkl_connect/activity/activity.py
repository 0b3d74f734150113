"""What the user can see: the activity property of the last video, and a row for each of the last hundred.

A row is a JSON object: ``title``, ``at`` (Unix seconds of the last look at the video), ``status``, ``reason``,
``progress`` (percent), ``media`` (see media_json.py), ``can`` (see possible.py), ``undone``, ``file`` (the folder, as
an exclusion names it), ``addon`` (the plug-in's id). The others are the service's own: ``subject`` (see subjects.py),
``asked``, ``owner``, ``watched_at``, ``length``, ``never`` and ``kept``: what was excluded from here, and what of it
not by a setting. Nothing holds a path with a password, or the path of a file.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

from ..errors import StorageFailed
from ..identification.identify import media_title
from ..identification.media_json import dump_media
from ..json_values import to_object
from ..media import Media, Movie
from .possible import possible
from .reasons import Reason, Status

if TYPE_CHECKING:
    from ..storage.database import Database

KIND = "activity"
KEPT = 100
"""Rows."""
WRITTEN_AFTER = 0.5
"""Seconds that a change of a row waits for others, and for whatever else there is to do: it is for the eye alone."""
WRITTEN_AGAIN = 10.0
"""Seconds until what the disk has refused is written again."""
_MOST_UNKNOWN = 20
"""Rows for marks of the library that Simkl does not know, of one sync."""
_NOTHING = {"title": "", "status": "", "reason": ""}
"""What the property says before the first video."""
_NO_ROW, _UNWRITTEN = -1, 0
"""In place of a row's id."""

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
    """Rows are begun at once and changed later: the end of a video has more urgent things to write."""

    def __init__(
        self,
        database: Database,
        publish: Callable[[Mapping[str, object]], None],
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
        waiting: Callable[[], int],
    ) -> None:
        self._database = database
        self._publish = publish
        self._clock = clock
        self._wall_clock = wall_clock
        self._waiting = waiting
        self._last = _NO_ROW
        self._shown: dict[str, object] = {**_NOTHING}
        self._published: dict[str, object] = {}
        self._changes: dict[int, dict[str, object]] = {}
        self._write_at = 0.0

    def begin(self, title: str, fields: Mapping[str, object]) -> int:
        """A new row with these fields, of which the property speaks from now on; 0 if it could not be written."""
        self._last = _UNWRITTEN
        self._shown = {**_NOTHING, "title": title}
        try:
            with self._database.transaction():
                self._last = self._database.push(KIND, _dump({**fields, "title": title, "at": self._wall_clock()}))
                self._database.remove([row for row, _ in self._database.rows(KIND)[:-KEPT]])
        except StorageFailed as failed:
            _log.warning("activity: %s", failed)
            self._last = _UNWRITTEN
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
            more: dict[str, object] = {} if progress is None else {"progress": progress, "at": self._wall_clock()}
            if media:
                more["media"] = [dump_media(one) for one in media]
            self.note(row, {**said, **named, **more})

    def note(self, row: int, fields: Mapping[str, object]) -> None:
        """Adds to the row what the property does not speak of."""
        if row:
            if not self._changes:
                self._write_at = self._clock() + WRITTEN_AFTER
            self._changes.setdefault(row, {}).update(fields)

    def note_watched(self, row: int, owner: str, watched_at: float | None, length: float) -> None:
        """The video was watched, by ``owner``: what it takes to make or to remove its mark later."""
        self.note(row, {"owner": owner, "watched_at": watched_at, "length": length})

    def rows(self) -> dict[int, Mapping[str, Any]]:
        """All rows by id as they stand, the oldest first; none if they can't be read."""
        try:
            stored = self._database.rows(KIND)
        except StorageFailed as failed:
            _log.warning("activity: %s", failed)
            return {}
        return {row: {**to_object(item), **self._changes.get(row, {})} for row, item in stored}

    def clear(self) -> None:
        """Removes all rows."""
        self._changes.clear()
        self._last, self._shown = _NO_ROW, {**_NOTHING}
        try:
            self._database.remove([row for row, _ in self._database.rows(KIND)])
        except StorageFailed as failed:
            _log.warning("activity: %s", failed)

    def advance(self) -> None:
        """Publishes what has changed, and writes what changed some time ago."""
        shown = {**self._shown, "waiting": self._waiting()}
        if shown != self._published:
            self._published = shown
            self._publish(dict(shown))
        if self._clock() >= self._write_at:
            self.write()

    def write(self) -> None:
        """Writes what has changed."""
        if not self._changes:
            return
        try:
            with self._database.transaction():
                for row, item in self._database.rows(KIND):
                    if row in self._changes:
                        self._database.replace(row, _dump({**to_object(item), **self._changes[row]}))
        except StorageFailed as failed:
            _log.warning("activity: %s", failed)
            self._write_at = self._clock() + WRITTEN_AGAIN
        else:
            self._changes.clear()

    def seconds_to_wait(self) -> float | None:
        """Seconds until :meth:`advance` has something to do; None: nothing is planned."""
        if {**self._shown, "waiting": self._waiting()} != self._published:
            return 0.0
        return max(0.0, self._write_at - self._clock()) if self._changes else None


def _dump(row: Mapping[str, object]) -> str:
    return json.dumps({**row, "can": possible(row)})
