"""Reading Kodi's library by JSON-RPC in pages, one call at a time, so that nothing else has to wait for it."""

from __future__ import annotations

from typing import Any, Callable, Dict, Generator, List, Mapping, NamedTuple, Tuple

from . import dates
from .plan import Left, Reason
from .titles import FILM, MOVIE, SHOW, Row, Title, clean_ids, clean_year, is_number, place_of

PAGE = 1000
"""Items in one answer."""
_MOST_PAGES = 500
_NO_SPECIALS = {"field": "season", "operator": "isnot", "value": "0"}
_SPECIALS = {"field": "season", "operator": "is", "value": "0"}
_TITLE = ("title", "year", "uniqueid")
_MARK = ("playcount", "lastplayed", "file")
_EPISODE = ("season", "episode", "tvshowid", *_MARK)

Call = Tuple[str, Dict[str, object]]
"""A method of JSON-RPC and its parameters. The answer is its ``result``."""
Reading = Generator[Call, object, "Library"]
"""Yields calls and is sent their answers; returns the library. Raises LibraryUnreadable."""
_Rows = Generator[Call, object, List[Mapping[str, Any]]]


class LibraryUnreadable(Exception):
    """Kodi answered with an error: what it left out must not be taken for gone."""


class Library(NamedTuple):
    """What was read. ``left``: watched items that can't be compared, and why."""

    titles: list[Title]
    left: list[Left]


def read_library(
    is_excluded: Callable[[str, Title], bool], only: Callable[[list[Title]], list[Title]] | None = None
) -> Reading:
    """All films and shows; with ``only``, those that it picks of titles without rows: of the others none are read.

    ``is_excluded`` is asked with the file of each film and episode, and the film or show that it is of.
    """
    reader = _Reader(is_excluded)
    for item in (yield from _pages("GetTVShows", "tvshows", _TITLE)):
        reader.add_show(item)
    for item in (yield from _pages("GetMovies", "movies", (*_TITLE, *_MARK))):
        reader.add_movie(item)
    picked = None if only is None else {id(title.rows) for title in only([*reader.shows.values(), *reader.movies])}
    if picked is None:
        for item in (yield from _pages("GetEpisodes", "episodes", _EPISODE, filter=_NO_SPECIALS)):
            reader.add_episode(item)
        for item in (yield from _pages("GetEpisodes", "episodes", (*_EPISODE, "uniqueid"), filter=_SPECIALS)):
            reader.add_episode(item)
        return Library([*reader.shows.values(), *reader.movies], reader.left)
    shows = {row_id: show for row_id, show in reader.shows.items() if id(show.rows) in picked}
    for row_id in shows:
        for item in (yield from _pages("GetEpisodes", "episodes", (*_EPISODE, "uniqueid"), tvshowid=row_id)):
            reader.add_episode(item)
    return Library([*shows.values(), *(movie for movie in reader.movies if id(movie.rows) in picked)], [])


def _pages(method: str, key: str, properties: tuple[str, ...], **more: object) -> _Rows:
    """All items of a list, from the first on again if some came or went between two pages: others would be missed.

    Kodi leaves the list out of an empty answer.
    """
    items: list[Mapping[str, Any]] = []
    start, total = 0, None
    for _ in range(_MOST_PAGES):
        limits = {"start": start, "end": start + PAGE}
        answer = yield f"VideoLibrary.{method}", {"properties": list(properties), "limits": limits, **more}
        if not isinstance(answer, dict):
            raise LibraryUnreadable(method)
        page = answer.get(key)
        page = page if isinstance(page, list) else []
        told = answer.get("limits")
        before, total = total, told.get("total") if isinstance(told, dict) else None
        if start and total != before:
            items, start = [], 0
            continue
        items.extend(item for item in page if isinstance(item, dict))
        if len(page) < PAGE:
            return items
        start += PAGE
    raise LibraryUnreadable(method)


class _Reader:
    """Makes titles and rows of what Kodi says, which may be odd in any field; the same row counts once."""

    def __init__(self, is_excluded: Callable[[str, Title], bool]) -> None:
        self.shows: dict[int, Title] = {}
        self.movies: list[Title] = []
        self.left: list[Left] = []
        self._is_excluded = is_excluded
        self._seen: set[tuple[str, int]] = set()
        self._files: dict[str, int] = {}

    def add_show(self, item: Mapping[str, Any]) -> None:
        row_id = item.get("tvshowid")
        if is_number(row_id):
            self.shows[row_id] = _title(SHOW, item)

    def add_movie(self, item: Mapping[str, Any]) -> None:
        title = _title(MOVIE, item)
        if self._add_row(title, item, "movieid", FILM):
            self.movies.append(title)

    def add_episode(self, item: Mapping[str, Any]) -> None:
        show = item.get("tvshowid")
        title = self.shows.get(show) if is_number(show) else None
        ids = item.get("uniqueid")
        tvdb = ids.get("tvdb") if isinstance(ids, dict) else None
        place = place_of(item.get("season"), item.get("episode"), tvdb)
        if title is None:
            self._leave(Reason.NO_IDS, "", item)
        elif place is None:
            self._leave(Reason.SPECIAL if item.get("season") == 0 else Reason.NO_NUMBER, title.title, item)
        else:
            self._add_row(title, item, "episodeid", place)

    def _add_row(self, title: Title, item: Mapping[str, Any], id_name: str, place: int) -> bool:
        row_id, file, count = item.get(id_name), item.get("file"), item.get("playcount")
        if not is_number(row_id) or row_id <= 0 or (title.kind, row_id) in self._seen:
            return False
        self._seen.add((title.kind, row_id))
        if isinstance(file, str) and self._is_excluded(file, title):
            self._leave(Reason.EXCLUDED, title.title, item)
            return False
        playcount = max(count, 0) if is_number(count) else 0
        number = item.get("episode") if place < 0 else 0
        shared = self._files.setdefault(file, len(self._files) + 1) if isinstance(file, str) and file else 0
        last_played = dates.from_kodi(item.get("lastplayed"))
        title.rows.append(Row(row_id, place, playcount, last_played, number or 0, shared))
        return True

    def _leave(self, reason: Reason, title: str, item: Mapping[str, Any]) -> None:
        count = item.get("playcount")
        if is_number(count) and count > 0:
            self.left.append(Left(reason, title, None))


def _title(kind: str, item: Mapping[str, Any]) -> Title:
    name = item.get("title")
    return Title(
        kind, name if isinstance(name, str) else "", clean_year(item.get("year")), clean_ids(item.get("uniqueid")), []
    )
