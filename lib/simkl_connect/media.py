"""What can be watched, in Simkl's terms: a film, or an episode of a show.

``ids`` are keyed by Simkl's names of the databases (``imdb``, ``tmdb``, ``tvdb``, ``simkl``); no value is "" or "0".
"""

from __future__ import annotations

from typing import Mapping, NamedTuple, Union


class Movie(NamedTuple):
    """A film. ``year`` is None where it is not known. ``is_anime``: to be looked for among the anime."""

    title: str
    year: int | None = None
    ids: Mapping[str, str] = {}
    is_anime: bool = False


class Show(NamedTuple):
    """A series, an anime too. Its ids are the show's, never an episode's."""

    title: str
    year: int | None = None
    ids: Mapping[str, str] = {}


class Episode(NamedTuple):
    """One episode; season 0 holds the specials. ``ids`` are the episode's own: ``tvdb`` or ``anidb`` only."""

    show: Show
    season: int
    number: int
    title: str = ""
    ids: Mapping[str, str] = {}


Media = Union[Movie, Episode]
