"""What a sync would do: a pure function of Kodi's library, Simkl's lists and what both agreed on before.

A mark is carried to the side that lacks it, and none is ever taken away. What was agreed tells "never watched here"
from "the user took the mark away since": a place that both sides had, and that one has no more, is left alone. In the
library that goes by the row: nobody unmarked a new row for the same episode, it came with a new scraper or a new copy.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Collection, Container, Dict, Iterable, List, Mapping, NamedTuple, Sequence, Tuple

from ..identification.subjects import Numbers, title_keys
from . import dates
from .matching import Match, match
from .titles import FILM, Entry, Row, Title, numbers_of

if TYPE_CHECKING:
    from ..identification.decisions import Times

REFILLED_ROWS, REFILLED_SHARE = 50, 0.9
"""From so many agreed rows of a kind on, of which so large a share lost their marks, nobody did that by hand. Kodi
numbers the rows of a database that is filled again from 1: the old numbers don't show that the rows are new."""


_NONE: Times = {}


class Reason(str, Enum):
    """Why an item is left alone."""

    UNWATCHED_HERE = "unwatched_here"
    REMOVED_ON_SIMKL = "removed_on_simkl"
    NO_IDS = "no_ids"
    AMBIGUOUS = "ambiguous"
    NO_NUMBER = "no_number"
    SPECIAL = "special"
    ANIME_NUMBERING = "anime_numbering"
    EPISODES_UNKNOWN = "episodes_unknown"
    NOT_FOUND = "not_found"
    NOT_TAKEN = "not_taken"
    EXCLUDED = "excluded"
    SHARED_FILE = "shared_file"
    OTHER_KIND = "other_kind"


class Send(NamedTuple):
    """A mark for Simkl. ``watched_at``: Unix seconds, 0 for unknown. ``key``: see :attr:`Match.key`, with the place."""

    title: Title
    ids: Mapping[str, str]
    row: Row
    watched_at: int
    key: str


class Write(NamedTuple):
    """A mark for a row of Kodi's library, with what the row says now. Times: Unix seconds; 0: leave the row's as it is.

    ``entry``: kind and Simkl id of the title that has the mark; None if Simkl is yet to get it.
    """

    title: Title
    row: Row
    last_played: int
    entry: tuple[str, int] | None


class Left(NamedTuple):
    """An item that is left alone, and why. ``place`` is None where it is not known which episode it is."""

    reason: Reason
    title: str
    place: int | None


Agreed = Dict[int, Tuple[int, ...]]
"""See :attr:`Entry.agreed`."""
Copies = List[Tuple[Title, Row]]
"""The rows of one place."""
Unmarked = Container[Tuple[str, int]]
"""Rows that the user has unmarked by hand, by kind of title and id."""
Mark = Tuple[Collection[str], Numbers]
"""A film or an episode by its names, as the user's decisions have them."""


class Plan(NamedTuple):
    """``agreed``: what is to be remembered from now on, of the entries (kind and Simkl id) where that changes.

    ``wanted``: marks that were taken back, and are marked on Simkl since then, or nowhere.
    """

    sends: list[Send]
    writes: list[Write]
    left: list[Left]
    agreed: dict[tuple[str, int], Agreed]
    wanted: list[Mark]


def make_plan(
    titles: Sequence[Title],
    entries: Sequence[Entry],
    answered: Mapping[str, Reason],
    now: int,
    is_whole: bool = True,
    taken_back: Times = _NONE,
    unmarked: Unmarked = frozenset(),
) -> Plan:
    """Compare. ``answered``: what Simkl said before of marks, by their keys, so that they are not sent again.

    ``now``: Unix seconds; no later date is sent or set. ``is_whole``: whether ``titles`` is the whole library.
    ``taken_back``: what the user does not want on Simkl, and that the library may have all the same.
    """
    matches = match(titles, entries)
    refilled = _refilled(matches) if is_whole else set()
    planner = _Planner(answered, now, refilled, taken_back, unmarked)
    for one in matches:
        planner.add(one)
    if is_whole:
        planner.forget_rows(entries, {id(entry) for one in matches for entry in one.entries})
    return planner.plan


