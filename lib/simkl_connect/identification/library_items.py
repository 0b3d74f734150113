"""Kodi's own answers for a film or an episode, as what it is on Simkl.

A library's ids are TVDB's, TMDB's and IMDb's, with their numbers. Ids of anime databases number each cour by itself and
outrank the others at Simkl, so together they mark the wrong episode: they are left out.
"""

from __future__ import annotations

import re
from typing import Any, Mapping

from ..json_values import as_number, as_object, as_year
from ..media import Episode, Media, Movie, Show

Fields = Mapping[str, Any]
"""A JSON object of Kodi's; any field may be missing or odd."""

IDS = {"imdb": re.compile(r"tt\d{5,12}"), "tmdb": re.compile(r"[1-9]\d{0,11}"), "tvdb": re.compile(r"[1-9]\d{0,11}")}
"""What an id looks like. A bare ``imdbnumber`` proves nothing: it is whatever id is the default one (measured)."""


def library_media(details: Fields, show: Fields) -> Media | None:
    """A library row as what it is on Simkl; None where that is not safe to say.

    ``details``: a film (no ``tvshowid``) or an episode, with title, year, season, episode, uniqueid as the case may be.
    """
    ids, numbers = known_ids(details.get("uniqueid")), numbers_of(details)
    if numbers is None:
        title, year = text_of(details, "title"), as_year(details.get("year"))
        return Movie(title, year, ids) if title and (ids or year) else None
    whose = Show(
        text_of(show, "title") or text_of(details, "showtitle"),
        as_year(show.get("year")),
        known_ids(show.get("uniqueid")),
    )
    own = {"tvdb": ids["tvdb"]} if "tvdb" in ids else {}
    if not whose.title or not (whose.ids or whose.year or own):
        return None
    return Episode(whose, *numbers, text_of(details, "title"), own)


def numbers_of(fields: Fields) -> tuple[int, int] | None:
    """Season and number of the episode; None for what is none, or not numbered."""
    season, number = as_number(fields.get("season")), as_number(fields.get("episode"))
    return (season, number) if season is not None and number else None


def known_ids(values: object, prefix: str = "") -> dict[str, str]:
    """IMDb's, TMDB's and TVDB's ids under Kodi's keys, those that can be ids; ``prefix`` as in ``tvshow.tmdb``."""
    found: dict[str, str] = {}
    for key, value in as_object(values).items():
        name = key[len(prefix) :] if isinstance(key, str) and key.startswith(prefix) else ""
        text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
        if name == "unknown" and text.startswith("tt"):  # where setIMDBNumber's number ends up (measured)
            found.setdefault("imdb", text)
        elif name in IDS and IDS[name].fullmatch(text):
            found[name] = text
    return found


def text_of(fields: Fields, name: str) -> str:
    """The field as text without blanks around it; "" for anything else."""
    value = fields.get(name)
    return value.strip()[:300] if isinstance(value, str) else ""
