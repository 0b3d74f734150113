"""What the user has named on the activity page: rows of the library as what they are on Simkl, as the scrobbler has it.

A part of the library may be read alone, so that what is one title by the user's word has to be read together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, Iterable, Sequence

from ..api.all_items import Name
from ..identification.subjects import Subject, title_keys
from ..media import Episode, Media, Movie
from .library import Library
from .matching import match
from .plan import Left, Reason
from .titles import FILM, MOVIE, SHOW, Entry, Row, Title, clean_ids, numbers_of, place_of

if TYPE_CHECKING:
    from ..identification.decisions import Decisions

Rows = Dict[str, Title]
"""What rows were named as, each once."""


def corrected(library: Library, decisions: Decisions) -> Library:
    """The library with each row under the title and with the numbers that the user has given it.

    A film that was named as an episode, or the other way round, is left alone: Kodi numbers the rows of each apart.
    """
    titles, left = [], list(library.left)
    named: Rows = {}
    for title in library.titles:
        if not decisions.corrections_of(_keys(title)):
            titles.append(title)
            continue
        rest = title._replace(rows=[])
        titles.append(rest)
        for rows in _files(title):
            subject = _subject(title, rows)
            media = decisions.media(subject) if subject.is_show is (title.kind == SHOW) else ()
            if media:
                left += _name(rows, title, media, named)
            else:
                rest.rows.extend(rows)
    return Library([*titles, *named.values()], left)


class Picker:
    """Of all titles, those that have to do with what changed on Simkl."""

    def __init__(self, entries: Sequence[Entry], changed: set[Name], decisions: Decisions) -> None:
        self._entries = entries
        self._changed = changed
        self._decisions = decisions

    def __call__(self, titles: list[Title]) -> list[Title]:
        """The titles, which have no rows yet. With one come all that it is one with, and what these are one with."""
        named = [
            _empty(media)._replace(rows=title.rows)
            for title in titles
            for media in self._decisions.corrections_of(_keys(title))
        ]
        groups = match([*titles, *named], self._entries)
        members = [{id(title.rows) for title in (*found.titles, *found.apart)} for found in groups]
        changed = (any((one.kind, one.simkl) in self._changed for one in found.entries) for found in groups)
        picked = {row for has_changed, own in zip(changed, members) if has_changed for row in own}
        before = -1
        while named and len(picked) > before:
            before = len(picked)
            picked.update(row for own in members if not own.isdisjoint(picked) for row in own)
        return [title for title in titles if id(title.rows) in picked]


def _keys(title: Title) -> tuple[str, ...]:
    return title_keys(title.kind, title.title, title.year, title.ids)


def _files(title: Title) -> Iterable[list[Row]]:
    """The rows, those of a file and a season together: a decision is about them all."""
    files: dict[tuple[int, int], list[Row]] = {}
    for row in title.rows:
        files.setdefault((row.file or -row.row_id, _numbers(row)[0]), []).append(row)
    return files.values()


def _numbers(row: Row) -> tuple[int, int]:
    return numbers_of(row.place) or (0, row.number)


def _subject(title: Title, rows: Sequence[Row]) -> Subject:
    if title.kind == MOVIE:
        return Subject(_keys(title))
    numbers = sorted({_numbers(row)[1] for row in rows} - {0})
    return Subject(_keys(title), _numbers(rows[0])[0], tuple(numbers))


def _name(rows: Sequence[Row], title: Title, media: Sequence[Media], named: Rows) -> list[Left]:
    """Add the rows of one file to what they were named as. Returns those that can't be compared."""
    numbers = sorted({_numbers(row)[1] for row in rows} - {0}) or [0]
    meant = dict(zip(numbers, media)) if len(numbers) == len(media) else {}
    left = []
    for row in rows:
        one = meant.get(_numbers(row)[1])
        empty = _empty(one) if one is not None else None
        if one is None or empty is None or empty.kind != title.kind:
            left.append((Reason.OTHER_KIND, row))
            continue
        place = FILM if isinstance(one, Movie) else place_of(one.season, one.number, one.ids.get("tvdb"))
        if place is None:
            left.append((Reason.SPECIAL, row))
            continue
        number = one.number if isinstance(one, Episode) and place < 0 else 0
        target = named.setdefault(repr((*empty[:3], sorted(empty.ids.items()))), empty)
        target.rows.append(row._replace(place=place, number=number))
    return [Left(reason, title.title, None) for reason, row in left if row.playcount > 0]


def _empty(media: Media) -> Title:
    """The title, without rows. Simkl's own id stands alone: with others, its numbers could mean another episode."""
    what = media if isinstance(media, Movie) else media.show
    ids = {"simkl": what.ids["simkl"]} if "simkl" in what.ids else clean_ids(what.ids)
    return Title(MOVIE if isinstance(media, Movie) else SHOW, what.title, what.year, ids, [])