class _Planner:
    def __init__(
        self, answered: Mapping[str, Reason], now: int, refilled: set[str], taken_back: Times, unmarked: Unmarked
    ) -> None:
        self.plan = Plan([], [], [], {}, [])
        self._unmarked = unmarked
        self._taken_back = taken_back
        self._answered = answered
        self._now = now
        self._refilled = refilled

    def add(self, found: Match) -> None:
        """Plan for all rows of one film or show."""
        self._leave_all(found.apart, Reason.ANIME_NUMBERING)
        if found.is_ambiguous:
            self._leave_all(found.titles, Reason.AMBIGUOUS)
            return
        copies: dict[int, Copies] = {}
        for title in found.titles:
            for row in title.rows:
                copies.setdefault(row.place, []).append((title, row))
        agreed: dict[int, Agreed] = {entry.simkl: {} for entry in found.entries}
        unseen = []
        keys = _keys(found) if self._taken_back else set()
        begin = len(self.plan.writes)
        for place, here in copies.items():
            entry = _with_mark(found.entries, place)
            once = _with_agreement(found.entries, place)
            is_watched = any(row.playcount > 0 for _, row in here)
            is_taken_back = self._is_taken_back(keys, here[0][1], entry, is_watched)
            if entry is not None:
                agreed[entry.simkl][place] = self._set(entry, place, here, is_taken_back)
            elif is_watched:
                self._send(found, place, here, was_removed=once is not None or is_taken_back)
                if once is not None:
                    agreed[once.simkl][place] = once.agreed[place]
            else:
                unseen.append(here[0][0])
        self._keep_whole_files(found, begin)
        self._leave_unplaced(found, unseen)
        for entry in found.entries:
            self._remember(entry, agreed[entry.simkl], copies, bool(found.apart))

    def _is_taken_back(self, keys: set[str], row: Row, entry: Entry | None, is_watched: bool) -> bool:
        """Whether the user wants it differ: watched here and not on Simkl, which may have lost the mark or is yet to.

        That is over with a mark on Simkl that is newer, and once both sides are the same without a mark.
        """
        numbers = numbers_of(row.place) or (0, row.number)
        at = max((self._taken_back[key].get(numbers, 0.0) for key in keys if key in self._taken_back), default=0.0)
        if not at:
            return False
        is_over = not is_watched if entry is None else entry.watched[row.place] > at
        if is_over:
            self.plan.wanted.append((keys, numbers))
        return not is_over

    def _remember(self, entry: Entry, agreed: Agreed, here: Mapping[int, Copies], has_apart: bool) -> None:
        new = {place: rows for place, rows in agreed.items() if rows or place in entry.agreed}
        new.update({place: () for place in entry.agreed if place not in here})
        if has_apart:
            new.setdefault(FILM, ())  # of no episode: it stays known as an anime if it is taken off the lists
        if new != entry.agreed:
            self.plan.agreed[entry.kind, entry.simkl] = new

    def _keep_whole_files(self, found: Match, begin: int) -> None:
        """Of the writes from ``begin`` on, only those after which no row is marked that was not to be.

        Kodi keeps one count for a file: a mark on one of its episodes is a mark on all (measured on Kodi 20.1).
        """
        new = self.plan.writes[begin:]
        written = {write.row.row_id for write in new}
        rows = (row for title in found.titles for row in title.rows)
        half = {row.file for row in rows if row.file and row.playcount <= 0 and row.row_id not in written}
        self.plan.writes[begin:] = [write for write in new if write.row.file not in half]
        for write in new:
            if write.row.file in half:
                self._leave(Reason.SHARED_FILE, write.title, write.row.place)

    def forget_rows(self, entries: Iterable[Entry], matched: set[int]) -> None:
        """What is not in the library any more has no rows; a row that comes with the same number is another."""
        for entry in entries:
            if id(entry) not in matched and any(entry.agreed.values()):
                self.plan.agreed[entry.kind, entry.simkl] = {place: () for place in entry.agreed}

    def _set(self, entry: Entry, place: int, here: Copies, is_taken_back: bool) -> tuple[int, ...]:
        """Simkl has the mark: set it in the rows that lack it. Returns the rows that are agreed."""
        before = entry.agreed.get(place, ())
        kept = []
        for title, row in here:
            is_unmarked = (title.kind, row.row_id) in self._unmarked
            is_refilled = title.kind in self._refilled
            if row.playcount > 0:
                kept.append(row.row_id)
            elif is_unmarked or -row.row_id in before or (row.row_id in before and not is_refilled):
                kept.append(-row.row_id)
                self._leave(Reason.UNWATCHED_HERE, title, place)
            elif is_taken_back:
                self._leave(Reason.REMOVED_ON_SIMKL, title, place)
            else:
                at = self._date(row, entry.watched[place])
                self.plan.writes.append(Write(title, row, at, (entry.kind, entry.simkl)))
        return tuple(sorted(kept))

    def _send(self, found: Match, place: int, here: Copies, was_removed: bool) -> None:
        """The library has the mark and Simkl has not: send it, and set it in the other copies."""
        key = f"{found.key}:{place}"
        title = here[0][0]
        reason = self._answered.get(key)
        if was_removed:
            reason = Reason.REMOVED_ON_SIMKL
        elif any(entry.is_complete_unlisted for entry in found.entries):
            reason = Reason.EPISODES_UNKNOWN
        elif not found.ids:
            reason = Reason.NO_IDS
        if reason is not None:
            self._leave(reason, title, place)
            return
        at = min(max(row.last_played for _, row in here if row.playcount > 0), self._now)
        self.plan.sends.append(Send(title, found.ids, here[0][1], at, key))
        for title, row in here:
            if row.playcount <= 0:
                self.plan.writes.append(Write(title, row, self._date(row, at), None))

    def _date(self, row: Row, watched_at: int) -> int:
        """The date that comes with a mark; 0 where the row's own is later, or none is known."""
        at = min(watched_at, self._now)
        return at if at > row.last_played else dates.UNKNOWN

    def _leave_unplaced(self, found: Match, unseen: list[Title]) -> None:
        """Rows without a mark, of which Simkl may have one that it does not place."""
        if any(entry.is_complete_unlisted for entry in found.entries):
            self.plan.left.extend(Left(Reason.EPISODES_UNKNOWN, title.title, None) for title in unseen)
            return
        unplaced = sum(entry.unplaced for entry in found.entries)
        self.plan.left.extend(Left(Reason.ANIME_NUMBERING, title.title, None) for title in unseen[:unplaced])

    def _leave_all(self, titles: Iterable[Title], reason: Reason) -> None:
        for title in titles:
            for row in title.rows:
                if row.playcount > 0:
                    self._leave(reason, title, row.place)

    def _leave(self, reason: Reason, title: Title, place: int) -> None:
        self.plan.left.append(Left(reason, title.title, None if place == FILM else place))


