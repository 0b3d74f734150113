"""What a sync remembers, in the database: Simkl's lists with what was agreed, Simkl's answers, and how to undo.

A title is one row of a queue, as JSON: the marks of 12,000 items take about 2,500 rows and 400 kB.
"""

from __future__ import annotations

import json
from typing import Any, Container, Iterable, Mapping, NamedTuple, Sequence

from ..api.all_items import Activities, Name
from ..storage.database import Database
from . import ACCOUNT, UNDO
from .plan import Agreed, Reason
from .titles import MOVIE, SHOW, Entry, clean_ids, clean_year, is_number

ANSWERS_LAST = 30 * 86400
"""Seconds after which a mark that Simkl did not take is tried again."""
_TITLES, _ANSWERS, _GONE = "sync_title", "sync_answer", "sync_removed"
_LATEST, _REMOVED, _FULL_AT = "sync_latest", "sync_removed", "sync_full_at"
_WHOLE, _UNDO_OPEN, _UNDOING, _PUT_OFF = "sync_whole", "sync_undo_open", "sync_undoing", "sync_put_off"


class Undo(NamedTuple):
    """A row that a sync wrote, or was about to: its count was 0. Dates as Kodi has them; "" for none.

    ``new_date``: "" where the date was left as it was. ``simkl`` and ``place`` say which mark it was.
    """

    kind: str
    row_id: int
    old_date: str
    new_date: str
    simkl: int
    place: int


