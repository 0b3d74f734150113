"""The values that a plan is made of: titles of Kodi's library with their rows, and Simkl's titles with their marks.

A *place* says which part of a title a mark is for, in one number: season * 100,000 + episode number for an episode,
minus its TVDB id for a special (their numbers differ between databases), and :data:`FILM` for a film.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Mapping, NamedTuple

if TYPE_CHECKING:
    from typing_extensions import TypeGuard

FILM = 0
"""The place of a film in itself."""
MOVIE, SHOW = "movie", "show"
"""The two kinds of title. Ids are unique within one of them."""
_SEASON = 100_000
_LARGEST_ID = 10**12
_IMDB = re.compile(r"tt\d{5,12}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,11}", re.ASCII)


class Row(NamedTuple):
    """A film or an episode in Kodi's library. ``last_played``: Unix seconds, 0 for unknown.

    ``number``: a special's own, which its place does not tell. ``file``: the same for rows of one file, 0 if unknown.
    """

    row_id: int
    place: int
    playcount: int
    last_played: int
    number: int = 0
    file: int = 0


class Title(NamedTuple):
    """A film or a show in Kodi's library. ``ids``: imdb, tmdb and tvdb, where they are usable."""

    kind: str
    title: str
    year: int | None
    ids: Mapping[str, str]
    rows: list[Row]


class Entry(NamedTuple):
    """A title on the user's Simkl lists, and what was agreed about it.

    ``watched``: the time of each mark by place, TVDB's places for anime; 0 for unknown. ``unplaced``: how many marks
    have no known place. ``is_complete_unlisted``: watched, but Simkl names no episodes. ``agreed``: places that once
    were watched on both sides, with the ids of the rows that were; negative: the user has taken that row's mark away.
    """

    kind: str
    simkl: int
    is_anime: bool
    title: str
    year: int | None
    ids: Mapping[str, str]
    watched: dict[int, int]
    unplaced: int = 0
    is_complete_unlisted: bool = False
    agreed: Mapping[int, tuple[int, ...]] = {}


def place_of(season: object, number: object, tvdb: object = None) -> int | None:
    """The place of an episode; None if the numbers, or a special's TVDB id, are not usable."""
    if not is_number(season) or not is_number(number) or not 0 <= season < _SEASON or not 0 <= number < _SEASON:
        return None
    if season > 0:
        return season * _SEASON + number
    special = clean_ids({"tvdb": tvdb}).get("tvdb")
    return -int(special) if special else None


def numbers_of(place: int) -> tuple[int, int] | None:
    """Season and number of an episode; None for a special, which has a TVDB id instead, and for a film."""
    return divmod(place, _SEASON) if place > 0 else None


def is_number(value: object) -> TypeGuard[int]:
    """Whether ``value`` is an integer that a row id, a season or a count can be."""
    return isinstance(value, int) and not isinstance(value, bool) and -_LARGEST_ID < value < _LARGEST_ID


def clean_ids(ids: object) -> dict[str, str]:
    """The usable ones of imdb (tt…), tmdb and tvdb. Kodi's may be "" or "0", and imdb's may be another's number."""
    if not isinstance(ids, dict):
        return {}
    clean = {}
    for name, shape in (("imdb", _IMDB), ("tvdb", _NUMBER), ("tmdb", _NUMBER)):
        value = ids.get(name)
        text = str(value) if is_number(value) else value
        if isinstance(text, str) and shape.fullmatch(text):
            clean[name] = text
    return clean


def clean_year(value: object) -> int | None:
    """A year, or None."""
    return value if is_number(value) and 1800 < value < 3000 else None