def _keys(found: Match) -> set[str]:
    """All names of a film or show. The numbers of an anime go with its own name, and are others."""
    keys = {key for one in found.titles for key in title_keys(one.kind, one.title, one.year, one.ids)}
    for entry in found.entries:
        ids = entry.ids if entry.is_anime else {**entry.ids, "simkl": str(entry.simkl)}
        keys.update(title_keys(entry.kind, entry.title, entry.year, ids))
    return keys


def _refilled(matches: Iterable[Match]) -> set[str]:
    """The kinds of title that the library was filled with anew."""
    agreed: dict[str, int] = {}
    lost: dict[str, int] = {}
    for found in matches:
        counts = {row.row_id: row for title in found.titles for row in title.rows}
        for entry in found.entries:
            rows = [counts.get(row_id) for place in entry.watched for row_id in entry.agreed.get(place, ())]
            known = [row for row in rows if row is not None]
            agreed[entry.kind] = agreed.get(entry.kind, 0) + len(known)
            lost[entry.kind] = lost.get(entry.kind, 0) + sum(row.playcount <= 0 for row in known)
    return {kind for kind, of in agreed.items() if of >= REFILLED_ROWS and lost[kind] >= REFILLED_SHARE * of}


def _with_mark(entries: Iterable[Entry], place: int) -> Entry | None:
    return next((entry for entry in entries if place in entry.watched), None)


def _with_agreement(entries: Iterable[Entry], place: int) -> Entry | None:
    return next((entry for entry in entries if place in entry.agreed), None)