class SyncState:
    """Belongs to one thread. Every method raises StorageFailed."""

    def __init__(self, database: Database, unmarked: Container[tuple[str, int]] = frozenset()) -> None:
        self._database = database
        self.unmarked = unmarked
        """Rows, by kind of title and id, that the user has unmarked by hand."""

    def begin(self, account: str) -> None:
        """Forget what was agreed with another account. What is in the library may still be undone."""
        if self._database.read(ACCOUNT) == account:
            return
        with self._database.transaction():
            for kind in (_TITLES, _ANSWERS, _GONE):
                self._database.remove([row_id for row_id, _ in self._database.rows(kind)])
            self._database.write({ACCOUNT: account, _LATEST: "", _REMOVED: "", _FULL_AT: "", _WHOLE: "1", _PUT_OFF: ""})

    def activities(self) -> Activities:
        """What Simkl said before the last pull."""
        return Activities(self._database.read(_LATEST), self._database.read(_REMOVED))

    def full_at(self) -> float:
        """Unix time of the last pull of everything; 0 for never."""
        return _seconds(self._database.read(_FULL_AT))

    def is_whole_due(self) -> bool:
        """Whether the whole library has to be compared: it changed, or a run of that kind did not come to its end."""
        return self._database.read(_WHOLE) == "1"

    def need_whole(self) -> None:
        """Have the whole library compared by the next run."""
        if not self.is_whole_due():
            self._database.write({_WHOLE: "1"})

    def put_off_until(self) -> float:
        """Unix time before which Simkl wants no request."""
        return _seconds(self._database.read(_PUT_OFF))

    def put_off(self, until: float) -> None:
        """Remember that Simkl wants no request before ``until``."""
        self._database.write({_PUT_OFF: str(int(until))})

    def finish(self) -> None:
        """A run is complete."""
        self._database.write({_WHOLE: "", _UNDO_OPEN: "", _PUT_OFF: ""})

    def entries(self) -> list[Entry]:
        """Simkl's titles as far as they are known, and those that were agreed on once."""
        return [entry for _, entry in self._entries()]

    def replace_entries(self, entries: Iterable[Entry], activities: Activities, now: float) -> None:
        """After a pull of everything."""
        pulled = {(entry.kind, entry.simkl): entry for entry in entries}
        with self._database.transaction():
            self._merge(pulled, is_all=True)
            self._write_activities(activities, {_FULL_AT: str(int(now))})

    def merge_entries(self, entries: Iterable[Entry], activities: Activities, listed: set[Name] | None) -> None:
        """After a pull of what changed. ``listed``: what is still on a list, if that was asked for."""
        with self._database.transaction():
            self._merge({(entry.kind, entry.simkl): entry for entry in entries}, is_all=False)
            if listed is not None:
                self._keep(listed)
            self._write_activities(activities, {})

    def _write_activities(self, activities: Activities, more: Mapping[str, str]) -> None:
        # "whole" until the run is complete: a change that was pulled and not planned would be lost
        self._database.write({_LATEST: activities.latest, _REMOVED: activities.removed, _WHOLE: "1", **more})

    def remember(self, agreed: Mapping[Name, Agreed]) -> None:
        """What was agreed on these titles."""
        if agreed:
            with self._database.transaction():
                for row_id, entry in self._entries(agreed):
                    new = agreed[entry.kind, entry.simkl]
                    self._database.replace(row_id, _dumped(entry._replace(agreed=new)))

    def remember_rows(self, rows: Sequence[Undo], is_undone: bool = False) -> None:
        """These rows have their marks from Simkl; ``is_undone``: the user does not want them there."""
        wanted: dict[Name, list[Undo]] = {}
        for row in rows:
            wanted.setdefault((row.kind, row.simkl), []).append(row)
        agreed: dict[Name, Agreed] = {}
        for _, entry in self._entries(wanted):
            for row in wanted[entry.kind, entry.simkl]:
                new = agreed.setdefault((entry.kind, entry.simkl), dict(entry.agreed))
                others = {one for one in new.get(row.place, ()) if abs(one) != row.row_id}
                new[row.place] = tuple(sorted({*others, -row.row_id if is_undone else row.row_id}))
        self.remember(agreed)

    def add_removed(self, rows: Iterable[tuple[str, int]]) -> None:
        """Rows, by kind of title and id, left the library: one that comes with the same number is another."""
        self._database.push(_GONE, json.dumps(list(rows)))

    def forget_removed(self) -> None:
        """Have no agreement with the rows of :meth:`add_removed`."""
        stored = self._database.rows(_GONE)
        if not stored:
            return
        loaded = [_loaded(text) for _, text in stored]
        pairs = [pair for pairs in loaded if isinstance(pairs, list) for pair in pairs]
        gone = {
            tuple(pair) for pair in pairs if isinstance(pair, list) and all(isinstance(x, (str, int)) for x in pair)
        }
        agreed: dict[Name, Agreed] = {}
        for _, entry in self._entries():
            kept = {
                place: tuple(row for row in rows if (entry.kind, abs(row)) not in gone)
                for place, rows in entry.agreed.items()
            }
            if kept != entry.agreed:
                agreed[entry.kind, entry.simkl] = kept
        with self._database.transaction():
            self.remember(agreed)
            self._database.remove([row_id for row_id, _ in stored])

    def answers(self, now: float) -> dict[str, Reason]:
        """Why Simkl did not take marks, by their keys. Those of long ago are forgotten."""
        answers: dict[str, Reason] = {}
        old = []
        for row_id, text in self._database.rows(_ANSWERS):
            row = _loaded(text)
            at, reason, keys = row if isinstance(row, list) and len(row) == 3 else (0, "", [])
            if (
                not is_number(at)
                or not now - ANSWERS_LAST < at <= now
                or reason not in _REASONS
                or not isinstance(keys, list)
            ):
                old.append(row_id)
                continue
            answers.update((key, Reason(reason)) for key in keys if isinstance(key, str))
        if old:
            self._database.remove(old)
        return answers

    def add_answers(self, now: float, reason: Reason, keys: Sequence[str]) -> None:
        """Simkl was sent these marks."""
        if keys:
            self._database.push(_ANSWERS, json.dumps([int(now), reason.value, list(keys)]))

    def add_undo(self, rows: Sequence[Undo]) -> None:
        """Call it before the rows are written. The first rows of a run make the run before one that can't be undone."""
        with self._database.transaction():
            if self._database.read(_UNDO_OPEN) != "1":
                self._database.remove([row_id for row_id, _ in self._database.rows(UNDO)])
                self._database.write({_UNDO_OPEN: "1"})
            self._database.push(UNDO, json.dumps(rows))

    def undo(self) -> list[tuple[int, list[Undo]]]:
        """What :meth:`add_undo` got, last first, each with the id for :meth:`undone`."""
        chunks = []
        for row_id, text in reversed(self._database.rows(UNDO)):
            loaded = _loaded(text)
            rows = [_undo(one) for one in loaded] if isinstance(loaded, list) else []
            chunks.append((row_id, [row for row in rows if row is not None]))
        return chunks

    def undone(self, chunk: int) -> None:
        """Forget a chunk."""
        self._database.remove([chunk])

    def is_undoing(self) -> bool:
        """Whether an undo has begun and not ended."""
        return self._database.read(_UNDOING) == "1"

    def set_undoing(self, is_undoing: bool) -> None:
        """Remember that an undo has begun, or ended."""
        self._database.write({_UNDOING: "1" if is_undoing else "", _UNDO_OPEN: ""})

    def _merge(self, pulled: dict[Name, Entry], is_all: bool) -> None:
        for row_id, entry in self._entries():
            new = pulled.pop((entry.kind, entry.simkl), None)
            if new is not None:
                new = new._replace(agreed=entry.agreed)
                if new != entry:
                    self._database.replace(row_id, _dumped(new))
            elif is_all:
                self._drop(row_id, entry)
        for entry in pulled.values():
            self._database.push(_TITLES, _dumped(entry))

    def _keep(self, listed: set[Name]) -> None:
        for row_id, entry in self._entries():
            kinds = (SHOW, MOVIE) if entry.is_anime else (entry.kind,)  # a list of ids may not tell an anime film
            if listed.isdisjoint((kind, entry.simkl) for kind in kinds):
                self._drop(row_id, entry)

    def _drop(self, row_id: int, entry: Entry) -> None:
        """It is on no list any more. What was agreed stays known, so that it is not sent anew."""
        if entry.agreed:
            gone = entry._replace(watched={}, unplaced=0, is_complete_unlisted=False)
            if gone != entry:
                self._database.replace(row_id, _dumped(gone))
        else:
            self._database.remove([row_id])

    def _entries(self, names: Iterable[Name] | None = None) -> list[tuple[int, Entry]]:
        """The stored titles, or those of them that are named, by the id of their row."""
        rows = self._database.rows(_TITLES)
        if names is not None:  # decoding all for the sake of a few took ten times as long
            begins = {f'["{kind}",{simkl}' for kind, simkl in names}
            rows = [row for row in rows if ",".join(row[1].split(",", 2)[:2]) in begins]
        found = ((row_id, _entry(_loaded(text))) for row_id, text in rows)
        return [(row_id, entry) for row_id, entry in found if entry is not None]


