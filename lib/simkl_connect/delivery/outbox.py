"""What was watched and is not on Simkl yet: on the disk before it is sent, in order, each mark with its account.

Rows that can't be written stay in memory and are written as soon as that works. What is read back is not trusted.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Callable, Collection, Iterable, NamedTuple, Sequence

from ..activity.reasons import Reason
from ..errors import StorageFailed
from ..identification.descriptions import media_key
from ..identification.file_names import AskSimkl
from ..identification.media_json import dump_media, dump_question, load_media, load_question
from ..json_values import as_amount, to_object
from ..media import Media

if TYPE_CHECKING:
    from ..storage.database import Database

KIND, RECENT, SESSION = "outbox", "recent_marks", "session"
"""The rows' kind; the value with the last marks; the value with the video that plays (see session.py)."""
REMEMBERED = 200
"""Marks that are remembered in order not to send one video twice."""
SHORTEST_REPEAT = 60.0
"""Seconds in which two marks of the same video are one, where its length is not known or shorter."""

_log = logging.getLogger(__name__)


class Entry(NamedTuple):
    """A mark. ``watched_at``: Unix seconds, None where nobody knows when. ``owner``: see :func:`callbacks.owner_of`.

    ``media``: what was watched; or ``asked``: a file's name that Simkl has not been asked about yet. ``length``: of
    the video in seconds, 0 if not known. ``candidate``: the number of the next description to try. ``failed``: why it
    is not tried any more. ``activity``: its row on the activity page, 0 for none. ``removal``: the mark is to be taken
    away. ``uncertain``: it was sent, and nobody knows whether it is on Simkl.
    """

    media: Media | None
    watched_at: float | None
    owner: str
    asked: AskSimkl | None = None
    length: float = 0.0
    candidate: int = 0
    failed: Reason | None = None
    activity: int = 0
    removal: bool = False
    uncertain: bool = False

    @property
    def key(self) -> str:
        """The same for the same video, whether it is marked or its mark is taken away."""
        if self.media is not None:
            return media_key(self.media)
        return f"file {self.asked.file}" if self.asked is not None else ""


