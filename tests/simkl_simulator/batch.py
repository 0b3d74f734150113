"""A history batch, read and checked as a whole before any of it takes effect."""

from __future__ import annotations

from typing import NamedTuple

from .bodies import Json, check_title, episode_ids, known_fields, objects, refused, when, whole
from .catalogue import ANIME, MOVIE, SHOW
from .library import STATUSES

KINDS = {"movies": MOVIE, "shows": SHOW, "anime": ANIME}
FILM_FIELDS = ("title", "year", "ids", "watched_at", "status", "rating", "memo")
SHOW_FIELDS = (*FILM_FIELDS, "use_tvdb_anime_seasons", "seasons", "episodes")
SEASON_FIELDS = ("number", "watched_at", "episodes")
EPISODE_FIELDS = ("number", "watched_at", "ids")


class Part(NamedTuple):
    """An episode, or a whole season if ``number`` is None. ``sent``: the episode as it came, empty for a season."""

    season: int
    number: int | None
    ids: Json
    watched_at: str | None
    sent: Json


class Entry(NamedTuple):
    """One title of a batch; ``parts`` is None for the whole of it."""

    kind: str
    ref: Json
    parts: list[Part] | None
    watched_at: str | None
    status: str | None
    rating: int | None
    tvdb_numbers: bool
    sent: Json


class Batch(NamedTuple):
    """``episodes``: those that are named by their own ids alone."""

    entries: list[Entry]
    episodes: list[Part]


def read_batch(body: Json) -> Batch:
    """The batch of a request's body. Raises Refused: one wrong field refuses all of it."""
    known_fields(body, (*KINDS, "episodes"), "the body")
    entries = [_entry(kind, one) for name, kind in KINDS.items() for one in objects(body.get(name), name)]
    return Batch(entries, [_alone(one) for one in objects(body.get("episodes"), "episodes")])


def _entry(kind: str, value: object) -> Entry:
    sent = known_fields(value, FILM_FIELDS if kind == MOVIE else SHOW_FIELDS, kind)
    check_title(sent, kind)
    watched_at = when(sent.get("watched_at"))
    seasons, episodes = objects(sent.get("seasons"), "seasons"), objects(sent.get("episodes"), "episodes")
    parts = [part for season in seasons for part in _season(season, watched_at)]
    parts += [_episode(1, episode, watched_at) for episode in episodes]
    flag = sent.get("use_tvdb_anime_seasons", False)
    if not isinstance(flag, bool):
        raise refused("wrong_parameter", "use_tvdb_anime_seasons must be true or false")
    whole_title = not seasons and not episodes
    status, rating = _status(sent), _rating(sent)
    return Entry(kind, sent, None if whole_title else parts, watched_at, status, rating, flag, sent)


def _status(sent: Json) -> str | None:
    status = sent.get("status")
    if status is not None and status not in STATUSES:
        raise refused("wrong_parameter", f"status must be one of {', '.join(STATUSES)}")
    return None if status is None else str(status)


def _rating(sent: Json) -> int | None:
    if sent.get("rating") is None:
        return None
    rating = whole(sent["rating"], "rating")
    if not 1 <= rating <= 10:
        raise refused("wrong_parameter", "rating must be from 1 to 10")
    return rating


def _season(value: object, watched_at: str | None) -> list[Part]:
    season = known_fields(value, SEASON_FIELDS, "a season")
    if "number" not in season:
        raise refused("empty_field", "a season needs a number")
    number = whole(season["number"], "season.number")
    watched_at = when(season.get("watched_at")) or watched_at
    episodes = objects(season.get("episodes"), "episodes")
    if not episodes:
        return [Part(number, None, {}, watched_at, {})]
    return [_episode(number, episode, watched_at) for episode in episodes]


def _episode(season: int, value: object, watched_at: str | None) -> Part:
    episode = known_fields(value, EPISODE_FIELDS, "an episode")
    ids = episode_ids(episode, "episode")
    if "number" not in episode:
        raise refused("empty_field", "an episode needs a number")
    number = whole(episode["number"], "episode.number")
    return Part(season, number, ids, when(episode.get("watched_at")) or watched_at, episode)


def _alone(value: object) -> Part:
    episode = known_fields(value, ("ids", "watched_at"), "an episode")
    ids = episode_ids(episode, "episode")
    if not ids:
        raise refused("empty_field", "an episode by itself needs ids")
    return Part(0, None, ids, when(episode.get("watched_at")), episode)