_REASONS = {reason.value for reason in Reason}


def _dumped(entry: Entry) -> str:
    watched = [part for mark in entry.watched.items() for part in mark]
    agreed = [[place, *rows] for place, rows in entry.agreed.items()]
    return json.dumps([*entry._replace(watched={}, agreed={}), watched, agreed], separators=(",", ":"))


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _entry(row: Any) -> Entry | None:
    """What :func:`_dumped` made, or None: what is on the disk may be damaged."""
    if not isinstance(row, list) or len(row) != len(Entry._fields) + 2:
        return None
    kind, simkl, is_anime, title, year, ids, _, unplaced, is_unlisted, _, watched, agreed = row
    if kind not in (MOVIE, SHOW) or not all(map(is_number, (simkl, unplaced))) or not isinstance(title, str):
        return None
    if not isinstance(watched, list) or not all(map(is_number, watched)) or not isinstance(agreed, list):
        return None
    if not all(isinstance(rows, list) and rows and all(map(is_number, rows)) for rows in agreed):
        return None
    marks = dict(zip(watched[::2], watched[1::2]))
    known = {rows[0]: tuple(rows[1:]) for rows in agreed}
    flags = unplaced, is_unlisted is True
    return Entry(kind, simkl, is_anime is True, title, clean_year(year), clean_ids(ids), marks, *flags, known)


def _undo(row: Any) -> Undo | None:
    if not isinstance(row, list) or len(row) != len(Undo._fields):
        return None
    undo = Undo(*row)
    are_texts = all(isinstance(text, str) for text in (undo.old_date, undo.new_date))
    are_numbers = all(map(is_number, (undo.row_id, undo.simkl, undo.place)))
    return undo if undo.kind in (MOVIE, SHOW) and are_texts and are_numbers else None


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0.0