class Outbox:
    """The entries by handles, which stay the same while it lives. All methods belong to one thread and raise
    nothing."""

    def __init__(self, database: Database, wall_clock: Callable[[], float]) -> None:
        self._database = database
        self._wall_clock = wall_clock
        self._entries: dict[int, Entry] = {}
        self._rows: dict[int, int] = {}
        self._gone: list[int] = []
        self._recent: dict[str, float] = {}
        self._next = 1
        self.is_behind = False
        """Whether something could not be written yet."""
        self._load()

    def add(self, entries: Iterable[Entry], ends_session: bool = False) -> list[int]:
        """Keeps the entries that were not marked just now, and forgets the open session, in one transaction.

        Returns the handles of the new ones.
        """
        new = []
        for entry in entries:
            if entry.removal or not self._is_repeated(entry):
                self._entries[self._next] = entry
                new.append(self._next)
                self._next += 1
        self._save(ends_session)
        return new

    def entries(self) -> list[tuple[int, Entry]]:
        """All of them, the oldest first."""
        return sorted(self._entries.items())

    def of_row(self, row: int) -> list[tuple[int, Entry]]:
        """Those of a row of the activity page."""
        return [(handle, entry) for handle, entry in self.entries() if row and entry.activity == row]

    def forget(self, entry: Entry) -> None:
        """The same video may be marked again, as if it had never been."""
        self._recent.pop(f"{entry.owner} {entry.key}", None)

    def forget_all(self) -> None:
        """No mark is remembered any more."""
        self._recent.clear()
        self._save()

    def get(self, handle: int) -> Entry | None:
        """The entry, or None if it is gone."""
        return self._entries.get(handle)

    def change(self, handle: int, entry: Entry) -> None:
        """Puts ``entry`` in the place of the old one."""
        if handle not in self._entries:
            return
        self._entries[handle] = entry
        row = self._rows.get(handle)
        if row is not None:
            try:
                self._database.replace(row, _dump(entry))
            except StorageFailed as failed:  # the old state is sent once more after a restart: harmless
                _log.warning("outbox: %s", failed)

    def remove(self, handles: Iterable[int]) -> None:
        """They are on Simkl, or not wanted any more."""
        for handle in handles:
            self._entries.pop(handle, None)
            row = self._rows.pop(handle, None)
            if row is not None:
                self._gone.append(row)
        self._save()

    def waiting(self, owners: Collection[str]) -> int:
        """How many of the marks of ``owners`` are still to be sent."""
        waiting = (
            entry.failed is None and not entry.removal for entry in self._entries.values() if entry.owner in owners
        )
        return sum(waiting)

    def drop(self, owners: Collection[str]) -> list[Entry]:
        """Removes the marks of ``owners``, the failed ones as well. Returns those that were still to be sent."""
        dropped = [(handle, entry) for handle, entry in self.entries() if entry.owner in owners]
        self.remove([handle for handle, _ in dropped])
        return [entry for _, entry in dropped if entry.failed is None]

    def rename_owner(self, owner: str, names: Collection[str]) -> None:
        """Writes ``owner`` on the marks of all its ``names``: those of a sign-in go with it, the account's id stays."""
        for handle, entry in self.entries():
            if entry.owner != owner and entry.owner in names:
                self.change(handle, entry._replace(owner=owner))

    def save(self) -> None:
        """Writes what could not be written before."""
        if self.is_behind:
            self._save()

    def _is_repeated(self, entry: Entry) -> bool:
        at = entry.watched_at if entry.watched_at is not None else self._wall_clock()
        name = f"{entry.owner} {entry.key}"
        last = self._recent.get(name)
        if last is not None and abs(at - last) < max(entry.length, SHORTEST_REPEAT):
            return True
        self._recent[name] = at
        for key in sorted(self._recent, key=lambda one: self._recent[one])[:-REMEMBERED]:
            del self._recent[key]
        return False

    def _save(self, ends_session: bool = False) -> None:
        rows: dict[int, int] = {}
        try:
            with self._database.transaction():
                stored = {row for row, _ in self._database.rows(KIND)}  # none, in a file that had to be begun anew
                unsaved = [handle for handle in sorted(self._entries) if self._rows.get(handle) not in stored]
                ends_session = ends_session or (self.is_behind and bool(unsaved))
                for handle in unsaved:
                    rows[handle] = self._database.push(KIND, _dump(self._entries[handle]))
                self._database.remove(row for row in self._gone if row in stored)
                values = {RECENT: json.dumps(self._recent) if self._recent else ""}
                if ends_session:
                    values[SESSION] = ""
                self._database.write(values)
        except StorageFailed as failed:
            _log.error("outbox: %s", failed)
            self.is_behind = True
            return
        self._rows.update(rows)
        self._gone.clear()
        self.is_behind = False

    def _load(self) -> None:
        try:
            rows: Sequence[tuple[int, str]] = self._database.rows(KIND)
            recent = to_object(self._database.read(RECENT))
        except StorageFailed as failed:
            _log.error("outbox: %s", failed)
            return
        times = ((key, as_amount(at)) for key, at in recent.items())
        self._recent = {key: at for key, at in times if at is not None}
        for row, item in rows:
            entry = _load(item)
            if entry is not None:
                self._entries[self._next], self._rows[self._next] = entry, row
                self._next += 1


def _dump(entry: Entry) -> str:
    fields: dict[str, object] = {
        "media": dump_media(entry.media) if entry.media is not None else None,
        "asked": dump_question(entry.asked) if entry.asked is not None else None,
        "watched_at": entry.watched_at,
        "owner": entry.owner,
        "length": entry.length,
        "candidate": entry.candidate,
        "failed": entry.failed.value if entry.failed is not None else "",
        "activity": entry.activity,
        "removal": entry.removal,
        "uncertain": entry.uncertain,
    }
    return json.dumps({name: value for name, value in fields.items() if value not in (None, "", 0)})


def _load(item: str) -> Entry | None:
    fields = to_object(item)
    media, asked, owner = load_media(fields.get("media")), load_question(fields.get("asked")), fields.get("owner")
    if (media is None and asked is None) or not isinstance(owner, str) or not owner:
        return None
    failed = next((reason for reason in Reason if reason.value == fields.get("failed")), None)
    watched_at, length = as_amount(fields.get("watched_at")), as_amount(fields.get("length"))
    candidate, activity = int(as_amount(fields.get("candidate")) or 0), int(as_amount(fields.get("activity")) or 0)
    flags = (fields.get("removal") is True, fields.get("uncertain") is True)
    return Entry(media, watched_at, owner, asked, length or 0.0, max(candidate, 0), failed, activity, *flags)
